package ways

import (
	"fmt"
	"slices"
)

// API is the call that makes the new table.
type API string

// The calls.
const (
	ToPointInTime API = "RestoreTableToPointInTime"
	FromBackup    API = "RestoreTableFromBackup"
	Job           API = "StartRestoreJob"
)

// Route is how a way leads into a Region.
type Route struct {
	API      API
	Region   string // in which the call is made and the table appears
	Copy     bool   // the recovery point must first be copied there: AWS Backup restores in the point's own Region alone
	Override bool   // the encryption must be said: DynamoDB demands it of a restore across Regions
}

// Route is how the way leads into a Region; empty: where it lies. The error says why it does not.
func (w *Way) Route(target string) (Route, error) {
	if target == "" {
		target = w.Region
	}
	across := target != w.Region
	if w.Native() {
		r := Route{API: FromBackup, Region: target, Override: across}
		if w.Kind == PITR {
			r.API = ToPointInTime
		}
		if across {
			// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_restores.html
			for _, region := range []string{w.Region, target} {
				if slices.Contains([]string{"ap-east-1", "me-south-1"}, region) {
					return r, fmt.Errorf("DynamoDB restores neither from nor to %s across Regions", region)
				}
			}
		}
		return r, nil
	}
	r := Route{API: Job, Region: target, Copy: across}
	switch {
	case across && w.Plain():
		return r, fmt.Errorf("the recovery point was made without advanced features, and cannot leave %s", w.Region)
	case across && w.Cold == Yes:
		return r, fmt.Errorf("the recovery point is in cold storage, and cannot be copied to another Region")
	}
	return r, nil
}
