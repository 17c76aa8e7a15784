package cfn

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/iac/build"
)

// readFiles reads texts under their names, within a time that no honest template needs.
func readFiles(t *testing.T, texts map[string]string, order ...string) (*build.Builder, error) {
	t.Helper()
	var files []File
	for _, name := range order {
		files = append(files, File{name, []byte(texts[name])})
	}
	b, began := build.New(), time.Now()
	err := Read(b, files, Options{})
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	return b, err
}

const oneTable = "  T:\n    Type: AWS::DynamoDB::Table\n"

// nests is a template that nests others.
func nests(names ...string) string {
	s := "Resources:\n" + oneTable
	for i, name := range names {
		s += fmt.Sprintf("  S%d:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: %s}\n", i, name)
	}
	return s
}

// loops is a template with loops within loops, each over the same items, and a name that the first of them make.
func loops(depth, named int, items string) string {
	body := "'T"
	for i := range named {
		body += fmt.Sprintf("${a%d}", i)
	}
	body += "': {Type: 'AWS::DynamoDB::Table'}"
	for i := range depth {
		body = fmt.Sprintf("'Fn::ForEach::L%d': [a%d, %s, {%s}]", i, i, items, body)
	}
	return "Transform: AWS::LanguageExtensions\nResources: {" + body + "}\n"
}

func TestBombsEndAtABound(t *testing.T) {
	binary := map[string]string{}
	for i := range 25 {
		next := fmt.Sprintf("f%d.yaml", i+1)
		binary[fmt.Sprintf("f%d.yaml", i)] = nests(next, next)
	}
	binary["f25.yaml"] = nests()
	deep := []string{}
	for i := range 26 {
		deep = append(deep, fmt.Sprintf("f%d.yaml", i))
	}
	for _, row := range []struct {
		name  string
		texts map[string]string
		order []string
		want  string // of the error, with its place
	}{
		{"each nests the next twice", binary, deep, "f0.yaml"},
		{"two nest each other", map[string]string{"a": nests("b"), "b": nests("a")}, []string{"a", "b"}, "a:1:1: the template nests itself\nb:1:1: the template nests itself"},
		{"one nests itself", map[string]string{"a": nests("a")}, []string{"a"}, "a:1:1: the template nests itself"},
		{"one nests a circle", map[string]string{"a": nests("b"), "b": nests("c"), "c": nests("b")}, []string{"a", "b", "c"}, "c:4:3: the template nests itself"},
		{"a million turns", map[string]string{"a": loops(6, 6, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")}, []string{"a"}, "loops make more than 500000 values"},
		{"one name again and again", map[string]string{"a": loops(2, 1, "[1, 2]")}, []string{"a"}, "a:2:"},
		{"long texts", map[string]string{"a": longTexts()}, []string{"a"}, "loops make more than"},
	} {
		b, err := readFiles(t, row.texts, row.order...)
		if row.name == "each nests the next twice" {
			row.want = "stacks are nested deeper than 20 levels"
			if n := len(b.Unit.Tables.Items); n > 2*maxNested {
				t.Errorf("%d tables", n)
			}
		}
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %.200v, want %q", row.name, err, row.want)
		}
	}
}

// longTexts has a loop that doubles a long text a thousand times over.
func longTexts() string {
	items := "0"
	for i := range 1000 {
		items += fmt.Sprintf(", %d", i+1)
	}
	return "Resources: {'Fn::ForEach::L': [x, [" + items + "], {'T${x}': {Type: A, Properties: {N: '${x}" + strings.Repeat("y", 200_000) + "'}}}]}\n"
}

// What nests is read once for each place that nests it, and never on its own.
func TestParametersOfNestedStacksMayRestOnEachOther(t *testing.T) {
	parent := `Resources:
  A:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt B.Outputs.Name}}
  B:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt A.Outputs.Name}}
`
	child := "Parameters: {Name: {Type: String}}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: !Ref Name}\nOutputs: {Name: {Value: !Ref T}}\n"
	b, err := readFiles(t, map[string]string{"parent.yaml": parent, "child.yaml": child}, "parent.yaml", "child.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Unit.Tables.Items {
		if name := b.Unit.Tables.Items[i].Name.Or(""); !symbolic(name) {
			t.Errorf("a name that rests on itself is %q", name)
		}
	}
}

// What may exist, or may be added by a macro, keeps lists from being whole for a reason of their own.
func TestListsThatAreNotWhole(t *testing.T) {
	for _, row := range []struct{ name, text, why string }{
		{"a macro", "Transform: Mine\nResources:\n" + oneTable, "the macro Mine may change the template"},
		{"a loop over what is not known", "Parameters: {P: {Type: CommaDelimitedList}}\nResources:\n  'Fn::ForEach::L': [x, !Ref P, {'T${x}': {Type: 'AWS::DynamoDB::Table'}}]\n", "is not expanded"},
		{"an include", "Resources:\n  Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://x'}}\n", "is not expanded"},
	} {
		b, err := readFiles(t, map[string]string{"a": row.text}, "a")
		if err != nil {
			t.Fatal(err)
		}
		if p := b.Unit.Of(b.Unit.Tables.Whole.Source()); p.Code != build.NotResolved || !strings.Contains(p.Message, row.why) {
			t.Errorf("%s: %+v", row.name, p)
		}
	}
	b, err := readFiles(t, map[string]string{"a": "Conditions: {C: !Equals [!Ref AWS::AccountId, '1']}\nResources:\n  V: {Type: 'AWS::Backup::BackupVault', Condition: C}\n"}, "a")
	if err != nil {
		t.Fatal(err)
	}
	if p := b.Unit.Of(b.Unit.Vaults.Whole.Source()); p.Code != build.NotResolved || p.Line != 3 {
		t.Errorf("a vault that may exist: %+v", p)
	}
}
