package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// ReplicaState is how many of a global table's replicas in other Regions can be got back themselves, and which.
type ReplicaState struct {
	Others Answer[int64] `json:"others"` // replicas in other Regions
	Sure   Answer[int64] `json:"sure"`   // those that are known to be protected
	Most   Answer[int64] `json:"most"`   // those that may be
}

// Replicas asks of each replica in another Region whether anything protects it there. Each is told apart in Others' reason.
func (c *Coverage) Replicas() *ReplicaState {
	basis := []estate.Reading{estate.Read("table.replicas", c.Table.ID, c.Table.Replicas)}
	if c.Table.Replicas.IsUnknown() || c.index.region == "" && len(c.Table.Replicas.Or(nil)) > 0 {
		n := unknown[int64]("which replicas the table has is not known", missing(append(basis, estate.Read("unit.region", "", c.unit.Region)))...)
		return &ReplicaState{n, n, n}
	}
	var others, sure, most int64
	var each []string
	var doubt []estate.Reading
	for _, r := range c.Table.Replicas.Or(nil) {
		if r.Region == c.index.region {
			continue
		}
		others++
		way := c.replicaWay(r, basis)
		switch triOf(way.Works) {
		case yes:
			sure, most = sure+1, most+1
		case maybe:
			most++
			doubt = append(doubt, missing(way.Works.Basis)...)
		}
		each = append(each, way.Works.Why)
	}
	why := strings.Join(each, "; ")
	return &ReplicaState{
		Others: known(others, why, basis...), Sure: known(sure, why, basis...), Most: known(most, why, append(basis, doubt...)...),
	}
}
