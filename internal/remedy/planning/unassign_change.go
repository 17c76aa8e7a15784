package planning

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// AWS Backup's limits (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html): entries of NotResources without a
// wildcard, or with any; selections of a plan, and those of them that use tags.
const (
	mostExclusions     = 500
	mostWildExclusions = 30
	mostSelections     = 100
	mostTagSelections  = 10
)

// choose takes the way with the fewest calls: removing tags of the table, as far as they decide, and selections for the rest.
func (w *unassigning) choose() {
	best := w.try(nil)
	for _, keys := range w.tagChoices() {
		if other := w.try(keys); other.better(best) {
			best = other
		}
	}
	if len(best.refused) > 0 {
		w.refused = best.refused
		return
	}
	w.keys, w.members = best.keys, best.members
	w.act()
}

// way is one way to take the table out of all selections that it is to leave.
type way struct {
	keys    []string
	members []membership
	calls   int
	refused []remedy.Refusal
}

// better prefers what is possible, then fewer calls; of equals the earlier one stays.
func (a way) better(b way) bool {
	if len(a.refused) != len(b.refused) {
		return len(a.refused) < len(b.refused)
	}
	return a.calls < b.calls
}

// try works out the way that begins by removing some tags of the table.
func (w *unassigning) try(keys []string) way {
	out := way{keys: keys, members: slices.Clone(w.members)}
	without := *w.table
	if len(keys) > 0 {
		out.calls++
		without = untagged(w.table, keys)
	}
	made := map[*estate.Plan][]*remedy.Selection{}
	for i := range out.members {
		m := &out.members[i]
		if !m.leave {
			continue
		}
		if selects, _ := w.decide(m.plan, m.sel, &without); !selects {
			m.leave = false
			continue
		}
		if reason, next := w.replace(m, made); reason != "" {
			out.refused = append(out.refused, remedy.Refusal{Remedy: remedyUnassign, Resource: m.plan.ID, Reason: reason, Next: next})
			continue
		}
		out.calls++
		if m.instead != nil {
			out.calls++
		}
	}
	return out
}

// tagChoices are the sets of the table's tags whose removal might take it out of selections and changes nothing else that selections
// decide about it: for each selection its tags of ListOfTags, and all of these together. Tags that only Conditions ask for stay: they
// say something of the table, and were not put there to select it.
func (w *unassigning) tagChoices() [][]string {
	tags, ok := w.table.Tags.Get()
	if !ok || w.owners.declaredBy(tags) != "" {
		return nil // whoever declares the table would put the tag back
	}
	var all []string
	var choices [][]string
	for _, m := range w.members {
		if !m.leave {
			continue
		}
		var listed []string
		for _, e := range m.sel.ListOfTags.Or(nil) {
			if key := bareKey(e.Key); tags[key] == e.Value && has(tags, key) && !slices.Contains(listed, key) {
				listed = append(listed, key)
			}
		}
		choices = append(choices, listed)
		all = append(all, listed...)
	}
	slices.Sort(all)
	choices = append(choices, slices.Compact(all))
	return slices.DeleteFunc(choices, func(keys []string) bool { return len(keys) == 0 || !w.harmless(keys, tags) })
}

// harmless is whether the table has all of these tags, may lose them, and no selection but those to leave decides otherwise without them.
func (w *unassigning) harmless(keys []string, tags map[string]string) bool {
	for _, key := range keys {
		if !has(tags, key) || strings.HasPrefix(key, "aws:") { // AWS's own tags cannot be removed
			return false
		}
	}
	without := untagged(w.table, keys)
	for _, m := range w.members {
		if selects, known := w.decide(m.plan, m.sel, &without); !known || !m.leave && selects != m.selects {
			return false
		}
	}
	return true
}

// replace finds what takes the place of a selection, or says why nothing can.
func (w *unassigning) replace(m *membership, made map[*estate.Plan][]*remedy.Selection) (refusal, next string) {
	if reason, next := w.owner(m.plan); reason != "" {
		return reason, next
	}
	said, ok := unassignDocument(m.plan, m.sel)
	if !ok {
		return "selection " + m.sel.Name.Or(m.sel.ID) + " of plan " + planLabel(m.plan) + " could not be read whole", "restorable doctor"
	}
	if slices.Equal(said.Resources, []string{w.arn}) && len(said.ListOfTags) == 0 {
		return "", "" // it names nothing else
	}
	w.exclude(said)
	if !w.lets(said) {
		return "selection " + said.Name + " of plan " + planLabel(m.plan) + " would still select the table", "change the selection by hand"
	}
	if reason := w.overLimit(m.plan, said, made[m.plan]); reason != "" {
		return reason, "remove entries or selections that are not needed any more, then try again"
	}
	said.Step, said.ID, said.Name = remedy.Create, "", freeName(m.plan, said.Name, made[m.plan])
	made[m.plan] = append(made[m.plan], said)
	m.instead = said
	return "", ""
}

// exclude changes a selection so that it leaves the table alone and means the same for everything else. Where ListOfTags stands beside
// an ARN, whether the ARN decides about the opt-in of what is matched by tag is UNCONFIRMED (semantics 1.6, list 10 number 5): there
// the ARN stays and is excluded.
func (w *unassigning) exclude(s *remedy.Selection) {
	if slices.Contains(s.Resources, w.arn) && len(s.Resources) > 1 && len(s.ListOfTags) == 0 {
		s.Resources = slices.DeleteFunc(s.Resources, func(r string) bool { return r == w.arn })
		if w.lets(s) {
			return
		}
	}
	s.NotResources = append(s.NotResources, w.arn)
}

// lets is whether a selection leaves the table alone.
func (w *unassigning) lets(s *remedy.Selection) bool {
	known := unassignFacts(s)
	for _, optedIn := range []bool{true, false} {
		if selects, reason := protection.NewSelector(&known).Decide(w.unit, w.table, optedIn); selects || reason == protection.Undecided {
			return false
		}
	}
	return true
}

// overLimit says which of AWS's limits a new selection beside the old ones would break.
func (w *unassigning) overLimit(p *estate.Plan, s *remedy.Selection, made []*remedy.Selection) string {
	wild := slices.ContainsFunc(s.NotResources, func(r string) bool { return strings.Contains(r, "*") })
	tagged := 0
	for _, other := range made {
		tagged += min(1, len(other.ListOfTags))
	}
	for i := range p.Selections.Items {
		if len(p.Selections.Items[i].ListOfTags.Or(nil)) > 0 {
			tagged++
		}
	}
	switch n := len(s.NotResources); {
	case n > mostExclusions || wild && n > mostWildExclusions:
		return fmt.Sprintf("selection %s of plan %s already excludes %d resources, and AWS allows %d, or %d where any has a wildcard", s.Name, planLabel(p), n-1, mostExclusions, mostWildExclusions)
	case len(p.Selections.Items)+len(made) >= mostSelections:
		return fmt.Sprintf("plan %s already has %d selections, as many as AWS allows: a new one must stand beside the old one before that goes", planLabel(p), len(p.Selections.Items))
	case len(s.ListOfTags) > 0 && tagged >= mostTagSelections:
		return fmt.Sprintf("plan %s already has %d selections by tag, as many as AWS allows: a new one must stand beside the old one before that goes", planLabel(p), tagged)
	}
	return ""
}

// freeName is a name for the selection that takes the place of another, which no selection of the plan has yet.
func freeName(p *estate.Plan, old string, made []*remedy.Selection) string {
	const most = 50
	base := strings.TrimPrefix(old, "restorable-")
	if i := strings.LastIndexByte(base, '-'); i > 0 {
		if n, err := strconv.Atoi(base[i+1:]); err == nil && n > 1 {
			base = base[:i]
		}
	}
	for n := 2; ; n++ {
		tail := "-" + strconv.Itoa(n)
		name := "restorable-" + base
		name = name[:min(len(name), most-len(tail))] + tail
		taken := slices.ContainsFunc(p.Selections.Items, func(s estate.Selection) bool { return s.Name.Or("") == name })
		if !taken && !slices.ContainsFunc(made, func(s *remedy.Selection) bool { return s.Name == name }) {
			return name
		}
	}
}

func has(tags map[string]string, key string) bool { _, ok := tags[key]; return ok }

// bareKey is the key of a tag as the table has it.
func bareKey(key string) string { return strings.TrimPrefix(key, "aws:ResourceTag/") }

// untagged is the table without some tags.
func untagged(t *estate.Table, keys []string) estate.Table {
	out := *t
	tags, _ := t.Tags.Get()
	left := make(map[string]string, len(tags))
	for k, v := range tags {
		if !slices.Contains(keys, k) {
			left[k] = v
		}
	}
	out.Tags = estate.KnownFact(left, t.Tags.Source())
	return out
}
