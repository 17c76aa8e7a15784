package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/estate"
)

// describePITR reads point-in-time recovery. TableNotFoundException is no proof of anything here: a table just created answers so for seconds.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
func describePITR(ctx context.Context, q question, s *slot) {
	out, src, err := ask(ctx, q, q.u.scope.DynamoDB.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String(q.resource)})
	if err != nil {
		forgetPITR(&s.table, src)
		return
	}
	p := pitrOf(out.ContinuousBackupsDescription)
	if p == nil {
		forgetPITR(&s.table, q.u.missing(src, "point-in-time recovery status"))
		return
	}
	t := &s.table
	t.PITRStatus = word(p.PointInTimeRecoveryStatus, src)
	t.PITRPeriodDays = number(p.RecoveryPeriodInDays, src)
	t.PITREarliest = instant(p.EarliestRestorableDateTime, src)
	t.PITRLatest = instant(p.LatestRestorableDateTime, src)
}

// pitrOf finds the description. ContinuousBackupsStatus is another thing and says nothing about PITR, except that without
// continuous backups, as in the first seconds of a table, there can be no PITR either. nil: the answer does not say.
func pitrOf(d *types.ContinuousBackupsDescription) *types.PointInTimeRecoveryDescription {
	if d == nil {
		return nil
	}
	if p := d.PointInTimeRecoveryDescription; p != nil && p.PointInTimeRecoveryStatus != "" {
		return p
	}
	if d.ContinuousBackupsStatus == types.ContinuousBackupsStatusDisabled {
		return &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled}
	}
	return nil
}

func forgetPITR(t *estate.Table, src estate.Source) {
	t.PITRStatus = estate.UnknownFact[string](src)
	t.PITRPeriodDays = estate.UnknownFact[int64](src)
	t.PITREarliest = estate.UnknownFact[estate.Instant](src)
	t.PITRLatest = estate.UnknownFact[estate.Instant](src)
}
