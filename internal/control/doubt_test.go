package control

import (
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// underDoubt judges one table of an example under an objective of which it is not known whether it is the one or the other.
func underDoubt(t *testing.T, control, example string, objectives ...Objective) Finding {
	t.Helper()
	c := catalogue(t)
	asked, _ := c.Control(control)
	for _, e := range examplesOf(t, asked) {
		if e.Name != example {
			continue
		}
		o := objectives[0]
		o.Others = objectives[1:]
		if len(o.Others) > 0 {
			o.Doubt = []estate.Reading{estate.Read("table.tags", e.Resource, estate.UnknownFact[map[string]string](0))}
		}
		options := Options{Controls: []*Control{asked}, Objective: func(*estate.Unit, *estate.Table) Objective { return o }}
		for f := range c.Evaluate(decode(t, e.Unit), options).Findings() {
			return f
		}
	}
	t.Fatalf("no example %q of %s", example, control)
	return Finding{}
}

func keeps(name string, days int) Objective {
	return Objective{Name: name, Parameters: map[string]any{"retention": time.Duration(days) * 24 * time.Hour}}
}

func TestAnObjectiveInDoubtGivesNoVerdictThatHangsOnIt(t *testing.T) {
	c := catalogue(t)
	retention, _ := c.Control("plan-retention")
	enough := ""
	for _, e := range examplesOf(t, retention) { // a plan that keeps 35 days
		if e.Verdict == Pass && len(e.Parameters) == 0 && enough == "" {
			enough = e.Name
		}
	}
	week, year, decade := keeps("bronze", 7), keeps("gold", 365), keeps("platinum", 3650)
	for _, row := range []struct {
		name       string
		objectives []Objective
		want       Verdict
		reason     string
	}{
		{"one that is met", []Objective{week}, Pass, ""},
		{"one that is not", []Objective{year}, Fail, ""},
		{"either", []Objective{week, year}, Unknown, "what orders needs is not known, and it makes a difference (bronze or gold): table.tags"},
		{"either, the other way round", []Objective{year, week}, Unknown, "it makes a difference"},
		{"a tier or none", []Objective{year, {}}, Unknown, "(gold or the built-in objective)"},
		{"both are missed", []Objective{year, decade}, Fail, "(judged alike under all that it may need: gold or platinum)"},
		{"both are met", []Objective{week, keeps("tin", 1)}, Pass, "bronze or tin"},
	} {
		f := underDoubt(t, "plan-retention", enough, row.objectives...)
		if f.Verdict != row.want || !strings.Contains(f.Reason, row.reason) {
			t.Errorf("%s: %s: %s", row.name, f.Verdict, f.Reason)
		}
		told := false
		for _, e := range f.Evidence {
			told = told || e.Fact == "table.tags" && e.State == "unknown"
		}
		if told != (row.want == Unknown) {
			t.Errorf("%s: the evidence names the doubt: %t", row.name, told)
		}
		if doubt := len(row.objectives) > 1; doubt != (len(f.Objectives) > 1) {
			t.Errorf("%s: objectives %v", row.name, f.Objectives)
		}
	}
}

func TestAControlWithoutParametersKnowsNoDoubt(t *testing.T) {
	f := underDoubt(t, "deletion-protection", "on", keeps("gold", 365), keeps("bronze", 7))
	if f.Verdict != Pass || strings.Contains(f.Reason, "gold") {
		t.Errorf("%s: %s", f.Verdict, f.Reason)
	}
}
