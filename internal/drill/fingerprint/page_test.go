package fingerprint

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const (
	itemA = `{"pk":{"S":"a"},"sk":{"S":"1"}}`
	itemB = `{"pk":{"S":"b"},"sk":{"S":"1"},"v":{"N":"1"}}`
)

// TestPage reads what DynamoDB answers, and passes over what it may answer one day.
func TestPage(t *testing.T) {
	h := newTest()
	body := []byte(`{"Count":2,"New":{"a":[1,-2.5e+3,null,true,false,"x\n"]},"ConsumedCapacity":{"Table":{"CapacityUnits":9},"CapacityUnits":128.5,"TableName":"t"},"Items":[` + itemA + `, ` + itemB + `],"LastEvaluatedKey":{"pk":{"S":"b"}},"ScannedCount":3}` + "\n")
	got, err := h.Page(body)
	if err != nil {
		t.Fatal(err)
	}
	if got.Items != 2 || got.Scanned != 3 || got.CapacityUnits != 128.5 || string(got.LastEvaluatedKey) != `{"pk":{"S":"b"}}` {
		t.Errorf("%+v", got)
	}
	want := newTest()
	var seen []string
	same, err := Each(body, func(raw []byte) error {
		item := mustItem(t, want, raw)
		want.Add(&item)
		seen = append(seen, string(raw))
		return nil
	})
	if err != nil || fmt.Sprint(same) != fmt.Sprint(got) || strings.Join(seen, " ") != itemA+" "+itemB {
		t.Errorf("%+v, %v, items %v", same, err, seen)
	}
	if d := Differing(h.Table(), want.Table()); d != nil || h.Table().Count != 2 {
		t.Errorf("a page and its items one by one differ in buckets %v", d)
	}
	last, err := h.Page([]byte(`{"Count":0,"Items":[],"ScannedCount":0,"LastEvaluatedKey":null,"ConsumedCapacity":null}`))
	if err != nil || last.LastEvaluatedKey != nil || last.Items != 0 || h.Table().Count != 2 {
		t.Errorf("an empty page: %+v, %v", last, err)
	}
}

// TestPageAddsAllOrNothing cuts an answer off at every byte. What was cut off can be read again.
func TestPageAddsAllOrNothing(t *testing.T) {
	body := []byte(`{"Count":2,"Items":[` + itemA + `,` + itemB + `],"ScannedCount":2,"LastEvaluatedKey":{"pk":{"S":"b"}},"ConsumedCapacity":{"CapacityUnits":1.5}}`)
	h, empty := newTest(), newTest().Table()
	for n := range len(body) {
		if got, err := h.Page(body[:n]); err == nil {
			t.Fatalf("%s is read as %+v", body[:n], got)
		}
		if _, err := Each(body[:n], func([]byte) error { return nil }); err == nil {
			t.Fatalf("%s has items", body[:n])
		}
	}
	if d := Differing(h.Table(), empty); d != nil {
		t.Fatalf("half an answer was added to buckets %v", d)
	}
	if _, err := h.Page(body); err != nil || h.Table().Count != 2 {
		t.Errorf("after half answers a whole one: %d items, %v", h.Table().Count, err)
	}
}

func TestPageMistakes(t *testing.T) {
	for body, want := range map[string]string{
		`{"Count":1,"ScannedCount":1}`: "without Items", `{"Items":[]}`: "without Count", `{"Count":2,"Items":[` + itemA + `]}`: "not the number", `{"Count":0,"Items":[` + itemA + `]}`: "not the number",
		`{"Count":0,"Items":[],"Items":[]}`: "twice", `{"Count":0,"Count":0,"Items":[]}`: "twice", `{"Count":-1,"Items":[]}`: "a count", `{"Count":99999999999,"Items":[]}`: "a count", `{"Count":"0","Items":[]}`: "a count", `{"Count":0,"Items":null}`: "not the JSON", `{"Count":1,"Items":[1]}`: "",
		`{"Count":0,"Items":[],"LastEvaluatedKey":{}}`: "LastEvaluatedKey", `{"Count":0,"Items":[],"LastEvaluatedKey":"x"}`: "not the JSON", `{"Count":0,"Items":[],"LastEvaluatedKey":{"a":{"S":"\ud800"}}}`: "no Unicode",
		`{"Count":0,"Items":[],"ConsumedCapacity":{"CapacityUnits":"x"}}`: "consumed capacity", `{"Count":0,"Items":[],"X":01}`: "no value", `{"Count":0,"Items":[],"X":nul}`: "unknown word", `{"Count":0,"Items":[],"X":1.}`: "no value", `{"Count":0,"Items":[],"X":}`: "no value",
		`{"Count":0,"Items":[]}{}`: "after the end", `{"Count":0,"Items":[],"X":` + strings.Repeat("[", 200): "too deeply", `{"__type":"ThrottlingException"}`: "without Items", `<html>`: "not the JSON", `{"Count":1,"Items":[{"pk":{"S":"a"}}]}`: "without its key",
	} {
		h := newTest()
		if _, err := h.Page([]byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want …%s…", body, err, want)
		}
		if h.Table().Count != 0 {
			t.Errorf("%.80s was added", body)
		}
		if want == "without its key" {
			continue // which only a hasher knows
		}
		if _, err := Each([]byte(body), func([]byte) error { return nil }); err == nil {
			t.Errorf("%.80s has items", body)
		}
	}
	if _, err := New(Key{}, nil, 1).Page([]byte(`{"Count":0,"Items":[]}`)); err == nil {
		t.Error("a table has no key")
	}
}

// TestEachStops hands the error of the function on.
func TestEachStops(t *testing.T) {
	mine, calls := errors.New("mine"), 0
	_, err := Each(page([]byte(itemA), []byte(itemB)), func([]byte) error { calls++; return mine })
	if !errors.Is(err, mine) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

// TestTablesOfDifferentBuckets are compared and merged by the smaller number.
func TestTablesOfDifferentBuckets(t *testing.T) {
	body := page([]byte(itemA), []byte(itemB), []byte(`{"pk":{"S":"c"},"sk":{"S":"1"}}`))
	tables := map[int]*Table{}
	for _, n := range []int{-1, 1, 3, 64} {
		h := New(testKey, []string{"pk", "sk"}, n)
		if _, err := h.Page(body); err != nil {
			t.Fatal(err)
		}
		tables[n] = h.Table()
	}
	if a, b, c := len(tables[-1].Buckets), len(tables[3].Buckets), len(tables[64].Buckets); a != 1 || b != 4 || c != 64 {
		t.Errorf("%d, %d and %d buckets", a, b, c)
	}
	for n, table := range tables {
		if d := Differing(table, tables[64]); d != nil {
			t.Errorf("%d buckets differ from 64 in %v", n, d)
		}
		before := table.Total
		table.Merge(New(testKey, []string{"pk", "sk"}, 2).Table())
		if len(table.Buckets) > 2 || table.Total != before || table.Count != 3 {
			t.Errorf("%d buckets merged with 2 are %d, of %d items", n, len(table.Buckets), table.Count)
		}
	}
}

// TestNothingIsAllocated reads pages again and again, of items that need every kind of room.
func TestNothingIsAllocated(t *testing.T) {
	h := newTest()
	var all [][]byte
	for i := range 200 {
		all = append(all, fmt.Appendf(nil, `{"sk":{"S":"%d"},"pk":{"S":"\u00e9"},"n":{"N":"%d.50"},"b":{"B":"AQI="},"s":{"SS":["b","a","\u0063"]},"ns":{"NS":["3","2"]},"l":{"L":[{"NULL":true},{"M":{"z":{"BOOL":true},"y":{"S":""}}}]},"long":{"SS":["%s"]}}`, i, i, longSet(200)))
	}
	body := page(all...)
	h.Table()
	allocs := testing.AllocsPerRun(10, func() {
		if _, err := h.Page(body); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for a page of %d items", allocs, len(all))
	}
	if allocs := testing.AllocsPerRun(10, func() { mustItem(t, h, all[0]) }); allocs != 0 {
		t.Errorf("%v allocations for an item", allocs)
	}
}

// TestKeysAndSumsAsText are written and read in hexadecimal.
func TestKeysAndSumsAsText(t *testing.T) {
	text, err := testKey.MarshalText()
	if err != nil || string(text) != testKey.String() {
		t.Fatal(string(text), err)
	}
	var key Key
	var sum Sum
	if err := key.UnmarshalText(text); err != nil || key != testKey {
		t.Errorf("%s, %v", key, err)
	}
	if err := sum.UnmarshalText(text); err != nil || sum.String() != string(text) {
		t.Errorf("%s, %v", sum, err)
	}
	for _, bad := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("x", 64)} {
		if key.UnmarshalText([]byte(bad)) == nil || sum.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is a key or sum", bad)
		}
	}
}
