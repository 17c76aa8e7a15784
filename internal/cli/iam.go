package cli

import (
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/spf13/cobra"
)

const iamPolicyHelp = `Prints the IAM policy that a command needs, and no more: it is generated from the calls
that the command makes and from what AWS demands besides.

  restorable iam policy scan > scan-policy.json
  aws iam create-policy --policy-name restorable-scan --policy-document file://scan-policy.json`

func (a *app) iamCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "iam", Short: "IAM policies for restorable itself", Example: "  restorable iam policy scan"}
	group(cmd)
	policy := &cobra.Command{Use: "policy", Short: "Print the least-privilege policy of a command", Long: iamPolicyHelp}
	group(policy)
	for _, p := range policies() {
		policy.AddCommand(a.policyCommand(p))
	}
	cmd.AddCommand(policy)
	return cmd
}

// policyOf is a command that has a policy of its own.
type policyOf struct {
	name, short string
	groups      func() map[awsapi.Group]bool
}

func policies() []policyOf {
	return []policyOf{
		{"scan", "The policy for scan, explain and doctor", awsapi.Foundation},
		{"collect", "The policy for collect --full", awsapi.Everything},
	}
}

func (a *app) policyCommand(p policyOf) *cobra.Command {
	var partition string
	cmd := &cobra.Command{
		Use: p.name, Short: p.short, Example: "  restorable iam policy " + p.name + " > policy.json", Args: exactArgs(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			text, err := awsapi.Policy(partition, awsapi.Select(p.groups()))
			if err != nil {
				return err
			}
			_, err = a.std.Out.Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	return cmd
}

func knownPartition(name string) error {
	known := []string{"aws", "aws-cn", "aws-us-gov"}
	for _, k := range known {
		if name == k {
			return nil
		}
	}
	hint := "--partition aws"
	if near := suggest.Nearest(name, known); near != "" {
		hint = "did you mean --partition " + near + "?"
	}
	return misuse(hint, "--partition %s: unknown", name)
}
