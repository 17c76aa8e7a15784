package protection

import (
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// reviewSelection asks a selection of every table of the unit, up to the first that it selects.
func (x *Index) reviewSelection(s *selectionIndex) SelectionReview {
	out := SelectionReview{ID: s.sel.ID, Selection: s.label(), Dead: s.dead()}
	var undecided, near *Decision
	closest := 0
	subjects := x.everyTable()
	for i := range subjects {
		subject := &subjects[i]
		d := s.decide(subject, s.plan.optIn)
		switch holds(d.Selects) {
		case yes:
			out.Selects = d.answer()
			out.Selects.Why = "selection " + quote(s.label()) + " selects " + quote(x.unit.Tables.Items[i].Name.Or(x.unit.Tables.Items[i].ID))
			return out
		case maybe:
			undecided = cmpOr(undecided, &d)
		case no:
			if c := d.closeness(subject); c > closest {
				near, closest = &d, c
			}
		}
	}
	out.Selects = x.selectsNone(s, &out.Dead, undecided, near)
	return out
}

// everyTable are the unit's tables as selections see them, made once for all selections.
func (x *Index) everyTable() []subject {
	x.subjectsOnce.Do(func() {
		x.subjects = make([]subject, len(x.unit.Tables.Items))
		for i := range x.unit.Tables.Items {
			x.subjects[i] = newSubject(x.unit, &x.unit.Tables.Items[i])
		}
	})
	return x.subjects
}

// selectsNone is the answer of a selection that surely selects no table that was read.
func (x *Index) selectsNone(s *selectionIndex, dead *Answer[bool], undecided, near *Decision) Answer[bool] {
	tables := estate.Read("unit.tables", "", x.unit.Tables.Whole)
	switch {
	case triOf(*dead) == yes:
		return answered(no, dead.Why, dead.Basis...)
	case undecided != nil:
		return undecided.answer()
	case !x.unit.Tables.IsWhole():
		return answered(maybe, "which tables there are is not known", tables)
	}
	why := "selection " + quote(s.label()) + " matches none of " + strconv.Itoa(len(x.unit.Tables.Items)) + " tables"
	basis := append([]estate.Reading{tables}, s.ownReadings()...)
	if near != nil {
		a := near.answer()
		return answered(no, why+"; nearest is "+quote(near.table.Name.Or(near.table.ID))+": "+a.Why, append(basis, a.Basis...)...)
	}
	return answered(no, why+x.doubtful(s), basis...)
}

// ownReadings are the facts of the selection itself.
func (s *selectionIndex) ownReadings() []estate.Reading {
	return append([]estate.Reading{
		estate.Read("selection.resources", s.sel.ID, s.sel.Resources), estate.Read("selection.list_of_tags", s.sel.ID, s.sel.ListOfTags),
		estate.Read("selection.not_resources", s.sel.ID, s.sel.NotResources),
	}, s.conditionReadings()...)
}

// doubtful adds the mistakes that are known to be made in selections, where the selection has one.
func (x *Index) doubtful(s *selectionIndex) string {
	for _, p := range s.include.all {
		for _, f := range []struct {
			n          int
			what, here string
		}{{arnRegion, "Region", x.region}, {arnAccount, "account", x.account}} {
			if there := arnField(p, f.n); scopeOf(p) == tables && f.here != "" && !symbolic(p) && !glob(there, f.here) {
				return ": " + quote(p) + " names " + f.what + " " + quote(there) + ", and a plan selects only in its own account and Region"
			}
		}
	}
	for _, w := range Warnings(s.sel) {
		switch w.Code {
		case WarnNameNotARN, WarnBareCondition, WarnContradiction, WarnQuestionMark, WarnInnerWildcard, WarnPrefixedTag:
			return ": " + w.Text
		}
	}
	return ""
}

// planSelects joins the selections of a plan.
func (x *Index) planSelects(p *estate.Plan, all []SelectionReview) Answer[bool] {
	list := estate.Read("plan.selections", p.ID, p.Selections.Whole)
	t := whole(p.Selections.IsWhole()).not()
	for i := range all {
		t = t.or(triOf(all[i].Selects))
	}
	name := "plan " + quote(p.Name.Or(p.ID))
	var whys []string
	basis := []estate.Reading{list}
	for i := range all {
		if triOf(all[i].Selects) == t {
			whys, basis = append(whys, all[i].Selects.Why), append(basis, all[i].Selects.Basis...)
		}
	}
	switch {
	case t == yes:
		return answered(t, whys[0]+deadOnes(all), basis...)
	case t == maybe && len(whys) == 0:
		return answered(t, "the selections of "+name+" are not all known", list)
	case t == no && len(all) == 0:
		return answered(t, name+" has no selection", list)
	}
	return answered(t, strings.Join(whys, "; "), missingWhere(t == maybe, basis)...)
}

func missingWhere(unknown bool, basis []estate.Reading) []estate.Reading {
	if unknown {
		return missing(basis)
	}
	return basis
}

// deadOnes names the selections that can select nothing beside those that select something.
func deadOnes(all []SelectionReview) string {
	out := ""
	for i := range all {
		if triOf(all[i].Dead) == yes {
			out += "; but " + all[i].Dead.Why
		}
	}
	return out
}

// dead is whether a selection can select nothing, whatever tables there are: what it asks contradicts itself, or names nothing.
func (s *selectionIndex) dead() Answer[bool] {
	who := "selection " + quote(s.label()) + " can select nothing: "
	basis := s.ownReadings()
	if s.empty() {
		return answered(yes, who+"both Resources and ListOfTags are empty", basis...)
	}
	if why := s.contradiction(); why != "" {
		return answered(yes, who+why, basis...)
	}
	if s.tagged == maybe || s.include.known == maybe {
		return answered(maybe, "what "+quote(s.label())+" includes is not known", missing(basis)...)
	}
	if why := s.namesNothing(); why != "" {
		return answered(yes, who+why, basis...)
	}
	for i := range s.conditions {
		if !s.conditions[i].known {
			return answered(maybe, "the Conditions of "+quote(s.label())+" are not known", missing(basis)...)
		}
	}
	return answered(no, "", basis...)
}

// contradiction finds Conditions that no table can meet: a bare key, which names no tag (UNCONFIRMED, semantics list 10 number 3), or a
// value that StringEquals asks for and another entry rules out. All entries of all operators must hold (semantics 1.2).
func (s *selectionIndex) contradiction() string {
	for i := range s.conditions {
		c := &s.conditions[i]
		switch {
		case !c.known || c.op.negated():
		case c.bare:
			return "Conditions take keys as " + tagPrefix + "KEY, and " + c.op.String() + " names " + quote(c.key) +
				" (assumed: a key without the prefix matches no tag)"
		case c.op == stringEquals:
			if other := s.rulesOut(c); other != nil {
				return "StringEquals asks " + quote(c.key) + " to be " + quote(c.value) + ", and " + other.op.String() + " " + quote(other.value) +
					" must hold as well"
			}
		}
	}
	return ""
}

// rulesOut is an entry of Conditions that cannot hold for a table with the tag that another one asks for.
func (s *selectionIndex) rulesOut(c *condition) *condition {
	for i := range s.conditions {
		o := &s.conditions[i]
		if o == c || !o.known || o.bare || o.key != c.key {
			continue
		}
		if match := o.compare(c.value); o.op.negated() && match == yes || !o.op.negated() && match == no {
			return o
		}
	}
	return nil
}

// namesNothing says why nothing in Resources and ListOfTags can match anything at all.
func (s *selectionIndex) namesNothing() string {
	why := ""
	for _, p := range s.include.all {
		if p == "*" || symbolic(p) || strings.HasPrefix(p, "arn:") || strings.HasPrefix(p, "*") {
			return ""
		}
		why = "Resources takes ARNs, and " + quote(p) + " is none"
	}
	for i, t := range s.tags {
		c := condition{op: stringEquals, key: t.key, value: t.value}
		other := s.rulesOut(&c)
		if other == nil {
			return ""
		}
		why = "ListOfTags asks for " + quote(s.sel.ListOfTags.Or(nil)[i].Key) + " with " + quote(t.value) + ", and " + other.op.String() + " " +
			quote(other.value) + " must hold as well"
	}
	return why
}
