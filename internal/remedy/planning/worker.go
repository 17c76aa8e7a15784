package planning

import "github.com/restorable/restorable/internal/iampolicy"

// worker is a role as the one that backs tables up.
type worker struct {
	view   *roleView
	needed []string // actions
}

func (d *draft) worker(role string) worker {
	w := worker{view: newRoleView(d.unit, role), needed: []string{"dynamodb:DescribeTable", "dynamodb:CreateBackup"}}
	if on, _ := d.unit.Settings.Management.Get(); on[dynamoDB] {
		w.needed = advancedActions()
	}
	return w
}

// lacks says what the role may surely not do for a table; empty: nothing, or that is not known, or the role has yet to be made and gets
// what it needs.
func (w worker) lacks(table string) string {
	if w.view.state != iampolicy.Yes {
		return ""
	}
	for _, action := range w.needed {
		if w.view.may(action, table) == iampolicy.No {
			return "role " + arnName(w.view.arn) + " may not " + action + " on it"
		}
	}
	return ""
}
