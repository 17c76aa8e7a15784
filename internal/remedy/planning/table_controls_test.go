package planning

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/price"
)

// TestRemediesOfTableControls: of each control whose remedy is one of these, a table that fails gets the remedy proposed, and the finding turns.
// Copies arrive with the next backup: until then the finding stays, and the plan says why.
func TestRemediesOfTableControls(t *testing.T) {
	mayRestore := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:*","backup:*"],"Resource":"*"}]}`
	point := func(home, _ *estate.Unit) {
		made := shopNow().Add(-7 * time.Hour)
		home.Roles.Items[0].Policies.Items[0].Text = fact(mayRestore)
		home.Vaults.Items[0].RecoveryPoints = all(estate.RecoveryPoint{
			ID: "arn:aws:backup:eu-west-1:123456789012:recovery-point:a", ResourceARN: fact(shopTableARN("orders")), ResourceType: fact("DynamoDB"), Status: fact("COMPLETED"),
			CreatedAt: fact(made), CompletedAt: fact(made), DeleteAt: gone[estate.Instant](), ColdAt: gone[estate.Instant](), LastRestoreAt: gone[estate.Instant](),
			Encrypted: fact(true), KeyARN: gone[string](), PlanID: gone[string](), RuleID: gone[string](), SourceVault: gone[string](),
		})
		home.RestoreTestingPlans = all[estate.RestoreTestingPlan]()
	}
	for _, c := range []struct {
		control, remedy string
		change          func(home, away *estate.Unit)
		policy          *objective.Policy
		options         Options
		turns           bool
	}{
		{"encryption-kms", EncryptWithKMS, nil, wishes(func(o *objective.Objective) { o.Encryption = objective.AWSManaged }), only(EncryptWithKMS), true},
		{"required-tags", TagTables, nil, wishes(func(o *objective.Objective) { o.Tags = []string{"data"} }),
			with(only(TagTables), func(x *Extras) { x.RequireTags = []string{"data=internal"} }), true},
		{"restore-testing-plan", TestRestores, point, nil, with(Options{Only: []string{TestRestores}, Role: shopRole}, func(x *Extras) { x.AcceptUnknown = true }), true},
		{"copy-cross-region", AddCopies, nil, wishes(func(o *objective.Objective) { o.Copies = []objective.Copy{{Region: "eu-central-1", Vault: "offsite"}} }), only(AddCopies), false},
	} {
		t.Run(c.control, func(t *testing.T) {
			asked, _ := testCatalogue(t).Control(c.control)
			if asked.Remedy != c.remedy {
				t.Fatalf("its remedy is %q, want %q", asked.Remedy, c.remedy)
			}
			es := shop()
			if c.change != nil {
				es = shop(c.change)
			}
			p, err := Make(Input{Estate: es, Catalogue: testCatalogue(t), Controls: []*control.Control{asked}, Objective: asksOf(c.policy), Policy: c.policy,
				Prices: price.Estimator{Prices: price.Default()}, Options: c.options, Tool: remedy.Tool{Name: "restorable"}})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(p.Actions, func(a remedy.Action) bool { return a.Remedy == c.remedy }) {
				t.Fatalf("%v; refused %+v", summaries(p), p.Refused)
			}
			turned := slices.ContainsFunc(p.Outcome.Turns, func(turn remedy.Turn) bool {
				return turn.Control == c.control && strings.HasSuffix(turn.Resource, "/orders") && turn.From == string(control.Fail) && turn.To == string(control.Pass)
			})
			stays := slices.ContainsFunc(p.Outcome.Stays, func(s remedy.Stay) bool {
				return s.Control == c.control && strings.HasSuffix(s.Resource, "/orders") && strings.Contains(s.Why, "although rule")
			})
			if turned != c.turns || stays == c.turns {
				t.Errorf("turned: %v, stays: %v; %+v", turned, stays, p.Outcome)
			}
		})
	}
}

// asksOf is what the one tier of a policy asks of controls.
func asksOf(p *objective.Policy) func(*estate.Unit, *estate.Table) control.Objective {
	if p == nil {
		return nil
	}
	return func(*estate.Unit, *estate.Table) control.Objective {
		return control.Objective{Name: "gold", Parameters: p.Tiers[0].Objective.Parameters()}
	}
}
