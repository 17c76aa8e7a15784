package control

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// maxEvidence bounds what one finding carries: beyond it nobody reads, and a Region's finding would hold every table's facts.
const maxEvidence = 200

// evidence turns what the expressions read into what a report shows: each fact once, in the order of reading.
func (e *evaluation) evidence() []Evidence {
	w := &e.run.gathered
	w.reset()
	if e.torn {
		w.note(e.subject.objective.Doubt)
	}
	reads := e.run.rec.reads
	for i, read := range reads {
		if slices.Contains(reads[max(0, i-recent):i], read) {
			continue
		}
		if basis := read.basis(); basis != nil {
			w.note(basis)
		} else {
			w.one(read.own())
		}
	}
	out := make([]Evidence, len(w.readings), len(w.readings)+min(w.left, 1))
	for i := range w.readings {
		out[i] = e.evidenceOf(w.readings[i])
	}
	if w.left > 0 {
		out = append(out, Evidence{Fact: "more", State: estate.Known.String(), Value: fmt.Sprintf("%d further readings", w.left)})
	}
	return out
}

// recent is how far back a read is looked for that is the same: an expression and its reason read the same facts, one soon after the other.
const recent = 8

// gathered are readings without those that are there already; it is used again for each finding.
type gathered struct {
	readings []estate.Reading
	left     int                // how many there was no room for
	bases    [][]estate.Reading // that were noted: answers about backups share theirs, and it may be long
}

func (g *gathered) reset() { g.readings, g.left, g.bases = g.readings[:0], 0, g.bases[:0] }

func (g *gathered) note(readings []estate.Reading) {
	if len(readings) == 0 || g.left == 0 && g.noted(readings) {
		return
	}
	g.bases = append(g.bases, readings)
	for _, r := range readings {
		g.one(r)
	}
}

// noted reports whether the very same readings were noted before.
func (g *gathered) noted(readings []estate.Reading) bool {
	return slices.ContainsFunc(g.bases, func(b []estate.Reading) bool { return &b[0] == &readings[0] && len(b) == len(readings) })
}

func (g *gathered) one(r estate.Reading) {
	switch {
	case contains(g.readings, r):
	case len(g.readings) == maxEvidence:
		g.left++
	default:
		g.readings = append(g.readings, r)
	}
}

func contains(seen []estate.Reading, r estate.Reading) bool {
	for i := range seen {
		if seen[i].Fact == r.Fact && seen[i].Resource == r.Resource {
			return true
		}
	}
	return false
}

func (e *evaluation) evidenceOf(r estate.Reading) Evidence {
	p := e.run.unit.Of(r.Ref.Source())
	out := Evidence{Fact: r.Fact, State: r.Ref.State().String(), Value: r.Value, Source: p.Operation, ObservedAt: p.ObservedAt}
	if r.Resource != e.subject.ID {
		out.Resource = r.Resource
	}
	if r.Ref.State() == estate.Unknown {
		out.Code, out.Message = p.Code, p.Message
	}
	if p.File != "" {
		out.Location = &Location{File: p.File, Line: p.Line, Column: p.Column}
	}
	return out
}

// fromTemplate is the source of facts that stand in a template: what is not known of them is said there, not by an error of AWS's.
const fromTemplate = "template"

const noPresent = "the present time, which a template does not have"

// missingText names the unknown facts, the first few; it is empty when all facts that were read are known.
func missingText(all []Evidence) string {
	const few = 3
	var parts []string
	left := 0
	for _, e := range all {
		if e.State != estate.Unknown.String() && (e.Fact != "unit.now" || e.State == estate.Known.String()) {
			continue
		}
		if len(parts) == few {
			left++
			continue
		}
		parts = append(parts, e.why())
	}
	if left > 0 {
		parts = append(parts, fmt.Sprintf("%d more", left))
	}
	return strings.Join(parts, ", ")
}

// symbolsText names the facts of a template that are known but for what only deployment puts in, ${…}; it is empty when there is none.
func symbolsText(all []Evidence) string {
	var names []string
	for _, e := range all {
		var texts []string
		switch v := e.Value.(type) {
		case string:
			texts = []string{v}
		case []string:
			texts = v
		}
		symbolic := slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "${") })
		if symbolic && !slices.Contains(names, e.Fact) {
			names = append(names, e.Fact)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "what only deployment puts into " + strings.Join(names, ", ")
}

// why says in a few words why a fact is not known.
func (e Evidence) why() string {
	switch {
	case e.Fact == "unit.now" && e.State == estate.Absent.String():
		return noPresent
	case e.Source == fromTemplate && e.Location != nil && e.Message != "":
		return fmt.Sprintf("%s (%s:%d: %s)", e.Fact, e.Location.File, e.Location.Line, e.Message)
	case e.Source == fromTemplate && e.Message != "":
		return fmt.Sprintf("%s (%s)", e.Fact, e.Message)
	case e.Code != "" && e.Source != "":
		return fmt.Sprintf("%s (%s: %s)", e.Fact, e.Source, e.Code)
	case e.Source != "":
		return fmt.Sprintf("%s (%s)", e.Fact, e.Source)
	}
	return e.Fact
}

// reason fills the control's template in.
func (e *evaluation) reason(v Verdict, all []Evidence) string {
	return e.run.places.readable(e.sentence(v, all))
}

func (e *evaluation) sentence(v Verdict, all []Evidence) string {
	if v == NotApplicable && e.subject.setAside != "" && !e.control.judges(e.subject.aside) {
		return e.subject.setAside
	}
	if v == Unknown {
		if e.broken != "" {
			return "the expression could not be evaluated: " + e.broken
		}
		e.missing = missingText(all)
		if e.missing == "" && e.run.unit.Now.IsAbsent() {
			e.missing = cmp.Or(symbolsText(all), noPresent)
		}
		if e.torn {
			return e.tornReason()
		}
	}
	text, room := e.control.reasons[v].render(e.run.room[:0], e.text)
	e.run.room = room
	return text + e.inDoubt()
}

// text evaluates an expression of a reason. It never fails: what has no value shows as unknown.
func (e *evaluation) text(p *program) string {
	out, _, err := p.eval(e)
	if err != nil {
		return "unknown"
	}
	return valueText(out)
}

// fingerprint is the same on every run: of control and ARN, or of control and declaration, whose ARN may be a symbol that another template
// has, too. It is 32 hexadecimal digits.
func fingerprint(id string, s *subject) string {
	identity := cmp.Or(s.identity, s.ARN)
	if identity == "" {
		identity = string(s.Type) + "\x00" + s.Account + "\x00" + s.Region + "\x00" + s.ID
	}
	var room [256]byte
	sum := sha256.Sum256(append(append(append(room[:0], id...), 0), identity...))
	return hex.EncodeToString(sum[:16])
}
