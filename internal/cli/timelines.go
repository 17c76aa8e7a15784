package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/report"
)

// timelines makes the timeline of each table of a unit, for the reports that show one.
type timelines struct {
	unit   *estate.Unit
	index  *protection.Index
	tables map[string]*estate.Table // by id; nil: nobody has asked yet
	jobs   map[string][]*estate.BackupJob
	drills map[string][]*estate.Drill
}

func timelinesOf(u *estate.Unit, x *protection.Index) *timelines {
	return &timelines{unit: u, index: x}
}

// of is asked while a report looks at a finding; nil for what is no table.
func (t *timelines) of(r control.Resource) func() *report.Timeline {
	if r.Type != control.TypeTable {
		return nil
	}
	return func() *report.Timeline {
		t.prepare()
		table := t.tables[r.ID]
		if table == nil {
			return nil
		}
		return t.timeline(table)
	}
}

func (t *timelines) prepare() {
	if t.tables != nil {
		return
	}
	t.tables, t.jobs, t.drills = map[string]*estate.Table{}, map[string][]*estate.BackupJob{}, map[string][]*estate.Drill{}
	for i := range t.unit.Tables.Items {
		t.tables[t.unit.Tables.Items[i].ID] = &t.unit.Tables.Items[i]
	}
	for i := range t.unit.BackupJobs.Items {
		j := &t.unit.BackupJobs.Items[i]
		arn := j.ResourceARN.Or("")
		t.jobs[arn] = append(t.jobs[arn], j)
	}
	for i := range t.unit.Drills.Items {
		d := &t.unit.Drills.Items[i]
		arn := d.TableARN.Or("")
		t.drills[arn] = append(t.drills[arn], d)
	}
}

func (t *timelines) timeline(table *estate.Table) *report.Timeline {
	c := protection.Cover(t.unit, table, t.index)
	now := t.unit.Now.Or(0)
	out := &report.Timeline{Now: now, PITR: pitrSpan(&c.PITR), Known: c.Observed.All.Any.IsKnown(), Last: lastJob(&c.Observed.LastJob)}
	for _, p := range c.Forecast(now, 0).Existing {
		out.Points = append(out.Points, report.PointMark{At: p.Created, Native: p.Vault == ""})
	}
	arn := table.ARN.Or(table.ID)
	for _, j := range t.jobs[arn] {
		at, dated := j.CreatedAt.Get()
		if state := j.State.Or(""); dated && slices.Contains([]string{"FAILED", "ABORTED", "EXPIRED", "PARTIAL"}, state) {
			out.Jobs = append(out.Jobs, report.JobMark{At: at, State: state})
		}
	}
	slices.SortStableFunc(out.Jobs, func(a, b report.JobMark) int { return cmp.Compare(a.At, b.At) })
	for _, d := range t.drills[arn] {
		if sameTable(d.TableID, table.TableID) {
			out.Drills = append(out.Drills, drillMark(d))
		}
	}
	slices.SortStableFunc(out.Drills, func(a, b report.DrillMark) int { return cmp.Compare(a.At, b.At) })
	return out
}

// sameTable leaves out the drills of an earlier table of the same name.
func sameTable(drilled, now estate.Fact[string]) bool {
	a, known := drilled.Get()
	b, also := now.Get()
	return !known || !also || a == b
}

func pitrSpan(p *protection.PITR) report.PITRSpan {
	on, ok := p.On.Get()
	switch {
	case !ok:
		return report.PITRSpan{State: report.PITRUnknown}
	case !on:
		return report.PITRSpan{State: report.PITROff}
	}
	return report.PITRSpan{State: report.PITROn, From: p.Start.Or(0), To: p.Latest.Or(0)}
}

// lastJob says how the newest backup job ended; empty when none did, or that is not known.
func lastJob(j *protection.JobSeen) string {
	state, ok := j.State.Get()
	if !ok {
		return ""
	}
	text := strings.ToLower(state)
	if at, ok := j.At.Get(); ok {
		text += " at " + minute(at)
	}
	if good, ok := j.Succeeded.Get(); ok && !good && j.Message.Or("") != "" {
		text += ": " + strings.TrimRight(j.Message.Or(""), ".")
	}
	return text
}

func drillMark(d *estate.Drill) report.DrillMark {
	var parts []string
	if s, ok := d.CompleteSeconds.Get(); ok {
		parts = append(parts, "usable after "+seconds(s))
	} else if s, ok := d.ActiveSeconds.Get(); ok {
		parts = append(parts, "active after "+seconds(s))
	}
	if way, ok := d.Way.Get(); ok {
		parts = append(parts, "from "+way)
	}
	if method, ok := d.Method.Get(); ok {
		parts = append(parts, "items compared: "+method)
	}
	if by, ok := d.SignedBy.Get(); ok {
		parts = append(parts, fmt.Sprintf("signed by %s", by))
	}
	return report.DrillMark{At: d.FinishedAt.Or(0), Outcome: d.Outcome.Or("unknown"), Text: strings.Join(parts, ", ")}
}
