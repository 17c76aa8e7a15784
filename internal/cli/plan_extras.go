package cli

import (
	"fmt"

	"github.com/restorable/restorable/internal/remedy/planning"
	"github.com/spf13/pflag"
)

// registerExtras declares what a plan can be told of the remedies beyond the core.
func registerExtras(f *pflag.FlagSet, x *planning.Extras) {
	f.BoolVar(&x.AcceptUnknown, "accept-unknown", false, "act although something that a remedy touches could not be read; the plan names it")
	f.StringSliceVar(&x.CopyTo, "copy-to", nil, "`REGION:VAULT` to which add-copies copies every recovery point")
	f.StringVar(&x.Key, "key", "", "`ARN` of the KMS key for encrypt-with-kms")
	f.StringArrayVar(&x.RequireTags, "require-tag", nil, "`KEY=VALUE` that tag-tables gives to tables; repeatable")
	f.BoolVar(&x.Native, "native", false, "create-backup makes DynamoDB's own backups, which nothing ever deletes")
	f.StringVar(&x.TestSchedule, "test-schedule", "", fmt.Sprintf("`cron` expression of restore tests, UTC (default %q)", planning.DefaultTestSchedule))
	f.StringVar(&x.Notify, "notify", "", "`ARN` of the SNS topic for notify-vault")
	f.StringSliceVar(&x.BreakGlass, "break-glass", nil, "`ARN` of a role that deny-vault-deletion leaves able to delete, and to lift the ban")
	f.StringVar(&x.LockMode, "lock-mode", "", "`governance`, which can be removed, or compliance, which nobody can undo after its grace time (default governance)")
	f.Int64Var(&x.LockMin, "lock-min", 0, "`days` that a locked vault keeps at least (default by the objective)")
	f.Int64Var(&x.LockMax, "lock-max", 0, "`days` that a locked vault keeps at most (default no limit)")
	f.Int64Var(&x.LockGrace, "lock-grace", 0, fmt.Sprintf("`days` in which a compliance lock can still be removed, 3 at least (default %d)", planning.DefaultLockGrace))
	f.StringArrayVar(&x.LockConfirmed, "confirm-lock", nil, "`phrase` that the plan asks for before it locks a vault in compliance mode; repeatable")
}
