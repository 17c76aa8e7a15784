package protection

// lasting is what of a plan survives a scenario.
type lasting struct {
	declared tri // some effective rule makes backups that survive
	gap      Answer[int64]
	days     Answer[int64]
}

// lasts works out what survives: where only some rules make such backups, their intervals and the retention of what they leave count.
func (c *Coverage) lasts(s *story, p *PlanCover) lasting {
	total := survival{is: no}
	var counted uint64
	for i := range p.Rules {
		r := &p.Rules[i]
		v := s.declared(c, r)
		v.is = v.is.and(triOf(r.Effective))
		total = total.or(v)
		if v.is == yes {
			counted |= 1 << min(r.rule.number, maxRules-1)
		}
	}
	// A plan whose rules are not all known may have an effective one among them.
	if p.plan.whole == maybe {
		total = total.or(survival{is: maybe.and(triOf(p.Selects))})
	}
	l := lasting{total.is, p.WorstGap, p.RetentionDays}
	if s.everything || total.is == no || !p.WorstGap.IsKnown() {
		return l
	}
	l.gap, l.days = unknown[int64]("which rules make backups that survive this is not known", p.Effective.Basis...), total.days
	if total.is == yes && !c.undecided(s, p) {
		_, l.gap = c.index.gaps(p, counted)
	}
	return l
}

// undecided: of some rule it is not known whether what it makes survives.
func (c *Coverage) undecided(s *story, p *PlanCover) bool {
	for i := range p.Rules {
		r := &p.Rules[i]
		if s.declared(c, r).is.and(triOf(r.Effective)) == maybe {
			return true
		}
	}
	return false
}

// planWay: a plan that goes on making backups, and has made one recently enough to believe it.
func (c *Coverage) planWay(s *story, p *PlanCover, pool pool, f *found) Way {
	l := c.lasts(s, p)
	fresh := c.fresh(s, p, pool, f, l.gap)
	why := p.Effective
	a := answered(l.declared.and(fresh), "plan "+quote(p.Plan)+" makes a backup that is kept "+dayCount(l.days.Or(0)), why.Basis...)
	switch {
	case triOf(a) == yes && !l.days.IsKnown():
		a.Why = "plan " + quote(p.Plan) + " makes a backup"
	case triOf(a) == yes:
	case l.declared == no:
		a = answered(no, "plan "+quote(p.Plan)+" makes no backup that would survive this", why.Basis...)
	case fresh == no:
		a = answered(no, "plan "+quote(p.Plan)+" has made no backup as recently as it should", pool.basis...)
	case l.declared == maybe:
		a = answered(maybe, "whether plan "+quote(p.Plan)+" makes backups that survive this is not known", missing(why.Basis)...)
	default:
		a = answered(maybe, "whether plan "+quote(p.Plan)+" has made a backup as recently as it should is not known", pool.basis...)
	}
	return wayOf(ByPlan, a, c.loss(pool), l.gap, l.days)
}

// fresh is whether the plan itself has made a backup that serves and is as young as its worst gap: what others made does not show that
// this plan works. A template has no present, and so no backups yet: there a plan is taken at its word.
func (c *Coverage) fresh(s *story, p *PlanCover, pool pool, f *found, gap Answer[int64]) tri {
	if c.unit.Now.IsAbsent() {
		return yes
	}
	if pool.any == no {
		return no
	}
	limit, ok := gap.Get()
	if !ok {
		return maybe
	}
	own, sure := c.newestBy(s, p.plan, f)
	switch {
	case own != nil && c.younger(own, limit) != no:
		return c.younger(own, limit)
	case !sure || pool.whole == maybe:
		return maybe
	case own != nil, pool.newest != nil && pool.doubtful == nil && c.younger(pool.newest, limit) == no:
		return no
	}
	// Others keep the table in recent backups. Since when the plan selects it nobody tells; its jobs may.
	return c.failing(p.plan).not()
}

func (c *Coverage) younger(b *backup, limit int64) tri {
	age, ok := c.index.age(b).Get()
	if !ok {
		return maybe
	}
	return truth(age <= limit)
}

// newestBy is the newest backup of a plan that surely serves; sure: no other may be newer.
func (c *Coverage) newestBy(s *story, p *planIndex, f *found) (newest *backup, sure bool) {
	sure = true
	for _, list := range [][]backup{f.points, f.away} {
		for i := range list {
			b := &list[i]
			t := b.ok.and(ofPlan(b, p)).and(s.serves(c, b))
			switch {
			case t == no:
			case t == maybe || !b.at.IsKnown():
				sure = false
			case newest == nil || b.at.Or(0) > newest.at.Or(0):
				newest = b
			}
		}
	}
	return newest, sure
}

// ofPlan is whether a plan made a backup. A copy that does not say counts: what arrived is all that can be seen of it.
func ofPlan(b *backup, p *planIndex) tri {
	if b.job != nil {
		return yes
	}
	if b.point.PlanID.IsAbsent() {
		if b.point.SourceVault.IsUnknown() {
			return maybe
		}
		return truth(b.point.SourceVault.IsKnown())
	}
	return sameText(b.point.PlanID, p.plan.PlanID)
}

// failing is yes when the newest job of a plan that ended did not complete, else maybe.
func (c *Coverage) failing(p *planIndex) tri {
	jobs, sure := c.index.jobsOf(c.Table)
	if sure != yes {
		return maybe
	}
	for _, j := range jobs {
		if jobEnded(j) != yes || j.PlanID.IsAbsent() {
			continue
		}
		switch sameText(j.PlanID, p.plan.PlanID) {
		case maybe:
			return maybe
		case yes:
			s, _ := j.State.Get()
			return maybe.or(truth(s != "COMPLETED"))
		}
	}
	return maybe
}
