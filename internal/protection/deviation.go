package protection

import "github.com/restorable/restorable/internal/estate"

// deviations compares each effective rule with what is there: declared protection and observed protection are two things.
func (c *Coverage) deviations(f *found) []Deviation {
	var out []Deviation
	for i := range c.Plans.Items {
		for k := range c.Plans.Items[i].Rules {
			if r := &c.Plans.Items[i].Rules[k]; triOf(r.Effective) != no {
				out = append(out, c.deviation(&c.Plans.Items[i], r, f))
			}
		}
	}
	return out
}

// expected is the greatest age that a rule allows. Beside other rules one of its starts may be dropped for one that keeps longer, so the
// plan's own interval is added.
func expected(p *PlanCover, r *RuleCover) Answer[int64] {
	if len(p.plan.rules) == 1 && p.plan.whole == yes {
		return r.WorstGap
	}
	gap, ok := r.WorstGap.Get()
	more, ok2 := p.Interval.Get()
	switch {
	case !ok:
		return r.WorstGap
	case !ok2:
		return like[int64](p.Interval)
	}
	return known(sum(gap, more), r.WorstGap.Why+", and one start that another rule may take", r.WorstGap.Basis...)
}

func (c *Coverage) deviation(p *PlanCover, r *RuleCover, f *found) Deviation {
	d := Deviation{Plan: p.Plan, Rule: r.Rule, Selection: r.Selection, Expected: expected(p, r)}
	age, sure := c.newestOf(f, p.plan, r.rule)
	d.Actual = age
	allowed, ok := d.Expected.Get()
	actual, made := age.Get()
	switch {
	case triOf(r.Effective) == maybe:
		d.Deviates = answered(maybe, "whether the rule is effective is not known", r.Effective.Basis...)
	case !ok:
		d.Deviates = answered(maybe, d.Expected.Why, d.Expected.Basis...)
	case made && actual <= allowed:
		d.Deviates = answered(no, "the newest point is "+span(actual)+" old, the rule allows "+span(allowed), age.Basis...)
	case !sure || age.IsUnknown():
		d.Deviates = answered(maybe, "the rule's recovery points are not all known", age.Basis...)
	case made:
		d.Deviates = answered(yes, "the newest point is "+span(actual)+" old, the rule allows "+span(allowed), age.Basis...)
	default:
		d.Deviates = c.youngerThan(allowed, p.plan)
	}
	return d
}

// newestOf is the age of the newest restorable point that a rule made; absent when it made none. sure: no other can be newer.
func (c *Coverage) newestOf(f *found, p *planIndex, r *ruleIndex) (age Answer[int64], sure bool) {
	sure = f.pointsWhole == yes
	var newest, doubtful *backup
	for i := range f.points {
		b := &f.points[i]
		t := b.ok.and(madeBy(b.point.RecoveryPoint, p, r))
		switch {
		case t == maybe, t == yes && !b.at.IsKnown():
			sure, doubtful = false, b
		case t == yes && (newest == nil || b.at.Or(0) > newest.at.Or(0)):
			newest = b
		}
	}
	switch {
	case newest != nil:
		return c.index.age(newest), sure
	case doubtful != nil:
		return unknown[int64]("the rule's recovery points are not all known", doubtful.doubts()...), false
	case !sure:
		return unknown[int64]("the recovery points are not all known", missing(c.index.pointsBasis)...), false
	}
	return absent[int64]("the rule has made no point that can be restored", c.index.pointsBasis...), true
}

// madeBy is whether a rule made a point. Where the plan has one rule the plan decides, because a new version may renumber it.
func madeBy(p *estate.RecoveryPoint, plan *planIndex, r *ruleIndex) tri {
	same := sameText(p.PlanID, plan.plan.PlanID)
	if p.PlanID.IsAbsent() {
		same = no
	}
	if len(plan.rules) == 1 && plan.whole == yes {
		return same
	}
	rule := maybe
	if id, ok := p.RuleID.Get(); ok {
		rule = truth(id == r.rule.ID)
	} else if p.RuleID.IsAbsent() {
		rule = no
	}
	return same.and(rule)
}

// youngerThan answers for a rule without any point: it deviates when both the table and the plan have been there long enough.
func (c *Coverage) youngerThan(expected int64, p *planIndex) Answer[bool] {
	basis := []estate.Reading{
		estate.Read("table.created_at", c.Table.ID, c.Table.CreatedAt), estate.Read("plan.created_at", p.plan.ID, p.plan.CreatedAt),
		estate.Read("unit.now", "", c.unit.Now),
	}
	now, ok := c.unit.Now.Get()
	long := yes
	for _, f := range []estate.Fact[estate.Instant]{c.Table.CreatedAt, p.plan.CreatedAt} {
		at, ok2 := f.Get()
		if !ok || !ok2 {
			long = long.and(maybe)
			continue
		}
		long = long.and(truth(seconds(now.Sub(at)) > expected))
	}
	switch long {
	case yes:
		return answered(yes, "the rule has made no point that can be restored", basis...)
	case no:
		return answered(no, "the table or the plan is younger than "+span(expected)+": the first point is still to come", basis...)
	}
	return answered(maybe, "how long the table and the plan have been there is not known", missing(basis)...)
}
