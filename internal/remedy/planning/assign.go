package planning

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// group is the tables that one plan can serve, since they need the same.
type group struct {
	tier      string // empty: the built-in objective
	objective objective.Objective
	tables    []*target
}

// planSelections takes tables that no plan covers into one: an existing plan that does what is asked, by a new selection beside the old
// ones, or else a plan of its own.
func planSelections(d *draft) error {
	for _, g := range d.uncovered() {
		if !d.canKeep(g) {
			continue
		}
		rest := d.reuse(g, g.tables)
		for n := 0; len(rest) > 0 && n < maxPlans; n++ {
			left := d.newPlan(g, rest)
			if len(left) == len(rest) {
				break // refused
			}
			rest = left
		}
	}
	for i := range d.targets {
		t := &d.targets[i]
		if !t.chosen || t.excluded != "" || t.fail[AssignToPlan] || t.fail[MendPlan] || !t.unknown[AssignToPlan] && !t.unknown[MendPlan] {
			continue
		}
		if _, why := d.met(t); why != "" {
			d.refuse(AssignToPlan, t.arn, why, readMore)
		}
	}
	return nil
}

// needingCover lists the tables for which a finding asks for a plan that covers them.
func (d *draft) needingCover() []*target {
	var out []*target
	for _, t := range d.wanting(AssignToPlan, MendPlan, MakeRecoverable, RaiseFrequency, RaiseRetention) {
		switch {
		case t.fail[AssignToPlan] || t.fail[MendPlan]:
		case t.fail[MakeRecoverable] && d.beyondPITR(t):
		case t.needs.Tier != "" && (t.fail[RaiseFrequency] || t.fail[RaiseRetention]):
		default:
			continue
		}
		out = append(out, t)
	}
	return out
}

// beyondPITR reports whether point-in-time recovery, on, is not all that the table's objective needs.
func (d *draft) beyondPITR(t *target) bool {
	o := t.needs.Objective
	for _, s := range o.Scenarios {
		if s != objective.ItemsDamaged && s != objective.TableDeleted {
			return true
		}
	}
	status, ok := d.table(t).PITRStatus.Get()
	return wholeDays(o.Retention) > d.Options.PITRPeriod || ok && status == "ENABLED"
}

// uncovered groups the tables that still need cover as the draft stands, by what they need.
func (d *draft) uncovered() []group {
	var out []group
	for _, t := range d.needingCover() {
		met, why := d.met(t)
		switch {
		case why != "":
			d.refuse(AssignToPlan, t.arn, why, readMore)
			continue
		case met:
			continue
		case !t.needs.Known:
			d.refuse(AssignToPlan, t.arn, "which tier the table belongs to is not known", "restorable objectives")
			continue
		case restoreTest(d.table(t)):
			d.refuse(AssignToPlan, t.arn, "it is an artefact of restore testing: plans ignore it", "")
			continue
		}
		i := slices.IndexFunc(out, func(g group) bool { return g.tier == t.needs.Tier })
		if i < 0 {
			out = append(out, group{tier: t.needs.Tier, objective: t.needs.Objective})
			i = len(out) - 1
		}
		out[i].tables = append(out[i].tables, t)
	}
	slices.SortFunc(out, func(a, b group) int { return strings.Compare(a.tier, b.tier) })
	for i := range out {
		slices.SortFunc(out[i].tables, func(a, b *target) int { return cmp.Compare(a.arn, b.arn) })
	}
	return out
}

// met reports whether a table is covered as its objective asks; why says what is not known.
func (d *draft) met(t *target) (met bool, why string) {
	c := d.cover(t)
	works, ok := c.Effective.Get()
	if !ok {
		return false, "whether a plan covers it already is not known: " + c.Effective.Why
	}
	if !works || t.needs.Tier == "" {
		return works, ""
	}
	return d.suffices(c, t.needs.Objective), ""
}

// restoreTest reports whether a table is an artefact of restore testing (semantics 1.8 of AWS's guide: plans ignore those).
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
func restoreTest(t *estate.Table) bool {
	const mark = "awsbackup-restore-test"
	_, tagged := t.Tags.Or(nil)[mark]
	return tagged || strings.HasPrefix(t.Name.Or(""), mark)
}

// assign selects tables in a plan, as many as it has room for, and returns the rest. ref names the plan; role is that of the selection.
func (d *draft) assign(g group, plan *estate.Plan, role string, tables []*target) (rest []*target) {
	room := maxSelections - len(plan.Selections.Items)
	key, value, byTag := d.Options.tag()
	switch {
	case room <= 0:
		return tables
	case byTag:
		return d.assignByTag(plan, role, tables, remedy.TagMatch{Key: key, Value: value})
	case d.Options.Select == SelectAll && g.tier == d.defaultTier():
		d.assignAll(plan, role, tables)
		return nil
	}
	for len(tables) > 0 && room > 0 {
		n := min(maxARNs, len(tables))
		s := d.selection(plan, role, "restorable-arn")
		for _, t := range tables[:n] {
			s.Resources = append(s.Resources, t.arn)
		}
		d.addSelection(plan, s, tables[:n])
		tables, room = tables[n:], room-1
		plan = d.planByID(plan.ID) // adding may have moved it
	}
	return tables
}

func (d *draft) defaultTier() string {
	if d.Policy == nil {
		return ""
	}
	return d.Policy.Default
}

func (d *draft) planByID(id string) *estate.Plan {
	for i := range d.unit.Plans.Items {
		if d.unit.Plans.Items[i].ID == id {
			return &d.unit.Plans.Items[i]
		}
	}
	return nil
}

// selection begins a selection with a name that the plan does not have yet.
func (d *draft) selection(plan *estate.Plan, role, base string) remedy.Selection {
	name := base
	for n := 2; find(plan.Selections.Items, func(s *estate.Selection) estate.Fact[string] { return s.Name }, name) != nil; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return remedy.Selection{Step: remedy.Create, Plan: remedy.Ref(plan.PlanID.Or("")), Name: name, RoleARN: role}
}

func (d *draft) addSelection(plan *estate.Plan, s remedy.Selection, tables []*target) {
	undo := s
	undo.Step = remedy.Delete
	name := plan.Name.Or(plan.ID)
	needs := d.makerOf(s.RoleARN)
	if made, ok := s.Plan.Action(); ok {
		needs = append(needs, made)
	}
	for i := range plan.Rules.Items {
		needs = append(needs, d.makerOf(d.vaultARN(plan.Rules.Items[i].Vault.Or("")))...)
	}
	id := d.next()
	undo.ID = remedy.From(id)
	d.add(remedy.Action{
		Remedy: AssignToPlan, Resource: remedy.Resource{Type: "selection", Name: name + "/" + s.Name},
		Summary: "select " + countNames(tables) + " in plan " + name, Call: "backup:CreateBackupSelection", Needs: unique(needs),
		Change: remedy.Change{Selection: &s}, Before: remedy.SelectionState(nil), After: remedy.SelectionState(&s),
		Inverse: remedy.Inverse{Change: &remedy.Change{Selection: &undo},
			Loses: "the plan would stop backing these tables up; recovery points stay until they expire"},
	}, tables...)
}

// countNames names up to three tables and counts the rest.
func countNames(tables []*target) string {
	const most = 3
	var names []string
	for _, t := range tables[:min(most, len(tables))] {
		names = append(names, t.name)
	}
	switch n := len(tables); {
	case n == 1:
		return "table " + names[0]
	case n <= most:
		return fmt.Sprintf("%d tables (%s)", n, strings.Join(names, ", "))
	default:
		return fmt.Sprintf("%d tables (%s and %d more)", n, strings.Join(names, ", "), n-most)
	}
}

func unique(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// assignAll selects every table of the account and Region, whatever its name. The wildcards stand in fields before the name, which AWS's
// own guide does (CONFLICT between AWS's pages, semantics 1.3); naming the type overrides the opt-in.
func (d *draft) assignAll(plan *estate.Plan, role string, tables []*target) {
	s := d.selection(plan, role, "restorable-all")
	s.Resources = []string{d.allTables()}
	twice := 0
	for i := range d.targets {
		t := &d.targets[i]
		if works, ok := d.cover(t).Effective.Get(); ok && works {
			twice++
		}
	}
	d.addSelection(plan, s, tables)
	if twice > 0 {
		d.check(remedy.Check{About: "select all", Resource: plan.Name.Or(plan.ID), Verdict: "ok", Actions: []string{d.last()},
			Detail: fmt.Sprintf("%d tables that other plans cover already are backed up by this plan too", twice)})
	}
}

func (d *draft) allTables() string { return fmt.Sprintf("arn:%s:dynamodb:*:*:table/*", d.partition) }

// assignByTag tags the tables and selects the tag, of tables only: a type and a condition, since a tag alone would select whatever
// else of the account carries it. Naming the type also overrides the opt-in.
func (d *draft) assignByTag(plan *estate.Plan, role string, tables []*target, tag remedy.TagMatch) []*target {
	condition := remedy.TagMatch{Key: "aws:ResourceTag/" + tag.Key, Value: tag.Value}
	byTags := 0
	for i := range plan.Selections.Items {
		s := &plan.Selections.Items[i]
		if len(s.ListOfTags.Or(nil))+len(s.StringEquals.Or(nil))+len(s.StringLike.Or(nil))+len(s.StringNotEquals.Or(nil))+len(s.StringNotLike.Or(nil)) > 0 {
			byTags++
		}
	}
	if byTags >= maxByTag {
		return tables
	}
	var tagged []*target
	for _, t := range tables {
		if d.tag(t, tag) {
			tagged = append(tagged, t)
		}
	}
	if len(tagged) == 0 || d.allMet(tagged) {
		return nil
	}
	s := d.selection(plan, role, "restorable-tag")
	s.Resources, s.StringEquals = []string{d.allTables()}, []remedy.TagMatch{condition}
	d.addSelection(d.planByID(plan.ID), s, tagged)
	return nil
}

// allMet reports whether a selection that exists covers all of the tables, now that they carry the tag.
func (d *draft) allMet(tables []*target) bool {
	return !slices.ContainsFunc(tables, func(t *target) bool { met, _ := d.met(t); return !met })
}

// wouldMiss names a plan whose selection would match the table with the tag, and miss it for want of the opt-in.
func (d *draft) wouldMiss(t *estate.Table, tag remedy.TagMatch) string {
	if on, ok := d.unit.Settings.OptIn.Get(); ok && on[dynamoDB] {
		return ""
	}
	tagged := *t
	tags := maps.Clone(t.Tags.Or(nil))
	if tags == nil {
		tags = map[string]string{}
	}
	tags[tag.Key] = tag.Value
	tagged.Tags = estate.KnownFact(tags, 0)
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		for k := range p.Selections.Items {
			x := protection.NewSelector(&p.Selections.Items[k])
			_, before := x.Decide(d.unit, t, false)
			if _, after := x.Decide(d.unit, &tagged, false); after == protection.NotOptedIn && before != after {
				return planLabel(p)
			}
		}
	}
	return ""
}

// tag gives a table the tag, unless it has it. A tag with another value is never overwritten: other plans may select by it.
func (d *draft) tag(t *target, tag remedy.TagMatch) bool {
	table := d.table(t)
	tags, ok := table.Tags.Get()
	if !ok && !table.Tags.IsAbsent() {
		d.refuse(AssignToPlan, t.arn, "its tags could not be read", "--select arn")
		return false
	}
	value, has := tags[tag.Key]
	switch {
	case has && value == tag.Value:
		return true
	case has:
		d.refuse(AssignToPlan, t.arn, fmt.Sprintf("its tag %s says %s: another plan may select by that", tag.Key, value), "--select arn")
		return false
	case len(tags) >= maxTags:
		d.refuse(AssignToPlan, t.arn, fmt.Sprintf("it has %d tags already, which is AWS's limit", len(tags)), "--select arn")
		return false
	}
	if plan := d.wouldMiss(table, tag); plan != "" {
		d.refuse(AssignToPlan, t.arn, fmt.Sprintf("plan %s goes by the tag %s=%s and would miss it, since DynamoDB is not opted in here", plan, tag.Key, tag.Value), "--select arn, or --only opt-in first")
		return false
	}
	id, keys := table.TableID.Or(""), []string{tag.Key}
	set := map[string]string{tag.Key: tag.Value}
	d.add(remedy.Action{
		Remedy: AssignToPlan, Resource: remedy.Resource{Type: "table", Name: t.name, ARN: t.arn},
		Summary: fmt.Sprintf("tag %s with %s=%s", t.name, tag.Key, tag.Value), Call: "dynamodb:TagResource",
		Change: remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Set: set}},
		Before: remedy.TableTagsState(id, tags, keys), After: remedy.TableTagsState(id, set, keys),
		Risk: "whatever else goes by this tag, such as other plans, policies and cost reports, sees the table too",
		Inverse: remedy.Inverse{Change: &remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Remove: keys}},
			Loses: "plans that select by the tag would stop backing the table up"},
	}, t)
	return true
}
