package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const compareHelp = `Compares the items of two tables: whether they are the same, and if not, which differ and how. A and B are names or
ARNs; ARNs may be in other Regions. Nothing is written to either. Every item is read once, and again where something
differs; --read-capacity or --read-share keep to a pace.

A live table moves on. If B was restored from A, --moment says to which moment, and differences are explained by
what happened after it: by A's stream with --read-stream (exact), or by an attribute that tells when an item was
changed with --changed-at (bounded). Otherwise the drift is stated, and judged by --max-drift.

  restorable compare orders orders-restored
  restorable compare orders orders-restored --moment 2026-11-20T14:30:00Z --tolerance 1s --read-stream
  restorable compare orders orders-restored --invariant 'item.total >= 0' --invariant 'count >= 1000000'
  restorable compare orders orders-restored --repair repair.sh
  restorable compare orders orders@2026-11-20T14:30:00Z --repair repair.sh
  restorable compare orders orders@newest-backup

B may be a point of a table: TABLE@TIME (a time, a date, or -2h by AWS's clock), TABLE@latest, TABLE@newest-backup, or
the ARN of a backup or recovery point. It is restored under a name of its own, compared and deleted again, after you have
been told the price and have agreed; restorable drill cleanup removes what a killed comparison left.

--repair writes a file of the conditional writes that would copy the differing items back from B to A. It is never
run: read it first. It holds items, and only you can read it.

Exit codes: 0 the same, or explained, or within --max-drift; 1 they differ, or an invariant fails; 3 it is not known;
6 the point could not be restored.`

type compareOptions struct {
	aws        awsOptions
	moment     string
	tolerance  time.Duration
	readStream bool
	changedAt  string
	maxDrift   float64
	segments   int
	capacity   float64
	share      float64
	eventually bool
	sample     int
	invariants []string
	keys       int
	repair     string
	restoring  restoringOptions
	outputs    []string
}

func (a *app) compareCommand() *cobra.Command {
	var o compareOptions
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare two tables, or a table and a point, item by item",
		Long:  compareHelp,
		Args:  exactArgs(2, "two tables, or a table and a point"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.compare(ctx, cmd.Context(), o, args[0], args[1])
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	f.StringVar(&o.moment, "moment", "", "`time` to which B was restored: 2026-11-20T14:30:00Z, a date, or -2h by AWS's clock")
	f.DurationVar(&o.tolerance, "tolerance", compare.ToleranceBackup, "how far from it B's items may be: 1m of a backup, 1s of point-in-time recovery")
	f.BoolVar(&o.readStream, "read-stream", false, "explain differences by A's stream; a third reader slows the others down, and who reads it cannot be seen")
	f.StringVar(&o.changedAt, "changed-at", "", "`attribute` of A's items that tells when they were changed: a number since 1970, or ISO 8601")
	f.Float64Var(&o.maxDrift, "max-drift", 0, "share of the items that may differ unexplained, 0 to 1")
	f.IntVar(&o.segments, "segments", 0, "parallel scans per table (default by size)")
	f.Float64Var(&o.capacity, "read-capacity", 0, "read capacity units a second, per table (default by --read-share)")
	f.Float64Var(&o.share, "read-share", compare.DefaultFraction, "share of a table's provisioned read capacity, or of its maximum on demand, 0 to 1")
	f.BoolVar(&o.eventually, "eventually-consistent", false, "half the capacity, for answers that may lag behind")
	f.IntVar(&o.sample, "sample", 0, "compare about so many items of each table instead of all")
	f.StringArrayVar(&o.invariants, "invariant", nil, "what must hold of B: `[NAME=]EXPRESSION` in CEL over item or count; repeatable")
	f.IntVar(&o.keys, "keys", 20, "differences named in the table; JSON names up to 1000")
	f.StringVar(&o.repair, "repair", "", "write the conditional writes that would repair A to this `file`: JSON lines, or a shell script if it ends in .sh")
	o.restoring.register(f)
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json[=FILE]; repeatable")
	return cmd
}

// comparing is a comparison as it was asked for.
type comparing struct {
	compareOptions
	a, b    string
	session *awsapi.Session
	sides   [2]compare.Side
	point   *comparedPoint // nil: B is a table
}

// compare works under ctx, which a --timeout may end, and tells an interruption by the user from it by user.
func (a *app) compare(ctx, user context.Context, o compareOptions, first, second string) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	if err := o.validate(first, second); err != nil {
		return err
	}
	point, err := pointOf(second, first)
	if err != nil {
		return err
	}
	if point != nil {
		return a.comparePoint(ctx, user, &comparing{compareOptions: o, a: first, b: second}, specs, point)
	}
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return err
	}
	defer session.Close()
	c := &comparing{compareOptions: o, a: first, b: second, session: session}
	if err := c.find(); err != nil {
		return err
	}
	options, err := a.compareWish(ctx, c)
	if err != nil {
		return err
	}
	status := a.status()
	options.Progress = func(p compare.Progress) { status.Show(comparingText(p)) }
	result, err := compare.Items(ctx, c.sides[0], c.sides[1], options)
	status.Clear()
	if err != nil {
		return c.failure(err)
	}
	repaired, err := a.writeRepair(ctx, c, result)
	if err != nil {
		return err
	}
	return a.compared(c, specs, result, repaired)
}

// compared shows the result.
func (a *app) compared(c *comparing, specs []outputSpec, r *compare.Result, repaired *repairText) error {
	document := compareDocument{SchemaVersion: "1", Tool: toolText{"restorable", Version}, Result: r, Repair: repaired, Point: c.point}
	show := func(w io.Writer) {
		compareView{printer: printer{w: w, screen: a.screen(w)}, keys: c.keys}.show(c, r, repaired)
	}
	if err := a.toOutputs(specs, show, document); err != nil {
		return unwritten(err)
	}
	switch r.Verdict {
	case compare.Differs:
		return ended(exitFindings)
	case compare.Unknown:
		if _, _, kind := awsapi.Classify(r.Cause); kind == awsapi.KindDenied {
			return ended(exitNotPermitted)
		}
		return ended(exitIncomplete)
	}
	return nil
}

// compareDocument is the JSON of a comparison, version 1.
type compareDocument struct {
	SchemaVersion string   `json:"schema_version"`
	Tool          toolText `json:"tool"`
	*compare.Result
	Repair *repairText    `json:"repair,omitempty"`
	Point  *comparedPoint `json:"point,omitempty"`
}

type toolText struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

func (o compareOptions) validate(first, second string) error {
	if err := o.ranges(); err != nil {
		return err
	}
	switch {
	case o.moment == "" && (o.readStream || o.changedAt != "") && !isPoint(second):
		return misuse("--moment with the time to which B was restored", "--read-stream and --changed-at explain what happened after a moment, and none is given")
	case o.moment != "" && isPoint(second):
		return misuse("leave out --moment", "%s says itself which moment it is, and --moment is given too", second)
	case isPoint(first):
		return misuse("restorable compare "+second+" "+first, "%s is a point, and the point comes second: what is compared with it is a table", first)
	case o.sample > 0 && o.repair != "":
		return misuse("leave out --sample", "--repair needs every item compared, and --sample compares some")
	case len(o.aws.accounts) > 1 || len(o.aws.regions) > 1 || len(o.aws.regions) == 1 && o.aws.regions[0] == "all":
		return misuse("name a table of another Region or account by its ARN", "compare takes one account and one Region")
	}
	return o.restoring.validate()
}

// ranges looks at the numbers.
func (o compareOptions) ranges() error {
	switch {
	case o.maxDrift < 0 || o.maxDrift > 1:
		return misuse("--max-drift 0.001 is a tenth of a percent", "--max-drift %v: want a share from 0 to 1", o.maxDrift)
	case o.share <= 0 || o.share > 1:
		return misuse("--read-share 0.5", "--read-share %v: want a share above 0, up to 1", o.share)
	case o.capacity < 0:
		return misuse("--read-capacity 100", "--read-capacity %v: want read capacity units a second", o.capacity)
	case o.segments < 0 || o.segments > 64:
		return misuse("--segments 8", "--segments %d: want 1 to 64", o.segments)
	case o.keys < 0 || o.sample < 0 || o.tolerance < 0:
		return misuse("", "--keys, --sample and --tolerance are 0 or more")
	}
	return nil
}

// find says in which Region each table is.
func (c *comparing) find() error {
	home := c.session.Regions()[0]
	for i, table := range []string{c.a, c.b} {
		if i == 1 && c.point != nil {
			break
		}
		region := home
		if strings.HasPrefix(table, "arn:") {
			p := strings.SplitN(table, ":", 6)
			if len(p) != 6 || p[2] != "dynamodb" || !isRegionName(p[3]) || !strings.HasPrefix(p[5], "table/") || strings.Count(p[5], "/") != 1 {
				return misuse("arn:aws:dynamodb:REGION:ACCOUNT:table/NAME", "%s: not the ARN of a table", table)
			}
			region = p[3]
		}
		c.sides[i] = compare.Side{Scope: c.session.Accounts()[0].Scope(region), Table: table}
	}
	return nil
}

// compareWish makes the options of what was asked for.
func (a *app) compareWish(ctx context.Context, c *comparing) (compare.Options, error) {
	o := compare.Options{
		Segments: c.segments, RCUPerSecond: c.capacity, Fraction: c.share, Eventually: c.eventually, ReadStream: c.readStream, ChangedAt: c.changedAt,
		MaxDrift: c.maxDrift, Sample: c.sample, Tolerance: c.tolerance,
	}
	for _, text := range c.invariants {
		o.Invariants = append(o.Invariants, namedInvariant(text))
	}
	if c.moment == "" {
		o.Tolerance = 0
		return o, nil
	}
	scope := c.sides[0].Scope
	if _, _, err := c.session.Accounts()[0].Identify(ctx); err != nil { // for AWS's clock
		return o, startFailure(err, c.aws)
	}
	now, ok := scope.Clock.Now()
	if home, known := c.session.Accounts()[0].Home().Clock.Now(); known && (!ok || home.After(now)) {
		now = home
	}
	at, err := a.moment("--moment", c.moment, now)
	o.Moment = at
	return o, err
}

// namedInvariant reads NAME=EXPRESSION; what has no name of letters, digits, - and _ before a single = is an expression alone.
func namedInvariant(text string) compare.Invariant {
	name, expr, found := strings.Cut(text, "=")
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
	if !found || name == "" || !plain || strings.HasPrefix(expr, "=") {
		return compare.Invariant{Expr: text}
	}
	return compare.Invariant{Name: name, Expr: expr}
}

func comparingText(p compare.Progress) string {
	text := fmt.Sprintf("%s: %d items", p.Doing, p.Items)
	if p.Total > 0 && p.Items <= p.Total {
		text += fmt.Sprintf(" of about %d", p.Total)
	}
	return text
}

// failure says why nothing was compared.
func (c *comparing) failure(err error) error {
	var status *compare.StatusError
	var mistake *compare.MistakeError
	var call *awsapi.CallError
	switch {
	case errors.Is(err, compare.ErrSameTable):
		return misuse("name two tables", "%s and %s are the same table", c.a, c.b)
	case errors.As(err, &status):
		return &complaint{code: exitIncomplete, summary: status.Table + " cannot be read: it is " + status.Status, hint: "wait until it is ACTIVE", err: err}
	case errors.As(err, &mistake):
		return misuse("'count >= 1000', 'has(item.customer)' and 'count(item.status == \"open\") < 10' are invariants", "the invariant %s cannot be evaluated: %s", mistake.Name, mistake.Why)
	case !errors.As(err, &call):
		return misuse("restorable compare --help", "%v", err)
	case call.Kind == awsapi.KindNotFound:
		return &complaint{code: exitNothing, summary: "no table " + call.Answer.Resource, detail: call.Code + ": " + call.Message,
			hint: "restorable scan shows the tables there are; --region or an ARN names another Region", err: err}
	case call.Kind == awsapi.KindCancelled && errors.Is(err, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout was over before both tables were read", hint: "a longer --timeout, or --sample", err: err}
	case call.Kind == awsapi.KindCancelled:
		return interrupted(err)
	case call.Kind == awsapi.KindDenied:
		return &complaint{code: exitNotPermitted, summary: "not permitted to read " + call.Answer.Resource, detail: call.Code + ": " + call.Message,
			hint: "restorable iam policy compare prints the policy that this needs", err: err}
	}
	return startFailure(err, c.aws)
}

// count writes a number of items.
func count(n int64) string { return terminal.Count(int(n), "item") }
