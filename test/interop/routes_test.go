package interop

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/cli"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/planning"
	"github.com/restorable/restorable/internal/remedy/render"
)

// routeScenario is an account and what is to be done about it.
type routeScenario struct {
	name    string
	load    func(*awssim.Assembly) error
	start   time.Time
	regions string
	flags   []string // of restorable plan
}

func routeScenarios() []routeScenario {
	return []routeScenario{
		{"the company", demo.Load, demo.Start(), demo.Home + "," + demo.Branch, nil},
		{"tables and nothing else", bareTables, start, simtest.Region, []string{"--select", "all"}},
		{"tables by tag", bareTables, start, simtest.Region, []string{"--select", "tag:backup=daily"}},
		{"everything that a plan can do", bareTables, start, simtest.Region + "," + demo.Branch, everyRemedy()},
	}
}

// everyRemedy asks for all that can be done about tables without any protection. A change of keys needs a key that exists.
func everyRemedy() []string {
	ids := slices.DeleteFunc(planning.IDs(), func(id string) bool { return id == planning.EncryptWithKMS })
	return []string{"--only", strings.Join(ids, ","), "--vault", "restorable", "--lock-min", "7", "--lock-max", "400", "--require-tag", "owner=shop",
		"--break-glass", "arn:aws:iam::" + simtest.Account + ":role/break-glass", "--notify", "arn:aws:sns:" + simtest.Region + ":" + simtest.Account + ":backups",
		"--copy-to", demo.Branch + ":copies"}
}

// bareTables makes tables that nobody protects, in an account in which nobody used AWS Backup; and a role for emergencies.
func bareTables(as *awssim.Assembly) error {
	hand := inside.New(as)
	trust := strings.Replace(trustBackup, `"Service":"backup.amazonaws.com"`, `"AWS":"`+simtest.Account+`"`, 1)
	inputs := []any{
		&iam.CreateRoleInput{RoleName: awssdk.String("break-glass"), AssumeRolePolicyDocument: &trust},
		&iam.PutRolePolicyInput{RoleName: awssdk.String("break-glass"), PolicyName: awssdk.String("backups"),
			PolicyDocument: awssdk.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"backup:*","Resource":"*"}]}`)},
	}
	for _, name := range []string{"orders", "carts", "invoices"} {
		inputs = append(inputs, &dynamodb.CreateTableInput{TableName: awssdk.String(name), BillingMode: types.BillingModePayPerRequest,
			Tags:                 []types.Tag{{Key: awssdk.String("team"), Value: awssdk.String("shop")}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: awssdk.String("id"), AttributeType: types.ScalarAttributeTypeS}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: awssdk.String("id"), KeyType: types.KeyTypeHash}}})
	}
	var err error
	as.World.Do(func() {
		for _, in := range inputs {
			service := "iam"
			if _, ok := in.(*dynamodb.CreateTableInput); ok {
				service = "dynamodb"
			}
			_, failed := hand.Do(world.Scope{Partition: "aws", Account: simtest.Account, Region: simtest.Region}, service, in)
			err = errors.Join(err, failed)
		}
	})
	as.World.Advance(time.Hour)
	return err
}

// TestEveryRouteEndsAlike carries one plan out by each route, from the same account, and lets a scan judge what came of it: after
// each route every verdict must be the one that stands after `restorable apply` has carried out all actions but those that the route
// says it cannot express. By those alone the verdicts differ from those after the whole plan.
func TestEveryRouteEndsAlike(t *testing.T) {
	counterpart(t)
	setEnvironment(t)
	fast := newFastCLI(t)
	for _, s := range routeScenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			whole := s.applied(t, nil)
			for _, as := range []render.Route{render.CLI, render.CloudFormation, render.Terraform} {
				t.Run(string(as), func(t *testing.T) { s.byRoute(t, fast, as, whole) })
			}
		})
	}
}

// applied carries the plan out with `restorable apply`, but for the actions of gaps, and returns the verdicts.
func (s routeScenario) applied(t *testing.T, gaps []render.Gap) verdicts {
	t.Helper()
	sim := s.sim(t)
	before := scanned(t, sim, s.regions)
	plan := without(t, s.plan(t, sim), gaps)
	if out, code := restorable(t, sim, "apply", savedPlan(t, plan), "--auto-approve"); code != 0 {
		t.Fatalf("apply: exit code %d\n%s", code, out)
	}
	after := settled(t, sim, s.regions)
	if gaps == nil && maps.Equal(after, before) {
		t.Fatal("the plan turned nothing: there is nothing to compare")
	}
	return after
}

// settled scans once on-demand backups are done, and before any scheduled one begins.
func settled(t *testing.T, sim *simtest.Sim, regions string) verdicts {
	t.Helper()
	sim.Advance(30 * time.Minute)
	return scanned(t, sim, regions)
}

// without takes the actions of gaps out of a plan.
func without(t *testing.T, p *remedy.Plan, gaps []render.Gap) *remedy.Plan {
	t.Helper()
	left := inGaps(gaps)
	p.Actions = slices.DeleteFunc(p.Actions, func(a remedy.Action) bool { return left[a.ID] })
	for i := range p.Actions {
		p.Actions[i].Needs = slices.DeleteFunc(p.Actions[i].Needs, func(id string) bool { return left[id] })
	}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	return p
}

func inGaps(gaps []render.Gap) map[string]bool {
	out := map[string]bool{}
	for _, g := range gaps {
		for _, id := range g.Actions {
			out[id] = true
		}
	}
	return out
}

// byRoute deploys the rendered files with the commands that they come with.
func (s routeScenario) byRoute(t *testing.T, fast fastCLI, as render.Route, whole verdicts) {
	if as == render.Terraform {
		needTerraform(t)
	}
	sim := s.sim(t)
	plan := s.plan(t, sim)
	made, err := render.Render(plan, as, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := place(t, sim, fast, made, simtest.Account, "any")
	if as == render.CloudFormation {
		lint(t, w, made.Files)
	}
	if as == render.Terraform {
		w.must("terraform fmt -check -diff")
	}
	w.must(made.Deploy...)
	got := settled(t, sim, s.regions)
	want := whole
	if len(made.Gaps) > 0 {
		want = s.applied(t, made.Gaps)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts differ (-after apply, +after %s):\n%s\ngaps: %v", as, diff, made.Gaps)
	}
	for finding, from := range leftovers(plan, made.Gaps) {
		if strings.Contains(finding, ":backup-plan:") {
			continue // by the plan's name above
		}
		if got[finding] != from || whole[finding] == from {
			t.Errorf("%s is %s after %s, although a gap leaves it %s; it is %s after apply", finding, got[finding], as, from, whole[finding])
		}
	}
	s.again(t, w, as, made)
}

// again demands that the route finds nothing left to do.
func (s routeScenario) again(t *testing.T, w workplace, as render.Route, made render.Rendering) {
	t.Helper()
	switch as {
	case render.Terraform:
		if out, code := w.run("terraform plan -detailed-exitcode"); code != 0 {
			t.Errorf("the second plan is not empty: exit code %d\n%s", code, tail([]byte(out)))
		}
	case render.CLI:
		w.must(made.Deploy...)
	}
}

// leftovers are the findings that the actions of gaps, and no others, would have turned, with the verdict that stays.
func leftovers(p *remedy.Plan, gaps []render.Gap) verdicts {
	left, out := inGaps(gaps), verdicts{}
	for i := range p.Actions {
		if a := &p.Actions[i]; left[a.ID] {
			for _, turn := range a.Why {
				out[turn.Control+" "+turn.Resource] = turn.From
			}
		}
	}
	for i := range p.Actions {
		if a := &p.Actions[i]; !left[a.ID] {
			for _, turn := range a.Why {
				delete(out, turn.Control+" "+turn.Resource)
			}
		}
	}
	return out
}

func (s routeScenario) sim(t *testing.T) *simtest.Sim {
	t.Helper()
	return simtest.Start(t, awssim.Options{World: world.Options{Start: s.start}, Load: s.load})
}

// plan makes the plan as a person would.
func (s routeScenario) plan(t *testing.T, sim *simtest.Sim) *remedy.Plan {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.json")
	if out, code := restorable(t, sim, slices.Concat([]string{"plan", "--region", s.regions, "-o", "json=" + file}, s.flags)...); code != 0 {
		t.Fatalf("plan: exit code %d\n%s", code, out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := remedy.Load(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func savedPlan(t *testing.T, p *remedy.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// verdicts are the verdicts of a scan by control and resource.
type verdicts map[string]string

// scanned scans the simulated AWS. A resource without a lasting identifier stands under its name.
func scanned(t *testing.T, sim *simtest.Sim, regions string) verdicts {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	if out, code := restorable(t, sim, "scan", "--region", regions, "--fail-on", "none", "-o", "json="+file); code != 0 {
		t.Fatalf("scan: exit code %d\n%s", code, out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Findings []struct {
			Control, Verdict string
			Resource         struct{ Type, ARN, Name, Account, Region string }
		}
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	out, points := verdicts{}, map[string]int{}
	for _, f := range report.Findings {
		if f.Resource.Type == "recovery-point" { // its ARN is chance: how many there are of each verdict is not
			points[f.Control+" points in "+f.Resource.Region+", "+f.Verdict]++
			continue
		}
		id := f.Resource.ARN
		switch {
		case f.Resource.Type == "plan":
			id = "plan " + f.Resource.Name + " in " + f.Resource.Region
		case id == "":
			id = f.Resource.Account + "/" + f.Resource.Region
		}
		out[f.Control+" "+id] = f.Verdict
	}
	for what, n := range points {
		out[what] = strconv.Itoa(n)
	}
	if len(out) == 0 {
		t.Fatal("the scan has no findings")
	}
	return out
}

// setEnvironment is what the SDK inside restorable reads of the process: the account's root, and no files.
func setEnvironment(t *testing.T) {
	t.Helper()
	nowhere := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": simtest.Account, "AWS_SECRET_ACCESS_KEY": "any", "AWS_CONFIG_FILE": nowhere,
		"AWS_SHARED_CREDENTIALS_FILE": nowhere, "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
}

// restorable runs the program itself.
func restorable(t *testing.T, sim *simtest.Sim, args ...string) (string, int) {
	t.Helper()
	state := t.TempDir()
	env := func(name string) string {
		if name == "XDG_STATE_HOME" || name == "HOME" {
			return state
		}
		return os.Getenv(name)
	}
	var out bytes.Buffer
	code := cli.Run(t.Context(), slices.Concat(args, []string{"--endpoint-url", sim.URL}), env, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: &out})
	return out.String(), code
}
