package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/terminal"
)

// standings says requirement by requirement how far the frameworks that were asked for are met, worst first, and what is left for people.
func (t *tableWriter) standings(list []FrameworkStanding) {
	for _, f := range list {
		t.line("")
		t.wrapped("", terminal.Strong, f.Title+" "+f.Version+": "+f.sentence())
		for _, s := range []Standing{NotMet, NotKnown, Met, NotApplicable} {
			for _, r := range f.Requirements {
				if r.Standing == s {
					t.standing(r)
				}
			}
		}
		t.forPeople(f)
	}
}

func (t *tableWriter) standing(r RequirementStanding) {
	tone := map[Standing]terminal.Tone{Met: terminal.Good, NotMet: terminal.Bad, NotKnown: terminal.Doubtful, NotApplicable: terminal.Faint}[r.Standing]
	const hang = 17
	name := terminal.Clean(r.ID) + "  "
	for i, line := range terminal.Wrap(terminal.Clean(r.Title), t.o.Screen.Width-hang-len(name)-1) {
		if i == 0 {
			t.line("  ", t.o.Screen.Paint(tone, fmt.Sprintf("%-14s", r.Standing)), " ", name, terminal.Line(line))
			continue
		}
		t.line(strings.Repeat(" ", hang+len(name)), terminal.Line(line))
	}
	if why := r.Why(); why != "" {
		t.wrapped(strings.Repeat(" ", hang), terminal.Faint, why)
	}
}

// sentence counts the requirements by how they stand.
func (f FrameworkStanding) sentence() string {
	var parts []string
	for _, s := range []Standing{NotMet, NotKnown, Met, NotApplicable} {
		if n := f.Standings[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return "of " + terminal.Count(len(f.Requirements), "requirement") + " " + strings.Join(parts, ", ")
}

// Why names the controls that keep a requirement from being met, and those that are met by other means; empty when it is simply met.
func (r RequirementStanding) Why() string {
	var failed, open, unasked, attested []string
	for _, c := range r.Controls {
		switch {
		case c.Fail > 0:
			failed = append(failed, fmt.Sprintf("%s (%d)", c.Control, c.Fail))
		case !c.Asked:
			unasked = append(unasked, c.Control)
		case c.Unknown > 0:
			open = append(open, fmt.Sprintf("%s (%d)", c.Control, c.Unknown))
		case c.Attested > 0:
			attested = append(attested, fmt.Sprintf("%s (%d)", c.Control, c.Attested))
		}
	}
	var parts []string
	say := func(word string, names []string) {
		if len(names) > 0 {
			parts = append(parts, word+" "+strings.Join(names, ", "))
		}
	}
	say("failed:", failed)
	say("not known:", open)
	say("not asked:", unasked)
	say("attested:", attested)
	return strings.Join(parts, "; ")
}

// forPeople says what no machine can check, each once with the requirements that it is left of.
func (t *tableWriter) forPeople(f FrameworkStanding) {
	var order []string
	of := map[string][]string{}
	for _, r := range f.Requirements {
		if r.People == "" {
			continue
		}
		if !slices.Contains(order, r.People) {
			order = append(order, r.People)
		}
		of[r.People] = append(of[r.People], r.ID)
	}
	if len(order) == 0 {
		return
	}
	t.line("  ", t.o.Screen.Paint(terminal.Faint, "For people to show, since no machine can check it"))
	for _, text := range order {
		t.wrapped("    ", terminal.Faint, text+": "+strings.Join(of[text], ", "))
	}
}
