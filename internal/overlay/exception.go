// Package overlay holds what people have decided about findings: which to look away from, and which are met by other means,
// who answers for it and until when. An overlay never changes a verdict.
package overlay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// Exception is one decision about findings, taken by a person. What is left empty asks for nothing.
type Exception struct {
	Kind     Kind
	Controls []string // ids; empty: every control

	Tables    []string          // globs on the names of tables, one of which must match; other resources are then not meant
	Resources []string          // globs on the name of a resource of any type
	Tags      map[string]string // key to a glob on the value; all must match
	Accounts  []string          // ids of 12 digits
	Regions   []string          // globs

	Block *Block // of an exception that is written in a template: it is about what that block declares alone; nil: it is written elsewhere

	Owner    string
	Reason   string    // why one looks away; of an attestation, what is done instead
	Evidence string    // of an attestation: where it can be seen
	Until    time.Time // midnight UTC at which the last day begins on which it holds

	File string // where it is written
	Line int    // 1-based
	Col  int    // 1-based
}

// Block is a resource's block in a template.
type Block struct {
	Name string // by which the template knows it; empty: the exception stands in no resource's block, and covers nothing
	File string
	From Place
	To   Place // behind it; the zero Place is the end of the file
}

// Place is a position in a file, both counted from 1.
type Place struct{ Line, Column int }

func (p Place) before(other Place) bool {
	return p.Line < other.Line || p.Line == other.Line && p.Column < other.Column
}

func (b *Block) holds(d *estate.Declared) bool {
	if d == nil || b.Name == "" || d.File != b.File {
		return false
	}
	at := Place{d.Line, d.Column}
	return !at.before(b.From) && (b.To == Place{} || at.before(b.To))
}

// Inline reports whether the exception is written in a template, beside what it is about.
func (e *Exception) Inline() bool { return e.Block != nil }

// Kind is what an exception says of a finding.
type Kind string

// The kinds.
const (
	Mute   Kind = "mute"        // look away from it
	Attest Kind = "attestation" // it is met by other means
)

// The spans of time that exceptions know.
const (
	day     = 24 * time.Hour
	warning = 14 // days before the last one
)

// Place is "file:line".
func (e *Exception) Place() string { return fmt.Sprintf("%s:%d", e.File, e.Line) }

// Day is the last day on which it holds, as 2026-12-31.
func (e *Exception) Day() string { return e.Until.Format(time.DateOnly) }

// Holds reports whether its last day is not over yet. Days are those of UTC.
func (e *Exception) Holds(now estate.Instant) bool { return now.Time().Before(e.Until.Add(day)) }

// DaysLeft is 0 on the last day, and negative after it.
func (e *Exception) DaysLeft(now estate.Instant) int {
	return int(e.Until.Sub(now.Time().UTC().Truncate(day)) / day)
}

// EndsSoon reports whether it holds and has 14 days left at most.
func (e *Exception) EndsSoon(now estate.Instant) bool {
	left := e.DaysLeft(now)
	return left >= 0 && left <= warning
}

// TooFar reports whether it would hold for more than a year from now.
func (e *Exception) TooFar(now estate.Instant) bool {
	return e.Until.After(now.Time().UTC().Truncate(day).AddDate(1, 0, 0))
}

// Text says for people which findings are meant.
func (e *Exception) Text() string {
	controls := "every control"
	if len(e.Controls) > 0 {
		controls = strings.Join(e.Controls, ", ")
	}
	return controls + " of " + e.scope()
}

func (e *Exception) scope() string {
	var parts []string
	add := func(what string, values []string) {
		if len(values) > 0 {
			parts = append(parts, what+" "+strings.Join(values, " or "))
		}
	}
	if e.Block != nil {
		parts = append(parts, cmp.Or(e.Block.Name, "no resource"))
	}
	add("table", e.Tables)
	add("resource", e.Resources)
	for _, key := range slices.Sorted(maps.Keys(e.Tags)) {
		add("tag", []string{key + "=" + e.Tags[key]})
	}
	add("account", e.Accounts)
	add("Region", e.Regions)
	return cmp.Or(strings.Join(parts, ", "), "everything")
}

// same reports whether two exceptions say the same of the same findings, however they are written.
func (e *Exception) same(other *Exception) bool {
	return e.Kind == other.Kind && sameBlock(e.Block, other.Block) && sameSet(e.Controls, other.Controls) && sameSet(e.Tables, other.Tables) && sameSet(e.Resources, other.Resources) &&
		maps.Equal(e.Tags, other.Tags) && sameSet(e.Accounts, other.Accounts) && sameSet(e.Regions, other.Regions)
}

func sameBlock(a, b *Block) bool { return a == b || a != nil && b != nil && *a == *b }

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
