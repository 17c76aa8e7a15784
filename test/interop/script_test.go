package interop

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/render"
)

// scripted is an account in which scripts run: three tables, a role, a vault, and a plan that is not restorable's.
type scripted struct {
	*awsCLI
	dir, role, plan, selection string
	fast                       fastCLI
}

func newScripted(t *testing.T, fast fastCLI) *scripted {
	if _, err := exec.LookPath("bash"); err != nil {
		absent(t, "no bash on this machine")
	}
	c := newCLI(t)
	c.aws, c.env = filepath.Join(fast.folder, "aws"), append(c.env, "AWS_CLI_SOCKET="+fast.socket)
	for _, name := range []string{"orders", "carts", "users"} {
		c.run("dynamodb", "create-table", "--table-name", name, "--billing-mode", "PAY_PER_REQUEST", "--attribute-definitions", "AttributeName=id,AttributeType=S", "--key-schema", "AttributeName=id,KeyType=HASH")
	}
	s := &scripted{awsCLI: c, dir: t.TempDir(), fast: fast}
	s.role = c.run("iam", "create-role", "--role-name", "backups", "--assume-role-policy-document", trustBackup).text("Role.Arn")
	c.run("iam", "attach-role-policy", "--role-name", "backups", "--policy-arn", servicePolicies+"Backup")
	c.run("backup", "create-backup-vault", "--backup-vault-name", "primary")
	s.plan = c.run("backup", "create-backup-plan", "--backup-plan",
		`{"BackupPlanName":"nightly","Rules":[{"RuleName":"night","TargetBackupVaultName":"primary","ScheduleExpression":"cron(0 3 ? * * *)","StartWindowMinutes":60,"CompletionWindowMinutes":180,"Lifecycle":{"DeleteAfterDays":7}},
		{"RuleName":"other","TargetBackupVaultName":"primary","Lifecycle":{"DeleteAfterDays":9},"RecoveryPointTags":{"note":"a, \"RuleId\": \"x\""}}]}`).text("BackupPlanId")
	s.selection = c.run("backup", "create-backup-selection", "--backup-plan-id", s.plan, "--backup-selection",
		`{"SelectionName":"everything","IamRoleArn":"`+s.role+`","Resources":["arn:aws:dynamodb:*:*:table/*"]}`).text("SelectionId")
	c.run("backup", "update-region-settings", "--resource-type-opt-in-preference", "DynamoDB=false,EBS=true")
	c.sim.Advance(time.Minute)
	return s
}

// render writes the files of a plan into the folder.
func (s *scripted) render(p *remedy.Plan) {
	s.t.Helper()
	if err := p.Seal(); err != nil {
		s.t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		s.t.Fatal(err)
	}
	made, err := render.Render(p, render.CLI, render.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range made.Files {
		if err := os.WriteFile(filepath.Join(s.dir, f.Name), f.Content, 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
}

// script runs a script to its end and returns what it told, and the calls that change something that it made.
func (s *scripted) script(name string, more ...string) (told string, writes map[string]int, err error) {
	s.t.Helper()
	before := s.writes()
	cmd := exec.CommandContext(s.t.Context(), "bash", filepath.Join(s.dir, name))
	cmd.Env = append(append(s.env, "AWS_ENDPOINT_URL="+s.sim.URL, "AWS_CLI_SOCKET="+s.fast.socket, "PATH="+s.fast.folder+string(os.PathListSeparator)+os.Getenv("PATH"), "RESTORABLE_PAUSE=0", "RESTORABLE_ATTEMPTS=3", "TMPDIR="+s.dir), more...)
	out, err := cmd.CombinedOutput()
	writes = map[string]int{}
	for action, n := range s.writes() {
		if n > before[action] {
			writes[action] = n - before[action]
		}
	}
	return string(out), writes, err
}

func (s *scripted) writes() map[string]int {
	answer, err := http.Get(s.sim.URL + "/_sim/calls")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	calls, out := map[string]int{}, map[string]int{}
	if err := json.Unmarshal(raw, &calls); err != nil {
		s.t.Fatal(err)
	}
	for action, n := range calls {
		_, name, _ := strings.Cut(action, ":")
		if !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "List") && !strings.HasPrefix(name, "Describe") {
			out[action] = n
		}
	}
	return out
}

// hostile is what a tag or a description may hold, and no shell may run.
const hostile = "it's \"$(touch pwned)`touch pwned`\"\n--x; é😀 \\ !! file:///etc/passwd"

// every is a plan with every kind of change, each with its inverse.
func (s *scripted) every() *remedy.Plan {
	p := &remedy.Plan{Tool: remedy.Tool{Name: "restorable", Version: "test"}, Partition: "aws", Account: simtest.Account, Regions: []string{simtest.Region}}
	add := func(id string, do, undo remedy.Change, drop remedy.Drop) {
		p.Actions = append(p.Actions, remedy.Action{ID: id, Remedy: "test", Region: simtest.Region, Summary: "do " + id + " " + hostile, Change: do, Inverse: remedy.Inverse{Change: &undo, Drop: drop}})
	}
	s.foundations(add)
	s.schedules(add)
	s.tables(add)
	p.Actions = append(p.Actions, remedy.Action{ID: "a19", Region: simtest.Region, Summary: "back up", Change: remedy.Change{Backup: &remedy.Backup{
		Table: "orders", ARN: tableARN + "orders", Vault: "primary", RoleARN: s.role, DeleteAfterDays: 35, Tags: map[string]string{"why": hostile}}}})
	p.Actions = append(p.Actions, remedy.Action{ID: "a20", Region: simtest.Region, Summary: "back up", Change: remedy.Change{Backup: &remedy.Backup{Table: "carts", ARN: tableARN + "carts", Native: "before-carts"}}})
	return p
}

type adder func(id string, do, undo remedy.Change, drop remedy.Drop)

var ownMarks = map[string]string{"restorable:tool": "restorable", "note": hostile}

const denyDeletion = `{"Version":"2012-10-17","Statement":[{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"backup:DeleteRecoveryPoint","Resource":"*"}]}`

func (s *scripted) foundations(add adder) {
	settings := func(on bool) remedy.Change {
		return remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: map[string]bool{"DynamoDB": on, "EBS": true}}}
	}
	add("a1", settings(true), settings(false), remedy.DropOptIn)
	const name, arn = "AWSBackupDefaultServiceRole", "arn:aws:iam::" + simtest.Account + ":role/service-role/AWSBackupDefaultServiceRole"
	role := remedy.Role{Step: remedy.Create, ARN: arn, Name: name, Path: "/service-role/", Trust: trustBackup, Description: "made by restorable", Tags: map[string]string{"restorable:tool": "restorable"}}
	gone := role
	gone.Step = remedy.Delete
	add("a2", remedy.Change{Role: &role}, remedy.Change{Role: &gone}, remedy.DropRole)
	for id, which := range map[string]string{"a3": "Backup"} {
		on := remedy.RolePolicy{Role: name, RoleARN: arn, PolicyARN: servicePolicies + which, Attached: true}
		off := on
		off.Attached = false
		add(id, remedy.Change{RolePolicy: &on}, remedy.Change{RolePolicy: &off}, remedy.DropRole)
	}
	vault := remedy.Vault{Step: remedy.Create, Name: "kept", ARN: "arn:aws:backup:" + simtest.Region + ":" + simtest.Account + ":backup-vault:kept", Tags: ownMarks}
	none := vault
	none.Step = remedy.Delete
	add("a4", remedy.Change{Vault: &vault}, remedy.Change{Vault: &none}, "")
	add("a5", remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: "kept", Policy: denyDeletion}}, remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: "kept"}}, "")
	add("a6", remedy.Change{VaultLock: &remedy.VaultLock{Vault: "kept", Locked: true, MinRetentionDays: 1, MaxRetentionDays: 400}}, remedy.Change{VaultLock: &remedy.VaultLock{Vault: "kept"}}, "")
	add("a7", remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: "kept", Topic: "arn:aws:sns:eu-west-1:111122223333:backups", Events: []string{"COPY_JOB_FAILED", "BACKUP_JOB_COMPLETED"}}},
		remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: "kept"}}, "")
}

func (s *scripted) schedules(add adder) {
	rules := []remedy.Rule{{Name: "daily", Vault: "kept", Schedule: "cron(0 5 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 35, Tags: map[string]string{"note": hostile},
		Copies: []remedy.Copy{{VaultARN: "arn:aws:backup:eu-west-1:111122223333:backup-vault:primary", DeleteAfterDays: 90}}},
		{Name: "monthly", Vault: "kept", Schedule: "cron(0 6 1 * ? *)", Timezone: "Europe/Berlin", ColdAfterDays: 7, DeleteAfterDays: 365}}
	add("a8", remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Create, Name: "restorable-daily", Rules: rules, Tags: map[string]string{"restorable:tool": "restorable"}}},
		remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Delete, ID: remedy.From("a8"), Name: "restorable-daily"}}, "")
	selection := func(id string, one remedy.Selection) {
		gone := one
		one.Step, gone.Step, gone.ID = remedy.Create, remedy.Delete, remedy.From(id)
		add(id, remedy.Change{Selection: &one}, remedy.Change{Selection: &gone}, "")
	}
	selection("a9", remedy.Selection{Plan: remedy.From("a8"), Name: "restorable-arns", RoleARN: "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole",
		Resources: []string{tableARN + "orders", tableARN + "carts"}, NotResources: []string{tableARN + "users"}, StringNotLike: []remedy.TagMatch{{Key: "aws:ResourceTag/stage", Value: hostile}, {Key: "aws:ResourceTag/a", Value: "b"}}})
	selection("a10", remedy.Selection{Plan: remedy.From("a8"), Name: "restorable-tags", RoleARN: s.role, ListOfTags: []remedy.TagMatch{{Key: "backup", Value: hostile}}})
	was := remedy.Rule{Name: "night", Vault: "primary", Schedule: "cron(0 3 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 7}
	longer := was
	longer.DeleteAfterDays = 35
	add("a11", remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.Ref(s.plan), Name: "nightly", Set: []remedy.Rule{longer}}},
		remedy.Change{PlanRules: &remedy.PlanRules{Plan: remedy.Ref(s.plan), Name: "nightly", Set: []remedy.Rule{was}}}, "")
	old := remedy.Selection{Step: remedy.Delete, Plan: remedy.Ref(s.plan), ID: remedy.Ref(s.selection), Name: "everything", RoleARN: s.role, Resources: []string{"arn:aws:dynamodb:*:*:table/*"}}
	again := old
	again.Step, again.ID = remedy.Create, ""
	add("a12", remedy.Change{Selection: &old}, remedy.Change{Selection: &again}, "")
	tested := remedy.TestingPlan{Step: remedy.Create, Name: "restorable_weekly", Schedule: "cron(0 8 ? * SUN *)", StartWindowHours: 24, WindowDays: 7, IncludeVaults: []string{"*"}, Tags: map[string]string{"restorable:tool": "restorable"}}
	untested := tested
	untested.Step = remedy.Delete
	add("a13", remedy.Change{TestingPlan: &tested}, remedy.Change{TestingPlan: &untested}, "")
	chosen := remedy.TestingSelection{Step: remedy.Create, Plan: tested.Name, Name: "restorable_tables", RoleARN: s.role, Resources: []string{"*"}, ValidationHours: 4}
	unchosen := chosen
	unchosen.Step = remedy.Delete
	add("a14", remedy.Change{TestingSelection: &chosen}, remedy.Change{TestingSelection: &unchosen}, "")
}

func (s *scripted) tables(add adder) {
	add("a15", remedy.Change{PITR: &remedy.PITR{Table: "orders", Enabled: true, PeriodDays: 35}}, remedy.Change{PITR: &remedy.PITR{Table: "orders"}}, remedy.DropPITR)
	add("a16", remedy.Change{TableTags: &remedy.TableTags{Table: "orders", ARN: tableARN + "orders", Set: map[string]string{"backup": hostile, "-k's": "--v"}}},
		remedy.Change{TableTags: &remedy.TableTags{Table: "orders", ARN: tableARN + "orders", Remove: []string{"backup", "-k's"}}}, "")
	add("a17", remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: "orders", On: true}}, remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: "orders"}}, "")
	add("a18", remedy.Change{TableKey: &remedy.TableKey{Table: "users", Level: "aws-managed"}}, remedy.Change{TableKey: &remedy.TableKey{Table: "users", Level: "aws-owned"}}, "")
}

// TestScriptsDoEveryChangeOnceAndUndoIt runs the rendered scripts with AWS CLI: a second run changes nothing, and the backout script
// undoes all that needs no --drop, once.
func TestScriptsDoEveryChangeOnceAndUndoIt(t *testing.T) {
	s := newScripted(t, newFastCLI(t))
	plan := s.every()
	s.render(plan)
	told, writes, err := s.script("restorable.sh")
	if err != nil {
		t.Fatalf("first run: %v\n%s", err, told)
	}
	if n := total(writes); n != len(plan.Actions) {
		t.Errorf("%d writes, want one for each of %d actions: %v\n%s", n, len(plan.Actions), writes, told)
	}
	s.hasEverything()
	if told, writes, err = s.script("restorable.sh"); err != nil || total(writes) != 0 {
		t.Errorf("second run: %v, wrote %v\n%s", err, writes, told)
	}
	told, writes, err = s.script("restorable-backout.sh")
	if err != nil || strings.Contains(told, "left alone") {
		t.Fatalf("backout: %v\n%s", err, told)
	}
	kept := 6 // opt-in, role, its policy, PITR, two backups
	if n := total(writes); n != len(plan.Actions)-kept {
		t.Errorf("backout made %d writes, want %d: %v\n%s", n, len(plan.Actions)-kept, writes, told)
	}
	s.hasNothingMore()
	if told, writes, err = s.script("restorable-backout.sh"); err != nil || total(writes) != 0 {
		t.Errorf("second backout: %v, wrote %v\n%s", err, writes, told)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "*")); len(left) != 2 {
		t.Errorf("left behind, or run by a shell: %v", left)
	}
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

func (s *scripted) hasEverything() {
	s.run("dynamodb", "list-tags-of-resource", "--resource-arn", tableARN+"orders").want("Tags.#", 2)
	s.run("dynamodb", "describe-continuous-backups", "--table-name", "orders").want("ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays", 35)
	s.run("backup", "describe-region-settings").want("ResourceTypeOptInPreference.DynamoDB", true, "ResourceTypeOptInPreference.EBS", true)
	s.run("backup", "get-backup-plan", "--backup-plan-id", s.plan).want("BackupPlan.Rules.#", 2, "BackupPlan.Rules.1.Lifecycle.DeleteAfterDays", 35, "BackupPlan.Rules.0.Lifecycle.DeleteAfterDays", 9, "BackupPlan.Rules.0.RecoveryPointTags.note", `a, "RuleId": "x"`)
	s.run("backup", "list-backup-selections", "--backup-plan-id", s.plan).want("BackupSelectionsList.#", 0)
	s.run("backup", "list-tags", "--resource-arn", "arn:aws:backup:"+simtest.Region+":"+simtest.Account+":backup-vault:kept").want("Tags.note", hostile)
	plans := s.run("backup", "list-backup-plans").want("BackupPlansList.#", 2)
	for i := range 2 {
		if id := plans.text(fmt.Sprintf("BackupPlansList.%d.BackupPlanId", i)); id != s.plan {
			s.run("backup", "get-backup-plan", "--backup-plan-id", id).want("BackupPlan.BackupPlanName", "restorable-daily", "BackupPlan.Rules.0.RecoveryPointTags.note", hostile)
			s.run("backup", "list-backup-selections", "--backup-plan-id", id).want("BackupSelectionsList.#", 2)
		}
	}
}

func (s *scripted) hasNothingMore() {
	s.run("dynamodb", "list-tags-of-resource", "--resource-arn", tableARN+"orders").want("Tags.#", 0)
	s.run("dynamodb", "describe-continuous-backups", "--table-name", "orders").want("ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus", "ENABLED")
	s.run("backup", "list-backup-plans").want("BackupPlansList.#", 1, "BackupPlansList.0.BackupPlanId", s.plan)
	s.run("backup", "list-backup-selections", "--backup-plan-id", s.plan).want("BackupSelectionsList.#", 1, "BackupSelectionsList.0.SelectionName", "everything")
	s.run("backup", "list-backup-vaults").want("BackupVaultList.#", 1)
}

// TestScriptsOverwriteNothingThatMoved changes each of several things after the plan was made.
func TestScriptsOverwriteNothingThatMoved(t *testing.T) {
	fast := newFastCLI(t)
	for name, c := range map[string]struct {
		action string // the one that is in the plan
		move   func(*scripted)
	}{
		"a period that is neither the old nor the new": {"a15", func(s *scripted) {
			s.run("dynamodb", "update-continuous-backups", "--table-name", "orders", "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=7")
		}},
		"a vault policy of somebody else": {"a5", func(s *scripted) {
			s.run("backup", "create-backup-vault", "--backup-vault-name", "kept")
			s.run("backup", "put-backup-vault-access-policy", "--backup-vault-name", "kept", "--policy", strings.Replace(denyDeletion, "Keep", "Theirs", 1))
		}},
		"a rule that was changed": {"a11", func(s *scripted) {
			s.run("backup", "update-backup-plan", "--backup-plan-id", s.plan, "--backup-plan", `{"BackupPlanName":"nightly","Rules":[{"RuleName":"night","TargetBackupVaultName":"primary","Lifecycle":{"DeleteAfterDays":8}}]}`)
		}},
		"another account": {"a15", func(s *scripted) {
			for i, pair := range s.env {
				s.env[i] = strings.Replace(pair, "AWS_ACCESS_KEY_ID="+simtest.Account, "AWS_ACCESS_KEY_ID=444455556666", 1)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t, fast)
			plan := s.every()
			plan.Actions = slices.DeleteFunc(plan.Actions, func(a remedy.Action) bool { return a.ID != c.action })
			s.render(plan)
			c.move(s)
			told, writes, err := s.script("restorable.sh")
			if err == nil || total(writes) != 0 || !strings.Contains(told, "stopped at ") || !strings.Contains(told, "make the plan again") && !strings.Contains(told, "credentials of account") {
				t.Errorf("%v\n%s", err, told)
			}
		})
	}
}
