package render

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// bundle is what a plan makes in one Region, put together as templates know it: a role with its policies, a vault with its lock.
type bundle struct {
	region     string
	settings   *remedy.RegionSettings
	roles      []*roleBundle
	vaults     []*vaultBundle
	plans      []planBundle
	selections []selectionBundle
	testing    []*remedy.TestingPlan
	tested     []*remedy.TestingSelection
	tags       []*remedy.TableTags
	observed   []*remedy.Action // all of them
}

// roleBundle is a role with its managed policies. made is nil when the role stands already.
type roleBundle struct {
	name     string
	made     *remedy.Role
	policies []string
}

// vaultBundle is a vault with all that is set on it. made is nil when the vault stands already.
type vaultBundle struct {
	name   string
	made   *remedy.Vault
	policy *remedy.VaultPolicy
	lock   *remedy.VaultLock
	notify *remedy.VaultNotifications
}

type planBundle struct {
	id string // of the action
	*remedy.BackupPlan
}

type selectionBundle struct {
	id string // of the action
	*remedy.Selection
}

// bundles puts together what the actions make that no gap names, one bundle for each Region, the Region of the roles first.
func bundles(p *remedy.Plan, gaps []Gap) []*bundle {
	left := map[string]bool{}
	for _, g := range gaps {
		for _, id := range g.Actions {
			left[id] = true
		}
	}
	var out []*bundle
	roles := ""
	for i := range p.Actions {
		a := &p.Actions[i]
		if left[a.ID] {
			continue
		}
		region := regionOf(p, a)
		if a.Change.Role != nil || a.Change.RolePolicy != nil { // roles belong to no Region: all in one template
			roles = cmp.Or(roles, region)
			region = roles
		}
		at := slices.IndexFunc(out, func(b *bundle) bool { return b.region == region })
		if at < 0 {
			at, out = len(out), append(out, &bundle{region: region})
		}
		out[at].add(a)
	}
	slices.SortStableFunc(out, func(a, b *bundle) int { return min(len(b.roles), 1) - min(len(a.roles), 1) })
	return out
}

func (b *bundle) add(a *remedy.Action) {
	b.observed = append(b.observed, a)
	c := a.Change
	switch {
	case c.RegionSettings != nil:
		b.addSettings(c.RegionSettings)
	case c.Role != nil:
		b.role(c.Role.Name).made = c.Role
	case c.RolePolicy != nil:
		r := b.role(c.RolePolicy.Role)
		r.policies = append(r.policies, c.RolePolicy.PolicyARN)
	case c.Vault != nil:
		b.vault(c.Vault.Name).made = c.Vault
	case c.VaultPolicy != nil:
		b.vault(c.VaultPolicy.Vault).policy = c.VaultPolicy
	case c.VaultLock != nil:
		b.vault(c.VaultLock.Vault).lock = c.VaultLock
	case c.VaultNotifications != nil:
		b.vault(c.VaultNotifications.Vault).notify = c.VaultNotifications
	case c.Plan != nil:
		b.plans = append(b.plans, planBundle{a.ID, c.Plan})
	case c.Selection != nil:
		b.selections = append(b.selections, selectionBundle{a.ID, c.Selection})
	case c.TestingPlan != nil:
		b.testing = append(b.testing, c.TestingPlan)
	case c.TestingSelection != nil:
		b.tested = append(b.tested, c.TestingSelection)
	case c.TableTags != nil:
		b.tags = append(b.tags, c.TableTags)
	}
}

// addSettings lets a later change of the Region's settings have the last word: each holds whole maps.
func (b *bundle) addSettings(s *remedy.RegionSettings) {
	if b.settings == nil {
		b.settings = &remedy.RegionSettings{}
	}
	if s.OptIn != nil {
		b.settings.OptIn = s.OptIn
	}
	if s.Management != nil {
		b.settings.Management = s.Management
	}
}

func (b *bundle) role(name string) *roleBundle {
	if i := slices.IndexFunc(b.roles, func(r *roleBundle) bool { return r.name == name }); i >= 0 {
		return b.roles[i]
	}
	b.roles = append(b.roles, &roleBundle{name: name})
	return b.roles[len(b.roles)-1]
}

func (b *bundle) vault(name string) *vaultBundle {
	if i := slices.IndexFunc(b.vaults, func(v *vaultBundle) bool { return v.name == name }); i >= 0 {
		return b.vaults[i]
	}
	b.vaults = append(b.vaults, &vaultBundle{name: name})
	return b.vaults[len(b.vaults)-1]
}

// limit is a reason for which a route cannot express some actions.
type limit struct {
	cannot func(*remedy.Action) bool
	what   string // clause before the number
	noun   string // what is counted
	why    string // one sentence
	by     Route
}

// gapsOf makes the gaps of a route's limits, each action in the first that fits.
func gapsOf(p *remedy.Plan, limits []limit) []Gap {
	var out []Gap
	taken := map[string]bool{}
	for _, l := range limits {
		g, ok := gap(p, func(a *remedy.Action) bool { return !taken[a.ID] && l.cannot(a) }, l.what, l.noun)
		if !ok {
			continue
		}
		for _, id := range g.Actions {
			taken[id] = true
		}
		g.Why, g.By = l.why, l.by
		out = append(out, g)
	}
	return out
}

// takesAway reports whether an action deletes something or sets it back to nothing.
func takesAway(a *remedy.Action) bool {
	c := a.Change
	switch {
	case c.Role != nil:
		return c.Role.Step == remedy.Delete
	case c.RolePolicy != nil:
		return !c.RolePolicy.Attached
	case c.Vault != nil:
		return c.Vault.Step == remedy.Delete
	case c.VaultPolicy != nil:
		return c.VaultPolicy.Policy == ""
	case c.VaultLock != nil:
		return !c.VaultLock.Locked
	case c.VaultNotifications != nil:
		return c.VaultNotifications.Topic == ""
	case c.Plan != nil:
		return c.Plan.Step == remedy.Delete
	case c.Selection != nil:
		return c.Selection.Step == remedy.Delete
	case c.TestingPlan != nil:
		return c.TestingPlan.Step == remedy.Delete
	case c.TestingSelection != nil:
		return c.TestingSelection.Step == remedy.Delete
	case c.TableTags != nil:
		return len(c.TableTags.Remove) > 0
	}
	return false
}

// changesStandingPlan reports whether a change is one of rules of a plan that the plan of changes does not make itself.
func changesStandingPlan(c remedy.Change) bool {
	if c.PlanRules == nil {
		return false
	}
	_, made := c.PlanRules.Plan.Action()
	return !made
}

// withPurpose adds what the tags of everything that a template makes say: what it is for.
func withPurpose(tags map[string]string) map[string]string {
	out := map[string]string{"Purpose": "backup"}
	for k, v := range tags {
		out[k] = v
	}
	return out
}

// allTables is the pattern of a selection that takes every table; ok is false for any other.
func allTables(s *remedy.Selection) (pattern string, ok bool) {
	if len(s.Resources) != 1 {
		return "", false
	}
	parts := strings.Split(s.Resources[0], ":")
	return s.Resources[0], len(parts) == 6 && parts[2] == "dynamodb" && parts[5] == "table/*"
}

// byNameOnly reports whether a selection says nothing but which tables: then its list can be a parameter.
func byNameOnly(s *remedy.Selection) bool {
	return len(s.Resources) > 0 && len(s.NotResources)+len(s.ListOfTags)+len(s.StringEquals)+len(s.StringNotEquals)+len(s.StringLike)+len(s.StringNotLike) == 0
}

// document reads a policy's text into maps, lists, texts, numbers and truth values; nil when it is no JSON object.
func document(text string) map[string]any {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var out map[string]any
	if dec.Decode(&out) != nil {
		return nil
	}
	return out
}

// keys are the keys of a document, those of policies in the order in which people write them, all others sorted.
func keys[V any](m map[string]V) []string {
	order := []string{"Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
	rank := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b)) })
}

// names hands out identifiers that are different from each other.
type names map[string]bool

// take makes an identifier that was not taken yet of a stem.
func (n names) take(stem string) string {
	id := stem
	for i := 2; n[id]; i++ {
		id = stem + strconv.Itoa(i)
	}
	n[id] = true
	return id
}
