package ways

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Measure takes the times of what AWS Backup restored lately, which it remembers for thirty days. Native restores leave no such trace.
func Measure(es *estate.Estate) []Measured {
	var out []Measured
	for _, u := range es.Units {
		chilled := coldPoints(u)
		for i := range u.RestoreJobs.Items {
			j := &u.RestoreJobs.Items[i]
			begun, ok := j.CreatedAt.Get()
			done, ok2 := j.CompletedAt.Get()
			isCold, known := chilled[j.RecoveryPoint.Or("")]
			if j.Status.Or("") != "COMPLETED" || !ok || !ok2 || !known {
				continue
			}
			out = append(out, Measured{TableARN: j.ResourceARN.Or(""), Took: done.Sub(begun), Cold: isCold})
		}
	}
	return out
}

// coldPoints says of each recovery point of a unit whether it is in cold storage, where that is known.
func coldPoints(u *estate.Unit) map[string]bool {
	out := map[string]bool{}
	for i := range u.Vaults.Items {
		for j := range u.Vaults.Items[i].RecoveryPoints.Items {
			p := &u.Vaults.Items[i].RecoveryPoints.Items[j]
			switch a := cold(p, u.Now); {
			case strings.Contains(p.ID, "/backup/"), a == No:
				out[p.ID] = false
			case a == Yes:
				out[p.ID] = true
			}
		}
	}
	return out
}
