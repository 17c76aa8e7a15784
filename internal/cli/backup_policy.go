package cli

import (
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/backup"
	"github.com/spf13/cobra"
)

// backupPolicyCommand prints the policy of backup.
func (a *app) backupPolicyCommand() *cobra.Command {
	var partition, with string
	var byTags bool
	cmd := &cobra.Command{
		Use: "backup", Short: "The policy for backup", Args: exactArgs(0, "no arguments"),
		Example: "  restorable iam policy backup > policy.json\n  restorable iam policy backup --with aws-backup > policy.json",
		RunE: func(*cobra.Command, []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			if with != string(backup.Native) && with != string(backup.AWSBackup) {
				return misuse("--with native or --with aws-backup", "--with %s: unknown", with)
			}
			calls, err := backup.Calls(backup.Way(with), byTags)
			if err != nil {
				return err
			}
			return a.printPolicy(partition, awsapi.Permissions(calls))
		},
	}
	cmd.Flags().StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	cmd.Flags().StringVar(&with, "with", string(backup.Native), "who makes the backups: `native` or aws-backup")
	cmd.Flags().BoolVar(&byTags, "where-tag", false, "also what --where-tag needs")
	return cmd
}
