package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// ByOwnedKey is not a mechanism but the reason why one is not needed: a key that AWS owns or manages cannot be lost by a customer.
const ByOwnedKey = "aws-key"

// story is what a scenario leaves standing.
type story struct {
	name string
	// serves is whether a backup survives the scenario; declared is whether a rule makes such backups.
	serves   func(c *Coverage, b *backup) tri
	declared func(c *Coverage, r *RuleCover) survival
	// here and away say which lists must be whole before "there is none" can be said.
	here, away bool
	everything bool // every backup survives
	extra      func(c *Coverage) []Way
}

func stories() []story {
	anything := func(*Coverage, *backup) tri { return yes }
	always := func(_ *Coverage, r *RuleCover) survival { return survival{yes, r.RetentionDays} }
	return []story{
		{objective.ItemsDamaged, anything, always, true, false, true, (*Coverage).pitrWays},
		{objective.TableDeleted, anything, always, true, false, true, (*Coverage).systemWays},
		// The system backup holds the table as of its deletion: the damage with it. Only what was kept apart helps.
		{objective.DamagedThenDeleted, anything, always, true, false, true, noWays},
		{objective.RegionLost, (*Coverage).elsewhere, (*Coverage).copiesRegion, false, true, false, (*Coverage).replicaWays},
		{objective.AccountCompromised, (*Coverage).outOfReach, (*Coverage).copiesAccount, true, true, false, noWays},
		{objective.KeyLost, (*Coverage).otherKey, (*Coverage).underOtherKey, true, true, false, (*Coverage).ownedKeyWays},
	}
}

func noWays(*Coverage) []Way { return nil }

func (c *Coverage) scenarios(f *found) []Scenario {
	all := stories()
	out := make([]Scenario, len(all))
	// Three scenarios leave all backups standing.
	local := c.pool(&all[0], f)
	for i := range all {
		pool := local
		if !all[i].everything {
			pool = c.pool(&all[i], f)
		}
		out[i] = c.scenario(&all[i], pool, f)
	}
	return out
}

func (c *Coverage) scenario(s *story, pool pool, f *found) Scenario {
	out := Scenario{Name: s.name, Ways: make([]Way, 0, len(c.Plans.Items)+4)}
	out.Ways = append(out.Ways, s.extra(c)...)
	for i := range c.Plans.Items {
		if p := &c.Plans.Items[i]; triOf(p.Effective) != no {
			out.Ways = append(out.Ways, c.planWay(s, p, pool, f))
		}
	}
	if c.index.complete == maybe {
		a := answered(maybe, "the plans are not all known", estate.Read("unit.plans", "", c.unit.Plans.Whole))
		// More plans make no points appear that were not counted, so this way hangs on the points as well.
		a.Fact = and(a.Fact, pool.any)
		out.Ways = append(out.Ways, wayOf(ByPlan, a, like[int64](a), like[int64](a), like[int64](a)))
	}
	out.Ways = append(out.Ways, c.pointWay(pool))
	out.join()
	return out
}

func and(a estate.Fact[bool], t tri) estate.Fact[bool] {
	switch holds(a).and(t) {
	case yes:
		return estate.KnownFact(true, a.Source())
	case no:
		return estate.KnownFact(false, a.Source())
	}
	return estate.UnknownFact[bool](a.Source())
}

// pool are the backups that survive a scenario.
type pool struct {
	any      tri
	whole    tri     // maybe: others may be that are not listed
	newest   *backup // of those that surely serve
	doubtful *backup // the newest of those that may
	longest  *backup // the one that is kept longest of those that surely serve
	most     int64   // days that it is kept
	unsure   *backup // one of which it is not known whether it serves, or how long it is kept
	keep     Answer[int64]
	basis    []estate.Reading
}

func (c *Coverage) pool(s *story, f *found) pool {
	p := pool{any: no}
	for _, list := range [][]backup{f.points, f.natives, f.away} {
		for i := range list {
			p.add(&list[i], list[i].ok.and(s.serves(c, &list[i])))
		}
	}
	whole := yes
	if s.here {
		whole = whole.and(f.pointsWhole).and(f.nativesWhole)
	}
	if s.away {
		whole = whole.and(f.awayWhole)
	}
	switch {
	case p.newest != nil:
		p.basis = []estate.Reading{p.newest.reading()}
	case p.doubtful != nil:
		p.basis = p.doubtful.doubts()
	case whole == maybe:
		p.basis = c.index.lists.survivors(s)
	}
	p.any, p.whole = p.any.or(whole.not()), whole
	p.keep = p.kept()
	return p
}

// kept is how long the backup is kept that is kept longest.
func (p *pool) kept() Answer[int64] {
	switch {
	case p.unsure != nil:
		return unknown[int64]("how long the backups are kept is not all known", p.unsure.doubts()...)
	case p.whole == maybe:
		return unknown[int64]("the backups are not all known", missing(p.basis)...)
	case p.longest == nil:
		return absent[int64]("there is no backup")
	}
	return p.longest.keepAnswer()
}

func (p *pool) add(b *backup, t tri) {
	p.any = p.any.or(t)
	switch {
	case t == no:
		return
	case t == maybe || !b.at.IsKnown():
		if p.doubtful == nil || b.at.Or(never) > p.doubtful.at.Or(never) { // one without a date may be the newest of all
			p.doubtful = b
		}
		p.unsure = b
		return
	case p.newest == nil || b.at.Or(0) > p.newest.at.Or(0):
		p.newest = b
	}
	days, ok := b.keepDays()
	if !ok {
		p.unsure = b
	} else if p.longest == nil || days > p.most {
		p.longest, p.most = b, days
	}
}

// loss is the age of the newest backup that serves; unknown when another may be newer.
func (c *Coverage) loss(p pool) Answer[int64] {
	switch {
	case p.newest == nil && p.any == no:
		return absent[int64]("there is no backup", p.basis...)
	case p.newest == nil, p.whole == maybe:
		return unknown[int64]("the backups are not all known", missing(p.basis)...)
	case p.doubtful != nil && (!p.doubtful.at.IsKnown() || p.doubtful.at.Or(0) > p.newest.at.Or(0)):
		return unknown[int64]("a newer backup may serve", p.doubtful.doubts()...)
	}
	return c.index.age(p.newest)
}

// pointWay: backups that are there, whatever made them and whether or not anything makes the next.
func (c *Coverage) pointWay(p pool) Way {
	a := answered(p.any, "a backup is there", p.basis...)
	switch p.any {
	case no:
		a.Why = "there is no backup that would survive this"
	case maybe:
		a = answered(maybe, "the backups are not all known", missing(p.basis)...)
	}
	return wayOf(ByPoint, a, c.loss(p), known(Forever, "nothing that is known makes the next backup"), p.keep)
}

// wayOf drops the figures of a way that does not work and keeps those of one that may.
func wayOf(mechanism string, works Answer[bool], now, worst, reach Answer[int64]) Way {
	if triOf(works) == no {
		a := like[int64](absentWhy(works))
		return Way{mechanism, works, a, a, a}
	}
	return Way{mechanism, works, now, worst, reach}
}

// join sums up the ways.
func (s *Scenario) join() {
	recoverable := no
	for i := range s.Ways {
		recoverable = recoverable.or(triOf(s.Ways[i].Works))
	}
	s.Recoverable = s.reason(recoverable)
	if recoverable != yes {
		a := like[int64](s.Recoverable)
		if recoverable == no {
			a = like[int64](absentWhy(s.Recoverable))
		}
		s.LossNow, s.WorstLoss, s.ReachDays = a, a, a
		return
	}
	s.LossNow = s.pick(func(w *Way) *Answer[int64] { return &w.LossNow }, false)
	s.WorstLoss = s.pick(func(w *Way) *Answer[int64] { return &w.WorstLoss }, false)
	s.ReachDays = s.pick(func(w *Way) *Answer[int64] { return &w.ReachDays }, true)
	s.By = s.least()
}

// least names the working way that loses least, the first of equals.
func (s *Scenario) least() string {
	best, by := Forever, ""
	for i := range s.Ways {
		w := &s.Ways[i]
		if triOf(w.Works) != yes {
			continue
		}
		if v := w.WorstLoss.Or(Forever); by == "" || v < best {
			best, by = v, w.Mechanism
		}
	}
	return by
}

// pick is the least or greatest figure of the ways that work; unknown when a way in doubt might change it.
func (s *Scenario) pick(of func(*Way) *Answer[int64], greatest bool) Answer[int64] {
	var best *Answer[int64]
	for i := range s.Ways {
		w := &s.Ways[i]
		a := of(w)
		if v, ok := a.Get(); ok && triOf(w.Works) == yes && (best == nil || better(v, best.Or(0), greatest)) {
			best = a
		}
	}
	for i := range s.Ways {
		w := &s.Ways[i]
		if triOf(w.Works) == no {
			continue
		}
		a := of(w)
		if v, ok := a.Get(); !ok && !a.IsAbsent() || ok && triOf(w.Works) == maybe && (best == nil || better(v, best.Or(0), greatest)) {
			return unknown[int64](a.Why, a.Basis...)
		}
	}
	if best == nil {
		return unknown[int64]("not known")
	}
	return *best
}

func better(a, b int64, greatest bool) bool { return a != b && (a > b) == greatest }

// reason takes the first way that decides; where nothing works it tells of each.
func (s *Scenario) reason(t tri) Answer[bool] {
	var why []string
	var basis []estate.Reading
	for i := range s.Ways {
		w := &s.Ways[i].Works
		if triOf(*w) != t {
			continue
		}
		if t != no {
			return *w
		}
		why = append(why, w.Why)
		basis = append(basis, w.Basis...)
	}
	return answered(t, strings.Join(why, "; "), basis...)
}

// Meets reports whether the scenario's ways together meet an objective: one that works loses little enough, going by what may be lost
// while all goes as declared, and one that works reaches back far enough.
func (s *Scenario) Meets(o objective.Objective) Answer[bool] {
	rpo, reach := no, no
	days := int64((o.Retention + 24*3600e9 - 1) / (24 * 3600e9))
	for i := range s.Ways {
		w := &s.Ways[i]
		works := triOf(w.Works)
		rpo = rpo.or(works.and(atMost(w.WorstLoss, seconds(o.RPO))))
		reach = reach.or(works.and(atLeast(w.ReachDays, days)))
	}
	t := rpo.and(reach)
	switch {
	case triOf(s.Recoverable) == no:
		return s.Recoverable
	case t == yes:
		return answered(yes, s.Recoverable.Why, s.Recoverable.Basis...)
	case rpo == no:
		return answered(no, "may lose "+span(s.WorstLoss.Or(Forever))+", the objective allows "+span(seconds(o.RPO)), s.Recoverable.Basis...)
	case reach == no:
		return answered(no, "reaches back "+dayCount(s.ReachDays.Or(0))+", the objective asks for "+dayCount(days), s.Recoverable.Basis...)
	}
	return answered(maybe, s.Recoverable.Why, missing(s.Recoverable.Basis)...)
}

func atMost(a Answer[int64], limit int64) tri {
	if v, ok := a.Get(); ok {
		return truth(v <= limit)
	}
	return truth(!a.IsAbsent()).and(maybe)
}

func atLeast(a Answer[int64], limit int64) tri {
	if v, ok := a.Get(); ok {
		return truth(v >= limit)
	}
	return truth(!a.IsAbsent()).and(maybe)
}
