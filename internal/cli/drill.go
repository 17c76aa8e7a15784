package cli

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/restore"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const drillHelp = `Proves that a table can be got back: restores it under a name of its own, compares settings and every
item with the source, measures how long that took, deletes the copy again and writes evidence that
stands alone. Never writes to the source. Asks before it spends anything.

  restorable drill orders
  restorable drill 'prod-*' --tag tier=critical --from newest-backup --auto-approve --max-cost 20
  restorable drill orders --from arn:aws:backup:eu-west-1:111122223333:recovery-point:1B2C…
  restorable drill --resume d-20261121T120500Z-ab12cd     go on with drills that were stopped
  restorable drill cleanup                                remove what killed drills left behind

Exit code 6 when a restore failed or anything differs that nothing explains, 3 when something could not
be found out: what is not known never counts as passed.`

type drillOptions struct {
	aws        awsOptions
	tags       []string
	from       string
	estate     string // file, for the settings of tables that are gone
	target     string // Region of the copies
	role       string
	encryption string
	wish       drill.Wish
	invariants []string
	approve    bool
	maxCost    float64
	prices     string
	atOnce     int
	resume     string
	evidence   evidenceOptions
	outputs    []string
}

// evidenceOptions say where the evidence goes and who signs it.
type evidenceOptions struct {
	file string
	key  string
	kms  string
}

func (a *app) drillCommand() *cobra.Command {
	var o drillOptions
	cmd := &cobra.Command{
		Use:   "drill TABLE...",
		Short: "Restore tables for real, compare, measure, clean up: and leave evidence",
		Long:  drillHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.drill(ctx, cmd.Context(), args, o)
		},
	}
	o.register(cmd.Flags())
	cmd.AddCommand(a.drillCleanupCommand(), a.drillListCommand(), a.drillShowCommand(), a.drillWatchCommand())
	return cmd
}

func (o *drillOptions) register(f *pflag.FlagSet) {
	o.aws.register(f)
	f.StringArrayVar(&o.tags, "tag", nil, "only tables with the tag `key=value` (value may be a glob); repeatable, all must hold")
	f.StringVar(&o.from, "from", drill.Best, "what to restore: pitr, newest-backup, or the `ARN` of a backup or recovery point (default pitr where it is on, else newest-backup)")
	f.StringVar(&o.estate, "estate", "", "estate `file` (restorable collect --full) that says how a table was set up that is gone")
	f.StringVar(&o.target, "target-region", "", "restore into this `Region` (default where the backup is)")
	f.StringVar(&o.role, "role", "", "`ARN` of the role that AWS Backup restores with (default AWSBackupDefaultServiceRole)")
	f.StringVar(&o.encryption, "encryption", "", "encrypt the copies with aws-managed, or with this `key` by ARN, at least as strong as the source's (default the source's)")
	registerDrillComparison(f, &o.wish)
	f.StringArrayVar(&o.invariants, "invariant", nil, "what must hold of the copy: `[NAME=]EXPRESSION` in CEL over item or count; repeatable")
	f.BoolVar(&o.wish.Keep, "keep", false, "leave the restored table; you then delete it with restorable drill cleanup")
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.Float64Var(&o.maxCost, "max-cost", 0, "refuse drills that are estimated to cost more than so many US `dollars` together (default no limit)")
	f.StringVar(&o.prices, "prices", "", "`file` with prices of your own (YAML)")
	f.IntVar(&o.atOnce, "at-once", 4, "how many `tables` are drilled at once; AWS restores at most 50")
	f.StringVar(&o.resume, "resume", "", "go on with a drill, or with all of a `run`")
	o.evidence.register(f)
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
}

func registerDrillComparison(f *pflag.FlagSet, w *drill.Wish) {
	f.IntVar(&w.Sample, "sample", 0, "compare only so many `items` of each table (default all)")
	f.Float64Var(&w.MaxDrift, "max-drift", 0, "`share` of items that may differ without an explanation, 0 to 1")
	f.StringVar(&w.ChangedAt, "changed-at", "", "`attribute` that holds when an item was last changed: explains what changed after the restored moment")
	f.BoolVar(&w.UseStream, "use-stream", false, "read the table's stream to explain differences, even if others read it")
	f.Float64Var(&w.RCU, "rcu", 0, "read at most so many read capacity `units` a second from each table")
	f.Float64Var(&w.ReadFraction, "read-fraction", 0, "read at most this `share` of a table's provisioned capacity (default 0.25 of a source)")
	f.IntVar(&w.Segments, "segments", 0, "parallel `scans` of each table (default by its size)")
	f.BoolVar(&w.ShowKeys, "show-keys", false, "name differing items by their keys in the evidence, not by a keyed hash")
}

func (o *evidenceOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.file, "evidence", "", "`file` for the evidence of one table, or folder for that of several (default the current folder)")
	f.StringVar(&o.key, "key", "", "sign with this private key `file` (restorable keys new)")
	f.StringVar(&o.kms, "kms", "", "sign with this AWS KMS key: its `ARN`")
}

func (o *drillOptions) validate(tables []string) error {
	if err := (filterOptions{tables: tables, tags: o.tags}).validate(); err != nil {
		return err
	}
	switch {
	case o.resume == "" && len(tables) == 0:
		return misuse("restorable drill orders, or restorable drill '*' --tag tier=critical", "drill takes one or more tables, or --resume")
	case o.resume != "" && len(tables) > 0:
		return misuse("leave one of them out", "--resume goes on with the tables of its drill, and %s is named too", tables[0])
	case o.from != drill.Best && o.from != drill.Newest && o.from != drill.FromPITR && !strings.HasPrefix(o.from, "arn:"):
		return misuse("--from pitr, --from newest-backup, or --from ARN", "--from %s: neither", o.from)
	case o.target != "" && (!isRegionName(o.target) || o.target == awsapi.AllRegions):
		return misuse("--target-region eu-central-1", "--target-region %s: not the name of a Region", o.target)
	case o.encryption != "" && o.encryption != restore.AWSOwned && o.encryption != restore.AWSManaged && !strings.HasPrefix(o.encryption, "arn:"):
		return misuse("--encryption arn:aws:kms:eu-west-1:111122223333:key/…", "--encryption %s: neither aws-owned, aws-managed nor the ARN of a key", o.encryption)
	case o.role != "" && !isRoleARN(o.role):
		return misuse("--role arn:aws:iam::123456789012:role/NAME", "--role %s: not the ARN of a role", o.role)
	}
	return o.validateNumbers()
}

func (o *drillOptions) validateNumbers() error {
	switch {
	case o.maxCost < 0 || math.IsNaN(o.maxCost):
		return misuse("--max-cost 20", "--max-cost %v: want 0 or more", o.maxCost)
	case o.atOnce < 1 || o.atOnce > 50:
		return misuse("--at-once 4", "--at-once %d: want 1 to 50", o.atOnce)
	case o.evidence.key != "" && o.evidence.kms != "":
		return misuse("leave one of them out", "--key and --kms: one signature is made")
	}
	return validComparison(o.wish)
}

func validComparison(w drill.Wish) error {
	switch {
	case w.Sample < 0:
		return misuse("--sample 10000", "--sample %d: want 1 or more", w.Sample)
	case !(w.MaxDrift >= 0 && w.MaxDrift <= 1):
		return misuse("--max-drift 0.001", "--max-drift %v: want 0 to 1", w.MaxDrift)
	case !(w.RCU >= 0) || math.IsInf(w.RCU, 0):
		return misuse("--rcu 100", "--rcu %v: want more than 0", w.RCU)
	case !(w.ReadFraction >= 0 && w.ReadFraction <= 1):
		return misuse("--read-fraction 0.25", "--read-fraction %v: want above 0, at most 1", w.ReadFraction)
	case w.Segments < 0 || w.Segments > 1000:
		return misuse("--segments 8", "--segments %d: want 1 to 1000", w.Segments)
	}
	return nil
}

// drill works under ctx, which a --timeout may end, and tells an interruption by the user from it by user.
func (a *app) drill(ctx, user context.Context, tables []string, o drillOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	if err := o.validate(tables); err != nil {
		return err
	}
	for _, text := range o.invariants {
		o.wish.Invariants = append(o.wish.Invariants, namedInvariant(text))
	}
	if err := o.wish.Check(); err != nil {
		return wishMistake(err)
	}
	o.aws.writes = true
	v := drillView{specs: specs, aws: o.aws}
	if o.resume != "" {
		return a.resumeDrills(ctx, user, o, v)
	}
	work, err := a.openDrills(ctx, o)
	if err != nil {
		return err
	}
	defer work.close()
	if work.signer, err = a.drillSigner(ctx, work, o.evidence); err != nil {
		return err
	}
	if err := a.layOut(ctx, work, tables, o); err != nil {
		return err
	}
	if err := a.confirmDrills(ctx, work, o); err != nil {
		return err
	}
	return a.runDrills(ctx, user, work, o, v)
}

func wishMistake(err error) error {
	var mistake *compare.MistakeError
	if errors.As(err, &mistake) {
		return misuse("'count >= 1000', 'has(item.customer)' and 'count(item.status == \"open\") < 10' are invariants", "the invariant %s cannot be evaluated: %s", mistake.Name, mistake.Why)
	}
	return misuse("restorable drill --help", "%v", err)
}

// chosenKey reads --encryption; an empty level: the source's.
func (o *drillOptions) chosenKey() drill.Key {
	if strings.HasPrefix(o.encryption, "arn:") {
		return drill.Key{Level: restore.Customer, ARN: o.encryption}
	}
	return drill.Key{Level: o.encryption}
}
