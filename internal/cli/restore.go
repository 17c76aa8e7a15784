package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/restore"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const restoreHelp = `Restores a table completely, into a new one: what AWS leaves out is put back, first what guards
access (tags, resource policy), last what deletes (time to live, only with --ttl). The table that
is restored is never written to.

--list shows every way back first, also to a table that is deleted or was made anew;
--print writes down the steps instead of doing them; --dry-run shows what would be done.
A restore cannot be cancelled: whatever happens to this process, the same command again, or
--resume, finds it and goes on.

  restorable restore orders --list --region eu-west-1
  restorable restore orders --to orders-restored --latest
  restorable restore orders --to orders-restored --as-of 2026-11-20T14:30:00Z
  restorable restore orders --to orders-restored --backup arn:aws:dynamodb:…:table/orders/backup/…
  restorable restore orders --to orders-restored --newest-backup --target-region eu-central-1
  restorable restore --resume rt-20261121T120500Z-ab12cd
  restorable restore --runs`

// restoreOptions are the flags of restore.
type restoreOptions struct {
	aws  awsOptions
	ways wayOptions
	to   string

	from          string // estate file
	indexes       string
	deleteIndexes bool
	encryption    string
	weaker        bool
	billing       string
	role          string
	madeWith      string   // role that the recovery point was made with; empty: not known
	again         []string // the command with this point, but for the role
	copyVault     string
	copyDays      int64
	alarms        bool
	ttl           bool
	countExpired  bool
	maxCost       float64
	prices        string
	approve       bool
	dryRun        bool
	resume        string
	runs          bool
}

func (a *app) restoreCommand() *cobra.Command {
	var o restoreOptions
	cmd := &cobra.Command{
		Use:   "restore TABLE",
		Short: "Every way back to a table, and a complete restore by one of them",
		Long:  restoreHelp,
		Args:  atMostOne("the name or ARN of a table"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.restore(ctx, cmd.Context(), o, strings.Join(args, ""))
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	o.ways.register(f)
	o.register(f)
	return cmd
}

func (o *restoreOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.to, "to", "", "`name` of the new table")
	f.StringVar(&o.from, "from", "", "estate `file` (restorable collect --full) with the settings of the table, when it is gone")
	f.StringVar(&o.indexes, "indexes", "all", "secondary `indexes` of the new table: all, none, or names, comma separated")
	f.BoolVar(&o.deleteIndexes, "delete-indexes", false, "with --indexes and a recovery point: restore all indexes and delete the others from the new table")
	f.StringVar(&o.encryption, "encryption", "", "aws-owned, aws-managed, or the `key` by ARN, id or alias (default as strong as the source)")
	f.BoolVar(&o.weaker, "allow-weaker-encryption", false, "let --encryption protect the new table less than its source")
	f.StringVar(&o.billing, "billing", "", "`mode` of the new table: on-demand, or provisioned:READ/WRITE (default as the source)")
	f.StringVar(&o.role, "role", "", "`ARN` of the role that AWS Backup restores with (default AWSBackupDefaultServiceRole)")
	f.StringVar(&o.copyVault, "copy-vault", "", "`vault` in --target-region that a recovery point is copied to first")
	f.Int64Var(&o.copyDays, "copy-days", 7, "`days` that this copy is kept")
	f.BoolVar(&o.alarms, "alarms", false, "make the source's alarms anew, for the new name")
	f.BoolVar(&o.ttl, "ttl", false, "switch time to live on, last: it deletes what has expired, at once")
	f.BoolVar(&o.countExpired, "count-expired", false, "count, by reading the whole new table, how many items time to live would delete at once")
	f.Float64Var(&o.maxCost, "max-cost", 0, "refuse a restore that is estimated to cost more than so many US `dollars` (default no limit)")
	f.StringVar(&o.prices, "prices", "", "`file` with prices of your own (YAML)")
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would be done, and do nothing")
	f.StringVar(&o.resume, "resume", "", "go on with a `run` that was stopped")
	f.BoolVar(&o.runs, "runs", false, "list the restores in this account that this machine knows of; those of all accounts: restorable runs list")
}

// restore lists, prints or does.
func (a *app) restore(ctx, user context.Context, o restoreOptions, name string) error {
	switch {
	case o.runs && (name != "" || o.resume != ""):
		return misuse("restorable restore --runs", "--runs lists all restores, and takes nothing else")
	case o.runs:
		return a.listRestores(ctx, o)
	case o.resume != "" && name != "":
		return misuse("leave out the table", "--resume goes on with a run, which names its table")
	case o.resume != "":
		return a.resumeRestore(ctx, user, o)
	case name == "":
		return misuse("restorable restore TABLE --list", "restore takes the name or ARN of a table")
	}
	if err := o.ways.validate(); err != nil {
		return err
	}
	switch {
	case o.ways.list:
		return a.listWays(ctx, user, o, name)
	case o.ways.print != "":
		return a.printSteps(ctx, user, o, name)
	}
	if err := o.validate(name); err != nil {
		return err
	}
	return a.restoreTable(ctx, user, o, name)
}

// validate looks at the form alone, before anybody is asked.
func (o *restoreOptions) validate(name string) error {
	switch {
	case o.to == "":
		return misuse("--to NAME", "a restore always makes a new table, and --to is missing")
	case !isTableName(o.to):
		return misuse("--to "+name+"-restored", "--to %q: not the name of a table, which is 3 to 255 of a-z, A-Z, 0-9, _, - and .", o.to)
	case o.role != "" && !isRoleARN(o.role):
		return misuse("--role arn:aws:iam::123456789012:role/NAME", "--role %s: not the ARN of a role", o.role)
	case !(o.maxCost >= 0):
		return misuse("--max-cost 20", "--max-cost %v: want 0 or more", o.maxCost)
	case o.copyDays < 1 || o.copyDays > 36_500:
		return misuse("--copy-days 7", "--copy-days %d: want 1 to 36500", o.copyDays)
	case o.deleteIndexes && o.indexes == "all":
		return misuse("--indexes none --delete-indexes", "--delete-indexes is for --indexes")
	case o.indexes == "":
		return misuse("--indexes all, none, or names", "--indexes is empty")
	}
	_, err := o.billed()
	return err
}

// wantedIndexes reads --indexes.
func (o *restoreOptions) wantedIndexes() restore.Indexes {
	switch o.indexes {
	case "all":
		return restore.Indexes{}
	case "none":
		return restore.Indexes{Some: true, Delete: o.deleteIndexes}
	}
	return restore.Indexes{Some: true, Names: strings.Split(o.indexes, ","), Delete: o.deleteIndexes}
}

// billed reads --billing.
func (o *restoreOptions) billed() (*restore.Billing, error) {
	const hint = "--billing on-demand, or --billing provisioned:100/50"
	switch o.billing {
	case "":
		return nil, nil
	case "on-demand":
		return &restore.Billing{}, nil
	}
	text, ok := strings.CutPrefix(o.billing, "provisioned:")
	read, write, both := strings.Cut(text, "/")
	r, err1 := strconv.ParseInt(read, 10, 64)
	w, err2 := strconv.ParseInt(write, 10, 64)
	if !ok || !both || err1 != nil || err2 != nil || r < 1 || w < 1 {
		return nil, misuse(hint, "--billing %s: unknown", o.billing)
	}
	return &restore.Billing{Provisioned: true, Read: r, Write: w}, nil
}

// chosenKey reads --encryption; an empty level: as strong as the source.
func (o *restoreOptions) chosenKey() restore.Key {
	switch {
	case o.encryption == "":
		return restore.Key{}
	case o.encryption == restore.AWSOwned:
		return restore.Key{Level: restore.AWSOwned, Asked: true}
	case o.encryption == restore.AWSManaged || strings.HasSuffix(o.encryption, "alias/aws/dynamodb"):
		return restore.Key{Level: restore.AWSManaged, Asked: true}
	}
	return restore.Key{Level: restore.Customer, ARN: o.encryption, Asked: true}
}
