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
	d.Due = c.due(p, r, d.Expected)
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
	long, basis := c.longThere(expected, estate.Read("table.created_at", c.Table.ID, c.Table.CreatedAt), estate.Read("plan.created_at", p.plan.ID, p.plan.CreatedAt))
	switch long {
	case yes:
		return answered(yes, "the rule has made no point that can be restored", basis...)
	case no:
		return answered(no, "the table or the plan is younger than "+span(expected)+": the first point is still to come", basis...)
	}
	return answered(maybe, "how long the table and the plan have been there is not known", missing(basis)...)
}

// longThere is whether all things have been there for so many seconds, by the readings of when they were made.
func (c *Coverage) longThere(seconds int64, made ...estate.Reading) (tri, []estate.Reading) {
	basis := append(made, estate.Read("unit.now", "", c.unit.Now))
	now, ok := c.unit.Now.Get()
	long := yes
	for _, r := range made {
		at, ok2 := r.Value.(estate.Instant)
		if !ok || !ok2 {
			long = long.and(maybe)
			continue
		}
		long = long.and(truth(now.Sub(at) > spanOf(seconds)))
	}
	return long, basis
}

// due is whether a job of a rule must have ended: table, plan and selection have been there for longer than the rule allows between two
// points, and the selection finds the table by its ARN. When a table got its tags is not known: one that was tagged a minute ago is selected
// as if it had always been, and no job was due.
func (c *Coverage) due(p *PlanCover, r *RuleCover, expected Answer[int64]) Answer[bool] {
	allowed, ok := expected.Get()
	switch {
	case triOf(r.Effective) != yes:
		return r.Effective
	case !ok:
		return answered(maybe, expected.Why, expected.Basis...)
	}
	long, basis := c.longThere(allowed, estate.Read("table.created_at", c.Table.ID, c.Table.CreatedAt),
		estate.Read("plan.created_at", p.plan.plan.ID, p.plan.plan.CreatedAt), estate.Read("selection.created_at", r.sel.sel.ID, r.sel.sel.CreatedAt))
	switch {
	case long == no:
		return answered(no, "the table, the plan or its selection is younger than "+span(allowed), basis...)
	case long == maybe:
		return answered(maybe, "how long the table, the plan and its selection have been there is not known", missing(basis)...)
	case !r.sel.byARN(c.Table):
		return answered(maybe, "the selection finds the table by its tags, and since when it has them is not known", basis...)
	}
	return answered(yes, "the rule has selected the table for longer than "+span(allowed), basis...)
}

// byARN reports whether a selection that selects the table does so whatever its tags are.
func (s *selectionIndex) byARN(t *estate.Table) bool {
	x := newSubject(s.unit(), t)
	some, _ := s.include.match(&x)
	return some == yes && len(s.conditions) == 0
}
