package control

import (
	"path"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// places finds the blocks of templates that declare the resources of a unit. The zero places finds none.
type places struct {
	unit     *estate.Unit
	byID     map[string]*estate.Declared
	bySymbol map[string]*estate.Declared // by the id as symbols spell it, where that differs
}

func newPlaces(u *estate.Unit) places {
	p := places{unit: u}
	if len(u.Declared) > 0 {
		p.byID, p.bySymbol = make(map[string]*estate.Declared, len(u.Declared)), map[string]*estate.Declared{}
	}
	for i := range u.Declared {
		d := &u.Declared[i]
		p.byID[d.ID] = d
		if name := spelt(d.ID); name != d.ID {
			p.bySymbol[name] = d
		}
	}
	return p
}

// put says where a resource is declared; name is the fact that tells of it where nothing else does. What only deployment tells is neither
// its ARN nor, as a whole, its name.
func (p places) put(s *subject, name estate.Source) {
	if d := p.byID[s.ID]; d != nil {
		s.block, s.address = &Location{File: d.File, Line: d.Line, Column: d.Column}, d.Address
		s.identity = d.ID
	} else if s.block = locationOf(p.unit, name); s.block != nil {
		s.address, s.identity = s.ID, s.block.File+"\x00"+s.ID
	}
	if s.block != nil {
		if symbolic(s.ARN) {
			s.ARN = ""
		}
		s.Name = p.readable(s.Name)
	}
}

// first is the first block of a unit of templates that declares a table: what concerns a whole Region or account is shown there. It is nil
// where there is none.
func (p places) first() *Location {
	for i := range p.unit.Tables.Items {
		if d := p.byID[p.unit.Tables.Items[i].ID]; d != nil {
			return &Location{File: d.File, Line: d.Line, Column: d.Column}
		}
	}
	return nil
}

// locationOf is the place in a template that a fact comes from.
func locationOf(u *estate.Unit, s estate.Source) *Location {
	p := u.Of(s)
	if p.File == "" {
		return nil
	}
	return &Location{File: p.File, Line: p.Line, Column: p.Column}
}

// location is the attribute that a verdict rests on, or the block that lacks it: of what was read last, since an expression ends where it
// is decided, the first place that belongs to the resource. For an UNKNOWN it is what is not known. Where nothing within the resource
// decides it is the resource's own block.
func (e *evaluation) location(v Verdict) *Location {
	block := e.subject.block
	if block == nil || e.subject.setAside != "" {
		return block
	}
	mine := e.subject.owns()
	for i := len(e.run.rec.reads) - 1; i >= 0; i-- {
		read := e.run.rec.reads[i]
		for _, r := range read.readings() {
			if !mine(r.Resource) || v == Unknown && r.Ref.State() != estate.Unknown || !read.atFault(r) {
				continue
			}
			if at := locationOf(e.run.unit, r.Ref.Source()); at != nil && (v != Unknown || *at != *block) {
				return at
			}
		}
	}
	return block
}

// atFault reports whether a reading behind a read may be at fault. An answer rests also on those that only say which resource it is; where
// an expression reads such a fact itself, that is what it judges.
func (r read) atFault(reading estate.Reading) bool {
	if r.field.kind != answerField {
		return true
	}
	switch strings.TrimPrefix(path.Ext(reading.Fact), ".") {
	case "arn", "name", "id", "tags", "status", "created_at", "table_id", "plan_id", "last_run", "selections", "recovery_points":
		return false
	}
	return true
}

// owns tells the ids of the resource and of all that is part of it.
func (s *subject) owns() func(id string) bool {
	p, ok := s.pointers["plan"].(*estate.Plan)
	if !ok {
		return func(id string) bool { return id == s.ID }
	}
	parts := partsOf(p)
	return func(id string) bool { return id == s.ID || parts[id] }
}

func partsOf(p *estate.Plan) map[string]bool {
	out := map[string]bool{}
	for i := range p.Rules.Items {
		r := &p.Rules.Items[i]
		out[r.ID] = true
		for k := range r.Copies.Items {
			out[r.Copies.Items[k].ID] = true
		}
	}
	for i := range p.Selections.Items {
		out[p.Selections.Items[i].ID] = true
	}
	return out
}
