package backup

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	accountA = "111111111111"
	accountB = "222222222222"
	role     = "arn:aws:iam::111111111111:role/backup"
)

func home() world.Scope {
	return world.Scope{Partition: "aws", Account: accountA, Region: "eu-west-1"}
}

// monday is when every test begins: 5 January 2026, 00:00 UTC.
func monday() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) }

// fakeTables behaves as DynamoDB does towards AWS Backup; content stands for a table's items.
type fakeTables struct {
	w        *world.World
	tables   map[string]*fakeTable // by ARN
	order    []string
	pictures map[*dynamodb.Snapshot]string
	released map[*dynamodb.Snapshot]bool
	plain    map[string]bool
	asked    []dynamodb.RestoreTarget
}

type fakeTable struct {
	view    dynamodb.TableView
	content string
}

func (f *fakeTables) put(sc world.Scope, name string, tags map[string]string) *fakeTable {
	t := &fakeTable{content: "items of " + name, view: dynamodb.TableView{
		ARN: sc.ARN("dynamodb", "table/"+name), Name: name, ID: "id-" + name, Status: "ACTIVE", CreatedAt: f.w.Now(), SizeBytes: 1 << 20, Tags: tags,
	}}
	f.tables[t.view.ARN] = t
	f.order = append(f.order, t.view.ARN)
	return t
}

func (f *fakeTables) Tables(sc world.Scope) (out []dynamodb.TableView) {
	for _, arn := range f.order {
		if t, ok := f.tables[arn]; ok && strings.HasPrefix(arn, sc.ARN("dynamodb", "table/")) {
			out = append(out, t.view)
		}
	}
	return out
}

func (f *fakeTables) Lookup(sc world.Scope, name string) (dynamodb.TableView, bool) {
	t, ok := f.tables[sc.ARN("dynamodb", "table/"+name)]
	if !ok {
		return dynamodb.TableView{}, false
	}
	return t.view, true
}

func (f *fakeTables) TakeSnapshot(sc world.Scope, name string) (*dynamodb.Snapshot, error) {
	t, ok := f.tables[sc.ARN("dynamodb", "table/"+name)]
	if !ok || t.view.Status == "CREATING" {
		return nil, &api.Error{Code: "TableNotFoundException", Message: "Table not found: " + name}
	}
	sn := &dynamodb.Snapshot{Table: t.view}
	sn.Table.Tags = maps.Clone(t.view.Tags)
	f.pictures[sn] = t.content
	return sn, nil
}

func (f *fakeTables) RestoreSnapshot(sc world.Scope, sn *dynamodb.Snapshot, to dynamodb.RestoreTarget, done func(string, error)) (string, error) {
	if f.released[sn] {
		return "", errors.New("restored a snapshot that was released")
	}
	if _, exists := f.Lookup(sc, to.TableName); exists {
		return "", &api.Error{Code: "TableAlreadyExistsException", Message: "Table already exists: " + to.TableName}
	}
	f.asked = append(f.asked, to)
	t := f.put(sc, to.TableName, nil)
	t.view.Status, t.content = "CREATING", f.pictures[sn]
	f.w.After(to.Duration, func() {
		t.view.Status, t.view.Tags = "ACTIVE", to.Tags
		done(t.view.ARN, nil)
	})
	return t.view.ARN, nil
}

func (f *fakeTables) AddAWSBackup(_ world.Scope, sn *dynamodb.Snapshot) string {
	arn := sn.Table.ARN + "/backup/01489173575360-" + f.w.Hex(8)
	f.plain[arn] = true
	return arn
}

func (f *fakeTables) RemoveAWSBackup(arn string) { delete(f.plain, arn) }

func (f *fakeTables) Delete(sc world.Scope, name string) error {
	arn := sc.ARN("dynamodb", "table/"+name)
	if _, ok := f.tables[arn]; !ok {
		return &api.Error{Code: "ResourceNotFoundException", Message: "Requested resource not found: Table: " + name + " not found"}
	}
	f.w.After(10*time.Second, func() { delete(f.tables, arn) })
	return nil
}

// fakeRoles lets every role do everything but what is noted.
type fakeRoles struct {
	gone   map[string]bool   // roles that cannot be assumed
	lacks  map[string]string // role to the action that it lacks
	checks []string
}

func (f *fakeRoles) AssumableBy(roleARN, _ string) error {
	if f.gone[roleARN] {
		return errors.New("no such role")
	}
	return nil
}

func (f *fakeRoles) Allows(roleARN, action, resource string, _ map[string]string) bool {
	f.checks = append(f.checks, action+" "+resource)
	return f.lacks[roleARN] != action
}

type fakeKeys struct{ states map[string]string }

func (f *fakeKeys) Resolve(sc world.Scope, ref string) (string, bool) {
	if strings.HasPrefix(ref, "alias/aws/") {
		return sc.ARN("kms", "key/"+strings.ReplaceAll(ref, "/", "-")), true
	}
	_, ok := f.states[ref]
	return ref, ok
}

func (f *fakeKeys) State(key string) (string, bool) { s, ok := f.states[key]; return s, ok }
func (f *fakeKeys) Encrypts(key string) bool        { return !strings.HasSuffix(key, "/signs") }
func (f *fakeKeys) Managed(key string) bool         { return strings.Contains(key, "alias-aws-") }

type fakeOrg struct {
	manager  string
	members  []string
	policies map[string]string
}

func (f *fakeOrg) Together(a, b string) bool {
	return slices.Contains(f.members, a) && slices.Contains(f.members, b)
}

func (f *fakeOrg) Management(account string) (string, bool) {
	return f.manager, slices.Contains(f.members, account)
}

func (f *fakeOrg) BackupPolicy(account string) (string, bool) {
	d, ok := f.policies[account]
	return d, ok
}

// sim is a world with an AWS Backup and its surroundings.
type sim struct {
	t      testing.TB
	w      *world.World
	s      *Service
	tables *fakeTables
	roles  *fakeRoles
	keys   *fakeKeys
	org    *fakeOrg
}

func newSim(t testing.TB, with ...func(*Options)) *sim {
	t.Helper()
	still := monday()
	w := world.New(world.Options{Start: monday(), Real: func() time.Time { return still }, Seed: 7})
	x := &sim{
		t: t, w: w,
		tables: &fakeTables{w: w, tables: map[string]*fakeTable{}, pictures: map[*dynamodb.Snapshot]string{}, released: map[*dynamodb.Snapshot]bool{}, plain: map[string]bool{}},
		roles:  &fakeRoles{gone: map[string]bool{}, lacks: map[string]string{}},
		keys:   &fakeKeys{states: map[string]string{}},
		org:    &fakeOrg{manager: accountB, policies: map[string]string{}},
	}
	o := Options{Tables: x.tables, Roles: x.roles, Keys: x.keys, Org: x.org}
	for _, f := range with {
		f(&o)
	}
	x.s = New(w, o)
	x.s.release = func(sn *dynamodb.Snapshot) { x.tables.released[sn] = true }
	return x
}

func (x *sim) call(sc world.Scope) *api.Call {
	return &api.Call{Scope: sc, Now: x.w.Now(), Caller: api.Principal{Account: sc.Account, ARN: sc.GlobalARN("iam", "root"), Root: true}}
}

// try runs an operation.
func try[I, O any](x *sim, sc world.Scope, handle func(*api.Call, *I) (*O, error), in *I) (out *O, err error) {
	x.w.Do(func() { out, err = handle(x.call(sc), in) })
	return out, err
}

// must runs an operation at home that has to succeed.
func must[I, O any](x *sim, handle func(*api.Call, *I) (*O, error), in *I) *O {
	x.t.Helper()
	return mustIn(x, home(), handle, in)
}

func mustIn[I, O any](x *sim, sc world.Scope, handle func(*api.Call, *I) (*O, error), in *I) *O {
	x.t.Helper()
	out, err := try(x, sc, handle, in)
	if err != nil {
		x.t.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused runs an operation at home that has to fail, and compares the error with "Code: part of the message".
func refused[I, O any](x *sim, handle func(*api.Call, *I) (*O, error), in *I, code, part string) *api.Error {
	x.t.Helper()
	_, err := try(x, home(), handle, in)
	return wantError(x.t, err, code, part)
}

func wantError(t testing.TB, err error, code, part string) *api.Error {
	t.Helper()
	var e *api.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want %s", err, code)
	}
	if e.Code != code || !strings.Contains(e.Message, part) {
		t.Fatalf("got %s: %s\nwant %s: …%s…", e.Code, e.Message, code, part)
	}
	return e
}

func (x *sim) vault(sc world.Scope, name string) string {
	x.t.Helper()
	return *mustIn(x, sc, x.s.createBackupVault, &sdk.CreateBackupVaultInput{BackupVaultName: &name}).BackupVaultArn
}

// rule is a rule with a 60 minutes window, into the vault "main".
func ruleOf(name, cron string, days int64) types.BackupRuleInput {
	r := types.BackupRuleInput{
		RuleName: &name, TargetBackupVaultName: always("main"), ScheduleExpression: &cron, StartWindowMinutes: always(int64(60)),
		CompletionWindowMinutes: always(int64(10080)),
	}
	if days > 0 {
		r.Lifecycle = &types.Lifecycle{DeleteAfterDays: &days}
	}
	return r
}

func (x *sim) plan(name string, rules ...types.BackupRuleInput) string {
	x.t.Helper()
	return *must(x, x.s.createBackupPlan, &sdk.CreateBackupPlanInput{BackupPlan: &types.BackupPlanInput{BackupPlanName: &name, Rules: rules}}).BackupPlanId
}

func (x *sim) selects(plan string, sel types.BackupSelection) string {
	x.t.Helper()
	if sel.SelectionName == nil {
		sel.SelectionName = always("s")
	}
	if sel.IamRoleArn == nil {
		sel.IamRoleArn = always(role)
	}
	return *must(x, x.s.createBackupSelection, &sdk.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &sel}).SelectionId
}

func everything() types.BackupSelection { return types.BackupSelection{Resources: []string{"*"}} }

// daily sets up one vault, one daily plan at 05:00 that keeps backups 35 days, and one table.
func daily(t testing.TB, with ...func(*Options)) *sim {
	t.Helper()
	x := newSim(t, with...)
	x.vault(home(), "main")
	x.tables.put(home(), "orders", map[string]string{"team": "shop"})
	x.selects(x.plan("daily", ruleOf("r", "cron(0 5 * * ? *)", 35)), everything())
	return x
}

func (x *sim) jobs() []types.BackupJob {
	x.t.Helper()
	return must(x, x.s.listBackupJobs, &sdk.ListBackupJobsInput{}).BackupJobs
}

// lastJob is the newest job, which has to exist.
func (x *sim) lastJob() types.BackupJob {
	x.t.Helper()
	all := x.jobs()
	if len(all) == 0 {
		x.t.Fatal("there is no backup job")
	}
	return all[0]
}

func (x *sim) points(table string) []types.RecoveryPointByResource {
	x.t.Helper()
	arn := home().ARN("dynamodb", "table/"+table)
	return must(x, x.s.listPointsByResource, &sdk.ListRecoveryPointsByResourceInput{ResourceArn: &arn}).RecoveryPoints
}

func (x *sim) wantJob(state types.BackupJobState, category, message string) {
	x.t.Helper()
	j := x.lastJob()
	if j.State != state || deref(j.MessageCategory) != category || deref(j.StatusMessage) != message {
		x.t.Fatalf("last job is %s (%s) %q, want %s (%s) %q", j.State, deref(j.MessageCategory), deref(j.StatusMessage), state, category, message)
	}
}
