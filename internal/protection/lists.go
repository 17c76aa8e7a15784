package protection

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// lists are those that must be whole before it can be said that there is no backup, as evidence. They are the same for all tables of a unit,
// and a unit may have hundreds of vaults with a list each. Whoever appends to them makes a copy: none has room.
type lists struct {
	natives []estate.Reading // of DynamoDB's own backups
	backups []estate.Reading // of those and of recovery points
	abroad  []estate.Reading // of recovery points, here and as copies

	here, away, both []estate.Reading // of what may survive a scenario: where some are not whole, those alone
}

func (x *Index) indexLists() {
	natives := []estate.Reading{estate.Read("unit.backups", "", x.unit.Backups.Whole)}
	copies := []estate.Reading{estate.Read("unit.copy_jobs", "", x.unit.CopyJobs.Whole)}
	joined := func(parts ...[]estate.Reading) []estate.Reading { return slices.Clip(slices.Concat(parts...)) }
	x.lists = lists{natives: natives, backups: joined(natives, x.pointsBasis), abroad: joined(x.pointsBasis, copies)}
	x.lists.here, x.lists.away = missing(x.lists.backups), copies
	x.lists.both = missing(joined(x.lists.backups, copies))
}

// survivors are the lists that tell what survives a scenario.
func (l *lists) survivors(s *story) []estate.Reading {
	switch {
	case s.here && s.away:
		return l.both
	case s.here:
		return l.here
	case s.away:
		return l.away
	}
	return nil
}
