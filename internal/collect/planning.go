package collect

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// backupTags reads the tags of a plan or vault, all of them or none: who owns it is said by any of them.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListTags.html
func (u *unitRun) backupTags(ctx context.Context, arn string) estate.Fact[map[string]string] {
	if !u.needs(awsapi.GroupBackupTags) || !u.trials.first(awsapi.ListBackupTags) {
		return estate.UnknownFact[map[string]string](u.notCollected(awsapi.ListBackupTags))
	}
	tags := map[string]string{}
	whole := pages[backup.ListTagsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*backup.ListTagsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.Backup.ListTags, &backup.ListTagsInput{ResourceArn: aws.String(arn), NextToken: token})
		},
		add:   func(page *backup.ListTagsOutput, _ estate.Source) { maps.Copy(tags, page.Tags) },
		lacks: func(page *backup.ListTagsOutput) bool { return page.Tags == nil },
		next:  func(page *backup.ListTagsOutput) *string { return page.NextToken },
	}.read(ctx, question{u: u, call: awsapi.ListBackupTags, resource: arn})
	if !whole.IsKnown() {
		return estate.UnknownFact[map[string]string](whole.Source())
	}
	return estate.KnownFact(tags, whole.Source())
}

// collectVaultNotifications: ResourceNotFoundException means that the vault tells nobody; that the vault is there we know from the listing.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupVaultNotifications.html
func (u *unitRun) collectVaultNotifications(ctx context.Context, v *estate.Vault) {
	unknown := func(src estate.Source) {
		v.NotificationTopic, v.NotificationEvents = estate.UnknownFact[string](src), estate.UnknownFact[[]string](src)
	}
	if !u.needs(awsapi.GroupVaultNotifications) {
		unknown(u.notCollected(awsapi.GetBackupVaultNotifications))
		return
	}
	q := question{u: u, call: awsapi.GetBackupVaultNotifications, resource: v.ID}
	out, src, err := ask(ctx, q, u.scope.Backup.GetBackupVaultNotifications, &backup.GetBackupVaultNotificationsInput{BackupVaultName: aws.String(v.Name.Or(""))})
	switch {
	case hasCode(err, "ResourceNotFoundException"):
		src = u.answered(src)
		v.NotificationTopic, v.NotificationEvents = estate.AbsentFact[string](src), estate.AbsentFact[[]string](src)
	case err != nil:
		unknown(src)
	default:
		events := make([]string, 0, len(out.BackupVaultEvents))
		for _, e := range out.BackupVaultEvents {
			events = append(events, string(e))
		}
		v.NotificationTopic, v.NotificationEvents = text(out.SNSTopicArn, src), whole(events, src)
	}
}
