package iampolicy

import "strings"

// filler stands for whatever a star may be.
const filler = "any"

// Witness is an ARN that both patterns cover, for example of all recovery points of an account and of what a statement allows: whoever asks
// about it has asked whether there may be such a thing at all. ok is false when nothing is covered by both.
// Variables (${…}) in the text count as a star: they may be anything.
func Witness(text, class string) (arn string, ok bool) {
	if plain := seal(class); plain != class && !strings.ContainsAny(plain, "*?") { // one thing, named by symbols
		return class, Covers(text, class) != No
	}
	if !strings.ContainsAny(class, "*?") && !strings.Contains(text, "${") { // one thing
		return class, text == "*" || MatchARN(text, class)
	}
	have, want := starred(text), wild(class)
	if len(have) == 1 && have[0] == anyRun {
		have = want
	}
	fields, wanted := have.fields(), want.fields()
	if len(wanted) < 6 {
		return common(have, want)
	}
	out := make([]string, len(wanted))
	for i := range wanted {
		field := pattern{anyRun} // as the Resource element's page completes what is short
		if i < len(fields) {
			field = fields[i]
		}
		if out[i], ok = common(field, wanted[i]); !ok {
			return "", false
		}
	}
	return strings.Join(out, ":"), true
}

// starred is wild with a star for each variable.
func starred(text string) pattern {
	var p pattern
	for {
		before, rest, found := strings.Cut(text, "${")
		_, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(p, wild(text)...)
		}
		p, text = append(append(p, wild(before)...), anyRun), after
	}
}

// common is a text that both patterns match.
func common(a, b pattern) (string, bool) {
	if text := a.filled(); b.matches(text) {
		return text, true
	}
	if text := b.filled(); a.matches(text) {
		return text, true
	}
	return (&meeting{a: a, b: b, dead: map[[2]int]bool{}}).from(0, 0)
}

// filled has something in the place of each star.
func (p pattern) filled() string {
	var b strings.Builder
	for _, r := range p {
		switch r {
		case anyRun:
			b.WriteString(filler)
		case anyOne:
			b.WriteByte('x')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// meeting looks for a text by going through two patterns at the same time; places from which there is no way on are remembered, so that
// the time is at most the product of the two lengths.
type meeting struct {
	a, b pattern
	dead map[[2]int]bool
}

func (m *meeting) from(i, j int) (string, bool) {
	if i == len(m.a) && j == len(m.b) {
		return "", true
	}
	here := [2]int{i, j}
	if m.dead[here] {
		return "", false
	}
	for _, step := range m.steps(i, j) {
		if rest, ok := m.from(step.i, step.j); ok {
			return step.text + rest, true
		}
	}
	m.dead[here] = true
	return "", false
}

type step struct {
	i, j int
	text string
}

func (m *meeting) steps(i, j int) []step {
	var out []step
	starA, starB := i < len(m.a) && m.a[i] == anyRun, j < len(m.b) && m.b[j] == anyRun
	if starA { // the star ends, or takes one more of the other's characters
		out = append(out, step{i + 1, j, ""})
		if j < len(m.b) && !starB {
			out = append(out, step{i, j + 1, one(m.b[j], m.b[j])})
		}
	}
	if starB {
		out = append(out, step{i, j + 1, ""})
		if i < len(m.a) && !starA {
			out = append(out, step{i + 1, j, one(m.a[i], m.a[i])})
		}
	}
	if !starA && !starB && i < len(m.a) && j < len(m.b) && (m.a[i] == m.b[j] || m.a[i] == anyOne || m.b[j] == anyOne) {
		out = append(out, step{i + 1, j + 1, one(m.a[i], m.b[j])})
	}
	return out
}

// one is the character that two places of patterns agree on.
func one(a, b rune) string {
	switch {
	case a != anyOne:
		return string(a)
	case b != anyOne:
		return string(b)
	}
	return "x"
}

// Reach are ARNs of a class ("arn:aws:backup:*:111122223333:recovery-point:*") to which the policy's statements that allow the action may
// reach, one for each pattern: where the policy allows the action on anything of the class, it does so on one of these.
// What NotResource leaves over is tried with the class itself.
func (d *Document) Reach(action, class string) []string {
	var out []string
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Deny || s.coversAction(action) == No {
			continue
		}
		patterns := s.Resources
		if len(patterns) == 0 {
			patterns = []string{"*"}
		}
		for _, p := range patterns {
			if arn, ok := Witness(p, class); ok {
				out = append(out, arn)
			}
		}
	}
	return out
}

// Touches says whether some statement allows the action, whatever its resources and conditions.
func (d *Document) Touches(action string) bool {
	for i := range d.Statements {
		if !d.Statements[i].Deny && d.Statements[i].coversAction(action) != No {
			return true
		}
	}
	return false
}

// CoversAction says whether the statement's Action or NotAction element is about the action.
func (s *Statement) CoversAction(action string) bool { return s.coversAction(action) == Yes }
