package control

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// covers works out coverage once for each table that a control asks about.
type covers struct {
	unit  *estate.Unit
	index *protection.Index
	last  *protection.Coverage
	seen  map[*estate.Table]optIn // of every table so far, so that the Region needs no second look
	whole *regionCover

	around       *protection.Oversight
	surroundings *protection.RegionOversight
	accesses
}

// optIn is what the selections of a table say about the opt-in.
type optIn struct {
	out  bool // a selection misses the table for want of it
	sure bool // no selection is undecided
	lack []estate.Reading
}

func (c *covers) of(t *estate.Table) *protection.Coverage {
	if c.last == nil || c.last.Table != t {
		c.last = protection.Cover(c.unit, t, c.ensureIndex())
		if c.seen == nil {
			c.seen = make(map[*estate.Table]optIn, len(c.unit.Tables.Items))
		}
		c.seen[t] = optInOf(c.unit, c.last)
	}
	return c.last
}

func (c *covers) optIn(t *estate.Table) optIn {
	if _, ok := c.seen[t]; !ok {
		c.of(t)
	}
	return c.seen[t]
}

func (c *covers) ensureIndex() *protection.Index {
	if c.index == nil {
		c.index = protection.NewIndex(c.unit)
	}
	return c.index
}

// regionCover is what all tables of a Region together say; controls of the resource type region see it as "region".
type regionCover struct {
	OptInNeeded protection.Answer[bool]     `json:"opt_in_needed"` // some selection would select a table if DynamoDB were opted in
	LeftOut     protection.Answer[[]string] `json:"left_out"`      // tables that a selection would select if DynamoDB were opted in
}

func (c *covers) region() *regionCover {
	if c.whole == nil {
		c.whole = c.makeRegion()
	}
	return c.whole
}

func (c *covers) makeRegion() *regionCover {
	basis := []estate.Reading{
		estate.Read("unit.tables", "", c.unit.Tables.Whole), estate.Read("unit.plans", "", c.unit.Plans.Whole),
	}
	whole := c.unit.Tables.IsWhole() && c.unit.Plans.IsWhole()
	for i := range c.unit.Plans.Items {
		p := &c.unit.Plans.Items[i]
		basis = append(basis, estate.Read("plan.selections", p.ID, p.Selections.Whole))
		whole = whole && p.Selections.IsWhole()
	}
	left := []string{}
	for i := range c.unit.Tables.Items {
		t := &c.unit.Tables.Items[i]
		o := c.optIn(t)
		whole = whole && o.sure
		if len(basis) < maxEvidence {
			basis = append(basis, o.lack...)
		}
		if o.out {
			left = append(left, t.Name.Or(t.ID))
		}
	}
	slices.Sort(left)
	return newRegionCover(left, whole, basis)
}

// optInOf reads the decisions of a table, which stand in the order of the plans and their selections. That a selection does not reach
// the table for want of the opt-in is known even where it is not known whether it matches: only a match that is certain counts.
func optInOf(u *estate.Unit, c *protection.Coverage) optIn {
	o := optIn{sure: true}
	decisions := c.Considered
	for i := range u.Plans.Items {
		selections := u.Plans.Items[i].Selections.Items
		for k := range min(len(selections), len(decisions)) {
			switch decisions[k].Reason {
			case protection.NotOptedIn:
				matches, _ := protection.NewSelector(&selections[k]).Decide(u, c.Table, true)
				o.out = o.out || matches
				if !matches {
					o.sure, o.lack = false, append(o.lack, unknownOf(c.Table)...)
				}
			case protection.Undecided:
				o.sure, o.lack = false, append(o.lack, decisions[k].Detail().Missing...)
			}
		}
		decisions = decisions[min(len(selections), len(decisions)):]
	}
	return o
}

// unknownOf lists the facts by which selections match that are not known of a table.
func unknownOf(t *estate.Table) []estate.Reading {
	var out []estate.Reading
	for _, r := range []estate.Reading{estate.Read("table.arn", t.ID, t.ARN), estate.Read("table.tags", t.ID, t.Tags)} {
		if r.Ref.State() == estate.Unknown {
			out = append(out, r)
		}
	}
	return out
}

func newRegionCover(left []string, whole bool, basis []estate.Reading) *regionCover {
	out := &regionCover{OptInNeeded: protection.Answer[bool]{Basis: basis}, LeftOut: protection.Answer[[]string]{Basis: basis}}
	if whole || len(left) > 0 {
		out.OptInNeeded.Fact = estate.KnownFact(len(left) > 0, 0)
	}
	if whole {
		out.LeftOut.Fact = estate.KnownFact(left, 0)
	}
	return out
}
