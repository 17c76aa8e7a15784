package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/pflag"
)

// restoringOptions say how a point is restored so that it can be compared.
type restoringOptions struct {
	role       string
	encryption string
	approve    bool
	maxCost    float64
	prices     string
}

func (o *restoringOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.role, "role", "", "of a recovery point: `ARN` of the role that AWS Backup restores with (default AWSBackupDefaultServiceRole)")
	f.StringVar(&o.encryption, "encryption", "", "of a point: encrypt its copy with aws-managed, or with this `key` by ARN (default the table's)")
	f.BoolVar(&o.approve, "auto-approve", false, "of a point: restore it without asking")
	f.Float64Var(&o.maxCost, "max-cost", 0, "of a point: refuse a restore that is estimated to cost more than so many US `dollars` (default no limit)")
	f.StringVar(&o.prices, "prices", "", "of a point: `file` with prices of your own (YAML)")
}

func (o *restoringOptions) validate() error {
	switch {
	case o.maxCost < 0 || math.IsNaN(o.maxCost):
		return misuse("--max-cost 20", "--max-cost %v: want 0 or more", o.maxCost)
	case o.encryption != "" && o.encryption != restore.AWSOwned && o.encryption != restore.AWSManaged && !strings.HasPrefix(o.encryption, "arn:"):
		return misuse("--encryption arn:aws:kms:eu-west-1:111122223333:key/…", "--encryption %s: neither aws-owned, aws-managed nor the ARN of a key", o.encryption)
	case o.role != "" && !isRoleARN(o.role):
		return misuse("--role arn:aws:iam::123456789012:role/NAME", "--role %s: not the ARN of a role", o.role)
	}
	return nil
}

// pointWish is a point as it was written.
type pointWish struct {
	table string // name or ARN
	way   wayOptions
}

// comparedPoint is what is told of the point that B is.
type comparedPoint struct {
	Kind       string `json:"kind"`
	ARN        string `json:"arn,omitempty"`
	RestoredAs string `json:"restored_as"`
	Drill      string `json:"drill"`
	Cleanup    string `json:"cleanup"`
}

func (p *comparedPoint) text() string {
	text := "B was restored as " + p.RestoredAs
	if p.Cleanup == drill.Removed {
		return text + " and is gone again"
	}
	return text + ", which is still there: restorable drill cleanup " + p.Drill
}

// isPoint: the names of tables hold no @, and their ARNs no backup.
func isPoint(text string) bool {
	return strings.Contains(text, "@") || isBackupARN(text)
}

func isBackupARN(text string) bool {
	return strings.HasPrefix(text, "arn:") && (strings.Contains(text, "/backup/") || strings.Contains(text, ":recovery-point:"))
}

// pointOf reads B, where it is a point; nil: it is a table. Without a table of its own it is one of A's.
func pointOf(text, first string) (*pointWish, error) {
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return nil, misuse("restorable compare "+first+" "+first+"@"+text, "%s is a time: of which table", text)
	}
	if !isPoint(text) {
		return nil, nil
	}
	p := &pointWish{table: first}
	which := text
	if before, after, found := strings.Cut(text, "@"); found {
		which = after
		if before != "" {
			p.table = before
		}
	} else if at := strings.Index(text, "/backup/"); at > 0 && strings.Contains(text[:at], ":dynamodb:") {
		p.table = text[:at]
	}
	switch {
	case which == "":
		return nil, misuse(p.table+"@latest, "+p.table+"@-2h or "+p.table+"@2026-11-20T14:30:00Z", "%s: which moment", text)
	case which == "latest" || which == "pitr":
		p.way.latest = true
	case which == "newest-backup":
		p.way.newestBackup = true
	case isBackupARN(which):
		p.way.backup = which
	default:
		p.way.at = which
	}
	return p, nil
}

// comparePoint restores a point, compares a table with it, and takes it away again.
func (a *app) comparePoint(ctx, user context.Context, c *comparing, specs []outputSpec, p *pointWish) error {
	c.aws.writes = true
	w, err := a.openDrills(ctx, drillOptions{aws: c.aws})
	if err != nil {
		return err
	}
	defer w.close()
	c.session, c.point = w.session, &comparedPoint{}
	if err := c.find(); err != nil {
		return err
	}
	options, err := a.compareWish(ctx, c)
	if err != nil {
		return err
	}
	checked := options
	checked.Moment = time.Unix(1, 0) // the point will say
	if err := compare.Check(checked); err != nil {
		return c.failure(err)
	}
	d, err := a.layOutComparison(ctx, user, w, c, p)
	if err != nil {
		return err
	}
	if err := a.confirmComparison(ctx, w, c, d); err != nil {
		return err
	}
	outcome := &comparisonOutcome{}
	stopped, err := a.carryOutComparison(ctx, w, c, d, options, outcome)
	if err != nil {
		return err
	}
	if stopped != nil {
		stopped = a.stoppedComparison(user, d, stopped, c)
	}
	return a.endComparison(c, d, outcome, stopped, specs)
}

// layOutComparison finds the point, and lays its restore out as that of a drill.
func (a *app) layOutComparison(ctx, user context.Context, w *drillWork, c *comparing, p *pointWish) (*drill.Drill, error) {
	o := restoreOptions{aws: c.aws, ways: p.way, prices: c.restoring.prices}
	found, err := a.findWays(ctx, user, o, p.table, drill.Needs())
	if err != nil {
		return nil, err
	}
	choice, err := a.choose(found, p.way)
	if err != nil {
		return nil, err
	}
	if choice.Account != w.who.Account {
		return nil, &complaint{code: exitUsage, summary: "the backup is in account " + choice.Account + ", and this is " + w.who.Account, hint: "--role-arn of a role in " + choice.Account + "; or copy the recovery point here first"}
	}
	drills := drillOptions{aws: c.aws, role: c.restoring.role, encryption: c.restoring.encryption}
	asked := drill.Asked{Run: newDrillRun(w), Tool: toolName, Caller: w.who.ARN, CallerID: w.who.UserID, Partition: w.who.Partition, Endpoint: w.endpoint, Role: drills.role, Key: drills.chosenKey(),
		Wish: drill.Wish{Sample: c.sample, MaxDrift: c.maxDrift, ChangedAt: c.changedAt, UseStream: c.readStream}}
	d, err := a.drillOf(ctx, layout{work: w, estate: found.estate, asked: asked, options: drills}, choice)
	if err != nil {
		return nil, err
	}
	if why, refused := d.Refused(); refused {
		return nil, &complaint{code: exitStale, summary: second(c) + " cannot be restored: " + why, hint: "--encryption with the ARN of a key, or another point: restorable restore " + p.table + " --list"}
	}
	d.Comparison = true
	if !choice.Moment.IsZero() {
		d.From.At = choice.Moment
	}
	w.lookForTakers(found.estate, d)
	*c.point = comparedPoint{Kind: d.From.Kind, ARN: d.From.ARN, RestoredAs: d.Target.Name, Drill: d.ID}
	return d, nil
}

func second(c *comparing) string { return terminal.Clean(terminal.Short(c.b, 300)) }

// drillOf makes the drill of the table that a way brings back, whether it is there or gone.
func (a *app) drillOf(ctx context.Context, l layout, choice *ways.Choice) (*drill.Drill, error) {
	for _, u := range l.estate.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			if id := choice.Table.TableID; t.ARN.Or(t.ID) == choice.Table.ARN && (id == "" || t.TableID.Or(id) == id) {
				return drill.New(l.asked, u, t, &choice.Way), nil
			}
		}
	}
	return a.goneDrill(ctx, l, &choice.Way)
}

// confirmComparison says what is restored, for how much, and has the account's id typed.
func (a *app) confirmComparison(ctx context.Context, w *drillWork, c *comparing, d *drill.Drill) error {
	w.drills = []*drill.Drill{d}
	if err := withinBudget(w.drills, c.restoring.maxCost, "the restore is", "a smaller point, or a higher --max-cost"); err != nil {
		return err
	}
	if !a.global.quiet || !c.restoring.approve {
		p := a.errPrinter()
		p.title(fmt.Sprintf("Compare %s with %s, account %s", terminal.Clean(terminal.Short(c.a, 300)), second(c), w.who.Account))
		p.text("  ", announced(d))
		p.text("  ", "restored as "+d.Target.Name+" in "+d.Target.Region+", compared, and deleted again")
		a.announceTakers(p, w)
		p.text("", "Reading both tables, and the copy's storage while it stands, come on top.")
		p.put("")
	}
	if c.restoring.approve {
		return nil
	}
	return a.agreed(ctx, w)
}

// comparisonOutcome is what came of a comparison while the copy was there.
type comparisonOutcome struct {
	result   *compare.Result
	repaired *repairText
	failed   error
}

// carryOutComparison restores, compares while the copy is there, and takes it away; stopped is what kept it from its end.
func (a *app) carryOutComparison(ctx context.Context, w *drillWork, c *comparing, d *drill.Drill, options compare.Options, out *comparisonOutcome) (stopped, err error) {
	status := a.status()
	defer status.Clear()
	e := &drill.Engine{Store: w.store, Scope: w.scope, Progress: func(_ *drill.Drill, doing string) { status.Show(doing) }}
	options.Progress = func(p compare.Progress) { status.Show(comparingText(p)) }
	e.Parts = a.workshop(w, e).Against(c.sides[0], options, func(ctx context.Context, r *compare.Result, err error) error {
		if err != nil {
			out.failed = c.failure(err)
			return err
		}
		out.result = r
		out.repaired, out.failed = a.writeRepair(ctx, c, r)
		return nil
	})
	if err := e.Plan(ctx, d); err != nil {
		return nil, storeFailure(err)
	}
	stopped = e.Run(ctx, d)
	c.point.Cleanup = d.Cleanup.State
	return stopped, nil
}

// endComparison shows what was found. What stopped the clean-up is told beside it.
func (a *app) endComparison(c *comparing, d *drill.Drill, out *comparisonOutcome, stopped error, specs []outputSpec) error {
	if out.result == nil || out.failed != nil {
		a.tell(stopped)
		return errors.Join(out.failed, c.unrestored(d, stopped))
	}
	shown := a.compared(c, specs, out.result, out.repaired)
	if shown == nil {
		return stopped
	}
	a.tell(stopped)
	return shown
}

// unrestored says why there was nothing to compare with; nil where comparing failed, or the restore was stopped.
func (c *comparing) unrestored(d *drill.Drill, stopped error) error {
	if stopped != nil && d.Times.Active.IsZero() {
		return stopped
	}
	if !d.Times.Active.IsZero() {
		return nil
	}
	out := &complaint{code: exitRestoreFailed, summary: second(c) + " could not be restored", hint: "restorable restore " + tableOfDrill(d) + " --list shows other points"}
	if d.TryRole != "" {
		out.hint = "the recovery point was made with another role, which AWS Backup can assume; if it may restore (AWSBackupServiceRolePolicyForRestores):"
		out.next = []string{shellLine([]string{"restorable", "compare", c.a, c.b, "--role", d.TryRole, "--region", d.From.Region})}
	}
	if len(d.Reasons) > 0 {
		out.detail = d.Reasons[0].String()
		if d.Reasons[0].Verdict != drill.Refuted {
			out.code = exitIncomplete
		}
	}
	return out
}

func tableOfDrill(d *drill.Drill) string { return d.Source.Name }

// stoppedComparison: a comparison is not gone on with. What it restored is removed, and it is made again.
func (a *app) stoppedComparison(user context.Context, d *drill.Drill, err error, c *comparing) error {
	again := "restorable drill cleanup " + d.ID + " removes what was restored; then compare again"
	var stop *drill.StoppedError
	var left *drill.LeftError
	switch {
	case !errors.As(err, &stop):
		return storeFailure(err)
	case errors.As(err, &left):
		return &complaint{code: exitIncomplete, summary: "the restored table " + left.Table + " is still there", detail: left.Reason, hint: "restorable drill cleanup " + d.ID, err: err}
	case user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted while " + string(stop.State), hint: again, err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout is over", hint: again, err: err}
	}
	failure := startFailure(stop.Err, c.aws)
	var told *complaint
	if errors.As(failure, &told) {
		told.hint += "; then " + again
	}
	return failure
}

// pointPermissions are what comparing with a point needs besides: those of a drill.
func pointPermissions(calls []awsapi.Call) []awsapi.Permission {
	return append(awsapi.Permissions(calls), drill.Permissions(drill.Uses{})...)
}
