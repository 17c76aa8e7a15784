package remark

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// shown is every remark as LINE:COLUMN TEXT > BLOCK.
func shown(all []Remark) string {
	var lines []string
	for _, r := range all {
		text := r.Text
		if r.Entry != nil {
			for _, m := range r.Entry.Members {
				text += m.Key + "=" + m.Values[0].Text + ";"
			}
			text += r.Entry.Wrong
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d:%d %s > %s", r.At.Line, r.At.Column, text, r.Block.Name)))
	}
	return strings.Join(lines, "\n")
}

func TestCommentsOfTemplatesBelongToBlocks(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"above, beside and within", `# restorable:top
Resources:
  # restorable:above
  # more
  Orders: # restorable:beside
    Type: AWS::DynamoDB::Table # restorable:trailing
    # restorable:within
  # restorable:users
  Users:
    Type: AWS::DynamoDB::Table

    # restorable:last

  # restorable:apart

  Carts: {Type: AWS::DynamoDB::Table} # restorable:flow
Outputs: # restorable:outputs
  A: {Value: b}`, `1:1 # restorable:top >
3:3 # restorable:above > Orders
5:11 # restorable:beside > Orders
6:32 # restorable:trailing > Orders
7:5 # restorable:within > Orders
8:3 # restorable:users > Users
12:5 # restorable:last > Users
14:3 # restorable:apart >
16:39 # restorable:flow > Carts
17:10 # restorable:outputs >`},
		{"what only looks like a comment", `Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: "a # restorable:quoted"
      Tags:
        - Key: script
          Value: |
            # restorable:literal
            b # restorable:literal
`, ``},
		{"without indentation", "Resources:\n  Orders: {Type: 'AWS::DynamoDB::Table', # restorable:inner\n    Properties: {}}\n", "2:42 # restorable:inner > Orders"},
		{"not a template", "Resources: [\n# restorable:x", ""},
		{"Metadata", `{"Resources": {
 "A": {"Type": "AWS::DynamoDB::Table", "Metadata": {"restorable": {"ignore": [{"control": "c", "reason": "r"}, {"control": ["d"]}]}}}, "B": {"Metadata": {"restorable": {"ignore": {"control": "e"}}}}}}`,
			"2:79 control=c;reason=r; > A\n2:112 control=d; > A\n2:180 control=e; > B"},
		{"Metadata that is not understood", "Resources:\n  A:\n    Metadata:\n      restorable: {ignore: [pitr-window]}\n  B:\n    Metadata:\n      restorable: yes\n",
			"4:29 an entry is a mapping > A\n7:19 restorable in Metadata holds a list under ignore > B"},
	} {
		if got := shown(OfCloudFormation("a.yaml", []byte(row.text))); got != row.want {
			t.Errorf("%s: got\n%s\nwant\n%s", row.name, got, row.want)
		}
	}
}

func TestCommentsOfTerraformBelongToBlocks(t *testing.T) {
	text := `# restorable:top

# restorable:above
// restorable:slashes
resource "aws_dynamodb_table" "orders" {
  name = "orders" # restorable:trailing
  /* restorable:long
     goes on */
  tags = {
    a = "# restorable:quoted"
    b = <<EOT
# restorable:heredoc
EOT
  }
# restorable:left
} # restorable:behind

module "shop" {
  source = "./shop" // restorable:module
}
/* restorable:over
   two */
resource "aws_backup_vault" "main" {}
`
	want := `1:1 # restorable:top >
3:1 # restorable:above > aws_dynamodb_table.orders
4:1 // restorable:slashes > aws_dynamodb_table.orders
6:19 # restorable:trailing > aws_dynamodb_table.orders
7:3 /* restorable:long
     goes on */ > aws_dynamodb_table.orders
15:1 # restorable:left > aws_dynamodb_table.orders
16:3 # restorable:behind > aws_dynamodb_table.orders
19:21 // restorable:module > module.shop
21:1 /* restorable:over
   two */ > aws_backup_vault.main`
	var trimmed []string
	for _, r := range OfTerraform("main.tf", []byte(text)) {
		trimmed = append(trimmed, strings.TrimRight(shown([]Remark{r}), " "))
	}
	if got := strings.Join(trimmed, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := OfTerraform("main.tf", []byte("resource {{{ # restorable:x")); got != nil {
		t.Errorf("a file with a mistake says %v", got)
	}
}

func TestCommentsOfTerraformsJSONBelongToBlocks(t *testing.T) {
	text := `{"//": "restorable:top", "resource": {
 "aws_dynamodb_table": {"orders": {"//": "restorable:orders", "name": "restorable:name", "tags": {"//": "restorable:tag"}}, "é": {"//": {"path": "restorable:cdktf"}}},
 "aws_backup_vault": [{"main": [{"//": "restorable:vault"}]}]
}}`
	want := "2:43 restorable:orders > aws_dynamodb_table.orders\n3:41 restorable:vault > aws_backup_vault.main"
	if got := shown(OfTerraformJSON("main.tf.json", []byte(text))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, broken := range []string{`{"resource": {"a": {"b": {"//": "restorable:x"`, `restorable:`, strings.Repeat("[", 100_000) + `"restorable:"`} {
		if got := OfTerraformJSON("main.tf.json", []byte(broken)); got != nil {
			t.Errorf("%.40s says %v", broken, got)
		}
	}
}

func FuzzCommentsStayWithinTheirFile(f *testing.F) {
	f.Add("Resources:\n  A: # restorable:x\n    B: c\n")
	f.Add("{\"resource\": {\"a\": {\"b\": {\"//\": \"restorable:x\"}}}}")
	f.Add("resource \"a\" \"b\" { # restorable:x\n}\n/* restorable:y")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range slices.Concat(OfCloudFormation("f", []byte(text)), OfTerraform("f", []byte(text)), OfTerraformJSON("f", []byte(text))) {
			if r.At.Line < 1 || r.At.Column < 1 || r.At.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+1 {
				t.Fatalf("a remark at %v of %q", r.At, text)
			}
		}
	})
}
