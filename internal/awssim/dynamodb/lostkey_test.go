package dynamodb

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestNothingIsRestoredFromUnderAKeyThatIsLost: another key for the new table does not help to read the old one's backups.
func TestNothingIsRestoredFromUnderAKeyThatIsLost(t *testing.T) {
	l := newLab(t, Options{})
	in := simple("orders")
	in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: aws.String(cmk)}
	must(l, l.s.createTable, in)
	l.advance(time.Minute)
	must(l, l.s.updateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: in.TableName, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
	b := must(l, l.s.createBackup, &dynamodb.CreateBackupInput{TableName: in.TableName, BackupName: aws.String("once")}).BackupDetails
	l.advance(time.Hour)
	owned := &types.SSESpecification{Enabled: aws.Bool(false)}
	backup := &dynamodb.RestoreTableFromBackupInput{BackupArn: b.BackupArn, TargetTableName: aws.String("copy"), SSESpecificationOverride: owned}
	moment := &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: in.TableName, TargetTableName: aws.String("copy2"), UseLatestRestorableTime: aws.Bool(true), SSESpecificationOverride: owned}
	for _, state := range []string{"Disabled", "PendingDeletion", ""} {
		l.keys[cmk] = state
		if state == "" {
			delete(l.keys, cmk)
		}
		refused(l, l.s.restoreTableFromBackup, backup, "AccessDeniedException", "KMS key access denied")
		refused(l, l.s.restoreTableToPointInTime, moment, "AccessDeniedException", "KMS key access denied")
	}
	l.keys[cmk] = "Enabled"
	must(l, l.s.restoreTableFromBackup, backup)
	must(l, l.s.restoreTableToPointInTime, moment)
}
