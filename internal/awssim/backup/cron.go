package backup

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/protection/awscron"
)

// cronSchedule is an AWS cron expression in its time zone.
type cronSchedule struct {
	runs awscron.Schedule
	zone *time.Location
}

// parseCron reads a schedule expression as AWS Backup does: cron only, in an IANA time zone.
func parseCron(expression, timezone string) (Schedule, error) {
	runs, err := awscron.Parse(expression)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return nil, fmt.Errorf("find time zone %q: %w", timezone, err)
	}
	return cronSchedule{runs, zone}, nil
}

func (c cronSchedule) Next(after time.Time) time.Time {
	at, ok := c.runs.Next(after, c.zone)
	if !ok {
		return time.Time{}
	}
	return at
}
