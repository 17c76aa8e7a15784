package cli

import "testing"

// TestNameless: reasons that differ in the name, the ARN or the Region of their resource are of one kind, and no others are.
func TestNameless(t *testing.T) {
	const orders, us = "arn:aws:dynamodb:eu-west-1:1:table/orders", "arn:aws:dynamodb:us-east-1:1:table/orders-us"
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"nothing shows that orders can be got back. restorable drill orders does it", "nothing shows that orders-us can be got back. restorable drill orders-us does it", true},
		{"tag " + orders + " in eu-west-1", "tag " + us + " in us-east-1", true},
		{"plan orders-daily of orders", "plan orders-daily of orders-us", true},
		{"role legacy may not back orders up", "role other may not back orders-us up", false},
		{"reorders", "reorders-us", false},
	} {
		if got := nameless(c.a, orders, "orders") == nameless(c.b, us, "orders-us"); got != c.same {
			t.Errorf("%q and %q are of one kind: %v", c.a, c.b, got)
		}
	}
	var f folds
	f.add("k", "orders", "FAIL", "no restore of orders")
	f.add("k", "returns", "FAIL", "no restore of returns")
	if g := f.list[0]; len(f.list) != 1 || g.likewise(0) != "" || g.likewise(1) != " (orders; the others likewise)" {
		t.Errorf("%+v", f.list)
	}
}
