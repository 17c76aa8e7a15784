package protection

import "slices"

// nearestTried bounds how many selections are looked at for the one that came nearest: beyond it the number of plans says more.
const nearestTried = 40

// nearest is the selection that a person most probably meant to select the table with; nil when none came near.
// Every decision given is a certain no.
func nearest(ds []Decision, x *subject) *Decision {
	var best *Decision
	closest := 0
	for i := range ds[:min(len(ds), nearestTried)] {
		if c := ds[i].closeness(x); c > closest {
			best, closest = &ds[i], c
		}
	}
	return best
}

// closeness ranks why a selection does not select the table. A wildcard that conditions narrow away from nearly everything says little.
func (d *Decision) closeness(x *subject) int {
	switch d.Reason {
	case RestoreTest:
		return 6
	case NotOptedIn:
		return 5
	case Excluded:
		return 4
	case NoMatch:
		if d.sel.nearMiss(x) != "" {
			return 3
		}
	case FilteredOut:
		if f := d.sel.failed(x); f != nil && (f.Tagged || f.Bare) {
			return 2
		}
	case ByARN, ByTag, NothingIncluded, Undecided:
	}
	return 0
}

// misplaced names a plan of another Region or account that names the table's ARN: it can never select the table.
func (x *Index) misplaced(subject *subject) string {
	if subject.arn == "" {
		return ""
	}
	var found []string
	for _, other := range x.sib {
		if other == x {
			continue
		}
		for _, s := range other.sels {
			if _, named := s.include.exact[subject.arn]; named {
				found = append(found, "plan "+quote(s.planName())+" of "+other.region+" names the table, but a plan selects only in its own account and Region")
			}
		}
	}
	if len(found) == 0 {
		return ""
	}
	return "; " + slices.Min(found)
}
