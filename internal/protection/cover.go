package protection

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
)

// Cover works out how a table of a unit is protected. The index is of the same unit.
func Cover(u *estate.Unit, t *estate.Table, x *Index) *Coverage {
	c := &Coverage{Table: t, unit: u, index: x}
	subject := newSubject(x.unit, t)
	c.Considered = make([]Decision, len(x.sels))
	for i, s := range x.sels {
		c.Considered[i] = s.decide(&subject, s.plan.optIn)
	}
	c.Selected = x.selected(c.Considered, &subject)
	c.coverPlans()
	c.sumUp()
	c.PITR = x.pitr(t)
	found := x.find(t)
	c.Observed = x.observe(t, found)
	c.Deviations = c.deviations(found)
	c.Scenarios = c.scenarios(found)
	return c
}

// coverPlans builds the rules under each selection that selects the table, or may.
func (c *Coverage) coverPlans() {
	c.Plans.Whole = c.index.wholeFact()
	tableKey, keyed := Answer[bool]{}, false
	for i := 0; i < len(c.Considered); {
		plan := c.Considered[i].sel.plan
		last := i
		for last < len(c.Considered) && c.Considered[last].sel.plan == plan {
			last++
		}
		if selectsAny(c.Considered[i:last]) {
			if !keyed {
				tableKey, keyed = c.index.tableKey(c.Table), true
			}
			c.Plans.Items = append(c.Plans.Items, c.index.planCover(plan, c.Considered[i:last], tableKey))
		}
		i = last
	}
}

func (x *Index) wholeFact() estate.Fact[bool] {
	if x.complete == yes {
		return estate.KnownFact(true, x.unit.Plans.Whole.Source())
	}
	return estate.UnknownFact[bool](x.unit.Plans.Whole.Source())
}

func selectsAny(ds []Decision) bool {
	for i := range ds {
		if holds(ds[i].Selects) != no {
			return true
		}
	}
	return false
}

func (x *Index) planCover(p *planIndex, ds []Decision, tableKey Answer[bool]) PlanCover {
	pc := PlanCover{ID: p.plan.ID, Plan: p.name, plan: p}
	pc.Rules = make([]RuleCover, 0, len(p.rules))
	var effectives, failing, unsure uint64
	selects, effective := no, no
	for i := range ds {
		s := holds(ds[i].Selects)
		if s == no {
			continue
		}
		selects = selects.or(s)
		answer := ds[i].answer()
		for _, r := range ds[i].sel.covers {
			r.Selects = answer
			if triOf(r.Advanced) != yes {
				r.KeyUsable = keyFor(r.Advanced, r.KeyUsable, tableKey)
			}
			r.Effective = r.effective()
			e := triOf(r.Effective)
			effective = effective.or(e)
			bit := uint64(1) << min(r.rule.number, maxRules-1)
			switch e {
			case yes:
				effectives |= bit
			case maybe:
				unsure |= bit
			case no:
				if triOf(r.Selects) != no && triOf(r.ScheduleRuns) != no { // its jobs start, or may, and fail
					failing |= bit
				}
			}
			pc.Rules = append(pc.Rules, r)
		}
	}
	pc.Selects = answered(selects, "plan "+quote(p.name))
	pc.effectives, pc.failing = effectives, failing&^effectives
	x.sumPlan(&pc, unsure&^effectives != 0 || p.whole == maybe, effective.or(p.whole.not().and(selects)))
	return pc
}

// keyFor is the key that encrypts: the vault's under advanced features, the table's without (semantics 1.7).
func keyFor(adv, vaultKey, tableKey Answer[bool]) Answer[bool] {
	switch triOf(adv) {
	case yes:
		return vaultKey
	case no:
		return tableKey
	}
	if triOf(vaultKey) == triOf(tableKey) {
		return tableKey
	}
	return answered(maybe, "whether the vault's or the table's key encrypts is not known", adv.Basis...)
}

// effective joins the prerequisites; the first that fails, or else that is not known, gives the reason.
func (r *RuleCover) effective() Answer[bool] {
	all := [...]*Answer[bool]{
		&r.Selects, &r.VaultExists, &r.RoleExists, &r.RoleTrusted, &r.ScheduleRuns, &r.WindowsValid, &r.LifecycleValid,
		&r.RetentionFitsLock, &r.KeyUsable,
	}
	var undecided *Answer[bool]
	for _, a := range all {
		switch triOf(*a) {
		case no:
			return *a
		case maybe:
			if undecided == nil {
				undecided = a
			}
		}
	}
	if undecided != nil {
		return *undecided
	}
	return answered(yes, "every prerequisite holds", r.Selects.Basis...)
}

// sumPlan fills in what the rules come to. unsure: the set of effective rules is not known.
func (x *Index) sumPlan(pc *PlanCover, unsure bool, effective tri) {
	pc.Effective = planEffective(pc, effective)
	switch {
	case effective == no:
		pc.Interval, pc.WorstGap = like[int64](absentWhy(pc.Effective)), like[int64](absentWhy(pc.Effective))
		pc.RetentionDays = like[int64](absentWhy(pc.Effective))
		return
	case unsure || pc.effectives == 0:
		a := unknown[int64]("which rules of the plan are effective is not known", pc.Effective.Basis...)
		pc.Interval, pc.WorstGap, pc.RetentionDays = a, a, a
		return
	}
	pc.Interval, pc.WorstGap = x.gaps(pc, pc.effectives)
	first := true
	for i := range pc.Rules {
		r := &pc.Rules[i]
		if triOf(r.Effective) != yes {
			continue
		}
		if first {
			pc.RetentionDays, first = r.RetentionDays, false
			continue
		}
		pc.RetentionDays = greater(pc.RetentionDays, r.RetentionDays)
	}
}

// gaps is the longest interval between starts of some of the plan's effective rules, and that with their windows. Whether a rule that
// keeps longer takes the place of another although its own jobs fail is UNCONFIRMED: where that matters, the answer is unknown.
func (x *Index) gaps(pc *PlanCover, counted uint64) (interval, worst Answer[int64]) {
	interval = pc.plan.interval(sets{pc.effectives, counted}, x.unit.Now)
	if pc.failing != 0 {
		other := pc.plan.interval(sets{pc.effectives | pc.failing, counted}, x.unit.Now)
		if a, ok := interval.Get(); ok && a != other.Or(-1) {
			interval = unknown[int64]("a rule of plan "+quote(pc.Plan)+" whose jobs fail keeps longer: whether it takes the place of others is not known", pc.Effective.Basis...)
		}
	}
	var start, completion Answer[int64]
	first := true
	for _, r := range pc.plan.numbered(counted) {
		if first {
			start, completion, first = r.cover.StartWindow, r.cover.CompletionWindow, false
			continue
		}
		start, completion = greater(start, r.cover.StartWindow), greater(completion, r.cover.CompletionWindow)
	}
	return interval, worstGap(interval, start, completion)
}

func absentWhy(a Answer[bool]) Answer[bool] {
	return absent[bool](a.Why, a.Basis...)
}

func planEffective(pc *PlanCover, effective tri) Answer[bool] {
	for i := range pc.Rules {
		if e := pc.Rules[i].Effective; triOf(e) == effective {
			if effective == yes {
				e.Why = "rule " + quote(pc.Rules[i].Rule) + " of plan " + quote(pc.Plan) + " has every prerequisite"
			}
			return e
		}
	}
	if effective == no {
		return answered(no, "plan "+quote(pc.Plan)+" has no rules")
	}
	return answered(effective, "the rules of plan "+quote(pc.Plan)+" are not all known", estate.Read("plan.rules", pc.ID, pc.plan.plan.Rules.Whole))
}

// greater is the greater of two answers; when one is not known, neither is the result.
func greater(a, b Answer[int64]) Answer[int64] {
	x, ok := a.Get()
	y, ok2 := b.Get()
	switch {
	case !ok:
		return a
	case !ok2:
		return b
	case x >= y:
		return a
	}
	return b
}

// sumUp fills in what the plans come to.
func (c *Coverage) sumUp() {
	effective := c.index.complete.not()
	for i := range c.Plans.Items {
		effective = effective.or(triOf(c.Plans.Items[i].Effective))
	}
	c.Effective = c.effectiveAnswer(effective)
	if effective == no {
		a := absent[int64]("no effective rule", c.Effective.Basis...)
		c.LongestInterval, c.WorstGap, c.RetentionDays = a, a, a
		return
	}
	c.LongestInterval = c.best(func(p *PlanCover) Answer[int64] { return p.Interval }, false)
	c.WorstGap = c.best(func(p *PlanCover) Answer[int64] { return p.WorstGap }, false)
	c.RetentionDays = c.best(func(p *PlanCover) Answer[int64] { return p.RetentionDays }, true)
}

func (c *Coverage) effectiveAnswer(effective tri) Answer[bool] {
	for i := range c.Plans.Items {
		if e := c.Plans.Items[i].Effective; triOf(e) == effective {
			return e
		}
	}
	switch effective {
	case no:
		return answered(no, "no plan selects the table", c.Selected.Basis...)
	default:
		return answered(maybe, "the plans are not all known", estate.Read("unit.plans", "", c.unit.Plans.Whole))
	}
}

// best is the least, or the greatest, over effective plans. It is known only when all plans that may count are.
func (c *Coverage) best(of func(*PlanCover) Answer[int64], greatest bool) Answer[int64] {
	if c.index.complete == maybe {
		return unknown[int64]("the plans are not all known", estate.Read("unit.plans", "", c.unit.Plans.Whole))
	}
	var out Answer[int64]
	first := true
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		if triOf(p.Effective) == no {
			continue
		}
		a := of(p)
		if !a.IsKnown() {
			return unknown[int64](a.Why, a.Basis...)
		}
		if v, _ := a.Get(); first || (v > out.Or(0)) == greatest && v != out.Or(0) {
			out, first = a, false
		}
	}
	return out
}

// selected joins the decisions of all selections.
func (x *Index) selected(ds []Decision, subject *subject) Answer[bool] {
	var undecided *Decision
	for i := range ds {
		d := &ds[i]
		switch holds(d.Selects) {
		case yes:
			return d.answer()
		case maybe:
			undecided = cmpOr(undecided, d)
		}
	}
	switch {
	case undecided != nil:
		return undecided.answer()
	case x.complete == maybe:
		return answered(maybe, "the plans or their selections are not all known", x.missingPlans()...)
	}
	if near := nearest(ds, subject); near != nil {
		a := near.answer()
		a.Why += x.misplaced(subject)
		return a
	}
	return answered(no, x.noneSelects()+x.misplaced(subject), x.noneBasis(subject)...)
}

func cmpOr(a, b *Decision) *Decision {
	if a != nil {
		return a
	}
	return b
}

// missingPlans are the lists that keep plans and selections from being all known: of selections those of the first plans, since many are as
// good a reason as all.
func (x *Index) missingPlans() []estate.Reading {
	out := []estate.Reading{estate.Read("unit.plans", "", x.unit.Plans.Whole)}
	for _, p := range x.plans {
		if len(out) > evidenceMax {
			break
		}
		if !p.plan.Selections.IsWhole() {
			out = append(out, estate.Read("plan.selections", p.plan.ID, p.plan.Selections.Whole))
		}
	}
	return missing(out)
}

func (x *Index) noneSelects() string {
	where := x.region
	if where == "" {
		where = "this unit"
	}
	switch len(x.plans) {
	case 0:
		return "there is no backup plan in " + where
	case 1:
		return "no selection of the 1 plan in " + where + " matches"
	}
	return "no selection of the " + strconv.Itoa(len(x.plans)) + " plans in " + where + " matches"
}

// evidenceMax is how many selections the evidence for "none matches" carries.
const evidenceMax = 10

func (x *Index) noneBasis(subject *subject) []estate.Reading {
	out := append(subject.readings(), estate.Read("unit.plans", "", x.unit.Plans.Whole))
	for i := 0; i < len(x.sels) && i < evidenceMax; i++ {
		s := x.sels[i].sel
		out = append(out, estate.Read("selection.resources", s.ID, s.Resources), estate.Read("selection.list_of_tags", s.ID, s.ListOfTags))
	}
	return out
}
