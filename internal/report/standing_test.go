package report

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/terminal"
)

func TestStandingOfARequirement(t *testing.T) {
	finding := func(id string, v control.Verdict) Entry {
		return Entry{Finding: control.Finding{Control: id, Verdict: v}}
	}
	attested := finding("a", control.Fail)
	attested.Attestation = &overlay.Exception{}
	muted := finding("a", control.Fail)
	muted.Muted = true
	tests := []struct {
		name     string
		asked    []string
		findings []Entry
		unlisted bool
		want     Standing
	}{
		{"all pass", []string{"a", "b"}, []Entry{finding("a", control.Pass), finding("b", control.Pass)}, false, Met},
		{"one control has nothing to judge", []string{"a", "b"}, []Entry{finding("a", control.Pass)}, false, Met},
		{"no control has anything to judge", []string{"a", "b"}, []Entry{finding("b", control.NotApplicable)}, false, NotApplicable},
		{"one fails", []string{"a", "b"}, []Entry{finding("a", control.Pass), finding("b", control.Fail), finding("b", control.Unknown)}, false, NotMet},
		{"one is not known", []string{"a", "b"}, []Entry{finding("a", control.Pass), finding("b", control.Unknown)}, false, NotKnown},
		{"one was not asked", []string{"a"}, []Entry{finding("a", control.Pass)}, false, NotKnown},
		{"one fails and another was not asked", []string{"a"}, []Entry{finding("a", control.Fail)}, false, NotMet},
		{"a failure that somebody looks away from", []string{"a", "b"}, []Entry{muted}, false, NotMet},
		{"a failure that is met by other means", []string{"a", "b"}, []Entry{attested}, false, Met},
		{"not all tables are known", []string{"a", "b"}, []Entry{finding("a", control.Pass), finding("b", control.Pass)}, true, NotKnown},
		{"not all tables are known, and one fails", []string{"a", "b"}, []Entry{finding("a", control.Fail)}, true, NotMet},
	}
	framework := &control.Framework{ID: "f", Requirements: []control.Requirement{{ID: "R", People: "the rest", Mappings: []control.Mapping{{Control: "a"}, {Control: "b"}}}}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked []*control.Control
			for _, id := range test.asked {
				asked = append(asked, &control.Control{ID: id})
			}
			f := newFrameworkTally([]*control.Framework{framework}, asked)
			for _, e := range test.findings {
				f.add(e)
			}
			got := f.standings(!test.unlisted)[0]
			if got.Requirements[0].Standing != test.want || got.Standings[test.want] != 1 || got.Requirements[0].People != "the rest" {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}

func TestWithoutFrameworksThereAreNoStandings(t *testing.T) {
	f := newFrameworkTally(nil, nil)
	f.add(Entry{Finding: control.Finding{Control: "a", Verdict: control.Pass}})
	if diff := cmp.Diff([]FrameworkStanding(nil), f.standings(true)); diff != "" {
		t.Error(diff)
	}
}

// A requirement is open as long as one of its controls had nobody to ask: that of an account where some tables were chosen, that which no
// template answers where there is nothing else.
func TestWhatWasAsked(t *testing.T) {
	controls := []*control.Control{{ID: "t", Resource: control.TypeTable}, {ID: "a", Resource: control.TypeAccount}}
	live, template := Scope{}, Scope{Source: "templates"}
	for _, row := range []struct {
		name string
		head Head
		want string
	}{
		{"everything", Head{Scope: []Scope{live}}, "t a"},
		{"some tables", Head{Scope: []Scope{live}, Some: true}, "t"},
		{"templates alone", Head{Scope: []Scope{template}, Unasked: []string{"a"}}, "t"},
		{"templates beside what is deployed", Head{Scope: []Scope{template, live}, Unasked: []string{"a"}}, "t a"},
	} {
		row.head.Controls = controls
		var got []string
		for _, c := range row.head.asked() {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(row.want, strings.Join(got, " ")); diff != "" || len(controls) != 2 || controls[0] == nil || controls[1] == nil {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
}

// A requirement's title goes on below itself where the screen is narrow.
func TestARequirementFitsTheScreen(t *testing.T) {
	var out bytes.Buffer
	w := &tableWriter{w: bufio.NewWriter(&out), o: TableOptions{Screen: terminal.Screen{Width: 60}}}
	w.standing(RequirementStanding{ID: "RC.RP-04", Title: "Critical functions are considered for the time after an incident", Standing: NotKnown})
	if err := w.w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "  not known      RC.RP-04  Critical functions are\n                           considered for the time after an\n                           incident\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
