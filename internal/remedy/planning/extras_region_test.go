package planning

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
)

// plain turns advanced features off.
func plain(u *estate.Unit) {
	u.Settings.Management = fact(map[string]bool{"DynamoDB": false, "EFS": true})
}

func TestAdvancedFeatures(t *testing.T) {
	ask := only(AdvancedFeatures)
	on := []string{"turn on advanced DynamoDB features"}
	home := func(changes ...func(u *estate.Unit)) func(home, away *estate.Unit) {
		return func(u, _ *estate.Unit) {
			plain(u)
			for _, change := range changes {
				change(u)
			}
		}
	}
	roleText := func(text string) func(u *estate.Unit) {
		return func(u *estate.Unit) { u.Roles.Items[0] = shopRoleOf(shopRole, text) }
	}
	vaultKey := func(state string) func(u *estate.Unit) {
		return func(u *estate.Unit) {
			u.Vaults.Items[0].KeyARN = fact(shopKey)
			if state != "" {
				u.Keys = all(estate.Key{ID: shopKey, ARN: fact(shopKey), State: fact(state), Manager: fact("CUSTOMER")})
			}
		}
	}
	accepted := with(ask, func(x *Extras) { x.AcceptUnknown = true })
	for name, c := range map[string]case1{
		"where they are on nothing is done":                {nil, nil, ask, nil, "", ""},
		"a role that may do everything":                    {home(), nil, ask, on, "", "ok: role backup of plan nightly may dynamodb:StartAwsBackupJob"},
		"a role without the new permissions would fail":    {home(roleText(plainText)), nil, ask, nil, "may not dynamodb:StartAwsBackupJob on carts", "breaks: role backup"},
		"a role that fails today stands against nothing":   {home(roleText(guardText)), nil, ask, on, "", "ok: role backup of plan nightly is not there, or may not make plain backups either"},
		"a role that was not read might fail":              {home(func(u *estate.Unit) { u.Roles.Items = u.Roles.Items[1:] }), nil, ask, nil, "not everything that it touches is known", "unknown: whether role backup"},
		"a role that was not read, and somebody who knows": {home(func(u *estate.Unit) { u.Roles.Items = u.Roles.Items[1:] }), nil, accepted, on, "", "unknown: whether role backup"},
		"no accepting what is known to fail":               {home(roleText(plainText)), nil, accepted, nil, "backups would fail from then on", "breaks: "},
		"AWS's own policy need not be read": {home(func(u *estate.Unit) {
			r := &u.Roles.Items[0]
			r.Policies = all[estate.RolePolicy]()
			r.Attached = fact([]string{"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"})
		}), nil, ask, on, "", "ok: role backup"},
		"a boundary that was not read might cut the role down": {home(func(u *estate.Unit) { u.Roles.Items[0].Boundary = fact("arn:aws:iam::123456789012:policy/limit") }), nil, ask, nil, "not everything", "unknown: whether role backup"},
		"a vault's key that is gone":                           {home(vaultKey("PendingDeletion")), nil, ask, nil, "is PendingDeletion", "breaks: the points of rule daily"},
		"a vault's key that was not read":                      {home(vaultKey("")), nil, ask, nil, "was not read", "unknown: the points"},
		"a vault's key that works":                             {home(vaultKey("Enabled")), nil, ask, on, "", "ok: the points of rule daily of plan nightly will be under the key of vault main"},
		"copies that begin are said": {home(func(u *estate.Unit) {
			u.Plans.Items[0].Rules.Items[0].Copies = all(copyTo(shopVaultARN("eu-central-1", "offsite"), 35))
		}), nil, ask, on, "", "ok: rule daily of plan nightly begins to copy points of 2 tables"},
		"cold storage that begins is said": {home(func(u *estate.Unit) {
			r := &u.Plans.Items[0].Rules.Items[0]
			r.ColdAfterDays, r.DeleteAfterDays = fact[int64](30), fact[int64](365)
		}), nil, ask, on, "", "ok: rule daily of plan nightly begins to move points of 2 tables to cold storage"},
		"plans of other services are looked at": {home(func(u *estate.Unit) {
			u.Plans.Items = append(u.Plans.Items, shopPlan("disks", []estate.Rule{shopRule("often", "main", 3)}, shopSelection("disks", shopRole, "arn:aws:ec2:*:*:volume/*")))
		}), nil, ask, on, "", "ok: 1 plan of the Region are known to select no table"},
		"plans that were not all read": {home(func(u *estate.Unit) { u.Plans.Whole = estate.Fact[bool]{} }), nil, ask, nil, "list of backup plans is not whole", ""},
		"settings that were not read":  {home(func(u *estate.Unit) { u.Settings.Management = estate.Fact[map[string]bool]{} }), nil, ask, nil, "could not be read whole", ""},
		"nobody asked":                 {home(), nil, only(EnablePITR), nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
}

func TestAdvancedFeaturesKeepWhatOtherServicesHave(t *testing.T) {
	es := shop(func(u, _ *estate.Unit) {
		plain(u)
		u.Settings.OptIn = fact(map[string]bool{"DynamoDB": false, "EBS": true})
	})
	p := make1(t, es, nil, only(AdvancedFeatures))
	c := p.Actions[0].Change.RegionSettings
	if !c.OptIn["EBS"] || !c.OptIn["DynamoDB"] || !c.Management["EFS"] || !c.Management["DynamoDB"] {
		t.Errorf("%+v: the maps are whole, with DynamoDB in both", c)
	}
	back := p.Actions[0].Inverse.Change.RegionSettings
	if back.OptIn["DynamoDB"] || back.Management["DynamoDB"] || !back.OptIn["EBS"] || !back.Management["EFS"] || p.Actions[0].Inverse.Drop != remedy.DropOptIn {
		t.Errorf("inverse %+v", back)
	}
}

func TestCopies(t *testing.T) {
	to := func(ids ...string) Options {
		return with(only(ids...), func(x *Extras) { x.CopyTo = []string{"eu-central-1:offsite"} })
	}
	copies := to(AddCopies)
	added := []string{"copy the points of rule daily of plan nightly to vault offsite in eu-central-1, kept 35 days"}
	elsewhere := func(account, vault string) *objective.Policy {
		return wishes(func(o *objective.Objective) {
			o.Copies = []objective.Copy{{Region: "eu-central-1", Account: account, Vault: vault}}
		})
	}
	for name, c := range map[string]case1{
		"a rule gets a copy action":                     {nil, nil, copies, added, "", "ok: plan nightly selects 2 tables of those chosen"},
		"an objective asks for it without --only":       {func(u, _ *estate.Unit) { raiseAll(u) }, elsewhere("", "offsite"), Options{Skip: core()}, added, "", ""},
		"nobody said where to":                          {nil, nil, only(AddCopies), nil, "where to was not said", ""},
		"copies that are there already":                 {inRule(func(r *estate.Rule) { r.Copies = all(copyTo(shopVaultARN("eu-central-1", "offsite"), 35)) }), nil, copies, nil, "", ""},
		"advanced features are off, and were not asked": {func(u, _ *estate.Unit) { plain(u) }, nil, copies, nil, "only advanced DynamoDB features can copy", ""},
		"advanced features are turned on first":         {func(u, _ *estate.Unit) { plain(u) }, nil, to(AddCopies, AdvancedFeatures), append([]string{"turn on advanced"}, added...), "", ""},
		"a vault that is not there is made":             {func(_, away *estate.Unit) { away.Vaults = all[estate.Vault]() }, nil, copies, append([]string{"create vault offsite"}, added...), "", ""},
		"a Region that was not looked at":               {nil, nil, with(only(AddCopies), func(x *Extras) { x.CopyTo = []string{"us-west-2:offsite"} }), nil, "was not looked at", ""},
		"a lock that would refuse the copies": {func(_, away *estate.Unit) {
			v := &away.Vaults.Items[0]
			v.Locked, v.MinRetention = fact(true), fact[int64](90)
		}, nil, copies, nil, "allows at least 90 days", ""},
		"an organisation's plan is left alone":          {func(u, _ *estate.Unit) { u.Plans.Items[0].FromOrganization = fact(true) }, nil, copies, nil, "belongs to a backup policy of the organisation", ""},
		"a stack's plan is left alone":                  {func(u, _ *estate.Unit) { u.Plans.Items[0].Tags = fact(map[string]string{stackTag: "plans"}) }, nil, copies, nil, "CloudFormation stack plans", ""},
		"a plan whose owner is not known is left alone": {func(u, _ *estate.Unit) { u.Plans.Items[0].Tags = estate.Fact[map[string]string]{} }, nil, copies, nil, "who owns plan nightly is not known", ""},
		"five copies are AWS's limit":                   {inRule(func(r *estate.Rule) { r.Copies = five() }), nil, copies, nil, "AWS's limit", ""},
		"another account is not known from here":        {nil, elsewhere("999999999999", "far"), only(AddCopies), nil, "same organisation", ""},
		"another account needs the name of its vault":   {nil, elsewhere("999999999999", ""), only(AddCopies), nil, "was not named", ""},
		"another account that the organisation forbids": {func(u, _ *estate.Unit) { u.Settings.CrossAccount = fact(false) }, elsewhere("999999999999", "far"), only(AddCopies), nil, "does not let accounts copy", ""},
		"another account, and somebody who knows":       {nil, elsewhere("999999999999", "far"), with(only(AddCopies), func(x *Extras) { x.AcceptUnknown = true }), []string{"copy the points of rule daily of plan nightly to vault far"}, "", "unknown: the vault is of another account"},
		"a table that no plan backs up has nothing to copy": {func(u, _ *estate.Unit) {
			u.Plans.Items[0].Selections.Items[0] = shopSelection("one", shopRole, shopTableARN("orders"))
		}, nil, copies, added, "no plan backs it up", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
}

// raiseAll gives every table what the default objective asks.
func raiseAll(u *estate.Unit) {
	for i := range u.Tables.Items {
		u.Tables.Items[i].PITRPeriodDays, u.Tables.Items[i].DeletionProtection = fact[int64](35), fact(true)
	}
	v := &u.Vaults.Items[0]
	for i := range u.Tables.Items {
		v.RecoveryPoints.Items = append(v.RecoveryPoints.Items, shopPoint(u.Tables.Items[i].ID))
	}
}

// shopPoint is a recovery point of a table, an hour old.
func shopPoint(table string) estate.RecoveryPoint {
	made := shopNow().Add(-time.Hour)
	return estate.RecoveryPoint{
		ID: "point-of-" + table, ResourceARN: fact(table), ResourceType: fact("DynamoDB"), Status: fact("COMPLETED"), Message: gone[string](), CreatedAt: fact(made),
		CompletedAt: fact(made), DeleteAt: gone[estate.Instant](), ColdAt: gone[estate.Instant](), DeleteAfter: gone[int64](), LastRestoreAt: gone[estate.Instant](),
		SizeBytes: fact[int64](1), Encrypted: fact(true), KeyARN: gone[string](), RoleARN: fact(shopRole), PlanID: gone[string](), RuleID: gone[string](),
		SourceVault: gone[string](), StorageClass: fact("WARM"),
	}
}

func five() estate.List[estate.Copy] {
	var list []estate.Copy
	for i := range maxCopies {
		list = append(list, copyTo(shopVaultARN("eu-central-1", fmt.Sprintf("v%d", i)), 35))
	}
	return all(list...)
}

func TestRaising(t *testing.T) {
	short := inRule(func(r *estate.Rule) { r.DeleteAfterDays = fact[int64](7) })
	replacing := func(id string) Options { return Options{Only: []string{id}, Replace: true} }
	keep := Options{Only: []string{RaiseRetention}, Vault: "main", Role: shopRole}
	for name, c := range map[string]case1{
		"what is kept long enough stays":              {nil, nil, replacing(RaiseRetention), nil, "", ""},
		"what is kept too short gets a plan beside":   {short, nil, keep, []string{"create backup plan restorable-daily", "select 2 tables"}, "", ""},
		"with --replace the rule keeps longer":        {short, nil, replacing(RaiseRetention), []string{"change rule daily of plan nightly: cron(0 5 ? * * *), kept 35 days"}, "", "ok: plan nightly selects 2 tables"},
		"a rule that runs too seldom runs more often": {inRule(func(r *estate.Rule) { r.Schedule = fact("cron(0 5 ? * SUN *)") }), nil, replacing(RaiseFrequency), []string{"change rule daily of plan nightly: cron(0 5 ? * * *)"}, "", ""},
		"an organisation's plan is left alone":        {func(u, _ *estate.Unit) { short(u, nil); u.Plans.Items[0].FromOrganization = fact(true) }, nil, Options{Only: []string{RaiseRetention}, Replace: true, Vault: "main", Role: shopRole}, []string{"create backup plan", "select 2 tables"}, "belongs to a backup policy of the organisation", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
}

func TestRaisingStopsAtTheLockOfTheVault(t *testing.T) {
	es := shop(func(u, _ *estate.Unit) {
		u.Plans.Items[0].Rules.Items[0].DeleteAfterDays = fact[int64](7)
		v := &u.Vaults.Items[0]
		v.Locked, v.MaxRetention = fact(true), fact[int64](10)
	})
	p := make1(t, es, nil, Options{Only: []string{RaiseRetention}, Replace: true})
	if slices.ContainsFunc(p.Actions, func(a remedy.Action) bool { return a.Change.PlanRules != nil }) {
		t.Errorf("planned %v", summaries(p))
	}
	if !slices.ContainsFunc(p.Refused, func(r remedy.Refusal) bool { return strings.Contains(r.Reason, "would not be enough") }) {
		t.Errorf("refused %+v", p.Refused)
	}
}

func TestRestoreTests(t *testing.T) {
	restoring := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}`
	change := func(more ...func(u *estate.Unit)) func(home, away *estate.Unit) {
		return func(u, _ *estate.Unit) {
			u.Roles.Items[0] = shopRoleOf(shopRole, restoring)
			for _, f := range more {
				f(u)
			}
		}
	}
	ask := Options{Only: []string{TestRestores}, Role: shopRole}
	made := []string{"create restore testing plan restorable_tests", "test restores of 2 tables (carts, orders)"}
	named := estate.RestoreTestingSelection{ID: "s", Name: fact("s"), ResourceType: fact("DynamoDB"), RoleARN: fact(shopRole), Resources: fact([]string{shopTableARN("carts")}), StringEquals: gone[[]estate.TagMatch](), StringNotEquals: gone[[]estate.TagMatch]()}
	for name, c := range map[string]case1{
		"two tables make a plan with one selection":    {change(), nil, ask, made, "", "breaks: 2 tables (carts, orders): no recovery point of the last 30 days"},
		"a table with a recent point is really tested": {change(func(u *estate.Unit) { u.Vaults.Items[0].RecoveryPoints = all(shopPoint(shopTableARN("carts"))) }), nil, ask, made, "", "breaks: table orders: no recovery point"},
		"points that were not all read":                {change(func(u *estate.Unit) { u.Vaults.Items[0].RecoveryPoints.Whole = estate.Fact[bool]{} }), nil, ask, made, "", "unknown: 2 tables"},
		"a table that is tested already": {change(func(u *estate.Unit) {
			u.RestoreTestingPlans = all(estate.RestoreTestingPlan{ID: "p", Name: fact("p"), Selections: all(named)})
		}), nil, ask, []string{"create restore testing plan", "test restores of table orders"}, "", ""},
		"a name that is taken is not taken again": {change(func(u *estate.Unit) {
			u.RestoreTestingPlans = all(estate.RestoreTestingPlan{ID: "p", Name: fact(testPlanName), Selections: all[estate.RestoreTestingSelection]()})
		}), nil, ask, []string{"create restore testing plan restorable_tests_2", "test restores"}, "", ""},
		"plans that were not all read":                       {change(func(u *estate.Unit) { u.RestoreTestingPlans.Whole = estate.Fact[bool]{} }), nil, ask, nil, "which restore testing plans there are is not known", ""},
		"a role that may not restore":                        {nil, nil, ask, nil, "may not restore tables", ""},
		"thirty-one tables need two plans":                   {change(func(u *estate.Unit) { many(u, 31) }), nil, ask, []string{"create restore testing plan restorable_tests", "test restores of 30", "create restore testing plan restorable_tests_2", "test restores of table"}, "", ""},
		"or one, with all tables that there are and will be": {change(func(u *estate.Unit) { many(u, 31) }), nil, Options{Only: []string{TestRestores}, Role: shopRole, Select: SelectAll}, []string{"create restore testing plan restorable_tests", "test restores of 31"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.ask(t)
			for _, a := range p.Actions {
				if s := a.Change.TestingSelection; s != nil && (len(s.Resources) > maxTestResources || !nameOK(s.Name, `a-zA-Z0-9_`, 1, 50) || !nameOK(s.Plan, `a-zA-Z0-9_`, 1, 50)) {
					t.Errorf("AWS refuses %+v", s)
				}
			}
		})
	}
}

func many(u *estate.Unit, n int) {
	var list []estate.Table
	for i := range n {
		list = append(list, shopTable(fmt.Sprintf("t%02d", i)))
	}
	u.Tables = all(list...)
}
