package cli

import (
	"unicode"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/permissions"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const iamPolicyHelp = `Prints the IAM policy that a command needs, and no more: it is generated from the calls
that the command makes and from what AWS demands besides.

  restorable iam policy scan > scan-policy.json
  aws iam create-policy --policy-name restorable-scan --policy-document file://scan-policy.json

apply and backout take a saved plan: the policy then allows what this plan does, on the
things that it names. Without one it allows every kind of change.

  restorable iam policy apply plan.json > apply-policy.json`

func (a *app) iamCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "iam", Short: "IAM policies for restorable itself", Example: "  restorable iam policy scan"}
	group(cmd)
	policy := &cobra.Command{Use: "policy", Short: "Print the least-privilege policy of a command", Long: iamPolicyHelp}
	group(policy)
	for _, p := range policies() {
		policy.AddCommand(a.policyCommand(p))
	}
	policy.AddCommand(a.organizationPolicyCommand())
	policy.AddCommand(a.restorePolicyCommand())
	policy.AddCommand(a.drillPolicyCommand())
	policy.AddCommand(a.comparePolicyCommand())
	policy.AddCommand(a.backupPolicyCommand())
	cmd.AddCommand(policy)
	return cmd
}

// policyOf is a command that has a policy of its own.
type policyOf struct {
	name, short string
	reads       func() map[awsapi.Group]bool                          // nil: it changes something
	changes     func(*remedy.Plan, bool) ([]awsapi.Permission, error) // with --prove; nil: it reads alone
	proves      bool                                                  // it has --prove
	controls    bool                                                  // what it reads hangs on the controls
}

func policies() []policyOf {
	return []policyOf{
		{name: "scan", short: "The policy for scan, explain and doctor", reads: awsapi.Foundation, controls: true},
		{name: "collect", short: "The policy for collect --full", reads: awsapi.Everything},
		{name: "access", short: "The policy for access", reads: awsapi.Access},
		{name: "plan", short: "The policy for plan and unassign, as far as they look", reads: awsapi.Planning},
		{name: "apply", short: "The policy for apply, of one plan or of any", changes: applying, proves: true},
		{name: "backout", short: "The policy for backout, of the runs of one plan or of any", changes: backingOut},
	}
}

func applying(p *remedy.Plan, prove bool) ([]awsapi.Permission, error) {
	all, err := permissions.Apply(p)
	if err != nil || !prove {
		return all, err
	}
	more, err := permissions.Prove(p)
	return append(all, more...), err
}

func backingOut(p *remedy.Plan, _ bool) ([]awsapi.Permission, error) { return permissions.Backout(p) }

func (a *app) policyCommand(p policyOf) *cobra.Command {
	var partition string
	var prove bool
	var chosen controlOptions
	cmd := &cobra.Command{
		Use: p.name, Short: p.short, Example: "  restorable iam policy " + p.name + " > policy.json", Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			if p.controls {
				return a.policyOfScan(partition, chosen)
			}
			if p.reads != nil {
				return a.printPolicy(partition, awsapi.Permissions(awsapi.Select(p.reads())))
			}
			return a.policyOfChanges(p, args, prove, partition, cmd.Flags().Changed("partition"))
		},
	}
	cmd.Flags().StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	if p.controls {
		chosen.register(cmd.Flags())
	}
	if p.changes != nil {
		cmd.Use, cmd.Args = p.name+" [PLAN]", atMostOne("a saved plan")
		cmd.Example += "\n  restorable iam policy " + p.name + " plan.json > policy.json"
	}
	if p.proves {
		cmd.Flags().BoolVar(&prove, "prove", false, "also what --prove needs")
	}
	return cmd
}

// policyOfChanges prints the policy of a plan, in the plan's partition, or of every plan.
func (a *app) policyOfChanges(p policyOf, args []string, prove bool, partition string, given bool) error {
	var plan *remedy.Plan
	if len(args) > 0 {
		var err error
		if plan, err = loadPlan(args[0]); err != nil {
			return err
		}
		if given && plan.Partition != partition {
			return misuse("leave out --partition: the plan names its own", "%s is for the partition %s, and --partition says %s", args[0], plan.Partition, partition)
		}
		partition = plan.Partition
	}
	all, err := p.changes(plan, prove)
	if err != nil {
		return err
	}
	return a.printPolicy(partition, all)
}

// policyRoom is how many characters a managed policy holds, white space not counted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const policyRoom = 6144

// printPolicy writes the policy. One that is too long for IAM allows all tables of the Region instead of each by name, and says so.
func (a *app) printPolicy(partition string, all []awsapi.Permission) error {
	text, err := awsapi.Document(partition, all)
	if err != nil {
		return err
	}
	if size(text) > policyRoom {
		wider, tables := permissions.Tables(all)
		if text, err = awsapi.Document(partition, wider); err != nil {
			return err
		}
		if tables > 0 {
			a.note("IAM has no room for the names of %s: the policy allows all tables of their Regions", terminal.Count(tables, "table"))
		}
	}
	_, err = a.std.Out.Write(text)
	return err
}

func size(text []byte) int {
	n := 0
	for _, r := range string(text) {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
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
