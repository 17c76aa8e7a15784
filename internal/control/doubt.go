package control

import (
	"slices"
	"strings"
)

// names are all objectives that the resource may have; nil when there is no doubt.
func (o Objective) names() []string {
	if len(o.Others) == 0 {
		return nil
	}
	out := []string{o.Name}
	for _, other := range o.Others {
		out = append(out, other.Name)
	}
	return out
}

// agreed is the verdict under everything that the resource may need; UNKNOWN when that makes a difference.
func (e *evaluation) agreed() Verdict {
	first := e.verdict()
	if len(e.control.Parameters) == 0 {
		return first
	}
	mine := e.subject.objective
	for _, other := range mine.Others {
		e.subject.objective = other
		if e.verdict() != first {
			e.torn = true
		}
	}
	e.subject.objective = mine
	if !e.torn {
		return first
	}
	return Unknown
}

// tornReason says why there is no verdict although the rest may be known.
func (e *evaluation) tornReason() string {
	return "what " + e.subject.Name + " needs is not known, and it makes a difference (" + e.possible() + "): " + e.missing
}

// inDoubt is added to a reason that was worded for one of several objectives.
func (e *evaluation) inDoubt() string {
	if len(e.control.Parameters) == 0 || len(e.subject.objective.Others) == 0 {
		return ""
	}
	return " (judged alike under all that it may need: " + e.possible() + ")"
}

func (e *evaluation) possible() string {
	names := e.subject.objective.names()
	for i, name := range names {
		if name == "" {
			names[i] = "the built-in objective"
		}
	}
	slices.Sort(names)
	return strings.Join(names, " or ")
}
