package backup

import "github.com/restorable/restorable/internal/awsapi"

// Calls are what a backup of a way asks of AWS, whichever of its options are given. With byTags tables are chosen by their tags.
// An error means that a call is not declared, which the tests rule out.
func Calls(way Way, byTags bool) ([]awsapi.Call, error) {
	groups := map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupTables: true, awsapi.GroupTags: byTags}
	calls := awsapi.Select(groups)
	ids := []awsapi.CallID{awsapi.CreateBackup, awsapi.DescribeBackup, awsapi.ListBackups}
	if way == AWSBackup {
		ids = []awsapi.CallID{awsapi.ListBackupVaults, awsapi.DescribeRegionSettings, awsapi.StartBackupJob, awsapi.DescribeBackupJob,
			awsapi.ListRecoveryPointsByResource, awsapi.DescribeRecoveryPoint, awsapi.ListBackupTags}
	}
	for _, id := range ids {
		call, err := awsapi.Find(id)
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	return calls, nil
}
