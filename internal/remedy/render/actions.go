package render

import (
	"strings"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// action finds an action of the plan by its id; nil when there is none.
func action(p *remedy.Plan, id string) *remedy.Action {
	for i := range p.Actions {
		if p.Actions[i].ID == id {
			return &p.Actions[i]
		}
	}
	return nil
}

// gap makes one gap of all actions that a route cannot express for the same reason; false when there are none. what is a clause about
// one, and noun what is counted, such as "enable point-in-time recovery of" and "table".
func gap(p *remedy.Plan, cannot func(*remedy.Action) bool, what, noun string) (Gap, bool) {
	var g Gap
	for i := range p.Actions {
		if a := &p.Actions[i]; cannot(a) {
			g.Actions = append(g.Actions, a.ID)
		}
	}
	g.What = strings.TrimSpace(what + " " + terminal.Count(len(g.Actions), noun))
	return g, len(g.Actions) > 0
}
