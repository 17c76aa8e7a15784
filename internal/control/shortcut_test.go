package control

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

// What an expression answers without the interpreter is what the interpreter answers, for every expression of ours and whatever of an
// estate is unknown or absent.
func TestShortcutsAnswerAsTheInterpreterDoes(t *testing.T) {
	c := catalogue(t)
	taken := 0
	rapid.Check(t, func(rt *rapid.T) {
		for _, u := range scattered(rt).Units {
			run := c.Evaluate(u, Options{})
			for _, of := range Types() {
				eachSubject(u, of, newPlaces(u), func(s *subject) bool {
					for _, k := range few(rt, c.Controls()) {
						if k.Resource == of {
							taken += sameBothWays(rt, &evaluation{run: run, control: k, subject: s})
						}
					}
					return true
				})
			}
		}
	})
	if taken == 0 {
		t.Error("no expression had a shortcut")
	}
}

func sameBothWays(t *rapid.T, e *evaluation) (taken int) {
	programs := []*program{&e.control.applies, &e.control.passes}
	for _, reason := range e.control.reasons {
		for _, part := range reason.parts {
			if part.expr != nil {
				programs = append(programs, part.expr)
			}
		}
	}
	for _, p := range programs {
		if p.short == nil {
			continue
		}
		short, _, err := p.eval(e)
		if err != nil {
			t.Fatal(err)
		}
		full, _, err := p.Eval(e)
		if err != nil {
			t.Fatal(err)
		}
		if valueText(short) != valueText(full) || short.Type().TypeName() != full.Type().TypeName() {
			t.Fatalf("%s: %v by the short way, %v by the interpreter", e.control.ID, short, full)
		}
		taken++
	}
	return taken
}

// Half of the expressions of reasons are names of things; if they were not answered without the interpreter, a report would take a fifth longer.
func TestMostTextsOfReasonsNeedNoInterpreter(t *testing.T) {
	all, short := 0, 0
	for _, k := range catalogue(t).Controls() {
		for _, reason := range k.reasons {
			for _, part := range reason.parts {
				if part.expr != nil {
					all++
					if part.expr.short != nil {
						short++
					}
				}
			}
		}
	}
	if short*2 < all {
		t.Errorf("%d of %d", short, all)
	}
}

func TestSingleSpaced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab \n\t\u00a0\u3000é\x00\x1c"))).Draw(t, "text")
		if got, want := singleSpaced(text), strings.Join(strings.Fields(text), " "); got != want {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

// A template that was tidied when it was read renders to the same text.
func TestTidyTemplatesReadTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rough, tidy template
		for range rapid.IntRange(2, 5).Draw(t, "parts") {
			part := templatePart{text: rapid.StringOf(rapid.SampledFrom([]rune("ab \n\t"))).Draw(t, "text")}
			if rapid.Bool().Draw(t, "expression") {
				part = templatePart{expr: &program{}}
			}
			rough.parts, tidy.parts = append(rough.parts, part), append(tidy.parts, part)
		}
		value := rapid.SampledFrom([]string{"", " ", "orders", " two\nlines "}).Draw(t, "value")
		eval := func(*program) string { return value }
		tidy.tidy()
		want, _ := rough.render(nil, eval)
		if got, _ := tidy.render(nil, eval); got != want {
			t.Fatalf("got %q, want %q of %+v", got, want, rough.parts)
		}
	})
}

// What a parameter is in a profile that is asked for goes before its default, and behind what anybody sets.
func TestAProfileHasItsOwnDefault(t *testing.T) {
	c := catalogue(t)
	k, _ := c.Control("required-tags")
	for _, test := range []struct {
		name    string
		options Options
		tags    map[string]string
		want    Verdict
	}{
		{"no profile", Options{}, nil, NotApplicable},
		{"another profile", Options{Sets: []string{"recoverability", "hipaa"}}, nil, NotApplicable},
		{"none of the tags", Options{Sets: []string{"hipaa", "aws-best-practices"}}, nil, Fail},
		{"all of the tags", Options{Sets: []string{"aws-best-practices"}}, map[string]string{"Security": "a", "Confidentiality": "b", "Environment": "c"}, Pass},
		{"set by somebody", Options{Sets: []string{"aws-best-practices"}, Parameters: map[string]any{"required-tags.keys": []string{"Owner"}}}, map[string]string{"Owner": "ann"}, Pass},
	} {
		u := &estate.Unit{Tables: estate.List[estate.Table]{Items: []estate.Table{{ID: "orders", Tags: estate.KnownFact(test.tags, 0)}}}}
		test.options.Controls = []*Control{k}
		for f := range c.Evaluate(u, test.options).Findings() {
			if f.Verdict != test.want {
				t.Errorf("%s: got %s (%s), want %s", test.name, f.Verdict, f.Reason, test.want)
			}
		}
	}
}

// A setting for one control alone goes before one for all, and an objective before both; one that does not fit is passed over.
func TestWhichSettingCounts(t *testing.T) {
	k := &Control{ID: "k", Parameters: []Parameter{{Name: "n", Type: IntParameter, Default: int64(1)}}}
	for _, test := range []struct {
		given     map[string]any
		objective map[string]any
		want      string
	}{
		{nil, nil, "1"},
		{map[string]any{"n": int64(2)}, nil, "2"},
		{map[string]any{"n": int64(2), "k.n": int64(3)}, nil, "3"},
		{map[string]any{"k.n": "three"}, nil, "1"},
		{map[string]any{"k.n": int64(3)}, map[string]any{"n": int64(4)}, "4"},
		{map[string]any{"k.n": int64(3)}, map[string]any{"n": []string{"4"}}, "3"},
	} {
		run := catalogue(t).Evaluate(&estate.Unit{}, Options{Parameters: test.given})
		e := &evaluation{run: run, control: k, subject: &subject{objective: Objective{Parameters: test.objective}}}
		for range 2 { // the second time from what was kept
			value, ok := e.parameter("n")
			if got := valueText(value); !ok || got != test.want {
				t.Errorf("%v, %v: got %s, want %s", test.given, test.objective, got, test.want)
			}
		}
	}
}
