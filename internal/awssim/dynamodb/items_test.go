package dynamodb

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

func TestPutRefuses(t *testing.T) {
	tests := []struct {
		name string
		item item.Item
		text string
	}{
		{"no key", item.Item{"s": num("1")}, "Missing the key p in the item"},
		{"no item", nil, "Missing the key p in the item"},
		{"wrong key type", item.Item{"p": num("1"), "s": num("1")}, "Type mismatch for key p expected: S actual: N"},
		{"empty key", item.Item{"p": str(""), "s": num("1")}, "cannot contain an empty string value. Key: p"},
		{"long key", item.Item{"p": str(strings.Repeat("x", 2049)), "s": num("1")}, "exceeded the maximum size limit of2048 bytes"},
		{"wrong index key type", item.Item{"p": str("a"), "s": num("1"), "g": num("1")}, "Type mismatch for Index Key g"},
		{"empty index key", item.Item{"p": str("a"), "s": num("1"), "g": str("")}, "IndexKey: g"},
		{"bad number", item.Item{"p": str("a"), "s": num("x")}, "cannot be converted to a numeric value: x"},
		{"too large", item.Item{"p": str("a"), "s": num("1"), "d": str(strings.Repeat("x", item.MaxSize))}, "Item size has exceeded the maximum allowed size"},
	}
	l := newLab(t, Options{})
	l.create(rich("orders"))
	for _, tt := range tests {
		refused(l, l.s.putItem, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: tt.item}, "ValidationException", tt.text)
	}
	l.put("orders", item.Item{"p": str("a"), "s": num("1"), "empty": str(""), "d": str(strings.Repeat("x", item.MaxSize-len("p")-1-len("s")-2-len("empty")-len("d")))})
	if got := l.describe("orders"); *got.TableSizeBytes != item.MaxSize || *got.ItemCount != 1 {
		t.Errorf("%d bytes in %d items", *got.TableSizeBytes, *got.ItemCount)
	}
	refused(l, l.s.getItem, &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: item.Item{"p": str("a")}}, "ValidationException", "The provided key element does not match the schema")
	refused(l, l.s.putItem, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: item.Item{}, Expected: map[string]types.ExpectedAttributeValue{"p": {}}}, "ValidationException", "legacy")
}

func TestWritesAndTheirAnswers(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	name, key := aws.String("orders"), item.Item{"p": str("a")}
	update := func(expression string, values item.Item, want types.ReturnValue) item.Item {
		t.Helper()
		return must(l, l.s.updateItem, &dynamodb.UpdateItemInput{TableName: name, Key: key, UpdateExpression: &expression, ExpressionAttributeValues: values, ReturnValues: want}).Attributes
	}
	same := func(what string, got, want item.Item) {
		t.Helper()
		if item.Encode(got) != item.Encode(want) || (got == nil) != (want == nil) {
			t.Errorf("%s: %q, want %q", what, item.Encode(got), item.Encode(want))
		}
	}
	same("first", update("ADD n :1", item.Item{":1": num("1")}, types.ReturnValueUpdatedNew), item.Item{"n": num("1")})
	same("second", update("ADD n :1 SET q = :1", item.Item{":1": num("1")}, types.ReturnValueUpdatedOld), item.Item{"n": num("1")})
	same("all old", update("REMOVE q", nil, types.ReturnValueAllOld), item.Item{"p": str("a"), "n": num("2"), "q": num("1")})
	same("all new", update("SET x = n", nil, types.ReturnValueAllNew), item.Item{"p": str("a"), "n": num("2"), "x": num("2")})
	same("none", update("SET x = n", nil, types.ReturnValueNone), nil)
	refused(l, l.s.updateItem, &dynamodb.UpdateItemInput{TableName: name, Key: key, UpdateExpression: aws.String("SET p = n")}, "ValidationException", "Cannot update attribute p. This attribute is part of the key")
	refused(l, l.s.putItem, &dynamodb.PutItemInput{TableName: name, Item: key, ReturnValues: types.ReturnValueAllNew}, "ValidationException", "ReturnValues can only be ALL_OLD or NONE")
	refused(l, l.s.putItem, &dynamodb.PutItemInput{TableName: name, Item: key, ConditionExpression: aws.String("attribute_not_exists(p)")}, "ConditionalCheckFailedException", "The conditional request failed")
	same("old of put", must(l, l.s.putItem, &dynamodb.PutItemInput{TableName: name, Item: key, ReturnValues: types.ReturnValueAllOld}).Attributes, item.Item{"p": str("a"), "n": num("2"), "x": num("2")})
	same("old of delete", must(l, l.s.deleteItem, &dynamodb.DeleteItemInput{TableName: name, Key: key, ReturnValues: types.ReturnValueAllOld}).Attributes, key)
	same("old of nothing", must(l, l.s.deleteItem, &dynamodb.DeleteItemInput{TableName: name, Key: key, ReturnValues: types.ReturnValueAllOld}).Attributes, nil)
	must(l, l.s.updateItem, &dynamodb.UpdateItemInput{TableName: name, Key: key})
	same("made by an empty update", must(l, l.s.getItem, &dynamodb.GetItemInput{TableName: name, Key: key}).Item, key)
	if got := l.describe("orders"); *got.ItemCount != 1 || *got.TableSizeBytes != 2 {
		t.Errorf("%d items, %d bytes", *got.ItemCount, *got.TableSizeBytes)
	}
}

func TestConsumedCapacity(t *testing.T) {
	l := newLab(t, Options{})
	l.create(rich("orders"))
	name := aws.String("orders")
	total := func(c *types.ConsumedCapacity) float64 { return *c.CapacityUnits }
	put := func(m item.Item) float64 {
		return total(must(l, l.s.putItem, &dynamodb.PutItemInput{TableName: name, Item: m, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}).ConsumedCapacity)
	}
	m := item.Item{"p": str("a"), "s": num("1"), "g": str("g"), "d": str(strings.Repeat("x", 5000))}
	tests := []struct {
		name string
		got  float64
		want float64
	}{
		{"a new item of 5 KB in two indexes", put(m), 5 + 1 + 1},
		{"the same again", put(m), 5},
		{"shrunk: the larger one counts, the local index does not hold d", put(item.Item{"p": str("a"), "s": num("1"), "g": str("g")}), 5},
		{"moved within both indexes", put(item.Item{"p": str("a"), "s": num("1"), "g": str("h")}), 1 + 2 + 2},
		{"a read of nothing", total(must(l, l.s.getItem, &dynamodb.GetItemInput{TableName: name, Key: item.Item{"p": str("no"), "s": num("1")}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}).ConsumedCapacity), 0.5},
		{"a consistent read", total(must(l, l.s.getItem, &dynamodb.GetItemInput{TableName: name, Key: item.Item{"p": str("a"), "s": num("1")}, ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}).ConsumedCapacity), 1},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s consumed %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	out := must(l, l.s.query, &dynamodb.QueryInput{TableName: name, IndexName: aws.String("lii"), KeyConditionExpression: aws.String("p = :p"), ExpressionAttributeValues: item.Item{":p": str("a")},
		Select: types.SelectAllAttributes, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes}).ConsumedCapacity
	if *out.CapacityUnits != 1 || *out.Table.CapacityUnits != 0.5 || *out.LocalSecondaryIndexes["lii"].CapacityUnits != 0.5 {
		t.Errorf("a local index that fetches from the table: %+v", out)
	}
}

func TestReadsByIndexHonourTheProjection(t *testing.T) {
	l := newLab(t, Options{})
	l.create(rich("orders"))
	l.put("orders", item.Item{"p": str("a"), "s": num("1"), "g": str("g"), "x": str("x"), "d": str("d")})
	l.put("orders", item.Item{"p": str("a"), "s": num("2")}) // in no index
	ask := func(indexName string, change func(*dynamodb.QueryInput)) *dynamodb.QueryInput {
		in := &dynamodb.QueryInput{TableName: aws.String("orders"), IndexName: &indexName, KeyConditionExpression: aws.String("p = :v"), ExpressionAttributeValues: item.Item{":v": str("a")}}
		if indexName == "gii" {
			in.KeyConditionExpression, in.ExpressionAttributeValues = aws.String("g = :v"), item.Item{":v": str("g")}
		}
		change(in)
		return in
	}
	tests := []struct {
		name, index string
		change      func(*dynamodb.QueryInput)
		attributes  int
	}{
		{"keys only", "gii", func(*dynamodb.QueryInput) {}, 3},
		{"included", "lii", func(*dynamodb.QueryInput) {}, 4},
		{"a local index fetches", "lii", func(in *dynamodb.QueryInput) { in.Select = types.SelectAllAttributes }, 5},
		{"a local index fetches one attribute", "lii", func(in *dynamodb.QueryInput) { in.ProjectionExpression = aws.String("d, x") }, 2},
	}
	for _, tt := range tests {
		out := must(l, l.s.query, ask(tt.index, tt.change))
		if len(out.Items) != 1 || len(out.Items[0]) != tt.attributes {
			t.Errorf("%s: %v", tt.name, out.Items)
		}
	}
	for _, tt := range []struct {
		index, text string
		change      func(*dynamodb.QueryInput)
	}{
		{"gii", "Select type ALL_ATTRIBUTES is not supported for global secondary index gii", func(in *dynamodb.QueryInput) { in.Select = types.SelectAllAttributes }},
		{"gii", "Global secondary index gii does not project [d]", func(in *dynamodb.QueryInput) { in.ProjectionExpression = aws.String("d") }},
		{"gii", "Consistent reads are not supported on global secondary indexes", func(in *dynamodb.QueryInput) { in.ConsistentRead = aws.Bool(true) }},
		{"nope", "The table does not have the specified index: nope", func(*dynamodb.QueryInput) {}},
		{"lii", "Filter Expression can only contain non-primary key attributes: Primary key attribute: g", func(in *dynamodb.QueryInput) { in.FilterExpression = aws.String("g = :v") }},
	} {
		refused(l, l.s.query, ask(tt.index, tt.change), "ValidationException", tt.text)
	}
}

// Whatever the page size, the direction and the number of segments: every item is read once, and sort keys come in order.
func TestPagesAndSegmentsVisitEachItemOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, Options{})
		l.create(rich("orders"))
		want := map[string]bool{}
		var all []map[string]types.AttributeValue
		for range rapid.IntRange(0, 40).Draw(rt, "items") {
			m := item.Item{"p": str(fmt.Sprint(rapid.IntRange(0, 6).Draw(rt, "p"))), "s": num(fmt.Sprint(rapid.IntRange(-20, 20).Draw(rt, "s"))), "g": str("g")}
			all = append(all, m)
			want[item.Encode(item.Item{"p": m["p"], "s": m["s"]})] = true
		}
		l.w.Do(func() {
			if err := l.s.PutItems(here, "orders", all); err != nil {
				rt.Fatal(err)
			}
		})
		seen := map[string]bool{}
		visit := func(items []map[string]types.AttributeValue) {
			for _, m := range items {
				key := item.Encode(item.Item{"p": m["p"], "s": m["s"]})
				if seen[key] {
					rt.Fatalf("%q came twice", key)
				}
				seen[key] = true
			}
		}
		complete := func(what string) {
			if len(seen) != len(want) {
				rt.Fatalf("%s: %d items of %d", what, len(seen), len(want))
			}
			seen = map[string]bool{}
		}
		limit := aws.Int32(int32(rapid.IntRange(1, 7).Draw(rt, "limit")))
		for _, indexName := range []*string{nil, aws.String("gii"), aws.String("lii")} {
			segments := int32(rapid.IntRange(1, 5).Draw(rt, "segments"))
			for segment := range segments {
				in := &dynamodb.ScanInput{TableName: aws.String("orders"), IndexName: indexName, Limit: limit, Segment: &segment, TotalSegments: &segments}
				for {
					out := must(l, l.s.scan, in)
					visit(out.Items)
					if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
						break
					}
				}
			}
			complete("scan " + aws.ToString(indexName))
		}
		forward := rapid.Bool().Draw(rt, "forward")
		for p := range 7 {
			in := &dynamodb.QueryInput{TableName: aws.String("orders"), Limit: limit, ScanIndexForward: &forward, KeyConditionExpression: aws.String("p = :p"), ExpressionAttributeValues: item.Item{":p": str(fmt.Sprint(p))}}
			var last types.AttributeValue
			for {
				out := must(l, l.s.query, in)
				visit(out.Items)
				for _, m := range out.Items {
					if order, _ := item.Compare(m["s"], last); last != nil && (order > 0) != forward {
						rt.Fatalf("%v after %v, forward %v", m["s"], last, forward)
					}
					last = m["s"]
				}
				if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
					break
				}
			}
		}
		complete("query")
	})
}

// The pages of 250 items of 10,013 bytes were the same in DynamoDB Local: 105, 105 and 40, at 128.5 units for a full one.
func TestPagesOfOneMegabyte(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("orders")
	in.AttributeDefinitions = append(in.AttributeDefinitions, attr("s", "N"))
	in.KeySchema = append(in.KeySchema, rangeKey("s"))
	l.create(in)
	for i := range 250 {
		l.put("orders", item.Item{"p": str("x"), "s": num(fmt.Sprint(i - 100)), "g": str("g"), "d": str(strings.Repeat("y", 10000))})
	}
	scan := &dynamodb.ScanInput{TableName: aws.String("orders"), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal, Select: types.SelectCount}
	var counts []int32
	for {
		out := must(l, l.s.scan, scan)
		counts = append(counts, out.Count)
		if out.Count == 105 && *out.ConsumedCapacity.CapacityUnits != 128.5 {
			t.Errorf("%v units", *out.ConsumedCapacity.CapacityUnits)
		}
		if out.Items != nil {
			t.Error("a count carries items")
		}
		if scan.ExclusiveStartKey = out.LastEvaluatedKey; scan.ExclusiveStartKey == nil {
			break
		}
	}
	if fmt.Sprint(counts) != "[105 105 40]" {
		t.Errorf("pages of %v items", counts)
	}
}

func TestScanRefuses(t *testing.T) {
	l := newLab(t, Options{})
	l.create(rich("orders"))
	for _, tt := range []struct {
		text   string
		change func(*dynamodb.ScanInput)
	}{
		{"TotalSegments parameter is required", func(in *dynamodb.ScanInput) { in.Segment = aws.Int32(0) }},
		{"Segment parameter is required", func(in *dynamodb.ScanInput) { in.TotalSegments = aws.Int32(2) }},
		{"must be less than parameter TotalSegments", func(in *dynamodb.ScanInput) { in.Segment, in.TotalSegments = aws.Int32(2), aws.Int32(2) }},
		{"The provided starting key is invalid", func(in *dynamodb.ScanInput) { in.ExclusiveStartKey = item.Item{"p": str("a")} }},
		{"legacy", func(in *dynamodb.ScanInput) { in.AttributesToGet = []string{"p"} }},
		{"Must specify the AttributesToGet or ProjectionExpression", func(in *dynamodb.ScanInput) { in.Select = types.SelectSpecificAttributes }},
		{"when using expressions", func(in *dynamodb.ScanInput) { in.ExpressionAttributeNames = map[string]string{"#a": "a"} }},
	} {
		in := &dynamodb.ScanInput{TableName: aws.String("orders")}
		tt.change(in)
		refused(l, l.s.scan, in, "ValidationException", tt.text)
	}
}

func TestBatches(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	put := func(p string) types.WriteRequest {
		return types.WriteRequest{PutRequest: &types.PutRequest{Item: item.Item{"p": str(p), "d": str(strings.Repeat("x", 390*1024))}}}
	}
	var many []types.WriteRequest
	for i := range 26 {
		many = append(many, put(fmt.Sprint(i)))
	}
	write := func(r ...types.WriteRequest) *dynamodb.BatchWriteItemInput {
		return &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"orders": r}}
	}
	refused(l, l.s.batchWriteItem, write(many...), "ValidationException", "Too many items requested for the BatchWriteItem call")
	refused(l, l.s.batchWriteItem, write(put("a"), put("a")), "ValidationException", "Provided list of item keys contains duplicates")
	refused(l, l.s.batchWriteItem, write(put("a"), types.WriteRequest{PutRequest: &types.PutRequest{Item: item.Item{"q": str("a")}}}), "ValidationException", "Missing the key p")
	if got := l.describe("orders"); *got.ItemCount != 0 {
		t.Error("a refused batch wrote something")
	}
	must(l, l.s.batchWriteItem, write(many[:25]...))
	must(l, l.s.batchWriteItem, write(many[25], put("more")))
	get := &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{}}
	var keys []map[string]types.AttributeValue
	for range 2 {
		for i := range 51 {
			keys = append(keys, item.Item{"p": str(fmt.Sprint(i))})
		}
	}
	get.RequestItems["orders"] = types.KeysAndAttributes{Keys: keys}
	refused(l, l.s.batchGetItem, get, "ValidationException", "Too many items requested for the BatchGetItem call")
	get.RequestItems["orders"] = types.KeysAndAttributes{Keys: append(keys[:0:0], keys[0], keys[0])}
	refused(l, l.s.batchGetItem, get, "ValidationException", "duplicates")
	for i := 26; i < 60; i++ {
		must(l, l.s.batchWriteItem, write(put(fmt.Sprint(i))))
	}
	get.RequestItems["orders"] = types.KeysAndAttributes{Keys: keys[:51]}
	out := must(l, l.s.batchGetItem, get)
	if read, left := len(out.Responses["orders"]), len(out.UnprocessedKeys["orders"].Keys); read != 42 || read+left != 51 {
		t.Errorf("%d items of 390 KB in one answer of 16 MB, %d left", read, left)
	}
}

func TestTransactions(t *testing.T) {
	l := newLab(t, Options{})
	l.create(simple("orders"))
	name := aws.String("orders")
	put := func(p, condition string) types.TransactWriteItem {
		w := types.TransactWriteItem{Put: &types.Put{TableName: name, Item: item.Item{"p": str(p)}}}
		if condition != "" {
			w.Put.ConditionExpression = &condition
		}
		return w
	}
	refused(l, l.s.transactWriteItems, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("a", ""), put("b", "attribute_exists(p)")}},
		"TransactionCanceledException", "[None, ConditionalCheckFailed]")
	if got := l.describe("orders"); *got.ItemCount != 0 {
		t.Error("a cancelled transaction wrote something")
	}
	must(l, l.s.transactWriteItems, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("a", ""), put("b", "attribute_not_exists(p)")}})
	refused(l, l.s.transactWriteItems, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("a", ""), put("a", "")}}, "ValidationException", "multiple operations on one item")
	misfit := func(w types.TransactWriteItem) { // what does not fit the schema cancels, with the reason in its place
		refused(l, l.s.transactWriteItems, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("c", ""), w}}, "TransactionCanceledException", "[None, ValidationError]")
	}
	misfit(types.TransactWriteItem{Put: &types.Put{TableName: name, Item: item.Item{"p": num("1")}}})
	misfit(types.TransactWriteItem{Delete: &types.Delete{TableName: name, Key: item.Item{"q": str("a")}}})
	refused(l, l.s.transactGetItems, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: name, Key: item.Item{"p": num("1")}}}}}, "TransactionCanceledException", "[ValidationError]")
	out := must(l, l.s.transactGetItems, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: name, Key: item.Item{"p": str("a")}}}, {Get: &types.Get{TableName: name, Key: item.Item{"p": str("no")}}}}})
	if out.Responses[0].Item == nil || out.Responses[1].Item != nil {
		t.Errorf("%v", out.Responses)
	}
}
