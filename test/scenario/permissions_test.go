package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/needs"
)

// auditor is a user of the demo's company, under enforcement, with one policy.
type auditor struct {
	name, url, key, secret string
	root                   *iam.Client
}

// enforcing is the demo's company with identity policies in force; the client is the account's root.
func enforcing(t *testing.T) (url string, root *iam.Client) {
	t.Helper()
	// The machine's own time, once the company's history is played: under another Date the SDK takes a first refusal for a
	// skewed clock and tries again, which takes its time.
	start := time.Now().Add(demo.Start().Sub(demo.Today()))
	server, err := awssim.New(awssim.Options{World: world.Options{Start: start}, Load: demo.Load, Enforce: true})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return web.URL, iam.New(iam.Options{Region: "us-east-1", BaseEndpoint: aws.String(web.URL), Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")})
}

func newAuditor(t *testing.T, url string, root *iam.Client, name string) *auditor {
	t.Helper()
	if _, err := root.CreateUser(context.Background(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	key, err := root.CreateAccessKey(context.Background(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return &auditor{name: name, url: url, key: *key.AccessKey.AccessKeyId, secret: *key.AccessKey.SecretAccessKey, root: root}
}

// allow gives the user exactly this policy.
func (a *auditor) allow(t *testing.T, policy []byte) {
	t.Helper()
	in := &iam.PutUserPolicyInput{UserName: aws.String(a.name), PolicyName: aws.String("scan"), PolicyDocument: aws.String(string(policy))}
	if _, err := a.root.PutUserPolicy(context.Background(), in); err != nil {
		t.Fatal(err)
	}
}

// restorable runs the program as the user.
func (a *auditor) restorable(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := program(t, a.url, args...)
	cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+a.key, "AWS_SECRET_ACCESS_KEY="+a.secret)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	_ = cmd.Run() // the exit code says more
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

// verdicts scans both Regions: control, table and Region to verdict.
func (a *auditor) verdicts(t *testing.T) map[string]string {
	t.Helper()
	code, text, stderr := a.restorable(t, "scan", "--region", demo.Home+","+demo.Branch, "--rates", "off", "-o", "json")
	if code != 1 && code != 3 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var report struct {
		Findings []struct {
			Control, Verdict string
			Resource         struct{ Name, Region, Type string }
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range report.Findings {
		found[strings.Join([]string{f.Control, f.Resource.Type, f.Resource.Name, f.Resource.Region}, " ")] = f.Verdict
	}
	return found
}

func scanPolicy(t *testing.T, a *auditor, without awsapi.CallID) []byte {
	t.Helper()
	code, text, stderr := a.restorable(t, "iam", "policy", "scan")
	if code != 0 {
		t.Fatal(stderr)
	}
	var policy struct {
		Version   string
		Statement []struct {
			Sid, Effect, Resource string
			Action                []string
		}
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatal(err)
	}
	for i := range policy.Statement {
		s := &policy.Statement[i]
		s.Action = slices.DeleteFunc(s.Action, func(action string) bool { return action == string(without) })
		if len(s.Action) == 0 { // IAM wants at least one; this one grants nothing
			s.Effect, s.Action = "Deny", []string{"s3:GetObject"}
		}
	}
	out, err := json.Marshal(policy)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTheScanPolicySufficesAndEachActionIsNeeded takes one action after another out of the policy that the program
// prints: verdicts only ever become UNKNOWN, and only those of controls that doctor would have named.
func TestTheScanPolicySufficesAndEachActionIsNeeded(t *testing.T) {
	sequential(t)
	url, root := enforcing(t)
	a := newAuditor(t, url, root, "auditor")
	a.allow(t, scanPolicy(t, a, ""))
	full := a.verdicts(t)
	if code, out, stderr := a.restorable(t, "explain", "orders", "-o", "json"); code != 0 || strings.Contains(out, "AccessDenied") {
		t.Errorf("explain: exit code %d: %s %s", code, out, stderr)
	}
	code, out, stderr := a.restorable(t, "doctor")
	if code > 3 || strings.Contains(out, "AccessDenied") {
		t.Errorf("doctor: exit code %d: %s %s", code, out, stderr)
	}
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range awsapi.Select(awsapi.Foundation()) {
		if call.Free || call.ID == awsapi.ListRegions {
			continue
		}
		t.Run(string(call.ID), func(t *testing.T) {
			t.Parallel()
			a := newAuditor(t, url, root, "without-"+strings.ReplaceAll(string(call.ID), ":", "-"))
			a.allow(t, scanPolicy(t, a, call.ID))
			compareVerdicts(t, full, a.verdicts(t), mayLose(t, catalogue, call))
			_, out, _ := a.restorable(t, "doctor", "--rates", "off")
			if untried := strings.Contains(out, "not tried") && !strings.Contains(out, "AccessDenied"); !untried && !strings.Contains(out, string(call.ID)) {
				t.Errorf("doctor does not name %s:\n%s", call.ID, out)
			}
		})
	}
}

func mayLose(t *testing.T, c *control.Catalogue, call awsapi.Call) map[string]bool {
	t.Helper()
	known, err := needs.Load(c)
	if err != nil {
		t.Fatal(err)
	}
	may := map[string]bool{}
	for _, k := range c.Controls() {
		may[k.ID] = known.Rests(k, call.Group)
	}
	return may
}

func compareVerdicts(t *testing.T, full, less map[string]string, may map[string]bool) {
	t.Helper()
	wrong := map[string]int{}
	unlisted := len(tablesIn(less)) == 0
	for key, before := range full {
		id, _, _ := strings.Cut(key, " ")
		after, ok := less[key]
		switch {
		case after == before:
		case !ok && unlisted:
			continue // without the list nobody knows of the tables
		case !ok && may[id] && !strings.Contains(key, " table "):
			continue // nor of plans, vaults and recovery points without theirs, which the table's controls and the problems say
		case !ok:
			t.Errorf("%s is gone", key)
		case after != string(control.Unknown):
			t.Errorf("%s turns from %s into %s", key, before, after)
		case !may[id]:
			wrong[key+" becomes UNKNOWN, and doctor would not have said so"]++
		}
	}
	if unlisted != unlistedExpected(t) {
		t.Errorf("without %s, tables listed: %t", t.Name(), !unlisted)
	}
	for text, n := range wrong {
		t.Errorf("%s: %d times", text, n)
	}
}

func unlistedExpected(t *testing.T) bool {
	t.Helper()
	return strings.HasSuffix(t.Name(), "/"+string(awsapi.ListTables))
}

func tablesIn(verdicts map[string]string) []string {
	var tables []string
	for key := range verdicts {
		if strings.Contains(key, " table ") {
			tables = append(tables, key)
		}
	}
	return tables
}
