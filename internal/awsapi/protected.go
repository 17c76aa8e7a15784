package awsapi

// DescribeProtectedResource tells what AWS Backup remembers of one table.
const DescribeProtectedResource CallID = "backup:DescribeProtectedResource"

// GroupProtectedDetails is what AWS Backup remembers of each table's newest restore, beyond the 30 days of its jobs. It takes a call for
// each table that AWS Backup ever backed up.
const GroupProtectedDetails Group = "protected-resource-details"

// protectedCalls: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeProtectedResource.html
func protectedCalls() []Call {
	return []Call{{ID: DescribeProtectedResource, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeProtectedResource), Group: GroupProtectedDetails, PerTable: true, Facts: []string{
		"protected_resource.last_restore", "protected_resource.last_restore_minutes",
	}}}
}
