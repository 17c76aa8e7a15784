package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/pflag"
)

// proveOptions are the flags of apply that make it prove what it did.
type proveOptions struct {
	on     bool
	limit  int
	atOnce int
	retain int64
	within time.Duration
}

func (o *proveOptions) register(f *pflag.FlagSet) {
	f.BoolVar(&o.on, "prove", false, "afterwards back up the tables now covered once, and wait for their recovery points")
	f.IntVar(&o.limit, "prove-limit", apply.DefaultProofs, "how many `tables` to prove; one of each plan, role and vault comes first")
	f.IntVar(&o.atOnce, "prove-at-once", apply.DefaultProofs, "how many backup `jobs` at once")
	f.Int64Var(&o.retain, "prove-retain", apply.DefaultProofDays, "`days` that the recovery points of --prove are kept")
	f.DurationVar(&o.within, "prove-within", apply.DefaultProofPatient, "how long to wait for each table's job")
}

func (o proveOptions) validate() error {
	switch {
	case o.limit < 1 || o.atOnce < 1:
		return misuse("leave --prove out to prove nothing", "--prove-limit %d, --prove-at-once %d: want 1 or more", o.limit, o.atOnce)
	case o.retain < 1 || o.retain > 36_500:
		return misuse("--prove-retain 35", "--prove-retain %d: want 1 to 36500 days", o.retain)
	case o.within <= 0:
		return misuse("--prove-within 4h", "--prove-within %s: want a time that is not over", o.within)
	}
	return nil
}

// prove proves the run that has just ended, as far as anything of it was done; nil when that was not asked for.
func (a *app) prove(ctx context.Context, session *awsapi.Session, r *apply.Result, work apply.Options, v applyView) (*apply.ProveResult, error) {
	if !v.prove.on || r.Interrupted() {
		return nil, nil
	}
	status := a.status()
	status.Clear()
	if len(r.Plan.Proofs) > 0 {
		a.note("Run %s: %s. Now its tables are backed up once; Ctrl-C leaves the jobs to AWS, and restorable apply --resume %s --prove waits for them again.", r.Run, headline(r, applied), r.Run)
	}
	work.Progress = func(p apply.Progress) {
		status.Show(fmt.Sprintf("%d of %s proved or failed: %s", p.Done, terminal.Count(p.Total, "table"), p.Latest))
	}
	proved, err := apply.Prove(ctx, session, apply.ProveOptions{Options: work, Run: r.Run, Limit: v.prove.limit, AtOnce: v.prove.atOnce, RetainDays: v.prove.retain, Within: v.prove.within})
	status.Clear()
	if proved == nil {
		return nil, applyFailure(err, v.aws)
	}
	return proved, nil
}

// proven is how an apply with --prove ends. What went wrong with the actions themselves comes first.
func (a *app) proven(user context.Context, p *apply.ProveResult, o awsOptions) error {
	goOn := "restorable apply --resume " + p.Run + " --prove"
	var disk *journal.WriteError
	switch {
	case errors.As(p.Cause, &disk):
		return &complaint{code: exitIncomplete, summary: "the journal cannot be written, so no more jobs were started", detail: plainCause(disk), hint: "make room, then " + goOn, err: p.Cause}
	case p.Cause != nil && user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted; AWS goes on with the jobs", hint: goOn, err: p.Cause}
	case errors.Is(p.Cause, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout is over; AWS goes on with the jobs", hint: goOn, err: p.Cause}
	case p.Cause != nil:
		return startFailure(p.Cause, o)
	case p.Count(apply.Failed) > 0:
		return ended(exitRestoreFailed)
	case p.Count(apply.Unfinished)+p.Count(apply.Pending) > 0:
		return ended(exitIncomplete)
	}
	return nil
}

// proofsJSON is the part of a result's JSON that tells of proofs.
type proofsJSON struct {
	Tables     []proofJSON `json:"tables"`
	NotCovered []string    `json:"without"` // changed tables with no rule to prove them by
}

type proofJSON struct {
	Table   string        `json:"table"`
	ARN     string        `json:"arn"`
	Plan    string        `json:"backup_plan"`
	Vault   string        `json:"vault"`
	Role    string        `json:"role_arn"`
	Outcome apply.Outcome `json:"outcome"` // proven, failed, unfinished, pending, left
	Job     string        `json:"job,omitempty"`
	Point   string        `json:"recovery_point,omitempty"`
	Code    string        `json:"code,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	Mend    string        `json:"mend,omitempty"`
}

func provedJSON(p *apply.ProveResult) *proofsJSON {
	if p == nil {
		return nil
	}
	out := &proofsJSON{Tables: []proofJSON{}, NotCovered: append([]string{}, p.Without...)}
	for _, t := range p.Tables {
		out.Tables = append(out.Tables, proofJSON{Table: t.Proof.Table, ARN: t.Proof.ARN, Plan: t.Proof.Plan, Vault: t.Proof.Vault, Role: t.Proof.RoleARN,
			Outcome: t.Outcome, Job: t.Job, Point: t.Point, Code: t.Code, Reason: t.Reason, Mend: t.Mend})
	}
	return out
}

// proofTable shows what was proved, and what helps where it failed.
func (a *app) proofTable(p printer, r *apply.ProveResult) {
	if r == nil {
		return
	}
	p.put("")
	p.title("Proof: " + proofCounts(r))
	var lines []resultLine
	for _, t := range r.Tables {
		if t.Outcome == apply.Left {
			continue
		}
		line := resultLine{word: string(t.Outcome), tone: proofTone(t.Outcome), summary: t.Proof.Table + " into vault " + t.Proof.Vault, reason: t.Reason}
		if t.Code != "" && t.Reason != "" {
			line.reason = t.Code + ": " + t.Reason
		}
		if t.Mend != "" {
			line.reason += "; what probably helps: " + t.Mend
		}
		lines = append(lines, line)
	}
	a.resultLines(p, lines)
	if n := r.Count(apply.Left); n > 0 {
		p.text("  ", fmt.Sprintf("left: %s beyond --prove-limit", terminal.Count(n, "table")))
	}
	if len(r.Without) > 0 {
		p.text("  ", "not tried, because the plan puts them into no backup plan: "+strings.Join(r.Without, ", "))
	}
}

func proofCounts(r *apply.ProveResult) string {
	text := fmt.Sprintf("%s with a recovery point", terminal.Count(r.Count(apply.Proven), "table"))
	for _, o := range []apply.Outcome{apply.Failed, apply.Unfinished, apply.Pending} {
		if n := r.Count(o); n > 0 {
			text += fmt.Sprintf(", %d %s", n, outcomeWords(o))
		}
	}
	return text
}

func proofTone(o apply.Outcome) terminal.Tone {
	switch o {
	case apply.Proven:
		return terminal.Good
	case apply.Failed:
		return terminal.Bad
	}
	return terminal.Doubtful
}
