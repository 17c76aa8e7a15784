package cfn

import (
	"strings"
	"testing"
)

const ordersYAML = `Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${AWS::StackName}-orders"
      Arn: !GetAtt Orders.Arn
      List: [1, true, !Ref X]
      Tags:
        - Key: a
          Value: b
`

const ordersJSON = `{"Resources": {
  "Orders": {"Type": "AWS::DynamoDB::Table",
    "Properties": {"TableName": {"Fn::Sub": "${AWS::StackName}-orders"},
      "Arn": {"Fn::GetAtt": "Orders.Arn"},
      "List": [1, true, {"Ref": "X"}],
      "Tags": [{"Key": "a", "Value": "b"}]}}}}`

// outline is a node without its places.
func outline(n *node) string {
	switch n.kind {
	case null:
		return "null"
	case list:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = outline(item)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case mapping:
		parts := make([]string, len(n.entries))
		for i, e := range n.entries {
			parts[i] = e.key + ":" + outline(e.value)
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return n.text
}

func TestYAMLAndJSONReadAlike(t *testing.T) {
	y, err := parse("a.yaml", []byte(ordersYAML))
	if err != nil {
		t.Fatal(err)
	}
	j, err := parse("a.json", []byte(ordersJSON))
	if err != nil {
		t.Fatal(err)
	}
	if outline(y) != outline(j) {
		t.Errorf("YAML: %s\nJSON: %s", outline(y), outline(j))
	}
	if !strings.Contains(outline(y), "Arn:{Fn::GetAtt:Orders.Arn} List:[1 true {Ref:X}] Tags:[{Key:a Value:b}]") {
		t.Errorf("got %s", outline(y))
	}
	for _, row := range []struct {
		n    *node
		want string
	}{{y, "a.yaml:5:18"}, {j, "a.json:3:33"}} {
		name := row.n.get("Resources").get("Orders").get("Properties").get("TableName")
		if got := name.pos.String(); got != row.want {
			t.Errorf("the name stands at %s, want %s", got, row.want)
		}
	}
}

func TestAliasesAreWrittenOut(t *testing.T) {
	n, err := parse("a.yaml", []byte("a: &x {k: v, l: w}\nb: *x\nc:\n  <<: *x\n  l: own\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(n), "{a:{k:v l:w} b:{k:v l:w} c:{l:own k:v}}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestColonsWithinTexts(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"V: {a: !Ref AWS::R, b: c}", "{V:{a:{Ref:AWS::R} b:c}}"},
		{"V: {a: [!Ref AWS::R, AWS::S, arn:aws:s3:::b]}", "{V:{a:[{Ref:AWS::R} AWS::S arn:aws:s3:::b]}}"},
		{"V: {Fn::Sub: x}", "{V:{Fn::Sub:x}}"},
		{"V: {Fn::Sub: '${AWS::R}', b: {Fn::GetAtt: [A, Arn]}}", "{V:{Fn::Sub:${AWS::R} b:{Fn::GetAtt:[A Arn]}}}"},
		{"V: {Fn::If: [a, !Ref AWS::R, {Fn::Sub: !Ref x}]}", "{V:{Fn::If:[a {Ref:AWS::R} {Fn::Sub:{Ref:x}}]}}"},
		{"V: |\n  a::b:::c :: d", "{V:a::b:::c :: d\n}"},
		{"a:: b", "{a::b}"},
		{"V: [{'Fn::If': [a, {Ref: AWS::R}, c]}]", "{V:[{Fn::If:[a {Ref:AWS::R} c]}]}"},
		{"V: {a: {\"b\":c, d: e}}", "{V:{a:{b:c d:e}}}"},
		{"Fn::Sub: AWS::R\nType: AWS::DynamoDB::Table", "{Fn::Sub:AWS::R Type:AWS::DynamoDB::Table}"},
	} {
		n, err := parse("f", []byte(row.text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
		} else if got := outline(n); got != row.want {
			t.Errorf("%s: %s, want %s", row.text, got, row.want)
		}
	}
}

func TestMistakesNameTheirPlace(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		was, is := string(rune('0'+i-1)), string(rune('0'+i))
		bomb += "a" + is + ": &a" + is + " [" + strings.Repeat("*a"+was+", ", 9) + "*a" + was + "]\n"
	}
	for _, row := range []struct{ name, text, want string }{
		{"twice in JSON", "{\"a\": 1,\n \"a\": 2}", "f:2:2: a is given twice"},
		{"twice in YAML", "a: 1\na: 2\n", "f:2:1: "},
		{"truncated", "{\"a\": [1,\n", "f:2:1: not JSON"},
		{"deep JSON", strings.Repeat(`{"a":`, 200), "nested deeper than 100 levels"},
		{"deep YAML", "a: " + strings.Repeat("[", 5000), "f:1:104: nested deeper than 100 levels"},
		{"deep dashes", strings.Repeat("- ", 5000) + "x", "nested deeper than 100 levels"},
		{"an alias bomb", bomb, "more than 500000 values"},
		{"an alias of nothing", "a: *x\n", "f:1:4: there is no anchor &x"},
		{"an alias of itself", "a: &x [*x]\n", "holds itself"},
		{"after colons", "a: {Fn::Sub: x, b: 1, b: 2}\n", "f:1:23: "},
		{"large", strings.Repeat(" ", MaxBytes+1), "the limit is 4194304"},
		{"empty", "", "f: the file is empty"},
		{"two documents", "a: 1\n---\nb: 2\n", "f:3:1: a template is one YAML document"},
	} {
		_, err := parse("f", []byte(row.text))
		if err == nil || !strings.Contains(err.Error(), row.want) || !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(ordersYAML))
	f.Add([]byte(ordersJSON))
	f.Add([]byte("a: &x [*x]\nb: {<<: *x}\n? y\n: !Foo\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := parse("f", text)
		if (n == nil) == (err == nil) {
			t.Fatalf("node %v, error %v", n, err)
		}
	})
}
