package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/terminal"
	"golang.org/x/term"
)

// confirmPlan shows what is about to be done and has the account's id typed. A lock in compliance mode is confirmed by itself: once its
// days are over nobody can undo it, AWS included.
func (a *app) confirmPlan(ctx context.Context, work apply.Options, o applyOptions) error {
	locks, from := complianceLocks(work.Plan), o.now
	if from.IsZero() {
		from = work.Plan.CreatedAt.Time()
	}
	if o.approve {
		for _, l := range locks {
			if !slices.Contains(o.locks, l.Vault) {
				return &complaint{code: exitUsage, summary: "--auto-approve does not cover a lock that nobody can undo", detail: lockWarning(l, from), hint: "--confirm-compliance-lock " + l.Vault}
			}
		}
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking", "nobody can be asked: standard input is no terminal")
	}
	a.summarise(work)
	answers := bufio.NewReader(a.std.In)
	if !a.confirmed(ctx, answers, fmt.Sprintf("Type the account's id, %s, to go ahead: ", work.Plan.Account), work.Plan.Account) {
		return unconfirmed(ctx, "", "not confirmed")
	}
	for _, l := range locks {
		p := a.errPrinter()
		p.toned("", terminal.Bad, lockWarning(l, from))
		if !a.confirmed(ctx, answers, fmt.Sprintf("Type the vault's name, %s, to lock it: ", l.Vault), l.Vault) {
			return unconfirmed(ctx, "restorable plan --skip lock-vault leaves the lock out", "the lock was not confirmed")
		}
	}
	return nil
}

func (a *app) errPrinter() printer { return printer{w: a.std.Err, screen: a.screen(a.std.Err)} }

// confirmed asks one question and compares one line. An interruption is no answer.
func (a *app) confirmed(ctx context.Context, in *bufio.Reader, question, want string) bool {
	fmt.Fprint(a.std.Err, terminal.Clean(question))
	answer := make(chan string, 1)
	go func() {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			line = ""
		}
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		return line == want
	case <-ctx.Done():
		fmt.Fprintln(a.std.Err)
		return false
	}
}

// unconfirmed is how a command ends that nobody confirmed.
func unconfirmed(ctx context.Context, hint, what string) error {
	if ctx.Err() != nil {
		return &complaint{code: exitInterrupted, summary: "interrupted, so nothing was called", err: ctx.Err()}
	}
	return misuse(hint, "%s, so nothing was called", what)
}

func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) //nolint:gosec // file descriptors are small
}

// complianceLocks are the locks of a plan that become final.
func complianceLocks(p *remedy.Plan) []*remedy.VaultLock {
	var out []*remedy.VaultLock
	for i := range p.Actions {
		if l := p.Actions[i].Change.VaultLock; l != nil && l.Locked && l.ChangeableForDays > 0 {
			out = append(out, l)
		}
	}
	return out
}

// lockWarning says from when on a lock is final. AWS counts its days from the call.
func lockWarning(l *remedy.VaultLock, from time.Time) string {
	final := from.Add(time.Duration(l.ChangeableForDays) * 24 * time.Hour)
	return fmt.Sprintf("Vault %s will be locked in compliance mode. From %s on nobody can remove or change the lock, or delete what it keeps before its time: not you, not the account's root user, not AWS.",
		l.Vault, moment(final))
}

// summarise says what is about to be done: counts by remedy, what stands out, and the cost.
func (a *app) summarise(work apply.Options) {
	plan, p := work.Plan, a.errPrinter()
	p.title(fmt.Sprintf("Plan %s: %s in account %s, %s", plan.ID, terminal.Count(len(plan.Actions), "action"), plan.Account, strings.Join(plan.Regions, ", ")))
	if work.Resume != "" {
		p.text("", "going on with run "+work.Resume)
	}
	const shown = 12
	for i, act := range plan.Actions {
		if i == shown {
			p.text("  ", fmt.Sprintf("and %d more", len(plan.Actions)-shown))
			break
		}
		p.text("  ", act.Summary)
	}
	for _, act := range plan.Actions {
		if act.Risk != "" {
			p.toned("  ", terminal.Doubtful, "risk: "+act.Summary+": "+act.Risk)
		}
	}
	p.text("", "Estimated cost: "+costText(plan.Cost))
	p.put("")
}

// costText writes an estimate for people.
func costText(c remedy.Cost) string {
	text := remedy.USD(c.Monthly) + " a month"
	if c.Once > 0 {
		text += ", " + remedy.USD(c.Once) + " once"
	}
	if !c.Known {
		text = "at least " + text + ": not every size is known"
	}
	return text
}
