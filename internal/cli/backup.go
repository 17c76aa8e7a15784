package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/backup"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/store"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const backupHelp = `Backs tables up now, waits until AWS shows the backups, and reads back what they hold.

  restorable backup orders --region eu-west-1
  restorable backup 'prod-*' --region eu-west-1,us-east-1 --name before-the-migration
  restorable backup --where-tag Team=payments --with aws-backup --vault primary --retain 90 --wait
  restorable backup orders --with aws-backup --cold-after 30 --retain 365 --tag Purpose=audit

A native backup is DynamoDB's own: it never expires, carries no tags, and costs until somebody deletes it.
With aws-backup a job makes a recovery point in a vault, which expires after 35 days unless --retain says otherwise.

TABLE is a name, a glob or an ARN. --where-tag chooses tables by their tags, as --tag of scan does; here --tag
is what the recovery point gets. Given again after it was killed, the command goes on with what it had begun.`

func (a *app) backupCommand() *cobra.Command {
	var o backupOptions
	cmd := &cobra.Command{
		Use:   "backup [TABLE...]",
		Short: "Back tables up now, and read back what the backups hold",
		Long:  backupHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			o.settleTags(a.typed)
			return a.backup(ctx, cmd.Context(), args, o)
		},
	}
	o.register(cmd.Flags())
	return cmd
}

// backupJob is one command's work.
type backupJob struct {
	backupOptions
	specs   []outputSpec
	request backup.Request
	chosen  backup.Chosen
	cost    backupCost
	session *awsapi.Session
}

func (a *app) backup(ctx, user context.Context, args []string, o backupOptions) error {
	j := backupJob{backupOptions: o}
	var err error
	if j.specs, err = resultOutputs(o.outputs); err != nil {
		return err
	}
	wanted, err := o.wanted(args)
	if err != nil {
		return err
	}
	if j.request, err = o.request(a.typed, a.now()); err != nil {
		return err
	}
	prices, err := readPrices(o.prices)
	if err != nil {
		return err
	}
	j.aws.writes = true
	if j.session, err = a.open(ctx, j.aws); err != nil {
		return err
	}
	defer j.session.Close()
	if len(j.session.Accounts()) > 1 {
		return misuse("--accounts with one, once for each", "backup works in one account at a time")
	}
	if j.chosen, err = a.chooseTables(ctx, user, j, wanted); err != nil {
		return err
	}
	if len(j.chosen.Targets)+len(j.chosen.Doubtful) == 0 {
		a.note("there is no table to back up")
		return ended(j.unlisted())
	}
	if now, ok := j.chosen.Now(); ok && j.request.NameIsMadeUp {
		j.request.Name = madeUpName(now)
	}
	j.cost = costOf(prices.Prices, j.request, j.chosen.Targets)
	return a.backUp(ctx, user, j)
}

// chooseTables looks which tables are meant. A pattern that matches none is a mistake, and then nothing is backed up.
func (a *app) chooseTables(ctx, user context.Context, j backupJob, w backup.Wanted) (backup.Chosen, error) {
	s := &seen{}
	match := func(name string) bool { s.match(name)(name); return w.ByName(name) }
	needs := map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupTables: true, awsapi.GroupTags: len(w.Tags) > 0}
	es, err := a.look(ctx, j, match, needs)
	if err != nil {
		return backup.Chosen{}, err
	}
	if user.Err() != nil {
		return backup.Chosen{}, interrupted(user.Err())
	}
	c := w.Choose(es)
	switch {
	case len(c.Unmatched) > 0:
		return c, unmatched(es, c, s.names)
	case len(w.Tags) > 0 && len(c.Targets)+len(c.Doubtful) == 0:
		return c, &complaint{code: nothingCode(c), summary: "no table has the tags of --where-tag", detail: unlistedText(c), hint: "restorable scan --tag with the same shows what has them"}
	}
	return c, nil
}

// look reads the tables, and nothing else of the account.
func (a *app) look(ctx context.Context, j backupJob, match func(string) bool, needs map[awsapi.Group]bool) (*estate.Estate, error) {
	status := a.status()
	defer status.Clear()
	es, err := collect.Collect(ctx, j.session, collect.Options{Tool: toolName, Tables: match, Needs: needs, Concurrency: j.aws.concurrency, Now: a.now,
		Progress: func(p collect.Progress) { status.Show("reading " + p.String()) },
		Notice: func(n collect.Notice) {
			status.Clear()
			a.note("%s: skipped: %s", n.Region, n.Message)
		}})
	if err != nil {
		return nil, startFailure(err, j.aws)
	}
	return es, nil
}

// unmatched looks for what was probably meant.
func unmatched(es *estate.Estate, c backup.Chosen, names []string) error {
	e := &complaint{code: nothingCode(c), summary: "no table " + strings.Join(c.Unmatched, ", ") + ", so nothing was backed up", detail: unlistedText(c),
		hint: "restorable scan shows the tables there are; --region names other Regions"}
	var regions []string
	for _, u := range es.Units {
		regions = append(regions, u.Region.Or("?"))
	}
	e.detail = join(e.detail, "looked in "+strings.Join(regions, ", "))
	if near := suggest.Nearest(c.Unmatched[0], names); near != "" {
		e.hint = "did you mean " + near + "?"
	}
	return e
}

func nothingCode(c backup.Chosen) int {
	if len(c.Unlisted) > 0 {
		return exitIncomplete
	}
	return exitNothing
}

func unlistedText(c backup.Chosen) string {
	if len(c.Unlisted) == 0 {
		return ""
	}
	return "the list of tables could not be read whole in " + strings.Join(c.Unlisted, ", ") + ", so there may be more (restorable doctor)"
}

func (j backupJob) unlisted() int {
	if len(j.chosen.Unlisted) > 0 {
		return exitIncomplete
	}
	return exitClean
}

// backUp asks, does it and shows what became of it.
func (a *app) backUp(ctx, user context.Context, j backupJob) error {
	report := &backup.Report{}
	if len(j.chosen.Targets) > 0 {
		a.summariseBackup(j)
		if err := a.confirmBackup(ctx, j); err != nil {
			return err
		}
		s, err := a.backupStore(ctx, j)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }() // every record is on the disk already
		report = a.runBackup(ctx, j, s)
	}
	report.Results = append(report.Results, doubtful(j.chosen.Doubtful)...)
	if err := a.toOutputs(j.specs, a.backupTable(j, report), backupDocument(j, report)); err != nil {
		return unwritten(err)
	}
	if err := report.Forget(context.WithoutCancel(ctx)); err != nil {
		a.tell(storeFailure(err))
	}
	if text := unlistedText(j.chosen); text != "" {
		a.note("%s", text)
	}
	return a.backedUp(user, j, report)
}

// backupStore opens the store of the place.
func (a *app) backupStore(ctx context.Context, j backupJob) (*store.Store, error) {
	unit := j.chosen.Targets[0].Unit
	return a.openStore(ctx, journal.Place{Partition: unit.Partition.Or("aws"), Account: unit.Account.Or(""), Endpoint: a.endpoint(j.aws)})
}

func (a *app) runBackup(ctx context.Context, j backupJob, s *store.Store) *backup.Report {
	status := a.status()
	defer status.Clear()
	status.Show(fmt.Sprintf("backing up %s", terminal.Count(len(j.chosen.Targets), "table")))
	return backup.Run(ctx, j.session.Accounts()[0], j.chosen.Targets, backup.Options{Request: j.request, Store: s, AtOnce: j.aws.concurrency, Within: j.within,
		Progress: func(p backup.Progress) {
			status.Show(fmt.Sprintf("%d of %s: %s %s", p.Done, terminal.Count(p.Total, "table"), p.Latest, p.Outcome))
		}})
}

// confirmBackup has the account's id typed.
func (a *app) confirmBackup(ctx context.Context, j backupJob) error {
	if j.approve {
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking", "nobody can be asked: standard input is no terminal")
	}
	return a.typedAccount(ctx, j.chosen.Targets[0].Account())
}

// doubtful are the results of tables that may be meant.
func doubtful(targets []backup.Target) []backup.Result {
	var out []backup.Result
	for _, t := range targets {
		why := t.Table.TableID
		r := backup.Result{Target: t, Outcome: backup.Refused, Bytes: -1, Code: "Unread", Reason: "its description could not be read", Mend: "allow dynamodb:DescribeTable: restorable iam policy backup"}
		if why.IsKnown() {
			r.Reason, r.Mend = "its tags could not be read, so it may not be meant", "allow tag:GetResources: restorable iam policy backup --where-tag; or name it"
		}
		out = append(out, r)
	}
	return out
}

// backedUp is how the command ends.
func (a *app) backedUp(user context.Context, j backupJob, r *backup.Report) error {
	goOn := "the same command again goes on with what it had begun, for an hour"
	switch call := (*awsapi.CallError)(nil); {
	case user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted; AWS goes on with what it took", hint: goOn, err: r.Cause}
	case errors.Is(r.Cause, context.DeadlineExceeded):
		return &complaint{code: exitIncomplete, summary: "the time given with --timeout is over; AWS goes on with what it took", hint: goOn, err: r.Cause}
	case errors.As(r.Cause, &call):
		return startFailure(r.Cause, j.aws)
	case r.Cause != nil:
		return &complaint{code: exitIncomplete, summary: "what is under way cannot be written down, so nothing more was begun", detail: plainCause(r.Cause), hint: "make room or give write access; then " + goOn, err: r.Cause}
	case r.Count(backup.Failed)+r.Count(backup.Refused) > 0:
		return ended(exitRestoreFailed)
	case r.Count(backup.Unfinished)+r.Count(backup.Pending) > 0:
		return ended(exitIncomplete)
	}
	return ended(j.unlisted())
}

// placesOf are the Regions of targets, sorted.
func placesOf(targets []backup.Target) []string {
	var out []string
	for _, t := range targets {
		out = append(out, t.Region())
	}
	slices.Sort(out)
	return slices.Compact(out)
}
