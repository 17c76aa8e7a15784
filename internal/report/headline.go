package report

import (
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// recoverable is the control whose answer is the headline.
const recoverable = "recoverable"

// headline counts what the first sentence of a report for people says: which tables can be got back.
type headline struct{ lost, unknown int }

func (h *headline) add(e Entry) {
	if !e.Muted {
		h.count(e.Control, e.Verdict)
	}
}

func (h *headline) count(id string, v control.Verdict) {
	if id != recoverable {
		return
	}
	switch v {
	case control.Fail:
		h.lost++
	case control.Unknown:
		h.unknown++
	case control.Pass, control.NotApplicable:
	}
}

// sentence is the answer.
func (h headline) sentence(head Head, t Tail) string {
	s := t.Summary
	switch {
	case s.Tables == 0 && !wholly(head.Scope):
		return "Which tables there are could not be read."
	case s.Tables == 0:
		return "No tables."
	case s.Recoverable+h.lost+h.unknown == 0:
		return terminal.Count(s.Tables, "table") + " checked."
	}
	return fmt.Sprintf("%d of %s can be got back as the objective asks.", s.Recoverable, terminal.Count(s.Tables, "table")) +
		nonZero(h.lost, " %d cannot.") + nonZero(h.unknown, " %d not known.")
}

// wholly reports whether the tables of every unit are all there are, or those that the user chose.
func wholly(scope []Scope) bool {
	return !slices.ContainsFunc(scope, func(s Scope) bool { return !s.Listed() })
}
