package build

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func TestRecovery(t *testing.T) {
	b, at := New(), Pos{"a.tf", 1, 1}
	none := Absent[int64](b, at)
	for _, row := range []struct {
		name                   string
		on                     estate.Fact[bool]
		days                   estate.Fact[int64]
		status, period, oldest string
	}{
		{"on", Known(b, true, at), none, "ENABLED", "35", "unknown"},
		{"on, for a week", Known(b, true, at), Known[int64](b, 7, at), "ENABLED", "7", "unknown"},
		{"on, nobody knows how long", Known(b, true, at), Unknown[int64](b, at, NotResolved, "x"), "ENABLED", "unknown", "unknown"},
		{"off", Known(b, false, at), none, "DISABLED", "absent", "absent"},
		{"nobody knows", Unknown[bool](b, at, NotResolved, "x"), none, "unknown", "unknown", "unknown"},
	} {
		var table estate.Table
		Recovery(b, &table, at, row.on, row.days)
		if table.PITRStatus.String() != row.status || table.PITRPeriodDays.String() != row.period || table.PITREarliest.String() != row.oldest {
			t.Errorf("%s: %v, %v days, from %v", row.name, table.PITRStatus, table.PITRPeriodDays, table.PITREarliest)
		}
	}
}

func TestNames(t *testing.T) {
	b := New()
	tags := map[string]string{"Name": "main"}
	if got := Named(Known(b, tags, Pos{})); got.Or("") != "main" {
		t.Errorf("got %v", got)
	}
	if got := Named(Known(b, map[string]string{}, Pos{})); !got.IsAbsent() {
		t.Errorf("without the tag: %v", got)
	}
	if got := Named(Unknown[map[string]string](b, Pos{}, NotResolved, "x")); !got.IsUnknown() {
		t.Errorf("of tags that are not known: %v", got)
	}
	for resource, want := range map[string]string{"table/orders": "orders", "table/orders/index/by-day": "orders", "table/${!a/b}": "${!a/b}"} {
		if got := ScaledTable(resource); got != want {
			t.Errorf("%s is of %s", resource, got)
		}
	}
}

// A selection whose plan is elsewhere selects, for a plan of which no rule is known.
func TestStrayPlans(t *testing.T) {
	b := New()
	p := StrayPlan(b, Pos{"a.tf", 3, 1}, Known(b, "p-1", Pos{}), estate.Selection{ID: "s"})
	if p.ID != "s/plan" || p.PlanID.Or("") != "p-1" || len(p.Selections.Items) != 1 || !p.Rules.Whole.IsUnknown() || p.FromOrganization.Or(true) {
		t.Errorf("got %+v", p)
	}
	if source := b.Unit.Of(p.Rules.Whole.Source()); source.Code != NotInTemplate || source.Line != 3 {
		t.Errorf("got %+v", source)
	}
	q := StrayTestingPlan(b, Pos{}, Known(b, "monthly", Pos{}), estate.RestoreTestingSelection{ID: "s"})
	if q.Name.Or("") != "monthly" || len(q.Selections.Items) != 1 || !q.Selections.Whole.IsUnknown() || !q.Schedule.IsUnknown() {
		t.Errorf("got %+v", q)
	}
}
