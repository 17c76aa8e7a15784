package cli

import (
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/spf13/cobra"
)

// organizationPolicyCommand prints what whoever starts a scan of many accounts needs, besides what the role in each of them may do.
func (a *app) organizationPolicyCommand() *cobra.Command {
	var partition, role string
	cmd := &cobra.Command{
		Use: "organization", Short: "The policy for --org: find the accounts and assume the role in each",
		Long: `Prints the policy of whoever starts a scan of an organisation: find its accounts and assume the role in each.
What the role itself needs is printed by restorable iam policy scan.

  restorable iam policy organization --role-name restorable-audit > hub-policy.json`,
		Example: "  restorable iam policy organization --role-name restorable-audit > hub-policy.json", Args: exactArgs(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			if !isRoleName(role) {
				return misuse("--role-name restorable-audit", "--role-name %q: want a name, with its path if it has one", role)
			}
			all := awsapi.Permissions(awsapi.SetupCalls())
			for i := range all {
				if all[i].Action == awsapi.AssumeRole {
					all[i].Resource = strings.TrimSuffix(all[i].Resource, "*") + strings.TrimPrefix(role, "/")
				}
			}
			return a.printPolicy(partition, all)
		},
	}
	cmd.Flags().StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	cmd.Flags().StringVar(&role, "role-name", "restorable-audit", "`name` of the role in the accounts, with its path")
	return cmd
}
