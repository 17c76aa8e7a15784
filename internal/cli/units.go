package cli

import (
	"context"
	"os"

	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/inline"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/report"
	"github.com/restorable/restorable/internal/spool"
)

// stock is an estate that is never in memory as a whole: its units wait on a shelf, in the order of accounts and Regions, and what a
// report says of all of them at its beginning is at hand.
type stock struct {
	tool      string
	collected estate.Instant
	shelf     *spool.Shelf
	scopes    []report.Scope
	problems  [][]report.Problem
	leftOut   []report.LeftOut
	declares  bool          // some unit is of templates
	drills    *drillBook    // nil: of files
	spoken    []inline.File // in which people may say something of what templates declare
}

// scopesOf are the scopes of an estate that is at hand.
func scopesOf(es *estate.Estate) []report.Scope {
	out := make([]report.Scope, len(es.Units))
	for i, u := range es.Units {
		out[i] = scopeOf(u)
	}
	return out
}

// gather reads AWS, or files, and hands each unit to prepare before it is put away. A partial estate is no error, as with obtain.
func (a *app) gather(ctx context.Context, o sourceOptions, prepare func(*estate.Unit)) (*stock, error) {
	proven, err := a.provenDrills(o.evidence)
	if err != nil {
		return nil, err
	}
	s := &stock{shelf: spool.New(0)}
	take := func(u *estate.Unit) {
		proven = a.proveUnit(u, proven, a.endpoint(o.aws))
		prepare(u)
	}
	if len(o.files) > 0 {
		err = s.paths(ctx, a, o, take)
	} else {
		err = s.live(ctx, a, o, take)
	}
	if err != nil {
		s.discard()
		return nil, err
	}
	a.addProven(&estate.Estate{}, proven, a.endpoint(o.aws)) // those of no unit: it says so
	return s, nil
}

// proveUnit gives a unit the drills that are its own and returns the others.
func (a *app) proveUnit(u *estate.Unit, proven []provenDrill, endpoint string) (others []provenDrill) {
	var own []provenDrill
	for _, p := range proven {
		if u.Account.Or("") == p.drill.Source.Account && u.Region.Or("") == p.drill.Source.Region {
			own = append(own, p)
		} else {
			others = append(others, p)
		}
	}
	a.addProven(&estate.Estate{Units: []*estate.Unit{u}}, own, endpoint)
	return others
}

func (s *stock) live(ctx context.Context, a *app, o sourceOptions, prepare func(*estate.Unit)) error {
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return err
	}
	defer session.Close()
	status := a.status()
	defer status.Clear()
	options := a.collection(o, status)
	tell := options.Notice
	options.Notice = func(n collect.Notice) {
		s.leftOut = append(s.leftOut, report.LeftOut{Account: n.Account, Region: n.Region, Reason: n.Message})
		tell(n)
	}
	s.tool, s.collected = options.Tool, estate.At(a.now())
	var unkept error
	s.drills = a.drillBook(o.aws)
	err = collect.Each(ctx, session, options, func(p collect.Part) error {
		s.drills.fill(context.WithoutCancel(ctx), p.Unit)
		prepare(p.Unit)
		unkept = s.put(p.Place, p.Unit)
		return unkept
	})
	switch {
	case unkept != nil:
		return unwritten(unkept)
	case err != nil:
		return startFailure(err, o.aws)
	}
	return nil
}

// paths reads estate files, and all templates as one unit.
func (s *stock) paths(ctx context.Context, a *app, o sourceOptions, prepare func(*estate.Unit)) error {
	if !o.templates.allowed {
		return s.files(o.files, prepare)
	}
	found, err := find(o.files)
	if err != nil {
		return err
	}
	if err := s.files(found.Estates, prepare); err != nil || !found.Declares() {
		return err
	}
	units, err := a.ofTemplates(ctx, found, o)
	if err != nil {
		return err
	}
	for _, u := range units {
		prepare(u)
		if err := s.put(s.shelf.Len(), u); err != nil {
			return unwritten(err)
		}
	}
	s.declares = true
	s.spoken, err = spoken(found, units)
	return err
}

func (s *stock) files(names []string, prepare func(*estate.Unit)) error {
	for _, name := range names {
		es, err := eachUnit(name, func(u *estate.Unit) error {
			prepare(u)
			return s.put(s.shelf.Len(), u)
		})
		if err != nil {
			return err
		}
		s.tool, s.collected = es.Tool, es.CollectedAt
	}
	return nil
}

// eachUnit reads an estate file unit by unit.
func eachUnit(name string, take func(*estate.Unit) error) (*estate.Estate, error) {
	if err := looksRight(name); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, misuse("", "%v", err)
	}
	defer f.Close()
	var unkept error
	es, err := estate.LoadEach(f, func(u *estate.Unit) error {
		unkept = take(u)
		return unkept
	})
	switch {
	case unkept != nil:
		return nil, unwritten(unkept)
	case err != nil:
		return nil, badEstate(name, err)
	}
	return es, nil
}

func (s *stock) put(place int, u *estate.Unit) error {
	for len(s.scopes) <= place {
		s.scopes, s.problems = append(s.scopes, report.Scope{}), append(s.problems, nil)
	}
	s.scopes[place], s.problems[place] = scopeOf(u), problemsOf(u)
	return s.shelf.Put(place, u)
}

// each visits the units in their order, each with its index among all, and forgets them.
func (s *stock) each(visit func(place int, u *estate.Unit, x *protection.Index) error) error {
	place := 0
	return s.shelf.Each(func(u *estate.Unit, x *protection.Index) error {
		err := visit(place, u, x)
		place++
		return err
	})
}

// tables is how many tables there are.
func (s *stock) tables() int {
	n := 0
	for i := range s.scopes {
		n += s.scopes[i].Tables
	}
	return n
}

func (s *stock) discard() {
	_ = s.shelf.Close() // what cannot be removed has no name on most systems, and says on the others what it is
}
