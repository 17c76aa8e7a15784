package control

import (
	"slices"
	"strings"
)

// maxRepeats bounds how often one command is printed for one finding: for the plans, selections, roles, vaults or keys that it goes by.
const maxRepeats = 5

// maxRows bounds among how many those are looked for.
const maxRows = 100

// kinds are the placeholders of commands beside the resource's own: what a resource goes by. A command is repeated for each.
func kinds() []kind {
	return []kind{
		{[]string{"plan.id", "selection.id", "role.name"}, (*Run).assignments},
		{[]string{"vault.name"}, (*Run).vaultNames},
		{[]string{"key.arn"}, (*Run).keyARNs},
		{[]string{"replica.region", "replica.arn"}, (*Run).replicas},
		{[]string{"copy.region"}, (*Run).copyRegions},
		{[]string{"trail.arn"}, (*Run).trails},
		{[]string{"testing-plan.name", "testing-selection.name"}, (*Run).testingPlans},
	}
}

// kind is a group of placeholders that are filled in together.
type kind struct {
	placeholders []string
	find         func(*Run, *subject) related
}

func (k kind) in(command string) bool {
	return slices.ContainsFunc(k.placeholders, func(p string) bool { return strings.Contains(command, "{"+p+"}") })
}

// placeholders are what commands of a control on a type of resource may name in braces.
func placeholders(t Type) []string {
	out := []string{string(t) + ".name", string(t) + ".arn", "region", "account"}
	for _, k := range kinds() {
		for _, p := range k.placeholders {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
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
		printed := 0
		for _, row := range r.rows(command, s) {
			if printed == maxRepeats {
				break
			}
			filled := fill(command, own, row)
			if slices.Contains(out, filled) {
				continue
			}
			out, printed = append(out, filled), printed+1
		}
	}
	if len(out) == 0 {
		return []string{fill(c.ByHand.Commands[0], own)}
	}
	return out
}

// fill puts values in the place of placeholders, given in pairs of which the first counts. It goes over the command once: a placeholder within
// somebody's name is not filled in.
func fill(command string, sets ...[]string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(command, '{')
		if at < 0 {
			b.WriteString(command)
			return b.String()
		}
		b.WriteString(command[:at])
		command = command[at:]
		placeholder, value := named(command, sets)
		b.WriteString(value)
		command = command[len(placeholder):]
	}
}

// named is the placeholder with which a text begins, and its value; without one, the brace itself.
func named(text string, sets [][]string) (placeholder, value string) {
	for _, pairs := range sets {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.HasPrefix(text, pairs[i]) {
				return pairs[i], pairs[i+1]
			}
		}
	}
	return "{", "{"
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
	out := [][]string{nil}
	for _, k := range kinds() {
		if k.in(command) && (s.Type != TypeVault || k.placeholders[0] != "vault.name") {
			out = cross(out, k.find(r, s))
		}
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
			if len(out) < maxRows {
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
		plan := row("plan.id", p.PlanID.Or(""))
		if len(p.Selections.Items) == 0 {
			rows = append(rows, plan)
		}
		for i := range p.Selections.Items {
			x := &p.Selections.Items[i]
			role := x.RoleARN.Or("")
			rows = append(rows, slices.Concat(plan, row("selection.id", x.ID), row("role.name", role[strings.LastIndexByte(role, '/')+1:])))
		}
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
