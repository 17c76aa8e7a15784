package awsapi

import (
	"maps"
	"slices"
)

// The declared calls that restores make besides those that collect.
const (
	DescribeRestoreJob              CallID = "backup:DescribeRestoreJob"
	DescribeCopyJob                 CallID = "backup:DescribeCopyJob"
	GetRecoveryPointRestoreMetadata CallID = "backup:GetRecoveryPointRestoreMetadata"

	RestoreTableToPointInTime         CallID = "dynamodb:RestoreTableToPointInTime"
	RestoreTableFromBackup            CallID = "dynamodb:RestoreTableFromBackup"
	StartRestoreJob                   CallID = "backup:StartRestoreJob"
	StartCopyJob                      CallID = "backup:StartCopyJob"
	PutResourcePolicy                 CallID = "dynamodb:PutResourcePolicy"
	UpdateTimeToLive                  CallID = "dynamodb:UpdateTimeToLive"
	EnableKinesisStreamingDestination CallID = "dynamodb:EnableKinesisStreamingDestination"
	UpdateContributorInsights         CallID = "dynamodb:UpdateContributorInsights"
	RegisterScalableTarget            CallID = "application-autoscaling:RegisterScalableTarget"
	PutScalingPolicy                  CallID = "application-autoscaling:PutScalingPolicy"
	PutMetricAlarm                    CallID = "cloudwatch:PutMetricAlarm"
)

const (
	alarmARN    = "arn:{partition}:cloudwatch:*:*:alarm:*"
	scalableARN = "arn:{partition}:application-autoscaling:*:*:scalable-target/*"
	kinesisARN  = "arn:{partition}:kinesis:*:*:stream/*"
)

// restoreReads look at the jobs of a restore.
func restoreReads() []Call {
	return []Call{
		{ID: DescribeRestoreJob, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeRestoreJob)},
		{ID: DescribeCopyJob, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeCopyJob)},
		{ID: GetRecoveryPointRestoreMetadata, ServiceID: "Backup", Resource: recoveryPointARN, Buckets: gets(GetRecoveryPointRestoreMetadata),
			Dependent: []Grant{plainPoint(GetRecoveryPointRestoreMetadata)}},
	}
}

// restoreWrites ask for a new table, and put back on it what a restore leaves out. None of them touches the table that is restored.
func restoreWrites() []Call {
	return slices.Concat(restoreRequests(), completingWrites())
}

// restoreRequests ask for a table. The two of DynamoDB know no token: asked twice they fail by the name that is taken.
func restoreRequests() []Call {
	return []Call{
		{ID: RestoreTableToPointInTime, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:mutate"}, Dependent: restoreGrants(), Once: true},
		{ID: RestoreTableFromBackup, ServiceID: "DynamoDB", Resource: tableBackupARN, Buckets: []string{string(RestoreTableFromBackup)},
			Dependent: append([]Grant{{Action: RestoreTableFromBackup, On: OnAny, Resource: tableARN}}, restoreGrants()...), Once: true},
		{ID: StartRestoreJob, ServiceID: "Backup", Resource: recoveryPointARN, Buckets: changes(StartRestoreJob), Dependent: []Grant{passRole(), plainPoint(StartRestoreJob)}},
		// Only points made with the advanced features can be copied.
		{ID: StartCopyJob, ServiceID: "Backup", Resource: recoveryPointARN, Buckets: changes(StartCopyJob), Dependent: []Grant{passRole()}},
	}
}

// restoreGrants is what DynamoDB does to the new table in the caller's name.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_HowItWorksIAM.html
func restoreGrants() []Grant {
	var grants []Grant
	for _, action := range []CallID{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", GetItem, "dynamodb:PutItem", Query, Scan, "dynamodb:UpdateItem"} {
		grants = append(grants, Grant{Action: action, On: OnAny, Resource: tableARN})
	}
	return append(grants, tableKeyGrants()...)
}

func completingWrites() []Call {
	return []Call{
		{ID: PutResourcePolicy, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{string(PutResourcePolicy)}},
		{ID: UpdateTimeToLive, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:mutate"}},
		{ID: EnableKinesisStreamingDestination, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:mutate"}, Dependent: kinesisGrants()},
		{ID: UpdateContributorInsights, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:ContributorInsights"},
			Dependent: []Grant{linkedRole("contributorinsights.dynamodb.amazonaws.com")}},
		{ID: RegisterScalableTarget, ServiceID: "Application Auto Scaling", Resource: scalableARN, Buckets: []string{"application-autoscaling"},
			Dependent: []Grant{linkedRole("dynamodb.application-autoscaling.amazonaws.com")}},
		{ID: PutScalingPolicy, ServiceID: "Application Auto Scaling", Resource: scalableARN, Buckets: []string{"application-autoscaling"}},
		{ID: PutMetricAlarm, ServiceID: "CloudWatch", Resource: alarmARN, Buckets: []string{string(PutMetricAlarm)}, Empty: true},
	}
}

// kinesisGrants: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_iam.html
func kinesisGrants() []Grant {
	grants := []Grant{linkedRole("kinesisreplication.dynamodb.amazonaws.com")}
	for _, action := range []CallID{"kinesis:DescribeStream", "kinesis:PutRecord", "kinesis:PutRecords"} {
		grants = append(grants, Grant{Action: action, On: OnAny, Resource: kinesisARN})
	}
	return grants
}

// RestoreCalls are the calls that a restore makes: it looks at everything that it puts back, asks for the table, and completes it.
func RestoreCalls() []Call {
	groups := Restorable()
	maps.Copy(groups, Ways())
	for _, g := range []Group{GroupPlans, GroupRoles, GroupRolePolicies, GroupStreamReaders} {
		groups[g] = true
	}
	calls := slices.Concat(Select(groups), restoreReads(), restoreWrites())
	for _, c := range Declared() {
		switch c.ID {
		case ListTagsOfResource, TagTable, UpdateTable, UpdateContinuousBackups, Scan:
			calls = append(calls, c)
		}
	}
	return calls
}

// Restorable returns the groups of facts that say what a table is set up with. Tags are not among them: the tagging API is behind the truth,
// and whoever asks about one table asks the table (ListTagsOfResource).
func Restorable() map[Group]bool {
	groups := map[Group]bool{}
	for _, g := range []Group{GroupStart, GroupTables, GroupPITR, GroupKeys, GroupTTL, GroupScaling, GroupResourcePolicy, GroupKinesis, GroupInsights, GroupAlarms} {
		groups[g] = true
	}
	return groups
}

// restoreRate is publishedRate for these calls: those of DynamoDB are in its operation texts and quotas, PutMetricAlarm's is in CloudWatch's.
func restoreRate(bucket string) float64 {
	switch CallID(bucket) {
	case RestoreTableFromBackup:
		return 10
	case PutResourcePolicy:
		return 25
	case PutMetricAlarm:
		return 3
	}
	return 0
}
