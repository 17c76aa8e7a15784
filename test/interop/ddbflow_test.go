package interop

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestDynamoDBLocalFlowsAlike compares what takes several requests: paging, parallel scans, streams and long random histories.
func TestDynamoDBLocalFlowsAlike(t *testing.T) {
	p := newPair(t, startLocal(t))
	for _, flow := range []struct {
		name string
		run  func(*testing.T, pair)
	}{
		{"pages by count", pagesByCount}, {"pages by size", pagesBySize}, {"parallel scans", parallelScans},
		{"random numbers", randomNumbers}, {"random updates", randomUpdates}, {"streams", streams}, {"large numbers in streams", largeNumbersInStreams}, {"stream errors", streamErrors},
	} {
		t.Run(flow.name, func(t *testing.T) {
			p.withTables(t)
			flow.run(t, p)
		})
	}
}

// each performs the same on both and compares what comes of it.
func (p pair) each(t *testing.T, what string, f func(peer) string) {
	t.Helper()
	local, sim := f(p.local), f(p.sim)
	if local != sim {
		t.Errorf("%s\n  DynamoDB Local %s\n  simulator      %s", what, short(local), short(sim))
	}
	if local == "" {
		t.Errorf("%s: nothing to compare", what)
	}
}

// walk reads all pages and returns the number of items on each, and the items.
func walk(t *testing.T, p peer, operation string, request map[string]any) (counts []int, items []any) {
	t.Helper()
	for range 1000 {
		o := p.ask(t, operation, canonical(request))
		if o.Code != "" {
			t.Fatalf("%s: %s", p.name, o)
		}
		page, _ := o.Body["Items"].([]any)
		counts, items = append(counts, len(page)), append(items, page...)
		if o.Body["LastEvaluatedKey"] == nil {
			return counts, items
		}
		request["ExclusiveStartKey"] = o.Body["LastEvaluatedKey"]
	}
	t.Fatalf("%s: pages without end", p.name)
	return nil, nil
}

func fill(t *testing.T, p pair, lines []line) {
	t.Helper()
	for _, l := range lines {
		if local, sim := p.both(t, l); local.Code+sim.Code != "" {
			t.Fatalf("%s: %s, %s", l.label, local, sim)
		}
	}
}

func pagesByCount(t *testing.T, p pair) {
	fill(t, p, rangedItems())
	for limit := 1; limit <= 10; limit++ {
		for _, backwards := range []bool{false, true} {
			for _, q := range []struct{ index, condition, value string }{{"", "p = :v", "a"}, {"global", "g = :v", "g1"}, {"local", "p = :v", "b"}} {
				p.each(t, fmt.Sprintf("query %s by %d backwards %v", q.index, limit, backwards), func(one peer) string {
					request := map[string]any{"TableName": "ranged", "Limit": limit, "ScanIndexForward": !backwards, "KeyConditionExpression": q.condition,
						"ExpressionAttributeValues": map[string]any{":v": map[string]any{"S": q.value}}}
					if q.index != "" {
						request["IndexName"] = q.index
					}
					counts, items := walk(t, one, "Query", request)
					return fmt.Sprint(counts, canonical(items))
				})
			}
		}
		p.each(t, fmt.Sprintf("scan by %d", limit), func(one peer) string {
			counts, items := walk(t, one, "Scan", map[string]any{"TableName": "ranged", "Limit": limit})
			sortItems(items)
			return fmt.Sprint(counts, canonical(items))
		})
	}
}

// pagesBySize reads 4 MB: pages end after 1 MB.
func pagesBySize(t *testing.T, p pair) {
	for i := range 40 {
		fill(t, p, []line{put("large", "texts", fmt.Sprintf(`{"p":{"N":"1"},"s":{"S":"%02d"},"x":{"S":%q}}`, i, strings.Repeat("x", 100_000+i*37)))})
	}
	query := map[string]any{"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": map[string]any{":p": map[string]any{"N": "1"}}}
	for _, operation := range []string{"Query", "Scan"} {
		p.each(t, operation+" of 4 MB", func(one peer) string {
			request := map[string]any{"TableName": "texts", "ProjectionExpression": "s"}
			if operation == "Query" {
				for k, v := range query {
					request[k] = v
				}
			}
			counts, items := walk(t, one, operation, request)
			return fmt.Sprint(counts, canonical(items))
		})
	}
}

func parallelScans(t *testing.T, p pair) {
	for i := range 100 {
		fill(t, p, []line{put("item", "simple", fmt.Sprintf(`{"id":{"S":"%d"}}`, i))})
	}
	for _, total := range []int{1, 2, 3, 7, 200} {
		p.each(t, fmt.Sprintf("%d segments", total), func(one peer) string {
			var all []any
			for segment := range total {
				_, items := walk(t, one, "Scan", map[string]any{"TableName": "simple", "Segment": segment, "TotalSegments": total, "Limit": 9})
				all = append(all, items...)
			}
			sortItems(all)
			return canonical(all)
		})
	}
}

// scaled is a number of which DynamoDB Local has kept zeros at the end, as it does after ADD.
var scaled = regexp.MustCompile(`"N":"(-?[0-9]+)(\.[0-9]*?)0+"`)

// trim drops those zeros: AWS normalises numbers.
func trim(s string) string {
	return strings.ReplaceAll(scaled.ReplaceAllString(s, `"N":"$1$2"`), `."`, `"`)
}

func (p pair) compare(t *testing.T, l line) {
	t.Helper()
	local := normal(l.operation, p.local.ask(t, l.operation, l.body))
	sim := normal(l.operation, p.sim.ask(t, l.operation, l.body))
	if local.Code == sim.Code && local.Code != "" && (local.Message == sim.Message || worded(local.Message, sim.Message)) {
		return
	}
	if a, b := trim(local.String()), sim.String(); a != b {
		t.Errorf("%s: %s %s\n  DynamoDB Local %s\n  simulator      %s", l.label, l.operation, short(l.body), short(a), short(b))
	}
}

// randomNumber draws digits, a point and an exponent.
func randomNumber(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteByte('-')
	}
	digits := 1 + r.IntN(12)
	if r.IntN(6) == 0 {
		digits = 34 + r.IntN(6)
	}
	point := r.IntN(digits + 1)
	for i := range digits {
		if i == point && i > 0 {
			b.WriteByte('.')
		}
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "E%d", r.IntN(260)-130)
	}
	return b.String()
}

func randomNumbers(t *testing.T, p pair) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 250 {
		n := randomNumber(r)
		label := fmt.Sprintf("number %d", i)
		p.compare(t, put(label, "ranged", `{"p":{"S":"n"},"s":{"N":"`+n+`"},"was":{"S":"`+n+`"}}`))
		p.compare(t, put(label, "simple", `{"id":{"S":"n"},"a":{"N":"`+n+`"},"b":{"N":"`+randomNumber(r)+`"}}`))
		p.compare(t, line{label, "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"n"}},"UpdateExpression":"SET c = a + b, d = a - b","ReturnValues":"ALL_NEW"}`})
		p.compare(t, line{label, "UpdateItem", `{"TableName":"simple","Key":{"id":{"S":"n"}},"UpdateExpression":"ADD a :d","ConditionExpression":"a < b","ExpressionAttributeValues":{":d":{"N":"` + randomNumber(r) + `"}},"ReturnValues":"ALL_NEW"}`})
	}
	p.each(t, "numbers in order", func(one peer) string {
		_, items := walk(t, one, "Query", map[string]any{"TableName": "ranged", "KeyConditionExpression": "p = :p", "ExpressionAttributeValues": map[string]any{":p": map[string]any{"S": "n"}}})
		return canonical(items)
	})
}

// randomUpdates grows and shrinks one document by random expressions.
func randomUpdates(t *testing.T, p pair) {
	r := rand.New(rand.NewPCG(3, 4))
	paths := []string{"a", "b", "m", "m.a", "m.b", "m.m", "m.m.a", "l", "l[0]", "l[1]", "l[3]", "l[0].a", "l[1][0]", "s", "n"}
	values := []string{`{"S":"text"}`, `{"N":"3"}`, `{"N":"-0.5"}`, `{"M":{"a":{"N":"1"},"m":{"M":{}}}}`, `{"L":[{"N":"1"},{"M":{}},{"L":[]}]}`, `{"SS":["x","y"]}`, `{"NS":["1","2"]}`, `{"BOOL":true}`, `{"NULL":true}`}
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	clause := func() (string, bool) {
		switch path := pick(paths); r.IntN(9) {
		case 0, 1:
			return "SET " + path + " = :v", true
		case 2:
			return "SET " + path + " = " + pick(paths) + " + :v", true
		case 3:
			return "SET " + path + " = list_append(if_not_exists(" + pick(paths) + ", :v), :v)", true
		case 4:
			return "REMOVE " + path, false
		case 5:
			return "ADD " + path + " :v", true
		case 6:
			return "DELETE " + path + " :v", true
		case 7:
			return "SET " + path + " = if_not_exists(" + pick(paths) + ", :v) REMOVE " + pick(paths), true
		default:
			return "SET " + path + " = " + pick(paths), false
		}
	}
	for i := range 600 {
		expression, value := clause()
		body := `{"TableName":"simple","Key":{"id":{"S":"r"}},"UpdateExpression":` + text(expression) + `,"ReturnValues":"` + pick([]string{"ALL_NEW", "ALL_OLD", "UPDATED_NEW", "UPDATED_OLD"}) + `"`
		if value {
			body += `,"ExpressionAttributeValues":{":v":` + pick(values) + `}`
		}
		p.compare(t, line{fmt.Sprintf("update %d", i), "UpdateItem", body + "}"})
		if i%20 == 0 {
			p.compare(t, get("the document", "simple", `{"id":{"S":"r"}}`))
			p.compare(t, put("anew", "simple", `{"id":{"S":"r"},"m":{"M":{"m":{"M":{"a":{"N":"1"}}}}},"l":{"L":[{"M":{"a":{"S":"x"}}},{"L":[{"N":"2"}]}]},"s":{"SS":["x"]},"n":{"N":"7"}}`))
		}
	}
}

// records reads a whole stream and leaves out what must differ.
func records(t *testing.T, p peer, table string) []any {
	t.Helper()
	arn := firstText(t, p, "Streams.ListStreams", `{"TableName":"`+table+`"}`, "Streams", "StreamArn")
	shard := shardOf(t, p, arn)
	iterator := p.ask(t, "Streams.GetShardIterator", canonical(map[string]any{"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"})).Body["ShardIterator"]
	var out []any
	for range 20 {
		o := p.ask(t, "Streams.GetRecords", canonical(map[string]any{"ShardIterator": iterator, "Limit": 3}))
		if o.Code != "" {
			t.Fatalf("%s: %s", p.name, o)
		}
		page, _ := o.Body["Records"].([]any)
		for _, one := range page {
			r := one.(map[string]any)
			delete(r, "eventID")
			delete(r, "awsRegion")
			d := r["dynamodb"].(map[string]any)
			delete(d, "SequenceNumber")
			delete(d, "ApproximateCreationDateTime")
			out = append(out, normalMap(r))
		}
		iterator = o.Body["NextShardIterator"]
		if len(page) == 0 || iterator == nil {
			break
		}
	}
	return out
}

func firstText(t *testing.T, p peer, operation, body, list, member string) string {
	t.Helper()
	o := p.ask(t, operation, body)
	all, _ := o.Body[list].([]any)
	if len(all) == 0 {
		t.Fatalf("%s: %s has no %s: %s", p.name, operation, list, o)
	}
	return all[0].(map[string]any)[member].(string)
}

func shardOf(t *testing.T, p peer, arn string) string {
	t.Helper()
	o := p.ask(t, "Streams.DescribeStream", canonical(map[string]any{"StreamArn": arn}))
	described, _ := o.Body["StreamDescription"].(map[string]any)
	shards, _ := described["Shards"].([]any)
	if len(shards) == 0 {
		t.Fatalf("%s: %s", p.name, o)
	}
	return shards[0].(map[string]any)["ShardId"].(string)
}

func streams(t *testing.T, p pair) {
	for _, view := range []string{"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"} {
		name := "stream" + strings.ReplaceAll(view, "_", "")
		for _, one := range []peer{p.local, p.sim} {
			if o := one.ask(t, "CreateTable", strings.Replace(strings.Replace(compact(tables["simple"]), `"simple"`, `"`+name+`"`, 1), "NEW_AND_OLD_IMAGES", view, 1)); o.Code != "" {
				t.Fatalf("%s: %s", one.name, o)
			}
			one.settle()
		}
		fill(t, p, []line{
			put("numbers", name, `{"id":{"S":"sizes"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"15"},{"N":"1.5"},{"N":"-15.5"},{"N":"0.05"},{"N":"0.005"},{"N":"123456789.123"},{"N":"-1"}]},"ns":{"NS":["1","0.12","300"]}}`),
			put("put", name, `{"id":{"S":"1"},"n":{"N":"1.50"}}`), put("the same again", name, `{"id":{"S":"1"},"n":{"N":"1.5"}}`), put("another", name, `{"id":{"S":"1"},"s":{"SS":["b","a"]}}`),
			{"update", "UpdateItem", `{"TableName":"` + name + `","Key":{"id":{"S":"1"}},"UpdateExpression":"SET m = :m","ExpressionAttributeValues":{":m":{"M":{"x":{"L":[{"NULL":true}]}}}}}`},
			{"update of nothing", "UpdateItem", `{"TableName":"` + name + `","Key":{"id":{"S":"1"}},"UpdateExpression":"REMOVE q"}`},
			{"update to new", "UpdateItem", `{"TableName":"` + name + `","Key":{"id":{"S":"2"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"1"}}}`},
			{"delete", "DeleteItem", `{"TableName":"` + name + `","Key":{"id":{"S":"1"}}}`},
			{"delete again", "BatchWriteItem", `{"RequestItems":{"` + name + `":[{"DeleteRequest":{"Key":{"id":{"S":"1"}}}},{"PutRequest":{"Item":{"id":{"S":"3"}}}}]}}`},
			{"transaction", "TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"` + name + `","Key":{"id":{"S":"3"}}}},{"ConditionCheck":{"TableName":"` + name + `","Key":{"id":{"S":"2"}},"ConditionExpression":"attribute_exists(n)"}}]}`},
		})
		p.each(t, view, func(one peer) string { return canonical(records(t, one, name)) })
	}
}

// largeNumbersInStreams holds a difference: inside lists DynamoDB Local writes them with exponents in streams, though not elsewhere.
func largeNumbersInStreams(t *testing.T, p pair) {
	fill(t, p, []line{put("put", "simple", `{"id":{"S":"1"},"l":{"L":[{"N":"1E30"}]}}`)})
	local, sim := canonical(records(t, p.local, "simple")), canonical(records(t, p.sim, "simple"))
	if !strings.Contains(local, `"1E30"`) || !strings.Contains(sim, `"1000000000000000000000000000000"`) {
		t.Errorf("differ otherwise than listed\n  DynamoDB Local %s\n  simulator      %s", local, sim)
	}
}

func streamErrors(t *testing.T, p pair) {
	arn := map[string]string{}
	for _, one := range []peer{p.local, p.sim} {
		arn[one.name] = firstText(t, one, "Streams.ListStreams", `{"TableName":"simple"}`, "Streams", "StreamArn")
	}
	for _, c := range []struct{ label, operation, body string }{
		{"an iterator that is none", "GetRecords", `{"ShardIterator":"xxx"}`},
		{"no iterator", "GetRecords", `{}`},
		{"a shard that is none", "GetShardIterator", `{"StreamArn":"ARN","ShardId":"shardId-00000001541626099285-00000000","ShardIteratorType":"TRIM_HORIZON"}`},
		{"a sequence number missing", "GetShardIterator", `{"StreamArn":"ARN","ShardId":"SHARD","ShardIteratorType":"AT_SEQUENCE_NUMBER"}`},
		{"a stream that is none", "DescribeStream", `{"StreamArn":"ARN9"}`},
		{"too many streams", "ListStreams", `{"Limit":0}`},
	} {
		p.each(t, c.label, func(one peer) string {
			body := strings.ReplaceAll(strings.ReplaceAll(c.body, "ARN", arn[one.name]), "SHARD", shardOf(t, one, arn[one.name]))
			return "code " + one.ask(t, "Streams."+c.operation, body).Code
		})
	}
}
