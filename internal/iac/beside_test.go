package iac

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// live is what is deployed: a plan and a vault of each name, and a table that no template knows.
func live() *estate.Unit {
	u := &estate.Unit{}
	src := u.Record(estate.Provenance{Operation: "backup:ListBackupPlans"})
	text := func(s string) estate.Fact[string] { return estate.KnownFact(s, src) }
	whole := estate.KnownFact(true, src)
	u.Account, u.Region, u.Partition = text("111122223333"), text("eu-west-1"), text("aws")
	u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": true}, src)
	selection := func(id string) estate.List[estate.Selection] {
		return estate.List[estate.Selection]{Items: []estate.Selection{{ID: id, Name: text(id)}}, Whole: whole}
	}
	u.Plans = estate.List[estate.Plan]{Whole: whole, Items: []estate.Plan{
		{ID: "live-daily", PlanID: text("1"), Name: text("daily"), Selections: selection("added-by-hand")},
		{ID: "live-weekly", PlanID: text("2"), Name: text("weekly"), Selections: selection("all")}}}
	u.Vaults = estate.List[estate.Vault]{Whole: whole, Items: []estate.Vault{{ID: "live-main", Name: text("main")}, {ID: "live-other", Name: text("other")}}}
	u.Tables = estate.List[estate.Table]{Whole: whole, Items: []estate.Table{{ID: "live-table", Name: text("elsewhere")}}}
	return u
}

// declaring is a unit of templates with a plan, a selection of another plan, a vault and a table.
func declaring() *estate.Unit {
	b := build.New()
	at := build.Pos{File: "t.yaml", Line: 3}
	u := b.Unit
	known := func(s string) estate.Fact[string] { return build.Known(b, s, at) }
	elsewhere := build.Unknown[string](b, at, build.NotInTemplate, "the plan is elsewhere")
	u.Tables.Items = []estate.Table{{ID: "t", Name: known("orders")}}
	u.Vaults.Items = []estate.Vault{{ID: "v", Name: known("main")}}
	u.Plans.Items = []estate.Plan{
		{ID: "p", Name: known("daily"), PlanID: known("${!p}"), Selections: estate.List[estate.Selection]{Items: []estate.Selection{{ID: "s", Name: known("s")}}}},
		{ID: "new", Name: known("new"), PlanID: known("${!new}")},
		{ID: "q/plan", Name: elsewhere, PlanID: known("2"), Selections: estate.List[estate.Selection]{Items: []estate.Selection{{ID: "q", Name: known("q")}}}}}
	b.Declare("t", "T", at)
	b.Declare("p", "P", at)
	return u
}

func TestTemplatesBesideWhatIsDeployed(t *testing.T) {
	u := declaring()
	join(u, live())
	if !Joined(u) || !Declared(u) || u.Region.Or("") != "eu-west-1" || !u.Settings.OptIn.IsKnown() || !u.Now.IsAbsent() {
		t.Errorf("joined %v, declared %v, region %v, now %v", Joined(u), Declared(u), u.Region, u.Now)
	}
	if len(u.Tables.Items) != 1 || len(u.Vaults.Items) != 2 || u.Vaults.Items[0].ID != "v" || !u.Vaults.IsWhole() {
		t.Errorf("%d tables, vaults %+v", len(u.Tables.Items), u.Vaults.Items)
	}
	got := map[string]int{}
	for _, p := range u.Plans.Items {
		got[p.ID] = len(p.Selections.Items)
		if !p.Selections.IsWhole() {
			t.Errorf("%s: the selections are not known to be all", p.ID)
		}
	}
	want := map[string]int{"p": 2, "new": 0, "live-weekly": 2}
	if len(got) != len(want) || got["p"] != 2 || got["new"] != 0 || got["live-weekly"] != 2 || !u.Plans.IsWhole() {
		t.Errorf("plans %v, want %v", got, want)
	}
	if p := u.Of(u.Plans.Items[2].Name.Source()); p.Operation != "backup:ListBackupPlans" {
		t.Errorf("the name of %s is of %+v", u.Plans.Items[2].ID, p)
	}
	if judged := Judged(u); !judged("p") || judged("live-weekly") || !judged("t") {
		t.Error("what is deployed is judged, or what is declared is not")
	}
}

func TestWhatIsAssumed(t *testing.T) {
	yes := true
	said := &Assumption{At: build.Pos{File: "restorable.yaml", Line: 2}, Region: "eu-west-1", Account: "111122223333", OptIn: &yes, PlansSaid: true, Vaults: []string{"main", "far"},
		Plans: []Plan{{At: build.Pos{File: "restorable.yaml", Line: 9}, Name: "company", Schedule: "cron(0 5 ? * * *)", Retention: 35, Tables: []string{"ord*"}, Tags: map[string]string{"a": "b*"}}}}
	u := declaring()
	assume(u, said)
	if u.Region.Or("") != "eu-west-1" || !u.Settings.OptIn.IsKnown() || u.Settings.Management.IsKnown() || !u.Plans.IsWhole() {
		t.Errorf("region %v, opt-in %v, management %v, plans %v", u.Region, u.Settings.OptIn, u.Settings.Management, u.Plans.Whole)
	}
	if len(u.Vaults.Items) != 3 { // main is declared; Default is the plan's
		t.Errorf("vaults %+v", u.Vaults.Items)
	}
	p := u.Plans.Items[len(u.Plans.Items)-1]
	s := p.Selections.Items[0]
	if s.Resources.Or(nil)[0] != "arn:aws:dynamodb:*:*:table/ord*" || s.StringLike.Or(nil)[0] != (estate.TagMatch{Key: "aws:ResourceTag/a", Value: "b*"}) {
		t.Errorf("got %v, %v", s.Resources, s.StringLike)
	}
	if at := u.Of(p.Name.Source()); at.File != "restorable.yaml" || at.Line != 9 || at.Operation != assumeOperation {
		t.Errorf("got %+v", at)
	}
	if Judged(u)(p.ID) {
		t.Error("a plan that somebody says is there is judged")
	}
	deployed := declaring()
	join(deployed, live())
	assume(deployed, said)
	if len(deployed.Plans.Items) != 3 {
		t.Error("what is deployed tells which plans there are, and not who assumes")
	}
}

func TestStar(t *testing.T) {
	for _, row := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"*", "a", true}, {"a", "a", true}, {"a", "ab", false}, {"a*", "ab", true}, {"*b", "ab", true}, {"a*a", "a", false},
		{"a*b*c", "axbxc", true}, {"a*b*c", "axcxb", false}, {"arn:aws:iam::*:role/x", "arn:aws:iam::1:role/x", true},
	} {
		if got := star(row.pattern, row.text); got != row.want {
			t.Errorf("%s, %s: %v", row.pattern, row.text, got)
		}
	}
}
