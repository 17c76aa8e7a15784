package collect

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// resourceType is AWS Backup's name for tables.
const resourceType = "DynamoDB"

// mostExpected bounds the room made for a vault's points ahead of time: its count covers other services' points too.
const mostExpected = 400_000

// collectPoints lists a vault's recovery points of tables. A vault that can not be read leaves only its own list open.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
func (u *unitRun) collectPoints(ctx context.Context, v *estate.Vault) {
	list := &v.RecoveryPoints
	if !u.needs(awsapi.GroupPoints) {
		list.Whole = u.skipped(awsapi.ListRecoveryPointsByBackupVault)
		return
	}
	kept := words{}
	name := aws.String(v.Name.Or(""))
	list.Whole = pages[backup.ListRecoveryPointsByBackupVaultOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListRecoveryPointsByBackupVaultOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListRecoveryPointsByBackupVault, &backup.ListRecoveryPointsByBackupVaultInput{
				BackupVaultName: name, ByResourceType: aws.String(resourceType), NextToken: token, MaxResults: aws.Int32(bulkPage),
			})
		},
		add: func(page *backup.ListRecoveryPointsByBackupVaultOutput, src estate.Source) {
			if list.Items == nil {
				list.Items = make([]estate.RecoveryPoint, 0, expected(v, page))
			}
			for i := range page.RecoveryPoints {
				list.Items = append(list.Items, pointOf(&page.RecoveryPoints[i], kept, src))
			}
		},
		lacks: func(page *backup.ListRecoveryPointsByBackupVaultOutput) bool { return page.RecoveryPoints == nil },
		next:  func(page *backup.ListRecoveryPointsByBackupVaultOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListRecoveryPointsByBackupVault, resource: v.ID})
	if cap(list.Items) > 2*len(list.Items) { // the vault holds mostly other things
		list.Items = slices.Clone(list.Items)
	}
}

func expected(v *estate.Vault, first *backup.ListRecoveryPointsByBackupVaultOutput) int {
	if aws.ToString(first.NextToken) == "" {
		return len(first.RecoveryPoints)
	}
	return max(len(first.RecoveryPoints), min(int(v.Count.Or(0)), mostExpected))
}

func pointOf(p *types.RecoveryPointByBackupVault, kept words, src estate.Source) estate.RecoveryPoint {
	point := estate.RecoveryPoint{
		ID: aws.ToString(p.RecoveryPointArn), ResourceARN: text(kept.keep(p.ResourceArn), src), ResourceType: text(kept.keep(p.ResourceType), src),
		Status: text(kept.keep((*string)(&p.Status)), src), Message: text(kept.keep(p.StatusMessage), src),
		CreatedAt: instant(p.CreationDate, src), CompletedAt: instant(p.CompletionDate, src), LastRestoreAt: instant(p.LastRestoreTime, src),
		SizeBytes: number(p.BackupSizeInBytes, src), Encrypted: estate.KnownFact(p.IsEncrypted, src),
		KeyARN: text(kept.keep(p.EncryptionKeyArn), src), RoleARN: text(kept.keep(p.IamRoleArn), src), SourceVault: text(kept.keep(p.SourceBackupVaultArn), src),
		DeleteAt: estate.AbsentFact[estate.Instant](src), ColdAt: estate.AbsentFact[estate.Instant](src), DeleteAfter: estate.AbsentFact[int64](src),
		PlanID: estate.AbsentFact[string](src), RuleID: estate.AbsentFact[string](src),
		StorageClass: estate.UnknownFact[string](src), // the listing does not tell; ColdAt against now does
	}
	if c := p.CalculatedLifecycle; c != nil {
		point.DeleteAt, point.ColdAt = instant(c.DeleteAt, src), instant(c.MoveToColdStorageAt, src)
	}
	if p.Lifecycle != nil {
		_, point.DeleteAfter = lifecycle(p.Lifecycle, src)
	}
	if by := p.CreatedBy; by != nil {
		point.PlanID, point.RuleID = text(kept.keep(by.BackupPlanId), src), text(kept.keep(by.BackupRuleId), src)
	}
	return point
}
