package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/backup"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/price"
	"github.com/restorable/restorable/internal/terminal"
)

// backupCost is what the backups cost together.
type backupCost struct {
	remedy.Cost
	prices remedy.PriceList
}

func costOf(list price.List, r backup.Request, targets []backup.Target) backupCost {
	var all []remedy.Cost
	for _, t := range targets {
		size := price.SizeOf(t.Unit, t.Table)
		if r.Way == backup.Native {
			all = append(all, list.NativeCost(size))
		} else {
			all = append(all, list.OnDemandLifeCost(size, price.Lifecycle{ColdAfterDays: r.ColdAfterDays, DeleteAfterDays: r.RetainDays}))
		}
	}
	return backupCost{Cost: price.Sum(all...), prices: list.Of()}
}

// summariseBackup says what is about to be done, how long it stays and what it costs.
func (a *app) summariseBackup(j backupJob) {
	if a.global.quiet && j.approve {
		return
	}
	p := a.errPrinter()
	n := len(j.chosen.Targets)
	p.title(fmt.Sprintf("Backing up %s in account %s, %s: %s", terminal.Count(n, "table"), j.chosen.Targets[0].Account(), strings.Join(placesOf(j.chosen.Targets), ", "), wayText(j.request)))
	const shown = 12
	for i, t := range j.chosen.Targets {
		if i == shown {
			p.text("  ", fmt.Sprintf("and %d more", n-shown))
			break
		}
		p.text("  ", t.Name()+" in "+t.Region())
	}
	p.text("", "Estimated cost: "+costText(j.cost.Cost)+" (prices "+j.cost.prices.Source+" of "+j.cost.prices.Date+")")
	p.put("")
}

// wayText says how backups are made and how long they stay.
func wayText(r backup.Request) string {
	if r.Way == backup.Native {
		return "native, named " + r.Name + "; they never expire"
	}
	text := "AWS Backup, vault " + r.Vault
	if r.ColdAfterDays > 0 {
		text += fmt.Sprintf(", cold after %d days", r.ColdAfterDays)
	}
	if r.RetainDays == 0 {
		return text + ", kept for ever"
	}
	return text + ", kept " + terminal.Count(int(r.RetainDays), "day")
}

// typedAccount asks for the account's id.
func (a *app) typedAccount(ctx context.Context, account string) error {
	if a.confirmed(ctx, bufio.NewReader(a.std.In), "Type the account's id, "+account+", to go ahead: ", account) {
		return nil
	}
	return unconfirmed(ctx, "", "not confirmed")
}

// backupTable shows what became of each table.
func (a *app) backupTable(j backupJob, r *backup.Report) func(io.Writer) {
	return func(w io.Writer) {
		p := printer{w: w, screen: a.screen(w)}
		p.title(backupHeadline(r))
		for i, one := range r.Results {
			if i == fewLines && !a.global.verbose && len(r.Results) > fewLines+1 {
				a.restOf(p, r.Results[i:])
				break
			}
			showBackup(p, one)
		}
		p.put("")
		for _, line := range afterBackup(j, r) {
			p.lines("", line)
		}
	}
}

// restOf shows of many tables only those that somebody has to look at.
func (a *app) restOf(p printer, rest []backup.Result) {
	alike := 0
	for _, one := range rest {
		if one.Outcome == backup.Made || one.Outcome == backup.Started {
			alike++
			continue
		}
		showBackup(p, one)
	}
	if alike > 0 {
		p.text("            ", fmt.Sprintf("and %d more made or started (--verbose lists them)", alike))
	}
}

func backupHeadline(r *backup.Report) string {
	text := terminal.Count(len(r.Results), "table")
	for _, o := range []backup.Outcome{backup.Made, backup.Started, backup.Unfinished, backup.Failed, backup.Refused, backup.Pending} {
		if n := r.Count(o); n > 0 {
			text += fmt.Sprintf(", %d %s", n, backupWords(o))
		}
	}
	return text
}

func backupWords(o backup.Outcome) string {
	switch o {
	case backup.Made:
		return "backed up"
	case backup.Pending:
		return "not begun"
	}
	return string(o)
}

func showBackup(p printer, r backup.Result) {
	tone := terminal.Doubtful
	switch r.Outcome {
	case backup.Made, backup.Started:
		tone = terminal.Good
	case backup.Failed, backup.Refused:
		tone = terminal.Bad
	}
	p.put("  " + p.screen.Paint(tone, fmt.Sprintf("%-10s", r.Outcome)) + " " + terminal.Clean(terminal.Short(r.Target.Name()+" in "+r.Target.Region(), 200)))
	const indent = "             "
	if r.ARN != "" {
		p.lines(indent, r.ARN)
	}
	if r.Outcome != backup.Made && r.Job != "" {
		p.lines(indent, "job "+r.Job)
	}
	for _, line := range backupLines(r) {
		p.text(indent, line)
	}
}

// backupLines are what else there is to say of one.
func backupLines(r backup.Result) []string {
	var lines []string
	if r.Resumed {
		lines = append(lines, "begun by an earlier command")
	}
	if r.Outcome == backup.Made {
		lines = append(lines, lifeText(r))
	}
	if r.Recorded != nil {
		lines = append(lines, recordedText(r.Recorded))
	}
	lines = append(lines, r.Notes...)
	if r.Reason != "" {
		text := r.Reason
		if r.Code != "" {
			text = r.Code + ": " + text
		}
		lines = append(lines, text)
	}
	if r.Mend != "" {
		lines = append(lines, "what probably helps: "+r.Mend)
	}
	return lines
}

// lifeText says when a backup was made and how long it stays.
func lifeText(r backup.Result) string {
	text := "made " + moment(r.Created)
	if r.Bytes >= 0 {
		text += fmt.Sprintf(", %s", terminal.Count(int(r.Bytes), "byte"))
	}
	if !r.ColdAt.IsZero() {
		text += ", cold from " + moment(r.ColdAt)
	}
	if r.Expires.IsZero() {
		return text + ", never expires"
	}
	return text + ", expires " + moment(r.Expires)
}

// recordedText says what a native backup records besides the items.
func recordedText(r *backup.Recorded) string {
	var parts []string
	add := func(what string, names []string) {
		if len(names) > 0 {
			parts = append(parts, what+" "+strings.Join(names, ", "))
		}
	}
	add("global indexes", r.GSIs)
	add("local indexes", r.LSIs)
	if r.ReadCapacity+r.WriteCapacity > 0 {
		parts = append(parts, fmt.Sprintf("capacity %d/%d", r.ReadCapacity, r.WriteCapacity))
	} else if r.BillingMode != "" {
		parts = append(parts, r.BillingMode)
	}
	if r.Stream != "" {
		parts = append(parts, "stream "+r.Stream+" (a restore does not turn it on)")
	}
	if r.TTL != "" {
		parts = append(parts, "expiry by "+r.TTL+" (a restore does not turn it on)")
	}
	if r.Key != "" {
		parts = append(parts, "key "+r.Key)
	}
	return "records " + strings.Join(append(parts, "id "+r.TableID), "; ")
}

// afterBackup are the commands that go on from here.
func afterBackup(j backupJob, r *backup.Report) []string {
	var lines []string
	for _, one := range r.Results {
		if (one.Outcome == backup.Started || one.Outcome == backup.Unfinished) && one.Job != "" {
			lines = append(lines, "aws backup describe-backup-job --region "+one.Target.Region()+" --backup-job-id "+one.Job+"     shows how it stands")
			break
		}
	}
	for _, one := range r.Results {
		if one.Outcome == backup.Made {
			lines = append(lines, "restorable restore "+one.Target.Name()+" --list --region "+one.Target.Region()+"     every way back")
			break
		}
	}
	if r.Count(backup.Made) > 0 && j.request.Way == backup.Native {
		lines = append(lines, "A native backup costs until it is deleted: aws dynamodb delete-backup --backup-arn ARN")
	}
	return lines
}

// stamp writes a time for programs; nil: not known, or never.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339)
	return &text
}
