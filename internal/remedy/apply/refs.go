package apply

import (
	"fmt"

	"github.com/restorable/restorable/internal/remedy"
)

// refs are the places of a change that name what an action may yield.
func refs(c *remedy.Change) []*remedy.Ref {
	switch {
	case c.Plan != nil:
		return []*remedy.Ref{&c.Plan.ID}
	case c.PlanRules != nil:
		return []*remedy.Ref{&c.PlanRules.Plan}
	case c.Selection != nil:
		return []*remedy.Ref{&c.Selection.Plan, &c.Selection.ID}
	}
	return nil
}

// resolve returns a change in which every reference is the id that AWS gave. The change itself stays as it is.
func resolve(c remedy.Change, id func(action string) string) (remedy.Change, error) {
	switch {
	case c.Plan != nil:
		copied := *c.Plan
		c.Plan = &copied
	case c.PlanRules != nil:
		copied := *c.PlanRules
		c.PlanRules = &copied
	case c.Selection != nil:
		copied := *c.Selection
		c.Selection = &copied
	}
	for _, r := range refs(&c) {
		action, ok := r.Action()
		if !ok {
			continue
		}
		found := id(action)
		if found == "" {
			return c, fmt.Errorf("resolve reference: what %s made has no known id", action)
		}
		*r = remedy.Ref(found)
	}
	return c, nil
}
