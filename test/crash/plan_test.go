package crash

import (
	"bytes"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// observed is what the plan under test was made from.
type observed struct {
	tableID           map[string]string
	optIn, management map[string]bool
	plan, selection   string // ids of the plan that is there and of its selection
	key               string // ARN of the account's own key
}

func observe(t testing.TB, server *awssim.Server) observed {
	t.Helper()
	o := observed{tableID: map[string]string{}}
	as := server.Assembly()
	c := &camera{t: t, hand: inside.New(as)}
	as.World.Do(func() {
		for _, name := range []string{"orders", "carts", "users"} {
			o.tableID[name] = *asked[dynamodb.DescribeTableOutput](c, "dynamodb", &dynamodb.DescribeTableInput{TableName: &name}).Table.TableId
		}
		s := asked[backup.DescribeRegionSettingsOutput](c, "backup", &backup.DescribeRegionSettingsInput{})
		o.optIn, o.management = s.ResourceTypeOptInPreference, s.ResourceTypeManagementPreference
		o.plan = *asked[backup.ListBackupPlansOutput](c, "backup", &backup.ListBackupPlansInput{}).BackupPlansList[0].BackupPlanId
		o.selection = *asked[backup.ListBackupSelectionsOutput](c, "backup", &backup.ListBackupSelectionsInput{BackupPlanId: &o.plan}).BackupSelectionsList[0].SelectionId
		own := asked[kms.ListAliasesOutput](c, "kms", &kms.ListAliasesInput{})
		for _, a := range own.Aliases {
			if *a.AliasName == "alias/tables" {
				o.key = scope().ARN("kms", "key/"+*a.TargetKeyId)
			}
		}
	})
	return o
}

// script is the plan under test: one action of every kind that there is.
type script struct {
	observed
	actions []remedy.Action
}

// planUnderTest is sealed and written as a file would hold it.
func planUnderTest(t testing.TB, server *awssim.Server, endpoint string) []byte {
	t.Helper()
	s := &script{observed: observe(t, server)}
	s.foundations()
	s.guards()
	s.schedules()
	s.ofTables()
	p := &remedy.Plan{
		Tool: remedy.Tool{Name: "restorable", Version: "test"}, Partition: "aws", Account: account, Regions: []string{region}, Endpoint: endpoint,
		CreatedAt: estate.At(start()), ExpiresAt: estate.At(start().Add(24 * time.Hour)),
		Goal: remedy.Goal{Controls: []string{}}, Actions: s.actions, Checks: []remedy.Check{}, Refused: []remedy.Refusal{},
		Outcome: remedy.Outcome{Turns: []remedy.Turn{}, Stays: []remedy.Stay{}, Before: map[string]int{}, After: map[string]int{}},
	}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := remedy.Load(bytes.NewReader(b.Bytes())); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// add appends an action; undo nil means that nothing undoes it.
func (s *script) add(id, call string, r remedy.Resource, before, after remedy.State, do remedy.Change, undo *remedy.Change, more ...func(*remedy.Action)) {
	a := remedy.Action{
		ID: id, Remedy: "test", Region: region, Resource: r, Summary: call + " " + r.Name, Call: call, Change: do, Before: before, After: after,
		Why: []remedy.Turn{}, Inverse: remedy.Inverse{Change: undo},
	}
	for _, f := range more {
		f(&a)
	}
	s.actions = append(s.actions, a)
}

func needs(ids ...string) func(*remedy.Action) {
	return func(a *remedy.Action) { a.Needs = ids }
}

func dropping(d remedy.Drop) func(*remedy.Action) {
	return func(a *remedy.Action) { a.Inverse.Drop, a.Inverse.Loses = d, "something" }
}

const (
	newRole  = "AWSBackupDefaultServiceRole"
	newVault = "restorable-vault"
	denial   = `{"Version":"2012-10-17","Statement":[{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"backup:DeleteRecoveryPoint","Resource":"*"}]}`
)

func ownTags() map[string]string {
	return map[string]string{"restorable:tool": "restorable", "Purpose": "backup"}
}

func (s *script) foundations() {
	in := maps.Clone(s.optIn)
	in["DynamoDB"] = true
	s.add("a1", "backup:UpdateRegionSettings", remedy.Resource{Type: "region", Name: region},
		remedy.SettingsState(s.optIn, s.management), remedy.SettingsState(in, s.management),
		remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: in}}, &remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: s.optIn}}, dropping(remedy.DropOptIn))

	arn := roleNamed("service-role/" + newRole)
	role := remedy.Role{Step: remedy.Create, ARN: arn, Name: newRole, Path: "/service-role/", Trust: trustsBackup, Tags: ownTags()}
	gone := role
	gone.Step = remedy.Delete
	s.add("a2", "iam:CreateRole", remedy.Resource{Type: "role", Name: newRole, ARN: arn}, remedy.RoleState(false, ""), remedy.RoleState(true, trustsBackup),
		remedy.Change{Role: &role}, &remedy.Change{Role: &gone}, dropping(remedy.DropRole))
	for id, name := range map[string]string{"a3": "AWSBackupServiceRolePolicyForBackup"} {
		p := remedy.RolePolicy{Role: newRole, RoleARN: arn, PolicyARN: managedPolicy(name), Attached: true}
		off := p
		off.Attached = false
		s.add(id, "iam:AttachRolePolicy", remedy.Resource{Type: "role", Name: newRole, ARN: arn}, remedy.AttachedState(false), remedy.AttachedState(true),
			remedy.Change{RolePolicy: &p}, &remedy.Change{RolePolicy: &off}, needs("a2"), dropping(remedy.DropRole))
	}
	vault := remedy.Vault{Step: remedy.Create, Name: newVault, ARN: vaultNamed(newVault), Tags: ownTags()}
	none := vault
	none.Step = remedy.Delete
	s.add("a4", "backup:CreateBackupVault", remedy.Resource{Type: "vault", Name: newVault, ARN: vault.ARN}, remedy.VaultState(false, ""), remedy.VaultState(true, ""),
		remedy.Change{Vault: &vault}, &remedy.Change{Vault: &none}, dropping(remedy.DropVault))
}

func (s *script) guards() {
	r := remedy.Resource{Type: "vault", Name: newVault, ARN: vaultNamed(newVault)}
	s.add("a5", "backup:PutBackupVaultAccessPolicy", r, remedy.VaultPolicyState(""), remedy.VaultPolicyState(denial),
		remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: newVault, Policy: denial}}, &remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: newVault}}, needs("a4"), dropping(remedy.DropProtection))
	s.add("a6", "backup:PutBackupVaultLockConfiguration", r, remedy.VaultLockState(false, 0, 0, false), remedy.VaultLockState(true, 1, 400, false),
		remedy.Change{VaultLock: &remedy.VaultLock{Vault: newVault, Locked: true, MinRetentionDays: 1, MaxRetentionDays: 400}},
		&remedy.Change{VaultLock: &remedy.VaultLock{Vault: newVault}}, needs("a4"), dropping(remedy.DropLock))
	topic, events := "arn:aws:sns:"+region+":"+account+":backups", []string{"BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"}
	s.add("a7", "backup:PutBackupVaultNotifications", r, remedy.NotificationsState("", nil), remedy.NotificationsState(topic, events),
		remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: newVault, Topic: topic, Events: events}},
		&remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: newVault}}, needs("a4"))
}

func (s *script) schedules() {
	rule := remedy.Rule{Name: "daily", Vault: newVault, Schedule: "cron(0 5 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 35}
	plan := remedy.BackupPlan{Step: remedy.Create, Name: "restorable-daily", Rules: []remedy.Rule{rule}, Tags: ownTags()}
	s.add("a8", "backup:CreateBackupPlan", remedy.Resource{Type: "plan", Name: plan.Name}, remedy.PlanNameState(false), remedy.PlanNameState(true),
		remedy.Change{Plan: &plan}, &remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Delete, ID: remedy.From("a8"), Name: plan.Name}}, needs("a4"))
	s.select_("a9", "", &remedy.Selection{Plan: remedy.From("a8"), Name: "restorable-orders", RoleARN: roleNamed("service-role/" + newRole), Resources: []string{arnOf("orders")}}, needs("a2", "a3", "a8"))

	// The plan that is there: a longer retention, and users leaves it.
	was := remedy.Rule{Name: "night", Vault: "primary", Schedule: "cron(0 3 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 7}
	longer := was
	longer.DeleteAfterDays = 35
	s.add("a10", "backup:UpdateBackupPlan", remedy.Resource{Type: "plan", Name: "nightly"},
		remedy.PlanRulesState([]remedy.Rule{was}, []string{"night"}), remedy.PlanRulesState([]remedy.Rule{longer}, []string{"night"}),
		remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.Ref(s.plan), Name: "nightly", Set: []remedy.Rule{longer}}},
		&remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.Ref(s.plan), Name: "nightly", Set: []remedy.Rule{was}}})
	old := remedy.Selection{Plan: remedy.Ref(s.plan), Name: "everything", RoleARN: roleNamed("backups"), Resources: []string{everyTable}}
	beside := old
	beside.Name, beside.NotResources = "restorable-everything-2", []string{arnOf("users")}
	s.select_("a11", "", &beside)
	s.select_("a12", s.selection, &old, needs("a11"))

	tested := remedy.TestingPlan{Step: remedy.Create, Name: "restorable_weekly", Schedule: "cron(0 8 ? * SUN *)", StartWindowHours: 24, WindowDays: 7, IncludeVaults: []string{"*"}, Tags: ownTags()}
	untested := tested
	untested.Step = remedy.Delete
	s.add("a13", "backup:CreateRestoreTestingPlan", remedy.Resource{Type: "restore-testing-plan", Name: tested.Name}, remedy.TestingPlanState(false), remedy.TestingPlanState(true),
		remedy.Change{TestingPlan: &tested}, &remedy.Change{TestingPlan: &untested})
	chosen := remedy.TestingSelection{Step: remedy.Create, Plan: tested.Name, Name: "restorable_tables", RoleARN: roleNamed("backups"), Resources: []string{"*"}}
	unchosen := chosen
	unchosen.Step = remedy.Delete
	s.add("a14", "backup:CreateRestoreTestingSelection", remedy.Resource{Type: "restore-testing-selection", Name: chosen.Name}, remedy.TestingSelectionState(false), remedy.TestingSelectionState(true),
		remedy.Change{TestingSelection: &chosen}, &remedy.Change{TestingSelection: &unchosen}, needs("a13"))
}

// select_ makes a selection, or deletes the one of that id.
func (s *script) select_(id, deletes string, sel *remedy.Selection, more ...func(*remedy.Action)) {
	with, without := *sel, *sel
	with.Step, without.Step = remedy.Create, remedy.Delete
	r := remedy.Resource{Type: "selection", Name: sel.Name}
	if deletes != "" {
		without.ID = remedy.Ref(deletes)
		s.add(id, "backup:DeleteBackupSelection", r, remedy.SelectionState(sel), remedy.SelectionState(nil), remedy.Change{Selection: &without}, &remedy.Change{Selection: &with}, more...)
		return
	}
	without.ID = remedy.From(id)
	s.add(id, "backup:CreateBackupSelection", r, remedy.SelectionState(nil), remedy.SelectionState(sel), remedy.Change{Selection: &with}, &remedy.Change{Selection: &without}, more...)
}

func (s *script) ofTables() {
	orders := remedy.Resource{Type: "table", Name: "orders", ARN: arnOf("orders")}
	carts := remedy.Resource{Type: "table", Name: "carts", ARN: arnOf("carts")}
	id := s.tableID
	s.add("a15", "dynamodb:TagResource", orders, remedy.TableTagsState(id["orders"], nil, []string{"backup"}), remedy.TableTagsState(id["orders"], map[string]string{"backup": "daily"}, []string{"backup"}),
		remedy.Change{TableTags: &remedy.TableTags{Table: "orders", ARN: orders.ARN, Set: map[string]string{"backup": "daily"}}},
		&remedy.Change{TableTags: &remedy.TableTags{Table: "orders", ARN: orders.ARN, Remove: []string{"backup"}}})
	s.add("a16", "dynamodb:UpdateContinuousBackups", orders, remedy.PITRState(id["orders"], "DISABLED", 0), remedy.PITRState(id["orders"], "ENABLED", 35),
		remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true, PeriodDays: 35}}, &remedy.Change{PITR: &remedy.PITR{Table: "orders"}}, dropping(remedy.DropPITR))
	s.add("a17", "dynamodb:UpdateContinuousBackups", carts, remedy.PITRState(id["carts"], "ENABLED", 7), remedy.PITRState(id["carts"], "ENABLED", 35),
		remedy.Change{PITR: &remedy.PITR{Table: "carts", Enabled: true, PeriodDays: 35}}, &remedy.Change{PITR: &remedy.PITR{Table: "carts", Enabled: true, PeriodDays: 7}}, dropping(remedy.DropPITR))
	s.add("a18", "dynamodb:UpdateTable", orders, remedy.ProtectionState(id["orders"], false), remedy.ProtectionState(id["orders"], true),
		remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: "orders", On: true}},
		&remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: "orders"}}, dropping(remedy.DropProtection))
	s.add("a19", "dynamodb:UpdateTable", carts, remedy.TableKeyState(id["carts"], ""), remedy.TableKeyState(id["carts"], s.key),
		remedy.Change{TableKey: &remedy.TableKey{Table: "carts", Level: "customer", KeyARN: s.key}}, &remedy.Change{TableKey: &remedy.TableKey{Table: "carts", Level: "aws-owned"}}, dropping(remedy.DropKey))
	s.add("a20", "backup:StartBackupJob", carts, remedy.TableState(id["carts"]), remedy.TableState(id["carts"]),
		remedy.Change{Backup: &remedy.Backup{Table: "carts", ARN: carts.ARN, Vault: "primary", RoleARN: roleNamed("backups"), DeleteAfterDays: 7}}, nil, dropping(remedy.DropPoint))
	s.add("a21", "dynamodb:CreateBackup", orders, remedy.TableState(id["orders"]), remedy.TableState(id["orders"]),
		remedy.Change{Backup: &remedy.Backup{Table: "orders", ARN: orders.ARN, Native: "restorable-orders"}}, nil, dropping(remedy.DropPoint))
}
