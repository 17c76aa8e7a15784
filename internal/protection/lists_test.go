package protection

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// TestWhoeverAppendsToSharedListsMakesACopy: the answers about every table of a unit hold them.
func TestWhoeverAppendsToSharedListsMakesACopy(t *testing.T) {
	u := &estate.Unit{}
	for _, whole := range []bool{false, true, false} {
		v := estate.Vault{ID: "v"}
		if whole {
			v.RecoveryPoints.Whole = estate.KnownFact(true, 0)
		}
		u.Vaults.Items = append(u.Vaults.Items, v)
	}
	x := NewIndex(u)
	for name, list := range map[string][]estate.Reading{
		"natives": x.lists.natives, "backups": x.lists.backups, "abroad": x.lists.abroad, "here": x.lists.here, "away": x.lists.away, "both": x.lists.both,
	} {
		if len(list) == 0 || cap(list) != len(list) {
			t.Errorf("%s: %d readings with room for %d", name, len(list), cap(list))
		}
	}
}
