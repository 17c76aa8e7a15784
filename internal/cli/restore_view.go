package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore"
	setting "github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/terminal"
)

// restoreView says how a restore is shown.
type restoreView struct {
	output  string
	plan    *intended       // nil when a run was gone on with
	account string          // with plan
	result  *restore.Result // nil when nothing was done
}

// restoreJSON is the JSON of a restore, version 1.
type restoreJSON struct {
	SchemaVersion string               `json:"schema_version"`
	Tool          toolNamed            `json:"tool"`
	Run           *string              `json:"run"` // null when nothing was done
	State         string               `json:"state"`
	Account       string               `json:"account"`
	Request       restore.Request      `json:"request"`
	Table         *string              `json:"table_arn"`
	TableID       *string              `json:"table_id"`
	Adopted       bool                 `json:"adopted"`
	Requested     *string              `json:"requested_at"`
	Active        *string              `json:"active_at"`
	Completed     *string              `json:"completed_at"`
	RestoreJob    *string              `json:"restore_job"`
	CopyJob       *string              `json:"copy_job"`
	Asked         []restore.Asked      `json:"requests"`
	Settings      []setting.Line       `json:"settings"`
	Expired       *int64               `json:"expired_items"` // null: not counted
	Failure       *restore.Failure     `json:"failure"`
	Estimate      *restoreEstimateJSON `json:"estimate"` // null when a run was gone on with
	CutOver       []restore.Pointer    `json:"cut_over"`
	Unseen        []string             `json:"not_seen"`
	Notes         []string             `json:"notes"`
}

type restoreEstimateJSON struct {
	LeastSeconds int64   `json:"least_seconds"`
	MostSeconds  int64   `json:"most_seconds"`
	Open         bool    `json:"may_take_longer"`
	USD          float64 `json:"usd"`
	Known        bool    `json:"usd_known"` // false: at least that
	Basis        string  `json:"basis"`
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func instantText(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return optional(t.UTC().Format(time.RFC3339))
}

func (v restoreView) document() restoreJSON {
	out := restoreJSON{SchemaVersion: "1", Tool: toolNamed{Name: toolName, Version: Version}, State: string(restore.Planned), Account: v.account, Asked: []restore.Asked{}, Settings: []setting.Line{}, Notes: []string{}}
	if p := v.plan; p != nil {
		e := p.choice.Estimate
		out.Request, out.Notes = p.request, append(out.Notes, p.notes...)
		out.Estimate = &restoreEstimateJSON{LeastSeconds: int64(e.Least / time.Second), MostSeconds: int64(e.Most / time.Second), Open: e.Open, USD: e.Price.Once, Known: e.Price.Known, Basis: e.Basis}
	}
	if r := v.result; r != nil {
		out.Run, out.State, out.Account, out.Request = &r.Run, string(r.State), r.Account, r.Request
		out.Table, out.TableID, out.Adopted = optional(r.TableARN), optional(r.TableID), r.Adopted
		out.Requested, out.Active, out.Completed = instantText(r.Requested), instantText(r.Active), instantText(r.Completed)
		out.RestoreJob, out.CopyJob, out.Expired = optional(r.RestoreJob), optional(r.CopyJob), r.Expired
		out.Failure = r.Failure
		out.Asked, out.Settings = append(out.Asked, r.Asked...), append(out.Settings, r.Lines...)
	}
	points, unseen := v.cutOver()
	out.CutOver, out.Unseen = append([]restore.Pointer{}, points...), unseen
	return out
}

// cutOver is what points at the old table; of a run that was gone on with, what its own record knows.
func (v restoreView) cutOver() ([]restore.Pointer, []string) {
	if v.plan == nil {
		return restore.CutOver(v.result.Source, nil, &v.result.Request)
	}
	var es *estate.Estate
	if v.plan.found != nil {
		es = v.plan.found.estate
	}
	return restore.CutOver(v.plan.source, es, &v.plan.request)
}

// showIntended shows what would be done.
func (a *app) showIntended(v restoreView) error {
	if v.output == "json" {
		return a.printRestore(v)
	}
	p := printer{w: a.std.Out, screen: a.screen(a.std.Out)}
	a.announceRestore(p, v.plan, v.account)
	p.text("", "Nothing was done: --dry-run.")
	return nil
}

func (a *app) printRestore(v restoreView) error {
	enc := json.NewEncoder(a.std.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v.document())
}

// showRestore shows what became of a restore.
func (a *app) showRestore(v restoreView) error {
	if v.output == "json" {
		return a.printRestore(v)
	}
	r := v.result
	p := printer{w: a.std.Out, screen: a.screen(a.std.Out)}
	p.title(fmt.Sprintf("Restore %s: %s is back as %s in %s", r.Run, tableName(r.Request.Table), r.Request.Target, r.Request.TargetRegion))
	if r.Active.After(r.Requested) {
		p.text("  ", fmt.Sprintf("ACTIVE after %s, complete after %s%s", minutes(r.Active.Sub(r.Requested)), minutes(r.Completed.Sub(r.Requested)), estimated(v)))
	}
	if r.Adopted {
		p.toned("  ", terminal.Doubtful, "AWS's answer was lost: the table was found again by its name and age.")
	}
	p.put("")
	a.showLines(p, r.Lines)
	a.showExpired(p, r)
	a.showCutOver(p, v)
	if r.State == restore.Incomplete {
		p.put("")
		p.toned("", terminal.Doubtful, "Not everything could be put back. When the reasons are mended:")
		p.put("  restorable restore --resume " + r.Run)
	}
	return nil
}

// showLines shows a line for each setting; those that are unknown for the same reason share one, at the end.
func (a *app) showLines(p printer, lines []setting.Line) {
	unknown := map[string][]string{}
	var reasons []string
	for _, l := range lines {
		if l.Outcome == setting.Unknown {
			if unknown[l.Reason] == nil {
				reasons = append(reasons, l.Reason)
			}
			unknown[l.Reason] = append(unknown[l.Reason], string(l.Setting))
			continue
		}
		p.put("  " + p.screen.Paint(lineTone(l.Outcome), fmt.Sprintf("%-13s", l.Outcome)) + " " + terminal.Clean(lineText(l)))
		if l.Reason != "" {
			p.text("                ", l.Reason)
		}
	}
	for _, why := range reasons {
		p.put("  " + p.screen.Paint(terminal.Doubtful, fmt.Sprintf("%-13s", setting.Unknown)) + " " + terminal.Clean(strings.Join(unknown[why], ", ")))
		p.text("                ", why)
	}
}

func estimated(v restoreView) string {
	if v.plan == nil {
		return ""
	}
	e := v.plan.choice.Estimate
	return " (estimated " + span(e) + ")"
}

func lineText(l setting.Line) string {
	text := string(l.Setting) + ": " + terminal.Short(l.Source, 100)
	if l.Outcome == setting.Differs || l.Outcome == setting.NotPossible || l.Outcome == setting.ExpectedLoss {
		text += ", now " + terminal.Short(l.Target, 100)
	}
	return text
}

func lineTone(o setting.Outcome) terminal.Tone {
	switch o {
	case setting.Carried, setting.Reapplied, setting.Same:
		return terminal.Good
	case setting.Unknown, setting.ExpectedLoss:
		return terminal.Doubtful
	}
	return terminal.Bad
}

// showExpired says what time to live would delete, or has begun to.
func (a *app) showExpired(p printer, r *restore.Result) {
	for _, l := range r.Lines {
		if l.Setting != setting.TTL || l.Source == "off" || l.Outcome == setting.Unknown {
			continue
		}
		if r.Expired == nil {
			p.text("  ", "Items that time to live deletes at once: not counted.")
			return
		}
		p.text("  ", fmt.Sprintf("Items that time to live deletes at once: %d.", *r.Expired))
	}
}

// showCutOver is the checklist of what points at the old table.
func (a *app) showCutOver(p printer, v restoreView) {
	points, unseen := v.cutOver()
	p.section("Before " + v.result.Request.Target + " takes over from " + tableName(v.result.Request.Table))
	for _, one := range points {
		p.text("  ", "[ ] "+one.Kind+" "+one.Name+": "+one.Do)
	}
	for _, text := range unseen {
		p.text("  ", "[ ] not seen from here: "+text)
	}
}

// minutes writes a duration for people.
func minutes(d time.Duration) string { return seconds(int64(d / time.Second)) }

// listRestores shows the restores that this machine knows of.
func (a *app) listRestores(ctx context.Context, o restoreOptions) error {
	w, err := a.openRestores(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	all, err := restore.All(ctx, w.store)
	if err != nil {
		return storeFailure(err)
	}
	if o.ways.output == "json" {
		out := []restoreJSON{}
		for _, r := range all {
			out = append(out, restoreView{result: r.Result()}.document())
		}
		return a.printJSON(out)
	}
	p := printer{w: a.std.Out, screen: a.screen(a.std.Out)}
	if len(all) == 0 {
		a.note("no restore was made from here in this account")
	}
	for _, r := range all {
		p.put(fmt.Sprintf("%s  %-10s  %s to %s in %s", r.ID, r.State, tableName(r.Request.Table), r.Request.Target, r.Request.TargetRegion))
	}
	return nil
}

// span is how long an estimate says it takes.
func span(e ways.Estimate) string {
	switch {
	case e.Open:
		return minutes(e.Least) + " or more"
	case e.Least == e.Most:
		return "about " + minutes(e.Least)
	}
	return minutes(e.Least) + " to " + minutes(e.Most)
}
