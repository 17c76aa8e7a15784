package interop

import (
	"encoding/json"
	"fmt"
	"strings"
)

// text is a JSON string.
func text(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

func put(label, table, item string) line {
	return line{label, "PutItem", `{"TableName":"` + table + `","Item":` + item + `}`}
}

func get(label, table, key string) line {
	return line{label, "GetItem", `{"TableName":"` + table + `","ConsistentRead":true,"Key":` + key + `}`}
}

func tableLines() []line {
	create := func(more string) string {
		return `{"TableName":"made","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]` + more + `}`
	}
	return []line{
		{"a table that is there", "DescribeTable", `{"TableName":"ranged"}`},
		{"a table that is not there", "DescribeTable", `{"TableName":"none"}`},
		{"the list", "ListTables", `{}`},
		{"the list's first page", "ListTables", `{"Limit":2}`},
		{"the list's second page", "ListTables", `{"Limit":2,"ExclusiveStartTableName":"ranged"}`},
		{"a page of nothing", "ListTables", `{"Limit":0}`},
		{"a page too large", "ListTables", `{"Limit":101}`},
		{"create one that is there", "CreateTable", tables["simple"]},
		{"create without a billing mode", "CreateTable", create(``)},
		{"create on demand with throughput", "CreateTable", create(`,"BillingMode":"PAY_PER_REQUEST","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`)},
		{"create with no throughput at all", "CreateTable", create(`,"ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":1}`)},
		{"create with an attribute too many", "CreateTable", strings.Replace(create(`,"BillingMode":"PAY_PER_REQUEST"`), `[{"AttributeName":"id"`, `[{"AttributeName":"x","AttributeType":"S"},{"AttributeName":"id"`, 1)},
		{"create with an attribute missing", "CreateTable", strings.Replace(create(`,"BillingMode":"PAY_PER_REQUEST"`), `"KeySchema":[`, `"KeySchema":[{"AttributeName":"y","KeyType":"HASH"},`, 1)},
		{"create with a range key alone", "CreateTable", strings.Replace(create(`,"BillingMode":"PAY_PER_REQUEST"`), `"HASH"`, `"RANGE"`, 1)},
		{"create with a short name", "CreateTable", strings.Replace(create(`,"BillingMode":"PAY_PER_REQUEST"`), `"made"`, `"ab"`, 1)},
		{"create with a bad name", "CreateTable", strings.Replace(create(`,"BillingMode":"PAY_PER_REQUEST"`), `"made"`, `"a b c"`, 1)},
		{"create with an unknown key type", "CreateTable", strings.Replace(create(`,"BillingMode":"PAY_PER_REQUEST"`), `"HASH"`, `"SORT"`, 1)},
		{"create with an empty list of indexes", "CreateTable", create(`,"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[]`)},
		{"create with a local index and no range key", "CreateTable", create(`,"BillingMode":"PAY_PER_REQUEST","LocalSecondaryIndexes":[{"IndexName":"loc","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]`)},
		{"create an index without projection", "CreateTable", create(`,"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"glo","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Projection":{}}]`)},
		{"create an index twice", "CreateTable", create(`,"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"glo","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}},{"IndexName":"glo","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]`)},
		{"create a stream without view", "CreateTable", create(`,"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true}`)},
		{"update nothing", "UpdateTable", `{"TableName":"simple"}`},
		{"update to the same throughput", "UpdateTable", `{"TableName":"ranged","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}`},
		{"update what is not there", "UpdateTable", `{"TableName":"none","BillingMode":"PAY_PER_REQUEST"}`},
		{"delete what is not there", "DeleteTable", `{"TableName":"none"}`},
		{"time to live at first", "DescribeTimeToLive", `{"TableName":"simple"}`},
		{"time to live on", "UpdateTimeToLive", `{"TableName":"simple","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}`},
		{"time to live on again", "UpdateTimeToLive", `{"TableName":"texts","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"until"}}`},
	}
}

func itemLines() []line {
	key := `{"id":{"S":"1"}}`
	return []line{
		put("put", "simple", `{"id":{"S":"1"},"a":{"N":"1"}}`),
		get("get", "simple", key),
		get("get what is not there", "simple", `{"id":{"S":"2"}}`),
		get("get of a table that is not there", "none", key),
		get("get by the wrong key", "simple", `{"x":{"S":"1"}}`),
		get("get by the wrong type", "simple", `{"id":{"N":"1"}}`),
		get("get by too many keys", "simple", `{"id":{"S":"1"},"x":{"S":"1"}}`),
		get("get by half a key", "ranged", `{"p":{"S":"1"}}`),
		get("get by an empty key", "simple", `{}`),
		get("get by an empty string", "simple", `{"id":{"S":""}}`),
		put("put with an empty key", "simple", `{"id":{"S":""}}`),
		put("put with a key of the wrong type", "simple", `{"id":{"N":"1"}}`),
		put("put without key", "simple", `{"a":{"S":"1"}}`),
		put("put with an index key of the wrong type", "ranged", `{"p":{"S":"1"},"s":{"N":"1"},"g":{"N":"1"}}`),
		put("put with an empty index key", "ranged", `{"p":{"S":"1"},"s":{"N":"1"},"g":{"S":""}}`),
		put("put a key of 2049 bytes", "simple", `{"id":{"S":"`+strings.Repeat("k", 2049)+`"}}`),
		put("put a range key of 1025 bytes", "texts", `{"p":{"N":"1"},"s":{"S":"`+strings.Repeat("k", 1025)+`"}}`),
		put("put an item of 400 KB and a little", "simple", `{"id":{"S":"big"},"a":{"S":"`+strings.Repeat("x", 400*1024)+`"}}`),
		put("put an item of just 400 KB", "simple", `{"id":{"S":"big"},"a":{"S":"`+strings.Repeat("x", 400*1024-6)+`"}}`),
		{"the old item", "PutItem", `{"TableName":"simple","Item":{"id":{"S":"1"},"a":{"N":"2"}},"ReturnValues":"ALL_OLD"}`},
		{"the new item", "PutItem", `{"TableName":"simple","Item":{"id":{"S":"1"}},"ReturnValues":"ALL_NEW"}`},
		{"consumed by a put", "PutItem", `{"TableName":"simple","Item":{"id":{"S":"1"},"a":{"N":"2"}},"ReturnConsumedCapacity":"TOTAL"}`},
		{"consumed by a put into indexes", "PutItem", `{"TableName":"ranged","Item":{"p":{"S":"1"},"s":{"N":"1"},"g":{"S":"1"},"b":{"B":"AA=="}},"ReturnConsumedCapacity":"INDEXES"}`},
		{"consumed by a consistent get", "GetItem", `{"TableName":"simple","Key":{"id":{"S":"big"}},"ConsistentRead":true,"ProjectionExpression":"id","ReturnConsumedCapacity":"TOTAL"}`},
		{"consumed by a get", "GetItem", `{"TableName":"simple","Key":{"id":{"S":"1"}},"ReturnConsumedCapacity":"TOTAL"}`},
		{"delete", "DeleteItem", `{"TableName":"simple","Key":` + key + `,"ReturnValues":"ALL_OLD"}`},
		{"delete again", "DeleteItem", `{"TableName":"simple","Key":` + key + `,"ReturnValues":"ALL_OLD"}`},
		{"delete by the wrong key", "DeleteItem", `{"TableName":"simple","Key":{"id":{"N":"1"}}}`},
		{"delete and ask for the new", "DeleteItem", `{"TableName":"simple","Key":` + key + `,"ReturnValues":"UPDATED_NEW"}`},
		{"put without a table", "PutItem", `{"Item":{"id":{"S":"1"}}}`},
		{"put without an item", "PutItem", `{"TableName":"simple"}`},
		{"put with an unknown ReturnValues", "PutItem", `{"TableName":"simple","Item":{"id":{"S":"1"}},"ReturnValues":"SOME"}`},
	}
}

func valueLines() []line {
	deep := strings.Repeat(`{"L":[`, 31) + `{"S":"x"}` + strings.Repeat(`]}`, 31)
	deeper := strings.Repeat(`{"L":[`, 32) + `{"S":"x"}` + strings.Repeat(`]}`, 32)
	values := []struct{ label, value string }{
		{"an empty string", `{"S":""}`}, {"empty bytes", `{"B":""}`}, {"true", `{"BOOL":true}`}, {"null", `{"NULL":true}`}, {"not null", `{"NULL":false}`},
		{"an empty list", `{"L":[]}`}, {"an empty map", `{"M":{}}`}, {"unicode", `{"S":"grün \ud83d\ude00 \u0000"}`}, {"bytes", `{"B":"AP8B"}`}, {"bytes that are no base64", `{"B":"A"}`},
		{"two types", `{"S":"a","N":"1"}`}, {"no type", `{}`}, {"an unknown type", `{"X":"a"}`}, {"a number as JSON number", `{"N":1}`},
		{"a nested value", `{"M":{"a":{"L":[{"N":"1"},{"M":{"b":{"SS":["x","y"]}}}]}}}`}, {"31 levels", deep}, {"32 levels", deeper},
		{"an empty set in a map", `{"M":{"a":{"SS":[]}}}`}, {"an empty string in a set", `{"SS":["","a"]}`}, {"an empty name in a map", `{"M":{"":{"S":"x"}}}`},
	}
	var out []line
	for i, v := range values {
		out = append(out, put(v.label, "simple", fmt.Sprintf(`{"id":{"S":"%d"},"a":%s}`, i, v.value)), get("read "+v.label, "simple", fmt.Sprintf(`{"id":{"S":"%d"}}`, i)))
	}
	return out
}

func numberLines() []line {
	numbers := []string{
		"0", "-0", "0.0", "00012", "-007.50", "1.500", "1e10", "1E+2", "1E-130", "-1E-130", "1E-131", "9.9E125", "9.99E125", "1E126", "-1E126", "1e-0005", "123456789012345678901234567890", "+5", ".5", "5.",
		"12345678901234567890123456789012345678", "123456789012345678901234567890123456789", "1.2345678901234567890123456789012345678E-100", "0.00000000000000000000000000000000000000000000000000001",
		"9.9999999999999999999999999999999999999E+125", "99999999999999999999999999999999999999000", "1000000000000000000000000000000000000000000001", "0E200", "1E-200", "0.1e1",
		"abc", "", " 1", "1 ", "0x10", "NaN", "Infinity", "1_000", "1,5", "--1", "1e", "e1", "1.2.3", "١",
	}
	var out []line
	for _, n := range numbers {
		out = append(out,
			put("put "+n, "simple", `{"id":{"S":"n"},"a":{"N":`+text(n)+`}}`),
			get("get "+n, "simple", `{"id":{"S":"n"}}`),
			put("key "+n, "texts", `{"p":{"N":`+text(n)+`},"s":{"S":"x"}}`),
		)
	}
	add := func(label, from, by string) []line {
		return []line{
			put(label+": before", "simple", `{"id":{"S":"s"},"a":{"N":"`+from+`"}}`),
			{label + ": ADD", "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"s"}},"UpdateExpression":"ADD a :d","ExpressionAttributeValues":{":d":{"N":"` + by + `"}},"ReturnValues":"ALL_NEW"}`},
			{label + ": minus", "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"s"}},"UpdateExpression":"SET a = a - :d","ExpressionAttributeValues":{":d":{"N":"` + by + `"}},"ReturnValues":"ALL_NEW"}`},
		}
	}
	for _, n := range [][2]string{
		{"1", "2"}, {"0.1", "0.2"}, {"1E20", "1"}, {"1E37", "1"}, {"1E38", "1"}, {"1E40", "1"}, {"9.9E125", "9.9E125"}, {"1E-130", "-1E-130"}, {"1E125", "1E-130"}, {"-5", "5"},
		{"99999999999999999999999999999999999999", "1"}, {"12345678901234567890123456789012345678", "0.5"}, {"1E-100", "1E-138"},
	} {
		out = append(out, add(n[0]+" and "+n[1], n[0], n[1])...)
	}
	return out
}

func setLines() []line {
	update := func(label, expression, values string) line {
		return line{label, "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"s"}},"UpdateExpression":` + text(expression) + `,"ExpressionAttributeValues":` + values + `,"ReturnValues":"ALL_NEW"}`}
	}
	return []line{
		put("put sets", "simple", `{"id":{"S":"s"},"ss":{"SS":["b","a"]},"ns":{"NS":["2","10","1.50"]},"bs":{"BS":["AA==","/w=="]}}`),
		get("get sets", "simple", `{"id":{"S":"s"}}`),
		put("an empty set", "simple", `{"id":{"S":"e"},"a":{"SS":[]}}`),
		put("an empty set of numbers", "simple", `{"id":{"S":"e"},"a":{"NS":[]}}`),
		put("a string twice", "simple", `{"id":{"S":"e"},"a":{"SS":["a","b","a"]}}`),
		put("a number twice", "simple", `{"id":{"S":"e"},"a":{"NS":["1","2","1"]}}`),
		put("a number twice in two forms", "simple", `{"id":{"S":"e"},"a":{"NS":["1","1.0"]}}`),
		put("bytes twice", "simple", `{"id":{"S":"e"},"a":{"BS":["AA==","AA=="]}}`),
		update("add to a set", "ADD ss :s", `{":s":{"SS":["c","a"]}}`),
		update("add to a set of numbers", "ADD ns :s", `{":s":{"NS":["2.0","3"]}}`),
		update("add another type", "ADD ss :s", `{":s":{"NS":["1"]}}`),
		update("add a number to a set", "ADD ss :s", `{":s":{"N":"1"}}`),
		update("add to nothing", "ADD nw :s", `{":s":{"SS":["x"]}}`),
		update("delete from a set", "DELETE ss :s", `{":s":{"SS":["a","zz"]}}`),
		update("delete from numbers", "DELETE ns :s", `{":s":{"NS":["1.5"]}}`),
		update("delete the rest", "DELETE nw :s", `{":s":{"SS":["x"]}}`),
		update("delete from nothing", "DELETE nothing :s", `{":s":{"SS":["x"]}}`),
		update("delete another type", "DELETE ss :s", `{":s":{"NS":["1"]}}`),
		update("delete a string", "DELETE ss :s", `{":s":{"S":"b"}}`),
		update("add a list", "ADD ss :s", `{":s":{"L":[{"S":"b"}]}}`),
		update("add to a string", "ADD id :s", `{":s":{"SS":["b"]}}`),
	}
}

func conditionLines() []line {
	out := []line{put("the item", "simple", `{"id":{"S":"c"},"n":{"N":"5"},"s":{"S":"hello"},"b":{"B":"AAEC"},"l":{"L":[{"N":"1"},{"S":"x"}]},"m":{"M":{"k":{"S":"v"}}},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"t":{"BOOL":true},"z":{"NULL":true},"size":{"N":"1"}}`)}
	values := `{":5":{"N":"5"},":4":{"N":"4"},":9":{"N":"9.0"},":h":{"S":"he"},":hello":{"S":"hello"},":N":{"S":"N"},":a":{"S":"a"},":1":{"N":"1"},":x":{"S":"x"},":t":{"BOOL":true},":b":{"B":"AAE="},":L":{"S":"L"},":Q":{"S":"Q"},":ss":{"SS":["b","a"]}}`
	var all map[string]any
	_ = json.Unmarshal([]byte(values), &all)
	for _, c := range []string{
		"attribute_exists(id)", "attribute_not_exists(id)", "attribute_exists(m.k)", "attribute_exists(m.x)", "attribute_exists(l[1])", "attribute_exists(l[2])", "attribute_exists(n[0])",
		"attribute_type(n, :N)", "attribute_type(s, :N)", "attribute_type(s, :Q)", "attribute_type(l, :L)", "attribute_type(n, :5)", "begins_with(s, :h)", "begins_with(b, :b)", "begins_with(n, :h)", "begins_with(s, :5)",
		"contains(s, :h)", "contains(ss, :a)", "contains(ns, :1)", "contains(l, :x)", "contains(l, :1)", "contains(n, :1)", "contains(m, :a)", "contains(missing, :a)",
		"n = :5", "n <> :5", "n < :9", "n <= :5", "n > :4", "n >= :9", "n = :hello", "n < :hello", "n <> :hello", "missing = :5", "missing <> :5", "missing < :5", "s > :h", "b > :b", "t = :t", "ss = :ss", "t < :t", "ss < :ss", "l = l", "m = m",
		"n BETWEEN :4 AND :9", "n BETWEEN :9 AND :4", "s BETWEEN :4 AND :9", "n IN (:4, :5)", "n IN (:hello)", "s IN (:h, :hello)", "missing IN (:5)", "n IN (:5, m)", "size(s) = :5", "size(l) < :5", "size(m) = :1", "size(b) > :1", "size(n) = :1", "size(ss) < :5", "size(missing) = :1", "size(t) = :1",
		"n = :5 AND s = :hello", "n = :4 OR s = :hello", "NOT n = :5", "NOT (n = :4 AND s = :h)", "n = :4 OR n = :5 AND s = :h", "(n = :4 OR n = :5) AND s = :hello", "NOT NOT n = :5", "((n = :5))", "n = n", ":5 = n", ":5 = :5", ":4 < :5",
		"", "n", "n =", "n == :5", "n = :5 AND", "AND n = :5", "(n = :5", "n = :5)", "n = 5", "n = 'x'", "size = :5", "#u = :5", "n = :undefined", "attribute_exists(:5)", "attribute_exists(n, s)", "begins_with(s)", "unknown(n)", "size(n)", "contains(s, s)", "n BETWEEN :4", "n IN ()", "n BETWEEN :5 AND :h", "a-b = :5", "1n = :5", "m.k.x = :5", "l[x] = :5", "l[-1] = :5", "n.n.n = :5", "name = :5", "begins_with(:h, s)", "attribute_type(n, s)", "if_not_exists(n, :5) = :5", "n = :5 or s = :h", "n between :4 and :9", "not n = :5", "n in (:5)", "n = :5 , s = :h", "size(:hello) = :5", "n <= :hello", "n = n + :5",
	} {
		used := map[string]any{}
		for k, v := range all {
			if mentions(c, k) {
				used[k] = v
			}
		}
		body := map[string]any{"TableName": "simple", "Key": map[string]any{"id": map[string]any{"S": "c"}}, "ConditionExpression": c, "UpdateExpression": "SET touched = :touched", "ReturnValues": "UPDATED_NEW"}
		used[":touched"] = map[string]any{"S": "yes"}
		body["ExpressionAttributeValues"] = used
		out = append(out, line{c, "UpdateItem", canonical(body)})
	}
	one := func(label, more string) line {
		return line{label, "PutItem", `{"TableName":"simple","Item":{"id":{"S":"c2"}},` + more + `}`}
	}
	return append(out,
		one("an unused value", `"ConditionExpression":"attribute_not_exists(x)","ExpressionAttributeValues":{":unused":{"S":"a"}}`),
		one("an unused name", `"ConditionExpression":"attribute_not_exists(x)","ExpressionAttributeNames":{"#unused":"a"}`),
		one("values without expression", `"ExpressionAttributeValues":{":unused":{"S":"a"}}`),
		one("names without expression", `"ExpressionAttributeNames":{"#unused":"a"}`),
		one("an empty map of names", `"ConditionExpression":"attribute_not_exists(x)","ExpressionAttributeNames":{}`),
		one("an empty map of values", `"ConditionExpression":"attribute_not_exists(x)","ExpressionAttributeValues":{}`),
		one("a name without #", `"ConditionExpression":"attribute_not_exists(x)","ExpressionAttributeNames":{"x":"y"}`),
		one("a value without :", `"ConditionExpression":"x = :x","ExpressionAttributeValues":{"x":{"S":"y"}}`),
		one("a reserved word by name", `"ConditionExpression":"attribute_not_exists(#n)","ExpressionAttributeNames":{"#n":"name"}`),
		one("a name with a dot", `"ConditionExpression":"attribute_not_exists(#n)","ExpressionAttributeNames":{"#n":"a.b"}`),
		one("an expression beside Expected", `"ConditionExpression":"attribute_not_exists(x)","Expected":{"x":{"Exists":false}}`),
		one("an empty set as value", `"ConditionExpression":"x = :x","ExpressionAttributeValues":{":x":{"SS":[]}}`),
		one("a bad number as value", `"ConditionExpression":"x = :x","ExpressionAttributeValues":{":x":{"N":"x"}}`),
		line{"the old item on failure", "PutItem", `{"TableName":"simple","Item":{"id":{"S":"c"}},"ConditionExpression":"attribute_not_exists(id)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`},
		line{"a condition on what is not there", "DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"nobody"}},"ConditionExpression":"attribute_exists(id)"}`},
		line{"a condition on a deletion", "DeleteItem", `{"TableName":"simple","Key":{"id":{"S":"c"}},"ConditionExpression":"n = :5","ExpressionAttributeValues":{":5":{"N":"5"}},"ReturnValues":"ALL_OLD"}`},
	)
}

// mentions tells whether an expression uses a value by that name, not one whose name begins so.
func mentions(expression, name string) bool {
	for i := 0; ; {
		j := strings.Index(expression[i:], name)
		if j < 0 {
			return false
		}
		i += j + len(name)
		if i == len(expression) || !strings.ContainsAny(expression[i:i+1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") {
			return true
		}
	}
}
