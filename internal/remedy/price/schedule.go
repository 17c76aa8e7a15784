package price

import (
	"time"
	_ "time/tzdata" // so that an estimate is the same on every machine

	"github.com/restorable/restorable/internal/protection/awscron"
)

// DefaultSchedule is what AWS Backup takes for a rule without one.
const DefaultSchedule = "cron(0 5 ? * * *)"

const (
	day          = 24 * time.Hour
	daysPerMonth = 365.25 / 12
	// cycle is after how many days the calendar repeats closely enough to count by: four years.
	cycle = 1461
	// dense is how many starts in a year make a shorter look enough.
	dense = 300
	// mostPerDay is how often AWS Backup makes snapshots at most.
	// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
	mostPerDay = 24
)

// PerDay is how often a schedule starts, on average over the days of four years; ok is false when it is not valid, unknown or ends some day.
// A timezone that is empty is UTC.
func PerDay(schedule, timezone string) (n float64, ok bool) {
	if schedule == "" {
		schedule = DefaultSchedule
	}
	cron, err := awscron.Parse(schedule)
	if err != nil {
		return 0, false
	}
	zone, err := time.LoadLocation(timezone)
	if err != nil || timezone == "Local" { // "Local" would be this machine's zone
		return 0, false
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // any: an estimate must not depend on the day on which it is made
	if _, forever := cron.Next(from.AddDate(150, 0, 0), zone); !forever {
		return 0, false
	}
	year := len(cron.Between(from, from.Add(365*day), zone, 365*mostPerDay))
	if year >= dense {
		return float64(year) / 365, true
	}
	return float64(len(cron.Between(from, from.Add(cycle*day), zone, 0))) / cycle, true
}
