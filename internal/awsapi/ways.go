package awsapi

// GroupBackupDetails is what a backup of DynamoDB's own says of its table as it was. It costs a call for each backup at ten a second,
// and so is read for one table alone.
const GroupBackupDetails Group = "backup-details"

// DescribeBackup is one of DynamoDB's own backups, with the table as it was when it was made.
const DescribeBackup CallID = "dynamodb:DescribeBackup"

// wayCalls read what only the list of the ways back to one table rests on.
func wayCalls() []Call {
	return []Call{
		{ID: DescribeBackup, ServiceID: "DynamoDB", Resource: tableBackupARN, Buckets: []string{"dynamodb:DescribeBackup"}, Group: GroupBackupDetails, Facts: []string{
			"backup.table_created_at", "backup.item_count", "backup.key_arn",
		}},
	}
}

// Ways returns the groups that the ways back to a table are listed from.
func Ways() map[Group]bool {
	return map[Group]bool{
		GroupStart: true, GroupTables: true, GroupPITR: true, GroupVaults: true, GroupPoints: true, GroupBackups: true, GroupBackupDetails: true,
		GroupCopyJobs: true, GroupRestoreJobs: true, GroupKeys: true,
	}
}
