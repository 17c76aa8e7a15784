package compare

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
)

func TestInvariantsOverItemsAndCounts(t *testing.T) {
	s := newStage(t)
	s.twins(20, nil)
	x := order(5)
	delete(x, "address")
	s.put("copy", x)
	s.put("orders", x)
	for _, c := range []struct {
		expr string
		want Outcome
		says string
	}{
		{`has(item.address)`, Fails, "false for 1 of 20"},
		{`item.id.startsWith("customer-")`, Holds, "true for 20"},
		{`item.at >= 0 && item.at < 20`, Holds, ""},
		{`item.total > 1.0e20`, Holds, ""},
		{`size(item.tags) == 2 && "new" in item.tags`, Holds, ""},
		{`2.5 in item.sizes && 1 in item.sizes`, Holds, ""},
		{`item.lines[0] == item.at && item.lines[1] == ""`, Holds, ""},
		{`item.note == null && size(item.blob) == 3`, Holds, ""},
		{`item.address.city == "Zürich"`, Undecided, "1 items gave an error"},
		{`item.colour == "red"`, Undecided, "20 items gave an error"},
		{`item.at < 19 || item.colour == "red"`, Undecided, "1 items gave an error"},
		{`item.at < 3 && item.colour == "red"`, Fails, "false for 17"},
		{`item.at`, Undecided, "neither true nor false"},
		{`count >= 20`, Holds, "count is 20"},
		{`count == 21`, Fails, "count is 20"},
		{`count(item.paid) == 10 && count(!item.paid) == count - 10`, Holds, "number 2 is 10"},
		{`count(has(item.address) && item.address.city == "(") == 0`, Holds, ""},
		{`count(item.colour == "red") == 0`, Undecided, "20 items gave an error"},
		{`count / (count - 20) > 1`, Undecided, "division"},
	} {
		t.Run(c.expr, func(t *testing.T) {
			r := s.items(Options{Invariants: []Invariant{{Name: "it", Expr: c.expr}}})
			got := r.Invariants[0]
			if got.Outcome != c.want || !strings.Contains(got.Reason, c.says) || got.Checked != 20 {
				t.Errorf("%+v, want %s with %q", got, c.want, c.says)
			}
			verdict := map[Outcome]Verdict{Holds: Equal, Fails: Differs, Undecided: Unknown}[c.want]
			if r.Verdict != verdict || r.Items != Equal || verdict != Equal && !strings.Contains(r.Reason, "the invariant it") {
				t.Errorf("%s, items %s: %s", r.Verdict, r.Items, r.Reason)
			}
		})
	}
}

func TestAFailingInvariantNamesItems(t *testing.T) {
	s := newStage(t)
	s.twins(15, nil)
	r := s.items(Options{Invariants: []Invariant{{Expr: `item.at == 7`}}}).Invariants[0]
	if len(r.Examples) != examples || r.Failed != 14 || r.Name != "item.at == 7" {
		t.Errorf("%+v", r)
	}
	for _, e := range r.Examples {
		if !strings.HasPrefix(e.Key, `{"id":{"S":"customer-`) {
			t.Errorf("key %s", e.Key)
		}
	}
}

func TestInvariantsThatSayNothing(t *testing.T) {
	for expr, says := range map[string]string{
		``: "empty", `1 == 1`: "neither of item nor of count", `"item" == "count"`: "neither", `item.a == count`: "of one item and of the number",
		`count(count(item.a) > 1) > 0`: "a count within", `count(item.a`: "without its )", `item.a ==`: "line 1, column", `count > "a"`: "no matching overload", `count + 1`: "type int",
		`count(item.a) + 1`: "type int", `count(1 + 1) == 0`: "type int", `items.a == 1`: "neither",
	} {
		_, err := parseInvariant(Invariant{Expr: expr}, 0)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", expr, err, says)
		}
	}
}

// TestAnExpensiveInvariantIsUnknown: what costs too much ends in an error and not in an endless drill.
func TestAnExpensiveInvariantIsUnknown(t *testing.T) {
	s := newStage(t)
	s.twins(1, nil)
	long := order(0)
	var list []types.AttributeValue
	for i := range 3000 {
		list = append(list, num(i))
	}
	long["lines"] = &types.AttributeValueMemberL{Value: list}
	s.put("copy", long)
	s.put("orders", long)
	r := s.items(Options{Invariants: []Invariant{{Expr: `item.lines.all(x, item.lines.exists(y, x == y))`}}})
	if r.Invariants[0].Outcome != Undecided || !strings.Contains(r.Invariants[0].Reason, "limit") {
		t.Errorf("%+v", r.Invariants[0])
	}
}

func TestNumbersAreAsExactAsPromised(t *testing.T) {
	for text, want := range map[string]any{
		"0": int64(0), "-7": int64(-7), "9223372036854775807": int64(9223372036854775807), "9223372036854775808": float64(9223372036854775808), "1.5": 1.5, "1E+3": int64(1000), "12.0": int64(12),
		"1234567890123456789012345678.90": 1234567890123456789012345678.90, "1E-130": 1e-130,
	} {
		got, err := plainNumber(text)
		if err != nil || got != want {
			t.Errorf("%s is %v (%T), %v; want %v", text, got, got, err, want)
		}
	}
	if _, err := plainNumber("twelve"); err == nil {
		t.Error("no number, and no error")
	}
}

func TestAnItemInPlainValues(t *testing.T) {
	got, err := plainItem([]byte(`{"s":{"S":"x"},"n":{"N":"1"},"b":{"B":"AP8="},"t":{"BOOL":true},"z":{"NULL":true},"ss":{"SS":["a"]},"ns":{"NS":["1","2.5"]},"bs":{"BS":["AA=="]},"l":{"L":[{"S":""}]},"m":{"M":{"k":{"N":"3"}}}}`))
	want := map[string]any{"s": "x", "n": int64(1), "b": []byte{0, 255}, "t": true, "z": nil, "ss": []any{"a"}, "ns": []any{int64(1), 2.5}, "bs": []any{[]byte{0}}, "l": []any{""}, "m": map[string]any{"k": int64(3)}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	deep := `{"x":` + strings.Repeat(`{"L":[`, 40) + strings.Repeat(`]}`, 40) + `}`
	for _, bad := range []string{`[]`, `{"x":1}`, `{"x":{}}`, `{"x":{"Q":1}}`, `{"x":{"S":1}}`, `{"x":{"N":"?"}}`, `{"x":{"BS":["?"]}}`, `{"x":{"M":[]}}`, `{"x":{"S":"a","N":"1"}}`, deep} {
		if v, err := plainItem([]byte(bad)); err == nil {
			t.Errorf("%s: %v", fmt.Sprintf("%.40s", bad), v)
		}
	}
}
