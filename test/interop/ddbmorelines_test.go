package interop

import (
	"encoding/json"
	"fmt"
	"strings"
)

const updatable = `{"id":{"S":"u"},"n":{"N":"5"},"s":{"S":"hello"},"l":{"L":[{"N":"1"},{"S":"x"},{"L":[]}]},"m":{"M":{"k":{"S":"v"},"d":{"M":{"e":{"N":"1"}}}}},"ss":{"SS":["a","b"]},"z":{"NULL":true}}`

func updateLines() []line {
	var all map[string]any
	_ = json.Unmarshal([]byte(`{":1":{"N":"1"},":s":{"S":"str"},":l":{"L":[{"S":"new"}]},":m":{"M":{"y":{"N":"2"}}},":e":{"M":{}},":ss":{"SS":["c"]},":t":{"BOOL":true}}`), &all)
	var out []line
	for i, e := range []string{
		"SET n = :1", "SET n = n + :1", "SET n = n - :1", "SET n = :1 + :1", "SET x = n", "SET x = missing", "SET n = missing + :1", "SET n = s + :1", "SET n = n + :s", "SET x = if_not_exists(x, :1)", "SET n = if_not_exists(n, :1)", "SET x = if_not_exists(missing, n)", "SET n = if_not_exists(missing, :1) + :1",
		"SET l = list_append(l, :l)", "SET l = list_append(:l, l)", "SET l = list_append(l, l)", "SET l = list_append(s, :l)", "SET l = list_append(missing, :l)", "SET l = list_append(if_not_exists(missing, :l), :l)", "SET l = list_append(l, :s)", "SET x = list_append(:l, :l)",
		"SET l[0] = :s", "SET l[1] = :s, l[0] = :1", "SET l[10] = :s", "SET l[3] = :s, l[9] = :1", "SET l[2][0] = :s", "SET l[0].a = :s", "SET m.k = :s", "SET m.new = :s", "SET m.d.e = :1, m.d.f = :s", "SET m.x.y = :s", "SET s.x = :s", "SET x.y = :s", "SET x[0] = :s", "SET m = :m", "SET m.d = :e",
		"SET n = :1, s = :s, x = :t", "SET n = :1 SET s = :s", "SET n = :1, n = :1", "SET m = :m, m.k = :s", "SET m.k = :s, m.k.z = :s", "SET l[0] = :s, l = :l", "SET m.d = :e REMOVE m.d.e", "REMOVE n", "REMOVE n, s", "REMOVE missing", "REMOVE l[0]", "REMOVE l[0], l[2]", "REMOVE l[7]", "REMOVE m.k", "REMOVE m.x.y", "REMOVE s.x", "REMOVE m.missing", "REMOVE l[2][0]",
		"ADD n :1", "ADD new :1", "ADD s :1", "ADD l :l", "ADD m.c :1", "ADD m.d.e :1", "ADD ss :ss", "ADD n :ss", "ADD n :s", "ADD l[0] :1", "ADD x.y :1", "DELETE ss :ss", "DELETE n :1", "DELETE n :ss", "DELETE ss :1", "ADD n :1 SET s = :s REMOVE z DELETE ss :ss", "ADD n :1 SET n = :1",
		"SET id = :s", "REMOVE id", "ADD id :1", "SET a.b.c = :1", "", "SET", "SET n", "SET n =", "SET n = :1,", "SET n = :1 +", "SET n = :1 + :1 + :1", "SET n = (n + :1)", "n = :1", "REMOVE", "ADD n", "ADD n n", "DELETE ss ss", "SET n = :missing", "SET #x = :1", "SET n = size(s)", "SET n = attribute_exists(s)", "set n = :1", "remove n add x :1", "SET name = :s", "SET :1 = n", "SET n = 1", "SET n = n * :1", "SET if_not_exists(n, :1) = :1", "SET n = list_append(l)", "SET n = if_not_exists(:1, n)", "SET n=:1", "SET  n  =  n+:1", "SET n = n+:1, x=n", "SET x = n, n = x", "SET x = s REMOVE s", "SET x = l[0], l[0] = :s", "REMOVE l[0] SET l[1] = :s", "SET l[0] = l[1], l[1] = l[0]", "SET m.k = m.d", "SET n = m.d.e + n", "SET x = m.d.q",
	} {
		used := map[string]any{}
		for k, v := range all {
			if mentions(e, k) {
				used[k] = v
			}
		}
		for _, returned := range []string{"ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"}[:1+2*min(1, (i+1)%2)] {
			body := map[string]any{"TableName": "simple", "Key": map[string]any{"id": map[string]any{"S": "u"}}, "UpdateExpression": e, "ReturnValues": returned}
			if len(used) > 0 {
				body["ExpressionAttributeValues"] = used
			}
			out = append(out, put("anew", "simple", updatable), line{e + " → " + returned, "UpdateItem", canonical(body)})
		}
	}
	fresh := func(label, body string) line {
		return line{label, "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"fresh"}},"ReturnValues":"ALL_NEW",` + body + `}`}
	}
	return append(out,
		fresh("no expression at all", `"ReturnConsumedCapacity":"TOTAL"`),
		line{"a new item by ADD", "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"f2"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_OLD"}`},
		line{"a new item by REMOVE", "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"f3"}},"UpdateExpression":"REMOVE n","ReturnValues":"ALL_NEW"}`},
		get("what REMOVE has made", "simple", `{"id":{"S":"f3"}}`),
		fresh("old attribute updates", `"AttributeUpdates":{"n":{"Action":"PUT","Value":{"N":"1"}},"s":{"Value":{"S":"x"}}}`),
		fresh("old attribute updates add", `"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}},"s":{"Action":"DELETE"}}`),
		fresh("an expression beside old updates", `"UpdateExpression":"REMOVE n","AttributeUpdates":{"n":{"Action":"DELETE"}}`),
		line{"an index key of the wrong type", "UpdateItem", `{"TableName":"ranged","Key":{"p":{"S":"a"},"s":{"N":"1"}},"UpdateExpression":"SET g = :n","ExpressionAttributeValues":{":n":{"N":"1"}}}`},
		line{"an empty index key", "UpdateItem", `{"TableName":"ranged","Key":{"p":{"S":"a"},"s":{"N":"1"}},"UpdateExpression":"SET g = :n","ExpressionAttributeValues":{":n":{"S":""}}}`},
	)
}

// rangedItems fills the table with three partitions.
func rangedItems() []line {
	var out []line
	for i, n := range []string{"-10", "-1.5", "0", "1", "1.5", "2", "10", "100", "1E20"} {
		for _, p := range []string{"a", "b"} {
			out = append(out, put("item "+p+n, "ranged", fmt.Sprintf(`{"p":{"S":%q},"s":{"N":%q},"g":{"S":"%s%d"},"b":{"B":%q},"x":{"S":"x%d"},"y":{"N":"%d"}}`, p, n, map[string]string{"a": "g", "b": "h"}[p], i%2, []string{"AA==", "AQ==", "gA==", "/w==", "AAA=", "AAE=", "f/8=", "Ag==", "AgA="}[i], i, i)))
		}
	}
	return append(out, put("item without index keys", "ranged", `{"p":{"S":"c"},"s":{"N":"1"}}`))
}

func queryLines() []line {
	out := rangedItems()
	for i, s := range []string{"", "a", "A", "b", "aa", "ä", "€", "\U0001F600", "\uFFFD", "z", "a b"} {
		if s != "" {
			out = append(out, put("text "+s, "texts", fmt.Sprintf(`{"p":{"N":"1"},"s":{"S":%s},"i":{"N":"%d"}}`, text(s), i)))
		}
	}
	for _, b := range []string{"AA==", "AQ==", "fw==", "gA==", "/w==", "AAA=", "AAD/", "//8="} {
		out = append(out, put("bytes "+b, "bytes", `{"p":{"B":"AQ=="},"s":{"B":"`+b+`"}}`))
	}
	query := func(label, table, condition, values, more string) line {
		return line{label, "Query", `{"TableName":"` + table + `","KeyConditionExpression":` + text(condition) + `,"ExpressionAttributeValues":` + values + more + `}`}
	}
	ab := `{":p":{"S":"a"},":x":{"N":"1"},":y":{"N":"10"}}`
	pa := `{":p":{"S":"a"}}`
	px := `{":p":{"S":"a"},":x":{"N":"1"}}`
	for _, c := range []string{"=", "<", "<=", ">", ">=", "<>"} {
		out = append(out, query("s "+c+" :x", "ranged", "p = :p AND s "+c+" :x", px, ""))
	}
	return append(out,
		query("a partition", "ranged", "p = :p", pa, ""),
		query("a partition backwards", "ranged", "p = :p", pa, `,"ScanIndexForward":false`),
		query("texts in order", "texts", "p = :p", `{":p":{"N":"1.0"}}`, ""),
		query("bytes in order", "bytes", "p = :p", `{":p":{"B":"AQ=="}}`, ""),
		query("between", "ranged", "p = :p AND s BETWEEN :x AND :y", ab, ""),
		query("between the wrong way round", "ranged", "p = :p AND s BETWEEN :y AND :x", ab, ""),
		query("the range first", "ranged", "s > :x AND p = :p", px, ""),
		query("in brackets", "ranged", "(p = :p) AND (s > :x)", px, ""),
		query("value first", "ranged", ":p = p", pa, ""),
		query("begins_with", "texts", "p = :p AND begins_with(s, :a)", `{":p":{"N":"1"},":a":{"S":"a"}}`, ""),
		query("begins_with a number", "ranged", "p = :p AND begins_with(s, :x)", px, ""),
		query("begins_with bytes", "bytes", "p = :p AND begins_with(s, :a)", `{":p":{"B":"AQ=="},":a":{"B":"AA=="}}`, ""),
		query("no partition", "ranged", "s = :x", `{":x":{"N":"1"}}`, ""),
		query("partition not equal", "ranged", "p > :p", pa, ""),
		query("another attribute", "ranged", "p = :p AND y = :x", px, ""),
		query("OR", "ranged", "p = :p OR s = :x", px, ""),
		query("NOT", "ranged", "NOT p = :p", pa, ""),
		query("the wrong type", "ranged", "p = :p", `{":p":{"N":"1"}}`, ""),
		query("the wrong type of range", "ranged", "p = :p AND s > :p", pa, ""),
		query("an empty value", "ranged", "p = :p", `{":p":{"S":""}}`, ""),
		query("partition twice", "ranged", "p = :p AND p = :p", pa, ""),
		query("range twice", "ranged", "p = :p AND s > :x AND s < :y", ab, ""),
		query("an unused value", "ranged", "p = :p", px, ""),
		query("no such partition", "ranged", "p = :p", `{":p":{"S":"zz"}}`, ""),
		query("no such table", "none", "p = :p", pa, ""),
		query("no such index", "ranged", "p = :p", pa, `,"IndexName":"none"`),
		query("the local index", "ranged", "p = :p", pa, `,"IndexName":"local"`),
		query("the local index by range", "ranged", "p = :p AND b > :b", `{":p":{"S":"a"},":b":{"B":"AQ=="}}`, `,"IndexName":"local"`),
		query("the global index", "ranged", "g = :g AND s > :x", `{":g":{"S":"g1"},":x":{"N":"5"}}`, `,"IndexName":"global","ScanIndexForward":false`),
		query("the global index consistently", "ranged", "g = :g", `{":g":{"S":"g1"}}`, `,"IndexName":"global","ConsistentRead":true`),
		query("the global index and all attributes", "ranged", "g = :g", `{":g":{"S":"g1"}}`, `,"IndexName":"global","Select":"ALL_ATTRIBUTES"`),
		query("the global index and one not projected", "ranged", "g = :g", `{":g":{"S":"g1"}}`, `,"IndexName":"global","ProjectionExpression":"y"`),
		query("projected attributes of a table", "ranged", "p = :p", pa, `,"Select":"ALL_PROJECTED_ATTRIBUTES"`),
		query("count", "ranged", "p = :p", pa, `,"Select":"COUNT"`),
		query("count with projection", "ranged", "p = :p", pa, `,"Select":"COUNT","ProjectionExpression":"p"`),
		query("specific without projection", "ranged", "p = :p", pa, `,"Select":"SPECIFIC_ATTRIBUTES"`),
		query("a limit", "ranged", "p = :p", pa, `,"Limit":3`),
		query("a limit of all", "ranged", "p = :p", pa, `,"Limit":9`),
		query("a limit of nothing", "ranged", "p = :p", pa, `,"Limit":0`),
		query("a start", "ranged", "p = :p", pa, `,"ExclusiveStartKey":{"p":{"S":"a"},"s":{"N":"1.2"}}`),
		query("a start of another partition", "ranged", "p = :p", pa, `,"ExclusiveStartKey":{"p":{"S":"b"},"s":{"N":"1"}}`),
		query("a start of half a key", "ranged", "p = :p", pa, `,"ExclusiveStartKey":{"p":{"S":"a"}}`),
		query("a start out of range", "ranged", "p = :p AND s > :x", px, `,"ExclusiveStartKey":{"p":{"S":"a"},"s":{"N":"-10"}}`),
		query("a limit in an index", "ranged", "g = :g", `{":g":{"S":"g0"}}`, `,"IndexName":"global","Limit":1`),
		query("a start in an index without the table's key", "ranged", "g = :g", `{":g":{"S":"g0"}}`, `,"IndexName":"global","ExclusiveStartKey":{"g":{"S":"g0"},"s":{"N":"1"}}`),
		query("a filter", "ranged", "p = :p", `{":p":{"S":"a"},":y":{"N":"3"}}`, `,"FilterExpression":"y > :y"`),
		query("a filter after the limit", "ranged", "p = :p", `{":p":{"S":"a"},":y":{"N":"3"}}`, `,"FilterExpression":"y > :y","Limit":5`),
		query("a filter on the key", "ranged", "p = :p", px, `,"FilterExpression":"s > :x"`),
		query("a filter on an index key", "ranged", "p = :p", `{":p":{"S":"a"},":g":{"S":"g1"}}`, `,"FilterExpression":"g = :g","ProjectionExpression":"x"`),
		query("consumed", "ranged", "p = :p", pa, `,"ReturnConsumedCapacity":"INDEXES"`),
		query("consumed in an index", "ranged", "g = :g", `{":g":{"S":"g0"}}`, `,"IndexName":"global","ReturnConsumedCapacity":"INDEXES"`),
		line{"no condition", "Query", `{"TableName":"ranged"}`},
		line{"key conditions of old", "Query", `{"TableName":"ranged","KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"c"}]}}}`},
		line{"both kinds", "Query", `{"TableName":"ranged","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"c"}},"KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"c"}]}}}`},
	)
}

func scanLines() []line {
	scan := func(label, more string) line { return line{label, "Scan", `{"TableName":"ranged"` + more + `}`} }
	return append(rangedItems(),
		scan("all", ""),
		scan("count", `,"Select":"COUNT"`),
		scan("a filter", `,"FilterExpression":"y > :y AND p = :p","ExpressionAttributeValues":{":y":{"N":"3"},":p":{"S":"b"}}`),
		scan("an empty filter", `,"FilterExpression":""`),
		scan("an index", `,"IndexName":"global"`),
		scan("the local index", `,"IndexName":"local","Select":"ALL_ATTRIBUTES"`),
		scan("an index consistently", `,"IndexName":"global","ConsistentRead":true`),
		scan("no such index", `,"IndexName":"none"`),
		scan("a projection", `,"ProjectionExpression":"p, s"`),
		scan("a segment without a total", `,"Segment":0`),
		scan("a total without a segment", `,"TotalSegments":2`),
		scan("a segment too high", `,"Segment":2,"TotalSegments":2`),
		scan("a negative segment", `,"Segment":-1,"TotalSegments":2`),
		scan("too many segments", `,"Segment":0,"TotalSegments":1000001`),
		scan("a start that is no key", `,"ExclusiveStartKey":{"x":{"S":"b"}}`),
		scan("consumed", `,"ReturnConsumedCapacity":"TOTAL","ConsistentRead":true`),
		scan("a limit of nothing", `,"Limit":0`),
		scan("a key condition", `,"KeyConditionExpression":"p = :p"`),
		line{"a table that is not there", "Scan", `{"TableName":"none"}`},
		line{"an empty table", "Scan", `{"TableName":"simple","ReturnConsumedCapacity":"TOTAL"}`},
	)
}

func projectionLines() []line {
	out := []line{put("the item", "simple", updatable)}
	for _, e := range []string{"n", "n, s", "m.k", "m.d.e", "m.k, m.d", "l[0]", "l[1], l[0]", "l[2][0]", "missing", "m.missing", "l[9]", "n, missing", "n, n", "m, m.k", "l, l[0]", "l[0], l[0]", "m.k, m.d.e, n", "#n", "name", "", "n,", "n s", "n[", "m..k", "l[a]", ":v", "m.k.z", "l[0].a", "s.x", "size", "id", "z,ss", " n ", "l[00]", "a-b"} {
		more := ""
		if strings.Contains(e, "#n") {
			more = `,"ExpressionAttributeNames":{"#n":"n"}`
		}
		out = append(out, line{"of " + e, "GetItem", `{"TableName":"simple","Key":{"id":{"S":"u"}},"ProjectionExpression":` + text(e) + more + `}`})
	}
	return append(out,
		line{"attributes of old", "GetItem", `{"TableName":"simple","Key":{"id":{"S":"u"}},"AttributesToGet":["n","s"]}`},
		line{"attributes of old beside a projection", "GetItem", `{"TableName":"simple","Key":{"id":{"S":"u"}},"AttributesToGet":["n"],"ProjectionExpression":"n"}`},
	)
}

func batchLines() []line {
	puts := func(n int, id string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"PutRequest":{"Item":{"id":{"S":"`+id+`"}}}}`, i))
		}
		return `{"RequestItems":{"simple":[` + strings.Join(all, ",") + `]}}`
	}
	keys := func(n int, id string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"id":{"S":"`+id+`"}}`, i))
		}
		return `{"RequestItems":{"simple":{"Keys":[` + strings.Join(all, ",") + `]}}}`
	}
	return []line{
		{"25 writes", "BatchWriteItem", puts(25, "%d")},
		{"26 writes", "BatchWriteItem", puts(26, "%d")},
		{"one item twice", "BatchWriteItem", `{"RequestItems":{"simple":[{"PutRequest":{"Item":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}}`},
		{"no writes", "BatchWriteItem", `{"RequestItems":{}}`},
		{"an empty table of writes", "BatchWriteItem", `{"RequestItems":{"simple":[]}}`},
		{"a write of nothing", "BatchWriteItem", `{"RequestItems":{"simple":[{}]}}`},
		{"a put and a delete in one", "BatchWriteItem", `{"RequestItems":{"simple":[{"PutRequest":{"Item":{"id":{"S":"a"}}},"DeleteRequest":{"Key":{"id":{"S":"b"}}}}]}}`},
		{"writes to a table that is not there", "BatchWriteItem", `{"RequestItems":{"none":[{"PutRequest":{"Item":{"id":{"S":"a"}}}}]}}`},
		{"a write with a bad key", "BatchWriteItem", `{"RequestItems":{"simple":[{"PutRequest":{"Item":{"id":{"N":"1"}}}}]}}`},
		{"a write without key", "BatchWriteItem", `{"RequestItems":{"simple":[{"PutRequest":{"Item":{"x":{"N":"1"}}}}]}}`},
		{"writes to two tables", "BatchWriteItem", `{"RequestItems":{"simple":[{"DeleteRequest":{"Key":{"id":{"S":"1"}}}}],"texts":[{"PutRequest":{"Item":{"p":{"N":"1"},"s":{"S":"x"}}}}]},"ReturnConsumedCapacity":"TOTAL"}`},
		{"reads", "BatchGetItem", keys(30, "%d")},
		{"101 reads", "BatchGetItem", keys(101, "%d")},
		{"one key twice", "BatchGetItem", `{"RequestItems":{"simple":{"Keys":[{"id":{"S":"2"}},{"id":{"S":"2"}}]}}}`},
		{"no reads", "BatchGetItem", `{"RequestItems":{}}`},
		{"an empty table of reads", "BatchGetItem", `{"RequestItems":{"simple":{"Keys":[]}}}`},
		{"reads of a table that is not there", "BatchGetItem", `{"RequestItems":{"none":{"Keys":[{"id":{"S":"2"}}]}}}`},
		{"a read by a bad key", "BatchGetItem", `{"RequestItems":{"simple":{"Keys":[{"id":{"N":"2"}}]}}}`},
		{"reads with projection", "BatchGetItem", `{"RequestItems":{"simple":{"Keys":[{"id":{"S":"2"}},{"id":{"S":"nobody"}}],"ProjectionExpression":"#i","ExpressionAttributeNames":{"#i":"id"},"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"}`},
	}
}

func transactionLines() []line {
	write := func(label string, items ...string) line {
		return line{label, "TransactWriteItems", `{"TransactItems":[` + strings.Join(items, ",") + `]}`}
	}
	putOf := func(id string) string {
		return `{"Put":{"TableName":"simple","Item":{"id":{"S":"` + id + `"},"n":{"N":"1"}}}}`
	}
	return []line{
		write("two puts", putOf("1"), putOf("2")),
		write("one item twice", putOf("1"), putOf("1")),
		write("nothing"),
		write("a failed check", putOf("3"), `{"ConditionCheck":{"TableName":"simple","Key":{"id":{"S":"1"}},"ConditionExpression":"attribute_not_exists(id)"}}`),
		write("a failed check with the old item", putOf("3"), `{"ConditionCheck":{"TableName":"simple","Key":{"id":{"S":"1"}},"ConditionExpression":"attribute_not_exists(id)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}`),
		get("nothing was put", "simple", `{"id":{"S":"3"}}`),
		write("an update and a deletion", `{"Update":{"TableName":"simple","Key":{"id":{"S":"1"}},"UpdateExpression":"SET n = n + :n","ExpressionAttributeValues":{":n":{"N":"4"}}}}`, `{"Delete":{"TableName":"simple","Key":{"id":{"S":"2"}}}}`),
		get("what was updated", "simple", `{"id":{"S":"1"}}`),
		get("what was deleted", "simple", `{"id":{"S":"2"}}`),
		write("an update of the wrong type", `{"Update":{"TableName":"simple","Key":{"id":{"S":"1"}},"UpdateExpression":"SET id2 = id + :n","ExpressionAttributeValues":{":n":{"N":"4"}}}}`),
		write("two in one", `{"Put":{"TableName":"simple","Item":{"id":{"S":"9"}}},"Delete":{"TableName":"simple","Key":{"id":{"S":"8"}}}}`),
		write("none in one", `{}`),
		write("a bad key", `{"Put":{"TableName":"simple","Item":{"id":{"N":"9"}}}}`),
		write("a bad key to delete", `{"Delete":{"TableName":"simple","Key":{"id":{"N":"9"}}}}`),
		write("a missing key", putOf("7"), `{"Put":{"TableName":"simple","Item":{"x":{"N":"9"}}}}`),
		write("an empty key", putOf("7"), `{"Put":{"TableName":"simple","Item":{"id":{"S":""}}}}`),
		write("an index key of the wrong type", `{"Put":{"TableName":"ranged","Item":{"p":{"S":"a"},"s":{"N":"1"},"g":{"N":"1"}}}}`),
		write("an update of the key", `{"Update":{"TableName":"simple","Key":{"id":{"S":"1"}},"UpdateExpression":"SET id = :n","ExpressionAttributeValues":{":n":{"S":"4"}}}}`),
		write("a bad expression", `{"Update":{"TableName":"simple","Key":{"id":{"S":"1"}},"UpdateExpression":"SET x"}}`),
		write("a number too large", `{"Update":{"TableName":"simple","Key":{"id":{"S":"1"}},"UpdateExpression":"SET n = :n + :n","ExpressionAttributeValues":{":n":{"N":"9E125"}}}}`),
		write("an unset number", `{"Update":{"TableName":"simple","Key":{"id":{"S":"1"}},"UpdateExpression":"SET n = q + :n","ExpressionAttributeValues":{":n":{"N":"9"}}}}`),
		write("a bad number", `{"Put":{"TableName":"simple","Item":{"id":{"S":"9"},"n":{"N":"x"}}}}`),
		write("a table that is not there", `{"Put":{"TableName":"none","Item":{"id":{"S":"9"}}}}`),
		{"reads", "TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"simple","Key":{"id":{"S":"1"}},"ProjectionExpression":"n"}},{"Get":{"TableName":"simple","Key":{"id":{"S":"nobody"}}}}]}`},
		{"a read by a bad key", "TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"simple","Key":{"id":{"S":"1"}}}},{"Get":{"TableName":"simple","Key":{"id":{"N":"1"}}}}]}`},
		{"one read twice", "TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"simple","Key":{"id":{"S":"1"}}}},{"Get":{"TableName":"simple","Key":{"id":{"S":"1"}}}}]}`},
		{"no reads", "TransactGetItems", `{"TransactItems":[]}`},
		{"reads of a table that is not there", "TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"none","Key":{"id":{"S":"1"}}}}]}`},
	}
}
