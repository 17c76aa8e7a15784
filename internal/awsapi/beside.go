package awsapi

// Reads that apply and backout make besides those that collect: of the one thing that an action rests on.
const (
	ListTagsOfResource           CallID = "dynamodb:ListTagsOfResource"
	DescribeBackupVault          CallID = "backup:DescribeBackupVault"
	DescribeBackupJob            CallID = "backup:DescribeBackupJob"
	ListRecoveryPointsByResource CallID = "backup:ListRecoveryPointsByResource"
	DescribeRecoveryPoint        CallID = "backup:DescribeRecoveryPoint"
)

// Beside is the table of those reads. They feed no fact of an estate.
func Beside() []Call {
	return append(restoreReads(), []Call{
		{ID: ListTagsOfResource, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:ListTagsOfResource"}},
		// A vault that does not exist looks like denied access: ListBackupVaults decides whether there is one.
		{ID: DescribeBackupVault, ServiceID: "Backup", Resource: vaultARN, Buckets: gets(DescribeBackupVault)},
		{ID: DescribeBackupJob, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeBackupJob)},
		{ID: ListRecoveryPointsByResource, ServiceID: "Backup", Resource: "*", Buckets: lists(ListRecoveryPointsByResource)},
		{ID: DescribeRecoveryPoint, ServiceID: "Backup", Resource: recoveryPointARN, Buckets: gets(DescribeRecoveryPoint), Dependent: []Grant{plainPoint(DescribeRecoveryPoint)}},
	}...)
}

// plainPoint: a recovery point that was made without AWS Backup's advanced features for DynamoDB is a backup of DynamoDB's, and has the ARN of
// one; the resource type recoveryPoint of AWS Backup's actions stands for the ARNs of either service.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
func plainPoint(action CallID) Grant {
	return Grant{Action: action, On: OnAny, Resource: tableBackupARN}
}
