package iac

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"
)

// planTree has a configuration of one table and a plan of it.
func planTree(t *testing.T) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, file := range map[string]string{"infra/main.tf": "dynamic/main.tf", "infra/plan.json": "dynamic.json"} {
		text, err := os.ReadFile("terraform/planfile/testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: text}
	}
	return fsys
}

// tablesOf reads paths: the tables with their places, and what is noted.
func tablesOf(t *testing.T, fsys fstest.MapFS, paths ...string) (tables, notes []string) {
	t.Helper()
	found, err := Find(fsys, paths)
	if err != nil {
		t.Fatal(err)
	}
	units, mistakes := Read(fsys, found, Options{Note: func(text string) { notes = append(notes, text) }})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for _, u := range units {
		pitr := map[string]string{}
		for _, x := range u.Tables.Items {
			pitr[x.ID] = x.PITRStatus.Or("unknown")
		}
		for _, d := range u.Declared {
			if state, is := pitr[d.ID]; is && !strings.HasSuffix(d.ID, "/us-east-1") { // what may be its replica
				tables = append(tables, fmt.Sprintf("%s %s:%d %s", d.ID, d.File, d.Line, state))
			}
		}
	}
	slices.Sort(tables)
	return tables, notes
}

func edited(fsys fstest.MapFS, name, old, with string) {
	fsys[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(fsys[name].Data), old, with, 1))}
}

// A plan beside its configuration is judged at the places of the configuration: each table once, and what the plan cannot tell of dynamic blocks
// is what the configuration says.
func TestAPlanBesideItsConfiguration(t *testing.T) {
	tables, notes := tablesOf(t, planTree(t), "infra")
	want := []string{"infra#aws_dynamodb_table.none infra/main.tf:62 DISABLED", "infra#aws_dynamodb_table.sure infra/main.tf:46 ENABLED",
		"infra#aws_dynamodb_table.unsure infra/main.tf:24 unknown"}
	if !slices.Equal(tables, want) {
		t.Errorf("got %q", tables)
	}
	if len(notes) != 1 || notes[0] != "infra/plan.json is a plan of infra: each table is judged once, as the plan has it, at its place in infra" {
		t.Errorf("notes: %q", notes)
	}
}

// A plan that is named alone keeps its places; what it cannot tell of dynamic blocks the configuration beside it tells all the same.
func TestAPlanThatIsNamedAlone(t *testing.T) {
	tables, notes := tablesOf(t, planTree(t), "infra/plan.json")
	if len(notes) > 0 || len(tables) != 3 {
		t.Errorf("%q, notes %q", tables, notes)
	}
	for i, state := range []string{"DISABLED", "ENABLED", "unknown"} {
		if !strings.Contains(tables[i], "infra/plan.json:") || !strings.HasSuffix(tables[i], state) {
			t.Errorf("got %s, want %s", tables[i], state)
		}
	}
	alone := planTree(t)
	delete(alone, "infra/main.tf")
	if tables, _ := tablesOf(t, alone, "infra/plan.json"); len(tables) != 3 || !strings.HasSuffix(tables[0], "unknown") {
		t.Errorf("without its configuration: %q", tables)
	}
}

// A plan that is not one of the configuration as it is now is left out, and why is told; one of another root is another.
func TestPlansOfOtherConfiguration(t *testing.T) {
	for _, row := range []struct {
		name, old, with, note string
		tables                int
	}{
		{"another value", "for_each = [true]\n", "for_each = [true]\n", "each table is judged once", 3},
		{"an attribute", `name         = "none"`, `name         = "other"`, "aws_dynamodb_table.none is written otherwise in it", 3},
		{"a block", "rule {\n", "rule {\n    lifecycle {}\n", "aws_backup_plan.daily is written otherwise in it", 3},
		{"one more attribute", `name         = "none"`, "name = \"none\"\n  read_capacity = 5", "aws_dynamodb_table.none is written otherwise in it", 3},
		{"one less attribute", `name         = "none"`, "", "aws_dynamodb_table.none is written otherwise in it", 3},
		{"one more table", `resource "terraform_data" "later" {}`, `resource "terraform_data" "later" {}
resource "aws_dynamodb_table" "new" {}`, "aws_dynamodb_table.new is not in it", 4},
		{"one less table", `resource "aws_dynamodb_table" "none"`, `data "aws_dynamodb_table" "none"`, "it has aws_dynamodb_table.none", 2},
	} {
		fsys := planTree(t)
		edited(fsys, "infra/main.tf", row.old, row.with)
		tables, notes := tablesOf(t, fsys, "infra")
		if len(tables) != row.tables || len(notes) != 1 || !strings.Contains(notes[0], row.note) {
			t.Errorf("%s: %q, notes %q", row.name, tables, notes)
		}
	}
	fsys := planTree(t)
	edited(fsys, "infra/plan.json", `"complete": true`, `"complete": false`)
	if tables, notes := tablesOf(t, fsys, "infra"); len(tables) != 3 || len(notes) != 1 || !strings.Contains(notes[0], "it is not complete") {
		t.Errorf("a plan of some resources: %q, notes %q", tables, notes)
	}
	fsys = planTree(t)
	fsys["infra/main.tf"] = &fstest.MapFile{Data: []byte("resource \"aws_dynamodb_table\" \"apart\" {\n  name = \"apart\"\n}\n")}
	if tables, notes := tablesOf(t, fsys, "infra"); len(tables) != 4 || len(notes) > 0 {
		t.Errorf("two roots: %q, notes %q", tables, notes)
	}
}

// Plans in a folder of their own are of the only root that is written so; several plans of one root stay several.
func TestPlansInAFolderOfTheirOwn(t *testing.T) {
	fsys := planTree(t)
	fsys["plans/prod.json"] = fsys["infra/plan.json"]
	delete(fsys, "infra/plan.json")
	if tables, notes := tablesOf(t, fsys, "."); len(tables) != 3 || !strings.Contains(strings.Join(notes, " "), "plans/prod.json is a plan of infra") {
		t.Errorf("%q, notes %q", tables, notes)
	}
	fsys["plans/test.json"] = fsys["plans/prod.json"]
	if tables, notes := tablesOf(t, fsys, "."); len(tables) != 6 || len(notes) != 2 {
		t.Errorf("two plans: %q, notes %q", tables, notes)
	}
	delete(fsys, "plans/test.json")
	fsys["other/main.tf"] = fsys["infra/main.tf"]
	if tables, notes := tablesOf(t, fsys, "."); len(tables) != 9 || len(notes) > 0 {
		t.Errorf("two roots written alike: %q, notes %q", tables, notes)
	}
}

// What a module that is not installed declares, the plan tells; then nothing may exist beside it.
func TestAPlanOfModulesThatAreNotInstalled(t *testing.T) {
	const table = `"mode": "managed", "type": "aws_dynamodb_table", "name": "t"`
	fsys := fstest.MapFS{"main.tf": {Data: []byte("module \"db\" {\n  source = \"a/b/c\"\n}\n")},
		"plan.json": {Data: []byte(`{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}}, "resource_changes": [
 {"address": "module.db.aws_dynamodb_table.t", "module_address": "module.db", ` + table + `, "change": {"actions": ["create"], "after": {"name": "t"}, "after_unknown": {}}}],
 "configuration": {"root_module": {"module_calls": {"db": {"module": {"resources": [{` + table + `, "expressions": {"name": {"constant_value": "t"}}}]}}}}}}`)}}
	tables, notes := tablesOf(t, fsys, ".")
	if len(tables) != 1 || !strings.Contains(tables[0], "module.db.aws_dynamodb_table.t plan.json:") || len(notes) != 1 {
		t.Errorf("%q, notes %q", tables, notes)
	}
	found, err := Find(fsys, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	units, _ := Read(fsys, found, Options{})
	for _, u := range units {
		if why := u.Of(u.Tables.Whole.Source()).Message; strings.Contains(why, "not installed") {
			t.Errorf("there may be more tables: %s", why)
		}
	}
}

// utf16Of is a text as PowerShell's > writes it.
func utf16Of(text []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(string(text))) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func TestFilesOfWindows(t *testing.T) {
	fsys := planTree(t)
	fsys["infra/plan.json"].Data = utf16Of(fsys["infra/plan.json"].Data)
	fsys["stack.yaml"] = &fstest.MapFile{Data: utf16Of([]byte(template))}
	fsys["stack.json"] = &fstest.MapFile{Data: append([]byte("\xef\xbb\xbf"), `{"Resources": {"T": {"Type": "AWS::DynamoDB::Table"}}}`...)}
	tables, notes := tablesOf(t, fsys, "infra/plan.json", "stack.yaml", "stack.json")
	if len(tables) != 5 || len(notes) > 0 {
		t.Errorf("%q, notes %q", tables, notes)
	}
	for name, text := range map[string][]byte{"UTF-16": utf16Of([]byte(`{"Stage": "prod"}`)), "UTF-8": []byte("\xef\xbb\xbf{\"Stage\": \"prod\"}")} {
		if got, err := ReadParameters("p.json", text); err != nil || got.Parameters["Stage"] != "prod" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
