package planning

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// maxCopies is how many copy actions AWS accepts in a rule (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html).
const maxCopies = 5

const aboutCopies = "copies"

// place is where copies are to stand.
type place struct{ region, account, vault string }

func (p place) String() string {
	return fmt.Sprintf("%s in %s of %s", cmp.Or(p.vault, "any vault"), p.region, p.account)
}

// planCopies has the recovery points of tables copied to where their objectives, or --copy-to, want them.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
func planCopies(d *draft) error {
	wanted := map[place][]*target{}
	var order []place
	for _, t := range d.choice(AddCopies, func(o objective.Objective) bool { return len(o.Copies) > 0 }) {
		places := d.places(t)
		if len(places) == 0 {
			d.refuse(AddCopies, t.arn, "where to was not said", "--copy-to REGION:VAULT, or an objective with copies")
		}
		for _, p := range places {
			if d.copied(t, p) {
				continue
			}
			if wanted[p] == nil {
				order = append(order, p)
			}
			wanted[p] = append(wanted[p], t)
		}
	}
	for _, p := range order {
		d.copyTo(p, wanted[p])
	}
	return nil
}

// places lists where a table's copies are to stand.
func (d *draft) places(t *target) []place {
	var out []place
	for _, c := range d.Options.copyInto {
		if d.named(AddCopies) {
			out = append(out, place{c.region, d.account, c.vault})
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, c := range t.needs.Objective.Copies {
		out = append(out, place{cmp.Or(c.Region, d.region), cmp.Or(c.Account, d.account), c.Vault})
	}
	return out
}

// copied reports whether some rule that backs the table up declares a copy there.
func (d *draft) copied(t *target, p place) bool {
	for _, plan := range d.cover(t).Plans.Items {
		for _, r := range plan.Rules {
			for _, c := range r.Copies {
				arn, _ := c.Vault.Get()
				a := splitARN(arn)
				if is(r.Effective, true) && a.region == p.region && a.account == p.account && (p.vault == "" || arnName(arn) == p.vault) {
					return true
				}
			}
		}
	}
	return false
}

// copyTo adds a copy action to the rules that back the tables up.
func (d *draft) copyTo(p place, tables []*target) {
	refuseAll := func(list []*target, reason, next string) {
		for _, t := range list {
			d.refuse(AddCopies, t.arn, reason, next)
		}
	}
	if reason, next := d.placeObstacle(p); reason != "" {
		refuseAll(tables, reason, next)
		return
	}
	if !d.ensureAdvanced() {
		refuseAll(tables, "only advanced DynamoDB features can copy: "+d.refusals[AdvancedFeatures+" "+d.regionKey()], "--only "+AdvancedFeatures+" too")
		return
	}
	last, next := "no plan backs it up", "--only "+AssignToPlan
	for i := range d.unit.Plans.Items {
		plan := &d.unit.Plans.Items[i]
		mine := slices.DeleteFunc(slices.Clone(tables), func(t *target) bool { return !d.backsUp(plan, t) })
		if len(mine) == 0 {
			continue
		}
		if reason, hint := d.addCopy(plan, p, mine); reason != "" {
			last, next = reason, hint
			continue
		}
		tables = slices.DeleteFunc(slices.Clone(tables), func(t *target) bool { return slices.Contains(mine, t) })
	}
	refuseAll(tables, last, next)
}

// backsUp reports whether a plan works for a table.
func (d *draft) backsUp(plan *estate.Plan, t *target) bool {
	return slices.ContainsFunc(d.cover(t).Plans.Items, func(p protection.PlanCover) bool { return p.ID == plan.ID && is(p.Effective, true) })
}

// placeObstacle says why nothing can be copied to a place; empty: nothing known, or accepted.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
func (d *draft) placeObstacle(p place) (reason, next string) {
	accept := d.Options.AcceptUnknown
	switch allowed, known := d.unit.Settings.CrossAccount.Get(); {
	case p.account == d.account && p.region == d.region && p.vault == "":
		return "a copy beside its source protects from nothing", "--copy-to another Region"
	case p.account == d.account:
		return "", ""
	case p.vault == "":
		return "the vault in account " + p.account + " was not named", "copies: with a vault, in the objective"
	case known && !allowed:
		return "the organisation does not let accounts copy to each other", "turn cross-account backup on in the management account"
	case !accept:
		return "whether account " + p.account + " is of the same organisation, and its vault's policy allows backup:CopyIntoBackupVault, is not known here", "--accept-unknown"
	}
	return "", ""
}

// addCopy adds the copy action to the rule of a plan that keeps longest. It answers why not; empty: it is added.
func (d *draft) addCopy(plan *estate.Plan, p place, tables []*target) (reason, next string) {
	if reason, next := d.notChangeable(plan); reason != "" {
		return reason, next
	}
	before, ok := asDrafted(longestRule(plan))
	id, known := plan.PlanID.Get()
	switch {
	case !ok || !known:
		return "the rules of plan " + planLabel(plan) + " are not wholly known", readMore
	case len(before.Copies) >= maxCopies:
		return fmt.Sprintf("rule %s of plan %s has %d copies, which is AWS's limit", before.Name, planLabel(plan), maxCopies), ""
	}
	vault := cmp.Or(p.vault, before.Vault)
	arn := fmt.Sprintf("arn:%s:backup:%s:%s:backup-vault:%s", d.partition, p.region, p.account, vault)
	if vault == before.Vault && p.region == d.region && p.account == d.account {
		return "a copy into the vault of its source is none", "--copy-to another vault"
	}
	if reason, next := d.destination(p, vault, arn, before.DeleteAfterDays); reason != "" {
		return reason, next
	}
	planID, label := remedy.Ref(id), planLabel(plan)
	after := before
	after.Copies = append(slices.Clone(before.Copies), remedy.Copy{VaultARN: arn, DeleteAfterDays: before.DeleteAfterDays})
	touched := len(d.chosenOf(plan))
	change := func(r remedy.Rule) *remedy.Change {
		return &remedy.Change{PlanRules: &remedy.PlanRules{Plan: planID, Name: label, Set: []remedy.Rule{r}}}
	}
	d.add(remedy.Action{
		Remedy: AddCopies, Resource: remedy.Resource{Type: "plan", Name: label, ARN: plan.ARN.Or("")},
		Summary: fmt.Sprintf("copy the points of rule %s of plan %s to vault %s in %s, kept %s", before.Name, label, vault, p.region, keptText(before.DeleteAfterDays)),
		Call:    "backup:UpdateBackupPlan", Needs: unique(append(d.makersOfPlan(planID), d.makersOfCopies(arn)...)),
		Change: *change(after),
		Before: remedy.PlanRulesState([]remedy.Rule{before}, []string{before.Name}), After: remedy.PlanRulesState([]remedy.Rule{after}, []string{after.Name}),
		Risk:    "it copies everything that the plan backs up, of other services too",
		Inverse: remedy.Inverse{Change: change(before), Loses: "no more copies are made; those that arrived stay until they expire"},
	}, tables...)
	d.check(remedy.Check{About: aboutCopies, Resource: label, Verdict: "ok", Actions: []string{d.last()},
		Detail: fmt.Sprintf("plan %s selects %s of those chosen: their points are all copied", label, terminal.Count(touched, "table"))})
	return "", ""
}

// destination sees to the vault of the copies: it must be there, or be made, and its lock must admit what the rule keeps.
func (d *draft) destination(p place, vault, arn string, keep int64) (reason, next string) {
	if p.account != d.account {
		d.check(remedy.Check{About: aboutCopies, Resource: arn, Verdict: "unknown", Actions: []string{d.next()},
			Detail: "the vault is of another account: its policy, lock and key were not looked at"})
		return "", ""
	}
	i := slices.IndexFunc(d.drafts, func(o *draft) bool { return o.region == p.region })
	if i < 0 {
		if !d.Options.AcceptUnknown {
			return "Region " + p.region + " was not looked at: whether vault " + vault + " exists there is not known", "--region " + d.region + "," + p.region
		}
		d.check(remedy.Check{About: aboutCopies, Resource: arn, Verdict: "unknown", Actions: []string{d.next()}, Detail: "Region " + p.region + " was not looked at: the vault may not exist"})
		return "", ""
	}
	there := d.drafts[i]
	made := true
	d.allowing([]string{CreateVault}, func() { made = there.ensureVault(vault) })
	if !made {
		return "vault " + vault + " in " + p.region + " cannot be used: " + d.refusals[CreateVault+" "+arn], ""
	}
	v := find(there.unit.Vaults.Items, func(v *estate.Vault) estate.Fact[string] { return v.Name }, vault)
	if reason, next := lockAgainst(v, keep); reason != "" {
		return reason, next
	}
	if usable, _, why := keyUsable(there.unit, v.KeyARN); !usable {
		d.check(remedy.Check{About: aboutCopies, Resource: arn, Verdict: "unknown", Actions: []string{d.next()}, Detail: "the key of vault " + vault + ": " + why})
	}
	return "", ""
}

func keptText(days int64) string {
	if days == 0 {
		return "for ever"
	}
	return terminal.Count(int(days), "day")
}

// makersOfPlan are the actions that make a plan or change its rules.
func (p *planner) makersOfPlan(plan remedy.Ref) []string {
	var out []string
	if made, ok := plan.Action(); ok {
		out = append(out, made)
	}
	for i := range p.actions {
		if c := p.actions[i].Change.PlanRules; c != nil && c.Plan == plan {
			out = append(out, p.actions[i].ID)
		}
	}
	return out
}

// makersOfCopies are the actions without which a copy to a vault does nothing: those that make it, and those that turn advanced features on.
func (p *planner) makersOfCopies(vault string) []string {
	out := p.makerOf(vault)
	for i := range p.actions {
		if c := p.actions[i].Change.RegionSettings; c != nil && c.Management[dynamoDB] {
			out = append(out, p.actions[i].ID)
		}
	}
	return out
}
