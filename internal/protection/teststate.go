package protection

import (
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// defaultTestWindow is how many days back a restore testing plan looks for points when it does not say
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingRecoveryPointSelection.html).
const defaultTestWindow = 30

// Testing is whether AWS Backup's own restore testing reaches the table: a plan that selects it skips it in silence when none of its
// recovery points is eligible.
type Testing struct {
	Selected Answer[bool] `json:"selected"` // some restore testing plan selects it
	Tested   Answer[bool] `json:"tested"`   // and a run would find a recovery point of it to restore
}

// testChoice is a selection of a restore testing plan.
type testChoice struct {
	plan *estate.RestoreTestingPlan
	sel  *estate.RestoreTestingSelection
}

// testPlans holds the selections of restore testing plans: those that name tables by ARN, and all others.
type testPlans struct {
	named map[string][]testChoice
	wide  []testChoice
	exact []testChoice // of the named ones, those that name a table by an ARN without symbol
	whole tri
	basis []estate.Reading // of what is missing
}

func (x *Index) testPlans() *testPlans {
	x.testingOnce.Do(func() {
		plans := &x.unit.RestoreTestingPlans
		t := &testPlans{named: map[string][]testChoice{}, whole: whole(plans.IsWhole()), basis: []estate.Reading{estate.Read("unit.restore_testing_plans", "", plans.Whole)}}
		for i := range plans.Items {
			p := &plans.Items[i]
			if !p.Selections.IsWhole() {
				t.whole = maybe
				t.basis = append(t.basis, estate.Read("restore_testing_plan.selections", p.ID, p.Selections.Whole))
			}
			for k := range p.Selections.Items {
				t.add(testChoice{p, &p.Selections.Items[k]})
			}
		}
		x.tests = t
	})
	return x.tests
}

func (t *testPlans) add(s testChoice) {
	list, ok := s.sel.Resources.Get()
	if !ok || len(list) == 0 || slices.ContainsFunc(list, func(r string) bool { return strings.Contains(r, "*") || symbolic(r) && !declares(r) }) {
		t.wide = append(t.wide, s)
		return
	}
	for _, arn := range list {
		t.named[arn] = append(t.named[arn], s)
	}
	if slices.ContainsFunc(list, func(r string) bool { return !symbolic(r) }) {
		t.exact = append(t.exact, s)
	}
}

// Testing asks the restore testing plans of the table's account and Region.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
func (c *Coverage) Testing() *Testing {
	t, arn := c.index.testPlans(), c.Table.ARN.Or("")
	if arn == "" {
		a := answered(maybe, "which table it is in AWS is not known", estate.Read("table.arn", c.Table.ID, c.Table.ARN))
		return &Testing{a, a}
	}
	x := newSubject(c.unit, c.Table)
	out := &Testing{
		Selected: answered(no, "no restore testing plan selects it", t.basis[0]),
		Tested:   answered(no, "no restore testing plan selects it", t.basis[0]),
	}
	lists := [][]testChoice{t.named[arn], t.wide}
	if symbolic(arn) { // any ARN may be the one that it comes to
		lists = append(lists, t.exact)
	}
	for _, list := range lists {
		for _, s := range list {
			selects := c.testSelects(s, &x)
			out.Selected = likelier(out.Selected, selects)
			if triOf(selects) != no {
				out.Tested = likelier(out.Tested, both(selects, c.eligible(s.plan)))
			}
		}
	}
	if t.whole != yes {
		doubt := answered(maybe, "the restore testing plans are not all known", missing(t.basis)...)
		out.Selected, out.Tested = likelier(out.Selected, doubt), likelier(out.Tested, doubt)
	}
	return out
}

// likelier keeps the answer that is nearer to yes; of two that are no the later one, which says more.
func likelier(a, b Answer[bool]) Answer[bool] {
	switch x, y := triOf(a), triOf(b); {
	case x == yes, x == maybe && y != yes:
		return a
	}
	return b
}

// both joins two answers that must both be yes; the one that decides gives the reason, or else the second.
func both(a, b Answer[bool]) Answer[bool] {
	if x, y := triOf(a), triOf(b); x == no || x == maybe && y == yes {
		return a
	}
	return b
}

// testSelects: conditions are held against the tags of the table's newest recovery point. One without advanced features has none; what
// tags another has is not read.
func (c *Coverage) testSelects(s testChoice, x *subject) Answer[bool] {
	basis := []estate.Reading{
		estate.Read("restore_testing_selection.resource_type", s.sel.ID, s.sel.ResourceType), estate.Read("restore_testing_selection.resources", s.sel.ID, s.sel.Resources),
		estate.Read("restore_testing_selection.string_equals", s.sel.ID, s.sel.StringEquals), estate.Read("restore_testing_selection.string_not_equals", s.sel.ID, s.sel.StringNotEquals),
	}
	label := "restore testing plan " + quote(s.plan.Name.Or(s.plan.ID))
	t := maybe
	if kind, ok := s.sel.ResourceType.Get(); ok {
		t = truth(kind == dynamoDB)
	}
	list, ok := s.sel.Resources.Get()
	switch {
	case ok && len(list) > 0:
		t = t.and(matchAny(list, x))
	case !ok && !s.sel.Resources.IsAbsent():
		t = t.and(maybe)
	}
	t = t.and(c.testConditions(s.sel))
	switch t {
	case yes:
		return answered(t, label+" selects it", basis...)
	case no:
		return answered(t, "no restore testing plan selects it", basis...)
	}
	return answered(t, "whether "+label+" selects it is not known", missing(basis)...)
}

func matchAny(patterns []string, x *subject) tri {
	t := no
	for _, p := range patterns {
		if x.declared && declares(p) {
			t = t.or(truth(p == x.symbol))
			continue
		}
		t = t.or(matchPattern(p, x))
	}
	return t
}

func (c *Coverage) testConditions(s *estate.RestoreTestingSelection) tri {
	equal, ok := s.StringEquals.Get()
	unequal, ok2 := s.StringNotEquals.Get()
	switch {
	case !ok && !s.StringEquals.IsAbsent(), !ok2 && !s.StringNotEquals.IsAbsent():
		return maybe
	case len(equal)+len(unequal) == 0:
		return yes
	}
	f := c.found()
	if f.pointsWhole != yes {
		return maybe
	}
	for i := range f.points {
		if f.points[i].ok != no && f.points[i].point.fullyManaged() {
			return maybe // the tags of recovery points are not read
		}
	}
	return truth(len(equal) == 0)
}

// eligible is whether a run of the plan would find a recovery point of the table: in a vault that it looks at, of a type that it takes,
// and young enough.
func (c *Coverage) eligible(p *estate.RestoreTestingPlan) Answer[bool] {
	label := "restore testing plan " + quote(p.Name.Or(p.ID))
	basis := []estate.Reading{
		estate.Read("restore_testing_plan.include_vaults", p.ID, p.IncludeVaults), estate.Read("restore_testing_plan.exclude_vaults", p.ID, p.ExcludeVaults),
		estate.Read("restore_testing_plan.point_types", p.ID, p.PointTypes), estate.Read("restore_testing_plan.window_days", p.ID, p.WindowDays),
	}
	f := c.found()
	out := no
	for i := range f.points {
		b := &f.points[i]
		if b.ok != no && out != yes {
			out = out.or(b.ok.and(takesVault(p, b.point.vault)).and(c.inTestWindow(p, b.at)))
		}
	}
	if out == no && f.pointsWhole != yes {
		return answered(maybe, "the recovery points are not all known", missing(c.index.pointsBasis)...)
	}
	if out != no {
		out = out.and(takesSnapshots(p))
	}
	switch out {
	case yes:
		return answered(out, label+" selects it, and has a recovery point to restore", append(basis, c.index.pointsBasis...)...)
	case no:
		return answered(out, label+" selects it, but none of its recovery points is one that the plan would restore: it is skipped, and no job says so",
			append(basis, c.index.pointsBasis...)...)
	}
	return answered(out, "whether "+label+" would find a recovery point to restore is not known", missing(append(basis, estate.Read("unit.now", "", c.unit.Now)))...)
}

// takesSnapshots: backups of tables are of type SNAPSHOT.
func takesSnapshots(p *estate.RestoreTestingPlan) tri {
	kinds, ok := p.PointTypes.Get()
	if !ok {
		return maybe
	}
	return truth(slices.Contains(kinds, "SNAPSHOT"))
}

func takesVault(p *estate.RestoreTestingPlan, v *estate.Vault) tri {
	arn, ok := v.ARN.Get()
	names := func(f estate.Fact[[]string]) tri {
		list, known := f.Get()
		switch {
		case slices.Contains(list, "*"):
			return yes
		case f.IsAbsent() || known && len(list) == 0:
			return no
		case !known || !ok:
			return maybe
		}
		return truth(slices.ContainsFunc(list, func(x string) bool { return glob(x, arn) }))
	}
	return names(p.IncludeVaults).and(names(p.ExcludeVaults).not())
}

func (c *Coverage) inTestWindow(p *estate.RestoreTestingPlan, at estate.Fact[estate.Instant]) tri {
	days, ok := numberOr(p.WindowDays, defaultTestWindow)
	now, ok2 := c.unit.Now.Get()
	if !ok || !ok2 {
		return maybe
	}
	return earlier(at, estate.KnownFact(now.Add(-time.Duration(min(days, 36_500))*24*time.Hour), 0)).not()
}
