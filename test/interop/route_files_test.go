package interop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/render"
)

// reviewed are the files that a route renders of the plan with every kind of change (internal/remedy/render/testdata).
func reviewed(t *testing.T, route string) render.Rendering {
	t.Helper()
	var made render.Rendering
	paths, err := filepath.Glob("../../internal/remedy/render/testdata/" + route + ".large.*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no reviewed files of %s: %v", route, err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		made.Files = append(made.Files, render.File{Name: strings.TrimPrefix(filepath.Base(path), route+".large."), Content: raw})
	}
	return made
}

// TestToolsTakeEveryKindOfChange: cfn-lint and Terraform find nothing in the files of the plan with every kind of change.
func TestToolsTakeEveryKindOfChange(t *testing.T) {
	counterpart(t)
	sim := startSim(t)
	t.Run("cfn-lint", func(t *testing.T) {
		made := reviewed(t, "cloudformation")
		lint(t, place(t, sim, fastCLI{}, made, simtest.Account, "any"), made.Files)
	})
	t.Run("terraform", func(t *testing.T) {
		needTerraform(t)
		place(t, sim, fastCLI{}, reviewed(t, "terraform"), simtest.Account, "any").must("terraform fmt -check -diff", "terraform init", "terraform validate")
	})
}

// hostileTags are texts that would be evaluated, or end what they stand in, were they not quoted well.
func hostileTags() map[string]string {
	return map[string]string{"restorable:tool": "restorable", "quotes": `a"b'c\d`, "lines": "one\ntwo\r\n\tthree", "template": "${file(\"/etc/passwd\")} $${x} %{ if true } %%{x}",
		"a b:c=d": "<<EOT", "yes": "no", "account": "012345678901", "date": "2012-10-17", "nothing": "", "tilde": "~", "comment": "a #b", "bad ${key} %{key}": "{{x}}", "wide": "Grüße 日本 😀\u2028", "at": "@x", "anchor": "*a &b !Ref C"}
}

// TestToolsReadAnyText lets Terraform and a YAML reader say what they understand of texts that somebody chose to break a file.
func TestToolsReadAnyText(t *testing.T) {
	counterpart(t)
	tags := hostileTags()
	p := &remedy.Plan{Partition: "aws", Account: simtest.Account, Regions: []string{simtest.Region}, Actions: []remedy.Action{
		{ID: "a1", Region: simtest.Region, Change: remedy.Change{Vault: &remedy.Vault{Step: remedy.Create, Name: "vault", Tags: tags}}},
	}}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Purpose": "backup"}
	for k, v := range tags {
		want[k] = v
	}
	sim := startSim(t)
	t.Run("terraform", func(t *testing.T) {
		needTerraform(t)
		w := place(t, sim, fastCLI{}, rendered(t, p, render.Terraform), simtest.Account, "any")
		w.must("terraform fmt -check -diff", "terraform init", "terraform validate")
		out, code := w.run(`echo 'jsonencode(var.tags)' | terraform console`)
		var text string
		if err := json.Unmarshal([]byte(strings.TrimSpace(out)), &text); err != nil || code != 0 {
			t.Fatalf("%v, exit code %d\n%s", err, code, out)
		}
		understood(t, []byte(text), want)
	})
	t.Run("yaml", func(t *testing.T) {
		w := place(t, sim, fastCLI{}, rendered(t, p, render.CloudFormation), simtest.Account, "any")
		out, code := w.run("PYTHONPATH='" + absolute(t, "py") + "' '" + python(t) + `' -c 'import json, yaml, cfn_deploy; print(json.dumps(yaml.load(open("restorable.yaml"), cfn_deploy.Reader)["Resources"]["Vault"]["Properties"]["BackupVaultTags"]))'`)
		if code != 0 {
			t.Fatal(out)
		}
		understood(t, []byte(out), want)
	})
}

func understood(t *testing.T, raw []byte, want map[string]string) {
	t.Helper()
	var got map[string]string
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tags (-written, +read):\n%s", diff)
	}
}

func rendered(t *testing.T, p *remedy.Plan, as render.Route) render.Rendering {
	t.Helper()
	made, err := render.Render(p, as, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	out, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDestroyingKeepsWhatRecoveryPointsNeed: neither a deleted stack nor a destroyed module takes role and vault with it.
func TestDestroyingKeepsWhatRecoveryPointsNeed(t *testing.T) {
	counterpart(t)
	setEnvironment(t)
	fast := newFastCLI(t)
	s := routeScenario{"", bareTables, start, simtest.Region, []string{"--select", "all"}}
	const stays = "aws iam get-role --role-name AWSBackupDefaultServiceRole && aws backup describe-backup-vault --backup-vault-name Default"
	const gone = `test "$(aws backup list-backup-plans --query 'length(BackupPlansList)')" = 0`
	t.Run("cloudformation", func(t *testing.T) {
		sim := s.sim(t)
		made := rendered(t, s.plan(t, sim), render.CloudFormation)
		w := place(t, sim, fast, made, simtest.Account, "any")
		w.must(made.Deploy...)
		w.must("aws cloudformation delete-stack --region "+simtest.Region+" --stack-name restorable", stays, gone)
		if out, code := w.run(made.Deploy[0]); code == 0 {
			t.Errorf("the role was made twice:\n%s", out)
		}
		w.must(made.Deploy[0]+" --parameter-overrides CreateVault=false ExistingRoleArn=arn:aws:iam::"+simtest.Account+":role/service-role/AWSBackupDefaultServiceRole", "! "+gone)
	})
	t.Run("terraform", func(t *testing.T) {
		needTerraform(t)
		sim := s.sim(t)
		made := rendered(t, s.plan(t, sim), render.Terraform)
		w := place(t, sim, fast, made, simtest.Account, "any")
		w.must(made.Deploy...)
		if out, code := w.run("terraform destroy -auto-approve"); code == 0 || !strings.Contains(out, "prevent_destroy") {
			t.Errorf("destroy was not refused: exit code %d\n%s", code, tail([]byte(out)))
		}
		for _, line := range strings.Split(string(made.Files[0].Content), "\n") {
			if forget, ok := strings.CutPrefix(line, "#   terraform state rm "); ok {
				w.must("terraform state rm '" + strings.Trim(forget, "'") + "'")
			}
		}
		w.must("terraform destroy -auto-approve", stays, gone)
	})
}
