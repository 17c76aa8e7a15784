package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
)

const defaultPeriod = 35

// pitr is point-in-time recovery while it is on. There is no history before from: enabling starts it, and a shorter period cuts it for good.
type pitr struct {
	from time.Time
	days int32
}

// window is the range of restorable moments, in whole seconds.
func (p *pitr) window(now time.Time) (earliest, latest time.Time) {
	earliest, latest = p.from, now.Add(-pitrLag)
	if e := now.Add(-time.Duration(p.days) * 24 * time.Hour); e.After(earliest) {
		earliest = e
	}
	if latest.Before(p.from) {
		latest = p.from
	}
	return earliest.Truncate(time.Second), latest.Truncate(time.Second)
}

// moveWindow tells the store which past is still needed.
func (t *table) moveWindow(now time.Time) {
	if t.pitr == nil {
		return
	}
	earliest, _ := t.pitr.window(now)
	t.items.Keep(earliest.Unix())
}

// sweepEvery is how often the past of a table with PITR is looked through for what has left the window, also when nothing is written any more.
const sweepEvery = 24 * time.Hour

// keepPast moves the window before a write and plans a sweep.
func (s *Service) keepPast(t *table, now time.Time) {
	if t.pitr == nil {
		return
	}
	t.moveWindow(now)
	s.planSweep(t)
}

func (s *Service) planSweep(t *table) {
	if t.sweeping {
		return
	}
	t.sweeping = true
	s.after(t, sweepEvery, func() {
		t.sweeping = false
		if t.pitr == nil {
			return
		}
		t.moveWindow(s.w.Now())
		t.items.Sweep()
		if t.items.Past() > 0 {
			s.planSweep(t)
		}
	})
}

// enablePITR switches PITR on, or changes the period.
func (t *table) enablePITR(now time.Time, days int32) {
	if t.pitr == nil {
		t.pitr = &pitr{from: now, days: days}
	} else {
		t.pitr.from, _ = t.pitr.window(now)
		t.pitr.days = days
	}
	t.moveWindow(now)
}

func (t *table) disablePITR() {
	t.pitr = nil
	t.items.Keep(store.NoHistory)
}

func (s *Service) describeContinuousBackups(c *api.Call, in *dynamodb.DescribeContinuousBackupsInput) (*dynamodb.DescribeContinuousBackupsOutput, error) {
	t, err := s.findBackups(c, in.TableName)
	if err != nil {
		return nil, err
	}
	return &dynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: s.describePITR(t)}, nil
}

func (s *Service) describePITR(t *table) *types.ContinuousBackupsDescription {
	out := &types.ContinuousBackupsDescription{
		ContinuousBackupsStatus:        types.ContinuousBackupsStatusEnabled,
		PointInTimeRecoveryDescription: &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled},
	}
	if !s.backupsPossible(t) {
		out.ContinuousBackupsStatus = types.ContinuousBackupsStatusDisabled
	}
	if t.pitr == nil {
		return out
	}
	earliest, latest := t.pitr.window(s.w.Now())
	out.PointInTimeRecoveryDescription = &types.PointInTimeRecoveryDescription{
		PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusEnabled, RecoveryPeriodInDays: aws.Int32(t.pitr.days),
		EarliestRestorableDateTime: aws.Time(earliest), LatestRestorableDateTime: aws.Time(latest),
	}
	return out
}

// backupsPossible is false for the first seconds of a table.
func (s *Service) backupsPossible(t *table) bool {
	return !t.backupsAt.IsZero() && !s.w.Now().Before(t.backupsAt)
}

func backupsUnavailable(t *table) error {
	return fail("ContinuousBackupsUnavailableException", "Backups are being enabled for the table: %s. Please retry later", t.name)
}

func (s *Service) updateContinuousBackups(c *api.Call, in *dynamodb.UpdateContinuousBackupsInput) (*dynamodb.UpdateContinuousBackupsOutput, error) {
	spec := in.PointInTimeRecoverySpecification
	if spec == nil || spec.PointInTimeRecoveryEnabled == nil {
		return nil, invalid("PointInTimeRecoverySpecification is required")
	}
	on, days := *spec.PointInTimeRecoveryEnabled, int32(defaultPeriod)
	if spec.RecoveryPeriodInDays != nil {
		days = *spec.RecoveryPeriodInDays
		if !on {
			return nil, invalid("Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.")
		}
	}
	if days < 1 || days > defaultPeriod {
		return nil, invalid("1 validation error detected: Value '%d' at 'pointInTimeRecoverySpecification.recoveryPeriodInDays' failed to satisfy constraint: Member must have value between 1 and 35", days)
	}
	t, err := s.findBackups(c, in.TableName)
	if err != nil {
		return nil, err
	}
	if !s.backupsPossible(t) {
		return nil, backupsUnavailable(t)
	}
	if on {
		t.enablePITR(s.w.Now(), days) // without a period it is 35 days again: the API reference's default
	} else {
		t.disablePITR()
	}
	return &dynamodb.UpdateContinuousBackupsOutput{ContinuousBackupsDescription: s.describePITR(t)}, nil
}
