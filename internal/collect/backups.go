package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectBackups lists DynamoDB's own backups of the whole account and Region, those of deleted tables included. The default type would be USER alone.
// That backups made by AWS Backup are not among them rests on issue threads; for plain (non-advanced) ones it is UNCONFIRMED (aws-semantics 9):
// should they appear, they carry type AWS_BACKUP and are kept as such.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
func (u *unitRun) collectBackups(ctx context.Context) {
	list := &u.unit.Backups
	if !u.needs(awsapi.GroupBackups) {
		list.Whole = u.skipped(awsapi.ListBackups)
		return
	}
	kept := words{}
	list.Whole = pages[dynamodb.ListBackupsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*dynamodb.ListBackupsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.DynamoDB.ListBackups, &dynamodb.ListBackupsInput{BackupType: ddbtypes.BackupTypeFilterAll, ExclusiveStartBackupArn: token, Limit: aws.Int32(100)})
		},
		add: func(page *dynamodb.ListBackupsOutput, src estate.Source) {
			for _, b := range page.BackupSummaries {
				list.Items = append(list.Items, estate.NativeBackup{
					ID: aws.ToString(b.BackupArn), Name: text(b.BackupName, src), TableARN: text(kept.keep(b.TableArn), src), TableName: text(kept.keep(b.TableName), src), TableID: text(kept.keep(b.TableId), src),
					Status: text(kept.keep((*string)(&b.BackupStatus)), src), Type: text(kept.keep((*string)(&b.BackupType)), src),
					CreatedAt: instant(b.BackupCreationDateTime, src), ExpiresAt: instant(b.BackupExpiryDateTime, src), SizeBytes: number(b.BackupSizeBytes, src),
				})
			}
		},
		lacks: func(page *dynamodb.ListBackupsOutput) bool { return page.BackupSummaries == nil },
		next:  func(page *dynamodb.ListBackupsOutput) *string { return page.LastEvaluatedBackupArn },
	}.read(ctx, question{u: u, call: awsapi.ListBackups})
}

// collectProtected lists what AWS Backup ever made recovery points of. It is not plan membership.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListProtectedResources.html
func (u *unitRun) collectProtected(ctx context.Context) {
	list := &u.unit.Protected
	if !u.needs(awsapi.GroupProtected) {
		list.Whole = u.skipped(awsapi.ListProtectedResources)
		return
	}
	list.Whole = pages[backup.ListProtectedResourcesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListProtectedResourcesOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListProtectedResources, &backup.ListProtectedResourcesInput{NextToken: token, MaxResults: aws.Int32(bulkPage)})
		},
		add: func(page *backup.ListProtectedResourcesOutput, src estate.Source) {
			for _, r := range page.Results {
				if aws.ToString(r.ResourceType) == resourceType {
					list.Items = append(list.Items, estate.ProtectedResource{ID: aws.ToString(r.ResourceArn), LastBackup: instant(r.LastBackupTime, src)})
				}
			}
		},
		next: func(page *backup.ListProtectedResourcesOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListProtectedResources})
}
