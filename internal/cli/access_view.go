package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/access"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/terminal"
)

// accessView shows who could reach the backups, for people.
type accessView struct {
	printer
	verbose bool
}

func (v accessView) show(reports []*reach) {
	for i, r := range reports {
		if i > 0 {
			v.put("")
		}
		v.account(r)
	}
}

func (v accessView) account(r *reach) {
	name := r.Account
	if name == "" {
		name = "unknown"
	}
	v.title("Who could destroy, shorten or read the backups of account " + name)
	v.text("", r.looked())
	var people, own, linked []*access.Principal
	for i := range r.Principals {
		p := &r.Principals[i]
		switch {
		case p.Linked:
			linked = append(linked, p)
		case p.OfBackup:
			own = append(own, p)
		default:
			people = append(people, p)
		}
	}
	v.table(people)
	for _, p := range people {
		v.principal(p)
	}
	v.aside("Roles that AWS Backup alone may assume", own)
	v.aside("Service-linked roles, which AWS's services alone may assume", linked)
	v.outside(r)
	v.rest(r)
}

func (r *reach) looked() string {
	vaults, tables, regions := 0, 0, []string{}
	for _, u := range r.units {
		vaults, tables = vaults+len(u.Vaults.Items), tables+len(u.Tables.Items)
		regions = append(regions, u.Region.Or("an unknown Region"))
	}
	return fmt.Sprintf("%s and %s in %s; users and roles of the whole account", terminal.Count(vaults, "vault"), terminal.Count(tables, "table"), strings.Join(regions, ", "))
}

func (v accessView) table(people []*access.Principal) {
	if len(people) == 0 {
		v.put("")
		v.text("", "No user or role is known who could.")
		return
	}
	width := len("PRINCIPAL")
	for _, p := range people {
		width = max(width, min(len(p.Label), 60))
	}
	v.put("")
	v.put(v.screen.Paint(terminal.Strong, fmt.Sprintf("%-*s  %-7s  %-7s  %s", width, "PRINCIPAL", "DESTROY", "SHORTEN", "READ")))
	for _, p := range people {
		v.put(fmt.Sprintf("%-*s  %-7s  %-7s  %s", width, terminal.Clean(p.Label), p.Can(access.Destroy), p.Can(access.Shorten), p.Can(access.Read)))
	}
}

// way is what several actions have in common: kind, answer and statement.
type way struct {
	kind    access.Kind
	answer  iampolicy.Answer
	by      string
	on      string
	under   string
	actions []string
}

func waysOf(p *access.Principal) []way {
	var out []way
	for _, g := range p.Grants {
		w := way{kind: g.Kind, answer: g.Answer, by: g.By(), on: onText(g.On), under: strings.Join(g.Conditions, ", ")}
		i := slices.IndexFunc(out, func(o way) bool {
			return o.kind == w.kind && o.answer == w.answer && o.by == w.by && o.on == w.on && o.under == w.under
		})
		if i < 0 {
			i, out = len(out), append(out, w)
		}
		out[i].actions = append(out[i].actions, g.Action)
	}
	return out
}

func onText(on []string) string {
	if len(on) > fewNames {
		return strings.Join(on[:fewNames], ", ") + fmt.Sprintf(" and %d more", len(on)-fewNames)
	}
	return strings.Join(on, ", ")
}

func (v accessView) principal(p *access.Principal) {
	v.section(p.Label)
	for _, w := range waysOf(p) {
		v.text("  ", w.text(v.verbose))
	}
	if p.Boundary != "" {
		v.text("  ", "within the permissions boundary "+p.Boundary)
	}
	if p.Kind == "role" {
		v.text("  ", trusterText(p))
	}
}

func (w way) text(all bool) string {
	actions := w.actions
	if len(actions) > fewNames && !all {
		actions = append(slices.Clone(actions[:fewNames]), fmt.Sprintf("%d more", len(actions)-fewNames))
	}
	text := string(w.kind)
	if w.answer == iampolicy.Maybe {
		text = "maybe " + text
	}
	text += ": " + strings.Join(actions, ", ") + " by " + w.by
	if w.on != "" {
		text += ", on " + w.on
	}
	if w.answer == iampolicy.Maybe && w.under != "" {
		text += ", if " + w.under + " is right"
	}
	return text
}

func trusterText(p *access.Principal) string {
	if !p.Trusted {
		return "who may assume it is not known"
	}
	var by []string
	for _, t := range p.Trusters {
		name := t.Kind + " " + t.Name
		switch t.Kind {
		case access.ByAnyone:
			name = "anyone"
		case access.ByPrincipal:
			name = access.Label(t.Name)
			if t.Foreign {
				name = t.Name
			}
		}
		if t.Foreign && t.Kind != access.ByAnyone {
			name += " (from outside)"
		}
		if t.Maybe {
			name += " (under a condition)"
		}
		by = append(by, name)
	}
	if len(by) == 0 {
		return "nobody may assume it"
	}
	return "may be assumed by " + strings.Join(by, ", ")
}

// aside shows roles that people do not work with, one line each.
func (v accessView) aside(title string, roles []*access.Principal) {
	if len(roles) == 0 {
		return
	}
	v.section(title)
	for _, p := range roles {
		var can []string
		for _, kind := range access.Kinds() {
			switch p.Can(kind) {
			case iampolicy.Yes:
				can = append(can, string(kind))
			case iampolicy.Maybe:
				can = append(can, "maybe "+string(kind))
			default:
			}
		}
		v.text("  ", p.Label+": "+strings.Join(can, ", "))
		if v.verbose {
			for _, w := range waysOf(p) {
				v.text("    ", w.text(true))
			}
		}
	}
}

func (v accessView) outside(r *reach) {
	if len(r.Exposed) == 0 {
		return
	}
	v.section("Let in from outside the account by policies of vaults and tables")
	for _, e := range r.Exposed {
		v.text("  ", fmt.Sprintf("%s %s (%s): %s", e.Type, e.Name, e.Region, e.Words()))
	}
}

// rest says what the list does not show.
func (v accessView) rest(r *reach) {
	v.put("")
	if r.Harmless > 0 {
		v.text("", fmt.Sprintf("%d further users and roles can do none of it.", r.Harmless))
	}
	v.text("", "The account's root user may do all of it; only an organisation, or a vault's lock, holds him back.")
	v.text("", "Not considered: service control policies and resource control policies, so that it may be less in truth, and key policies; restoring takes the key as well.")
	for i, m := range r.Missing {
		if i == fewNames && !v.verbose {
			v.toned("", terminal.Bad, "and "+terminal.Count(len(r.Missing)-i, "fact")+" more, not known either (-v)")
			break
		}
		v.toned("", terminal.Bad, "not known: "+missingAccess(m))
	}
}

func missingAccess(m access.Unread) string {
	text := m.Fact
	if m.Resource != "" {
		text += " of " + access.Label(m.Resource)
	}
	if m.Operation != "" {
		text += " (" + strings.TrimSpace(m.Operation+" "+m.Code) + ")"
	}
	return text
}
