package cfn

import "testing"

const choices = `Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Sure: {Type: String, AllowedValues: ["true"]}
  Given: {Type: String, Default: other, AllowedValues: [dev, prod]}
  Looked: {Type: "AWS::SSM::Parameter::Value<String>", AllowedValues: [/only]}
  Free: {Type: String}
Mappings:
  Days: {dev: {Keep: 7, Same: 1, List: [a, b]}, prod: {Keep: 35, Same: 1, List: [a, c]}}
Conditions:
  Staging: !Equals [!Ref Stage, staging]
  Prod: !Equals [prod, !Ref Stage]
  Apart: !Equals [!Ref Stage, !Ref Sure]
`

// What a parameter allows is known of it where its value is not.
func TestWhatIsKnownOfAParameterWithoutValue(t *testing.T) {
	for _, row := range []struct{ expression, want string }{
		{"!Ref Stage", "${f#Stage}"},
		{"!Ref Sure", "true"},
		{"!Ref Given", "?"}, // no stack is made with it
		{"!Ref Looked", "${f#Looked}"},
		{"!If [Staging, a, b]", "b"},
		{"!If [Prod, a, b]", "?"},
		{"!If [Apart, a, b]", "b"},
		{"!FindInMap [Days, !Ref Stage, Keep]", "?"},
		{"!FindInMap [Days, !Ref Stage, Same]", "1"},
		{"!FindInMap [Days, !Ref Stage, List]", "[a ?]"},
		{"!FindInMap [Days, !Ref Free, Same]", "?"},
		{"!FindInMap [!Ref Stage, dev, Keep, {DefaultValue: 9}]", "9"},
		{"!If [Prod, {a: x, b: 1}, {a: x, b: 2, c: 3}]", "{a:x b:? c:?}"},
		{"!If [Prod, [{a: x}, y], [{a: x, b: z}, y]]", "[{a:x b:?} y]"},
		{"!If [Prod, [x], [x, y]]", "?"},
		{"!If [Prod, {a: {b: c}}, !Ref AWS::NoValue]", "?"},
		{"!If [Prod, !If [Staging, {a: x}, {a: y}], {a: y}]", "{a:y}"},
	} {
		root, err := parse("f", []byte(choices+"Value: "+row.expression+"\n"))
		if err != nil {
			t.Fatalf("%s: %v", row.expression, err)
		}
		v := newStack(&project{exports: map[string]*export{}}, "f", root).evaluate(root.get("Value"))
		if got := shown(v); got != row.want {
			t.Errorf("%s: %s, want %s", row.expression, got, row.want)
		}
		if v.form == unresolved && (v.why == "" || v.pos.Line != 13) {
			t.Errorf("%s: no reason or place: %q at %s", row.expression, v.why, v.pos)
		}
	}
}
