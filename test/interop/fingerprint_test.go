package interop

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

var fingerprintKey = fingerprint.Key{0: 0x5a, 31: 0xa5}

// tricky are attribute values that can be written in several ways, or are easily confused. Every one is accepted by DynamoDB.
func tricky() []string {
	out := []string{
		`{"S":""}`, `{"S":"é"}`, `{"S":"\u00e9"}`, `{"S":"e\u0301"}`, `{"S":"\ud83d\ude00 😀"}`, `{"S":"\u0000\u0001\u001f\u007f\u0080\u2028\ufffd\ufeff"}`, `{"S":"\"\\\/\b\f\n\r\t"}`, `{"S":"\u0022\u005c\u002f"}`, `{"S":"<&>'"}`, `{"S":"\uffff\ufffe"}`, `{"S":"\udbff\udfff"}`,
		`{"S":"` + strings.Repeat("long ", 20_000) + `"}`, `{"S":"1"}`, `{"N":"1"}`, `{"S":"true"}`, `{"BOOL":true}`, `{"BOOL":false}`, `{"NULL":true}`,
		`{"B":""}`, `{"B":"AA=="}`, `{"B":"AAA="}`, `{"B":"AAAA"}`, `{"B":"+/+/"}`, `{"B":"\/w=="}`, `{"B":"/\u0077=="}`,
		`{"SS":["b","a","é","e\u0301","","😀","\uffff"]}`, `{"NS":["3","-0","1E2","0.50","-7.0"]}`, `{"BS":["/w==","AA==","","AAA="]}`,
		`{"L":[]}`, `{"M":{}}`, `{"L":[{"L":[]},{"M":{}},{"S":""},{"NULL":true},{"N":"1.0"}]}`, `{"L":[{"N":"2"},{"N":"1"},{"N":"2"}]}`,
		`{"M":{"z":{"N":"1"},"a":{"SS":["y","x"]},"\u00e9":{"M":{"Z":{"B":"AQ=="},"A":{"NS":["10","9"]}}},"a b.c-d":{"L":[{"M":{"k":{"S":"v"}}}]}}}`,
		strings.Repeat(`{"L":[`, 31) + `{"S":"deep"}` + strings.Repeat(`]}`, 31), strings.Repeat(`{"M":{"m":`, 31) + `{"S":"deep"}` + strings.Repeat(`}}`, 31),
	}
	for _, n := range []string{
		"0", "-0", "0.0", "-0.00E10", "00012", "-007.50", "1.500", "1e10", "1E+2", "1E-130", "-1E-130", "9.9E125", "1e-0005", "+5", ".5", "123456789012345678901234567890", "12345678901234567890123456789012345678", "1.2345678901234567890123456789012345678E-100",
		"0.00000000000000000000000000000000000000000000000000001", "9.9999999999999999999999999999999999999E+125", "99999999999999999999999999999999999999000", "0E120", "0.1e1", "100", "1E2", "10E1",
	} {
		out = append(out, `{"N":"`+n+`"}`)
	}
	return out
}

// fingerprinted reads a table page by page and returns its fingerprint, and the hash of each item by the hash of its key.
func fingerprinted(t *testing.T, p peer, table string) (*fingerprint.Table, map[fingerprint.Sum]fingerprint.Item) {
	t.Helper()
	h := fingerprint.New(fingerprintKey, []string{"id"}, 64)
	items, start := map[fingerprint.Sum]fingerprint.Item{}, ""
	for range 1000 {
		status, raw := p.send(t, "Scan", `{"TableName":"`+table+`","Limit":37,"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"`+start+`}`)
		if status != http.StatusOK {
			t.Fatalf("%s: %s", p.name, raw)
		}
		page, err := h.Page(raw)
		if err != nil {
			t.Fatalf("%s: %v: %s", p.name, err, raw)
		}
		if page.CapacityUnits <= 0 {
			t.Errorf("%s: a page of %d items for %v capacity units", p.name, page.Items, page.CapacityUnits)
		}
		_, err = fingerprint.Each(raw, func(one []byte) error {
			item, err := h.Item(one)
			items[item.Key] = item
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		if page.LastEvaluatedKey == nil {
			return h.Table(), items
		}
		start = `,"ExclusiveStartKey":` + string(page.LastEvaluatedKey)
	}
	t.Fatalf("%s: pages without end", p.name)
	return nil, nil
}

// TestFingerprintsSurviveRoundTrips puts items into DynamoDB Local and into the simulated AWS, in one of the ways in which they can be
// written. What comes back has the fingerprint of what was put, from both.
func TestFingerprintsSurviveRoundTrips(t *testing.T) {
	p := newPair(t, startLocal(t))
	p.withTables(t)
	var put []string
	for i, v := range tricky() {
		put = append(put, fmt.Sprintf(`{"a":%s,"id":{"S":"tricky %d"},"Z":%s}`, v, i, v))
	}
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 400 {
		put = append(put, randomItem(r, i))
	}
	local, sim := tableOf(t, p.local, put), tableOf(t, p.sim, put)
	if d := fingerprint.Differing(local, sim); d != nil || local.Total != sim.Total || local.Count != sim.Count {
		t.Errorf("%d items of DynamoDB Local and %d of the simulator differ in buckets %v", local.Count, sim.Count, d)
	}
	if local.Count < int64(len(put))*3/4 {
		t.Errorf("DynamoDB Local took %d of %d items: too few to tell anything", local.Count, len(put))
	}
}

// tableOf puts the items and checks each that comes back.
func tableOf(t *testing.T, p peer, put []string) *fingerprint.Table {
	t.Helper()
	h, raws := fingerprint.New(fingerprintKey, []string{"id"}, 64), map[fingerprint.Sum]string{}
	want := map[fingerprint.Sum]fingerprint.Item{}
	for i, raw := range put {
		status, answer := p.send(t, "PutItem", `{"TableName":"simple","Item":`+raw+`}`)
		if status != http.StatusOK {
			if i < len(tricky()) {
				t.Errorf("%s: %s: %s", p.name, short(raw), answer)
			}
			continue
		}
		item, err := h.Item([]byte(raw))
		if err != nil {
			t.Errorf("%s takes what is no item here: %v: %s", p.name, err, short(raw))
			continue
		}
		h.Add(&item)
		want[item.Key], raws[item.Key] = item, raw
	}
	table, got := fingerprinted(t, p, "simple")
	for key, item := range want {
		if got[key] != item {
			t.Errorf("%s: another fingerprint comes back of %s", p.name, short(raws[key]))
		}
	}
	if d := fingerprint.Differing(table, h.Table()); d != nil || table.Count != int64(len(want)) {
		t.Errorf("%s: %d items came back of %d, buckets %v differ", p.name, table.Count, len(want), d)
	}
	return table
}

// randomItem nests random values. Some of their numbers are more than DynamoDB takes.
func randomItem(r *rand.Rand, i int) string {
	parts := []string{fmt.Sprintf(`"id":{"S":"random %d"}`, i)}
	for n := range r.IntN(8) {
		parts = append(parts, fmt.Sprintf(`"%s%d":%s`, []string{"", "é", `\u00e9`, "Attribute name of some length "}[r.IntN(4)], n, randomValue(r, 3)))
	}
	r.Shuffle(len(parts), func(a, b int) { parts[a], parts[b] = parts[b], parts[a] })
	return `{` + strings.Join(parts, ",") + `}`
}

func randomValue(r *rand.Rand, depth int) string {
	choice := r.IntN(10)
	if depth == 0 {
		choice = r.IntN(4)
	}
	several := func(one func(n int) string) string {
		var out []string
		for n := range 1 + r.IntN(4) {
			out = append(out, one(n))
		}
		r.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
		return strings.Join(out, ",")
	}
	switch choice {
	case 0, 4:
		return `{"N":"` + randomNumber(r) + `"}`
	case 1:
		return `{"S":"` + []string{"", "é", `\u00e9`, `\ud83d\ude00`, `\\\"`, "plain"}[r.IntN(6)] + strings.Repeat("x", r.IntN(20)) + `"}`
	case 2:
		return tricky()[r.IntN(30)]
	case 3:
		return `{"NS":[` + several(func(n int) string { return fmt.Sprintf(`"%d.%d0"`, n, r.IntN(10)) }) + `]}`
	case 5:
		return `{"SS":[` + several(func(n int) string { return fmt.Sprintf(`"%s%d"`, []string{"", `\u00e9`, "é"}[r.IntN(3)], n) }) + `]}`
	case 6, 7:
		return `{"L":[` + several(func(int) string { return randomValue(r, depth-1) }) + `]}`
	}
	return `{"M":{` + several(func(n int) string { return fmt.Sprintf(`"k%d":%s`, n, randomValue(r, depth-1)) }) + `}}`
}

// TestFingerprintsFollowArithmetic lets both compute. DynamoDB Local keeps zeros at the end of sums, which are equal numbers all the same;
// and whatever changes an item changes the bucket of that item alone.
func TestFingerprintsFollowArithmetic(t *testing.T) {
	p := newPair(t, startLocal(t))
	p.withTables(t)
	for _, one := range []peer{p.local, p.sim} {
		for i := range 40 {
			one.ask(t, "PutItem", fmt.Sprintf(`{"TableName":"simple","Item":{"id":{"S":"%d"},"n":{"N":"1.10"},"s":{"SS":["a","b"]}}}`, i))
		}
	}
	update := func(one peer, id int, expression, value string) {
		t.Helper()
		o := one.ask(t, "UpdateItem", fmt.Sprintf(`{"TableName":"simple","Key":{"id":{"S":"%d"}},"UpdateExpression":"%s","ExpressionAttributeValues":{":v":%s}}`, id, expression, value))
		if o.Code != "" {
			t.Fatalf("%s: %s", one.name, o)
		}
	}
	for id, value := range []string{"0.90", "-1.10", "1E2", "0.00000000000000000001", "-0.1"} {
		update(p.local, id, "SET n = n + :v", `{"N":"`+value+`"}`)
		update(p.sim, id, "ADD n :v", `{"N":"`+value+`"}`)
	}
	before, items := fingerprinted(t, p.local, "simple")
	if same, _ := fingerprinted(t, p.sim, "simple"); fingerprint.Differing(before, same) != nil {
		t.Error("DynamoDB Local and the simulator computed different items")
	}
	h := fingerprint.New(fingerprintKey, []string{"id"}, 64)
	var touched []int
	for id, change := range map[int][2]string{7: {"ADD n :v", `{"N":"1E-30"}`}, 8: {"DELETE s :v", `{"SS":["b"]}`}, 9: {"SET x = :v", `{"NULL":true}`}} {
		update(p.local, id, change[0], change[1])
		item, err := h.Item(fmt.Appendf(nil, `{"id":{"S":"%d"}}`, id))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := items[item.Key]; !ok {
			t.Errorf("item %d was not read", id)
		}
		touched = append(touched, item.Bucket)
	}
	slices.Sort(touched)
	after, _ := fingerprinted(t, p.local, "simple")
	if got := fingerprint.Differing(before, after); !slices.Equal(got, slices.Compact(touched)) {
		t.Errorf("buckets %v differ, want %v", got, touched)
	}
}

// TestFingerprintsByAnother makes the same hashes with a program of 70 lines that was written after docs/fingerprint.md.
func TestFingerprintsByAnother(t *testing.T) {
	var raws []string
	for i, v := range tricky() {
		raws = append(raws, fmt.Sprintf(`{"a":%s,"id":{"S":"tricky %d"},"n":{"N":"%d.10"}}`, v, i, i))
	}
	r := rand.New(rand.NewPCG(7, 8))
	h := fingerprint.New(fingerprintKey, []string{"n", "id"}, 1)
	for i := range 1000 {
		raw := strings.Replace(randomItem(r, i), `"id":`, `"n":{"N":"-1.50E2"},"id":`, 1)
		if _, err := h.Item([]byte(raw)); err == nil { // the other knows no limits
			raws = append(raws, raw)
		}
	}
	if len(raws) < 800 {
		t.Fatalf("only %d items", len(raws))
	}
	cmd := exec.CommandContext(t.Context(), python(t), "py/fingerprint.py", fingerprintKey.String(), "id", "n")
	cmd.Stdin = strings.NewReader(strings.Join(raws, "\n"))
	lines := strings.Fields(string(output(t, cmd)))
	if len(lines) != 2*len(raws) {
		t.Fatalf("%d hashes of %d items", len(lines), len(raws))
	}
	for i, raw := range raws {
		item, err := h.Item([]byte(raw))
		if err != nil || item.Key.String() != lines[2*i] || item.Value.String() != lines[2*i+1] {
			t.Errorf("%s is %s %s, the other says %s %s (%v)", short(raw), item.Key, item.Value, lines[2*i], lines[2*i+1], err)
		}
	}
}
