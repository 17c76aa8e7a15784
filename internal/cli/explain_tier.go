package cli

import (
	"github.com/restorable/restorable/internal/protection"
)

// tiers is the table's tier, or where it is not known all that it may have.
func (e explained) tiers() (tier string, possible []string) {
	if e.needs == nil {
		return "", nil
	}
	for _, c := range e.needs.Candidates {
		possible = append(possible, c.Name)
	}
	if possible != nil {
		return "", possible
	}
	return e.needs.Tier, nil
}

// needs says what is asked for, before the answers.
func (v explainView) needs(e explained) {
	if e.needs == nil {
		return
	}
	n := needs{unit: e.unit, table: e.table, Assignment: *e.needs}
	text := "Needs: " + objectivesView{file: v.file}.tier(n)
	if n.Known {
		text += ": " + words(n.Objective)
	}
	v.text("", text)
}

// demand holds a scenario against the tier: by what may be lost while all goes as declared, and by how far back one can go.
func (v explainView) demand(e explained, s *protection.Scenario) string {
	if e.needs == nil || !e.needs.Known || !e.needs.Objective.Asks(s.Name) || word(s.Recoverable) != "yes" {
		return ""
	}
	met := s.Meets(e.needs.Objective)
	switch word(met) {
	case "yes":
		return "; that is enough"
	case "no":
		return "; not enough: " + met.Why
	}
	return "; whether that is enough is not known"
}
