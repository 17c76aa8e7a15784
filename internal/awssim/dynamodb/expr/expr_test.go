package expr

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

func s(v string) item.Value        { return &types.AttributeValueMemberS{Value: v} }
func n(v string) item.Value        { return &types.AttributeValueMemberN{Value: v} }
func l(v ...item.Value) item.Value { return &types.AttributeValueMemberL{Value: v} }
func m(v item.Item) item.Value     { return &types.AttributeValueMemberM{Value: v} }
func ss(v ...string) item.Value    { return &types.AttributeValueMemberSS{Value: v} }

func sample() item.Item {
	return item.Item{
		"p": s("a"), "n": n("5"), "s": s("str"), "l": l(n("1"), s("b"), n("3")), "m": m(item.Item{"x": n("1"), "deep": m(item.Item{"a": n("1")})}),
		"ss": ss("a", "b"), "ns": &types.AttributeValueMemberNS{Value: []string{"1", "2"}}, "t": &types.AttributeValueMemberBOOL{Value: true},
		"z": &types.AttributeValueMemberNULL{Value: true}, "b": &types.AttributeValueMemberB{Value: []byte{1, 2}},
	}
}

func values() map[string]item.Value {
	return map[string]item.Value{
		":5": n("5.0"), ":6": n("6"), ":1": n("1"), ":a": s("a"), ":st": s("st"), ":N": s("N"), ":sa": ss("a"), ":sc": ss("c", "a"), ":l": l(n("9")), ":t": &types.AttributeValueMemberBOOL{Value: true},
		":b": &types.AttributeValueMemberB{Value: []byte{2}}, ":3": n("3"), ":z": &types.AttributeValueMemberNULL{Value: true}, ":nope": s("nope"),
	}
}

func params(t testing.TB) *Params {
	p, err := NewParams(map[string]string{"#n": "n", "#size": "size", "#m": "m"}, values())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConditions(t *testing.T) {
	tests := []struct {
		src  string
		want bool
	}{
		{"n = :5", true}, {"n <> :5", false}, {"nope <> :5", true}, {"nope = :5", false}, {"n < :6", true}, {"n < :a", false}, {"n >= :5", true},
		{"n BETWEEN :1 AND :6", true}, {"n between :1 and :5 and p = :a", true}, {"n IN (:1, :5)", true}, {"p IN (:5)", false},
		{"attribute_exists(m.x)", true}, {"attribute_exists(m.y)", false}, {"attribute_not_exists(l[7])", true}, {"attribute_type(n, :N)", true}, {"attribute_type(p, :N)", false},
		{"begins_with(s, :st)", true}, {"begins_with(n, :st)", false}, {"begins_with(b, :b)", false}, {"contains(s, :st)", true}, {"contains(ss, :a)", true}, {"contains(ns, :1)", true},
		{"contains(l, :3)", true}, {"contains(b, :b)", true}, {"contains(n, :5)", false}, {"size(s) = :3", true}, {"size(l) = :3", true}, {"size(n) = :1", false}, {"size(:st) < :3", true},
		{"NOT n = :5", false}, {"not (n = :5)", false}, {"n = :6 OR p = :a AND n = :5", true}, {"(n = :6 OR p = :a) AND n = :6", false}, {"NOT n = :6 AND NOT n = :1", true},
		{"#n = :5", true}, {"#m.x = :1", true}, {"l[1] <> l[0]", true}, {"(n) = :5", true}, {":5 = n", true}, {"t = :t", true}, {"z = :z", true}, {"ss = :sa", false}, {"m.deep.a = :1", true}, {"l[0]=:1", true},
	}
	for _, tt := range tests {
		c, err := params(t).Condition("ConditionExpression", tt.src)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		if got := c.Holds(sample()); got != tt.want {
			t.Errorf("%s is %v", tt.src, got)
		}
	}
}

// The messages were observed from DynamoDB Local.
func TestConditionsRefused(t *testing.T) {
	tests := []struct{ src, want string }{
		{"", "The expression can not be empty;"},
		{"n = :nope1", "An expression attribute value used in expression is not defined; attribute value: :nope1"},
		{"#nope = :5", "An expression attribute name used in the document path is not defined; attribute name: #nope"},
		{"((n = :5))", "The expression has redundant parentheses;"},
		{"n = :5 AND", `Syntax error; token: "<EOF>", near: "AND"`},
		{"(n = :5) AND (", `Syntax error; token: "<EOF>", near: "("`},
		{"n", `Syntax error; token: "<EOF>", near: "n"`},
		{":5", `Syntax error; token: "<EOF>", near: ":5"`},
		{"n = :5 = :5", `Syntax error; token: "=", near: ":5 = :5"`},
		{"n == :5", `Syntax error; token: "=", near: "== :5"`},
		{"n != :5", `Syntax error; token: "!", near: "n !="`},
		{"l[-1] = :5", `Syntax error; token: "-", near: "[-1"`},
		{"l[01] = :5", `Syntax error; token: "1", near: "01]"`},
		{"_x = :5", `Syntax error; token: "_", near: "_x"`},
		{"1n = :5", `Syntax error; token: "1", near: "1n"`},
		{"n = :5 @", `Syntax error; token: "@", near: ":5 @"`},
		{"n IN ()", `Syntax error; token: ")", near: "()"`},
		{"status = :5", "Attribute name is a reserved keyword; reserved keyword: status"},
		{"n = n", "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]"},
		{"contains(n, n)", "operator: contains, first operand: [n]"},
		{"n BETWEEN :6 AND :1", "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:6}, upper bound operand: AttributeValue: {N:1}"},
		{"n BETWEEN :6 AND :a", "The BETWEEN operator requires same data type"},
		{"attribute_type(n, :a)", "Invalid attribute type name found; type: a, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"},
		{"attribute_type(n, n)", "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"},
		{"attribute_type(n, :5)", "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N"},
		{"begins_with(n, :5)", "operator or function: begins_with, operand type: N"},
		{"begins_with(n)", "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1"},
		{"attribute_exists(:5)", "Operator or function requires a document path; operator or function: attribute_exists"},
		{"attribute_exists(n) = :t", "The function is not allowed to be used this way in an expression; function: attribute_exists"},
		{"size(n)", "The function is not allowed to be used this way in an expression; function: size"},
		{"size(size(n)) = :5", "operator or function: size, operand type: N"},
		{"Attribute_exists(n)", "Invalid function name; function: Attribute_exists"},
		{"if_not_exists(n, p) = :5", "The function is not allowed in a condition expression; function: if_not_exists"},
		{"n > :t", "operator or function: >, operand type: BOOL"},
		{"n AND p = :5", "Syntax error"},
		{strings.Repeat("NOT ", 400) + "n = :5", "too many nested"},
	}
	for _, tt := range tests {
		_, err := params(t).Condition("ConditionExpression", tt.src)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "Invalid ConditionExpression: ") {
			t.Errorf("%s\n got %v\nwant %s", tt.src, err, tt.want)
		}
	}
}

func TestUpdates(t *testing.T) {
	tests := []struct {
		src  string
		path string
		want item.Value
	}{
		{"SET n = n + :5", "n", n("10")}, {"SET n = n - :6", "n", n("-1")}, {"SET n = (n - :6)", "n", n("-1")}, {"SET l = list_append(l, :l)", "l", l(n("1"), s("b"), n("3"), n("9"))},
		{"SET l = list_append(:l, l)", "l", l(n("9"), n("1"), s("b"), n("3"))}, {"SET l[10] = :5, l[0] = :6", "l", l(n("6"), s("b"), n("3"), n("5"))},
		{"SET m.y = :a, m.x = m.x - :6", "m", m(item.Item{"x": n("-5"), "y": s("a"), "deep": m(item.Item{"a": n("1")})})},
		{"SET q = if_not_exists(n, :a)", "q", n("5")}, {"SET q = if_not_exists(zz, :a)", "q", s("a")}, {"set q = l[1] remove n", "q", s("b")}, {"SET n = s, s = n", "n", s("str")},
		{"REMOVE n, nope", "n", nil}, {"REMOVE l[0], l[2], l[55]", "l", l(s("b"))}, {"REMOVE m.deep.a", "m", m(item.Item{"x": n("1"), "deep": m(item.Item{})})},
		{"ADD n :6", "n", n("11")}, {"ADD c :6", "c", n("6")}, {"ADD ss :sc", "ss", ss("a", "b", "c")}, {"ADD m.x :6", "m", m(item.Item{"x": n("7"), "deep": m(item.Item{"a": n("1")})})},
		{"DELETE ss :sa", "ss", ss("b")}, {"DELETE ss :sc", "ss", ss("b")}, {"DELETE nope :sa", "nope", nil}, {"SET l[0] = :5 REMOVE l[1]", "l", l(n("5"), n("3"))},
	}
	for _, tt := range tests {
		u, err := params(t).Update(tt.src)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		before := sample()
		after, err := u.Apply(before)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		if !item.Equal(after[tt.path], tt.want) {
			t.Errorf("%s left %s", tt.src, item.Encode(item.Item{tt.path: after[tt.path]}))
		}
		if diff := cmp.Diff(sample(), before, cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberB{}, types.AttributeValueMemberL{},
			types.AttributeValueMemberM{}, types.AttributeValueMemberSS{}, types.AttributeValueMemberNS{}, types.AttributeValueMemberNULL{}, types.AttributeValueMemberBOOL{})); diff != "" {
			t.Errorf("%s changed the old item: %s", tt.src, diff)
		}
	}
}

func TestDeletingTheWholeSetRemovesTheAttribute(t *testing.T) {
	u, err := params(t).Update("DELETE x :sa")
	if err != nil {
		t.Fatal(err)
	}
	after, err := u.Apply(item.Item{"x": ss("a")})
	if _, there := after["x"]; there || err != nil {
		t.Errorf("%v %v", after, err)
	}
}

func TestUpdatesRefused(t *testing.T) {
	tests := []struct{ src, want string }{
		{"", "Invalid UpdateExpression: The expression can not be empty;"},
		{"FOO x", `Invalid UpdateExpression: Syntax error; token: "FOO", near: "FOO x"`},
		{"SET x = ", `Syntax error; token: "<EOF>", near: "= "`},
		{"SET x = :5,", `Syntax error; token: "<EOF>", near: ","`},
		{"SET x = n + :5 + :5", `Syntax error; token: "+", near: ":5 + :5"`},
		{"SET name = :5", "reserved keyword: name"},
		{"SET x = size(n)", "The function is not allowed in an update expression; function: size"},
		{"SET x = foo(n)", "Invalid function name; function: foo"},
		{"SET x = if_not_exists(n)", "Incorrect number of operands"},
		{"SET x = if_not_exists(:5, n)", "requires a document path; operator or function: if_not_exists"},
		{"SET x = n + :a", "operator or function: +, operand type: S"},
		{"SET x = list_append(l, :5)", "operator or function: list_append, operand type: N"},
		{"SET x = :5, x = :5", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [x], path two: [x]"},
		{"SET x.y = :5, x = :5", "path one: [x, y], path two: [x]"},
		{"SET x = :5 REMOVE x", "Two document paths overlap"},
		{"SET x[0] = :5, x.a = :5", "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [x, [0]], path two: [x, a]"},
		{"SET x = :5 SET y = :5", `The "SET" section can only be used once in an update expression;`},
		{"ADD n :a", "operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
		{"DELETE ss :5", "operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
	}
	for _, tt := range tests {
		_, err := params(t).Update(tt.src)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n got %v\nwant %s", tt.src, err, tt.want)
		}
	}
}

func TestUpdatesThatDoNotFitTheItem(t *testing.T) {
	tests := []struct {
		src  string
		want error
	}{
		{"SET q = nope + :5", errMissing}, {"SET s = s + :5", errOperand}, {"SET nope.y = :5", errPath}, {"SET m.a.b = :5", errPath}, {"REMOVE nope.x", errPath},
		{"ADD s :5", errOperand}, {"ADD ss :5", errOperand}, {"DELETE n :sa", errOperand}, {"ADD nope.x :5", errPath}, {"SET m[0] = :5", errPath},
	}
	for _, tt := range tests {
		u, err := params(t).Update(tt.src)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		if _, err := u.Apply(sample()); !errors.Is(err, tt.want) {
			t.Errorf("%s: error %v, want %v", tt.src, err, tt.want)
		}
	}
}

func TestProjections(t *testing.T) {
	tests := []struct {
		src  string
		want item.Item
	}{
		{"n, l[0], m.x, m.nope", item.Item{"n": n("5"), "l": l(n("1")), "m": m(item.Item{"x": n("1")})}},
		{"l[2], l[0], l[9]", item.Item{"l": l(n("1"), n("3"))}},
		{"nope, p[0], n.x", item.Item{}},
	}
	for _, tt := range tests {
		p, err := params(t).Projection(tt.src)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Of(sample()); item.Encode(got) != item.Encode(tt.want) {
			t.Errorf("%s gave %q", tt.src, item.Encode(got))
		}
	}
	if _, err := params(t).Projection("m, m.x"); err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Errorf("m, m.x: %v", err)
	}
}

func TestKeyConditions(t *testing.T) {
	tests := []struct{ src, op, wantErr string }{
		{"p = :a", "", ""}, {":a = p", "", ""}, {"p = :a AND n > :5", ">", ""}, {"n > :5 AND p = :a", ">", ""}, {":5 > n AND p = :a", "<", ""}, {"(p = :a) AND (n = :5)", "=", ""},
		{"p = :a AND n BETWEEN :1 AND :6", "BETWEEN", ""}, {"p = :a AND begins_with(n, :st)", "begins_with", ""},
		{"p > :a", "", "Query key condition not supported"}, {"p = :a AND x = :a", "", "Query condition missed key schema element"}, {"x = :a", "", "Query condition missed key schema element: p"},
		{"p = :a OR n = :5", "", "Invalid operator used in KeyConditionExpression: OR"}, {"p = :a AND n <> :5", "", "KeyConditionExpression: <>"}, {"p = :a AND NOT n = :5", "", "KeyConditionExpression: NOT"},
		{"p = :a AND n IN (:5)", "", "KeyConditionExpression: IN"}, {"contains(p, :a)", "", "KeyConditionExpression: contains"}, {"p = :a AND p = :a", "", "must only contain one condition per key"},
		{"p = :a AND size(n) = :5", "", "cannot contain nested operations"}, {"p.x = :a", "", "Key attributes must be scalars"}, {"p = n", "", "Multiple attribute names"},
	}
	for _, tt := range tests {
		k, err := params(t).KeyCondition(tt.src, "p", "n")
		switch {
		case tt.wantErr != "":
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("%s: %v, want %s", tt.src, err, tt.wantErr)
			}
		case err != nil || k.Op != tt.op || !item.Equal(k.Hash, s("a")):
			t.Errorf("%s: %+v %v", tt.src, k, err)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	if _, err := NewParams(map[string]string{"x": "x"}, nil); err == nil || err.Error() != `ExpressionAttributeNames contains invalid key: Syntax error; key: "x"` {
		t.Error(err)
	}
	if _, err := NewParams(nil, map[string]item.Value{":v": n("abc")}); err == nil || !strings.Contains(err.Error(), "for key :v") {
		t.Error(err)
	}
	p, _ := NewParams(map[string]string{"#z": "z"}, map[string]item.Value{":v": n("1"), ":w": n("1")})
	if _, err := p.Condition("ConditionExpression", "#z = :v"); err != nil {
		t.Fatal(err)
	}
	if err := p.Unused("ConditionExpression"); err == nil || err.Error() != "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}" {
		t.Error(err)
	}
	p, _ = NewParams(nil, map[string]item.Value{":v": n("1")})
	if err := p.Unused("ConditionExpression"); err == nil || err.Error() != "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null" {
		t.Error(err)
	}
}

// No input makes a parser or an evaluation panic.
func FuzzExpressions(f *testing.F) {
	for _, src := range []string{"n = :5", "SET n = n + :5, l[0] = :a REMOVE m.x", "ADD ss :sa DELETE ns :5", "attribute_exists(m.x) AND NOT (n IN (:5, size(s)))", "p = :a AND n BETWEEN :1 AND :6", "l[0].x, m", "((", "\x00ü", "size("} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p := params(t)
		if c, err := p.Condition("FilterExpression", src); err == nil {
			c.Holds(sample())
			c.Holds(nil)
			c.Attributes()
		}
		if u, err := p.Update(src); err == nil {
			if after, err := u.Apply(sample()); err == nil {
				item.Decode(item.Encode(after))
				u.Changed(after)
			}
			_, _ = u.Apply(nil)
		}
		if pr, err := p.Projection(src); err == nil {
			pr.Of(sample())
		}
		_, _ = p.KeyCondition(src, "p", "n")
	})
}
