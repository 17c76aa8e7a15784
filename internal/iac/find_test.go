package iac

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const template = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: orders}\n"

func tree() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"app/orders.yaml":                  file(template),
		"app/orders.json":                  file(`{"Resources": {"T": {"Type": "AWS::DynamoDB::Table"}}}`),
		"app/deployment.yaml":              file("kind: Deployment\nResources: none\n"),
		"app/values.txt":                   file(template),
		"app/.hidden/t.yaml":               file(template),
		"app/node_modules/x/t.yaml":        file(template),
		"infra/main.tf":                    file("resource \"aws_dynamodb_table\" \"a\" {\n name = \"a\"\n}\n"),
		"infra/other.tf":                   file("resource \"aws_dynamodb_table\" \"b\" {\n name = \"b\"\n}\n"),
		"infra/plan.json":                  file(`{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}}`),
		"estates/live.json":                file(`{"schema_version": 1, "units": []}`),
		"empty/README.md":                  file("nothing"),
		"package.json":                     file(`{"name": "Resources"}`),
		"cdk/tree.json":                    file(`{"tree": {"children": {"Resources": {"id": "Resources", "type": "AWS::DynamoDB::Table", "q": "\\"}"}}}}`),
		"cdk/S.template.json":              file(`{"Parameters": {"Resources": {"Default": "a\"{"}}, "Resources" : {"T": {"Type": "AWS::DynamoDB::Table"}}}`),
		"quoted/t.yaml":                    file("\"Resources\":\n  \"A\": {\"Type\": \"AWS::DynamoDB::Table\"}\n"),
		"broken/bad.yaml":                  file("Resources:\n  A:\n    Type: AWS::DynamoDB::Table\n   Properties: {}\n"),
		"broken/good.yaml":                 file(template),
		"deep/a/b/c/template.template":     file(template),
		"infra/.terraform/modules/x/m.tf":  file("resource \"aws_dynamodb_table\" \"hidden\" {}\n"),
		"infra/modules/db/main.tf":         file("resource \"aws_dynamodb_table\" \"c\" {\n name = \"c\"\n}\n"),
		"infra/uses/main.tf":               file("module \"db\" {\n source = \"../modules/db\"\n}\n"),
		"infra/uses/selection/main.tf":     file("output \"x\" { value = 1 }\n"),
		"infra/uses/selection/values.json": file(`{"format_version": 1}`),
	}
}

func TestPathsLeadToTemplates(t *testing.T) {
	for _, row := range []struct {
		name  string
		paths []string
		want  Found
	}{
		{"a folder", []string{"app"}, Found{Templates: []string{"app/orders.json", "app/orders.yaml"}}},
		{"a file of any name", []string{"app/values.txt"}, Found{Templates: []string{"app/values.txt"}}},
		{"a file twice", []string{"app/orders.yaml", "app"}, Found{Templates: []string{"app/orders.yaml", "app/orders.json"}}},
		{"what the CDK writes beside templates", []string{"cdk"}, Found{Templates: []string{"cdk/S.template.json"}}},
		{"keys in quotes", []string{"quoted"}, Found{Templates: []string{"quoted/t.yaml"}}},
		{"beneath", []string{"deep"}, Found{Templates: []string{"deep/a/b/c/template.template"}}},
		{"a hidden folder that was named", []string{"app/.hidden"}, Found{Templates: []string{"app/.hidden/t.yaml"}}},
		{"Terraform", []string{"infra"}, Found{Modules: []string{"infra"}, Plans: []string{"infra/plan.json"}}},
		{"a file of a module", []string{"infra/main.tf"}, Found{Modules: []string{"infra"}, Only: []string{"infra/main.tf"}}},
		{"a file and its folder", []string{"infra/main.tf", "infra"}, Found{Modules: []string{"infra"}, Plans: []string{"infra/plan.json"}}},
		{"an estate file", []string{"estates"}, Found{Estates: []string{"estates/live.json"}}},
		{"all", []string{"."}, Found{Estates: []string{"estates/live.json"}, Modules: []string{"."}, Plans: []string{"infra/plan.json"},
			Templates: []string{"app/orders.json", "app/orders.yaml", "broken/bad.yaml", "broken/good.yaml", "cdk/S.template.json",
				"deep/a/b/c/template.template", "quoted/t.yaml"}}},
	} {
		got, err := Find(tree(), row.paths)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if d := cmp.Diff(row.want, *got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, d)
		}
	}
}

func TestPathsThatLeadToNothing(t *testing.T) {
	var nothing *NothingError
	var kind *KindError
	if _, err := Find(tree(), []string{"app", "nowhere"}); !errors.As(err, &nothing) || nothing.Folder || nothing.Path != "nowhere" {
		t.Errorf("a path that is not there: %v", err)
	}
	if _, err := Find(tree(), []string{"empty"}); !errors.As(err, &nothing) || !nothing.Folder {
		t.Errorf("a folder without templates: %v", err)
	}
	if _, err := Find(tree(), []string{"package.json"}); !errors.As(err, &kind) {
		t.Errorf("a file of another kind: %v", err)
	}
}

func FuzzTell(f *testing.F) {
	for _, text := range []string{template, `{"Resources":{}}`, "", "{", "\ufeffResources:\nAWS::"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if Tell(text) > TerraformPlan {
			t.Error("no such kind")
		}
	})
}
