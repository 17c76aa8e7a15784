package cli

import (
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/spf13/cobra"
)

const restorePolicyHelp = `Prints the policy that restore needs: reading what there is, asking AWS for the new table,
and putting back what AWS leaves out.

With --to, whatever writes is allowed on the table of that name alone: the table that is
restored cannot be written to then, whatever happens.

  restorable iam policy restore --to orders-restored > restore-policy.json`

func (a *app) restorePolicyCommand() *cobra.Command {
	var partition, to string
	cmd := &cobra.Command{
		Use: "restore", Short: "The policy for restore, into one table or any", Long: restorePolicyHelp,
		Example: "  restorable iam policy restore --to orders-restored > policy.json", Args: exactArgs(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			if to != "" && !isTableName(to) {
				return misuse("--to orders-restored", "--to %q: not the name of a table", to)
			}
			return a.printPolicy(partition, restorePermissions(to))
		},
	}
	cmd.Flags().StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	cmd.Flags().StringVar(&to, "to", "", "`name` of the new table; empty: any")
	return cmd
}

// restorePermissions narrows what writes to the new table, when its name is known. Asking for a restore is allowed on every table: AWS demands
// it of the source and of the target. Counting what has expired reads the new table.
func restorePermissions(to string) []awsapi.Permission {
	all := awsapi.Permissions(awsapi.RestoreCalls())
	if to == "" {
		return all
	}
	for i := range all {
		p := &all[i]
		if strings.HasSuffix(p.Resource, ":table/*") && !isReading(p.Action) && p.Action != awsapi.RestoreTableToPointInTime && p.Action != awsapi.RestoreTableFromBackup {
			p.Resource = strings.TrimSuffix(p.Resource, "*") + to
		}
	}
	return all
}

func isReading(action awsapi.CallID) bool {
	_, verb, _ := strings.Cut(string(action), ":")
	for _, read := range []string{"Describe", "List"} {
		if strings.HasPrefix(verb, read) {
			return true
		}
	}
	return verb == "GetResourcePolicy"
}
