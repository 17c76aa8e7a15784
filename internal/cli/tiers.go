package cli

import (
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// objectives says what each table needs: the tiers of the configuration file, or none of them.
func (a *app) objectives() *objective.Policy {
	if a.policy == nil {
		return &objective.Policy{}
	}
	for _, w := range a.file.Warnings {
		a.note("%s:%d:%d: %s; %s", w.File, w.Line, w.Column, w.Message, w.Hint)
	}
	a.file.Warnings = nil // each is told once
	return a.policy
}

// demands turns a policy into what controls ask of a table. Each tier's parameters are worked out once.
// Nil when there are no tiers: controls then keep their own defaults.
func demands(p *objective.Policy) func(*estate.Unit, *estate.Table) control.Objective {
	if len(p.Tiers) == 0 {
		return nil
	}
	byTier := map[string]control.Objective{"": {}} // a table without a tier is judged by the controls' own defaults
	for _, t := range p.Tiers {
		byTier[t.Name] = control.Objective{Name: t.Name, Parameters: t.Objective.Parameters()}
	}
	return func(u *estate.Unit, t *estate.Table) control.Objective {
		needs := p.For(u, t)
		out := byTier[needs.Tier]
		for _, c := range needs.Candidates {
			if c.Name != needs.Tier {
				out.Others = append(out.Others, byTier[c.Name])
			}
		}
		out.Doubt = needs.Doubt
		return out
	}
}
