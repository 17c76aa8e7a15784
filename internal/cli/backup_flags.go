package cli

import (
	"cmp"
	"errors"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/backup"
	"github.com/spf13/pflag"
)

// backupOptions are the flags of backup.
type backupOptions struct {
	aws       awsOptions
	with      string
	whereTags []string
	name      string
	vault     string
	role      string
	start     time.Duration
	complete  time.Duration
	retain    string
	cold      int64
	tags      []string
	wait      bool
	within    time.Duration
	approve   bool
	prices    string
	outputs   []string
}

func (o *backupOptions) register(f *pflag.FlagSet) {
	o.aws.register(f)
	f.StringVar(&o.with, "with", string(backup.Native), "who makes it: `native` (DynamoDB: never expires, no tags) or aws-backup")
	f.StringArrayVar(&o.whereTags, "where-tag", nil, "only tables with the tag `key=value` (value may be a glob); repeatable, all must hold")
	f.StringVar(&o.name, "name", "", "`name` of native backups (default restorable- and the time)")
	f.StringVar(&o.vault, "vault", backup.DefaultVault, "`name` of the vault, with aws-backup")
	f.StringVar(&o.role, "role", "", "`name` or ARN of the role that AWS Backup works with (default AWSBackupDefaultServiceRole)")
	f.DurationVar(&o.start, "start-window", 0, "`time` within which AWS Backup has to start the job, 1h or more (default AWS's, 8h)")
	f.DurationVar(&o.complete, "complete-window", 0, "`time` within which the job has to end (default AWS's, 7 days)")
	f.StringVar(&o.retain, "retain", strconv.Itoa(backup.DefaultRetainDays), "`days` that AWS Backup keeps it, or forever")
	f.Int64Var(&o.cold, "cold-after", 0, "`days` after which it goes to cold storage, for 90 days at least (default never)")
	f.StringArrayVar(&o.tags, "tag", nil, "`key=value` that the recovery point gets, with aws-backup; repeatable")
	f.BoolVar(&o.wait, "wait", false, "with aws-backup: wait until the jobs are completed and their recovery points listed")
	f.DurationVar(&o.within, "within", backup.DefaultWithin, "how long to wait for each backup")
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.StringVar(&o.prices, "prices", "", "`file` with prices of your own")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
}

// settleTags drops tags that nobody gave on the command line: under the same name a configuration file says which tables scan shows.
func (o *backupOptions) settleTags(typed map[string]bool) {
	if !typed["tag"] {
		o.tags = nil
	}
}

// request turns the flags into what is asked of AWS. Flags of the other way are refused when they were typed; those of a configuration
// file wait there for the commands that they concern.
func (o backupOptions) request(typed map[string]bool, now time.Time) (backup.Request, error) {
	if o.within <= 0 {
		return backup.Request{}, misuse("--within 4h", "--within %s: want a time that is not over", o.within)
	}
	var r backup.Request
	var err error
	switch backup.Way(o.with) {
	case backup.Native:
		r, err = o.native(typed, now)
	case backup.AWSBackup:
		r, err = o.throughAWSBackup(typed)
	default:
		err = misuse("--with native or --with aws-backup", "--with %s: unknown", o.with)
	}
	if err != nil {
		return r, err
	}
	var wrong *backup.Mistake
	if errors.As(r.Validate(), &wrong) {
		return r, misuse(wrong.Hint, "--%s %s", wrong.Field, wrong.Problem)
	}
	return r, nil
}

func (o backupOptions) native(typed map[string]bool, now time.Time) (backup.Request, error) {
	if typed["tag"] {
		return backup.Request{}, &complaint{code: exitUsage, summary: "a native backup carries no tags: DynamoDB's CreateBackup takes none",
			hint: "--with aws-backup --tag …, with AWS Backup's advanced features for DynamoDB on: restorable plan --only advanced-features"}
	}
	for _, name := range []string{"vault", "role", "start-window", "complete-window", "retain", "cold-after", "wait"} {
		if typed[name] {
			return backup.Request{}, misuse("add --with aws-backup, or leave --"+name+" out", "--%s is for AWS Backup: a native backup %s", name, nativeInstead(name))
		}
	}
	return backup.Request{Way: backup.Native, Name: cmp.Or(o.name, madeUpName(now)), NameIsMadeUp: o.name == ""}, nil
}

func madeUpName(now time.Time) string { return "restorable-" + now.UTC().Format("20060102T150405Z") }

// nativeInstead says what stands in place of a flag of AWS Backup's.
func nativeInstead(flag string) string {
	switch flag {
	case "retain":
		return "never expires"
	case "vault":
		return "lies in no vault"
	case "role":
		return "is made in your own name"
	case "wait":
		return "is always waited for"
	case "cold-after":
		return "stays in warm storage"
	}
	return "is made at once"
}

func (o backupOptions) throughAWSBackup(typed map[string]bool) (backup.Request, error) {
	if typed["name"] {
		return backup.Request{}, misuse("--tag Name="+o.name, "recovery points of AWS Backup have no name")
	}
	r := backup.Request{Way: backup.AWSBackup, Vault: o.vault, Role: o.role, ColdAfterDays: o.cold, WaitForTheirEnd: o.wait}
	var err error
	if r.RetainDays, err = retention(o.retain); err != nil {
		return r, err
	}
	if r.StartWindow, err = wholeMinutes("start-window", o.start); err != nil {
		return r, err
	}
	if r.CompleteWindow, err = wholeMinutes("complete-window", o.complete); err != nil {
		return r, err
	}
	r.Tags, err = pairs("tag", o.tags)
	return r, err
}

// retention reads days, or "forever", which is 0.
func retention(text string) (int64, error) {
	if text == "forever" {
		return 0, nil
	}
	days, err := strconv.ParseInt(strings.TrimSuffix(text, "d"), 10, 64)
	if err != nil || days < 1 {
		return 0, misuse("--retain 35, or --retain forever", "--retain %s: want days, or forever", text)
	}
	return days, nil
}

func wholeMinutes(flag string, d time.Duration) (int64, error) {
	if d < 0 || d%time.Minute != 0 {
		return 0, misuse("--"+flag+" 1h", "--%s %s: want whole minutes", flag, d)
	}
	if d == 0 {
		return 0, nil
	}
	return int64(d / time.Minute), nil
}

// pairs reads key=value; nil when there are none.
func pairs(flag string, texts []string) (map[string]string, error) {
	var out map[string]string
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		if _, twice := out[key]; !ok || key == "" || twice {
			return nil, misuse("--"+flag+" Environment=production", "--%s %s: want key=value, each key once", flag, text)
		}
		if out == nil {
			out = map[string]string{}
		}
		out[key] = value
	}
	return out, nil
}

// wanted says which tables are meant.
func (o backupOptions) wanted(args []string) (backup.Wanted, error) {
	w := backup.Wanted{Patterns: args}
	if len(args)+len(o.whereTags) == 0 {
		return w, misuse("restorable backup orders, restorable backup 'prod-*', or restorable backup '*'", "no table is named")
	}
	for _, p := range args {
		if err := tablePattern(p); err != nil {
			return w, err
		}
	}
	var err error
	if w.Tags, err = pairs("where-tag", o.whereTags); err != nil {
		return w, err
	}
	for key, pattern := range w.Tags {
		if _, err := path.Match(pattern, ""); err != nil {
			return w, misuse("quote the glob, as in --where-tag 'Team=pay*'", "--where-tag %s=%s: not a glob", key, pattern)
		}
	}
	return w, nil
}

// tablePattern takes a name, a glob or an ARN.
func tablePattern(p string) error {
	name := p
	if strings.HasPrefix(p, "arn:") {
		_, rest, ok := strings.Cut(p, ":table/")
		if !ok || strings.Contains(rest, "/") {
			return misuse("arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "%s: not the ARN of a table", p)
		}
		name = rest
	}
	if _, err := path.Match(name, ""); err != nil || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-*?[]^") != "" {
		return misuse("quote the glob, as in restorable backup 'prod-*'", "%s: not the name of a table, nor a glob", p)
	}
	return nil
}
