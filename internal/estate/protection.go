package estate

// Plan is an AWS Backup plan in its current version (GetBackupPlan) with its selections.
type Plan struct {
	ID               string                  `json:"id"` // opaque: the ARN when live
	ARN              Fact[string]            `json:"arn"`
	PlanID           Fact[string]            `json:"plan_id"`
	Name             Fact[string]            `json:"name"`
	Version          Fact[string]            `json:"version"`
	CreatedAt        Fact[Instant]           `json:"created_at"`
	LastRun          Fact[Instant]           `json:"last_run"`
	FromOrganization Fact[bool]              `json:"from_organization"` // made by an organisation's backup policy
	Tags             Fact[map[string]string] `json:"tags"`
	Rules            List[Rule]              `json:"rules"`
	Selections       List[Selection]         `json:"selections"`
}

// Rule is a rule of a plan, as declared: defaults that AWS fills in are not filled in here.
type Rule struct {
	ID                string                  `json:"id"`
	Name              Fact[string]            `json:"name"`
	Vault             Fact[string]            `json:"vault"`            // target vault's name
	AirGappedVault    Fact[string]            `json:"air_gapped_vault"` // ARN
	Schedule          Fact[string]            `json:"schedule"`         // cron(…)
	Timezone          Fact[string]            `json:"timezone"`
	StartWindow       Fact[int64]             `json:"start_window"`      // minutes
	CompletionWindow  Fact[int64]             `json:"completion_window"` // minutes
	ColdAfterDays     Fact[int64]             `json:"cold_after_days"`
	DeleteAfterDays   Fact[int64]             `json:"delete_after_days"` // absent: kept for ever
	Continuous        Fact[bool]              `json:"continuous"`        // means nothing for DynamoDB
	Copies            List[Copy]              `json:"copies"`
	RecoveryPointTags Fact[map[string]string] `json:"recovery_point_tags"`
}

// Copy is a copy action of a rule.
type Copy struct {
	ID              string       `json:"id"`
	VaultARN        Fact[string] `json:"vault_arn"`
	ColdAfterDays   Fact[int64]  `json:"cold_after_days"`
	DeleteAfterDays Fact[int64]  `json:"delete_after_days"`
}

// Selection says which resources a plan backs up (GetBackupSelection). Resources and ListOfTags add, the rest narrows.
type Selection struct {
	ID              string           `json:"id"`
	Name            Fact[string]     `json:"name"`
	CreatedAt       Fact[Instant]    `json:"created_at"`
	RoleARN         Fact[string]     `json:"role_arn"`
	Resources       Fact[[]string]   `json:"resources"`
	NotResources    Fact[[]string]   `json:"not_resources"`
	ListOfTags      Fact[[]TagMatch] `json:"list_of_tags"`
	StringEquals    Fact[[]TagMatch] `json:"string_equals"`
	StringNotEquals Fact[[]TagMatch] `json:"string_not_equals"`
	StringLike      Fact[[]TagMatch] `json:"string_like"`
	StringNotLike   Fact[[]TagMatch] `json:"string_not_like"`
}

// TagMatch is a key and a value as a selection writes them, prefix included.
type TagMatch struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Vault is an AWS Backup vault (ListBackupVaults) with its recovery points of tables.
type Vault struct {
	ID                 string                  `json:"id"`
	ARN                Fact[string]            `json:"arn"`
	Name               Fact[string]            `json:"name"`
	Type               Fact[string]            `json:"type"` // BACKUP_VAULT, LOGICALLY_AIR_GAPPED_BACKUP_VAULT, …
	KeyARN             Fact[string]            `json:"key_arn"`
	CreatedAt          Fact[Instant]           `json:"created_at"`
	Count              Fact[int64]             `json:"count"` // recovery points of all types
	Locked             Fact[bool]              `json:"locked"`
	LockDate           Fact[Instant]           `json:"lock_date"`     // absent under a lock: governance mode
	MinRetention       Fact[int64]             `json:"min_retention"` // days
	MaxRetention       Fact[int64]             `json:"max_retention"` // days
	Policy             Fact[string]            `json:"policy"`        // JSON text; absent: none set
	Tags               Fact[map[string]string] `json:"tags"`
	NotificationTopic  Fact[string]            `json:"notification_topic"` // ARN of the SNS topic; absent: nobody is told
	NotificationEvents Fact[[]string]          `json:"notification_events"`
	RecoveryPoints     List[RecoveryPoint]     `json:"recovery_points"`
}

// RecoveryPoint is one restorable copy of a table in a vault (ListRecoveryPointsByBackupVault).
type RecoveryPoint struct {
	ID            string        `json:"id"` // the ARN
	ResourceARN   Fact[string]  `json:"resource_arn"`
	ResourceType  Fact[string]  `json:"resource_type"`
	Status        Fact[string]  `json:"status"` // COMPLETED, PARTIAL, EXPIRED, …
	Message       Fact[string]  `json:"message"`
	CreatedAt     Fact[Instant] `json:"created_at"`
	CompletedAt   Fact[Instant] `json:"completed_at"`
	DeleteAt      Fact[Instant] `json:"delete_at"` // CalculatedLifecycle; absent: never
	ColdAt        Fact[Instant] `json:"cold_at"`
	DeleteAfter   Fact[int64]   `json:"delete_after_days"`
	LastRestoreAt Fact[Instant] `json:"last_restore_at"`
	SizeBytes     Fact[int64]   `json:"size_bytes"`
	Encrypted     Fact[bool]    `json:"encrypted"`
	KeyARN        Fact[string]  `json:"key_arn"`
	RoleARN       Fact[string]  `json:"role_arn"`
	PlanID        Fact[string]  `json:"plan_id"` // absent: on demand
	RuleID        Fact[string]  `json:"rule_id"`
	SourceVault   Fact[string]  `json:"source_vault"` // ARN; present on copies
	StorageClass  Fact[string]  `json:"storage_class"`
}

// NativeBackup is a backup of DynamoDB's own (ListBackups): on demand (USER) or made when a table with PITR was deleted (SYSTEM).
type NativeBackup struct {
	ID        string        `json:"id"` // the ARN
	Name      Fact[string]  `json:"name"`
	TableARN  Fact[string]  `json:"table_arn"`
	TableName Fact[string]  `json:"table_name"`
	TableID   Fact[string]  `json:"table_id"`
	Status    Fact[string]  `json:"status"` // AVAILABLE, CREATING, DELETED
	Type      Fact[string]  `json:"type"`
	CreatedAt Fact[Instant] `json:"created_at"`
	ExpiresAt Fact[Instant] `json:"expires_at"`
	SizeBytes Fact[int64]   `json:"size_bytes"`
	// Of its table as it was then (DescribeBackup): read for one table at a time, when the ways back to it are listed.
	TableCreatedAt Fact[Instant] `json:"table_created_at"`
	ItemCount      Fact[int64]   `json:"item_count"`
	KeyARN         Fact[string]  `json:"key_arn"` // absent: AWS's own
}

// BackupJob is a backup job of a table (ListBackupJobs).
type BackupJob struct {
	ID              string        `json:"id"`
	ResourceARN     Fact[string]  `json:"resource_arn"`
	State           Fact[string]  `json:"state"` // CREATED, RUNNING, COMPLETED, FAILED, EXPIRED, …
	Message         Fact[string]  `json:"message"`
	MessageCategory Fact[string]  `json:"message_category"` // SUCCESS, or what was the matter although it completed
	CreatedAt       Fact[Instant] `json:"created_at"`
	StartBy         Fact[Instant] `json:"start_by"`
	CompletedAt     Fact[Instant] `json:"completed_at"`
	Vault           Fact[string]  `json:"vault"` // name
	RecoveryPoint   Fact[string]  `json:"recovery_point"`
	RoleARN         Fact[string]  `json:"role_arn"`
	PlanID          Fact[string]  `json:"plan_id"` // absent: on demand
	RuleID          Fact[string]  `json:"rule_id"`
}

// CopyJob is a copy of a recovery point to another vault (ListCopyJobs).
type CopyJob struct {
	ID               string        `json:"id"`
	ResourceARN      Fact[string]  `json:"resource_arn"`
	State            Fact[string]  `json:"state"`
	Message          Fact[string]  `json:"message"`
	CreatedAt        Fact[Instant] `json:"created_at"`
	CompletedAt      Fact[Instant] `json:"completed_at"`
	SourceVault      Fact[string]  `json:"source_vault"` // ARN
	SourcePoint      Fact[string]  `json:"source_point"`
	DestinationVault Fact[string]  `json:"destination_vault"` // ARN
	DestinationPoint Fact[string]  `json:"destination_point"`
}

// RestoreJob is a restore made through AWS Backup (ListRestoreJobs). Native restores leave no such record.
type RestoreJob struct {
	ID                string        `json:"id"`
	ResourceARN       Fact[string]  `json:"resource_arn"` // the table that was backed up
	RecoveryPoint     Fact[string]  `json:"recovery_point"`
	Status            Fact[string]  `json:"status"`
	Message           Fact[string]  `json:"message"`
	CreatedAt         Fact[Instant] `json:"created_at"`
	CompletedAt       Fact[Instant] `json:"completed_at"`
	CreatedARN        Fact[string]  `json:"created_arn"` // the table that came of it
	ValidationStatus  Fact[string]  `json:"validation_status"`
	ValidationMessage Fact[string]  `json:"validation_message"`
	DeletionStatus    Fact[string]  `json:"deletion_status"`
	TestingPlan       Fact[string]  `json:"testing_plan"` // ARN
}

// ProtectedResource is what AWS Backup remembers of a table that ever had a recovery point (ListProtectedResources). It is not plan membership.
type ProtectedResource struct {
	ID         string        `json:"id"` // the table's ARN
	LastBackup Fact[Instant] `json:"last_backup"`
	// Of its newest restore job, however long ago (DescribeProtectedResource): asked for one table at a time, so that a scan reads it only
	// when a control is chosen that rests on it. Absent: AWS Backup never restored it.
	LastRestore        Fact[Instant] `json:"last_restore"`
	LastRestoreMinutes Fact[int64]   `json:"last_restore_minutes"`
}

// RestoreTestingPlan is an AWS Backup restore testing plan with its selections.
type RestoreTestingPlan struct {
	ID               string                        `json:"id"` // the ARN
	Name             Fact[string]                  `json:"name"`
	Schedule         Fact[string]                  `json:"schedule"`
	Timezone         Fact[string]                  `json:"timezone"`
	StartWindowHours Fact[int64]                   `json:"start_window_hours"`
	LastRun          Fact[Instant]                 `json:"last_run"`
	Algorithm        Fact[string]                  `json:"algorithm"`
	PointTypes       Fact[[]string]                `json:"point_types"`
	IncludeVaults    Fact[[]string]                `json:"include_vaults"`
	ExcludeVaults    Fact[[]string]                `json:"exclude_vaults"`
	WindowDays       Fact[int64]                   `json:"window_days"`
	Selections       List[RestoreTestingSelection] `json:"selections"`
}

// RestoreTestingSelection is a selection of a restore testing plan. Conditions match the tags of the latest recovery point, not the table's.
type RestoreTestingSelection struct {
	ID              string           `json:"id"`
	Name            Fact[string]     `json:"name"`
	ResourceType    Fact[string]     `json:"resource_type"`
	RoleARN         Fact[string]     `json:"role_arn"`
	Resources       Fact[[]string]   `json:"resources"`
	StringEquals    Fact[[]TagMatch] `json:"string_equals"`
	StringNotEquals Fact[[]TagMatch] `json:"string_not_equals"`
	ValidationHours Fact[int64]      `json:"validation_hours"`
}
