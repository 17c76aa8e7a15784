package protection

import (
	"github.com/restorable/restorable/internal/estate"
)

// Detail is what lies behind a Decision.
type Detail struct {
	Plan      string
	Selection string
	Selects   estate.Fact[bool]
	Reason    Reason
	Sentence  string // the reason in words

	Pattern   string           // entry of Resources that matches the table's ARN
	Tag       *estate.TagMatch // entry of ListOfTags that matches
	Exclusion string           // entry of NotResources that takes the table out
	Condition *FailedCondition // entry of Conditions that takes the table out
	OptIn     OptInPath

	Assumed  []Assumption
	Warnings []Warning
	Missing  []estate.Reading // facts that stood in the way of a decision
	Basis    []estate.Reading
}

// FailedCondition is an entry of Conditions that does not hold.
type FailedCondition struct {
	Operator string
	Key      string // as written
	Value    string
	Tag      string // the table's value; empty without the tag
	Tagged   bool
	Bare     bool // the key lacks the prefix without which it names no tag
}

// OptInPath says how the way a table was matched bears on the Region's opt-in (semantics 1.6).
type OptInPath struct {
	Needed bool   // false: the match names tables, which overrides the opt-in
	On     string // "yes", "no" or "unknown"
	Why    string
}

// Detail works out what lies behind the decision.
func (d *Decision) Detail() Detail {
	s := d.sel
	x := newSubject(s.unit(), d.table)
	out := Detail{Plan: s.planName(), Selection: s.label(), Selects: d.Selects, Reason: d.Reason}
	s.explainMatch(&x, &out)
	s.explainOptIn(&x, &out)
	out.Exclusion = s.exclude.first(&x)
	if out.Condition = s.failed(&x); out.Condition != nil && d.Reason != FilteredOut {
		out.Condition = nil
	}
	out.Warnings = Warnings(s.sel)
	out.Assumed = s.assumed(&x, &out)
	out.Basis = s.basis(&x, d.Reason)
	if d.Selects.IsUnknown() {
		out.Missing = s.lacking(&x)
		out.Basis = out.Missing
	}
	out.Sentence = s.sentence(&x, &out)
	return out
}

// answer is the decision with its reason, without the rest of the detail.
func (d *Decision) answer() Answer[bool] {
	s := d.sel
	x := newSubject(s.unit(), d.table)
	out := Detail{Plan: s.planName(), Selection: s.label(), Selects: d.Selects, Reason: d.Reason}
	s.explainMatch(&x, &out)
	a := Answer[bool]{Fact: d.Selects}
	switch d.Reason {
	case Excluded:
		out.Exclusion = s.exclude.first(&x)
	case FilteredOut:
		out.Condition = s.failed(&x)
	case Undecided:
		out.Missing = s.lacking(&x)
		a.Basis = out.Missing
	}
	if a.Basis == nil {
		a.Basis = s.basis(&x, d.Reason)
	}
	a.Why = s.sentence(&x, &out)
	if d.Reason == Undecided {
		return a
	}
	s.explainOptIn(&x, &out)
	for _, assumption := range s.assumed(&x, &out) {
		a.Why += " (assumed: " + assumption.Text + ")"
	}
	return a
}

func (s *selectionIndex) unit() *estate.Unit {
	if s.plan == nil || s.plan.unit == nil {
		return &estate.Unit{}
	}
	return s.plan.unit
}

func (s *selectionIndex) planName() string {
	if s.plan == nil {
		return ""
	}
	return s.plan.name
}

func (s *selectionIndex) label() string { return s.sel.Name.Or(s.sel.ID) }

// first is the first entry that surely matches.
func (s *patternSet) first(x *subject) string {
	if x.arn != "" {
		if i, ok := s.exact[x.arn]; ok {
			return s.all[i]
		}
	}
	best := ""
	for _, p := range s.all {
		if matchPattern(p, x) != yes {
			continue
		}
		if scopeOf(p) == tables { // the strongest match is the one that counts for the opt-in
			return p
		}
		if best == "" {
			best = p
		}
	}
	return best
}

func (s *selectionIndex) explainMatch(x *subject, out *Detail) {
	out.Pattern = s.include.first(x)
	list := s.sel.ListOfTags.Or(nil)
	for i := range s.tags {
		if x.tagged == yes && s.tags[i].match(x.tags) == yes {
			out.Tag = &list[i]
			break
		}
	}
}

func (s *selectionIndex) explainOptIn(x *subject, out *Detail) {
	optIn := maybe
	if s.plan != nil {
		optIn = s.plan.optIn
	}
	out.OptIn.On = [...]string{"unknown", "no", "yes"}[optIn]
	_, typed := s.include.match(x)
	switch {
	case typed == yes:
		out.OptIn.Why = "the pattern names tables, which overrides the Region's opt-in"
	case out.Tag != nil && s.namesType == yes:
		out.OptIn.Why = "the selection names tables as a type, which overrides the Region's opt-in"
	case out.Pattern != "":
		out.OptIn.Needed, out.OptIn.Why = true, "a pattern that names no type needs the Region's opt-in for DynamoDB"
	case out.Tag != nil:
		out.OptIn.Needed, out.OptIn.Why = true, "a match by tag needs the Region's opt-in for DynamoDB"
	}
}

func (s *selectionIndex) failed(x *subject) *FailedCondition {
	for i := range s.conditions {
		c := &s.conditions[i]
		if c.holds(x) != no {
			continue
		}
		f := &FailedCondition{Operator: c.op.String(), Key: c.key, Value: c.value, Bare: c.bare}
		if !c.bare {
			f.Key = tagPrefix + c.key
			f.Tag, f.Tagged = x.tags[c.key]
		}
		return f
	}
	return nil
}

// basis are the facts that a decision rests on.
func (s *selectionIndex) basis(x *subject, r Reason) []estate.Reading {
	out := append(x.readings(), estate.Read("selection.resources", s.sel.ID, s.sel.Resources))
	if len(s.tags) > 0 || s.tagged == maybe {
		out = append(out, estate.Read("selection.list_of_tags", s.sel.ID, s.sel.ListOfTags))
	}
	if len(s.exclude.all) > 0 || s.exclude.known == maybe {
		out = append(out, estate.Read("selection.not_resources", s.sel.ID, s.sel.NotResources))
	}
	out = append(out, s.conditionReadings()...)
	if r == NotOptedIn {
		out = append(out, estate.Read("settings.opt_in", "", s.unit().Settings.OptIn))
	}
	return out
}

func (s *selectionIndex) conditionReadings() []estate.Reading {
	var out []estate.Reading
	seen := ""
	for i := range s.conditions {
		if f := s.conditions[i].field; f != seen {
			seen = f
			out = append(out, s.conditionReading(f))
		}
	}
	return out
}

func (s *selectionIndex) conditionReading(field string) estate.Reading {
	name := "selection." + field
	switch field {
	case "string_equals":
		return estate.Read(name, s.sel.ID, s.sel.StringEquals)
	case "string_not_equals":
		return estate.Read(name, s.sel.ID, s.sel.StringNotEquals)
	case "string_like":
		return estate.Read(name, s.sel.ID, s.sel.StringLike)
	}
	return estate.Read(name, s.sel.ID, s.sel.StringNotLike)
}

// lacking are the facts that stood in the way.
func (s *selectionIndex) lacking(x *subject) []estate.Reading {
	all := s.basis(x, Undecided)
	if _, typed := s.include.match(x); typed != yes {
		all = append(all, estate.Read("settings.opt_in", "", s.unit().Settings.OptIn))
		if s.plan != nil {
			all = append(all, estate.Read("plan.from_organization", s.plan.plan.ID, s.plan.plan.FromOrganization))
		}
	}
	if x.arn == "" {
		u := s.unit()
		all = append(all, estate.Read("unit.account", "", u.Account), estate.Read("unit.region", "", u.Region), estate.Read("table.name", x.table.ID, x.table.Name))
	}
	return missing(all)
}
