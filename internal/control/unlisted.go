package control

import (
	"cmp"

	"github.com/restorable/restorable/internal/estate"
)

// unlisted are the readings that keep one from knowing which resources of a type there are: what is not in a list that could not be read is
// not judged, and that must not look as if there were nothing. A list that is short because the user asked for some is no such reading; which
// tables there are is told of by the scope of a report.
func (r *Run) unlisted(t Type) []estate.Reading {
	u := r.unit
	switch t {
	case TypePlan:
		return unread(nil, "unit.plans", u.Region.Or(""), u.Plans.Whole)
	case TypeVault:
		return unread(nil, "unit.vaults", u.Region.Or(""), u.Vaults.Whole)
	case TypeRecoveryPoint:
		out := unread(nil, "unit.vaults", u.Region.Or(""), u.Vaults.Whole)
		for i := range u.Vaults.Items {
			v := &u.Vaults.Items[i]
			out = unread(out, "vault.recovery_points", v.ID, v.RecoveryPoints.Whole)
		}
		return out
	case TypeTable, TypeRegion, TypeAccount:
	}
	return nil
}

func unread(to []estate.Reading, fact, resource string, whole estate.Fact[bool]) []estate.Reading {
	if !whole.IsUnknown() {
		return to
	}
	return append(to, estate.Read(fact, resource, whole))
}

// unseen gives each control one finding of the Region, UNKNOWN, when which resources of its type there are is not known. It answers false to stop.
func (r *Run) unseen(t Type, asked []*Control, yield func(Finding) bool) bool {
	readings := r.unlisted(t)
	if len(readings) == 0 || r.options.Skip != nil && r.options.Skip(r.unit, Resource{Type: t}, nil) {
		return true
	}
	s := unitSubject(r.unit, TypeRegion, r.places)
	e := &evaluation{run: r, subject: s}
	var evidence []Evidence
	for _, reading := range readings[:min(len(readings), maxEvidence)] {
		evidence = append(evidence, e.evidenceOf(reading))
	}
	what := map[Type]string{TypePlan: "backup plans", TypeVault: "vaults", TypeRecoveryPoint: "recovery points"}[t]
	reason := "which " + what + " there are in " + cmp.Or(s.Name, "the Region") + " is not known, so that some may not be judged: " + missingText(evidence)
	for _, c := range asked {
		f := Finding{Control: c.ID, Title: c.Title, Severity: c.Severity, Verdict: Unknown, Resource: s.Resource, Frameworks: r.mappings[c.ID],
			Location: s.block, Block: s.block, Evidence: evidence, Reason: reason, Fingerprint: fingerprint(c.ID, s)}
		r.lastControl, r.lastSubject = c, s
		if !yield(f) {
			return false
		}
	}
	return true
}
