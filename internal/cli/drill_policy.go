package cli

import (
	"slices"

	"github.com/restorable/restorable/internal/drill"
	"github.com/spf13/cobra"
)

const drillPolicyHelp = `Prints the policy that drill and drill cleanup need. Whatever writes is allowed on tables whose names
begin with restorable-drill- alone: no source can be written to, whatever happens.

  restorable iam policy drill --from pitr > drill-policy.json`

// drillPolicyCommand prints the policy of drill.
func (a *app) drillPolicyCommand() *cobra.Command {
	var partition string
	var u drill.Uses
	cmd := &cobra.Command{
		Use: "drill", Short: "The policy for drill and drill cleanup", Long: drillPolicyHelp, Args: exactArgs(0, "no arguments"),
		Example: "  restorable iam policy drill > policy.json",
		RunE: func(*cobra.Command, []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			if !slices.Contains([]string{"", drill.FromPITR, drill.FromBackup, drill.FromPoint}, u.From) {
				return misuse("--from pitr, backup or recovery-point", "--from %s: unknown", u.From)
			}
			return a.printPolicy(partition, drill.Permissions(u))
		},
	}
	f := cmd.Flags()
	f.StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	f.StringVar(&u.From, "from", "", "only for drills of one `kind`: pitr, backup or recovery-point (default all)")
	f.BoolVar(&u.Stream, "use-stream", false, "also what --use-stream needs")
	f.BoolVar(&u.Signing, "kms", false, "also what --kms needs")
	f.BoolVar(&u.Watch, "watch", false, "what drill watch needs instead")
	return cmd
}
