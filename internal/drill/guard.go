package drill

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// Taker is a plan that would back a drill's table up while it stands.
type Taker struct {
	Plan  string `json:"plan"`
	Known bool   `json:"known"` // false: it may
}

// Takers lists the plans of a unit whose selections take in a table of this name with a drill's tags: those that take every table, or
// whose pattern the name happens to match. Backing such a table up costs money, and leaves a recovery point that outlives it.
func Takers(u *estate.Unit, name, arn string) []Taker {
	now := u.Now
	t := estate.Table{
		ID: arn, ARN: estate.KnownFact(arn, 0), Name: estate.KnownFact(name, 0), TableID: estate.KnownFact("drill", 0), Status: estate.KnownFact("ACTIVE", 0),
		CreatedAt: now, Tags: estate.KnownFact(map[string]string{ToolTag: "restorable", RunTag: "d", DrillTag: "d"}, 0),
		PITRStatus: estate.KnownFact("DISABLED", 0), Replicas: estate.KnownFact([]estate.Replica{}, 0),
	}
	with := *u
	with.Tables = estate.List[estate.Table]{Items: []estate.Table{t}, Whole: u.Tables.Whole}
	cover := protection.Cover(&with, &with.Tables.Items[0], protection.NewIndex(&with))
	var out []Taker
	for i := range cover.Plans.Items {
		p := &cover.Plans.Items[i]
		selects, known := p.Selects.Get()
		if known && !selects || p.Selects.IsAbsent() {
			continue
		}
		out = append(out, Taker{Plan: p.Plan, Known: known})
	}
	return out
}
