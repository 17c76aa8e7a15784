package interop

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/cfn"
)

const cfnFixtures = "../../internal/iac/cfn/testdata"

// cfnTemplates are the templates that tests of the repository read, as files: those of the reader, and those within scripts. Scripts name
// templates that are meant to be wrong "broken".
func cfnTemplates(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(cfnFixtures, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Base(filepath.Dir(filepath.Dir(name))) != "fuzz" {
			out = append(out, name)
		}
		return err
	})
	if err != nil || len(out) < 5 {
		t.Fatalf("%d fixtures, %v", len(out), err)
	}
	scripts, err := filepath.Glob("../scenario/testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	dir := t.TempDir()
	for _, script := range scripts {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if isTemplate(f) {
				out = append(out, keep(t, dir, strings.TrimSuffix(filepath.Base(script), ".txtar")+"/"+f.Name, f.Data))
			}
		}
	}
	return out
}

func isTemplate(f txtar.File) bool {
	switch filepath.Ext(f.Name) {
	case ".yaml", ".yml", ".json", ".template":
		text := string(f.Data)
		return strings.Contains(text, "Resources") && strings.Contains(text, "Type") && strings.Contains(text, "AWS::DynamoDB::") && !strings.Contains(f.Name, "broken")
	}
	return false
}

func keep(t *testing.T, dir, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What the tests of CloudFormation read is CloudFormation, to somebody else who knows every property. Warnings, as of what nobody uses, do
// not count.
func TestCfnLintFindsNoErrorInTemplates(t *testing.T) {
	lint := counterpart(t, "venv", "bin", "cfn-lint")
	args := []string{"--format", "parseable", "--non-zero-exit-code", "error", "--regions", "eu-west-1", "us-east-1", "ap-south-1", "--"}
	cmd := exec.Command(lint, append(args, cfnTemplates(t)...)...)
	cmd.Env = environment(t)
	_ = output(t, cmd)
}

// cfnTable is what both sides say of a table.
type cfnTable struct {
	Name        string `json:"name"`
	Recoverable bool   `json:"recoverable"`
}

func TestLoopsAreWrittenOutAsByCfnLint(t *testing.T) {
	name := filepath.Join(cfnFixtures, "loops.yaml")
	cmd := exec.Command(python(t), "py/cfn_expand.py", name)
	cmd.Env = environment(t)
	var theirs map[string]cfnTable
	if err := json.Unmarshal(output(t, cmd), &theirs); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b := build.New()
	if err := cfn.Read(b, []cfn.File{{Name: "loops.yaml", Text: text}}, cfn.Options{}); err != nil {
		t.Fatal(err)
	}
	ours := map[string]cfnTable{}
	for i := range b.Unit.Tables.Items {
		table := &b.Unit.Tables.Items[i]
		ours[strings.TrimPrefix(table.ID, "loops.yaml#")] = cfnTable{Name: table.Name.Or(""), Recoverable: table.PITRStatus.Or("") == "ENABLED"}
	}
	if diff := cmp.Diff(theirs, ours); diff != "" || len(ours) != 6 {
		t.Errorf("cfn-lint's tables (-) and ours (+):\n%s", diff)
	}
}
