package awsapi

// Reads that apply and backout make besides those that collect: of the one thing that an action rests on.
const (
	ListTagsOfResource           CallID = "dynamodb:ListTagsOfResource"
	DescribeBackup               CallID = "dynamodb:DescribeBackup"
	DescribeBackupVault          CallID = "backup:DescribeBackupVault"
	DescribeBackupJob            CallID = "backup:DescribeBackupJob"
	ListRecoveryPointsByResource CallID = "backup:ListRecoveryPointsByResource"
	DescribeRecoveryPoint        CallID = "backup:DescribeRecoveryPoint"
	ListBackupTags               CallID = "backup:ListTags"
	GetBackupVaultNotifications  CallID = "backup:GetBackupVaultNotifications"
	ListAttachedRolePolicies     CallID = "iam:ListAttachedRolePolicies"
	ListRolePolicies             CallID = "iam:ListRolePolicies"
	GetRolePolicy                CallID = "iam:GetRolePolicy"
	GetPolicy                    CallID = "iam:GetPolicy"
	GetPolicyVersion             CallID = "iam:GetPolicyVersion"
)

// Beside is the table of those reads. They feed no fact of an estate.
func Beside() []Call {
	return []Call{
		{ID: ListTagsOfResource, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:ListTagsOfResource"}},
		{ID: DescribeBackup, ServiceID: "DynamoDB", Resource: tableBackupARN, Buckets: []string{"dynamodb:DescribeBackup"}},
		// A vault that does not exist looks like denied access: ListBackupVaults decides whether there is one.
		{ID: DescribeBackupVault, ServiceID: "Backup", Resource: vaultARN, Buckets: gets(DescribeBackupVault)},
		{ID: DescribeBackupJob, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeBackupJob)},
		{ID: ListRecoveryPointsByResource, ServiceID: "Backup", Resource: "*", Buckets: lists(ListRecoveryPointsByResource)},
		{ID: DescribeRecoveryPoint, ServiceID: "Backup", Resource: recoveryPointARN, Buckets: gets(DescribeRecoveryPoint)},
		{ID: ListBackupTags, ServiceID: "Backup", Resource: backupARN, Buckets: lists(ListBackupTags)},
		{ID: GetBackupVaultNotifications, ServiceID: "Backup", Resource: vaultARN, Buckets: gets(GetBackupVaultNotifications)},
		{ID: ListAttachedRolePolicies, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:read"}},
		{ID: ListRolePolicies, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:read"}},
		{ID: GetRolePolicy, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:read"}},
		{ID: GetPolicy, ServiceID: "IAM", Resource: policyARN, Buckets: []string{"iam:read"}},
		{ID: GetPolicyVersion, ServiceID: "IAM", Resource: policyARN, Buckets: []string{"iam:read"}},
	}
}
