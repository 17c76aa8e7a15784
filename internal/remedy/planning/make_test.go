package planning

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
)

const testDefaultRole = "arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole"

// loadCatalogue reads the controls once for all tests: a catalogue may be shared.
var loadCatalogue = sync.OnceValues(control.Load)

func testCatalogue(t testing.TB) *control.Catalogue {
	t.Helper()
	c, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bareUnit is a Region with tables that nothing covers, in which everything was read: no plan, a vault Default, and no default role.
func bareUnit(names ...string) *estate.Unit {
	var tables []estate.Table
	for _, name := range names {
		tables = append(tables, plainTable(name, map[string]string{}))
	}
	u := plainUnit(tables)
	u.Settings.Management = fact(map[string]bool{"DynamoDB": false})
	u.Roles.Items = append(u.Roles.Items, estate.Role{ID: testDefaultRole, ARN: fact(testDefaultRole), Name: fact(DefaultRole), Exists: fact(false)})
	return u
}

func arnOf(table string) string { return unassignARN + table }

func selecting(name string, resources ...string) estate.Selection {
	return plainSelection(name, remedy.Selection{Resources: resources})
}

func byTag(name, key, value string) estate.Selection {
	return plainSelection(name, remedy.Selection{ListOfTags: []remedy.TagMatch{{Key: key, Value: value}}})
}

// told is what a plan comes to: its actions as "call what", and what it refuses as "remedy what: reason".
func told(p *remedy.Plan) (actions, refused []string) {
	for _, a := range p.Actions {
		actions = append(actions, strings.TrimPrefix(a.Call[strings.Index(a.Call, ":")+1:], "")+" "+a.Resource.Name)
	}
	for _, r := range p.Refused {
		refused = append(refused, r.Remedy+" "+arnName(r.Resource)+": "+r.Reason)
	}
	return actions, refused
}

// makeCase is an estate and what a plan for it must do.
type makeCase struct {
	name    string
	unit    *estate.Unit
	change  func(u *estate.Unit)
	options Options
	input   func(in *Input)
	actions []string
	refused []string // each must be a part of some refusal
}

func (c makeCase) run(t *testing.T, catalogue *control.Catalogue) *remedy.Plan {
	t.Helper()
	if c.change != nil {
		c.change(c.unit)
	}
	in := Input{Estate: &estate.Estate{Units: []*estate.Unit{c.unit}}, Catalogue: catalogue, Options: c.options, Tool: remedy.Tool{Name: "test"}}
	if c.input != nil {
		c.input(&in)
	}
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	actions, refused := told(p)
	if d := cmp.Diff(c.actions, actions); d != "" {
		t.Errorf("actions (-want +got):\n%s", d)
	}
	for _, want := range c.refused {
		if !slices.ContainsFunc(refused, func(r string) bool { return strings.Contains(r, want) }) {
			t.Errorf("nothing refused with %q in:\n%s", want, strings.Join(refused, "\n"))
		}
	}
	if len(c.refused) == 0 && len(refused) > 0 {
		t.Errorf("refused:\n%s", strings.Join(refused, "\n"))
	}
	return p
}

func TestMake(t *testing.T) {
	catalogue := testCatalogue(t)
	newPlan := []string{"CreateBackupPlan restorable-daily", "CreateBackupSelection restorable-daily/restorable-arn"}
	pitr := []string{"UpdateContinuousBackups orders"}
	role := []string{"CreateRole AWSBackupDefaultServiceRole", "AttachRolePolicy AWSBackupDefaultServiceRole", "AttachRolePolicy AWSBackupDefaultServiceRole"}
	daily := func() *estate.Unit {
		u := bareUnit("orders")
		u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("others", arnOf("other")))}
		return u
	}
	for _, c := range []makeCase{
		{name: "nothing there: role, plan, selection, PITR", unit: bareUnit("orders"), actions: slices.Concat(role, newPlan, pitr)},
		{name: "the vault is missing too", unit: bareUnit("orders"), change: func(u *estate.Unit) { u.Vaults.Items = nil },
			actions: slices.Concat(role, []string{"CreateBackupVault Default"}, newPlan, pitr)},
		{name: "the role is there", unit: bareUnit("orders"), options: Options{Role: "arn:aws:iam::123456789012:role/backup"}, actions: slices.Concat(newPlan, pitr)},
		{name: "a plan fits: a selection beside the old one", unit: daily(), actions: []string{"CreateBackupSelection daily/restorable-arn", pitr[0]}},
		{name: "a plan of an organisation is left alone", unit: daily(), change: func(u *estate.Unit) { u.Plans.Items[0].FromOrganization = fact(true) },
			actions: slices.Concat(role, newPlan, pitr), refused: []string{"a backup policy of the organisation owns it"}},
		{name: "a plan of a stack is left alone", unit: daily(), change: func(u *estate.Unit) {
			u.Plans.Items[0].Tags = fact(map[string]string{"aws:cloudformation:stack-name": "backups"})
		}, actions: slices.Concat(role, newPlan, pitr), refused: []string{"CloudFormation stack backups owns it"}},
		{name: "a plan of Terraform is left alone", unit: daily(), change: func(u *estate.Unit) { u.Plans.Items[0].Tags = fact(map[string]string{"ManagedBy": "Terraform"}) },
			actions: slices.Concat(role, newPlan, pitr), refused: []string{"ManagedBy=Terraform"}},
		{name: "whose the plan is was not read", unit: daily(), change: func(u *estate.Unit) { u.Plans.Items[0].Tags = estate.UnknownFact[map[string]string](1) },
			actions: slices.Concat(role, newPlan, pitr), refused: []string{"could not be read (its tags)"}},
		{name: "a plan that keeps too short for a tier is not enough", unit: daily(), input: goldTier, actions: slices.Concat(role, []string{"CreateBackupPlan restorable-gold", "CreateBackupSelection restorable-gold/restorable-arn"}, pitr)},
		{name: "a plan at its limit of selections", unit: daily(), change: func(u *estate.Unit) {
			for i := range 99 {
				u.Plans.Items[0].Selections.Items = append(u.Plans.Items[0].Selections.Items, selecting(fmt.Sprint("more", i), arnOf("another")))
			}
		}, actions: slices.Concat(role, newPlan, pitr)},
		{name: "the role of a selection is missing", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("all", arnOf("*")))}
			u.Roles.Items[0].Exists = fact(false)
		}, actions: []string{"CreateRole backup", "AttachRolePolicy backup", "AttachRolePolicy backup", pitr[0]}},
		{name: "the vault of a rule is missing", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("all", arnOf("*")))}
			u.Plans.Items[0].Rules.Items[0].Vault = fact("archive")
		}, actions: []string{"CreateBackupVault archive", pitr[0]}},
		{name: "role and vault are missing", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("all", arnOf("*")))}
			u.Plans.Items[0].Rules.Items[0].Vault = fact("archive")
			u.Roles.Items[0].Exists = fact(false)
		}, actions: []string{"CreateRole backup", "AttachRolePolicy backup", "AttachRolePolicy backup", "CreateBackupVault archive", pitr[0]}},
		{name: "the role belongs to another account: another way", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			s := selecting("all", arnOf("*"))
			s.RoleARN = fact("arn:aws:iam::999999999999:role/theirs")
			u.Plans.Items = []estate.Plan{plainPlan("daily", s)}
			u.Roles.Items = append(u.Roles.Items, estate.Role{ID: "theirs", ARN: s.RoleARN, Name: fact("theirs"), Exists: fact(false)})
		}, actions: slices.Concat(role, []string{"CreateBackupSelection daily/restorable-arn"}, pitr), refused: []string{"a role of another account"}},
		{name: "a selection by tag without the opt-in", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Tables.Items[0].Tags = fact(map[string]string{"backup": "yes"})
			u.Plans.Items = []estate.Plan{plainPlan("daily", byTag("tagged", "backup", "yes"))}
			u.Settings.OptIn = fact(map[string]bool{"S3": true})
		}, actions: []string{"UpdateRegionSettings us-east-1", pitr[0]}},
		{name: "the same, for chosen tables: named by ARN, the Region left as it is", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Tables.Items[0].Tags = fact(map[string]string{"backup": "yes"})
			u.Plans.Items = []estate.Plan{plainPlan("daily", byTag("tagged", "backup", "yes"))}
			u.Settings.OptIn = fact(map[string]bool{})
		}, input: func(in *Input) { in.Wants = func(*estate.Unit, *estate.Table) bool { return true } },
			actions: []string{"CreateBackupSelection daily/restorable-arn", pitr[0]}},
		{name: "a table that was not chosen", unit: bareUnit("orders", "logs"), options: Options{Only: []string{EnablePITR}},
			input: func(in *Input) {
				in.Wants = func(_ *estate.Unit, t *estate.Table) bool { return t.Name.Or("") == "orders" }
			}, actions: pitr},
		{name: "PITR could not be read", unit: daily(), change: func(u *estate.Unit) { u.Tables.Items[0].PITRStatus = estate.UnknownFact[string](1) },
			actions: []string{"CreateBackupSelection daily/restorable-arn"}, refused: []string{"whether point-in-time recovery is on could not be read"}},
		{name: "the default role was not read", unit: bareUnit("orders"), change: func(u *estate.Unit) { u.Roles.Items = u.Roles.Items[:1] },
			actions: pitr, refused: []string{"AWSBackupDefaultServiceRole"}},
		{name: "the default role does not trust AWS Backup", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Roles.Items[1].Exists, u.Roles.Items[1].Trust = fact(true), fact(`{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
		}, actions: pitr, refused: []string{"does not let AWS Backup in"}},
		{name: "the vaults were not read whole", unit: bareUnit("orders"), change: func(u *estate.Unit) { u.Vaults = estate.List[estate.Vault]{Whole: estate.UnknownFact[bool](1)} },
			actions: pitr, refused: []string{"assign-to-plan orders"}},
		{name: "the plans were not read whole", unit: bareUnit("orders"), change: func(u *estate.Unit) { u.Plans.Whole = estate.UnknownFact[bool](1) },
			actions: pitr, refused: []string{"assign-to-plan orders"}},
		{name: "the vault's lock keeps longer", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Vaults.Items[0].Locked, u.Vaults.Items[0].MinRetention = fact(true), fact(int64(90))
		}, actions: pitr, refused: []string{"no plan could back it up"}},
		{name: "tables that come, go or are artefacts", unit: bareUnit("new", "old", "awsbackup-restore-test-x"), change: func(u *estate.Unit) {
			u.Tables.Items[0].Status, u.Tables.Items[1].Status = fact("CREATING"), fact("DELETING")
		}, actions: []string{"UpdateContinuousBackups awsbackup-restore-test-x"}, refused: []string{"the table is DELETING", "artefact of restore testing"}},
		{name: "all is well", unit: bareUnit("orders"), change: func(u *estate.Unit) {
			u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("all", arnOf("*")))}
			u.Tables.Items[0].PITRStatus, u.Tables.Items[0].PITRPeriodDays = fact("ENABLED"), fact(int64(35))
		}},
		{name: "only PITR", unit: bareUnit("orders"), options: Options{Only: []string{EnablePITR}}, actions: pitr},
		{name: "all but PITR", unit: daily(), options: Options{Skip: []string{EnablePITR}}, actions: []string{"CreateBackupSelection daily/restorable-arn"}},
		{name: "a composite as the goal", unit: daily(), options: Options{Only: []string{MendPlan}}, actions: []string{"CreateBackupSelection daily/restorable-arn"}},
		{name: "a plan is needed and may not be made", unit: bareUnit("orders"), options: Options{Skip: []string{CreatePlan}}, actions: pitr,
			refused: []string{"--skip leaves create-plan out"}},
		{name: "a role is needed and may not be made", unit: bareUnit("orders"), options: Options{Only: []string{AssignToPlan, CreatePlan}},
			refused: []string{"the role does not exist, and --only leaves create-role out"}},
		{name: "the control of PITR alone is asked", unit: bareUnit("orders"), input: askOnly("point-in-time-recovery"), actions: pitr},
		{name: "recoverable alone: PITR is the smallest way", unit: bareUnit("orders"), input: askOnly("recoverable"), actions: pitr},
		{name: "membership alone", unit: daily(), input: askOnly("backup-plan-membership"), actions: []string{"CreateBackupSelection daily/restorable-arn"}},
		{name: "only what failed in a report", unit: bareUnit("orders", "logs"), input: func(in *Input) {
			in.Failed = func(f control.Finding) bool {
				return f.Control == "point-in-time-recovery" && f.Resource.Name == "orders"
			}
		}, actions: pitr},
		{name: "every table, those to come too", unit: daily(), options: Options{Select: SelectAll}, actions: []string{"CreateBackupSelection daily/restorable-all", pitr[0]}},
		{name: "by tag: the tables are tagged", unit: daily(), options: Options{Select: "tag:backup=daily"},
			actions: []string{"TagResource orders", "CreateBackupSelection daily/restorable-tag", pitr[0]}},
		{name: "by a tag that it has with another value", unit: daily(), options: Options{Select: "tag:backup=daily"},
			change: func(u *estate.Unit) { u.Tables.Items[0].Tags = fact(map[string]string{"backup": "never"}) }, actions: pitr, refused: []string{"its tag backup says never"}},
		{name: "by a tag that a selection goes by already", unit: bareUnit("orders"), options: Options{Select: "tag:backup=daily"}, change: func(u *estate.Unit) {
			u.Plans.Items = []estate.Plan{plainPlan("daily", byTag("tagged", "backup", "daily"))}
		}, actions: []string{"TagResource orders", pitr[0]}},
		{name: "a plan of another name is asked for", unit: daily(), options: Options{PlanName: "mine", Retain: 90},
			actions: slices.Concat(role, []string{"CreateBackupPlan mine", "CreateBackupSelection mine/restorable-arn"}, pitr)},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, catalogue) })
	}
}

func askOnly(id string) func(*Input) {
	return func(in *Input) {
		c, _ := in.Catalogue.Control(id)
		in.Controls = []*control.Control{c}
	}
}

// goldTier asks for an hourly backup that is kept for a year.
func goldTier(in *Input) {
	o := objective.Objective{RPO: 5 * time.Minute, Interval: time.Hour, Retention: 365 * day, Scenarios: []string{objective.ItemsDamaged}}
	in.Policy = &objective.Policy{Tiers: []objective.Tier{{Name: "gold", Objective: o}}, Default: "gold"}
	in.Objective = func(*estate.Unit, *estate.Table) control.Objective {
		return control.Objective{Name: "gold", Parameters: map[string]any{"rpo": o.RPO, "interval": o.Interval, "retention": int64(365)}}
	}
}

// A tier that does not ask for deletion protection gets none, and a plan that would not do for it is not mended on its account.
func TestTierAsksForItself(t *testing.T) {
	u := bareUnit("orders")
	u.Tables.Items[0].DeletionProtection = fact(false)
	u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("all", arnOf("*")))}
	u.Plans.Items[0].Rules.Items[0].Vault = fact("archive")
	c := makeCase{unit: u, input: goldTier, options: Options{Role: "arn:aws:iam::123456789012:role/backup"},
		actions: []string{"CreateBackupPlan restorable-gold", "CreateBackupSelection restorable-gold/restorable-arn", "UpdateContinuousBackups orders"}}
	p := c.run(t, testCatalogue(t))
	stays := slices.ContainsFunc(p.Outcome.Stays, func(s remedy.Stay) bool {
		return s.Control == "deletion-protection" && strings.Contains(s.Why, "was not asked for")
	})
	if !stays {
		t.Errorf("stays %+v", p.Outcome.Stays)
	}
	c.input = func(in *Input) {
		goldTier(in)
		in.Policy.Tiers[0].Objective.Protection = true
	}
	c.actions = append(c.actions, "UpdateTable orders")
	c.run(t, testCatalogue(t))
}

func TestTierDecidesTheRule(t *testing.T) {
	p := makeCase{unit: bareUnit("orders"), input: goldTier, options: Options{Role: "arn:aws:iam::123456789012:role/backup"},
		actions: []string{"CreateBackupPlan restorable-gold", "CreateBackupSelection restorable-gold/restorable-arn", "UpdateContinuousBackups orders"}}.run(t, testCatalogue(t))
	r := p.Actions[0].Change.Plan.Rules[0]
	if r.Schedule != "cron(0 * ? * * *)" || r.DeleteAfterDays != 365 || r.StartWindow != 60 || r.CompletionWindow != 180 || r.Vault != "Default" {
		t.Errorf("rule %+v", r)
	}
}

func TestManyTablesAreSplit(t *testing.T) {
	var names []string
	for i := range 1_001 {
		names = append(names, fmt.Sprintf("t%04d", i))
	}
	u := bareUnit(names...)
	u.Plans.Items = []estate.Plan{plainPlan("daily", selecting("others", arnOf("other")))}
	p, err := Make(Input{Estate: &estate.Estate{Units: []*estate.Unit{u}}, Catalogue: testCatalogue(t), Options: Options{Skip: []string{EnablePITR}}})
	if err != nil {
		t.Fatal(err)
	}
	seen, last := map[string]bool{}, ""
	for _, a := range p.Actions {
		s := a.Change.Selection
		if s == nil || len(s.Resources) > 500 || s.Name == last {
			t.Fatalf("action %s %+v", a.Call, s)
		}
		last = s.Name
		for _, arn := range s.Resources {
			seen[arn] = true
		}
	}
	if len(p.Actions) != 3 || len(seen) != 1_001 {
		t.Errorf("%d selections of %d tables", len(p.Actions), len(seen))
	}
	if w := p.Actions[0]; len(w.Why) != mostWhy || w.WhyMore == 0 {
		t.Errorf("%d reasons and %d more", len(w.Why), w.WhyMore)
	}
}

func TestSchedule(t *testing.T) {
	for interval, want := range map[time.Duration]string{
		0: DefaultSchedule, day: DefaultSchedule, 36 * time.Hour: DefaultSchedule, 7 * day: "cron(0 5 ? * SUN *)", 12 * time.Hour: "cron(0 5,17 ? * * *)",
		13 * time.Hour: "cron(0 5,17 ? * * *)", 5 * time.Hour: "cron(0 1,5,9,13,17,21 ? * * *)", time.Hour: "cron(0 * ? * * *)", 90 * time.Minute: "cron(0 * ? * * *)",
	} {
		if got := schedule(interval); got != want {
			t.Errorf("every %s: %s, want %s", interval, got, want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{Only: []string{"enable-pit"}}, "--only enable-pit: no such remedy"},
		{Options{Skip: []string{"x"}}, "--skip x: no such remedy"},
		{Options{Select: "tags"}, "--select tags: want all, arn or tag:KEY=VALUE"},
		{Options{Select: "tag:aws:x=y"}, "--select tag:aws:x=y"},
		{Options{Schedule: "rate(1 day)"}, "--schedule rate(1 day)"},
		{Options{StartWindow: 59}, "--start-window 59: want 60"},
		{Options{Retain: -1}, "--retain -1: want 1 to 36500 days"},
		{Options{PITRPeriod: 36}, "--pitr-period 36: want 1 to 35 days"},
		{Options{Vault: "a/b"}, "--vault a/b"},
		{Options{Role: "arn:aws:iam::1:role/"}, "--role arn:aws:iam::1:role/"},
		{Options{PlanName: strings.Repeat("x", 51)}, "--plan-name"},
		{Options{Expires: -1}, "--expires"},
	} {
		if err := c.options.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.options, err, c.want)
		}
	}
	if err := (Options{}).Check(); err != nil {
		t.Error(err)
	}
}

func TestOneAccountOnly(t *testing.T) {
	a, b := bareUnit("x"), bareUnit("y")
	b.Account = fact("999999999999")
	_, err := Make(Input{Estate: &estate.Estate{Units: []*estate.Unit{a, b}}, Catalogue: testCatalogue(t)})
	var several *AccountsError
	if !errors.As(err, &several) {
		t.Errorf("error %v", err)
	}
	a.Now = estate.AbsentFact[estate.Instant](1)
	if _, err = Make(Input{Estate: &estate.Estate{Units: []*estate.Unit{a}}, Catalogue: testCatalogue(t)}); !errors.Is(err, ErrNoScope) {
		t.Errorf("error %v", err)
	}
}
