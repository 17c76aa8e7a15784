package iac

import (
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func readAll(t *testing.T, o Options, paths ...string) ([]*estate.Unit, []error) {
	t.Helper()
	found, err := Find(tree(), paths)
	if err != nil {
		t.Fatal(err)
	}
	return Read(tree(), found, o)
}

func addresses(u *estate.Unit) []string {
	var out []string
	tables := map[string]bool{}
	for _, x := range u.Tables.Items {
		tables[x.ID] = true
	}
	for _, d := range u.Declared {
		if tables[d.ID] {
			out = append(out, d.File+" "+d.Address)
		}
	}
	slices.Sort(out)
	return out
}

func TestTemplatesOfBothLanguagesAreOneUnit(t *testing.T) {
	units, mistakes := readAll(t, Options{}, "app/orders.yaml", "infra")
	if len(mistakes) > 0 || len(units) != 1 {
		t.Fatalf("%d units, %v", len(units), mistakes)
	}
	u := units[0]
	want := []string{"app/orders.yaml Orders", "infra/main.tf aws_dynamodb_table.a", "infra/modules/db/main.tf module.db.aws_dynamodb_table.c", "infra/other.tf aws_dynamodb_table.b"}
	if got := addresses(u); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !Declared(u) || !Whole(u) || Joined(u) || !u.Reached.Or(false) || u.Home.Or(true) {
		t.Errorf("declared %v, whole %v, joined %v", Declared(u), Whole(u), Joined(u))
	}
	judged := Judged(u)
	for _, x := range u.Tables.Items {
		if !judged(x.ID) || x.Status.Or("") != "ACTIVE" {
			t.Errorf("%s: judged %v, %s", x.ID, judged(x.ID), x.Status)
		}
	}
}

func TestFilesThatAreNamedAreJudgedAlone(t *testing.T) {
	units, mistakes := readAll(t, Options{}, "infra/other.tf")
	if len(mistakes) > 0 || len(units) != 1 {
		t.Fatalf("%d units, %v", len(units), mistakes)
	}
	if got := addresses(units[0]); !slices.Equal(got, []string{"infra/other.tf aws_dynamodb_table.b"}) {
		t.Errorf("got %q", got)
	}
}

func TestATemplateThatCannotBeReadIsNamedAndOthersAreRead(t *testing.T) {
	units, mistakes := readAll(t, Options{Shown: func(name string) string { return "../" + name }}, "broken")
	if len(mistakes) != 1 || !strings.HasPrefix(mistakes[0].Error(), "broken/bad.yaml:4:") {
		t.Fatalf("got %v", mistakes)
	}
	if len(units) != 1 || len(units[0].Tables.Items) != 1 || Whole(units[0]) || Nothing(units) {
		t.Fatalf("got %d units", len(units))
	}
	if p := units[0].Of(units[0].Tables.Whole.Source()); p.Code != NotParsed || !strings.Contains(p.Message, "broken/bad.yaml:4:") {
		t.Errorf("got %+v", p)
	}
	if d := units[0].Declared[0]; d.File != "../broken/good.yaml" {
		t.Errorf("shown as %s", d.File)
	}
}

func TestParametersOfFiles(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a mapping", `{"Stage": "prod", "Zones": ["a", "b"]}`, "prod a,b"},
		{"YAML keeps what is written", "Stage: 1.10\nZones: 012345678901\n", "1.10 012345678901"},
		{"as CodePipeline", `{"Parameters": {"Stage": "prod", "Zones": "a"}, "Tags": {}}`, "prod a"},
		{"with tags of the stack", `{"Parameters": {"Stage": "prod"}, "Tags": {"backup": "daily"}, "StackPolicy": {"Statement": []}}`, "prod daily"},
		{"tags alone", "Tags:\n  backup: daily\n", " daily"},
		{"a parameter that is called Tags", `{"Tags": "x", "Stage": "prod"}`, "prod "},
		{"as the AWS CLI", `[{"ParameterKey": "Stage", "ParameterValue": "prod"}, {"ParameterKey": "Zones", "UsePreviousValue": true}]`, "prod "},
		{"as deploy", `["Stage=prod", "Zones=a=b"]`, "prod a=b"},
	} {
		got, err := ReadParameters("p.json", []byte(row.text))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
		if have := got.Parameters["Stage"] + " " + got.Parameters["Zones"] + got.Tags["backup"]; have != row.want {
			t.Errorf("%s: %q, want %q", row.name, have, row.want)
		}
	}
	for _, text := range []string{"", "[1, [2]]", `[{"ParameterValue": "x"}]`, `{"A": {"B": 1}}`, `{"Tags": {"a": {"b": "c"}}}`, `{"Parameters": {}, "Tags": "x"}`, `["novalue"]`, "text"} {
		if _, err := ReadParameters("p.json", []byte(text)); err == nil || !strings.Contains(err.Error(), "p.json") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
