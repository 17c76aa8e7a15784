package restore

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
)

// The tags by which a table is known to be restored by us.
const (
	ToolTag = "restorable:tool"
	RunTag  = "restorable:run"
)

// maxTags: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
const maxTags = 50

// stepFor chooses how a setting is put back; nil when the source has none, nobody knows, or it was not asked for.
func (r *Run) stepFor(name settings.Setting, source settings.Settings) step {
	switch name {
	case settings.Tags:
		return r.tags
	case settings.Global:
		if r.Request.Kind == settings.ByPoint && r.Request.Indexes.Some {
			return r.deleteIndexes
		}
		return nil
	case settings.Billing:
		if r.Request.Kind == settings.ByPoint && r.Request.Billing != nil {
			return r.billing
		}
		return nil
	}
	v := source.Value(name)
	if !v.Known || v.Off() || name == settings.TTL && !r.Request.TTL || name == settings.Alarms && !r.Request.Alarms {
		return nil
	}
	switch name {
	case settings.Policy:
		return r.policy
	case settings.Class:
		return r.class
	case settings.Protection:
		return r.protection
	case settings.Stream:
		return r.stream
	case settings.PITR:
		return r.pitr
	}
	return r.moreSteps(name)
}

func (r *Run) moreSteps(name settings.Setting) step {
	switch name {
	case settings.Scaling:
		return r.scaling
	case settings.Kinesis:
		return r.kinesis
	case settings.Insights:
		return r.insights
	case settings.Alarms:
		return r.alarms
	case settings.TTL:
		return r.ttl
	}
	return nil
}

func (r *Run) ask(id awsapi.CallID, about string) awsapi.Ask {
	return awsapi.Ask{Scope: r.target(), Call: id, Resource: about}
}

func callOf(err error) string {
	var call *awsapi.CallError
	if errors.As(err, &call) {
		return string(call.Answer.Call)
	}
	return ""
}

// tags: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
func (r *Run) tags(ctx context.Context) (*todo, error) {
	has, _, err := tagsOf(ctx, r.target(), r.TableARN)
	if err != nil {
		return nil, err
	}
	missing := map[string]string{}
	for k, v := range r.wantedTags() {
		if old, ok := has[k]; !ok || old != v {
			missing[k] = v
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	in := &dynamodb.TagResourceInput{ResourceArn: &r.TableARN}
	for _, k := range slices.Sorted(maps.Keys(missing)) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(k), Value: aws.String(missing[k])})
	}
	return &todo{"tags", func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.TagTable, r.TableARN), r.target().DynamoDB.TagResource, in)
		return answer, err
	}}, nil
}

// wantedTags are the source's, and ours where there is room for them.
func (r *Run) wantedTags() map[string]string {
	want := map[string]string{}
	if r.source.Table != nil {
		for k, v := range r.source.Table.Tags.Or(nil) {
			if settings.Restorable(k) {
				want[k] = v
			}
		}
	}
	if len(want)+2 <= maxTags {
		want[ToolTag], want[RunTag] = "restorable", r.ID
	}
	return want
}

// policy: one that somebody has put there in the meantime is left alone.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
func (r *Run) policy(ctx context.Context) (*todo, error) {
	want := settings.Renamed(r.source.Table.ResourcePolicy.Or(""), r.source.Table.ARN.Or(r.Request.Table), r.TableARN)
	out, _, err := awsapi.Invoke(ctx, r.ask(awsapi.GetResourcePolicy, r.TableARN), r.target().DynamoDB.GetResourcePolicy, &dynamodb.GetResourcePolicyInput{ResourceArn: &r.TableARN})
	code, _, _ := awsapi.Classify(err)
	switch {
	case code == "PolicyNotFoundException":
	case err != nil:
		return nil, err
	case settings.SameJSON(aws.ToString(out.Policy), want):
		return nil, nil
	default:
		return nil, &impossible{"somebody has given the table another policy in the meantime"}
	}
	in := &dynamodb.PutResourcePolicyInput{ResourceArn: &r.TableARN, Policy: &want, ExpectedRevisionId: aws.String("NO_POLICY")}
	return &todo{"policy", func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.PutResourcePolicy, r.TableARN), r.target().DynamoDB.PutResourcePolicy, in)
		return answer, err
	}}, nil
}

// calm describes the table, and is busy while it is being changed: UpdateTable takes one change at a time.
func (r *Run) calm(ctx context.Context) (*types.TableDescription, error) {
	t, err := r.describe(ctx)
	switch {
	case err != nil:
		return nil, err
	case t == nil || aws.ToString(t.TableId) != r.TableID:
		return nil, &impossible{"the restored table was deleted in the meantime"}
	case t.TableStatus != types.TableStatusActive:
		return nil, r.busy(string(t.TableStatus))
	}
	for _, g := range t.GlobalSecondaryIndexes {
		if g.IndexStatus != types.IndexStatusActive {
			return nil, r.busy("index " + aws.ToString(g.IndexName) + " is " + string(g.IndexStatus))
		}
	}
	return t, nil
}

func (r *Run) busy(status string) error {
	return &awsapi.CallError{Answer: awsapi.Answer{Call: awsapi.DescribeTable, Resource: r.Request.Target}, Code: "ResourceInUseException", Kind: awsapi.KindBusy, Message: "the table is " + status}
}

// update makes one change of the table. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
func (r *Run) update(what string, in *dynamodb.UpdateTableInput) *todo {
	in.TableName = &r.Request.Target
	return &todo{what, func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.UpdateTable, r.Request.Target), r.target().DynamoDB.UpdateTable, in)
		return answer, err
	}}
}

func (r *Run) class(ctx context.Context) (*todo, error) {
	t, err := r.calm(ctx)
	want := types.TableClass(r.source.Table.TableClass.Or(""))
	if err != nil || t.TableClassSummary != nil && t.TableClassSummary.TableClass == want {
		return nil, err
	}
	return r.update("class", &dynamodb.UpdateTableInput{TableClass: want}), nil
}

func (r *Run) protection(ctx context.Context) (*todo, error) {
	t, err := r.calm(ctx)
	if err != nil || aws.ToBool(t.DeletionProtectionEnabled) {
		return nil, err
	}
	return r.update("protection", &dynamodb.UpdateTableInput{DeletionProtectionEnabled: aws.Bool(true)}), nil
}

func (r *Run) stream(ctx context.Context) (*todo, error) {
	t, err := r.calm(ctx)
	want := types.StreamViewType(r.source.Table.StreamView.Or(""))
	if err != nil {
		return nil, err
	}
	if s := t.StreamSpecification; s != nil && aws.ToBool(s.StreamEnabled) {
		if s.StreamViewType != want {
			return nil, &impossible{"the table has a stream of another view already, and a view cannot be changed"}
		}
		return nil, nil
	}
	return r.update("stream", &dynamodb.UpdateTableInput{StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: want}}), nil
}

// pitr: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
func (r *Run) pitr(ctx context.Context) (*todo, error) {
	s := r.target()
	out, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.DescribeContinuousBackups, r.Request.Target), s.DynamoDB.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: &r.Request.Target})
	if err != nil {
		return nil, err
	}
	if out.ContinuousBackupsDescription == nil {
		return nil, awsapi.Missing(answer, "description of continuous backups")
	}
	days := r.source.Table.PITRPeriodDays.Or(35)
	d := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
	if d != nil && d.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled && (d.RecoveryPeriodInDays == nil || int64(*d.RecoveryPeriodInDays) == days) {
		return nil, nil
	}
	spec := &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true), RecoveryPeriodInDays: aws.Int32(int32(days))} //nolint:gosec // 1 to 35
	return &todo{"pitr", func(ctx context.Context) (awsapi.Answer, error) {
		_, answer, err := awsapi.Invoke(ctx, r.ask(awsapi.UpdateContinuousBackups, r.Request.Target), s.DynamoDB.UpdateContinuousBackups,
			&dynamodb.UpdateContinuousBackupsInput{TableName: &r.Request.Target, PointInTimeRecoverySpecification: spec})
		return answer, err
	}}, nil
}

// deleteIndexes deletes, one by one, what AWS Backup restored and nobody wants. Local indexes cannot be deleted.
func (r *Run) deleteIndexes(ctx context.Context) (*todo, error) {
	t, err := r.calm(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range t.GlobalSecondaryIndexes {
		if name := aws.ToString(g.IndexName); !r.Request.Indexes.Wants(name) {
			return r.update("delete index "+name, &dynamodb.UpdateTableInput{GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
				{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: g.IndexName}}}}), nil
		}
	}
	var stay []string
	for _, l := range t.LocalSecondaryIndexes {
		if name := aws.ToString(l.IndexName); !r.Request.Indexes.Wants(name) {
			stay = append(stay, name)
		}
	}
	if len(stay) > 0 {
		return nil, &impossible{"local indexes cannot be deleted: " + strings.Join(stay, ", ")}
	}
	return nil, nil
}

func (r *Run) billing(ctx context.Context) (*todo, error) {
	t, err := r.calm(ctx)
	if err != nil {
		return nil, err
	}
	want := r.Request.Billing
	onDemand := t.BillingModeSummary != nil && t.BillingModeSummary.BillingMode == types.BillingModePayPerRequest
	if !want.Provisioned {
		if onDemand {
			return nil, nil
		}
		return r.update("billing", &dynamodb.UpdateTableInput{BillingMode: types.BillingModePayPerRequest}), nil
	}
	p := t.ProvisionedThroughput
	if !onDemand && p != nil && aws.ToInt64(p.ReadCapacityUnits) == want.Read && aws.ToInt64(p.WriteCapacityUnits) == want.Write {
		return nil, nil
	}
	through := &types.ProvisionedThroughput{ReadCapacityUnits: &want.Read, WriteCapacityUnits: &want.Write}
	in := &dynamodb.UpdateTableInput{BillingMode: types.BillingModeProvisioned, ProvisionedThroughput: through}
	for _, g := range t.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexUpdates = append(in.GlobalSecondaryIndexUpdates, types.GlobalSecondaryIndexUpdate{
			Update: &types.UpdateGlobalSecondaryIndexAction{IndexName: g.IndexName, ProvisionedThroughput: through}})
	}
	return r.update("billing", in), nil
}
