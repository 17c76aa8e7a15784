package crash

import (
	"bytes"
	"context"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/remedy/permissions"
)

// guarded is the same account with identity policies in force, and a user in it who carries plans out.
type guarded struct {
	t      *testing.T
	server *awssim.Server
	url    string
	key    *iam.CreateAccessKeyOutput
	plan   *remedy.Plan
	store  journal.Store
}

const writer = "writer"

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{t: t, store: journal.Store{Root: t.TempDir(), Now: time.Now}}
	var err error
	// The machine's time: under another Date the SDK takes a refusal for a skewed clock and asks again.
	g.server, err = awssim.New(awssim.Options{Enforce: true, World: world.Options{Start: time.Now(), Speed: 1000, Seed: 4}, Load: g.load})
	g.must(err)
	web := httptest.NewServer(g.server)
	t.Cleanup(web.Close)
	g.url = web.URL
	g.plan, err = remedy.Load(bytes.NewReader(planUnderTest(t, g.server, g.url)))
	g.must(err)
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	return g
}

func (g *guarded) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// load makes the account and the user, and takes the service-linked role away that its backup plan brought along: the next selection makes it anew.
func (g *guarded) load(as *awssim.Assembly) (err error) {
	if err := load(as); err != nil {
		return err
	}
	h := inside.New(as)
	as.World.Do(func() {
		for _, in := range []any{
			&iam.CreateUserInput{UserName: aws.String(writer)},
			&iam.DeleteServiceLinkedRoleInput{RoleName: aws.String("AWSServiceRoleForBackup")},
		} {
			if err == nil {
				_, err = h.Do(scope(), "iam", in)
			}
		}
		if err == nil {
			g.key, err = inside.Ask[iam.CreateAccessKeyOutput](h, scope(), "iam", &iam.CreateAccessKeyInput{UserName: aws.String(writer)})
		}
	})
	return err
}

// anew is the account as it was in the beginning, and the user allowed these permissions and no others.
func (g *guarded) anew(all []awsapi.Permission) {
	g.t.Helper()
	g.must(g.server.Reset())
	g.allow(all)
}

func (g *guarded) allow(all []awsapi.Permission) {
	g.t.Helper()
	text, err := awsapi.Document("aws", all)
	g.must(err)
	as := g.server.Assembly()
	as.World.Do(func() {
		h := inside.New(as)
		if _, err = h.Do(scope(), "iam", &iam.CreatePolicyInput{PolicyName: aws.String("own"), PolicyDocument: aws.String(string(text))}); err == nil {
			_, err = h.Do(scope(), "iam", &iam.AttachUserPolicyInput{UserName: aws.String(writer), PolicyArn: aws.String(scope().GlobalARN("iam", "policy/own"))})
		}
	})
	g.must(err)
}

// session is one of the user's, or of the account's root.
func (g *guarded) session(root bool) *awsapi.Session {
	g.t.Helper()
	o := awsapi.Options{EndpointURL: g.url, Regions: []string{region}, Rates: awsapi.RatesOff, Writes: true, MaxAttempts: 2, MaxBackoff: 10 * time.Millisecond}
	if root {
		o.SimulatedAccount = account
	}
	g.must(os.Setenv("AWS_ACCESS_KEY_ID", *g.key.AccessKey.AccessKeyId))
	g.must(os.Setenv("AWS_SECRET_ACCESS_KEY", *g.key.AccessKey.SecretAccessKey))
	s, err := awsapi.Open(context.Background(), o)
	g.must(err)
	return s
}

func (g *guarded) options() apply.Options {
	return apply.Options{Store: g.store, Endpoint: g.url, Tool: "test", Settle: 2 * time.Second}
}

func (g *guarded) apply(root bool) *apply.Result {
	g.t.Helper()
	s := g.session(root)
	defer s.Close()
	o := g.options()
	o.Plan = g.plan
	g.store.Root = g.t.TempDir() // a plan is applied once
	o.Store = g.store
	r, err := apply.Run(context.Background(), s, o)
	g.must(err)
	return r
}

func (g *guarded) backOut(run string, root bool) *apply.Result {
	g.t.Helper()
	s := g.session(root)
	defer s.Close()
	every := []remedy.Drop{remedy.DropPITR, remedy.DropRole, remedy.DropVault, remedy.DropOptIn, remedy.DropLock, remedy.DropProtection, remedy.DropKey}
	r, err := apply.Backout(context.Background(), s, apply.BackoutOptions{Options: g.options(), Run: run, Drop: every})
	g.must(err)
	return r
}

// ends are the outcomes by action, for comparing.
func ends(r *apply.Result) string {
	var lines []string
	for _, a := range r.Actions {
		lines = append(lines, a.Action.ID+" "+string(a.Outcome)+" "+a.Code+" "+a.Reason)
	}
	return strings.Join(lines, "\n")
}

// without are the permissions but those of one action.
func without(all []awsapi.Permission, action awsapi.CallID) []awsapi.Permission {
	return slices.DeleteFunc(slices.Clone(all), func(p awsapi.Permission) bool { return p.Action == action })
}

func actionsOf(all []awsapi.Permission) []awsapi.CallID {
	found := map[awsapi.CallID]bool{}
	for _, p := range all {
		found[p.Action] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func sequential(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one apply after the other: the race detector has nothing to see")
	}
}

// TestThePolicyOfAPlanSufficesAndEachActionIsNeeded applies the plan of every kind of change under the policy that is printed for it, and
// again without each single action: then something is not done.
func TestThePolicyOfAPlanSufficesAndEachActionIsNeeded(t *testing.T) {
	sequential(t)
	g := newGuarded(t)
	own, err := permissions.Apply(g.plan)
	g.must(err)
	wide, err := permissions.Apply(nil)
	g.must(err)
	for name, all := range map[string][]awsapi.Permission{"the plan's own": own, "any plan's": wide} {
		g.anew(all)
		if r := g.apply(false); r.State != journal.Finished {
			t.Errorf("under %s policy:\n%s", name, ends(r))
		}
	}
	for _, action := range actionsOf(own) {
		g.anew(without(own, action))
		if r := g.apply(false); r.State == journal.Finished {
			t.Errorf("without %s all was done", action)
		}
	}
}

// TestThePolicyOfABackoutSufficesAndEachActionIsNeeded does the same for backing out what root has applied.
func TestThePolicyOfABackoutSufficesAndEachActionIsNeeded(t *testing.T) {
	sequential(t)
	g := newGuarded(t)
	own, err := permissions.Backout(g.plan)
	g.must(err)
	wide, err := permissions.Backout(nil)
	g.must(err)
	under := func(all []awsapi.Permission, root bool) string {
		g.anew(all)
		applied := g.apply(true)
		if applied.State != journal.Finished {
			t.Fatalf("root could not apply:\n%s", ends(applied))
		}
		g.unlink()
		return ends(g.backOut(applied.Run, root))
	}
	want := under(own, true)
	for name, all := range map[string][]awsapi.Permission{"the plan's own": own, "any plan's": wide} {
		if got := under(all, false); got != want {
			t.Errorf("under %s policy: %s", name, differs(want, got))
		}
	}
	for _, action := range actionsOf(own) {
		if got := under(without(own, action), false); got == want {
			t.Errorf("without %s all was undone", action)
		}
	}
}

// unlink takes away the service-linked roles that applying made, so that a selection made while backing out has to make its own.
func (g *guarded) unlink() {
	as := g.server.Assembly()
	as.World.Do(func() {
		for _, name := range []string{"AWSServiceRoleForBackup", "AWSServiceRoleForBackupRestoreTesting"} {
			_, _ = inside.New(as).Do(scope(), "iam", &iam.DeleteServiceLinkedRoleInput{RoleName: &name}) // there may be none
		}
	})
}

// TestThePolicyOfAProofSufficesAndEachActionIsNeeded proves what root has applied.
func TestThePolicyOfAProofSufficesAndEachActionIsNeeded(t *testing.T) {
	sequential(t)
	g := newGuarded(t)
	g.plan.Proofs = []remedy.Proof{{Table: "orders", ARN: arnOf("orders"), Region: region, Plan: "nightly", Vault: "primary", RoleARN: roleNamed("backups"), Actions: []string{"a16"}}}
	g.must(g.plan.Seal())
	own, err := permissions.Prove(g.plan)
	g.must(err)
	proven := func(all []awsapi.Permission) bool {
		g.anew(all)
		run := g.apply(true).Run
		g.unlink()
		s := g.session(false)
		defer s.Close()
		r, err := apply.Prove(context.Background(), s, apply.ProveOptions{Options: g.options(), Run: run, Within: time.Minute})
		g.must(err)
		return r.Count(apply.Proven) == 1
	}
	if !proven(own) {
		t.Error("under its own policy nothing was proven")
	}
	for _, action := range actionsOf(own) {
		if proven(without(own, action)) {
			t.Errorf("without %s it was proven", action)
		}
	}
}
