package collect

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// lookBack is how far the event history is read. CloudTrail keeps 90 days; a lookup gives 50 events at two calls a second.
const lookBack = 30 * 24 * time.Hour

// watchedCalls destroy or shorten what one recovers from, by name and the service that answers them: other services have calls of the same names.
func watchedCalls() map[string]string {
	return map[string]string{
		"DeleteBackup": "dynamodb.amazonaws.com", "UpdateContinuousBackups": "dynamodb.amazonaws.com",
		"DeleteRecoveryPoint": "backup.amazonaws.com", "DeleteBackupPlan": "backup.amazonaws.com", "DeleteBackupVault": "backup.amazonaws.com",
	}
}

// collectActions reads CloudTrail's event history, which exists without any trail. One lookup takes one name.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
func (u *unitRun) collectActions(ctx context.Context) {
	list := &u.unit.Actions
	if !u.needs(awsapi.GroupActions) {
		list.Whole = u.skipped(awsapi.LookupEvents)
		u.unit.ActionsSince = estate.UnknownFact[estate.Instant](list.Whole.Source())
		return
	}
	since := u.since()
	watched := watchedCalls()
	for _, name := range slices.Sorted(maps.Keys(watched)) {
		if !u.trials.first(awsapi.LookupEvents) {
			break
		}
		if list.Whole = u.lookUp(ctx, name, watched[name], since); !list.Whole.IsKnown() {
			break // the list is not whole, whatever the others say: at two calls a second, one failure is enough
		}
	}
	u.unit.ActionsSince = estate.UnknownFact[estate.Instant](list.Whole.Source())
	if since != nil && list.Whole.IsKnown() {
		u.unit.ActionsSince = estate.KnownFact(estate.At(*since), list.Whole.Source())
	}
}

// since is the beginning of what is asked for, by AWS's clock, at midnight; nil when nothing told AWS's time yet.
func (u *unitRun) since() *time.Time {
	now, ok := u.scope.Clock.Now()
	if !ok {
		return nil
	}
	return aws.Time(now.Add(-lookBack).Truncate(24 * time.Hour))
}

func (u *unitRun) lookUp(ctx context.Context, name, source string, since *time.Time) estate.Fact[bool] {
	list := &u.unit.Actions
	return pages[cloudtrail.LookupEventsOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*cloudtrail.LookupEventsOutput, estate.Source, error) {
			return ask(ctx, q, u.scope.CloudTrail.LookupEvents, &cloudtrail.LookupEventsInput{
				LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: &name}},
				StartTime:        since, MaxResults: aws.Int32(50), NextToken: token,
			})
		},
		add: func(page *cloudtrail.LookupEventsOutput, src estate.Source) {
			for i := range page.Events {
				e := &page.Events[i]
				if aws.ToString(e.EventSource) != source {
					continue
				}
				if a, destroys := actionOf(e, src); destroys {
					list.Items = append(list.Items, a)
				}
			}
		},
		lacks: func(page *cloudtrail.LookupEventsOutput) bool { return page.Events == nil },
		next:  func(page *cloudtrail.LookupEventsOutput) *string { return page.NextToken },
	}.read(ctx, u.about(awsapi.LookupEvents, name))
}

// record is what is read of an event's own JSON.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
type record struct {
	UserIdentity struct {
		ARN       string `json:"arn"`
		InvokedBy string `json:"invokedBy"`
	} `json:"userIdentity"`
	SourceIPAddress   string `json:"sourceIPAddress"`
	ErrorCode         string `json:"errorCode"`
	RequestParameters struct {
		TableName        string `json:"tableName"`
		BackupARN        string `json:"backupArn"`
		RecoveryPointARN string `json:"recoveryPointArn"`
		BackupPlanID     string `json:"backupPlanId"`
		BackupVaultName  string `json:"backupVaultName"`
		PITR             struct {
			Enabled *bool `json:"pointInTimeRecoveryEnabled"`
		} `json:"pointInTimeRecoverySpecification"`
	} `json:"requestParameters"`
}

// about is the most precise name that the request gave.
func (r *record) about() string {
	p := &r.RequestParameters
	for _, name := range []string{p.RecoveryPointARN, p.BackupARN, p.BackupPlanID, p.TableName, p.BackupVaultName} {
		if name != "" {
			return name
		}
	}
	return ""
}

// actionOf makes an action of an event. An update of continuous backups that switches point-in-time recovery on, or whose wish is not
// recorded as a plain no, destroys nothing.
func actionOf(e *types.Event, src estate.Source) (a estate.RecordedAction, destroys bool) {
	a = estate.RecordedAction{
		ID: aws.ToString(e.EventId), Name: text(e.EventName, src), At: instant(e.EventTime, src), By: text(e.Username, src),
		About: estate.UnknownFact[string](src), Error: estate.UnknownFact[string](src), SourceIP: estate.UnknownFact[string](src),
	}
	var r record
	if err := json.Unmarshal([]byte(aws.ToString(e.CloudTrailEvent)), &r); err != nil {
		return a, true // that it happened is known; what came of it is not
	}
	if on := r.RequestParameters.PITR.Enabled; aws.ToString(e.EventName) == "UpdateContinuousBackups" && (on == nil || *on) {
		return a, false
	}
	about := r.about()
	a.About, a.Error, a.SourceIP = text(&about, src), text(&r.ErrorCode, src), text(&r.SourceIPAddress, src)
	if r.UserIdentity.ARN != "" {
		a.By = text(&r.UserIdentity.ARN, src)
	} else if r.UserIdentity.InvokedBy != "" {
		a.By = text(&r.UserIdentity.InvokedBy, src)
	}
	return a, true
}
