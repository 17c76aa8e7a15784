package overlay

import (
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// today is 2026-11-21.
const today = estate.Instant(1_795_248_000_000)

func TestAnInlineExceptionIsAboutItsBlockAlone(t *testing.T) {
	u := &estate.Unit{Declared: []estate.Declared{
		{ID: "a#Orders", Address: "Orders", File: "a.yaml", Line: 5, Column: 3}, {ID: "a#Users", Address: "Users", File: "a.yaml", Line: 9, Column: 3},
		{ID: "b#Orders", Address: "Orders", File: "b.yaml", Line: 5, Column: 3},
	}}
	s := NewSet([]Exception{
		{Kind: Mute, Controls: []string{"c"}, Block: &Block{Name: "Orders", File: "a.yaml", From: Place{5, 3}, To: Place{9, 3}}, Until: until("2027-05-01"), File: "a.yaml", Line: 6, Owner: "o"},
		{Kind: Mute, Controls: []string{"c"}, Block: &Block{Name: "Topic", File: "a.yaml", From: Place{12, 3}, To: Place{15, 3}}, Until: until("2027-05-01"), File: "a.yaml", Line: 13, Owner: "o"},
		{Kind: Mute, Controls: []string{"c"}, Block: &Block{}, Until: until("2027-05-01"), File: "a.yaml", Line: 1, Owner: "o"},
	})
	v := s.Unit(u, today, true)
	for id, want := range map[string]bool{"a#Orders": true, "a#Users": false, "b#Orders": false, "elsewhere": false} {
		mute, _ := v.Of(&control.Finding{Control: "c", Verdict: control.Fail, Resource: control.Resource{Type: control.TypeTable, ID: id}})
		if got := mute != nil; got != want {
			t.Errorf("%s is muted: %v, want %v", id, got, want)
		}
	}
	for i, want := range []string{"", "a.yaml:13: mute of c of Topic (o): covers nothing there is: remove it, or mend what it names",
		"a.yaml:1: mute of c of no resource (o): stands in no resource's block: put it into one, or right above"} {
		use := s.Uses([]string{"c"})[i]
		if got := use.Remark(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestGlobsTakeTheNameOrTheAddress(t *testing.T) {
	for _, row := range []struct {
		glob, name, address string
		covers, doubtful    bool
	}{
		{"orders", "orders", "Orders", true, false},
		{"Orders", "orders", "Orders", true, false},
		{"carts", "orders", "Orders", false, false},
		{"Orders", "Orders", "Orders", true, false}, // a name that is made up at deployment is shown as the address
		{"orders*", "Orders", "Orders", false, true},
		{"prod-*", "${Env}-orders", "Orders", false, true},
	} {
		s := NewSet([]Exception{{Kind: Mute, Tables: []string{row.glob}, Until: until("2027-05-01")}})
		f := &control.Finding{Control: "c", Verdict: control.Fail, Address: row.address, Resource: control.Resource{Type: control.TypeTable, Name: row.name}}
		mute, _ := s.Unit(&estate.Unit{}, today, true).Of(f)
		use := s.Uses([]string{"c"})[0]
		if got := mute != nil; got != row.covers || (use.Doubtful > 0) != row.doubtful {
			t.Errorf("%s over %s at %s: covers %v, in doubt %d", row.glob, row.name, row.address, got, use.Doubtful)
		}
	}
}
