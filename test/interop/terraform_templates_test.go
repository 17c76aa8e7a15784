package interop

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/cli"
)

// plan makes a plan and writes it as JSON into a file of the folder.
func (tf *terraform) plan() (file string) {
	tf.t.Helper()
	tf.must("plan", "-no-color", "-input=false", "-out=saved")
	text, code := tf.run("show", "-json", "saved")
	if code != 0 {
		tf.t.Fatalf("terraform show: exit code %d\n%s", code, tail([]byte(text)))
	}
	file = filepath.Join(tf.dir, "saved.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tf.t.Fatal(err)
	}
	return file
}

// TestPlanOfTheFixture demands that the plans that tests of reading plans rest on are those that Terraform makes.
func TestPlanOfTheFixture(t *testing.T) {
	for _, name := range []string{"shop", "dynamic"} {
		t.Run(name, func(t *testing.T) {
			tf, plugins := newTerraform(t, "")
			const fixture = "../../internal/iac/terraform/planfile/testdata"
			if err := os.RemoveAll(tf.dir); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(tf.dir, os.DirFS(filepath.Join(fixture, name))); err != nil {
				t.Fatal(err)
			}
			tf.must("init", "-no-color", "-input=false", "-plugin-dir="+plugins)
			made, want := decoded(t, tf.plan()), decoded(t, filepath.Join(fixture, name+".json"))
			if want["terraform_version"] != made["terraform_version"] {
				t.Skipf("the fixture is of Terraform %v, this is %v", want["terraform_version"], made["terraform_version"])
			}
			for key := range want {
				if diff := cmp.Diff(want[key], made[key]); diff != "" {
					t.Errorf("%s (-fixture +made):\n%s", key, diff)
				}
			}
		})
	}
}

// decoded is a plan without what differs from run to run, and what nobody reads.
func decoded(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	var strip func(any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range []string{"before_sensitive", "after_sensitive", "sensitive_values", "timestamp", "relevant_attributes", "prior_state"} {
				delete(v, key)
			}
			for _, inner := range v {
				strip(inner)
			}
		case []any:
			for _, inner := range v {
				strip(inner)
			}
		}
	}
	strip(plan)
	return plan
}

// TestVerdictsBeforeAndAfterDeployment scans configuration, the plan that Terraform makes of it, and what comes of applying it: what is
// decided before is decided so after.
func TestVerdictsBeforeAndAfterDeployment(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: start, Speed: 30}})
	tf, plugins := newTerraform(t, sim.URL)
	setEnvironment(t)
	tf.must("init", "-no-color", "-input=false", "-plugin-dir="+plugins)
	planned := templateVerdicts(t, tf.plan(), "AWS::AccountId="+simtest.Account)
	written := templateVerdicts(t, filepath.Join(tf.dir, "main.tf"), "AWS::AccountId="+simtest.Account, "--var", "region="+simtest.Region, "--var", "endpoint="+sim.URL)
	tf.must("apply", "-no-color", "-input=false", "-auto-approve")
	deployed := verdictsOf(t, func(report string) (string, int) {
		return restorable(t, sim, "scan", "--region", simtest.Region, "--fail-on", "none", "-o", "json="+report)
	})
	again := templateVerdicts(t, tf.plan(), "AWS::AccountId="+simtest.Account) // in which everything has its ARN
	for name, before := range map[string]verdicts{"the configuration": written, "the plan": planned, "a plan of no change": again} {
		decided := 0
		for what, verdict := range before {
			if verdict == "UNKNOWN" || verdict == "NOT_APPLICABLE" {
				continue
			}
			decided++
			if deployed[what] != verdict {
				t.Errorf("%s: %s by %s, %q deployed", what, verdict, name, deployed[what])
			}
		}
		if decided < 12 {
			t.Errorf("%s decides %d questions alone: %v", name, decided, before)
		}
	}
}

// templateVerdicts are those of a template or a plan.
func templateVerdicts(t *testing.T, path, parameter string, more ...string) verdicts {
	t.Helper()
	return verdictsOf(t, func(report string) (string, int) {
		args := slices.Concat([]string{"scan", path, "--fail-on", "none", "-o", "json=" + report, "--parameters", parameter}, more)
		var out bytes.Buffer
		env := func(string) string { return "" }
		code := cli.Run(t.Context(), args, env, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: &out})
		return out.String(), code
	})
}

// verdictsOf are the verdicts of a scan by control, type and name of what is judged.
func verdictsOf(t *testing.T, scan func(report string) (string, int)) verdicts {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	if out, code := scan(file); code != 0 && code != 3 { // templates leave some questions open
		t.Fatalf("scan: exit code %d\n%s", code, out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Findings []struct {
			Control, Verdict string
			Resource         struct{ Type, Name, Region string }
		}
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	out := verdicts{}
	for _, f := range report.Findings {
		out[strings.Join([]string{f.Control, f.Resource.Type, f.Resource.Name, f.Resource.Region}, " ")] = f.Verdict
	}
	return out
}
