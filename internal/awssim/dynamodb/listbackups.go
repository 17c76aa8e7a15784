package dynamodb

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// listBackups lists USER backups unless told otherwise. Those that AWS Backup made are never listed: "weren't made with AWS Backup" says
// the API reference; UNCONFIRMED for BackupType AWS_BACKUP, which answered nothing where none existed.
func (s *Service) listBackups(c *api.Call, in *dynamodb.ListBackupsInput) (*dynamodb.ListBackupsOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if limit < 1 || limit > 100 {
		return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value between 1 and 100", limit)
	}
	if in.TimeRangeLowerBound != nil && in.TimeRangeUpperBound != nil && in.TimeRangeUpperBound.Before(*in.TimeRangeLowerBound) {
		return nil, invalid("TimeRangeUpperBound must not be before TimeRangeLowerBound")
	}
	start := ""
	if in.ExclusiveStartBackupArn != nil {
		b, err := s.findBackup(c, in.ExclusiveStartBackupArn, false)
		if err != nil {
			return nil, invalid("Invalid ExclusiveStartBackupArn: %s", *in.ExclusiveStartBackupArn)
		}
		start = b.order()
	}
	out := &dynamodb.ListBackupsOutput{BackupSummaries: []types.BackupSummary{}}
	for _, b := range s.region(c.Scope).listed() {
		if b.order() <= start || !b.matches(c, in) {
			continue
		}
		if len(out.BackupSummaries) == limit {
			out.LastEvaluatedBackupArn = out.BackupSummaries[limit-1].BackupArn
			break
		}
		out.BackupSummaries = append(out.BackupSummaries, b.summary())
	}
	return out, nil
}

// order is by table, then by time of creation.
func (b *backup) order() string { return b.snap.Table.Name + "\x00" + b.id }

func (r *region) listed() []*backup {
	out := make([]*backup, 0, len(r.backups))
	for _, b := range r.backups {
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b *backup) int { return cmp.Compare(a.order(), b.order()) })
	return out
}

func (b *backup) matches(c *api.Call, in *dynamodb.ListBackupsInput) bool {
	if ref := aws.ToString(in.TableName); ref != "" {
		if _, name := address(c.Scope, ref); name != b.snap.Table.Name {
			return false
		}
	}
	if in.TimeRangeLowerBound != nil && b.created.Before(*in.TimeRangeLowerBound) {
		return false
	}
	if in.TimeRangeUpperBound != nil && !b.created.Before(*in.TimeRangeUpperBound) {
		return false
	}
	switch in.BackupType {
	case types.BackupTypeFilterSystem:
		return b.kind == types.BackupTypeSystem
	case types.BackupTypeFilterAll:
		return b.kind != types.BackupTypeAwsBackup
	case types.BackupTypeFilterAwsBackup:
		return false
	default:
		return b.kind == types.BackupTypeUser
	}
}

func (b *backup) summary() types.BackupSummary {
	v, d := b.snap.Table, b.details()
	return types.BackupSummary{
		BackupArn: d.BackupArn, BackupName: d.BackupName, BackupStatus: d.BackupStatus, BackupType: d.BackupType, BackupCreationDateTime: d.BackupCreationDateTime,
		BackupExpiryDateTime: d.BackupExpiryDateTime, BackupSizeBytes: d.BackupSizeBytes, TableName: aws.String(v.Name), TableArn: aws.String(v.ARN), TableId: aws.String(v.ID),
	}
}
