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
			return ask(ctx, q, u.scope.DynamoDB.ListBackups, &dynamodb.ListBackupsInput{
				BackupType: ddbtypes.BackupTypeFilterAll, ExclusiveStartBackupArn: token, Limit: aws.Int32(100), TableName: notEmpty(u.opts.Backups),
			})
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
	u.describeBackups(ctx)
}

func notEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// describeBackups asks each backup what its table was like. A backup that is gone by now is no longer listed.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html
func (u *unitRun) describeBackups(ctx context.Context) {
	if !u.needs(awsapi.GroupBackupDetails) {
		return
	}
	items := some(u, u.unit.Backups.Items)
	gone := make([]bool, len(items))
	each := newPool(someAtOnce, func(i int) { gone[i] = u.describeBackup(ctx, &items[i]) })
	for i := range items {
		each.add(i)
	}
	each.wait()
	kept := items[:0]
	for i := range items {
		if !gone[i] {
			kept = append(kept, items[i])
		}
	}
	if u.trials == nil {
		u.unit.Backups.Items = kept
	}
}

func (u *unitRun) describeBackup(ctx context.Context, b *estate.NativeBackup) (gone bool) {
	out, src, err := ask(ctx, question{u: u, call: awsapi.DescribeBackup, resource: b.ID}, u.scope.DynamoDB.DescribeBackup, &dynamodb.DescribeBackupInput{BackupArn: &b.ID})
	if err == nil && (out.BackupDescription == nil || out.BackupDescription.SourceTableDetails == nil) {
		src, err = u.missing(src, "description of the table"), errMissing
	}
	if err != nil {
		b.TableCreatedAt, b.ItemCount, b.KeyARN = estate.UnknownFact[estate.Instant](src), estate.UnknownFact[int64](src), estate.UnknownFact[string](src)
		return hasCode(err, "BackupNotFoundException")
	}
	table, features := out.BackupDescription.SourceTableDetails, out.BackupDescription.SourceTableFeatureDetails
	b.TableCreatedAt, b.ItemCount = instant(table.TableCreationDateTime, src), number(table.ItemCount, src)
	b.KeyARN = estate.AbsentFact[string](src)
	if features != nil && features.SSEDescription != nil {
		b.KeyARN = text(features.SSEDescription.KMSMasterKeyArn, src)
	}
	return false
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
	if !u.needs(awsapi.GroupProtectedDetails) {
		src := u.notCollected(awsapi.DescribeProtectedResource)
		for i := range list.Items {
			list.Items[i].LastRestore, list.Items[i].LastRestoreMinutes = estate.UnknownFact[estate.Instant](src), estate.UnknownFact[int64](src)
		}
		return
	}
	each := newPool(someAtOnce, func(p *estate.ProtectedResource) { u.collectRemembered(ctx, p) })
	asked := some(u, list.Items)
	for i := range asked {
		each.add(&asked[i])
	}
	each.wait()
}

// collectRemembered asks for the newest restore of one table, however long ago. ResourceNotFoundException means that its last recovery point
// is gone since the listing: what was restored of it is not remembered any more.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeProtectedResource.html
func (u *unitRun) collectRemembered(ctx context.Context, p *estate.ProtectedResource) {
	q := question{u: u, call: awsapi.DescribeProtectedResource, resource: p.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.DescribeProtectedResource, &backup.DescribeProtectedResourceInput{ResourceArn: aws.String(p.ID)})
	if err != nil {
		p.LastRestore, p.LastRestoreMinutes = estate.UnknownFact[estate.Instant](src), estate.UnknownFact[int64](src)
		return
	}
	p.LastRestore, p.LastRestoreMinutes = instant(out.LatestRestoreJobCreationDate, src), estate.PtrFact(out.LatestRestoreExecutionTimeMinutes, src)
}
