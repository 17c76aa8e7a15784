package control

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// maxRepeats bounds how often one command is printed for one finding: for the plans, selections, roles, vaults or keys that it goes by.
const maxRepeats = 5

// Placeholders of commands beside the resource's own: what a resource goes by. A command is repeated for each.
const (
	planPlaceholder      = "plan.id"
	selectionPlaceholder = "selection.id"
	rolePlaceholder      = "role.name"
	vaultPlaceholder     = "vault.name"
	keyPlaceholder       = "key.arn"
)

// placeholders are what commands of a control on a type of resource may name in braces.
func placeholders(t Type) []string {
	own := []string{string(t) + ".name", string(t) + ".arn", "region", "account"}
	for _, p := range []string{planPlaceholder, selectionPlaceholder, rolePlaceholder, vaultPlaceholder, keyPlaceholder} {
		if !slices.Contains(own, p) {
			own = append(own, p)
		}
	}
	return own
}

// ByHand says how to check the finding that Findings gave last without us: the control's commands with the resource filled in, quoted for a
// POSIX shell. What is not known stays a placeholder; a command that asks about what is not there, such as a plan in a Region without
// plans, is left out.
func (r *Run) ByHand() ByHand {
	if r.lastControl == nil {
		return ByHand{}
	}
	return ByHand{Commands: r.commands(r.lastControl, r.lastSubject), Console: r.lastControl.ByHand.Console}
}

func (r *Run) commands(c *Control, s *subject) []string {
	own := ownPairs(s.Resource)
	var out []string
	for _, command := range c.ByHand.Commands {
		for _, row := range r.rows(command, s) {
			// One pass over the command: a placeholder within somebody's name is not filled in.
			if filled := strings.NewReplacer(slices.Concat(own, row)...).Replace(command); !slices.Contains(out, filled) {
				out = append(out, filled)
			}
		}
	}
	if len(out) == 0 {
		return []string{strings.NewReplacer(own...).Replace(c.ByHand.Commands[0])}
	}
	return out
}

// ownPairs are the placeholders of the resource itself with their values.
func ownPairs(r Resource) []string {
	pairs := []string{}
	add := func(placeholder, value string) {
		if value != "" {
			pairs = append(pairs, "{"+placeholder+"}", shellQuote(value))
		}
	}
	add(string(r.Type)+".name", r.Name)
	add(string(r.Type)+".arn", r.ARN)
	add("region", r.Region)
	add("account", r.Account)
	return pairs
}

// rows are the plans, selections, roles, vaults and keys to put into a command, one row of placeholders and values for each time that it is
// printed; one empty row for a command that names none.
func (r *Run) rows(command string, s *subject) [][]string {
	uses := func(placeholder string) bool { return strings.Contains(command, "{"+placeholder+"}") }
	out := [][]string{nil}
	if uses(planPlaceholder) || uses(selectionPlaceholder) || uses(rolePlaceholder) {
		out = cross(out, r.assignments(s))
	}
	if s.Type != TypeVault && uses(vaultPlaceholder) {
		out = cross(out, r.vaultNames(s))
	}
	if uses(keyPlaceholder) {
		out = cross(out, r.keyARNs(s))
	}
	return out
}

// related is what a resource goes by: a row of placeholders and values for each; whole says that there are no others.
type related struct {
	rows  [][]string
	whole bool
}

// cross joins each row with each other, the first few. Where nothing is known the command stays as it is, unless it is known that there is
// nothing: then there is nothing to ask about.
func cross(rows [][]string, with related) [][]string {
	if len(with.rows) == 0 && !with.whole {
		return rows
	}
	var out [][]string
	for _, a := range rows {
		for _, b := range with.rows {
			if len(out) < maxRepeats {
				out = append(out, slices.Concat(a, b))
			}
		}
	}
	return out
}

func row(placeholder, value string) []string {
	if value == "" {
		return nil
	}
	return []string{"{" + placeholder + "}", shellQuote(value)}
}

// assignments are the selections of the plans that a resource goes by, a row each, with their plan and role.
func (r *Run) assignments(s *subject) related {
	plans, whole := r.plansOf(s)
	var rows [][]string
	for _, p := range plans {
		plan := row(planPlaceholder, p.PlanID.Or(""))
		if len(p.Selections.Items) == 0 {
			rows = append(rows, plan)
		}
		for i := range p.Selections.Items {
			x := &p.Selections.Items[i]
			role := x.RoleARN.Or("")
			rows = append(rows, slices.Concat(plan, row(selectionPlaceholder, x.ID), row(rolePlaceholder, role[strings.LastIndexByte(role, '/')+1:])))
		}
	}
	return related{rows, whole}
}

// plansOf are the plans by which a resource is protected, or which use it; all plans of the unit where none does.
func (r *Run) plansOf(s *subject) (plans []*estate.Plan, whole bool) {
	u := r.unit
	var mine func(*estate.Plan) bool
	switch of := s.pointers[string(s.Type)].(type) {
	case *estate.Plan:
		return []*estate.Plan{of}, true
	case *estate.Table:
		ids := map[string]bool{}
		for _, p := range r.covers.of(of).Plans.Items {
			ids[p.ID] = true
		}
		mine = func(p *estate.Plan) bool { return ids[p.ID] }
	case *estate.Vault:
		mine = func(p *estate.Plan) bool { return slices.Contains(vaultsOfPlan(p), of.Name.Or("")) }
	default:
		mine = func(*estate.Plan) bool { return true }
	}
	var all []*estate.Plan
	for i := range u.Plans.Items {
		p := &u.Plans.Items[i]
		if all = append(all, p); mine(p) {
			plans = append(plans, p)
		}
	}
	if len(plans) == 0 {
		plans = all
	}
	return plans, u.Plans.IsWhole()
}

// vaultsOfPlan are the names of the vaults in which backups of a plan land.
func vaultsOfPlan(p *estate.Plan) []string {
	var out []string
	for i := range p.Rules.Items {
		if name, ok := p.Rules.Items[i].Vault.Get(); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// vaultNames are the vaults that a resource goes by: where a plan's backups land, or a table's, or in which a recovery point stands.
func (r *Run) vaultNames(s *subject) related {
	var rows [][]string
	for _, name := range r.vaultsOf(s) {
		rows = append(rows, row(vaultPlaceholder, name))
	}
	return related{rows, r.unit.Vaults.IsWhole()}
}

func (r *Run) vaultsOf(s *subject) []string {
	if v, ok := s.pointers["vault"].(*estate.Vault); ok {
		return []string{v.Name.Or("")}
	}
	var asked, out []string
	if s.Type == TypeTable || s.Type == TypePlan {
		plans, _ := r.plansOf(s)
		for _, p := range plans {
			asked = append(asked, vaultsOfPlan(p)...)
		}
	}
	for i := range r.unit.Vaults.Items { // what was listed is there to be asked about
		if name := r.unit.Vaults.Items[i].Name.Or(""); name != "" && (len(asked) == 0 || slices.Contains(asked, name)) {
			out = append(out, name)
		}
	}
	return out
}

// keyARNs are the KMS keys that a resource is under.
func (r *Run) keyARNs(s *subject) related {
	var rows [][]string
	whole := true
	add := func(f estate.Fact[string]) {
		if arn, ok := f.Get(); ok {
			rows = append(rows, row(keyPlaceholder, arn))
		}
		whole = whole && !f.IsUnknown()
	}
	switch of := s.pointers[string(s.Type)].(type) {
	case *estate.Table:
		add(of.KeyARN)
	case *estate.Vault:
		add(of.KeyARN)
	}
	if p, ok := s.pointers["point"].(*estate.RecoveryPoint); ok {
		add(p.KeyARN)
	}
	return related{rows, whole}
}

func shellQuote(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
