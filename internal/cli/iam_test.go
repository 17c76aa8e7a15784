package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

// planFile writes a sealed plan that switches point-in-time recovery of some tables.
func planFile(t *testing.T, partition string, tables ...string) string {
	t.Helper()
	p := &remedy.Plan{Partition: partition, Account: "111122223333", Regions: []string{"eu-west-1"}, Actions: []remedy.Action{}}
	for i, name := range tables {
		p.Actions = append(p.Actions, remedy.Action{ID: fmt.Sprintf("a%d", i+1), Region: "eu-west-1", Change: remedy.Change{PITR: &remedy.PITR{Table: name, Enabled: true}},
			Inverse: remedy.Inverse{Change: &remedy.Change{PITR: &remedy.PITR{Table: name}}}})
	}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func printPolicyOf(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, mistakes bytes.Buffer
	nothing := func(string) string { return "" }
	code = Run(context.Background(), append([]string{"iam", "policy"}, args...), nothing, Stdio{In: strings.NewReader(""), Out: &out, Err: &mistakes})
	return code, out.String(), mistakes.String()
}

func TestThePolicyOfAPlanNamesItsTables(t *testing.T) {
	for _, command := range []string{"apply", "backout"} {
		code, out, stderr := printPolicyOf(t, command, planFile(t, "aws-cn", "orders"))
		if code != 0 || stderr != "" || strings.Contains(out, "*") || !strings.Contains(out, `"arn:aws-cn:dynamodb:eu-west-1:111122223333:table/orders"`) {
			t.Errorf("%s: exit code %d\n%s%s", command, code, out, stderr)
		}
	}
}

func TestThePolicyOfAPlanOfManyTablesFitsIntoIAM(t *testing.T) {
	var tables []string
	for i := range 300 {
		tables = append(tables, fmt.Sprintf("table-%03d", i))
	}
	code, out, stderr := printPolicyOf(t, "apply", planFile(t, "aws", tables...))
	if code != 0 || size([]byte(out)) > policyRoom || !strings.Contains(out, "111122223333:table/*") || !strings.Contains(stderr, "no room for the names of 300 tables") {
		t.Errorf("exit code %d, %d characters\n%s", code, size([]byte(out)), stderr)
	}
}

func TestEveryPrintedPolicyFitsIntoIAM(t *testing.T) {
	for _, args := range [][]string{{"scan"}, {"collect"}, {"plan"}, {"apply"}, {"apply", "--prove"}, {"backout"}} {
		code, out, stderr := printPolicyOf(t, args...)
		if code != 0 || stderr != "" || size([]byte(out)) > policyRoom {
			t.Errorf("%v: exit code %d, %d characters\n%s", args, code, size([]byte(out)), stderr)
		}
	}
}

func TestPoliciesOfPlansThatAreNone(t *testing.T) {
	sound := planFile(t, "aws", "orders")
	text, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) string {
		at := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(at, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	for want, args := range map[string][]string{
		"no such file":                       {"apply", "nowhere.json"},
		"changed after it was made":          {"apply", write("edited.json", bytes.ReplaceAll(text, []byte("orders"), []byte("users")))},
		"cut off":                            {"backout", write("short.json", text[:len(text)/2])},
		"another kind of file":               {"apply", write("other.json", []byte("{}"))},
		"--partition says aws-cn":            {"apply", sound, "--partition", "aws-cn"},
		"takes a saved plan or nothing, got": {"apply", sound, sound},
		"takes no arguments, got":            {"plan", sound},
		"unknown flag: --prove":              {"backout", "--prove"},
		"--partition aws-xx: unknown":        {"apply", "--partition", "aws-xx"},
	} {
		code, out, stderr := printPolicyOf(t, args...)
		if code != exitUsage || out != "" || !strings.Contains(stderr, want) || !strings.Contains(stderr, "next:") {
			t.Errorf("%v: exit code %d, want %q\n%s%s", args, code, want, out, stderr)
		}
	}
}
