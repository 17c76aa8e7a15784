package cfn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/iac/build"
)

const functions = `Parameters:
  Stage: {Type: String, Default: dev}
  Free: {Type: String}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Looked: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
Mappings:
  Days: {dev: {Keep: 7}, prod: {Keep: 35}}
Conditions:
  Dev: !Equals [!Ref Stage, dev]
  NotDev: !Not [!Condition Dev]
  Both: !And [!Condition Dev, !Condition NotDev]
  Either: !Or [!Condition Dev, !Condition Unsure]
  Unsure: !Equals [!Ref Free, x]
  Loop: !Not [!Condition Loop]
Resources:
  Table: {Type: "AWS::DynamoDB::Table"}
  Named: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Sub "${Stage}-named"}}
  Circle: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Ref Circle}}
`

// shown is a value in one line: unknown ones by a question mark.
func shown(v value) string {
	switch v.form {
	case text:
		return v.text
	case nothing:
		return "nothing"
	case listing:
		parts := make([]string, len(v.items))
		for i, item := range v.items {
			parts[i] = shown(item)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case object:
		parts := make([]string, len(v.fields))
		for i, f := range v.fields {
			parts[i] = f.key + ":" + shown(f.value)
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return "?"
}

func evaluated(t *testing.T, expression string, o Options) value {
	t.Helper()
	root, err := parse("f", []byte(functions+"Value: "+expression+"\n"))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return newStack(&project{options: o, exports: map[string]*export{}}, "f", root).evaluate(root.get("Value"))
}

func TestIntrinsics(t *testing.T) {
	const arn = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
	for _, row := range []struct{ expression, want string }{
		{"!Ref Stage", "dev"},
		{"!Ref Free", "${f#Free}"},
		{"!Ref Names", "[a b]"},
		{"!Ref Looked", "${f#Looked}"},
		{"!Ref Nobody", "?"},
		{"!Ref AWS::NoValue", "nothing"},
		{"!Ref AWS::Region", "${AWS::Region}"},
		{"!Ref Table", "${!f#Table}"},
		{"!Ref Named", "dev-named"},
		{"!Ref Circle", "${!f#Circle}"},
		{"!GetAtt Named.Arn", arn + "dev-named"},
		{"!GetAtt [Table, Arn]", arn + "${!f#Table}"},
		{"!GetAtt Table.StreamArn", "${!f#Table.StreamArn}"},
		{"!Sub '${Stage}-${!Stage}-${Named.Arn}'", "dev-${=Stage}-" + arn + "dev-named"},
		{"!Sub ['${x}${Stage}', {x: !Ref Names}]", "?"},
		{"!Sub ['${x}${Stage}', {x: y}]", "ydev"},
		{"!Join ['-', [a, !Ref Stage, !Ref AWS::NoValue]]", "a-dev"},
		{"!Join ['', [a, !GetAZs '']]", "a${?f:19:23}"},
		{"!Select [1, !Ref Names]", "b"},
		{"!Select [2, !Ref Names]", "?"},
		{"!Split ['-', !Ref Named]", "[dev named]"},
		{"!Split ['-', !Ref Free]", "?"},
		{"!Select [5, !Split [':', !GetAtt Named.Arn]]", "table/dev-named"},
		{"!Select [3, !Split [':', !GetAtt Named.Arn]]", "${AWS::Region}"},
		{"!Select [1, !Split [':', !GetAtt Table.Arn]]", "?"}, // its name is not known
		{"!Split ['-', !Ref AWS::Region]", "?"},
		{"!FindInMap [Days, !Ref Stage, Keep]", "7"},
		{"!FindInMap [Days, !Ref Free, Keep]", "?"},
		{"!FindInMap [Days, no, Keep, {DefaultValue: 1}]", "1"},
		{"!If [Dev, a, b]", "a"},
		{"!If [NotDev, a, !Ref AWS::NoValue]", "nothing"},
		{"!If [Both, a, b]", "b"},
		{"!If [Either, a, b]", "a"},
		{"!If [Unsure, a, b]", "?"},
		{"!If [Unsure, [a], [a]]", "[a]"},
		{"!If [Loop, a, b]", "?"},
		{"!ImportValue other-arn", "${ImportValue:other-arn}"},
		{"!Base64 ab", "YWI="},
		{"{'Fn::Length': !Ref Names}", "2"},
		{"{'Fn::Length': [!GetAZs '']}", "?"},
		{"{'Fn::ToJsonString': {a: [b, !Ref Stage]}}", `{"a":["b","dev"]}`},
		{"{'Fn::ToJsonString': {a: !Cidr [x, 1, 2]}}", "?"},
		{"!Cidr [10.1.2.3/16, 3, 8]", "[10.1.0.0/24 10.1.1.0/24 10.1.2.0/24]"},
		{"!Select [1, !Cidr [10.0.0.0/22, 2]]", "10.0.1.0/24"}, // 8 bits where none are given
		{"!Cidr ['2001:db8::/56', 2, 64]", "[2001:db8::/64 2001:db8:0:1::/64]"},
		{"!Cidr [10.0.0.0/24, 3, 7]", "?"}, // there is room for two
		{"!Cidr [10.0.0.0/24, 1, 9]", "?"},
		{"!Cidr [255.255.255.0/24, 300, 1]", "?"},
		{"!Cidr [!Ref Free, 1, 8]", "?"},
		{"!GetAZs eu-west-1", "?"},
		{"'{{resolve:ssm:/a/b:1}}-x'", "${resolve:ssm:/a/b:1}-x"},
		{"!Sub '{{resolve:ssm:${Stage}}}'", "${resolve:ssm:dev}"},
		{"!Sub '{{resolve:ssm:${Free}}}x'", "${resolve:ssm:$_f#Free_}x"},
		{"!Equals ['{{resolve:ssm:a}}', b]", "?"},
		{"{Condition: {StringEquals: {a: b}}}", "{Condition:{StringEquals:{a:b}}}"},
		{"{a: !If [Dev, !Ref AWS::NoValue, x], b: c}", "{b:c}"},
	} {
		v := evaluated(t, row.expression, Options{})
		if got := shown(v); got != row.want {
			t.Errorf("%s: %s, want %s", row.expression, got, row.want)
		}
		if v.form == unresolved && (v.why == "" || v.pos.Line != 19) {
			t.Errorf("%s: no reason or place: %q at %s", row.expression, v.why, v.pos)
		}
	}
	given := Options{Parameters: map[string]string{"Stage": "prod", "AWS::Region": "cn-north-1", "AWS::AccountId": "1"}}
	if got, want := shown(evaluated(t, "!GetAtt Named.Arn", given)), "arn:aws-cn:dynamodb:cn-north-1:1:table/prod-named"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Functions that double a text at every level end at a bound.
func TestTextsAreBounded(t *testing.T) {
	bomb := "x"
	for range 30 {
		bomb = "{'Fn::Sub': ['${a}${a}${a}${a}', {a: " + bomb + "}]}"
	}
	v := evaluated(t, bomb, Options{})
	s, _ := v.asText()
	if len(s) > maxText {
		t.Errorf("a text of %d bytes", len(s))
	}
}

// FuzzEvaluate: whatever an expression is, it ends, keeps its place, and makes no text beyond the bound.
func FuzzEvaluate(f *testing.F) {
	for _, expression := range []string{"!Sub ['${a}', {a: !Ref Free}]", "!Cidr [10.0.0.0/8, 256, 8]", "!Select [0, !GetAZs '']", "{'Fn::Length': !Split [',', !Ref Stage]}",
		"!FindInMap [Days, !Ref Stage, Keep]", "'{{resolve:ssm:${x}}}'", "{'Fn::ForEach::L': [x, [a], {'k${x}': v}]}", "!If [Loop, !ImportValue x, !GetAtt [Named, Arn]]"} {
		f.Add(expression)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		root, err := parse("f", []byte(functions+"Value: "+expression+"\n"))
		if err != nil {
			return
		}
		v := newStack(&project{exports: map[string]*export{}}, "f", root).evaluate(root.get("Value"))
		if s, _ := v.asText(); len(s) > MaxBytes {
			t.Fatalf("a text of %d bytes", len(s))
		}
		if v.form == unresolved && v.why == "" {
			t.Fatalf("not known for no reason: %+v", v)
		}
	})
}

// FuzzLoops: what loops make has places in the file and ends.
func FuzzLoops(f *testing.F) {
	f.Add("x", "a, b", "T${x}", "${x}&{x}")
	f.Add("x", "'-', '!'", "T&{x}", "")
	f.Fuzz(func(t *testing.T, name, items, key, text string) {
		source := fmt.Sprintf("Resources:\n  'Fn::ForEach::L':\n    - %s\n    - [%s]\n    - %q: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: %q}}\n", name, items, key, text)
		b, began := build.New(), time.Now()
		_ = Read(b, []File{{"f", []byte(source)}}, Options{})
		if took := time.Since(began); took > 30*time.Second {
			t.Fatalf("it took %s", took)
		}
		for _, d := range b.Unit.Declared {
			if d.File != "f" || d.Line < 1 || d.Line > strings.Count(source, "\n")+strings.Count(source, "\r") {
				t.Fatalf("declared at %+v", d)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(functions))
	f.Add([]byte(tables))
	f.Add([]byte(planOf(inPlan + "        Resources: ['*']\n")))
	f.Add([]byte(ordersJSON))
	for _, name := range []string{"shop.yaml", "global.yaml", "sam.yaml", "loops.yaml", "watch.yaml", "nested/root.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text []byte) {
		_ = Read(build.New(), []File{{"f", text}, {"g", text}}, Options{})
	})
}

// TestWhyAConditionIsNotKnown: the parameter without a value is named, with the flag that gives one.
func TestWhyAConditionIsNotKnown(t *testing.T) {
	for _, row := range []struct{ name, conditions, want string }{
		{"a parameter", "C: !Equals [!Ref P, x]", "condition C is not known: P has no value; --parameters P=... gives it"},
		{"within others", "C: !Not [!And [!Condition D, !Equals [a, a]]]\n  D: !Equals [!Ref Q, !Ref P]", "condition C is not known: P has no value; --parameters P=... gives it"},
		{"the Region", "C: !Equals [!Ref 'AWS::Region', x]", "condition C is not known: AWS::Region has no value; --parameters AWS::Region=... gives it"},
		{"what is looked up", "C: !Equals [!Ref S, x]", "condition C is not known"},
		{"a circle", "C: !Not [!Condition D]\n  D: !Not [!Condition C]", "condition C is not known"},
		{"none", "D: !Equals [a, a]", "condition C is not known"},
	} {
		root, err := parseYAML("t.yaml", []byte("Parameters:\n  P: {Type: String}\n  Q: {Type: String, Default: q}\n  S: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /p}\nConditions:\n  "+row.conditions+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := newStack(&project{}, "t.yaml", root).undecided("C"); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}
