package access

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

// drawPlans is a unit whose plans share a few roles, on tables of which some have policies of their own.
func drawPlans(t *rapid.T) *estate.Unit {
	u := &estate.Unit{Account: known("111122223333"), Region: known("eu-west-1"), Partition: known("aws")}
	u.Settings.Management = known(map[string]bool{"DynamoDB": rapid.Bool().Draw(t, "advanced")})
	u.Tables.Whole, u.Roles.Whole = known(true), known(true)
	for i := range 4 {
		arn := fmt.Sprintf("arn:aws:dynamodb:eu-west-1:111122223333:table/t%d", i)
		policy := rapid.SampledFrom([]estate.Fact[string]{estate.AbsentFact[string](0), estate.UnknownFact[string](0),
			known(policyText(`{"Effect":"Deny","Principal":"*","Action":"dynamodb:Start*","Resource":"*"}`)),
			known(policyText(`{"Effect":"Deny","Principal":"*","Action":"dynamodb:CreateBackup","Resource":"*"}`))}).Draw(t, "policy")
		u.Tables.Items = append(u.Tables.Items, estate.Table{ID: arn, ARN: known(arn), Name: known(fmt.Sprintf("t%d", i)), Tags: known(map[string]string{}), ResourcePolicy: policy})
	}
	for _, name := range []string{"a", "b"} {
		arn := "arn:aws:iam::111122223333:role/" + name
		u.Roles.Items = append(u.Roles.Items, estate.Role{ID: arn, ARN: known(arn), Name: known(name), Exists: known(true), Trust: known(policyText(byBackup)),
			Boundary: estate.AbsentFact[string](0), Attached: known([]string{}), Policies: listOf(estate.RolePolicy{ID: "p", Name: known("p"), ARN: estate.AbsentFact[string](0),
				Text: known(policyText(drawStatement(t, "Allow"), drawStatement(t, rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "effect"))))})})
	}
	for i := range 3 {
		p := estate.Plan{ID: fmt.Sprint(i)}
		for k := range 2 {
			p.Selections.Items = append(p.Selections.Items, estate.Selection{ID: fmt.Sprintf("%d-%d", i, k), RoleARN: known(u.Roles.Items[rapid.IntRange(0, 1).Draw(t, "role")].ID),
				Resources:    known([]string{rapid.SampledFrom([]string{"*", u.Tables.Items[0].ID, u.Tables.Items[1].ID, "arn:aws:dynamodb:eu-west-1:111122223333:table/none"}).Draw(t, "resources")}),
				NotResources: known([]string{}), ListOfTags: known([]estate.TagMatch{}), StringEquals: known([]estate.TagMatch{}), StringNotEquals: known([]estate.TagMatch{}),
				StringLike: known([]estate.TagMatch{}), StringNotLike: known([]estate.TagMatch{})})
		}
		p.Selections.Whole = known(true)
		u.Plans.Items = append(u.Plans.Items, p)
	}
	return u
}

const byBackup = `{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}`

// What was worked out for one plan is true for the next: the order in which plans are asked, and what was asked before, make no difference.
func TestPlansAskedTogetherAreAnsweredAsEachAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		u := drawPlans(rt)
		shared := WorkersOf(u)
		for _, i := range rapid.Permutation([]int{0, 1, 2, 0}).Draw(rt, "order") {
			p := &u.Plans.Items[i]
			alone, together := WorkersOf(u).Of(p), shared.Of(p)
			if diff := cmp.Diff(alone.Problems.Or([]string{"unknown"}), together.Problems.Or([]string{"unknown"})); diff != "" {
				rt.Fatalf("plan %d: alone (-), after others (+):\n%s", i, diff)
			}
			if alone.Usable.Fact != together.Usable.Fact || len(alone.Usable.Basis) != len(together.Usable.Basis) {
				rt.Fatalf("plan %d: alone %v of %d, after others %v of %d", i, alone.Usable.Fact, len(alone.Usable.Basis), together.Usable.Fact, len(together.Usable.Basis))
			}
		}
	})
}

// What is drawn has answers of each kind; the seeds are fixed, since few draws may well leave out one of them.
func TestPlansDrawnAreAnsweredYesNoAndUnknown(t *testing.T) {
	answered := map[string]int{}
	units := rapid.Custom(drawPlans)
	for seed := range 100 {
		u := units.Example(seed)
		for i := range u.Plans.Items {
			usable, ok := WorkersOf(u).Of(&u.Plans.Items[i]).Usable.Get()
			answered[fmt.Sprint(usable, ok)]++
		}
	}
	t.Logf("answers: %v", answered)
	if len(answered) < 3 {
		t.Errorf("answers drawn: %v, want yes, no and unknown among them", answered)
	}
}

// BenchmarkRolesOfManyPlans: forty plans of one role on a thousand tables each.
func BenchmarkRolesOfManyPlans(b *testing.B) {
	u := &estate.Unit{Account: known("111122223333"), Region: known("eu-west-1"), Partition: known("aws")}
	u.Settings.Management = known(map[string]bool{"DynamoDB": true})
	u.Tables.Whole = known(true)
	for i := range 1_000 {
		arn := fmt.Sprintf("arn:aws:dynamodb:eu-west-1:111122223333:table/t%d", i)
		u.Tables.Items = append(u.Tables.Items, estate.Table{ID: arn, ARN: known(arn), Name: known(arn), Tags: known(map[string]string{}), ResourcePolicy: estate.AbsentFact[string](0)})
	}
	role := "arn:aws:iam::111122223333:role/a"
	u.Roles = listOf(estate.Role{ID: role, ARN: known(role), Exists: known(true), Trust: known(policyText(byBackup)), Boundary: estate.AbsentFact[string](0), Attached: known([]string{}),
		Policies: listOf(estate.RolePolicy{ID: "p", ARN: estate.AbsentFact[string](0), Text: known(policyText(`{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}`))})})
	none := known([]estate.TagMatch{})
	p := estate.Plan{ID: "p", Selections: listOf(estate.Selection{ID: "s", RoleARN: known(role), Resources: known([]string{"*"}), NotResources: known([]string{}),
		ListOfTags: none, StringEquals: none, StringNotEquals: none, StringLike: none, StringNotLike: none})}
	for b.Loop() {
		w := WorkersOf(u)
		for range 40 {
			if usable, ok := w.Of(&p).Usable.Get(); !ok || !usable {
				b.Fatal("not usable")
			}
		}
	}
}
