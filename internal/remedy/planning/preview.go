package planning

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// planned is the operation that stands as the source of facts that a plan will make.
const planned = "restorable:plan"

// previewer applies actions to a unit in memory, as if AWS carried them out at the unit's present. The unit is one that clone made.
type previewer struct {
	unit   *estate.Unit
	tables map[string]int // by name
	action string         // the one being applied
	src    estate.Source  // of the facts that it makes
}

func newPreviewer(u *estate.Unit) *previewer {
	v := &previewer{unit: u, tables: make(map[string]int, len(u.Tables.Items))}
	for i := range u.Tables.Items {
		if name, ok := u.Tables.Items[i].Name.Get(); ok {
			v.tables[name] = i
		}
	}
	return v
}

// apply applies one action.
func (v *previewer) apply(a *remedy.Action) {
	v.action = a.ID
	v.src = v.unit.Record(estate.Provenance{Operation: planned, Resource: a.ID, ObservedAt: v.unit.Now.Or(0)})
	c := a.Change
	switch {
	case c.PITR != nil:
		v.pitr(c.PITR)
	case c.RegionSettings != nil:
		v.settings(c.RegionSettings)
	case c.Role != nil:
		v.role(c.Role)
	case c.RolePolicy != nil:
		v.rolePolicy(c.RolePolicy)
	case c.Vault != nil:
		v.vault(c.Vault)
	case c.VaultPolicy != nil, c.VaultLock != nil, c.VaultNotifications != nil:
		v.vaultGuard(c)
	case c.Plan != nil:
		v.plan(c.Plan)
	case c.PlanRules != nil:
		v.rules(c.PlanRules)
	case c.Selection != nil:
		v.selection(c.Selection)
	case c.TableTags != nil, c.DeletionProtection != nil, c.TableKey != nil:
		v.table(c)
	case c.Backup != nil:
		v.backup(c.Backup)
	case c.TestingPlan != nil:
		v.testingPlan(c.TestingPlan)
	case c.TestingSelection != nil:
		v.testingSelection(c.TestingSelection)
	}
}

// known is a fact that the action makes.
func known[T any](v *previewer, value T) estate.Fact[T] { return estate.KnownFact(value, v.src) }

// orAbsent is a fact that is absent at the zero value.
func orAbsent[T comparable](v *previewer, value T) estate.Fact[T] {
	var zero T
	if value == zero {
		return estate.AbsentFact[T](v.src)
	}
	return known(v, value)
}

func orNone[T any](v *previewer, list []T) estate.Fact[[]T] {
	if len(list) == 0 {
		return estate.AbsentFact[[]T](v.src)
	}
	return known(v, list)
}

// find returns the item whose fact has a value.
func find[T any](items []T, of func(*T) estate.Fact[string], value string) *T {
	for i := range items {
		if s, ok := of(&items[i]).Get(); ok && s == value {
			return &items[i]
		}
	}
	return nil
}

func (v *previewer) tableNamed(name string) *estate.Table {
	if i, ok := v.tables[name]; ok {
		return &v.unit.Tables.Items[i]
	}
	return nil
}

func (v *previewer) vaultNamed(name string) *estate.Vault {
	return find(v.unit.Vaults.Items, func(x *estate.Vault) estate.Fact[string] { return x.Name }, name)
}

// pitr: the window begins now, or where it began if it was on before.
func (v *previewer) pitr(c *remedy.PITR) {
	t := v.tableNamed(c.Table)
	if t == nil {
		return
	}
	if !c.Enabled {
		t.PITRStatus, t.PITRPeriodDays = known(v, "DISABLED"), estate.AbsentFact[int64](v.src)
		t.PITREarliest, t.PITRLatest = estate.AbsentFact[estate.Instant](v.src), estate.AbsentFact[estate.Instant](v.src)
		return
	}
	if t.PITRStatus.Or("") != "ENABLED" {
		now := v.unit.Now.Or(0)
		t.PITREarliest, t.PITRLatest = known(v, now), known(v, now)
	}
	t.PITRStatus, t.PITRPeriodDays = known(v, "ENABLED"), known(v, c.PeriodDays)
}

func (v *previewer) settings(c *remedy.RegionSettings) {
	if c.OptIn != nil {
		v.unit.Settings.OptIn = known(v, c.OptIn)
	}
	if c.Management != nil {
		v.unit.Settings.Management = known(v, c.Management)
	}
}

func (v *previewer) vault(c *remedy.Vault) {
	if c.Step == remedy.Delete {
		v.unit.Vaults.Items = slices.DeleteFunc(v.unit.Vaults.Items, func(x estate.Vault) bool { return x.ARN.Or("") == c.ARN })
		return
	}
	v.unit.Vaults.Items = append(v.unit.Vaults.Items, estate.Vault{
		ID: c.ARN, ARN: known(v, c.ARN), Name: known(v, c.Name), Type: known(v, "BACKUP_VAULT"), KeyARN: orAbsent(v, c.KeyARN),
		CreatedAt: v.unit.Now, Count: known(v, int64(0)), Locked: known(v, false), LockDate: estate.AbsentFact[estate.Instant](v.src),
		MinRetention: estate.AbsentFact[int64](v.src), MaxRetention: estate.AbsentFact[int64](v.src), Policy: estate.AbsentFact[string](v.src),
		Tags: known(v, c.Tags), NotificationTopic: estate.AbsentFact[string](v.src), NotificationEvents: estate.AbsentFact[[]string](v.src),
		RecoveryPoints: estate.List[estate.RecoveryPoint]{Whole: known(v, true)},
	})
}

const msPerDay = 24 * 60 * 60 * 1000

// planID is how a plan is named while it is in the making: what a Ref says of it.
func planID(action string) string { return string(remedy.From(action)) }

func (v *previewer) plan(c *remedy.BackupPlan) {
	if c.Step == remedy.Delete {
		v.unit.Plans.Items = slices.DeleteFunc(v.unit.Plans.Items, func(p estate.Plan) bool { return p.PlanID.Or("") == string(c.ID) })
		return
	}
	p := estate.Plan{
		ID: planID(v.action), ARN: estate.UnknownFact[string](v.src), PlanID: known(v, planID(v.action)), Name: known(v, c.Name),
		CreatedAt: v.unit.Now, FromOrganization: known(v, false), Tags: known(v, c.Tags),
		Rules: estate.List[estate.Rule]{Whole: known(v, true)}, Selections: estate.List[estate.Selection]{Whole: known(v, true)},
	}
	for i := range c.Rules {
		p.Rules.Items = append(p.Rules.Items, v.rule(&c.Rules[i]))
	}
	v.unit.Plans.Items = append(v.unit.Plans.Items, p)
}

func (v *previewer) planOf(ref remedy.Ref) *estate.Plan {
	return find(v.unit.Plans.Items, func(p *estate.Plan) estate.Fact[string] { return p.PlanID }, string(ref))
}

func (v *previewer) rules(c *remedy.PlanRules) {
	p := v.planOf(c.Plan)
	if p == nil {
		return
	}
	p.Rules.Items = slices.DeleteFunc(p.Rules.Items, func(r estate.Rule) bool { return slices.Contains(c.Remove, r.Name.Or("")) })
	for i := range c.Set {
		made := v.rule(&c.Set[i])
		if old := find(p.Rules.Items, func(r *estate.Rule) estate.Fact[string] { return r.Name }, c.Set[i].Name); old != nil {
			made.ID = old.ID
			*old = made
			continue
		}
		p.Rules.Items = append(p.Rules.Items, made)
	}
}

func (v *previewer) rule(c *remedy.Rule) estate.Rule {
	r := estate.Rule{
		ID: v.action + "/" + c.Name, Name: known(v, c.Name), Vault: known(v, c.Vault), AirGappedVault: orAbsent(v, c.AirGappedVault),
		Schedule: orAbsent(v, c.Schedule), Timezone: orAbsent(v, c.Timezone), StartWindow: orAbsent(v, c.StartWindow),
		CompletionWindow: orAbsent(v, c.CompletionWindow), ColdAfterDays: orAbsent(v, c.ColdAfterDays), DeleteAfterDays: orAbsent(v, c.DeleteAfterDays),
		Continuous: known(v, c.Continuous), Copies: estate.List[estate.Copy]{Whole: known(v, true)}, RecoveryPointTags: known(v, c.Tags),
	}
	for _, cc := range c.Copies {
		r.Copies.Items = append(r.Copies.Items, estate.Copy{
			ID: r.ID + "/" + cc.VaultARN, VaultARN: known(v, cc.VaultARN), ColdAfterDays: orAbsent(v, cc.ColdAfterDays), DeleteAfterDays: orAbsent(v, cc.DeleteAfterDays),
		})
	}
	return r
}

func (v *previewer) selection(c *remedy.Selection) {
	p := v.planOf(c.Plan)
	if p == nil {
		return
	}
	if c.Step == remedy.Delete {
		p.Selections.Items = slices.DeleteFunc(p.Selections.Items, func(s estate.Selection) bool { return s.ID == string(c.ID) || s.Name.Or("") == c.Name })
		return
	}
	p.Selections.Items = append(p.Selections.Items, v.newSelection(c))
}

func (v *previewer) newSelection(c *remedy.Selection) estate.Selection {
	return estate.Selection{
		ID: planID(v.action), Name: known(v, c.Name), CreatedAt: v.unit.Now, RoleARN: known(v, c.RoleARN), Resources: orNone(v, c.Resources), NotResources: orNone(v, c.NotResources),
		ListOfTags: orNone(v, matches(c.ListOfTags)), StringEquals: orNone(v, matches(c.StringEquals)), StringNotEquals: orNone(v, matches(c.StringNotEquals)),
		StringLike: orNone(v, matches(c.StringLike)), StringNotLike: orNone(v, matches(c.StringNotLike)),
	}
}

func matches(list []remedy.TagMatch) []estate.TagMatch {
	out := make([]estate.TagMatch, len(list))
	for i, m := range list {
		out[i] = estate.TagMatch(m)
	}
	return out
}
