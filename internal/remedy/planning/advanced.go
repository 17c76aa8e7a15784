package planning

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

const aboutAdvanced = "advanced features"

// advancedActions are what a role needs beyond plain backups once advanced features are on: without them every job fails.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html
func advancedActions() []string {
	return []string{"dynamodb:StartAwsBackupJob", "dynamodb:ListTagsOfResource"}
}

// planAdvanced turns AWS Backup's advanced features for DynamoDB on, which acts on every plan, role and copy of the Region.
func planAdvanced(d *draft) error {
	wanted := slices.ContainsFunc(d.targets, func(t target) bool {
		return t.chosen && (d.named(AdvancedFeatures) || t.needs.Known && copiesAway(d, t.needs.Objective))
	})
	if wanted {
		d.ensureAdvanced()
	}
	return nil
}

// copiesAway reports whether an objective wants copies in another Region or account, which advanced features alone make possible.
func copiesAway(d *draft, o objective.Objective) bool {
	return slices.ContainsFunc(o.Copies, func(c objective.Copy) bool {
		return c.Region != "" && c.Region != d.region || c.Account != "" && c.Account != d.account
	})
}

// ensureAdvanced turns advanced features on unless they are. It answers false, with a refusal, when they are not and will not be on.
func (d *draft) ensureAdvanced() bool {
	optIn, ok := d.unit.Settings.OptIn.Get()
	management, ok2 := d.unit.Settings.Management.Get()
	switch {
	case !ok || !ok2 && !d.unit.Settings.Management.IsAbsent():
		d.refuse(AdvancedFeatures, d.regionKey(), "the Region's AWS Backup settings could not be read whole", readMore)
		return false
	case optIn[dynamoDB] && management[dynamoDB]:
		return true
	case !d.asked(AdvancedFeatures):
		reason, next := d.whyNot(AdvancedFeatures)
		d.refuse(AdvancedFeatures, d.regionKey(), "advanced DynamoDB features are off, and "+reason, next)
		return false
	}
	touched, ok := d.weighAdvanced(AdvancedFeatures)
	if !ok {
		return false
	}
	d.turnAdvancedOn(optIn, management, touched)
	return true
}

// weighAdvanced looks at every plan, role and copy that advanced features touch, whichever action is what makes them take effect: the next
// one that is added. It answers false, with a refusal under the remedy, when backups would fail from then on, or might.
func (d *draft) weighAdvanced(id string) (touched []*target, ok bool) {
	v := newAdvancedView(d)
	if reason, next := v.objection(d.Options.AcceptUnknown); reason != "" {
		d.noteAll(v.checks)
		d.refuse(id, d.regionKey(), reason, next)
		return nil, false
	}
	for i := range v.checks {
		v.checks[i].Actions = []string{d.next()}
	}
	d.noteAll(v.checks)
	return v.touched, true
}

func (d *draft) turnAdvancedOn(optIn, management map[string]bool, touched []*target) {
	in, with := maps.Clone(optIn), map[string]bool{}
	maps.Copy(with, management)
	in[dynamoDB], with[dynamoDB] = true, true
	summary := "turn on advanced DynamoDB features of AWS Backup in " + d.region
	change, back := remedy.RegionSettings{Management: with}, remedy.RegionSettings{Management: without(management)}
	if !optIn[dynamoDB] {
		summary += ", and opt DynamoDB in"
		change.OptIn, back.OptIn = in, optIn
	}
	d.add(remedy.Action{
		Remedy: AdvancedFeatures, Resource: remedy.Resource{Type: "region", Name: d.region}, Summary: summary,
		Call:   "backup:UpdateRegionSettings",
		Change: remedy.Change{RegionSettings: &change},
		Before: remedy.SettingsState(optIn, management), After: remedy.SettingsState(in, with),
		Risk: "recovery points are from now on encrypted under the key of their vault, bear tags, and only AWS Backup can delete them; copies and cold storage that plans declare begin",
		Inverse: remedy.Inverse{
			Change: &remedy.Change{RegionSettings: &back}, Drop: remedy.DropOptIn,
			Loses: "copies, cold storage and tags of recovery points stop in the whole Region; points that were made stay manageable",
		},
	}, touched...)
}

// without is the settings as they were, with DynamoDB named as off: a key left out might be left as it is.
func without(management map[string]bool) map[string]bool {
	out := map[string]bool{dynamoDB: false}
	maps.Copy(out, management)
	return out
}

// noteAll notes checks in their order.
func (p *planner) noteAll(checks []remedy.Check) {
	for _, c := range checks {
		p.check(c)
	}
}

// advancedView is what turning advanced features on would touch.
type advancedView struct {
	d       *draft
	checks  []remedy.Check
	touched []*target // tables whose backups, copies or cold storage begin
	breaks  []string  // roles and vaults with which backups would fail from then on
	unsure  []string
}

func newAdvancedView(d *draft) *advancedView {
	v := &advancedView{d: d}
	if !d.unit.Plans.IsWhole() {
		v.say("unknown", d.regionKey(), "the list of backup plans is not whole: some may be touched that were not looked at")
	}
	untouched := 0
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		tables, unsure := d.taken(p, true)
		if unsure {
			v.say("unknown", planLabel(p), "which tables plan "+planLabel(p)+" selects is not wholly known")
		}
		if len(tables) == 0 {
			untouched++
			continue
		}
		v.plan(p, tables)
	}
	if untouched > 0 {
		v.say("ok", d.regionKey(), terminal.Count(untouched, "plan")+" of the Region are known to select no table, of other services or of none: not touched")
	}
	return v
}

func (v *advancedView) say(verdict, resource, detail string) {
	v.checks = append(v.checks, remedy.Check{About: aboutAdvanced, Resource: resource, Verdict: verdict, Detail: detail})
	switch verdict {
	case "unknown":
		v.unsure = append(v.unsure, detail)
	case "breaks":
		v.breaks = append(v.breaks, detail)
	}
}

// objection says why the features are not turned on; empty: nothing stands against it.
func (v *advancedView) objection(acceptUnknown bool) (reason, next string) {
	if len(v.breaks) > 0 {
		return "backups would fail from then on: " + strings.Join(v.breaks, "; "), "mend what the checks name, then plan again"
	}
	if len(v.unsure) > 0 && !acceptUnknown {
		return "not everything that it touches is known: " + strings.Join(v.unsure, "; "), readMore + ", or --accept-unknown"
	}
	return "", ""
}

func (v *advancedView) plan(p *estate.Plan, tables []*target) {
	for _, role := range v.d.rolesOf(p, tables, true) {
		v.role(p, role, tables)
	}
	if !p.Rules.IsWhole() {
		v.say("unknown", planLabel(p), "the rules of plan "+planLabel(p)+" are not wholly known")
	}
	begins := v.newlySelected(p, tables)
	for i := range p.Rules.Items {
		r := &p.Rules.Items[i]
		v.vaultKey(p, r)
		begins = v.cold(p, r, len(tables)) || begins
		for k := range r.Copies.Items {
			v.copy(p, r, &r.Copies.Items[k], len(tables))
			begins = true
		}
		if !r.Copies.IsWhole() || r.ColdAfterDays.IsUnknown() {
			v.say("unknown", planLabel(p), "whether rule "+r.Name.Or(r.ID)+" of plan "+planLabel(p)+" copies or moves to cold storage is not known")
		}
	}
	for _, t := range tables {
		if begins && !slices.Contains(v.touched, t) {
			v.touched = append(v.touched, t)
		}
	}
}

// role judges whether the role of a selection can still back its tables up.
func (v *advancedView) role(p *estate.Plan, role estate.Fact[string], tables []*target) {
	arn, ok := role.Get()
	if !ok {
		v.say("unknown", planLabel(p), "the role of a selection of plan "+planLabel(p)+" is not known")
		return
	}
	if slices.ContainsFunc(v.checks, func(c remedy.Check) bool { return c.Resource == arn && c.Verdict == "breaks" }) {
		return
	}
	lacking, unsure := v.d.roleLacks(arn, advancedActions(), tables)
	plain, _ := v.d.roleLacks(arn, []string{"dynamodb:CreateBackup"}, tables)
	switch {
	case lacking != "" && plain != "":
		v.say("ok", arn, "role "+arnName(arn)+" of plan "+planLabel(p)+" is not there, or may not make plain backups either: its backups fail with and without")
	case lacking != "":
		v.say("breaks", arn, fmt.Sprintf("role %s, with which plan %s backs up %s, may not %s", arnName(arn), planLabel(p), terminal.Count(len(tables), "table"), lacking))
	case unsure:
		v.say("unknown", arn, "whether role "+arnName(arn)+" of plan "+planLabel(p)+" may "+strings.Join(advancedActions(), " and ")+" is not known")
	default:
		v.say("ok", arn, "role "+arnName(arn)+" of plan "+planLabel(p)+" may "+strings.Join(advancedActions(), " and "))
	}
}

// roleLacks names the action that a role may not do on some of the tables; unsure when that cannot be decided.
func (d *draft) roleLacks(role string, actions []string, tables []*target) (lacking string, unsure bool) {
	may := newRoleView(d.unit, role)
	for _, t := range tables {
		for _, action := range actions {
			switch may.may(action, t.arn) {
			case iampolicy.No:
				return action + " on " + t.name, false
			case iampolicy.Maybe:
				unsure = true
			}
		}
	}
	return "", unsure
}

// newlySelected points out the tables that a plan begins to back up by the opt-in that comes with the features.
func (v *advancedView) newlySelected(p *estate.Plan, tables []*target) bool {
	if optIn, _ := v.d.unit.Settings.OptIn.Get(); optIn[dynamoDB] {
		return false
	}
	before, _ := v.d.taken(p, false)
	if len(before) == len(tables) {
		return false
	}
	v.say("ok", planLabel(p), fmt.Sprintf("plan %s begins to back up %s: it selects by what needs the opt-in", planLabel(p), terminal.Count(len(tables)-len(before), "table")))
	return true
}

// vaultKey judges the key under which recovery points will be.
func (v *advancedView) vaultKey(p *estate.Plan, r *estate.Rule) {
	name, ok := r.Vault.Get()
	if !ok {
		return
	}
	vault := find(v.d.unit.Vaults.Items, func(x *estate.Vault) estate.Fact[string] { return x.Name }, name)
	if vault == nil {
		return // there is no vault, or not known: that fails with and without
	}
	switch usable, unsure, why := keyUsable(v.d.unit, vault.KeyARN); {
	case usable:
		v.say("ok", vault.ARN.Or(name), "the points of rule "+r.Name.Or(r.ID)+" of plan "+planLabel(p)+" will be under the key of vault "+name+", which is usable")
	case unsure:
		v.say("unknown", vault.ARN.Or(name), "the points of rule "+r.Name.Or(r.ID)+" of plan "+planLabel(p)+" will be under the key of vault "+name+": "+why)
	default:
		v.say("breaks", vault.ARN.Or(name), "the points of rule "+r.Name.Or(r.ID)+" of plan "+planLabel(p)+" would be under the key of vault "+name+": "+why)
	}
}

// keyUsable says whether a key works. A thing without a key of its own is under one of AWS's.
func keyUsable(u *estate.Unit, arn estate.Fact[string]) (usable, unsure bool, why string) {
	if arn.IsAbsent() {
		return true, false, ""
	}
	text, ok := arn.Get()
	if !ok {
		return false, true, "which key that is, is not known"
	}
	key := find(u.Keys.Items, func(k *estate.Key) estate.Fact[string] { return k.ARN }, text)
	if key == nil {
		return false, true, "key " + text + " was not read"
	}
	state, ok := key.State.Get()
	switch {
	case !ok:
		return false, true, "the state of key " + text + " is not known"
	case state != "Enabled":
		return false, false, "key " + text + " is " + state
	}
	return true, false, ""
}

func (v *advancedView) cold(p *estate.Plan, r *estate.Rule, tables int) bool {
	cold, ok := r.ColdAfterDays.Get()
	if !ok || cold == 0 {
		return false
	}
	v.say("ok", planLabel(p), fmt.Sprintf("rule %s of plan %s begins to move points of %s to cold storage after %s: charged for 90 days at least, and hours longer to restore",
		r.Name.Or(r.ID), planLabel(p), terminal.Count(tables, "table"), terminal.Count(int(cold), "day")))
	return true
}

func (v *advancedView) copy(p *estate.Plan, r *estate.Rule, c *estate.Copy, tables int) {
	destination, ok := c.VaultARN.Get()
	what := fmt.Sprintf("rule %s of plan %s begins to copy points of %s", r.Name.Or(r.ID), planLabel(p), terminal.Count(tables, "table"))
	if !ok {
		v.say("unknown", planLabel(p), what+" to a vault that is not known")
		return
	}
	v.say("ok", destination, what+" to "+destination+": kept there again, and charged again")
}
