package collect_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (c *company) backup() api.Service {
	return api.Service{Name: "backup", Model: "backup", Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded"}, Operations: append(c.backupLists(), []api.Operation{
		api.Op("GetBackupPlan", nil, c.getPlan),
		api.Op("GetBackupSelection", nil, c.getSelection),
		api.Op("GetBackupVaultAccessPolicy", nil, func(*api.Call, *backup.GetBackupVaultAccessPolicyInput) (*backup.GetBackupVaultAccessPolicyOutput, error) {
			return nil, &api.Error{Code: "ResourceNotFoundException", Message: "no policy"}
		}),
		api.Op("GetBackupVaultNotifications", nil, func(*api.Call, *backup.GetBackupVaultNotificationsInput) (*backup.GetBackupVaultNotificationsOutput, error) {
			return &backup.GetBackupVaultNotificationsOutput{SNSTopicArn: aws.String("arn:topic"), BackupVaultEvents: []types.BackupVaultEvent{types.BackupVaultEventBackupJobCompleted}}, nil
		}),
		api.Op("ListTags", nil, func(_ *api.Call, in *backup.ListTagsInput) (*backup.ListTagsOutput, error) {
			if in.NextToken == nil {
				return &backup.ListTagsOutput{Tags: map[string]string{"of": *in.ResourceArn}, NextToken: aws.String("2")}, nil
			}
			return &backup.ListTagsOutput{Tags: map[string]string{"more": "yes"}}, nil
		}),
		api.Op("DescribeRegionSettings", nil, func(*api.Call, *backup.DescribeRegionSettingsInput) (*backup.DescribeRegionSettingsOutput, error) {
			return &backup.DescribeRegionSettingsOutput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true, "EBS": false}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": true}}, nil
		}),
		api.Op("DescribeGlobalSettings", nil, func(*api.Call, *backup.DescribeGlobalSettingsInput) (*backup.DescribeGlobalSettingsOutput, error) {
			return &backup.DescribeGlobalSettingsOutput{GlobalSettings: map[string]string{"isCrossAccountBackupEnabled": "false"}}, nil
		}),
		api.Op("GetRestoreTestingPlan", nil, func(call *api.Call, in *backup.GetRestoreTestingPlanInput) (*backup.GetRestoreTestingPlanOutput, error) {
			return &backup.GetRestoreTestingPlanOutput{RestoreTestingPlan: &types.RestoreTestingPlanForGet{
				RestoreTestingPlanName: in.RestoreTestingPlanName, RestoreTestingPlanArn: aws.String(call.ARN("backup", "restore-testing-plan:weekly")), ScheduleExpression: aws.String("cron(0 5 ? * 1 *)"), CreationTime: aws.Time(start),
				RecoveryPointSelection: &types.RestoreTestingRecoveryPointSelection{Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow, IncludeVaults: []string{"*"}, SelectionWindowDays: 30,
					RecoveryPointTypes: []types.RestoreTestingRecoveryPointType{types.RestoreTestingRecoveryPointTypeSnapshot}},
			}}, nil
		}),
		api.Op("GetRestoreTestingSelection", nil, func(_ *api.Call, in *backup.GetRestoreTestingSelectionInput) (*backup.GetRestoreTestingSelectionOutput, error) {
			return &backup.GetRestoreTestingSelectionOutput{RestoreTestingSelection: &types.RestoreTestingSelectionForGet{
				RestoreTestingPlanName: in.RestoreTestingPlanName, RestoreTestingSelectionName: in.RestoreTestingSelectionName, IamRoleArn: aws.String(role), ProtectedResourceType: aws.String("DynamoDB"), CreationTime: aws.Time(start), ProtectedResourceArns: []string{"*"},
			}}, nil
		}),
	}...)}
}

func (c *company) backupLists() []api.Operation {
	return []api.Operation{
		api.Op("ListBackupPlans", nil, c.listPlans),
		api.Op("ListBackupSelections", nil, func(_ *api.Call, in *backup.ListBackupSelectionsInput) (*backup.ListBackupSelectionsOutput, error) {
			return &backup.ListBackupSelectionsOutput{BackupSelectionsList: []types.BackupSelectionsListMember{
				{SelectionId: aws.String("s1"), SelectionName: aws.String("all"), IamRoleArn: aws.String(role), BackupPlanId: in.BackupPlanId},
				{SelectionId: aws.String("s2"), SelectionName: aws.String("lost"), IamRoleArn: aws.String(ghost), BackupPlanId: in.BackupPlanId},
			}}, nil
		}),
		api.Op("ListBackupVaults", nil, c.listVaults),
		api.Op("ListRecoveryPointsByBackupVault", func(call *api.Call, in *backup.ListRecoveryPointsByBackupVaultInput) []api.Access {
			return []api.Access{{Action: "backup:ListRecoveryPointsByBackupVault", Resource: call.ARN("backup", "backup-vault:"+*in.BackupVaultName)}}
		}, c.listPoints),
		api.Op("ListBackupJobs", nil, c.listJobs),
		api.Op("ListCopyJobs", nil, func(*api.Call, *backup.ListCopyJobsInput) (*backup.ListCopyJobsOutput, error) {
			return &backup.ListCopyJobsOutput{CopyJobs: []types.CopyJob{}}, nil
		}),
		api.Op("ListRestoreJobs", nil, func(call *api.Call, _ *backup.ListRestoreJobsInput) (*backup.ListRestoreJobsOutput, error) {
			return &backup.ListRestoreJobsOutput{RestoreJobs: []types.RestoreJobsListMember{{RestoreJobId: aws.String("r1"), Status: types.RestoreJobStatusCompleted, CreatedResourceArn: aws.String(arn(call, "copy")), SourceResourceArn: aws.String(arn(call, "t0000")), CreationDate: aws.Time(start)}}}, nil
		}),
		api.Op("ListRestoreTestingPlans", nil, func(call *api.Call, _ *backup.ListRestoreTestingPlansInput) (*backup.ListRestoreTestingPlansOutput, error) {
			return &backup.ListRestoreTestingPlansOutput{RestoreTestingPlans: []types.RestoreTestingPlanForList{{RestoreTestingPlanName: aws.String("weekly"), RestoreTestingPlanArn: aws.String(call.ARN("backup", "restore-testing-plan:weekly")), ScheduleExpression: aws.String("cron(0 5 ? * 1 *)"), CreationTime: aws.Time(start)}}}, nil
		}),
		api.Op("ListRestoreTestingSelections", nil, func(_ *api.Call, in *backup.ListRestoreTestingSelectionsInput) (*backup.ListRestoreTestingSelectionsOutput, error) {
			member := func(name, kind string) types.RestoreTestingSelectionForList {
				return types.RestoreTestingSelectionForList{RestoreTestingPlanName: in.RestoreTestingPlanName, RestoreTestingSelectionName: &name, ProtectedResourceType: &kind, IamRoleArn: aws.String(role), CreationTime: aws.Time(start), ValidationWindowHours: 4}
			}
			return &backup.ListRestoreTestingSelectionsOutput{RestoreTestingSelections: []types.RestoreTestingSelectionForList{member("tables", "DynamoDB"), member("disks", "EBS")}}, nil
		}),
		api.Op("DescribeProtectedResource", nil, func(_ *api.Call, in *backup.DescribeProtectedResourceInput) (*backup.DescribeProtectedResourceOutput, error) {
			return &backup.DescribeProtectedResourceOutput{ResourceArn: in.ResourceArn, LatestRestoreJobCreationDate: aws.Time(start), LatestRestoreExecutionTimeMinutes: aws.Int64(95)}, nil
		}),
		reportPlans(),
		api.Op("ListProtectedResources", nil, func(call *api.Call, _ *backup.ListProtectedResourcesInput) (*backup.ListProtectedResourcesOutput, error) {
			return &backup.ListProtectedResourcesOutput{Results: []types.ProtectedResource{
				{ResourceArn: aws.String(arn(call, "t0000")), ResourceType: aws.String("DynamoDB"), LastBackupTime: aws.Time(start)}, {ResourceArn: aws.String("arn:aws:ec2:x"), ResourceType: aws.String("EBS")},
			}}, nil
		}),
	}
}

func (c *company) listPlans(call *api.Call, in *backup.ListBackupPlansInput) (*backup.ListBackupPlansOutput, error) {
	from, to, next := slice(in.NextToken, c.plans, c.page)
	out := &backup.ListBackupPlansOutput{NextToken: next, BackupPlansList: []types.BackupPlansListMember{}}
	for i := from; i < to; i++ {
		id := fmt.Sprintf("p%d", i)
		out.BackupPlansList = append(out.BackupPlansList, types.BackupPlansListMember{BackupPlanId: &id, BackupPlanArn: aws.String(call.ARN("backup", "backup-plan:"+id)), BackupPlanName: aws.String("plan-" + id), VersionId: aws.String("v1"), CreationDate: aws.Time(start)})
	}
	return out, nil
}

func (c *company) getPlan(call *api.Call, in *backup.GetBackupPlanInput) (*backup.GetBackupPlanOutput, error) {
	return &backup.GetBackupPlanOutput{BackupPlanId: in.BackupPlanId, BackupPlanArn: aws.String(call.ARN("backup", "backup-plan:"+*in.BackupPlanId)), VersionId: aws.String("v1"), BackupPlan: &types.BackupPlan{
		BackupPlanName: aws.String("plan-" + *in.BackupPlanId), Rules: []types.BackupRule{{
			RuleId: aws.String("r1"), RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("v0"), ScheduleExpression: aws.String("cron(0 5 ? * * *)"), Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(35)},
			CopyActions: []types.CopyAction{{DestinationBackupVaultArn: aws.String("arn:aws:backup:eu-central-1:111122223333:backup-vault:far")}},
		}},
	}}, nil
}

func (c *company) getSelection(_ *api.Call, in *backup.GetBackupSelectionInput) (*backup.GetBackupSelectionOutput, error) {
	sel := &types.BackupSelection{SelectionName: aws.String("all"), IamRoleArn: aws.String(role), Resources: []string{"*"}, Conditions: &types.Conditions{
		StringNotLike: []types.ConditionParameter{{ConditionKey: aws.String("aws:ResourceTag/stage"), ConditionValue: aws.String("test*")}},
	}}
	if *in.SelectionId == "s2" {
		sel = &types.BackupSelection{SelectionName: aws.String("lost"), IamRoleArn: aws.String(ghost), ListOfTags: []types.Condition{{ConditionType: types.ConditionTypeStringequals, ConditionKey: aws.String("tier"), ConditionValue: aws.String("gold")}}}
	}
	return &backup.GetBackupSelectionOutput{BackupPlanId: in.BackupPlanId, SelectionId: in.SelectionId, BackupSelection: sel}, nil
}

func (c *company) listVaults(call *api.Call, in *backup.ListBackupVaultsInput) (*backup.ListBackupVaultsOutput, error) {
	from, to, next := slice(in.NextToken, c.vaults, c.page)
	out := &backup.ListBackupVaultsOutput{NextToken: next, BackupVaultList: []types.BackupVaultListMember{}}
	for i := from; i < to; i++ {
		name := fmt.Sprintf("v%d", i)
		out.BackupVaultList = append(out.BackupVaultList, types.BackupVaultListMember{BackupVaultName: &name, BackupVaultArn: aws.String(call.ARN("backup", "backup-vault:"+name)), NumberOfRecoveryPoints: int64(c.points), EncryptionKeyArn: aws.String(key + "-gone"), CreationDate: aws.Time(start), Locked: aws.Bool(true), MinRetentionDays: aws.Int64(7)})
	}
	return out, nil
}

func (c *company) listPoints(call *api.Call, in *backup.ListRecoveryPointsByBackupVaultInput) (*backup.ListRecoveryPointsByBackupVaultOutput, error) {
	if aws.ToString(in.ByResourceType) != "DynamoDB" {
		return nil, &api.Error{Code: "InvalidParameterValueException", Message: "the tests want tables alone"}
	}
	if in.NextToken != nil && *in.NextToken == c.breakAt {
		return nil, &api.Error{Code: "AccessDeniedException", Message: "no more pages for you"}
	}
	from, to, next := slice(in.NextToken, c.points, c.page)
	out := &backup.ListRecoveryPointsByBackupVaultOutput{NextToken: next, RecoveryPoints: []types.RecoveryPointByBackupVault{}}
	for i := from; i < to; i++ {
		out.RecoveryPoints = append(out.RecoveryPoints, types.RecoveryPointByBackupVault{
			RecoveryPointArn: aws.String(call.ARN("backup", fmt.Sprintf("recovery-point:%s-%d", *in.BackupVaultName, i))), BackupVaultName: in.BackupVaultName, ResourceArn: aws.String(arn(call, c.name(i%max(1, c.tables)))), ResourceType: aws.String("DynamoDB"),
			Status: types.RecoveryPointStatusCompleted, CreationDate: aws.Time(start.AddDate(0, 0, -i)), CompletionDate: aws.Time(start.AddDate(0, 0, -i)), BackupSizeInBytes: aws.Int64(1), IsEncrypted: true, EncryptionKeyArn: aws.String(key), IamRoleArn: aws.String(role),
			CalculatedLifecycle: &types.CalculatedLifecycle{DeleteAt: aws.Time(start.AddDate(0, 0, 35-i))}, Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(35)}, CreatedBy: &types.RecoveryPointCreator{BackupPlanId: aws.String("p0"), BackupRuleId: aws.String("r1")},
		})
	}
	return out, nil
}

func (c *company) listJobs(call *api.Call, in *backup.ListBackupJobsInput) (*backup.ListBackupJobsOutput, error) {
	from, to, next := slice(in.NextToken, c.jobs, c.page)
	if c.repeat {
		next = aws.String("1")
	}
	out := &backup.ListBackupJobsOutput{NextToken: next, BackupJobs: []types.BackupJob{}}
	for i := from; i < to; i++ {
		out.BackupJobs = append(out.BackupJobs, types.BackupJob{BackupJobId: aws.String(fmt.Sprint("j", i)), ResourceArn: aws.String(arn(call, "t0000")), ResourceType: aws.String("DynamoDB"), State: types.BackupJobStateFailed, StatusMessage: aws.String("no permission"), CreationDate: aws.Time(start)})
	}
	return out, nil
}
