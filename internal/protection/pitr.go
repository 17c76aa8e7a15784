package protection

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// pitrLag is how far the latest restorable moment is behind the present, about
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html).
const pitrLag = 300

// defaultPeriodDays is the recovery period of a table for which none was set (same page).
const defaultPeriodDays = 35

// systemBackupDays is how long DynamoDB keeps the backup it makes when a table with PITR is deleted (same page).
const systemBackupDays = 35

// pitr reads the table's point-in-time recovery. ContinuousBackupsStatus is not it: that is ENABLED on every table (semantics 4.1).
func (x *Index) pitr(t *estate.Table) PITR {
	basis := []estate.Reading{
		estate.Read("table.pitr_status", t.ID, t.PITRStatus), estate.Read("table.pitr_period_days", t.ID, t.PITRPeriodDays),
		estate.Read("table.pitr_earliest", t.ID, t.PITREarliest), estate.Read("table.pitr_latest", t.ID, t.PITRLatest),
		estate.Read("unit.now", "", x.unit.Now),
	}
	status, ok := t.PITRStatus.Get()
	on := status == "ENABLED"
	switch {
	case t.PITRStatus.IsUnknown():
		return pitrUnknown(basis[:1:1])
	case !ok || !on:
		return pitrOff(basis[:1:1])
	}
	p := PITR{
		On:         answered(yes, "point-in-time recovery is enabled", basis[:1:1]...),
		PeriodDays: period(t.PITRPeriodDays, basis[1:2:2]),
		Start:      factAnswer(t.PITREarliest, basis[2:3:3]),
		Latest:     factAnswer(t.PITRLatest, basis[3:4:4]),
	}
	x.pitrWindow(&p, t, basis)
	return p
}

// pitrWindow derives what the window holds. Earliest is the later of enablement and now less the period, so while it stands still the
// window is full one period after it.
func (x *Index) pitrWindow(p *PITR, t *estate.Table, basis []estate.Reading) {
	earliest, ok := t.PITREarliest.Get()
	latest, ok2 := t.PITRLatest.Get()
	days, ok3 := p.PeriodDays.Get()
	now, ok4 := x.unit.Now.Get()
	p.AvailableSeconds = unknown[int64]("the window is not known", missing(basis)...)
	if ok && ok2 {
		p.AvailableSeconds = known(max(0, seconds(latest.Sub(earliest))), "", basis[2:4:4]...)
	}
	p.LossSeconds = unknown[int64]("the present or the latest restorable moment is not known", missing(basis)...)
	if ok2 && ok4 {
		p.LossSeconds = known(max(0, seconds(now.Sub(latest))), "", basis[3:5:5]...)
	}
	if !ok || !ok3 || !ok4 {
		p.Full = answered(maybe, "how much of the window there is already is not known", missing(basis)...)
		p.FullOn = unknown[estate.Instant]("the window is not known", missing(basis)...)
		return
	}
	fullOn := earliest.Add(time.Duration(days) * 24 * time.Hour)
	// Earliest trails by up to the lag and is rounded to a second.
	full := now.Sub(fullOn) >= -pitrLag*time.Second
	why := "the window of " + dayCount(days) + " is full"
	if !full {
		why = "the window of " + dayCount(days) + " is still filling, full on " + date(fullOn.Time())
	}
	p.Full = answered(truth(full), why, basis...)
	p.FullOn = known(fullOn, why, basis...)
}

// period is the recovery period; AWS's default where none is given, which is also all there was before it could be chosen.
func period(f estate.Fact[int64], basis []estate.Reading) Answer[int64] {
	if f.IsAbsent() {
		return known(int64(defaultPeriodDays), "AWS's default", basis...)
	}
	return factAnswer(f, basis)
}

func factAnswer[T any](f estate.Fact[T], basis []estate.Reading) Answer[T] {
	return Answer[T]{Fact: f, Basis: basis}
}

func pitrUnknown(basis []estate.Reading) PITR {
	const why = "whether point-in-time recovery is on is not known"
	n, at := unknown[int64](why, basis...), unknown[estate.Instant](why, basis...)
	on := answered(maybe, why, basis...)
	return PITR{On: on, PeriodDays: n, Start: at, Latest: at, Full: on, FullOn: at, AvailableSeconds: n, LossSeconds: n}
}

func pitrOff(basis []estate.Reading) PITR {
	const why = "point-in-time recovery is off"
	n, at := absent[int64](why, basis...), absent[estate.Instant](why, basis...)
	off := answered(no, why, basis...)
	return PITR{On: off, PeriodDays: n, Start: at, Latest: at, Full: off, FullOn: at, AvailableSeconds: known(int64(0), why, basis...), LossSeconds: n}
}
