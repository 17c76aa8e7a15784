package apply_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// stage is a simulated AWS with some tables, a session that may write, and a store of runs.
type stage struct {
	t       *testing.T
	sim     *simtest.Sim
	session *awsapi.Session
	store   journal.Store
	ids     map[string]string // of tables
}

func newStage(t *testing.T, o awssim.Options, tables ...string) *stage {
	t.Helper()
	s := &stage{t: t, sim: simtest.Start(t, o), store: journal.Store{Root: t.TempDir(), Now: time.Now}, ids: map[string]string{}}
	db := dynamodb.NewFromConfig(s.sim.Config())
	for _, name := range tables {
		_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}})
		s.must(err)
	}
	s.sim.Assembly().World.Advance(time.Minute)
	for _, name := range tables {
		out, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		s.must(err)
		s.ids[name] = *out.Table.TableId
	}
	s.session = s.open(2 * time.Second)
	return s
}

// open opens a session whose requests may take so long.
func (s *stage) open(patience time.Duration) *awsapi.Session {
	s.t.Helper()
	session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff,
		SimulatedAccount: simtest.Account, Writes: true, MaxBackoff: 10 * time.Millisecond, RequestTimeout: patience})
	s.must(err)
	s.t.Cleanup(session.Close)
	return session
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// plan seals actions into a plan for the stage; ids, fingerprints and summaries are filled in.
func (s *stage) plan(actions ...remedy.Action) *remedy.Plan {
	s.t.Helper()
	for i := range actions {
		a := &actions[i]
		if a.ID == "" {
			a.ID = fmt.Sprintf("a%d", i+1)
		}
		if a.Summary == "" {
			a.Summary = a.ID + " of " + a.Resource.Name
		}
		a.Region = simtest.Region
	}
	now := s.sim.Now()
	p := &remedy.Plan{Tool: remedy.Tool{Name: "restorable", Version: "test"}, Partition: "aws", Account: simtest.Account, Regions: []string{simtest.Region},
		Endpoint: s.sim.URL, CreatedAt: estate.At(now), ExpiresAt: estate.At(now.Add(24 * time.Hour)), Actions: actions}
	s.must(p.Seal())
	s.must(p.Check())
	return p
}

func (s *stage) options(p *remedy.Plan) apply.Options {
	return apply.Options{Plan: p, Store: s.store, Endpoint: s.sim.URL, Tool: "test", Settle: 3 * time.Second}
}

func (s *stage) apply(p *remedy.Plan) *apply.Result {
	s.t.Helper()
	r, err := apply.Run(s.t.Context(), s.session, s.options(p))
	s.must(err)
	return r
}

func (s *stage) resume(run string) *apply.Result {
	s.t.Helper()
	o := s.options(nil)
	o.Resume = run
	r, err := apply.Run(s.t.Context(), s.session, o)
	s.must(err)
	return r
}

func (s *stage) backout(run string, drop ...remedy.Drop) *apply.Result {
	s.t.Helper()
	r, err := apply.Backout(s.t.Context(), s.session, apply.BackoutOptions{Run: run, Drop: drop, Options: s.options(nil)})
	s.must(err)
	return r
}

// outcomes are those of a result, by action.
func outcomes(r *apply.Result) map[string]apply.Outcome {
	out := map[string]apply.Outcome{}
	for _, a := range r.Actions {
		out[a.Action.ID] = a.Outcome
	}
	return out
}

// all wants one outcome of every action.
func (s *stage) all(r *apply.Result, want apply.Outcome, state journal.State) {
	s.t.Helper()
	for _, a := range r.Actions {
		if a.Outcome != want {
			s.t.Errorf("%s %s: %s %s %s, want %s", a.Action.ID, a.Action.Resource.Name, a.Outcome, a.Code, a.Reason, want)
		}
	}
	if r.State != state {
		s.t.Errorf("the run is %s (%v), want %s", r.State, r.Cause, state)
	}
}

const roleARN = "arn:aws:iam::" + simtest.Account + ":role/service-role/AWSBackupDefaultServiceRole"

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (s *stage) pitr(table string, days int64) remedy.Action {
	off, on := remedy.PITRState(s.ids[table], "DISABLED", 0), remedy.PITRState(s.ids[table], "ENABLED", days)
	return remedy.Action{Remedy: "enable-pitr", Resource: remedy.Resource{Type: "table", Name: table}, Call: "dynamodb:UpdateContinuousBackups", Before: off, After: on,
		Change:  remedy.Change{PITR: &remedy.PITR{Table: table, Enabled: true, PeriodDays: days}},
		Inverse: remedy.Inverse{Change: &remedy.Change{PITR: &remedy.PITR{Table: table}}, Drop: remedy.DropPITR, Loses: "the history of the table"}}
}

func (s *stage) role() remedy.Action {
	r := remedy.Role{Step: remedy.Create, ARN: roleARN, Name: "AWSBackupDefaultServiceRole", Path: "/service-role/", Trust: trust, Tags: map[string]string{"restorable:tool": "restorable"}}
	undo := r
	undo.Step = remedy.Delete
	return remedy.Action{Remedy: "create-role", Resource: remedy.Resource{Type: "role", Name: r.Name, ARN: roleARN}, Call: "iam:CreateRole",
		Before: remedy.RoleState(false, ""), After: remedy.RoleState(true, trust), Change: remedy.Change{Role: &r},
		Inverse: remedy.Inverse{Change: &remedy.Change{Role: &undo}, Drop: remedy.DropRole, Loses: "the role that jobs work through"}}
}

func (s *stage) rolePolicy(name string, needs ...string) remedy.Action {
	p := remedy.RolePolicy{Role: "AWSBackupDefaultServiceRole", RoleARN: roleARN, PolicyARN: "arn:aws:iam::aws:policy/service-role/" + name, Attached: true}
	undo := p
	undo.Attached = false
	return remedy.Action{Remedy: "create-role", Resource: remedy.Resource{Type: "role", Name: p.Role, ARN: roleARN}, Call: "iam:AttachRolePolicy", Needs: needs,
		Before: remedy.AttachedState(false), After: remedy.AttachedState(true), Change: remedy.Change{RolePolicy: &p},
		Inverse: remedy.Inverse{Change: &remedy.Change{RolePolicy: &undo}, Drop: remedy.DropRole, Loses: "what the role may do"}}
}

func (s *stage) vault(name string) remedy.Action {
	v := remedy.Vault{Step: remedy.Create, Name: name, ARN: "arn:aws:backup:" + simtest.Region + ":" + simtest.Account + ":backup-vault:" + name}
	undo := v
	undo.Step = remedy.Delete
	return remedy.Action{Remedy: "create-vault", Resource: remedy.Resource{Type: "vault", Name: name, ARN: v.ARN}, Call: "backup:CreateBackupVault",
		Before: remedy.VaultState(false, ""), After: remedy.VaultState(true, ""), Change: remedy.Change{Vault: &v},
		Inverse: remedy.Inverse{Change: &remedy.Change{Vault: &undo}, Drop: remedy.DropVault, Loses: "the vault"}}
}

// dailyRule is the default rule into a vault.
func dailyRule(vault string) remedy.Rule {
	return remedy.Rule{Name: "daily", Vault: vault, Schedule: "cron(0 5 ? * * *)", StartWindow: 60, CompletionWindow: 180, DeleteAfterDays: 35}
}

func (s *stage) backupPlan(id, vault string, needs ...string) remedy.Action {
	p := remedy.BackupPlan{Step: remedy.Create, Name: "restorable-daily", Rules: []remedy.Rule{dailyRule(vault)}}
	return remedy.Action{ID: id, Remedy: "create-plan", Resource: remedy.Resource{Type: "plan", Name: p.Name}, Call: "backup:CreateBackupPlan", Needs: needs,
		Before: remedy.PlanNameState(false), After: remedy.PlanNameState(true), Change: remedy.Change{Plan: &p},
		Inverse: remedy.Inverse{Change: &remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Delete, ID: remedy.From(id), Name: p.Name}}}}
}

func (s *stage) selection(id string, plan remedy.Ref, needs ...string) remedy.Action {
	sel := remedy.Selection{Step: remedy.Create, Plan: plan, Name: "restorable-tables", RoleARN: roleARN, Resources: []string{"arn:aws:dynamodb:*:*:table/*"}}
	undo := sel
	undo.Step, undo.ID = remedy.Delete, remedy.From(id)
	return remedy.Action{ID: id, Remedy: "assign-to-plan", Resource: remedy.Resource{Type: "selection", Name: sel.Name}, Call: "backup:CreateBackupSelection", Needs: needs,
		Before: remedy.SelectionState(nil), After: remedy.SelectionState(&sel), Change: remedy.Change{Selection: &sel},
		Inverse: remedy.Inverse{Change: &remedy.Change{Selection: &undo}}}
}

// mend is the plan that everybody gets: role, vault, plan, selection, and PITR of each table.
func (s *stage) mend(tables ...string) *remedy.Plan {
	actions := []remedy.Action{
		s.role(), s.rolePolicy("AWSBackupServiceRolePolicyForBackup", "a1"), s.vault("Default"), s.backupPlan("a4", "Default", "a3"), s.selection("a5", "@a4", "a1", "a2"),
	}
	for _, t := range tables {
		actions = append(actions, s.pitr(t, 35))
	}
	return s.plan(actions...)
}
