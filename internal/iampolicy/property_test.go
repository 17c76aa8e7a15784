package iampolicy

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawStatement(t *rapid.T, effect string) string {
	action := rapid.SampledFrom([]string{"*", "dynamodb:*", "dynamodb:DescribeTable", "dynamodb:List*", "iam:PassRole"}).Draw(t, "action")
	resource := rapid.SampledFrom([]string{"*", orders, "arn:aws:dynamodb:*:*:table/o*", "arn:aws:dynamodb:*:*:table/${aws:username}", foreign}).Draw(t, "resource")
	condition := rapid.SampledFrom([]string{"", `{"StringEquals":{"a":"1"}}`, `{"StringNotEquals":{"a":"1"}}`, `{"Null":{"b":"true"}}`, `{"ForAllValues:StringLike":{"b":["x*"]}}`}).Draw(t, "condition")
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource + `"` + condition + `}`
}

func drawPolicies(t *rapid.T, label string) []Named {
	n := rapid.IntRange(0, 3).Draw(t, label)
	var out []Named
	for range n {
		s := drawStatement(t, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect"))
		out = append(out, parseDrawn(t, s))
	}
	return out
}

func parseDrawn(t *rapid.T, statement string) Named {
	doc, err := Parse(Identity, `{"Version":"2012-10-17","Statement":`+statement+`}`)
	if err != nil {
		t.Fatal(err)
	}
	return Named{Document: doc}
}

func drawRequest(t *rapid.T) Request {
	r := Request{Action: "dynamodb:DescribeTable", Resource: orders, Principal: Principal{ARN: alice, Account: "111122223333"}, Context: Context{}}
	for _, key := range []string{"a", "b", "aws:username"} {
		switch rapid.IntRange(0, 3).Draw(t, key) {
		case 1:
			r.Context[key] = nil
		case 2:
			r.Context[key] = []string{"1"}
		case 3:
			r.Context[key] = []string{"orders"}
		}
	}
	return r
}

// rank orders answers by how much they give.
func rank(a Answer) int { return map[Answer]int{No: 0, Maybe: 1, Yes: 2}[a] }

func TestADenyNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, base := drawRequest(t), drawPolicies(t, "policies")
		before := Evaluate(r, Policies{Identity: base})
		after := Evaluate(r, Policies{Identity: append(base, parseDrawn(t, drawStatement(t, "Deny")))})
		if rank(after.Answer) > rank(before.Answer) {
			t.Fatalf("%v became %v", before.Answer, after.Answer)
		}
	})
}

func TestAnAllowNeverAllowsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, base := drawRequest(t), drawPolicies(t, "policies")
		before := Evaluate(r, Policies{Identity: base})
		after := Evaluate(r, Policies{Identity: append(base, parseDrawn(t, drawStatement(t, "Allow")))})
		if rank(after.Answer) < rank(before.Answer) {
			t.Fatalf("%v became %v", before.Answer, after.Answer)
		}
	})
}

func TestABoundaryNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, base := drawRequest(t), drawPolicies(t, "policies")
		boundary := parseDrawn(t, drawStatement(t, "Allow"))
		before := Evaluate(r, Policies{Identity: base})
		after := Evaluate(r, Policies{Identity: base, Boundary: &boundary})
		if rank(after.Answer) > rank(before.Answer) {
			t.Fatalf("%v became %v", before.Answer, after.Answer)
		}
	})
}

// Learning a key may settle a maybe; it never turns yes into no or no into yes.
func TestLearningAKeyNeverOverturnsAnAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, base := drawRequest(t), drawPolicies(t, "policies")
		before := Evaluate(r, Policies{Identity: base})
		for _, key := range []string{"a", "b", "aws:username"} {
			if _, given := r.Context[key]; !given {
				r.Context[key] = rapid.SampledFrom([][]string{nil, {"1"}, {"x"}, {"orders"}}).Draw(t, "learnt")
			}
		}
		after := Evaluate(r, Policies{Identity: base})
		if before.Answer != Maybe && after.Answer != before.Answer {
			t.Fatalf("%v became %v", before.Answer, after.Answer)
		}
		if after.Answer == Maybe {
			t.Fatal("maybe although every key is known")
		}
	})
}

func TestAStarStandsForAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b"), rapid.String().Draw(t, "c")
		p := append(append(literal(a), anyRun), literal(c)...)
		if !p.matches(a + b + c) {
			t.Fatalf("%q*%q does not match", a, c)
		}
		if strings.ToValidUTF8(a, "") == a && !literal(a).matches(a) {
			t.Fatalf("%q does not match itself", a)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"s","Effect":"Allow","Principal":{"AWS":["*"]},"NotAction":"a:b","NotResource":["arn:aws:x"],"Condition":{"ForAnyValue:StringLikeIfExists":{"k":["${a, 'b'}",1,true]}}}]}`)
	f.Add(`{"Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${*}"}}`)
	f.Add("{\"Statement\":[\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Kind{Identity, Resource, Trust} {
			doc, err := Parse(kind, text)
			if err != nil {
				var pe *ParseError
				if doc != nil || !errors.As(err, &pe) {
					t.Fatalf("got %v with %v", doc, err)
				}
				continue
			}
			Evaluate(Request{Action: "a:b", Resource: "arn:aws:x:y:z:w", Principal: Principal{ARN: alice, Account: "111122223333"}},
				Policies{Identity: []Named{{Document: doc}}, Resource: &Named{Document: doc}})
		}
	})
}
