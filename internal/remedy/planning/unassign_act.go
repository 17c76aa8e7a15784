package planning

import (
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// act writes the actions of the way that was chosen.
func (w *unassigning) act() {
	if len(w.keys) > 0 {
		w.removeTags()
	}
	for i := range w.members {
		if m := &w.members[i]; m.leave {
			w.leave(m)
		}
	}
	w.emptied()
}

func (w *unassigning) add(a remedy.Action) string {
	a.ID = "a" + strconv.Itoa(len(w.actions)+1)
	a.Remedy, a.Region, a.Why, a.Cost = remedyUnassign, w.unit.Region.Or(""), []remedy.Turn{}, remedy.Cost{Known: true}
	w.actions = append(w.actions, a)
	return a.ID
}

func (w *unassigning) removeTags() {
	tags, _ := w.table.Tags.Get()
	id, _ := w.table.TableID.Get()
	back := map[string]string{}
	var said []string
	for _, k := range w.keys {
		back[k] = tags[k]
		said = append(said, k+"="+tags[k])
	}
	without := untagged(w.table, w.keys)
	left, _ := without.Tags.Get()
	w.add(remedy.Action{
		Resource: remedy.Resource{Type: "table", Name: w.name, ARN: w.arn},
		Summary:  "remove " + strings.Join(said, ", ") + " from the tags of " + w.name,
		Call:     "dynamodb:UntagResource",
		Change:   remedy.Change{TableTags: &remedy.TableTags{Table: w.name, ARN: w.arn, Remove: w.keys}},
		Before:   remedy.TableTagsState(id, tags, w.keys), After: remedy.TableTagsState(id, left, w.keys),
		Risk:    "whatever else goes by " + strings.Join(said, ", ") + " of " + w.name + ", such as cost reports, IAM policies or tiers, finds it no more",
		Inverse: remedy.Inverse{Change: &remedy.Change{TableTags: &remedy.TableTags{Table: w.name, ARN: w.arn, Set: back}}},
	})
}

// leave makes the selection that takes the place of another, and only then deletes the other.
func (w *unassigning) leave(m *membership) {
	old, _ := unassignDocument(m.plan, m.sel)
	var needs []string
	if m.instead != nil {
		needs = []string{w.makeInstead(m, old)}
	}
	gone, back := *old, *old
	gone.Step, back.Step, back.ID = remedy.Delete, remedy.Create, ""
	w.add(remedy.Action{
		Resource: remedy.Resource{Type: "selection", Name: old.Name},
		Summary:  "delete selection " + old.Name + " of plan " + planLabel(m.plan),
		Call:     "backup:DeleteBackupSelection",
		Needs:    needs,
		Change:   remedy.Change{Selection: &gone},
		Before:   remedy.SelectionState(old), After: remedy.SelectionState(nil),
		Inverse: remedy.Inverse{Change: &remedy.Change{Selection: &back}},
	})
}

func (w *unassigning) makeInstead(m *membership, old *remedy.Selection) string {
	id := "a" + strconv.Itoa(len(w.actions)+1)
	undo := *m.instead
	undo.Step, undo.ID = remedy.Delete, remedy.From(id)
	a := remedy.Action{
		Resource: remedy.Resource{Type: "selection", Name: m.instead.Name},
		Summary:  "create selection " + m.instead.Name + " of plan " + planLabel(m.plan) + ": as " + old.Name + ", without " + w.name,
		Call:     "backup:CreateBackupSelection",
		Change:   remedy.Change{Selection: m.instead},
		Before:   remedy.SelectionState(nil), After: remedy.SelectionState(m.instead),
		Inverse: remedy.Inverse{Change: &remedy.Change{Selection: &undo}},
	}
	if slices.Contains(m.instead.NotResources, w.arn) {
		a.Risk = "a later table of the name " + w.name + " stays out of the plan too"
		if len(old.ListOfTags) > 0 { // semantics 1.2, list 10 number 2
			a.Risk += "; that NotResources takes out what is matched by tag is assumed, AWS's pages give no example"
		}
	}
	return w.add(a)
}

// emptied points out the plans that back up nothing afterwards.
func (w *unassigning) emptied() {
	for i := range w.unit.Plans.Items {
		p := &w.unit.Plans.Items[i]
		left, gone := len(p.Selections.Items), []string{}
		for k := range w.actions {
			if s := w.actions[k].Change.Selection; s != nil && s.Step == remedy.Delete && s.Plan == remedy.Ref(p.PlanID.Or("")) {
				left--
				gone = append(gone, w.actions[k].ID)
			} else if s != nil && s.Plan == remedy.Ref(p.PlanID.Or("")) {
				left++
			}
		}
		if len(gone) > 0 && left == 0 {
			w.checks = append(w.checks, remedy.Check{
				About: "selections", Resource: p.ID, Verdict: "ok", Actions: gone,
				Detail: "plan " + planLabel(p) + " has no selection afterwards: it stays, and backs up nothing",
			})
		}
	}
}

// after is how the table is protected once the actions are done: the estate with them in it, judged again.
func (w *unassigning) after() *protection.Coverage {
	unit := *w.unit
	unit.Tables.Items, unit.Plans.Items = slices.Clone(unit.Tables.Items), slices.Clone(unit.Plans.Items)
	table := w.table
	for i := range unit.Tables.Items {
		if &w.unit.Tables.Items[i] == w.table {
			unit.Tables.Items[i] = untagged(w.table, w.keys)
			table = &unit.Tables.Items[i]
		}
	}
	for i := range unit.Plans.Items {
		unit.Plans.Items[i].Selections.Items = w.selectionsAfter(&w.unit.Plans.Items[i])
	}
	es := *w.estate
	es.Units = slices.Clone(es.Units)
	es.Units[slices.Index(w.estate.Units, w.unit)] = &unit
	return protection.Cover(&unit, table, protection.NewIndexes(&es)[&unit])
}

func (w *unassigning) selectionsAfter(p *estate.Plan) []estate.Selection {
	var out []estate.Selection
	for i := range p.Selections.Items {
		s := &p.Selections.Items[i]
		at := slices.IndexFunc(w.members, func(m membership) bool { return m.sel == s && m.leave })
		switch {
		case at < 0:
			out = append(out, *s)
		case w.members[at].instead != nil:
			out = append(out, unassignFacts(w.members[at].instead))
		}
	}
	return out
}

// outcome says in the plan what becomes of the table.
func (w *unassigning) outcome(u *Unassignment) {
	o := remedy.Outcome{Turns: []remedy.Turn{}, Stays: []remedy.Stay{}, Before: map[string]int{}, After: map[string]int{}}
	o.Tables.Tables = 1
	if got(u.Before) {
		o.Tables.Before = 1
	}
	if got(u.After) {
		o.Tables.After = 1
	}
	u.Plan.Outcome = o
}

// got is whether the table can be got back whatever of the two everyday accidents happens.
func got(c *protection.Coverage) bool {
	n := 0
	for _, s := range c.Scenarios {
		if (s.Name == "items-damaged" || s.Name == "table-deleted") && isYes(s.Recoverable.Fact) {
			n++
		}
	}
	return n == 2
}
