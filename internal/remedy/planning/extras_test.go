package planning

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/price"
)

// The shop is a company with one plan that works: orders and carts are backed up each night into vault main and kept 35 days.
const (
	shopAccount = "123456789012"
	shopRegion  = "eu-west-1"
	shopRole    = "arn:aws:iam::123456789012:role/backup"
	shopGuard   = "arn:aws:iam::123456789012:role/guard"
	shopKey     = "arn:aws:kms:eu-west-1:123456789012:key/own"
	shopTopic   = "arn:aws:sns:eu-west-1:123456789012:backups"
	backupText  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:CreateBackup","dynamodb:StartAwsBackupJob","dynamodb:ListTagsOfResource"],"Resource":"*"}]}`
	plainText   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:CreateBackup","Resource":"*"}]}`
	guardText   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"backup:*","Resource":"*"}]}`
)

func gone[T any]() estate.Fact[T]      { return estate.AbsentFact[T](0) }
func all[T any](v ...T) estate.List[T] { return estate.List[T]{Items: v, Whole: fact(true)} }

func shopTableARN(name string) string {
	return "arn:aws:dynamodb:" + shopRegion + ":" + shopAccount + ":table/" + name
}

func shopVaultARN(region, name string) string {
	return "arn:aws:backup:" + region + ":" + shopAccount + ":backup-vault:" + name
}

func shopNow() estate.Instant { return estate.At(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)) }

func shopTable(name string) estate.Table {
	return estate.Table{
		ID: shopTableARN(name), ARN: fact(shopTableARN(name)), Name: fact(name), TableID: fact("id-of-" + name), Status: fact("ACTIVE"),
		CreatedAt: fact(shopNow().Add(-1000 * time.Hour)), SizeBytes: fact[int64](10 << 30), ItemCount: fact[int64](1000), LSIs: gone[[]estate.Index](),
		Replicas: gone[[]estate.Replica](), DeletionProtection: fact(false), SSEType: gone[string](), KeyARN: gone[string](), KeyInaccessibleAt: gone[estate.Instant](),
		ArchivedAt: gone[estate.Instant](), Tags: fact(map[string]string{"team": "shop"}), PITRStatus: fact("ENABLED"), PITRPeriodDays: fact[int64](7),
		PITREarliest: fact(shopNow().Add(-7 * 24 * time.Hour)), PITRLatest: fact(shopNow().Add(-5 * time.Minute)),
	}
}

func shopVault(region, name string) estate.Vault {
	return estate.Vault{
		ID: shopVaultARN(region, name), ARN: fact(shopVaultARN(region, name)), Name: fact(name), Type: fact("BACKUP_VAULT"), KeyARN: gone[string](),
		Locked: fact(false), LockDate: gone[estate.Instant](), MinRetention: gone[int64](), MaxRetention: gone[int64](), Policy: gone[string](),
		Tags: fact(map[string]string{}), NotificationTopic: gone[string](), NotificationEvents: gone[[]string](), RecoveryPoints: all[estate.RecoveryPoint](),
	}
}

func shopRule(name, vault string, days int64) estate.Rule {
	return estate.Rule{
		ID: name, Name: fact(name), Vault: fact(vault), AirGappedVault: gone[string](), Schedule: fact("cron(0 5 ? * * *)"), Timezone: gone[string](),
		StartWindow: fact[int64](60), CompletionWindow: fact[int64](180), ColdAfterDays: gone[int64](), DeleteAfterDays: fact(days), Continuous: fact(false),
		Copies: all[estate.Copy](), RecoveryPointTags: gone[map[string]string](),
	}
}

func shopSelection(name, role string, arns ...string) estate.Selection {
	return estate.Selection{
		ID: name, Name: fact(name), RoleARN: fact(role), Resources: fact(arns), NotResources: gone[[]string](), ListOfTags: gone[[]estate.TagMatch](),
		StringEquals: gone[[]estate.TagMatch](), StringNotEquals: gone[[]estate.TagMatch](), StringLike: gone[[]estate.TagMatch](), StringNotLike: gone[[]estate.TagMatch](),
	}
}

func shopPlan(name string, rules []estate.Rule, selections ...estate.Selection) estate.Plan {
	return estate.Plan{
		ID: name, ARN: fact("arn:aws:backup:eu-west-1:123456789012:backup-plan:" + name), PlanID: fact(name), Name: fact(name), FromOrganization: fact(false),
		Tags: fact(map[string]string{}), CreatedAt: fact(shopNow().Add(-900 * time.Hour)), Rules: all(rules...), Selections: all(selections...),
	}
}

func shopRoleOf(arn, text string) estate.Role {
	return estate.Role{
		ID: arn, ARN: fact(arn), Name: fact(arnName(arn)), Exists: fact(true), Trust: fact(trustPolicy), Boundary: gone[string](), Attached: fact([]string{}),
		Policies: all(estate.RolePolicy{ID: "inline:all", Name: fact("all"), ARN: gone[string](), Text: fact(text)}),
	}
}

func shopUnit(region string) *estate.Unit {
	return &estate.Unit{
		Provenance: []estate.Provenance{{}}, Partition: fact("aws"), Account: fact(shopAccount), Region: fact(region), Now: fact(shopNow()), Reached: fact(true),
		Tables: all[estate.Table](), Plans: all[estate.Plan](), Vaults: all[estate.Vault](), Backups: all[estate.NativeBackup](), BackupJobs: all[estate.BackupJob](),
		CopyJobs: all[estate.CopyJob](), RestoreJobs: all[estate.RestoreJob](), Keys: all[estate.Key](), Roles: all[estate.Role](),
		Settings:            estate.Settings{OptIn: fact(map[string]bool{"DynamoDB": true, "EBS": true}), Management: fact(map[string]bool{"DynamoDB": true, "EFS": true}), CrossAccount: gone[bool]()},
		RestoreTestingPlans: all[estate.RestoreTestingPlan](), Protected: all[estate.ProtectedResource](),
	}
}

// shop is the company, changed: its Region, and another one with a vault for copies.
func shop(changes ...func(home, away *estate.Unit)) *estate.Estate {
	home, away := shopUnit(shopRegion), shopUnit("eu-central-1")
	home.Tables = all(shopTable("carts"), shopTable("orders"))
	home.Vaults = all(shopVault(shopRegion, "main"))
	home.Roles = all(shopRoleOf(shopRole, backupText), shopRoleOf(shopGuard, guardText))
	home.Plans = all(shopPlan("nightly", []estate.Rule{shopRule("daily", "main", 35)}, shopSelection("tables", shopRole, "arn:aws:dynamodb:*:*:table/*")))
	away.Vaults = all(shopVault("eu-central-1", "offsite"))
	for _, change := range changes {
		change(home, away)
	}
	return &estate.Estate{Units: []*estate.Unit{home, away}}
}

// wishes is a policy under which every table has one objective.
func wishes(change func(o *objective.Objective)) *objective.Policy {
	o := objective.Default()
	change(&o)
	return &objective.Policy{Tiers: []objective.Tier{{Name: "gold", Objective: o}}, Default: "gold"}
}

func make1(t *testing.T, es *estate.Estate, policy *objective.Policy, o Options) *remedy.Plan {
	t.Helper()
	in := Input{Estate: es, Catalogue: testCatalogue(t), Policy: policy, Prices: price.Estimator{Prices: price.Default()}, Options: o, Tool: remedy.Tool{Name: "restorable"}}
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// case1 is one question to the planner: which actions, or which refusal and check.
type case1 struct {
	change  func(home, away *estate.Unit)
	policy  *objective.Policy
	options Options
	actions []string // summaries begin so, in order; empty: none
	refused string   // some refusal says so; empty: there is none
	check   string   // some check says "verdict: detail"; empty: not looked at
}

func (c case1) ask(t *testing.T) *remedy.Plan {
	t.Helper()
	es := shop()
	if c.change != nil {
		es = shop(c.change)
	}
	p := make1(t, es, c.policy, c.options)
	if len(p.Actions) != len(c.actions) {
		t.Errorf("%d actions, want %d: %v; refused %+v", len(p.Actions), len(c.actions), summaries(p), p.Refused)
		return p
	}
	for i, want := range c.actions {
		if !strings.HasPrefix(p.Actions[i].Summary, want) {
			t.Errorf("action %d is %q, want %q", i+1, p.Actions[i].Summary, want)
		}
	}
	if said := slices.ContainsFunc(p.Refused, func(r remedy.Refusal) bool { return strings.Contains(r.Reason, c.refused) }); c.refused != "" && !said || c.refused == "" && len(p.Refused) > 0 {
		t.Errorf("refused %+v, want %q", p.Refused, c.refused)
	}
	if said := slices.ContainsFunc(p.Checks, func(k remedy.Check) bool { return strings.Contains(k.Verdict+": "+k.Detail, c.check) }); !said && c.check != "" {
		t.Errorf("checks %+v, want %q", p.Checks, c.check)
	}
	return p
}

func summaries(p *remedy.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		out = append(out, a.Summary)
	}
	return out
}

func only(ids ...string) Options { return Options{Only: ids} }

func with(o Options, change func(x *Extras)) Options {
	change(&o.Extras)
	return o
}

func TestExtrasOfTables(t *testing.T) {
	home := func(f func(u *estate.Unit)) func(home, away *estate.Unit) {
		return func(home, _ *estate.Unit) { f(home) }
	}
	orders := func(f func(t *estate.Table)) func(home, away *estate.Unit) {
		return home(func(u *estate.Unit) { f(&u.Tables.Items[1]) })
	}
	customer := wishes(func(o *objective.Objective) { o.Encryption = objective.Customer })
	key := func(state string) func(home, away *estate.Unit) {
		return home(func(u *estate.Unit) {
			u.Keys = all(estate.Key{ID: shopKey, ARN: fact(shopKey), State: fact(state), Manager: fact("CUSTOMER")})
		})
	}
	encrypt := with(only(EncryptWithKMS), func(x *Extras) { x.Key = shopKey })
	accepting := with(encrypt, func(x *Extras) { x.AcceptUnknown = true })
	tag := func(pairs ...string) Options { return with(only(TagTables), func(x *Extras) { x.RequireTags = pairs }) }
	for name, c := range map[string]case1{
		"protection is switched on where it is off":             {options: only(DeletionProtection), actions: []string{"protect carts", "protect orders"}},
		"protection is left where it is on":                     {orders(func(t *estate.Table) { t.DeletionProtection = fact(true) }), nil, only(DeletionProtection), []string{"protect carts"}, "", ""},
		"protection that is not known is left alone":            {orders(func(t *estate.Table) { t.DeletionProtection = estate.Fact[bool]{} }), nil, only(DeletionProtection), []string{"protect carts"}, "", ""},
		"a stack's table is left to the stack":                  {orders(func(t *estate.Table) { t.Tags = fact(map[string]string{stackTag: "shop"}) }), nil, only(DeletionProtection), []string{"protect carts"}, "CloudFormation stack shop", ""},
		"a table whose tags were not read may be a stack's":     {orders(func(t *estate.Table) { t.Tags = estate.Fact[map[string]string]{} }), nil, only(DeletionProtection), []string{"protect carts"}, "its tags could not be read", ""},
		"a window of a week grows to 35 days":                   {nil, nil, only(WidenPITR), []string{"lengthen point-in-time recovery of carts from 7 to 35 days", "lengthen"}, "", ""},
		"a window that is not known stays":                      {orders(func(t *estate.Table) { t.PITRPeriodDays = estate.Fact[int64]{} }), nil, only(WidenPITR), []string{"lengthen point-in-time recovery of carts"}, "", ""},
		"an objective's key is not made up":                     {nil, customer, Options{Only: []string{EncryptWithKMS}}, nil, "none was named", ""},
		"a key that is enabled is used":                         {key("Enabled"), nil, encrypt, []string{"encrypt carts under " + shopKey, "encrypt orders"}, "", "ok: the key is enabled"},
		"a key that is disabled is not":                         {key("Disabled"), nil, encrypt, nil, "is Disabled", ""},
		"a key that was not read is not":                        {nil, nil, encrypt, nil, "was not read", ""},
		"a key that was not read is used by somebody who knows": {nil, nil, accepting, []string{"encrypt carts", "encrypt orders"}, "", "unknown: key"},
		"a key of another Region is not":                        {nil, nil, with(only(EncryptWithKMS), func(x *Extras) { x.Key = strings.Replace(shopKey, "eu-west-1", "us-east-1", 1) }), nil, "another Region", ""},
		"a global table's key needs more than one change": {func(u, _ *estate.Unit) {
			key("Enabled")(u, nil)
			u.Tables.Items[0].Replicas = fact([]estate.Replica{{Region: "us-east-1"}})
		}, nil, encrypt, []string{"encrypt orders"}, "global table", ""},
		"nobody said which key":                                  {nil, nil, only(EncryptWithKMS), nil, "was not said", ""},
		"AWS's own key is enough for some":                       {nil, wishes(func(o *objective.Objective) { o.Encryption = objective.AWSManaged }), only(EncryptWithKMS), []string{"encrypt carts under the key that AWS manages", "encrypt"}, "", ""},
		"tags are set where they are missing":                    {nil, nil, tag("data=internal"), []string{"tag carts: data=internal", "tag orders"}, "", ""},
		"tags that are there stay":                               {orders(func(t *estate.Table) { t.Tags = fact(map[string]string{"data": "internal"}) }), nil, tag("data=internal"), []string{"tag carts"}, "", ""},
		"a tag with another value is not overwritten":            {orders(func(t *estate.Table) { t.Tags = fact(map[string]string{"data": "public"}) }), nil, tag("data=internal"), []string{"tag carts"}, "another value: data=public", ""},
		"values are never made up":                               {nil, wishes(func(o *objective.Objective) { o.Tags = []string{"data", "owner"} }), tag("data=internal"), []string{"tag carts", "tag orders"}, "no value was given for owner", ""},
		"a table without a backup gets one":                      {nil, nil, Options{Only: []string{CreateBackup}, Vault: "main", Role: shopRole}, []string{"back up carts now into vault main, kept 35 days", "back up orders"}, "", ""},
		"a backup of DynamoDB's own":                             {nil, nil, with(only(CreateBackup), func(x *Extras) { x.Native = true }), []string{"back up carts now by DynamoDB itself", "back up orders"}, "", ""},
		"a lock that would refuse the backup":                    {home(func(u *estate.Unit) { v := &u.Vaults.Items[0]; v.Locked, v.MinRetention = fact(true), fact[int64](90) }), nil, Options{Only: []string{CreateBackup}, Vault: "main", Role: shopRole}, nil, "allows at least 90 days", ""},
		"restores are tested, and what would be skipped is said": {nil, nil, with(Options{Only: []string{TestRestores}, Role: shopRole}, func(x *Extras) { x.AcceptUnknown = true }), nil, "may not restore tables", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
}
