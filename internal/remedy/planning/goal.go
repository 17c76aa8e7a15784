package planning

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/objective"
)

// goal is which remedies a plan may use.
type goal struct {
	allowed map[string]bool
	only    bool // they were named
	skipped map[string]bool
}

// newGoal: what --only names; else the core, and with objectives everything that a table may need by them. Of the core only what serves
// a control that was chosen: mending backups is not asked for by somebody who chose the control of point-in-time recovery alone.
func newGoal(o Options, controls []*control.Control, policy *objective.Policy) goal {
	g := goal{allowed: map[string]bool{}, only: len(o.Only) > 0, skipped: map[string]bool{}}
	switch {
	case g.only:
		for _, id := range o.Only {
			g.add(parts(id))
		}
	default:
		for _, c := range controls {
			for _, id := range serving(c.Remedy) {
				if slices.Contains(core(), id) || policy != nil && !slices.Contains(unasked(), id) {
					g.allowed[id] = true
				}
			}
		}
		if policy != nil {
			g.add(byObjective())
		}
	}
	for _, id := range o.Skip {
		for _, part := range parts(id) {
			g.skipped[part] = true
			delete(g.allowed, part)
		}
	}
	return g
}

// unasked are the remedies that no objective asks for, whatever controls fail: --only does. A plan's first backup is soon enough; what guards
// a vault binds everybody who uses it.
func unasked() []string { return []string{CreateBackup, LockVault, NotifyVault, DenyVaultDeletion} }

func (g *goal) add(ids []string) {
	for _, id := range ids {
		g.allowed[id] = true
	}
}

// serving are the remedies that may be needed for a control with a remedy: whoever assigns a table to a plan may have to make the plan first.
func serving(id string) []string {
	if id == AssignToPlan {
		return parts(MendPlan)
	}
	return parts(id)
}

// asked reports whether the plan may use a remedy.
func (p *planner) asked(id string) bool { return p.goal.allowed[id] }

// asksFor reports whether a remedy is one of the core, or named by --only, or what the table's own tier asks for: that other tables'
// tiers do is no reason.
func (p *planner) asksFor(t *target, id string) bool {
	if p.named(id) || slices.Contains(core(), id) || id == MendPlan || id == MakeRecoverable {
		return true
	}
	switch o := t.needs.Objective; id {
	case DeletionProtection:
		return o.Protection
	case EncryptWithKMS:
		return o.Encryption != ""
	}
	return t.needs.Tier != ""
}

// named reports whether --only names a remedy, itself or by a composite.
func (p *planner) named(id string) bool { return p.goal.only && p.goal.allowed[id] }

// whyNot says why a remedy is not used although a control asks for it, and what would change that.
func (p *planner) whyNot(id string) (reason, next string) {
	switch {
	case p.goal.skipped[id]:
		return "--skip leaves " + id + " out", ""
	case p.goal.only:
		return "--only leaves " + id + " out", "--only " + id
	}
	return id + " was not asked for", "--only " + id + ", or an objective that asks for it"
}
