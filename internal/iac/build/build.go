// Package build makes an estate of what templates declare: facts with the place in a file that each comes from.
// It knows no template language; those that do import it.
package build

import (
	"fmt"

	"github.com/restorable/restorable/internal/estate"
)

// Why facts of a template are not known.
const (
	// NotInTemplate: it may exist, or be so, outside of the templates that were read.
	NotInTemplate = "NotInTemplate"
	// NotDeployed: only what is deployed has it.
	NotDeployed = "NotDeployed"
	// NotResolved: the template says it in a way that only deployment resolves.
	NotResolved = "NotResolved"
)

// Operation is what evidence names as the source of a template's facts.
const Operation = "template"

// Pos is a place in a file; lines and columns count from 1. The zero Pos is no place.
type Pos struct {
	File         string
	Line, Column int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Builder fills one unit. It is used by one goroutine.
type Builder struct {
	Unit    *estate.Unit
	sources map[origin]estate.Source
	root    *Builder            // that this one is of another Region of; nil: it was begun with
	others  map[string]*Builder // by Region
}

type origin struct {
	pos       Pos
	code, why string
}

// New begins the unit of templates: it has no present, its account and Region are not known, and more of everything may exist elsewhere.
func New() *Builder {
	u := &estate.Unit{}
	b := &Builder{Unit: u, sources: map[origin]estate.Source{}}
	u.Now = Absent[estate.Instant](b, Pos{})
	u.Partition = Known(b, "aws", Pos{})
	unstated := b.source(origin{code: NotInTemplate, why: "the templates do not say where they are deployed"})
	u.Account, u.Region = estate.UnknownFact[string](unstated), estate.UnknownFact[string](unstated)
	elsewhere := b.source(origin{code: NotInTemplate, why: "more may exist outside of the templates"})
	more := estate.UnknownFact[bool](elsewhere)
	u.Tables.Whole, u.Plans.Whole, u.Vaults.Whole, u.Keys.Whole, u.Roles.Whole = more, more, more, more, more
	u.RestoreTestingPlans.Whole, u.Trails.Whole, u.EventRules.Whole, u.StreamReaders.Whole = more, more, more, more
	u.VPCs.Whole, u.VPCEndpoints.Whole, u.ReportPlans.Whole = more, more, more
	u.Settings.OptIn = estate.UnknownFact[map[string]bool](elsewhere)
	u.Settings.Management = estate.UnknownFact[map[string]bool](elsewhere)
	undeployed := Undeployed[bool](b, Pos{})
	u.Backups.Whole, u.BackupJobs.Whole, u.CopyJobs.Whole, u.RestoreJobs.Whole = undeployed, undeployed, undeployed, undeployed
	u.Protected.Whole, u.Actions.Whole = undeployed, undeployed
	return b
}

// Declare says by which address people know a resource of the unit, and where the block begins that declares it. Findings about it point
// there, unless something within the block is at fault, and comments in that block speak of it. The id must not change with edits elsewhere.
func (b *Builder) Declare(id, address string, at Pos) {
	b.Unit.Declared = append(b.Unit.Declared, estate.Declared{ID: id, Address: address, File: at.File, Line: at.Line, Column: at.Column})
}

// Known is a value that stands at a place.
func Known[T any](b *Builder, v T, p Pos) estate.Fact[T] {
	return estate.KnownFact(v, b.source(origin{pos: p}))
}

// Absent says that the block at a place has no such value, and that AWS gives it none.
func Absent[T any](b *Builder, p Pos) estate.Fact[T] {
	return estate.AbsentFact[T](b.source(origin{pos: p}))
}

// Unknown says why what stands at a place does not tell.
func Unknown[T any](b *Builder, p Pos, code, why string) estate.Fact[T] {
	return estate.UnknownFact[T](b.source(origin{p, code, why}))
}

// Undeployed is what only exists once the block at a place is deployed.
func Undeployed[T any](b *Builder, p Pos) estate.Fact[T] {
	return Unknown[T](b, p, NotDeployed, "a template has none: it comes with deployment")
}

// source records each place and reason once.
func (b *Builder) source(o origin) estate.Source {
	if s, ok := b.sources[o]; ok {
		return s
	}
	s := b.Unit.Record(estate.Provenance{Operation: Operation, Code: o.code, Message: o.why,
		File: o.pos.File, Line: o.pos.Line, Column: o.pos.Column})
	b.sources[o] = s
	return s
}
