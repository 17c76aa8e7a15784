package drill

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
)

// Predicate is the drill as its evidence states it.
func (d *Drill) Predicate(tool evidence.Tool) *evidence.Drill {
	if tool.Go == "" {
		tool.Go = runtime.Version()
	}
	out := &evidence.Drill{
		ID: d.ID, Tool: tool, Caller: evidence.Caller{ARN: d.Caller, Account: tableAt(d.Caller).Account, UserID: d.CallerID}, Endpoint: d.Endpoint,
		Source: d.Source.evidence(), Point: d.point(), Restored: d.restoredTable(), Times: d.moments(), Objective: d.objective(),
		Settings: d.Settings, Items: d.Items, Invariants: d.Invariants, Calls: d.Calls, Cleanup: d.cleanup(),
		Cost:    d.cost(),
		Verdict: map[Verdict]evidence.Verdict{Passed: evidence.Passed, Refuted: evidence.Failed}[d.Verdict],
	}
	if out.Verdict == "" {
		out.Verdict = evidence.Inconclusive
	}
	out.Reasons = d.weightiest()
	if d.Verdict == Passed && d.Items != nil {
		out.Reasons = append(out.Reasons, d.Items.Reason)
	}
	return out
}

// cost is the estimate, and what the size that was read comes to at the same price. What reading itself costs is in neither: it depends on how
// the tables are billed.
func (d *Drill) cost() *evidence.Cost {
	c := &evidence.Cost{EstimatedUSD: d.Estimate.USD, Basis: d.Estimate.Basis}
	if d.RestoredBytes == 0 || d.PerGB == 0 {
		return c
	}
	c.MeasuredUSD = math.Round(d.PerGB*float64(d.RestoredBytes)/(1<<30)*1e9) / 1e9
	c.Basis += fmt.Sprintf("; measured: %d bytes, by the read capacity that reading the copy consumed, at %g USD a GB, without the reading itself", d.RestoredBytes, d.PerGB)
	c.Basis = strings.TrimPrefix(c.Basis, "; ")
	return c
}

// String is the reason for people, with AWS's code.
func (r Reason) String() string {
	if r.Code == "" {
		return r.Text
	}
	return r.Text + " (" + r.Code + ")"
}

func (t Table) evidence() evidence.Table {
	return evidence.Table{Name: t.Name, ARN: t.ARN, TableID: t.TableID, Account: t.Account, Region: t.Region, Created: at(t.Created), Gone: t.Gone}
}

// at is a moment of AWS's, or none.
func at(t time.Time) estate.Instant {
	if t.IsZero() {
		return 0
	}
	return estate.At(t)
}

func (d *Drill) point() evidence.Point {
	p := evidence.Point{Kind: evidence.PointKind(d.From.Kind), ARN: d.From.ARN, Moment: at(d.From.At), ToleranceSeconds: int64(d.From.Tolerance().Seconds()),
		Vault: d.From.Vault, Account: d.From.Account, Region: d.From.Region}
	if d.From.Bytes != nil {
		p.Bytes = *d.From.Bytes
	}
	if d.From.Kind == "" {
		p.Kind, p.ToleranceSeconds, p.Account, p.Region = evidence.NoPoint, 0, d.Source.Account, d.Source.Region
	}
	if d.From.Copied {
		p.Kind = evidence.CopyPoint
	}
	return p
}

func (d *Drill) restoredTable() evidence.Restored {
	r := evidence.Restored{Table: d.Target.evidence(), RestoreJobID: d.Restore.Job, Role: d.From.Role, Encryption: d.Key.Level,
		Route: map[string]evidence.Route{FromPITR: evidence.RouteNativePITR, FromBackup: evidence.RouteNativeBackup, FromSystem: evidence.RouteNativeBackup, FromPoint: evidence.RouteAWSBackup}[d.From.Kind]}
	if d.Watched {
		r.Route = evidence.RouteWatched
	}
	if r.Route != evidence.RouteAWSBackup && r.Route != evidence.RouteWatched {
		r.Role = ""
	}
	return r
}

// moments are rising: a drill that began and ended within a second of AWS's clock has equal ones.
func (d *Drill) moments() evidence.Times {
	t := d.Times
	started := t.Planned
	if !t.Requested.IsZero() && t.Requested.Before(started) {
		started = t.Requested
	}
	return evidence.Times{Started: at(started), Requested: at(t.Requested), Active: at(t.Active), Completed: at(t.Completed), Verified: at(t.Verified), Finished: at(d.finished())}
}

// objective states what was asked, and whether the drill showed it.
func (d *Drill) objective() *evidence.Objective {
	if d.Objective.Tier == "" && d.Objective.RTO == 0 && d.Objective.Unknown == "" {
		return nil
	}
	o := &evidence.Objective{Tier: d.Objective.Tier, RTOSeconds: float64(d.Objective.RTO), RPOSeconds: float64(d.Objective.RPO), RTO: evidence.NotSet, RPO: evidence.NotSet}
	took, measured := d.Times.ToCompleted()
	o.RTO = answer(d.Objective.RTO > 0, measured && d.Objective.Unknown == "", took <= d.RTO())
	age := d.Times.Planned.Sub(d.From.At)
	o.RPO = answer(d.Objective.RPO > 0, !d.From.At.IsZero() && d.Objective.Unknown == "", age <= time.Duration(d.Objective.RPO)*time.Second)
	return o
}

func answer(set, known, met bool) evidence.Answer {
	switch {
	case !set:
		return evidence.NotSet
	case !known:
		return evidence.Unknown
	case met:
		return evidence.Met
	}
	return evidence.Missed
}

func (d *Drill) cleanup() evidence.Cleanup {
	c := evidence.Cleanup{Outcome: map[string]evidence.CleanupOutcome{Removed: evidence.Removed, Kept: evidence.Kept, NoTable: evidence.NotNeeded}[d.Cleanup.State],
		At: at(d.Times.Cleaned), Reason: d.Cleanup.Reason}
	if c.Outcome == "" {
		c.Outcome = evidence.LeftOver
	}
	if c.Outcome == evidence.LeftOver || c.Outcome == evidence.Kept {
		c.Left = []string{d.Target.ARN}
	}
	return c
}
