package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// cause is what UNKNOWN findings of one control share where they say the same but for names and places: one line tells of them all. FAIL is
// never folded, and the formats for programs have each finding.
type cause [16]byte

// foldedNames is how many of the resources that a line tells of are named.
const foldedNames = 4

// cause is the zero value where a finding is not to be folded.
func (e Entry) cause() cause {
	if e.Verdict != control.Unknown {
		return cause{}
	}
	r, text := e.Resource, e.Reason
	for i := range e.Evidence {
		if at := e.Evidence[i].Location; at != nil {
			text = strings.ReplaceAll(text, fmt.Sprintf("%s:%d", at.File, at.Line), "\x01")
		}
	}
	for _, name := range []string{r.ARN, r.ID, e.Address, r.Name, r.Account, r.Region} {
		text = without(text, name)
	}
	sum := sha256.Sum256([]byte(string(r.Type) + "\x00" + e.Control + "\x00" + string(e.Severity) + "\x00" + text))
	return cause(sum[:len(cause{})])
}

// without puts a mark in the place of a name, where it stands as a word of its own.
func without(text, name string) string {
	if name == "" || !strings.Contains(text, name) {
		return text
	}
	var b strings.Builder
	before := byte(' ')
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return b.String() + text
		}
		if i > 0 {
			before = text[i-1]
		}
		b.WriteString(text[:i])
		rest := text[i+len(name):]
		if wordByte(before) || rest != "" && wordByte(rest[0]) {
			b.WriteString(name)
		} else {
			b.WriteByte(2)
		}
		before, text = name[len(name)-1], rest
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// folded are rows that one line tells of.
type folded struct {
	row
	resource string   // of the row
	names    []string // of the others, the first few
	others   int
}

func (f *folded) add(name string) {
	f.others++
	if len(f.names) < foldedNames && !slices.Contains(f.names, name) {
		f.names = append(f.names, name)
	}
}

// also says of whom else a line tells.
func also(names []string, others int) string {
	text := fmt.Sprintf("and %d more like it: %s", others, strings.Join(names, ", "))
	if left := others - len(names); left > 0 {
		text += fmt.Sprintf(" and %d more", left)
	}
	return text
}

// fold takes what is not known of several resources for the same reason out of their groups, which are in order, and returns it, worst first.
// What stays of a group decides its place from then on.
func (t *tableWriter) fold(groups []*group) []*folded {
	if t.o.Verbose {
		return nil
	}
	counts := map[cause]int{}
	for _, g := range groups {
		for _, r := range g.rows {
			if !g.explains(r) {
				counts[r.cause]++
			}
		}
	}
	var out []*folded
	at := map[cause]*folded{}
	for _, g := range groups {
		g.take(func(r row) bool {
			if r.cause == (cause{}) || counts[r.cause] < 2 || g.explains(r) {
				return false
			}
			name := terminal.Line(terminal.Short(terminal.Clean(label(g.resource)), 60))
			if f := at[r.cause]; f != nil {
				f.add(name)
			} else {
				at[r.cause] = &folded{row: r, resource: name}
				out = append(out, at[r.cause])
			}
			return true
		})
	}
	slices.SortStableFunc(out, func(a, b *folded) int {
		return cmp.Or(cmp.Compare(rank(b.verdict, b.severity), rank(a.verdict, a.severity)), cmp.Compare(a.control, b.control), cmp.Compare(b.others, a.others))
	})
	return out
}

// take moves the rows that are told of elsewhere out of a group.
func (g *group) take(elsewhere func(row) bool) {
	var kept []row
	g.shown = 0
	for _, r := range g.rows {
		if elsewhere(r) {
			g.folded = append(g.folded, r.control)
			continue
		}
		kept = append(kept, r)
		if r.verdict == control.Fail || r.verdict == control.Unknown {
			g.shown = max(g.shown, rank(r.verdict, r.severity))
		}
	}
	g.rows = kept
}

// foldedRows prints what was folded, beside what says how to know it.
func (t *tableWriter) foldedRows(all []*folded) {
	if len(all) == 0 {
		return
	}
	t.line("")
	t.line(t.o.Screen.Paint(terminal.Doubtful, "Not known of several, for the same reason (-v tells of each)"))
	for _, f := range all {
		t.row(f.row)
		t.wrapped(rowIndent, terminal.Faint, also(f.names, f.others))
	}
}
