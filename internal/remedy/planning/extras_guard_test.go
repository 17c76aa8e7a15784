package planning

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/objective"
)

// inVault changes the first vault of the home Region.
func inVault(f func(v *estate.Vault)) func(home, away *estate.Unit) {
	return func(home, _ *estate.Unit) { f(&home.Vaults.Items[0]) }
}

// inRule changes the one rule.
func inRule(f func(r *estate.Rule)) func(home, away *estate.Unit) {
	return func(home, _ *estate.Unit) { f(&home.Plans.Items[0].Rules.Items[0]) }
}

func copyTo(arn string, days int64) estate.Copy {
	return estate.Copy{ID: arn, VaultARN: fact(arn), ColdAfterDays: gone[int64](), DeleteAfterDays: fact(days)}
}

func TestLocks(t *testing.T) {
	lock := only(LockVault)
	least := func(days int64) Options { return with(lock, func(x *Extras) { x.LockMin = days }) }
	most := with(lock, func(x *Extras) { x.LockMax = 60 })
	for name, c := range map[string]case1{
		"a vault whose rules fit is locked in governance mode": {options: lock, actions: []string{"lock vault main in governance mode: kept at least 35 days"}, check: "ok: of the rules and copies that were read and write into vault main, 1 fit"},
		"what could not be looked at is said":                  {options: lock, actions: []string{"lock"}, check: "unknown: copies from Regions and accounts that were not looked at"},
		"a rule that keeps shorter stands against it":          {nil, nil, least(36), nil, "rule daily of plan nightly keeps 35 days", "breaks: rule daily"},
		"a lock that asks for less fits":                       {nil, nil, least(7), []string{"lock vault main in governance mode: kept at least 7 days"}, "", ""},
		"a rule that keeps for ever does not fit a greatest":   {inRule(func(r *estate.Rule) { r.DeleteAfterDays = gone[int64]() }), nil, most, nil, "keeps for ever", ""},
		"a rule that keeps for ever fits a least":              {inRule(func(r *estate.Rule) { r.DeleteAfterDays = gone[int64]() }), nil, lock, []string{"lock"}, "", ""},
		"a rule of unknown life is no reason to lock":          {inRule(func(r *estate.Rule) { r.DeleteAfterDays = estate.Fact[int64]{} }), nil, lock, nil, "is not known", "unknown: how long rule daily"},
		"Default is never locked": {func(u, _ *estate.Unit) {
			u.Vaults.Items[0] = shopVault(shopRegion, DefaultVault)
			u.Plans.Items[0].Rules.Items[0].Vault = fact(DefaultVault)
		}, nil, lock, nil, "is everybody's", ""},
		"a locked vault stays as it is":        {inVault(func(v *estate.Vault) { v.Locked = fact(true) }), nil, lock, nil, "", ""},
		"whether it is locked is not known":    {inVault(func(v *estate.Vault) { v.Locked = estate.Fact[bool]{} }), nil, lock, nil, "whether it is locked is not known", ""},
		"an air-gapped vault is AWS's":         {inVault(func(v *estate.Vault) { v.Type = fact("LOGICALLY_AIR_GAPPED_BACKUP_VAULT") }), nil, lock, nil, "no ordinary vault", ""},
		"a stack's vault is left to the stack": {inVault(func(v *estate.Vault) { v.Tags = fact(map[string]string{stackTag: "vaults"}) }), nil, lock, nil, "CloudFormation stack vaults", ""},
		"a plan of another service counts too": {func(u, _ *estate.Unit) {
			u.Plans.Items = append(u.Plans.Items, shopPlan("disks", []estate.Rule{shopRule("often", "main", 3)}, shopSelection("disks", shopRole, "arn:aws:ec2:*:*:volume/*")))
		}, nil, lock, nil, "rule often of plan disks keeps 3 days", ""},
		"a copy from another Region counts too": {func(u, away *estate.Unit) {
			r := shopRule("far", "offsite", 90)
			r.Copies = all(copyTo(shopVaultARN(shopRegion, "main"), 9))
			away.Plans = all(shopPlan("far", []estate.Rule{r}))
		}, nil, lock, nil, "a copy by rule far of plan far keeps 9 days", ""},
		"plans of another Region that were not all read": {func(_, away *estate.Unit) { away.Plans.Whole = estate.Fact[bool]{} }, nil, lock, nil, "list of backup plans of eu-central-1 is not whole", ""},
		"compliance mode asks for a phrase":              {nil, nil, with(lock, func(x *Extras) { x.LockMode = Compliance }), nil, "From 2026-12-21 on nobody can remove", ""},
		"compliance mode does not take another phrase":   {nil, nil, with(lock, func(x *Extras) { x.LockMode = Compliance; x.LockConfirmed = []string{"yes"} }), nil, "was not confirmed", ""},
		"compliance mode is for those who typed what it means": {nil, nil, with(lock, func(x *Extras) {
			x.LockMode = Compliance
			x.LockConfirmed = []string{"nobody can unlock main after 2026-12-21"}
		}), []string{"lock vault main in compliance mode"}, "", ""},
		"the objective's retention is the least that a lock allows": {inRule(func(r *estate.Rule) { r.DeleteAfterDays = fact[int64](365) }), wishes(func(o *objective.Objective) { o.Retention = 100 * day }), lock, []string{"lock vault main in governance mode: kept at least 100 days"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
}

func TestALockOnlyWhereEveryRuleFits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		life := rapid.OneOf(rapid.Int64Range(1, 60), rapid.Just[int64](0))
		least, most := rapid.Int64Range(1, 60).Draw(rt, "least"), rapid.OneOf(rapid.Just[int64](0), rapid.Int64Range(60, 90)).Draw(rt, "most")
		rules, copies := rapid.SliceOfN(life, 1, 4).Draw(rt, "rules"), rapid.SliceOfN(life, 0, 3).Draw(rt, "copies")
		vault := rapid.SampledFrom([]string{"main", DefaultVault}).Draw(rt, "vault")
		days := func(n int64) estate.Fact[int64] {
			if n == 0 {
				return gone[int64]()
			}
			return fact(n)
		}
		es := shop(func(home, away *estate.Unit) {
			home.Vaults.Items[0] = shopVault(shopRegion, vault)
			var list []estate.Rule
			for i, n := range rules {
				r := shopRule("r"+string(rune('a'+i)), vault, 1)
				r.DeleteAfterDays = days(n)
				list = append(list, r)
			}
			home.Plans.Items[0].Rules = all(list...)
			far := shopRule("far", "offsite", 30)
			for _, n := range copies {
				c := copyTo(shopVaultARN(shopRegion, vault), 1)
				c.DeleteAfterDays = days(n)
				if n == 0 {
					c.ColdAfterDays = fact[int64](1) // else a copy without a lifecycle follows its source's
				}
				far.Copies.Items = append(far.Copies.Items, c)
			}
			away.Plans = all(shopPlan("far", []estate.Rule{far}))
		})
		fits := vault != DefaultVault && !slices.ContainsFunc(append(rules, copies...), func(n int64) bool {
			return n == 0 && most > 0 || n > 0 && (n < least || most > 0 && n > most)
		})
		p := make1(t, es, nil, with(only(LockVault), func(x *Extras) { x.LockMin, x.LockMax = least, most }))
		if got := len(p.Actions) > 0; got != fits {
			rt.Errorf("locked: %v, fits: %v; %+v", got, fits, p.Refused)
		}
	})
}

func TestDenials(t *testing.T) {
	deny := with(only(DenyVaultDeletion), func(x *Extras) { x.BreakGlass = []string{shopGuard} })
	role := func(text string) func(home, away *estate.Unit) {
		return func(home, _ *estate.Unit) { home.Roles.Items[1] = shopRoleOf(shopGuard, text) }
	}
	unread := func(home, _ *estate.Unit) { home.Roles.Items = home.Roles.Items[:1] }
	policy := func(text string) func(home, away *estate.Unit) {
		return inVault(func(v *estate.Vault) { v.Policy = fact(text) })
	}
	for name, c := range map[string]case1{
		"deletion is forbidden to all but the guard":              {options: deny, actions: []string{"forbid the deletion of recovery points in vault main to all but " + shopGuard}, check: "ok: guard may still change the policy"},
		"nobody was named who keeps the key":                      {nil, nil, only(DenyVaultDeletion), nil, "no role was named", ""},
		"a guard who may not lift the ban is none":                {role(backupText), nil, deny, nil, "guard may not change the policy", "breaks: "},
		"a guard who could not be read may not exist":             {unread, nil, deny, nil, "is not known", "unknown: whether guard exists"},
		"a guard who could not be read is taken by one who knows": {unread, nil, with(deny, func(x *Extras) { x.AcceptUnknown = true }), []string{"forbid"}, "", "unknown: whether guard exists"},
		"a policy that shuts the guard out":                       {policy(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"backup:PutBackupVaultAccessPolicy","Resource":"*"}}`), nil, deny, nil, "guard may not change the policy", ""},
		"a policy that cannot be read":                            {policy(`{"Statement":[{"Effect":"Deny"}]}`), nil, deny, nil, "cannot be read", ""},
		"a policy that could not be had":                          {inVault(func(v *estate.Vault) { v.Policy = estate.Fact[string]{} }), nil, deny, nil, "never replaced unseen", ""},
		"a statement of our name that says something else":        {policy(`{"Version":"2012-10-17","Statement":[{"Sid":"` + denySid + `","Effect":"Deny","Principal":"*","Action":"backup:DeleteRecoveryPoint","Resource":"*"}]}`), nil, deny, nil, "says something else", ""},
		"a guard of another account":                              {nil, nil, with(deny, func(x *Extras) { x.BreakGlass = []string{"arn:aws:iam::999999999999:role/guard"} }), nil, "another account", ""},
		"a vault whose owner could not be read":                   {inVault(func(v *estate.Vault) { v.Tags = estate.Fact[map[string]string]{} }), nil, deny, nil, "its tags could not be read", ""},
		"Default may be guarded by a policy, which can be taken off": {func(u, _ *estate.Unit) {
			u.Vaults.Items[0] = shopVault(shopRegion, DefaultVault)
			u.Plans.Items[0].Rules.Items[0].Vault = fact(DefaultVault)
		}, nil, deny, []string{"forbid"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
}

func TestADenialSaysWhoCanBackItOut(t *testing.T) {
	for caller, want := range map[string]string{
		"arn:aws:sts::123456789012:assumed-role/guard/anna": "whoever makes this plan may back it out",
		"arn:aws:sts::123456789012:assumed-role/guards/bob": "must be run as " + shopGuard,
		"arn:aws:sts::999999999999:assumed-role/guard/eve":  "must be run as " + shopGuard,
		"arn:aws:iam::123456789012:user/guard":              "must be run as " + shopGuard,
		"":                                                  "must be run as " + shopGuard,
	} {
		d := &draft{planner: &planner{Input: Input{Caller: caller}, account: shopAccount}}
		if got := d.backoutAs([]string{shopGuard}); !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %q", caller, got, want)
		}
	}
}

func TestASecondDenialChangesNothing(t *testing.T) {
	merged, changed, err := mergeDeny("", []string{shopGuard})
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	again, changed, err := mergeDeny(" "+merged+"\n", []string{shopGuard})
	if err != nil || changed || strings.TrimSpace(again) != merged {
		t.Errorf("%v, %v: %s", changed, err, again)
	}
}

// drawPolicy makes a vault policy of a few statements that the parser knows.
func drawPolicy(rt *rapid.T) string {
	statement := rapid.Custom(func(rt *rapid.T) map[string]any {
		s := map[string]any{
			"Effect":    rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(rt, "effect"),
			"Principal": rapid.SampledFrom([]any{"*", map[string]any{"AWS": "arn:aws:iam::123456789012:role/a"}, map[string]any{"AWS": "123456789012"}}).Draw(rt, "principal"),
			"Action":    rapid.SampledFrom([]any{"backup:DeleteRecoveryPoint", []any{"backup:CopyIntoBackupVault", "backup:StartRestoreJob"}, "backup:PutBackupVaultAccessPolicy"}).Draw(rt, "action"),
			"Resource":  "*",
		}
		if rapid.Bool().Draw(rt, "conditioned") {
			s["Condition"] = map[string]any{"StringLike": map[string]any{"aws:PrincipalOrgID": "o-1"}}
		}
		if rapid.Bool().Draw(rt, "named") {
			s["Sid"] = "S" + rapid.StringMatching(`[a-z]{1,5}`).Draw(rt, "sid")
		}
		return s
	})
	list := rapid.SliceOfN(statement, 1, 4).Draw(rt, "statements")
	doc := map[string]any{"Version": rapid.SampledFrom([]string{"2012-10-17", "2008-10-17"}).Draw(rt, "version"), "Statement": list}
	if len(list) == 1 && rapid.Bool().Draw(rt, "alone") {
		doc["Statement"] = list[0]
	}
	if rapid.Bool().Draw(rt, "id") {
		doc["Id"] = "vault"
	}
	text, err := json.Marshal(doc)
	if err != nil {
		rt.Fatal(err)
	}
	return string(text)
}

func TestMergingKeepsEveryStatementAndNeverWidens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		before := drawPolicy(rt)
		merged, changed, err := mergeDeny(before, []string{shopGuard})
		if err != nil || !changed {
			rt.Fatalf("%v, %v", changed, err)
		}
		old, err := iampolicy.Parse(iampolicy.Resource, before)
		if err != nil {
			rt.Fatal(err)
		}
		now, err := iampolicy.Parse(iampolicy.Resource, merged)
		if err != nil {
			rt.Fatal(err)
		}
		if !keepsStatements(before, merged) || now.Version != old.Version || now.ID != old.ID || len(now.Statements) != len(old.Statements)+1 {
			rt.Errorf("%s became %s", before, merged)
		}
		for _, action := range append(deniedActions(), "backup:CopyIntoBackupVault", "backup:StartRestoreJob") {
			for _, who := range []string{shopGuard, "arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:user/b", "arn:aws:iam::999999999999:role/c"} {
				a, b := said(old, action, who), said(now, action, who)
				if a != b && b != iampolicy.No {
					rt.Errorf("%s by %s was %s, is %s", action, who, a, b)
				}
				if slices.Contains(deniedActions(), action) && who != shopGuard && b != iampolicy.No || who == shopGuard && a != b {
					rt.Errorf("%s by %s is %s, was %s", action, who, b, a)
				}
			}
		}
	})
}

func said(doc *iampolicy.Document, action, who string) iampolicy.Answer {
	return iampolicy.Evaluate(iampolicy.Request{
		Action: action, Resource: shopVaultARN(shopRegion, "main"), Principal: iampolicy.Principal{ARN: who, Account: splitARN(who).account},
	}, iampolicy.Policies{Resource: &iampolicy.Named{Name: "vault", Document: doc}}).Answer
}

// keepsStatements compares the documents as they are written: what the parser does not understand counts too.
func keepsStatements(before, merged string) bool {
	_, old, err := raw(before)
	_, now, err2 := raw(merged)
	if err != nil || err2 != nil || len(now) != len(old)+1 {
		return false
	}
	for i := range old {
		if !sameJSON(old[i], now[i]) {
			return false
		}
	}
	return true
}

func TestNotices(t *testing.T) {
	notify := with(only(NotifyVault), func(x *Extras) { x.Notify = shopTopic })
	topic := func(arn string, events ...string) func(home, away *estate.Unit) {
		return inVault(func(v *estate.Vault) { v.NotificationTopic, v.NotificationEvents = fact(arn), fact(events) })
	}
	ends := []string{"BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"}
	for name, c := range map[string]case1{
		"a vault without a topic gets one":                 {options: notify, actions: []string{"tell " + shopTopic + " of BACKUP_JOB_COMPLETED and COPY_JOB_FAILED in vault main"}, check: "unknown: whether the topic's policy"},
		"nobody said which topic":                          {nil, nil, only(NotifyVault), nil, "no topic was named", ""},
		"a vault that tells of everything already":         {topic(shopTopic, ends...), nil, notify, nil, "", ""},
		"a vault that tells of failures that nobody sends": {topic(shopTopic, "BACKUP_JOB_FAILED"), nil, notify, []string{"tell"}, "", ""},
		"the topic that is there is kept":                  {topic("arn:aws:sns:eu-west-1:123456789012:other", "RESTORE_JOB_COMPLETED"), nil, only(NotifyVault), []string{"tell arn:aws:sns:eu-west-1:123456789012:other"}, "", ""},
		"a vault tells one topic, and another has it":      {topic("arn:aws:sns:eu-west-1:123456789012:other", ends...), nil, notify, nil, "it can tell one topic", ""},
		"a topic of another Region":                        {nil, nil, with(notify, func(x *Extras) { x.Notify = "arn:aws:sns:us-east-1:123456789012:backups" }), nil, "another Region", ""},
		"whom it tells is not known":                       {inVault(func(v *estate.Vault) { v.NotificationTopic = estate.Fact[string]{} }), nil, notify, nil, "whom the vault tells is not known", ""},
	} {
		t.Run(name, func(t *testing.T) { c.ask(t) })
	}
	p := case1{change: topic(shopTopic, "RESTORE_JOB_COMPLETED"), options: notify, actions: []string{"tell"}}.ask(t)
	if got := p.Actions[0].Change.VaultNotifications.Events; !slices.Equal(got, []string{"BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"}) {
		t.Errorf("events %v: what was told before is told still", got)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		change func(x *Extras)
		option string
	}{
		"a mode that does not exist":        {func(x *Extras) { x.LockMode = "strict" }, "lock-mode"},
		"a least of more than the greatest": {func(x *Extras) { x.LockMin, x.LockMax = 9, 8 }, "lock-min"},
		"a hundred years and a day":         {func(x *Extras) { x.LockMax = 36_501 }, "lock-max"},
		"grace for a lock that needs none":  {func(x *Extras) { x.LockGrace = 5 }, "lock-grace"},
		"two days of grace":                 {func(x *Extras) { x.LockMode, x.LockGrace = Compliance, 2 }, "lock-grace"},
		"everybody as guard":                {func(x *Extras) { x.BreakGlass = []string{"*"} }, "break-glass"},
		"a pattern as guard":                {func(x *Extras) { x.BreakGlass = []string{"arn:aws:iam::123456789012:role/*"} }, "break-glass"},
		"the account as guard":              {func(x *Extras) { x.BreakGlass = []string{"arn:aws:iam::123456789012:root"} }, "break-glass"},
		"a queue as topic":                  {func(x *Extras) { x.Notify = "arn:aws:sqs:eu-west-1:123456789012:backups" }, "notify"},
		"a subscription as topic":           {func(x *Extras) { x.Notify = shopTopic + ":1234" }, "notify"},
		"an alias as key":                   {func(x *Extras) { x.Key = "arn:aws:kms:eu-west-1:123456789012:alias/own" }, "key"},
		"a tag without a value":             {func(x *Extras) { x.RequireTags = []string{"owner"} }, "require-tag"},
		"a tag with an empty value":         {func(x *Extras) { x.RequireTags = []string{"owner="} }, "require-tag"},
		"a tag of AWS's":                    {func(x *Extras) { x.RequireTags = []string{"aws:x=1"} }, "require-tag"},
		"a tag with two values":             {func(x *Extras) { x.RequireTags = []string{"a=1", "a=2"} }, "require-tag"},
		"a vault without a Region":          {func(x *Extras) { x.CopyTo = []string{"offsite"} }, "copy-to"},
		"a schedule of restore tests":       {func(x *Extras) { x.TestSchedule = "monthly" }, "test-schedule"},
	} {
		o := Options{}
		c.change(&o.Extras)
		var mistake *OptionError
		if err := o.Check(); !errors.As(err, &mistake) || mistake.Option != c.option {
			t.Errorf("%s: %v, want a mistake in --%s", name, err, c.option)
		}
	}
}

// An action of these remedies can be undone, or says why not, and never without saying what would be lost.
func TestEveryActionSaysHowItIsUndone(t *testing.T) {
	o := with(Options{Only: []string{DenyVaultDeletion, LockVault, NotifyVault, DeletionProtection, WidenPITR, TagTables, CreateBackup}, Vault: "main", Role: shopRole}, func(x *Extras) {
		x.BreakGlass, x.Notify, x.RequireTags = []string{shopGuard}, shopTopic, []string{"data=internal"}
	})
	p := make1(t, shop(), nil, o)
	seen := map[string]bool{}
	for _, a := range p.Actions {
		seen[a.Remedy] = true
		if a.Inverse.Change == nil && a.Inverse.Loses == "" || a.Inverse.Drop != "" && a.Inverse.Loses == "" {
			t.Errorf("%s: %+v", a.Summary, a.Inverse)
		}
		if a.Before.Fingerprint() != a.Fingerprint {
			t.Errorf("%s: another fingerprint than that of what was observed", a.Summary)
		}
	}
	if len(seen) != len(o.Only) {
		t.Errorf("planned only %v", seen)
	}
}
