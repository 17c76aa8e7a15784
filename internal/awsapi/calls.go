package awsapi

// The declared calls that collect.
const (
	GetCallerIdentity CallID = "sts:GetCallerIdentity"
	AssumeRole        CallID = "sts:AssumeRole"
	ListRegions       CallID = "account:ListRegions"

	ListTables                CallID = "dynamodb:ListTables"
	DescribeTable             CallID = "dynamodb:DescribeTable"
	DescribeContinuousBackups CallID = "dynamodb:DescribeContinuousBackups"
	ListBackups               CallID = "dynamodb:ListBackups"
	GetResources              CallID = "tag:GetResources"

	ListBackupPlans                 CallID = "backup:ListBackupPlans"
	GetBackupPlan                   CallID = "backup:GetBackupPlan"
	ListBackupSelections            CallID = "backup:ListBackupSelections"
	GetBackupSelection              CallID = "backup:GetBackupSelection"
	ListBackupVaults                CallID = "backup:ListBackupVaults"
	ListRecoveryPointsByBackupVault CallID = "backup:ListRecoveryPointsByBackupVault"
	ListBackupJobs                  CallID = "backup:ListBackupJobs"
	ListCopyJobs                    CallID = "backup:ListCopyJobs"
	ListRestoreJobs                 CallID = "backup:ListRestoreJobs"
	DescribeRegionSettings          CallID = "backup:DescribeRegionSettings"
	DescribeGlobalSettings          CallID = "backup:DescribeGlobalSettings"
	ListRestoreTestingPlans         CallID = "backup:ListRestoreTestingPlans"
	GetRestoreTestingPlan           CallID = "backup:GetRestoreTestingPlan"
	ListRestoreTestingSelections    CallID = "backup:ListRestoreTestingSelections"
	GetRestoreTestingSelection      CallID = "backup:GetRestoreTestingSelection"
	ListProtectedResources          CallID = "backup:ListProtectedResources"
	GetBackupVaultAccessPolicy      CallID = "backup:GetBackupVaultAccessPolicy"

	DescribeKey CallID = "kms:DescribeKey"
	GetRole     CallID = "iam:GetRole"

	GetBackupVaultNotifications CallID = "backup:GetBackupVaultNotifications"
	ListBackupTags              CallID = "backup:ListTags"
	ListAttachedRolePolicies    CallID = "iam:ListAttachedRolePolicies"
	ListRolePolicies            CallID = "iam:ListRolePolicies"
	GetRolePolicy               CallID = "iam:GetRolePolicy"
	GetPolicy                   CallID = "iam:GetPolicy"
	GetPolicyVersion            CallID = "iam:GetPolicyVersion"

	DescribeTimeToLive                  CallID = "dynamodb:DescribeTimeToLive"
	GetResourcePolicy                   CallID = "dynamodb:GetResourcePolicy"
	DescribeKinesisStreamingDestination CallID = "dynamodb:DescribeKinesisStreamingDestination"
	DescribeContributorInsights         CallID = "dynamodb:DescribeContributorInsights"
	DescribeScalableTargets             CallID = "application-autoscaling:DescribeScalableTargets"
	DescribeScalingPolicies             CallID = "application-autoscaling:DescribeScalingPolicies"
	DescribeAlarms                      CallID = "cloudwatch:DescribeAlarms"
)

const (
	tableARN       = "arn:{partition}:dynamodb:*:*:table/*"
	planARN        = "arn:{partition}:backup:*:*:backup-plan:*"
	vaultARN       = "arn:{partition}:backup:*:*:backup-vault:*"
	testingPlanARN = "arn:{partition}:backup:*:*:restore-testing-plan:*"
)

// Calls is the table of every AWS call that collects facts; Beside and Writes are the others. Which resources an action supports is taken from the service
// authorisation reference, https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
func Calls() []Call {
	var all []Call
	all = append(all, startCalls()...)
	all = append(all, tableCalls()...)
	all = append(all, planCalls()...)
	all = append(all, vaultCalls()...)
	all = append(all, jobCalls()...)
	all = append(all, referredCalls()...)
	all = append(all, planningCalls()...)
	all = append(all, wayCalls()...)
	all = append(all, protectedCalls()...)
	all = append(all, oversightCalls()...)
	all = append(all, identityCalls()...)
	return append(all, settingCalls()...)
}

func startCalls() []Call {
	return []Call{
		{ID: GetCallerIdentity, ServiceID: "STS", Resource: "*", Free: true, Group: GroupStart, Facts: []string{"unit.account", "unit.partition"}},
		{ID: ListRegions, ServiceID: "Account", Resource: "*", Buckets: []string{"account:ListRegions"}, Group: GroupStart, Facts: []string{"unit.region"}},
	}
}

// SetupCalls are made to obtain credentials, before there is an account to collect: they belong to another principal's policy.
func SetupCalls() []Call {
	return append([]Call{{ID: AssumeRole, ServiceID: "STS", Resource: "arn:{partition}:iam::*:role/*", Group: GroupStart}}, memberCalls()...)
}

func tableCalls() []Call {
	return []Call{
		{ID: ListTables, ServiceID: "DynamoDB", Resource: "*", Buckets: []string{"dynamodb:describe"}, Group: GroupTables, Facts: []string{"unit.tables", "table.name"}},
		{ID: DescribeTable, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:describe"}, Group: GroupTables, PerTable: true, Facts: []string{
			"table.arn", "table.table_id", "table.status", "table.created_at", "table.size_bytes", "table.item_count", "table.key_schema", "table.attributes",
			"table.gsis", "table.lsis", "table.replicas", "table.billing_mode", "table.read_capacity", "table.write_capacity", "table.max_read_requests",
			"table.max_write_requests", "table.table_class", "table.deletion_protection", "table.stream_enabled", "table.stream_view", "table.stream_arn",
			"table.sse_type", "table.sse_status", "table.key_arn", "table.key_inaccessible_at", "table.archived_at", "table.archival_reason", "table.archival_backup",
		}},
		{ID: DescribeContinuousBackups, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:DescribeContinuousBackups"}, Group: GroupPITR, PerTable: true, Facts: []string{
			"table.pitr_status", "table.pitr_period_days", "table.pitr_earliest", "table.pitr_latest",
		}},
		{ID: ListBackups, ServiceID: "DynamoDB", Resource: "*", Buckets: []string{"dynamodb:ListBackups"}, Group: GroupBackups, Facts: []string{
			"unit.backups", "backup.name", "backup.table_arn", "backup.table_name", "backup.table_id", "backup.status", "backup.type", "backup.created_at", "backup.expires_at", "backup.size_bytes",
		}},
		{ID: GetResources, ServiceID: "Resource Groups Tagging API", Resource: "*", Buckets: []string{"tag:GetResources"}, Group: GroupTags, Facts: []string{"table.tags"}},
	}
}

func planCalls() []Call {
	return []Call{
		{ID: ListBackupPlans, ServiceID: "Backup", Resource: "*", Buckets: lists(ListBackupPlans), Group: GroupPlans, Facts: []string{
			"unit.plans", "plan.arn", "plan.plan_id", "plan.name", "plan.version", "plan.created_at", "plan.last_run", "plan.from_organization",
		}},
		{ID: GetBackupPlan, ServiceID: "Backup", Resource: planARN, Buckets: gets(GetBackupPlan), Group: GroupPlans, Facts: []string{
			"plan.rules", "rule.name", "rule.vault", "rule.air_gapped_vault", "rule.schedule", "rule.timezone", "rule.start_window", "rule.completion_window",
			"rule.cold_after_days", "rule.delete_after_days", "rule.continuous", "rule.copies", "rule.recovery_point_tags",
			"copy.vault_arn", "copy.cold_after_days", "copy.delete_after_days",
		}},
		{ID: ListBackupSelections, ServiceID: "Backup", Resource: planARN, Buckets: lists(ListBackupSelections), Group: GroupPlans, Facts: []string{"plan.selections", "selection.name", "selection.created_at", "selection.role_arn"}},
		{ID: GetBackupSelection, ServiceID: "Backup", Resource: planARN, Buckets: gets(GetBackupSelection), Group: GroupPlans, Facts: []string{
			"selection.resources", "selection.not_resources", "selection.list_of_tags", "selection.string_equals", "selection.string_not_equals", "selection.string_like", "selection.string_not_like",
		}},
	}
}

func vaultCalls() []Call {
	return []Call{
		{ID: ListBackupVaults, ServiceID: "Backup", Resource: "*", Buckets: lists(ListBackupVaults), Group: GroupVaults, Facts: []string{
			"unit.vaults", "vault.arn", "vault.name", "vault.type", "vault.key_arn", "vault.created_at", "vault.count", "vault.locked", "vault.lock_date", "vault.min_retention", "vault.max_retention",
		}},
		{ID: ListRecoveryPointsByBackupVault, ServiceID: "Backup", Resource: vaultARN, Buckets: lists(ListRecoveryPointsByBackupVault), Group: GroupPoints, Facts: []string{
			"vault.recovery_points", "recovery_point.resource_arn", "recovery_point.resource_type", "recovery_point.status", "recovery_point.message", "recovery_point.created_at",
			"recovery_point.completed_at", "recovery_point.delete_at", "recovery_point.cold_at", "recovery_point.delete_after_days", "recovery_point.last_restore_at",
			"recovery_point.size_bytes", "recovery_point.encrypted", "recovery_point.key_arn", "recovery_point.role_arn", "recovery_point.plan_id", "recovery_point.rule_id", "recovery_point.source_vault",
		}},
		{ID: GetBackupVaultAccessPolicy, ServiceID: "Backup", Resource: vaultARN, Buckets: gets(GetBackupVaultAccessPolicy), Group: GroupVaultPolicies, Facts: []string{"vault.policy"}},
	}
}

func jobCalls() []Call {
	return []Call{
		{ID: ListBackupJobs, ServiceID: "Backup", Resource: "*", Buckets: lists(ListBackupJobs), Group: GroupBackupJobs, Facts: []string{
			"unit.backup_jobs", "backup_job.resource_arn", "backup_job.state", "backup_job.message", "backup_job.message_category", "backup_job.created_at", "backup_job.start_by",
			"backup_job.completed_at", "backup_job.vault", "backup_job.recovery_point", "backup_job.role_arn", "backup_job.plan_id", "backup_job.rule_id",
		}},
		{ID: ListCopyJobs, ServiceID: "Backup", Resource: "*", Buckets: lists(ListCopyJobs), Group: GroupCopyJobs, Facts: []string{
			"unit.copy_jobs", "copy_job.resource_arn", "copy_job.state", "copy_job.message", "copy_job.created_at", "copy_job.completed_at",
			"copy_job.source_vault", "copy_job.source_point", "copy_job.destination_vault", "copy_job.destination_point",
		}},
		{ID: ListRestoreJobs, ServiceID: "Backup", Resource: "*", Buckets: lists(ListRestoreJobs), Group: GroupRestoreJobs, Facts: []string{
			"unit.restore_jobs", "restore_job.resource_arn", "restore_job.recovery_point", "restore_job.status", "restore_job.message", "restore_job.created_at", "restore_job.completed_at",
			"restore_job.created_arn", "restore_job.validation_status", "restore_job.validation_message", "restore_job.deletion_status", "restore_job.testing_plan",
		}},
		{ID: DescribeRegionSettings, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeRegionSettings), Group: GroupSettings, Facts: []string{"settings.opt_in", "settings.management"}},
		{ID: DescribeGlobalSettings, ServiceID: "Backup", Resource: "*", Buckets: gets(DescribeGlobalSettings), Group: GroupSettings, Facts: []string{"settings.cross_account"}},
		{ID: ListRestoreTestingPlans, ServiceID: "Backup", Resource: "*", Buckets: lists(ListRestoreTestingPlans), Group: GroupRestoreTesting, Facts: []string{
			"unit.restore_testing_plans", "restore_testing_plan.name", "restore_testing_plan.schedule", "restore_testing_plan.timezone", "restore_testing_plan.start_window_hours", "restore_testing_plan.last_run",
		}},
		{ID: GetRestoreTestingPlan, ServiceID: "Backup", Resource: testingPlanARN, Buckets: gets(GetRestoreTestingPlan), Group: GroupRestoreTesting, Facts: []string{
			"restore_testing_plan.algorithm", "restore_testing_plan.point_types", "restore_testing_plan.include_vaults", "restore_testing_plan.exclude_vaults", "restore_testing_plan.window_days",
		}},
		{ID: ListRestoreTestingSelections, ServiceID: "Backup", Resource: testingPlanARN, Buckets: lists(ListRestoreTestingSelections), Group: GroupRestoreTesting, Facts: []string{
			"restore_testing_plan.selections", "restore_testing_selection.name", "restore_testing_selection.resource_type", "restore_testing_selection.role_arn", "restore_testing_selection.validation_hours",
		}},
		{ID: GetRestoreTestingSelection, ServiceID: "Backup", Resource: testingPlanARN, Buckets: gets(GetRestoreTestingSelection), Group: GroupRestoreTesting, Facts: []string{
			"restore_testing_selection.resources", "restore_testing_selection.string_equals", "restore_testing_selection.string_not_equals",
		}},
		{ID: ListProtectedResources, ServiceID: "Backup", Resource: "*", Buckets: lists(ListProtectedResources), Group: GroupProtected, Facts: []string{"unit.protected_resources", "protected_resource.last_backup"}},
	}
}

func referredCalls() []Call {
	return []Call{
		{ID: DescribeKey, ServiceID: "KMS", Resource: "arn:{partition}:kms:*:*:key/*", Buckets: []string{"kms:DescribeKey"}, Group: GroupKeys, Facts: []string{
			"unit.keys", "key.arn", "key.state", "key.manager", "key.deletion_date", "key.multi_region",
		}},
		{ID: GetRole, ServiceID: "IAM", Resource: "arn:{partition}:iam::*:role/*", Buckets: []string{"iam:GetRole"}, Group: GroupRoles, Facts: []string{
			"unit.roles", "role.arn", "role.name", "role.exists", "role.trust", "role.boundary",
		}},
	}
}

// planningCalls read what only planning a change rests on: who owns a plan or vault, whom a vault tells, what a role may do.
func planningCalls() []Call {
	return []Call{
		{ID: ListBackupTags, ServiceID: "Backup", Resource: backupARN, Buckets: lists(ListBackupTags), Group: GroupBackupTags, Facts: []string{"plan.tags", "vault.tags"}},
		{ID: GetBackupVaultNotifications, ServiceID: "Backup", Resource: vaultARN, Buckets: gets(GetBackupVaultNotifications), Group: GroupVaultNotifications, Facts: []string{
			"vault.notification_topic", "vault.notification_events",
		}},
		{ID: ListAttachedRolePolicies, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:read"}, Group: GroupRolePolicies, Facts: []string{
			"role.attached", "role.policies", "role_policy.name", "role_policy.arn", "role_policy.text",
		}},
		{ID: ListRolePolicies, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:read"}, Group: GroupRolePolicies, Facts: []string{
			"role.policies", "role_policy.name", "role_policy.arn", "role_policy.text",
		}},
		{ID: GetRolePolicy, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:read"}, Group: GroupRolePolicies, Facts: []string{"role_policy.text"}},
		{ID: GetPolicy, ServiceID: "IAM", Resource: policyARN, Buckets: []string{"iam:read"}, Group: GroupRolePolicies, Facts: []string{"role_policy.text"}},
		{ID: GetPolicyVersion, ServiceID: "IAM", Resource: policyARN, Buckets: []string{"iam:read"}, Group: GroupRolePolicies, Facts: []string{"role_policy.text"}},
	}
}

func settingCalls() []Call {
	return []Call{
		{ID: DescribeTimeToLive, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:DescribeTimeToLive"}, Group: GroupTTL, PerTable: true, Facts: []string{"table.ttl_status", "table.ttl_attribute"}},
		{ID: GetResourcePolicy, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:GetResourcePolicy", "dynamodb:describe"}, Group: GroupResourcePolicy, PerTable: true, Facts: []string{"table.resource_policy"}},
		{ID: DescribeKinesisStreamingDestination, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:DescribeKinesisStreamingDestination"}, Group: GroupKinesis, PerTable: true, Facts: []string{"table.kinesis_streams"}},
		{ID: DescribeContributorInsights, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:ContributorInsights"}, Group: GroupInsights, PerTable: true, Facts: []string{"table.contributor_insights"}},
		{ID: DescribeScalableTargets, ServiceID: "Application Auto Scaling", Resource: "*", Buckets: []string{"application-autoscaling"}, Group: GroupScaling, Facts: []string{"table.scaling"}},
		{ID: DescribeScalingPolicies, ServiceID: "Application Auto Scaling", Resource: "*", Buckets: []string{"application-autoscaling"}, Group: GroupScaling, Facts: []string{"table.scaling"}},
		{ID: DescribeAlarms, ServiceID: "CloudWatch", Resource: "arn:{partition}:cloudwatch:*:*:alarm:*", Buckets: []string{"cloudwatch:DescribeAlarms"}, Group: GroupAlarms, Facts: []string{"table.alarms"}},
	}
}

// lists and gets name the buckets of an AWS Backup read: one of the operation, one that all operations share.
func lists(id CallID) []string { return []string{string(id), "backup"} }

func gets(id CallID) []string { return []string{string(id), "backup"} }
