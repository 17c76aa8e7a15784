package awsapi

import "slices"

// The declared calls that change something.
const (
	UpdateContinuousBackups CallID = "dynamodb:UpdateContinuousBackups"
	UpdateTable             CallID = "dynamodb:UpdateTable"
	TagTable                CallID = "dynamodb:TagResource"
	UntagTable              CallID = "dynamodb:UntagResource"
	CreateBackup            CallID = "dynamodb:CreateBackup"

	UpdateRegionSettings               CallID = "backup:UpdateRegionSettings"
	CreateBackupVault                  CallID = "backup:CreateBackupVault"
	DeleteBackupVault                  CallID = "backup:DeleteBackupVault"
	PutBackupVaultAccessPolicy         CallID = "backup:PutBackupVaultAccessPolicy"
	DeleteBackupVaultAccessPolicy      CallID = "backup:DeleteBackupVaultAccessPolicy"
	PutBackupVaultLockConfiguration    CallID = "backup:PutBackupVaultLockConfiguration"
	DeleteBackupVaultLockConfiguration CallID = "backup:DeleteBackupVaultLockConfiguration"
	PutBackupVaultNotifications        CallID = "backup:PutBackupVaultNotifications"
	DeleteBackupVaultNotifications     CallID = "backup:DeleteBackupVaultNotifications"
	CreateBackupPlan                   CallID = "backup:CreateBackupPlan"
	UpdateBackupPlan                   CallID = "backup:UpdateBackupPlan"
	DeleteBackupPlan                   CallID = "backup:DeleteBackupPlan"
	CreateBackupSelection              CallID = "backup:CreateBackupSelection"
	DeleteBackupSelection              CallID = "backup:DeleteBackupSelection"
	StartBackupJob                     CallID = "backup:StartBackupJob"
	TagBackup                          CallID = "backup:TagResource"
	CreateRestoreTestingPlan           CallID = "backup:CreateRestoreTestingPlan"
	DeleteRestoreTestingPlan           CallID = "backup:DeleteRestoreTestingPlan"
	CreateRestoreTestingSelection      CallID = "backup:CreateRestoreTestingSelection"
	DeleteRestoreTestingSelection      CallID = "backup:DeleteRestoreTestingSelection"

	CreateRole       CallID = "iam:CreateRole"
	DeleteRole       CallID = "iam:DeleteRole"
	AttachRolePolicy CallID = "iam:AttachRolePolicy"
	DetachRolePolicy CallID = "iam:DetachRolePolicy"
	TagRole          CallID = "iam:TagRole"
)

const (
	keyARN           = "arn:{partition}:kms:*:*:key/*"
	roleARN          = "arn:{partition}:iam::*:role/*"
	serviceRoleARN   = "arn:{partition}:iam::*:role/service-role/*" // where we make roles: AWS Backup's own default is there
	policyARN        = "arn:{partition}:iam::*:policy/*"
	tableBackupARN   = "arn:{partition}:dynamodb:*:*:table/*/backup/*"
	backupARN        = "arn:{partition}:backup:*:*:*"
	recoveryPointARN = "arn:{partition}:backup:*:*:recovery-point:*" // one made without AWS Backup's advanced features has a tableBackupARN
)

// Writes is the table of every AWS call that changes something, with the dependent actions of the service authorisation reference.
// Nothing else is ever changed. Deleting recovery points and backups is not among them.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
func Writes() []Call {
	return written(slices.Concat(Changes(), drillWrites(), restoreWrites()))
}

// Changes are the writes that carry a plan out and back it out.
func Changes() []Call {
	return written(slices.Concat(tableWrites(), vaultWrites(), planWrites(), testingWrites(), roleWrites()))
}

func written(all []Call) []Call {
	for i := range all {
		all[i].Write = true
	}
	return all
}

func tableWrites() []Call {
	return []Call{
		{ID: UpdateContinuousBackups, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:mutate"}},
		{ID: UpdateTable, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:mutate"}, Dependent: tableKeyGrants()},
		{ID: TagTable, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:tagging"}, Empty: true},
		{ID: UntagTable, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:tagging"}, Empty: true},
		// Backups of one name may stand beside each other, and the call knows no token.
		{ID: CreateBackup, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{"dynamodb:CreateBackup"}, Once: true},
	}
}

// tableKeyGrants is what DynamoDB does with a customer's key in the caller's name.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
func tableKeyGrants() []Grant {
	via := Condition{Operator: "StringLike", Key: "kms:ViaService", Value: "dynamodb.*.amazonaws.com*"}
	var grants []Grant
	for _, action := range []CallID{"kms:CreateGrant", "kms:Decrypt", DescribeKey, "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncryptFrom", "kms:ReEncryptTo"} {
		grants = append(grants, Grant{Action: action, On: OnKey, Resource: keyARN, Condition: via, When: WithKey})
	}
	return grants
}

func vaultWrites() []Call {
	return []Call{
		{ID: UpdateRegionSettings, ServiceID: "Backup", Resource: "*", Buckets: changes(UpdateRegionSettings), Empty: true},
		{ID: CreateBackupVault, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(CreateBackupVault), Dependent: vaultGrants()},
		{ID: DeleteBackupVault, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(DeleteBackupVault), Empty: true},
		{ID: PutBackupVaultAccessPolicy, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(PutBackupVaultAccessPolicy), Empty: true},
		{ID: DeleteBackupVaultAccessPolicy, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(DeleteBackupVaultAccessPolicy), Empty: true},
		{ID: PutBackupVaultLockConfiguration, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(PutBackupVaultLockConfiguration), Empty: true},
		{ID: DeleteBackupVaultLockConfiguration, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(DeleteBackupVaultLockConfiguration), Empty: true},
		{ID: PutBackupVaultNotifications, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(PutBackupVaultNotifications), Empty: true},
		{ID: DeleteBackupVaultNotifications, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(DeleteBackupVaultNotifications), Empty: true},
		{ID: StartBackupJob, ServiceID: "Backup", Resource: vaultARN, Buckets: changes(StartBackupJob), Dependent: []Grant{passRole(), linkedRole("backup.amazonaws.com")}},
		{ID: TagBackup, ServiceID: "Backup", Resource: backupARN, Buckets: changes(TagBackup), Empty: true},
	}
}

// vaultGrants: a vault is mounted on AWS Backup's storage, and a customer's key is granted to it.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
func vaultGrants() []Grant {
	grants := []Grant{
		{Action: "backup-storage:MountCapsule", On: OnAny, Resource: "*"},
		{Action: TagBackup, When: WithTags},
		{Action: "kms:CreateGrant", On: OnKey, Resource: keyARN, When: WithKey, Condition: Condition{Operator: "Bool", Key: "kms:GrantIsForAWSResource", Value: "true"}},
	}
	for _, action := range []CallID{"kms:Decrypt", DescribeKey, "kms:GenerateDataKey", "kms:RetireGrant"} {
		grants = append(grants, Grant{Action: action, On: OnKey, Resource: keyARN, When: WithKey})
	}
	return grants
}

func planWrites() []Call {
	return []Call{
		// The id of a plan is not known before it is made.
		{ID: CreateBackupPlan, ServiceID: "Backup", Resource: planARN, Buckets: changes(CreateBackupPlan), Dependent: []Grant{{Action: TagBackup, When: WithTags}}},
		{ID: UpdateBackupPlan, ServiceID: "Backup", Resource: planARN, Buckets: changes(UpdateBackupPlan)},
		{ID: DeleteBackupPlan, ServiceID: "Backup", Resource: planARN, Buckets: changes(DeleteBackupPlan)},
		{ID: CreateBackupSelection, ServiceID: "Backup", Resource: planARN, Buckets: changes(CreateBackupSelection),
			Dependent: []Grant{passRole(), linkedRole("backup.amazonaws.com")}},
		{ID: DeleteBackupSelection, ServiceID: "Backup", Resource: planARN, Buckets: changes(DeleteBackupSelection), Empty: true},
	}
}

func testingWrites() []Call {
	return []Call{
		{ID: CreateRestoreTestingPlan, ServiceID: "Backup", Resource: testingPlanARN, Buckets: changes(CreateRestoreTestingPlan),
			Dependent: []Grant{{Action: TagBackup, When: WithTags}}},
		{ID: DeleteRestoreTestingPlan, ServiceID: "Backup", Resource: testingPlanARN, Buckets: changes(DeleteRestoreTestingPlan), Empty: true},
		{ID: CreateRestoreTestingSelection, ServiceID: "Backup", Resource: testingPlanARN, Buckets: changes(CreateRestoreTestingSelection),
			Dependent: []Grant{passRole(), linkedRole("restore-testing.backup.amazonaws.com")}},
		{ID: DeleteRestoreTestingSelection, ServiceID: "Backup", Resource: testingPlanARN, Buckets: changes(DeleteRestoreTestingSelection), Empty: true},
	}
}

func roleWrites() []Call {
	// Whoever could attach any policy to a role and pass it could do anything: only AWS Backup's own policies are asked for.
	own := Condition{Operator: "ArnLike", Key: "iam:PolicyARN", Value: "arn:{partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor*"}
	return []Call{
		{ID: CreateRole, ServiceID: "IAM", Resource: serviceRoleARN, Buckets: []string{"iam:write"}, Dependent: []Grant{{Action: TagRole, When: WithTags}}},
		{ID: DeleteRole, ServiceID: "IAM", Resource: serviceRoleARN, Buckets: []string{"iam:write"}},
		{ID: AttachRolePolicy, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:write"}, Condition: own},
		{ID: DetachRolePolicy, ServiceID: "IAM", Resource: roleARN, Buckets: []string{"iam:write"}, Condition: own},
		{ID: TagRole, ServiceID: "IAM", Resource: serviceRoleARN, Buckets: []string{"iam:write"}},
	}
}

// passRole: AWS Backup is handed a role to work with, and nobody else is.
func passRole() Grant {
	return Grant{Action: "iam:PassRole", On: OnRole, Resource: roleARN, Condition: Condition{Operator: "StringEquals", Key: "iam:PassedToService", Value: "backup.amazonaws.com"}}
}

// linkedRole: the first use in an account makes the service-linked role, in the caller's name. That the first selection is such a use
// follows from "when you list resources to back up"; which calls count is not said in full.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles-AWSServiceRoleForBackup.html
func linkedRole(service string) Grant {
	return Grant{Action: "iam:CreateServiceLinkedRole", On: OnAny, Resource: "arn:{partition}:iam::*:role/aws-service-role/" + service + "/*",
		Condition: Condition{Operator: "StringEquals", Key: "iam:AWSServiceName", Value: service}}
}

// changes names the buckets of a write to AWS Backup: one of the operation, one that all operations share.
func changes(id CallID) []string { return []string{string(id), "backup"} }
