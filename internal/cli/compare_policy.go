package cli

import (
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/spf13/cobra"
)

// comparePolicyCommand prints the policy of compare.
func (a *app) comparePolicyCommand() *cobra.Command {
	var partition string
	var stream, repair, point bool
	cmd := &cobra.Command{
		Use: "compare", Short: "The policy for compare", Args: exactArgs(0, "no arguments"),
		Example: "  restorable iam policy compare > policy.json\n  restorable iam policy compare --read-stream > policy.json",
		RunE: func(*cobra.Command, []string) error {
			if err := knownPartition(partition); err != nil {
				return err
			}
			calls, err := comparingCalls(stream, repair)
			if err != nil {
				return err
			}
			if point {
				return a.printPolicy(partition, pointPermissions(calls))
			}
			return a.printPolicy(partition, awsapi.Permissions(calls))
		},
	}
	cmd.Flags().StringVar(&partition, "partition", "aws", "AWS `partition`: aws, aws-cn or aws-us-gov")
	cmd.Flags().BoolVar(&stream, "read-stream", false, "also what --read-stream needs")
	cmd.Flags().BoolVar(&point, "point", false, "also what a point needs: it is restored under a drill's name and deleted again")
	cmd.Flags().BoolVar(&repair, "repair", false, "also what --repair needs; the file itself needs dynamodb:PutItem and DeleteItem of whoever runs it")
	return cmd
}

// comparingCalls are the calls that compare makes.
func comparingCalls(stream, repair bool) ([]awsapi.Call, error) {
	ids := []awsapi.CallID{awsapi.DescribeTable, awsapi.Scan}
	if stream {
		ids = append(ids, awsapi.DescribeStream, awsapi.GetShardIterator, awsapi.GetRecords)
	}
	if repair {
		ids = append(ids, awsapi.GetItem)
	}
	var out []awsapi.Call
	for _, id := range ids {
		call, err := awsapi.Find(id)
		if err != nil {
			return nil, err
		}
		out = append(out, call)
	}
	return out, nil
}
