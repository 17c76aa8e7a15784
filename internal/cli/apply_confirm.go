package cli

import (
	"bufio"
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
func (a *app) confirmPlan(work apply.Options, o applyOptions) error {
	locks := complianceLocks(work.Plan)
	if o.approve {
		for _, l := range locks {
			if !slices.Contains(o.locks, l.Vault) {
				return &complaint{code: exitUsage, summary: "--auto-approve does not cover a lock that nobody can undo", detail: lockWarning(l, work.Plan), hint: "--confirm-compliance-lock " + l.Vault}
			}
		}
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking", "nobody can be asked: standard input is no terminal")
	}
	a.summarise(work)
	answers := bufio.NewReader(a.std.In)
	if !a.confirmed(answers, fmt.Sprintf("Type the account's id, %s, to go ahead: ", work.Plan.Account), work.Plan.Account) {
		return misuse("", "not confirmed, so nothing was called")
	}
	for _, l := range locks {
		p := a.errPrinter()
		p.toned("", terminal.Bad, lockWarning(l, work.Plan))
		if !a.confirmed(answers, fmt.Sprintf("Type the vault's name, %s, to lock it: ", l.Vault), l.Vault) {
			return misuse("restorable plan --skip lock-vault leaves the lock out", "the lock was not confirmed, so nothing was called")
		}
	}
	return nil
}

func (a *app) errPrinter() printer { return printer{w: a.std.Err, screen: a.screen(a.std.Err)} }

// confirmed asks one question and compares one line.
func (a *app) confirmed(in *bufio.Reader, question, want string) bool {
	fmt.Fprint(a.std.Err, terminal.Clean(question))
	line, err := in.ReadString('\n')
	return (err == nil || err == io.EOF) && strings.TrimSpace(line) == want
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

// lockWarning reckons from the plan's time: AWS counts from the call, which comes within the plan's day.
func lockWarning(l *remedy.VaultLock, p *remedy.Plan) string {
	final := p.CreatedAt.Time().Add(time.Duration(l.ChangeableForDays) * 24 * time.Hour)
	return fmt.Sprintf("Vault %s will be locked in compliance mode. From %s on nobody can remove or change the lock, or delete what it keeps: not you, not the account's root, not AWS.",
		l.Vault, final.Format("2006-01-02 15:04 UTC"))
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
	text := fmt.Sprintf("$%.2f a month", c.Monthly)
	if c.Once > 0 {
		text += fmt.Sprintf(", $%.2f once", c.Once)
	}
	if !c.Known {
		text = "at least " + text + ": not every size is known"
	}
	return text
}
