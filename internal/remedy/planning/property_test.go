package planning

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// drawUnit draws a Region with a few tables, plans, mistakes of all kinds, and facts that could not be read.
func drawUnit(t *rapid.T) *estate.Unit {
	names := []string{"orders", "logs", "carts"}[:rapid.IntRange(1, 3).Draw(t, "tables")]
	u := bareUnit(names...)
	flip := func(what string) bool { return rapid.Bool().Draw(t, what) }
	for i := range u.Tables.Items {
		x := &u.Tables.Items[i]
		x.Tags = fact(rapid.SampledFrom([]map[string]string{{}, {"backup": "daily"}, {"backup": "never"}}).Draw(t, "tags"))
		if flip("pitr") {
			x.PITRStatus, x.PITRPeriodDays = fact("ENABLED"), fact(int64(35))
			x.PITREarliest, x.PITRLatest = u.Now, u.Now
		}
		x.Status = fact(rapid.SampledFrom([]string{"ACTIVE", "ACTIVE", "ACTIVE", "UPDATING", "CREATING", "DELETING", "ARCHIVED"}).Draw(t, "status"))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "plans") {
		s := rapid.SampledFrom([]estate.Selection{
			selecting("all", arnOf("*")), selecting("one", arnOf("orders")), byTag("tagged", "backup", "daily"), selecting("none", arnOf("nothing")),
		}).Draw(t, "selection")
		p := plainPlan(fmt.Sprint("plan", i), s)
		p.FromOrganization = fact(rapid.IntRange(0, 4).Draw(t, "org") == 0)
		p.Rules.Items[0].Vault = fact(rapid.SampledFrom([]string{"Default", "Default", "archive"}).Draw(t, "vault"))
		u.Plans.Items = append(u.Plans.Items, p)
	}
	u.Roles.Items[0].Exists, u.Roles.Items[1].Exists = fact(flip("role")), fact(flip("default role"))
	u.Roles.Items[1].Trust = u.Roles.Items[0].Trust
	u.Settings.OptIn = fact(map[string]bool{"DynamoDB": flip("opted in"), "S3": true})
	if flip("no vault") {
		u.Vaults.Items = nil
	}
	return u
}

// forgetSome makes some facts of a unit unknown, as denied calls do. It answers true when it forgets none.
func forgetSome(t *rapid.T, u *estate.Unit) bool {
	every := rapid.SampledFrom([]int{0, 3, 10, 40}).Draw(t, "forget one of")
	if every == 0 {
		return true
	}
	estate.EachFact(u, func(path string, f estate.AnyFact) {
		if path == "account" || path == "region" || path == "partition" || path == "now" {
			return
		}
		if rapid.IntRange(0, every-1).Draw(t, path) == 0 {
			f.Forget()
		}
	})
	return false
}

func textOf(t *rapid.T, u *estate.Unit) string {
	var b bytes.Buffer
	if err := estate.Write(&b, &estate.Estate{Units: []*estate.Unit{u}}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What is promised of every plan, whatever the estate and whatever of it could not be read.
func TestEveryPlan(t *testing.T) {
	catalogue := testCatalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		u := drawUnit(t)
		whole := forgetSome(t, u)
		in := Input{Estate: &estate.Estate{Units: []*estate.Unit{u}}, Catalogue: catalogue,
			Options: Options{Select: rapid.SampledFrom([]string{SelectARN, SelectARN, SelectAll, "tag:backup=daily"}).Draw(t, "select")}}
		before := textOf(t, u)
		p, err := newPlanner(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.draft(); err != nil {
			t.Fatal(err)
		}
		plan := p.plan()
		p.conclude(plan)
		if err := plan.Seal(); err != nil {
			t.Fatal(err)
		}
		if err := plan.Check(); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, textOf(t, u)); d != "" {
			t.Fatalf("the input was changed:\n%s", d)
		}
		for i := range plan.Actions {
			resting(t, u, &plan.Actions[i])
		}
		for _, turn := range plan.Outcome.Turns {
			if turn.From == "PASS" && (whole || turn.To == "FAIL") {
				t.Fatalf("%s of %s turns from PASS to %s", turn.Control, turn.Resource, turn.To)
			}
		}
		again := in
		again.Estate = &estate.Estate{Units: []*estate.Unit{p.drafts[0].unit}}
		second, err := Make(again)
		if err != nil {
			t.Fatal(err)
		}
		if actions, _ := told(second); len(actions) > 0 {
			first, _ := told(plan)
			t.Fatalf("after %v there is still %v", first, actions)
		}
	})
}

// resting holds an action to the facts that it changes: they were known, and said what the action says was observed.
func resting(t *rapid.T, u *estate.Unit, a *remedy.Action) {
	switch c := a.Change; {
	case c.PITR != nil:
		x := find(u.Tables.Items, func(x *estate.Table) estate.Fact[string] { return x.Name }, c.PITR.Table)
		if x == nil || x.PITRStatus.Or("") != "DISABLED" || !x.TableID.IsKnown() {
			t.Fatalf("%s rests on %+v", a.Summary, x)
		}
	case c.RegionSettings != nil:
		if on, ok := u.Settings.OptIn.Get(); !ok || on["DynamoDB"] {
			t.Fatalf("%s rests on %v", a.Summary, u.Settings.OptIn)
		}
	case c.Role != nil:
		r := find(u.Roles.Items, func(r *estate.Role) estate.Fact[string] { return r.ARN }, c.Role.ARN)
		if r == nil || !r.Exists.IsKnown() || r.Exists.Or(true) {
			t.Fatalf("%s rests on %+v", a.Summary, r)
		}
	case c.Vault != nil:
		if !u.Vaults.IsWhole() || find(u.Vaults.Items, func(v *estate.Vault) estate.Fact[string] { return v.Name }, c.Vault.Name) != nil {
			t.Fatalf("%s rests on %+v", a.Summary, u.Vaults)
		}
	case c.Plan != nil:
		if !u.Plans.IsWhole() {
			t.Fatalf("%s rests on plans that were not read", a.Summary)
		}
	case c.TableTags != nil:
		x := find(u.Tables.Items, func(x *estate.Table) estate.Fact[string] { return x.Name }, c.TableTags.Table)
		if x == nil || !x.Tags.IsKnown() || !x.TableID.IsKnown() {
			t.Fatalf("%s rests on %+v", a.Summary, x)
		}
	}
}
