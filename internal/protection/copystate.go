package protection

import (
	"github.com/restorable/restorable/internal/estate"
)

// CopyState is whether copies of the table's backups stand in a place, told apart from whether a plan says that they should.
type CopyState struct {
	Declared Answer[bool]           `json:"declared"` // an effective rule copies there, and the copies take effect
	Arrived  Answer[bool]           `json:"arrived"`  // a restorable copy of this incarnation of the table stands there
	Newest   Answer[estate.Instant] `json:"newest"`   // the moment that the newest of them holds; absent: none is known
}

// CopiesIn looks for copies in a Region, or in an account where the Region is empty. What stands in another account is known where the
// estate holds that account's unit, and otherwise from the copy jobs of 30 days.
func (c *Coverage) CopiesIn(region, account string) *CopyState {
	s := &CopyState{Declared: c.copiesTo(region, account)}
	s.Newest, s.Arrived = c.arrived(region, account)
	switch triOf(s.Arrived) {
	case yes:
		s.Arrived.Why = "the newest there holds " + dayOf(s.Newest.Fact)
	case no:
		s.Arrived.Why = "no copy of it is there" + map[tri]string{
			yes: ", although " + s.Declared.Why, no: ", and " + s.Declared.Why, maybe: "",
		}[triOf(s.Declared)]
	}
	return s
}

func inPlace(region, account, thereRegion, thereAccount string) tri {
	at := yes
	if region != "" {
		at = at.and(sameOrUnknown(region, thereRegion))
	}
	if account != "" {
		at = at.and(sameOrUnknown(account, thereAccount))
	}
	return at
}

// copiesTo is whether an effective rule copies to a place.
func (c *Coverage) copiesTo(region, account string) Answer[bool] {
	out := answered(no, "no plan copies it there", estate.Read("unit.plans", "", c.unit.Plans.Whole))
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		for k := range p.Rules {
			r := &p.Rules[k]
			if r.rule.rule.Copies.Whole.IsUnknown() && triOf(r.Effective) != no && triOf(out) == no {
				out = answered(maybe, "the copies of rule "+quote(r.Rule)+" are not known", estate.Read("rule.copies", r.ID, r.rule.rule.Copies.Whole))
			}
			for n := range r.Copies {
				out = betterCopy(out, r, &r.Copies[n], inPlace(region, account, r.Copies[n].Region.Or(""), r.Copies[n].Account.Or("")))
			}
		}
	}
	if triOf(out) == no && c.index.complete == maybe {
		return answered(maybe, "the plans are not all known", estate.Read("unit.plans", "", c.unit.Plans.Whole))
	}
	return out
}

func betterCopy(was Answer[bool], r *RuleCover, k *CopyCover, there tri) Answer[bool] {
	label := "rule " + quote(r.Rule) + " of plan " + quote(r.Plan)
	t := there.and(triOf(r.Effective)).and(triOf(k.TakesEffect))
	switch {
	case triOf(was) == yes:
	case t == yes:
		return answered(yes, label+" copies there", k.TakesEffect.Basis...)
	case t == maybe && triOf(was) == no:
		return answered(maybe, "whether "+label+" copies there is not known", missing(append(r.Effective.Basis[:len(r.Effective.Basis):len(r.Effective.Basis)], k.TakesEffect.Basis...))...)
	case there == yes && triOf(r.Effective) == yes && triOf(was) == no: // it is declared, and does nothing
		return answered(no, label+" would copy there, but "+k.TakesEffect.Why, k.TakesEffect.Basis...)
	}
	return was
}

// found is what there is for the table, looked up once.
func (c *Coverage) found() *found {
	if c.foundMemo == nil {
		c.foundMemo = c.index.find(c.Table)
	}
	return c.foundMemo
}

func (c *Coverage) arrived(region, account string) (newest Answer[estate.Instant], there Answer[bool]) {
	f := c.found()
	var best, doubtful *backup
	for i := range f.away {
		b := &f.away[i]
		thereAccount, thereRegion := c.where(b)
		switch t := b.ok.and(inPlace(region, account, thereRegion, thereAccount)); {
		case t == no:
		case t == maybe:
			doubtful = b
		case best == nil || b.at.Or(0) > best.at.Or(0):
			best = b
		}
	}
	switch {
	case best != nil:
		basis := best.origin().seenFrom(c.index, best.reading())
		return factAnswer(best.at, basis), answered(yes, "", basis...)
	case doubtful != nil:
		a := answered(maybe, "whether a copy that is there can be restored is not known", doubtful.origin().seenFrom(c.index, doubtful.doubts()...)...)
		return like[estate.Instant](a), a
	}
	a := c.noCopy(region, account)
	if triOf(a) == no {
		return absent[estate.Instant]("there is no copy", a.Basis...), a
	}
	return like[estate.Instant](a), a
}

// origin is the index of the unit that holds a backup; that of a copy known from its job is its source's, as is that of a native one.
func (b *backup) origin() *Index {
	if b.point.RecoveryPoint != nil {
		return b.point.home
	}
	return nil
}

// noCopy is no where nothing was found and everything that could tell was read: the copy jobs, and the place itself unless the table is
// younger than the jobs that AWS keeps.
func (c *Coverage) noCopy(region, account string) Answer[bool] {
	basis := []estate.Reading{estate.Read("unit.copy_jobs", "", c.unit.CopyJobs.Whole)}
	if c.index.copiesWhole != yes || c.index.strangers {
		return answered(maybe, "the copy jobs are not all known", missing(basis)...)
	}
	if arn := c.Table.ARN.Or(""); arn == "" || symbolic(arn) {
		return answered(maybe, "which table it is in AWS is not known", estate.Read("table.arn", c.Table.ID, c.Table.ARN))
	}
	place := "Region " + region
	if region == "" {
		place = "account " + account
	}
	there := estate.Read("unit.vaults", place, estate.Fact[bool]{})
	read, looked := c.placeRead(region, account)
	switch {
	case looked && read == yes, !looked && c.beyondJobs(c.Table.CreatedAt) == no:
		return answered(no, "", append(basis, estate.Read("table.created_at", c.Table.ID, c.Table.CreatedAt))...)
	case looked:
		return answered(maybe, "the recovery points in "+place+" could not all be read", there)
	}
	return answered(maybe, place+" was not looked at, and AWS keeps copy jobs for 30 days only", there)
}

// placeRead is whether the recovery points of a place are all known; looked is false where the estate has no unit of it.
func (c *Coverage) placeRead(region, account string) (read tri, looked bool) {
	if region != "" {
		there := c.index.sib[c.index.account+":"+region]
		if there == nil {
			return maybe, false
		}
		return there.pointsWhole, true
	}
	family := c.index.others[account]
	read = yes
	for _, x := range family {
		read = read.and(x.pointsWhole)
	}
	return read, len(family) > 0
}
