package agreement

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// items lists the ids in a table.
func (s *stage) items(table string) []string {
	s.Helper()
	var out []string
	for p := dynamodb.NewScanPaginator(s.tables, &dynamodb.ScanInput{TableName: &table}); p.HasMorePages(); {
		for _, item := range ok[dynamodb.ScanOutput](s)(p.NextPage(s.ctx)).Items {
			out = append(out, item["id"].(*types.AttributeValueMemberS).Value)
		}
	}
	slices.Sort(out)
	return out
}

// nativeBackups lists DynamoDB's own backups of a name, of every type that it shows.
func (s *stage) nativeBackups(table string) []types.BackupSummary {
	s.Helper()
	return ok[dynamodb.ListBackupsOutput](s)(s.tables.ListBackups(s.ctx, &dynamodb.ListBackupsInput{TableName: &table, BackupType: types.BackupTypeFilterAll})).BackupSummaries
}

// awsOwned asks for a table under AWS's own key: one that can be read whatever became of the customer's keys.
func awsOwned() *types.SSESpecification { return &types.SSESpecification{Enabled: aws.Bool(false)} }

// fresh is a name that no restore has used.
func (s *stage) fresh() string {
	s.restored++
	return fmt.Sprint("restored-", s.restored)
}

// fromNative restores one of DynamoDB's own backups; false with the reason when it is refused.
func (s *stage) fromNative(arn string) (ids []string, refusal string) {
	s.Helper()
	name := s.fresh()
	if _, err := s.tables.RestoreTableFromBackup(s.ctx, &dynamodb.RestoreTableFromBackupInput{BackupArn: &arn, TargetTableName: &name, SSESpecificationOverride: awsOwned()}); err != nil {
		return nil, code(err)
	}
	s.wait(20 * time.Minute)
	return s.items(name), ""
}

// fromPITR restores a table as of a moment.
func (s *stage) fromPITR(table string, at time.Time) (ids []string, refusal string) {
	s.Helper()
	name := s.fresh()
	if c := s.restoreAt(table, name, at); c != "" {
		return nil, c
	}
	s.wait(20 * time.Minute)
	return s.items(name), ""
}

// fromPoint restores a recovery point through AWS Backup.
func (s *stage) fromPoint(arn, role string) (ids []string, refusal string) {
	s.Helper()
	name := s.fresh()
	out, err := s.backups.StartRestoreJob(s.ctx, &backup.StartRestoreJobInput{RecoveryPointArn: &arn, IamRoleArn: &role, Metadata: map[string]string{"targetTableName": name}})
	if err != nil {
		return nil, code(err)
	}
	s.wait(20 * time.Minute)
	job := ok[backup.DescribeRestoreJobOutput](s)(s.backups.DescribeRestoreJob(s.ctx, &backup.DescribeRestoreJobInput{RestoreJobId: out.RestoreJobId}))
	if job.Status != "COMPLETED" {
		return nil, string(job.Status) + ": " + aws.ToString(job.StatusMessage)
	}
	return s.items(name), ""
}
