package price

import (
	"math"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

func known[T any](v T) estate.Fact[T] { return estate.KnownFact(v, 0) }

func whole[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: known(true)}
}

// store is a Region with a table of 100 GB that plan nightly selects, and another one that selects by tag alone.
func store() (*estate.Unit, []*estate.Table) {
	none := estate.AbsentFact[[]estate.TagMatch](0)
	arn := "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
	u := &estate.Unit{
		Partition: known("aws"), Account: known("123456789012"), Region: known("eu-west-1"), Now: known(estate.Instant(0)),
		Settings: estate.Settings{OptIn: known(map[string]bool{"DynamoDB": true}), Management: known(map[string]bool{"DynamoDB": true})},
		Tables: whole(estate.Table{
			ID: arn, ARN: known(arn), Name: known("orders"), Tags: known(map[string]string{"backup": "daily"}), SizeBytes: known[int64](100 * gigabyte),
			LSIs: estate.AbsentFact[[]estate.Index](0),
		}),
	}
	plan := func(id string, r remedy.Rule, s estate.Selection) estate.Plan {
		s.ID, s.Name, s.RoleARN = id, known(id), known("arn:aws:iam::123456789012:role/backup")
		s.NotResources = estate.AbsentFact[[]string](0)
		s.StringEquals, s.StringNotEquals, s.StringLike, s.StringNotLike = none, none, none, none
		return estate.Plan{ID: id, PlanID: known(id), Name: known(id), Rules: whole(*asRule(&r)), Selections: whole(s)}
	}
	nightly := remedy.Rule{Name: "nightly", Schedule: daily, ColdAfterDays: 30, DeleteAfterDays: 180, Copies: []remedy.Copy{{VaultARN: "arn:aws:backup:us-east-1:123456789012:backup-vault:off", DeleteAfterDays: 10}}}
	tagged := remedy.Rule{Name: "tagged", Schedule: daily, DeleteAfterDays: 35}
	u.Plans = whole(
		plan("nightly", nightly, estate.Selection{Resources: known([]string{arn}), ListOfTags: none}),
		plan("tagged", tagged, estate.Selection{Resources: estate.AbsentFact[[]string](0), ListOfTags: known([]estate.TagMatch{{Key: "backup", Value: "daily"}})}),
	)
	u.RestoreTestingPlans = whole(estate.RestoreTestingPlan{ID: "t", Name: known("t"), Schedule: known("cron(0 6 1 * ? *)"), Timezone: estate.AbsentFact[string](0)})
	return u, []*estate.Table{&u.Tables.Items[0]}
}

// What the parts of rule nightly cost a month for 100 GB.
const (
	nightlyWarm   = 30 * 10.0
	nightlyCold   = 150 * 3.0
	nightlyCopies = 10*10.0 + 100*daysPerMonth*0.02
)

func TestEstimatesOfActions(t *testing.T) {
	plainly := func(u *estate.Unit) { u.Settings.Management = known(map[string]bool{"DynamoDB": false}) }
	unread := func(u *estate.Unit) { u.Settings.Management = estate.Fact[map[string]bool]{} }
	selection := remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: "nightly"}}
	settings := func(optIn, management map[string]bool) remedy.Change {
		return remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: optIn, Management: management}}
	}
	on := map[string]bool{"DynamoDB": true}
	rules := func(days int64) *remedy.PlanRules {
		return &remedy.PlanRules{Plan: "tagged", Set: []remedy.Rule{{Name: "tagged", Schedule: daily, DeleteAfterDays: days}}}
	}
	longer := remedy.Action{Change: remedy.Change{PlanRules: rules(100)}, Inverse: remedy.Inverse{Change: &remedy.Change{PlanRules: rules(35)}}}
	for name, c := range map[string]struct {
		change        func(u *estate.Unit)
		action        remedy.Action
		monthly, once float64
		known         bool
	}{
		"point-in-time recovery switched on":         {nil, remedy.Action{Change: remedy.Change{PITR: &remedy.PITR{Enabled: true, PeriodDays: 35}}, Before: remedy.PITRState("", "DISABLED", 0)}, 20, 0, true},
		"a longer period costs the same":             {nil, remedy.Action{Change: remedy.Change{PITR: &remedy.PITR{Enabled: true, PeriodDays: 35}}, Before: remedy.PITRState("", "ENABLED", 7)}, 0, 0, true},
		"point-in-time recovery switched off":        {nil, remedy.Action{Change: remedy.Change{PITR: &remedy.PITR{}}, Before: remedy.PITRState("", "ENABLED", 7)}, -20, 0, true},
		"a table taken into a plan":                  {nil, remedy.Action{Change: selection}, nightlyWarm + nightlyCold + nightlyCopies, 0, true},
		"without advanced features it stays warm":    {plainly, remedy.Action{Change: selection}, 1800, 0, true},
		"whether those are on is not known":          {unread, remedy.Action{Change: selection}, 1800, 0, false},
		"a plan that is not there":                   {nil, remedy.Action{Change: remedy.Change{Selection: &remedy.Selection{Step: remedy.Create, Plan: "@a9"}}}, 0, 0, false},
		"a selection that goes":                      {nil, remedy.Action{Change: remedy.Change{Selection: &remedy.Selection{Step: remedy.Delete, Plan: "nightly"}}}, 0, 0, true},
		"opting in starts what waited for it":        {nil, remedy.Action{Change: settings(on, nil), Before: remedy.SettingsState(nil, on)}, 350, 0, true},
		"advanced features start copies and cold":    {nil, remedy.Action{Change: settings(nil, on), Before: remedy.SettingsState(on, nil)}, nightlyWarm + nightlyCold + nightlyCopies - 1800, 0, true},
		"settings that do not touch DynamoDB":        {nil, remedy.Action{Change: settings(on, on), Before: remedy.SettingsState(on, on)}, 0, 0, true},
		"a rule that keeps longer":                   {nil, longer, 650, 0, true},
		"a rule of which the past is not known":      {nil, remedy.Action{Change: remedy.Change{PlanRules: rules(100)}}, 0, 0, false},
		"a backup kept 35 days":                      {nil, remedy.Action{Change: remedy.Change{Backup: &remedy.Backup{Vault: "v", DeleteAfterDays: 35}}}, 0, 100 * 35 / daysPerMonth * 0.1, true},
		"a backup of DynamoDB's own":                 {nil, remedy.Action{Change: remedy.Change{Backup: &remedy.Backup{Native: "n"}}}, 10, 0, true},
		"a restore test, whose fee is not known":     {nil, remedy.Action{Change: remedy.Change{TestingSelection: &remedy.TestingSelection{Step: remedy.Create, Plan: "t"}}}, 100 * 0.15 * 48 / 1461 * daysPerMonth, 0, false},
		"a plan alone":                               {nil, remedy.Action{Change: remedy.Change{Plan: &remedy.BackupPlan{}}}, 0, 0, true},
		"a lock":                                     {nil, remedy.Action{Change: remedy.Change{VaultLock: &remedy.VaultLock{}}}, 0, 0, true},
		"a key that is there already":                {nil, remedy.Action{Change: remedy.Change{TableKey: &remedy.TableKey{Level: "customer"}}}, 0, 0, true},
		"deletion protection":                        {nil, remedy.Action{Change: remedy.Change{DeletionProtection: &remedy.DeletionProtection{}}}, 0, 0, true},
		"a vault, a role, a policy, tags, a topic: ": {nil, remedy.Action{Change: remedy.Change{VaultNotifications: &remedy.VaultNotifications{}}}, 0, 0, true},
	} {
		u, tables := store()
		if c.change != nil {
			c.change(u)
		}
		got := Estimator{Prices: Default()}.Cost(u, &c.action, tables)
		if math.Abs(got.Monthly-c.monthly) > 1e-5 || math.Abs(got.Once-c.once) > 1e-5 || got.Known != c.known || got.Basis == "" {
			t.Errorf("%s: %+v, want $%v a month, $%v once, known %v", name, got, c.monthly, c.once, c.known)
		}
	}
}

func TestSeveralTablesAddUpAndSayWhatIsNotKnown(t *testing.T) {
	u, tables := store()
	u.Tables.Items = append(u.Tables.Items, u.Tables.Items[0])
	u.Tables.Items[1].SizeBytes = estate.Fact[int64]{}
	a := remedy.Action{Change: remedy.Change{PITR: &remedy.PITR{Enabled: true}}, Before: remedy.PITRState("", "DISABLED", 0)}
	got := Estimator{Prices: Default()}.Cost(u, &a, append(tables, &u.Tables.Items[1]))
	if got.Monthly != 20 || got.Known || !strings.Contains(got.Basis, "of 1 the cost is not wholly known") {
		t.Errorf("%+v", got)
	}
}
