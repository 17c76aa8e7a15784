package remedy

// Change says what one call makes of one thing. Exactly one member is set. Every change can be read both ways:
// the inverse of a change is a change of the same kind back to what was observed before.
type Change struct {
	PITR               *PITR               `json:"pitr,omitempty"`
	RegionSettings     *RegionSettings     `json:"region_settings,omitempty"`
	Role               *Role               `json:"role,omitempty"`
	RolePolicy         *RolePolicy         `json:"role_policy,omitempty"`
	Vault              *Vault              `json:"vault,omitempty"`
	VaultPolicy        *VaultPolicy        `json:"vault_policy,omitempty"`
	VaultLock          *VaultLock          `json:"vault_lock,omitempty"`
	VaultNotifications *VaultNotifications `json:"vault_notifications,omitempty"`
	Plan               *BackupPlan         `json:"backup_plan,omitempty"`
	PlanRules          *PlanRules          `json:"plan_rules,omitempty"`
	Selection          *Selection          `json:"selection,omitempty"`
	TableTags          *TableTags          `json:"table_tags,omitempty"`
	DeletionProtection *DeletionProtection `json:"deletion_protection,omitempty"`
	TableKey           *TableKey           `json:"table_key,omitempty"`
	Backup             *Backup             `json:"backup,omitempty"`
	TestingPlan        *TestingPlan        `json:"restore_testing_plan,omitempty"`
	TestingSelection   *TestingSelection   `json:"restore_testing_selection,omitempty"`
}

// Step says whether a change makes a thing or takes it away.
type Step string

// The steps of changes that make or take away.
const (
	Create Step = "create"
	Delete Step = "delete"
)

// PITR sets point-in-time recovery of a table (dynamodb:UpdateContinuousBackups).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
type PITR struct {
	Table      string `json:"table"` // name
	Enabled    bool   `json:"enabled"`
	PeriodDays int64  `json:"period_days,omitempty"` // 1 to 35; only with Enabled
}

// RegionSettings sets AWS Backup's settings for the Region (backup:UpdateRegionSettings). Both maps are whole: what was observed, with
// the change in it, so that it does not matter whether AWS merges or replaces. A nil map is left alone.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
type RegionSettings struct {
	OptIn      map[string]bool `json:"opt_in,omitempty"`     // ResourceTypeOptInPreference
	Management map[string]bool `json:"management,omitempty"` // ResourceTypeManagementPreference: advanced features
}

// Role makes an IAM role, or takes one away (iam:CreateRole, iam:DeleteRole).
type Role struct {
	Step        Step              `json:"step"`
	ARN         string            `json:"arn"`
	Name        string            `json:"name"`
	Path        string            `json:"path"`  // "/service-role/"
	Trust       string            `json:"trust"` // trust policy, JSON text
	Description string            `json:"description,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// RolePolicy attaches a managed policy to a role, or detaches it (iam:AttachRolePolicy, iam:DetachRolePolicy).
type RolePolicy struct {
	Role      string `json:"role"` // name
	RoleARN   string `json:"role_arn"`
	PolicyARN string `json:"policy_arn"`
	Attached  bool   `json:"attached"`
}

// Vault makes a backup vault, or takes an empty one away (backup:CreateBackupVault, backup:DeleteBackupVault).
type Vault struct {
	Step   Step              `json:"step"`
	Name   string            `json:"name"`
	ARN    string            `json:"arn"`
	KeyARN string            `json:"key_arn,omitempty"` // empty: the AWS-managed key aws/backup
	Tags   map[string]string `json:"tags,omitempty"`
}

// VaultPolicy sets a vault's access policy whole, merged by whoever plans it; an empty one deletes it
// (backup:PutBackupVaultAccessPolicy, backup:DeleteBackupVaultAccessPolicy).
type VaultPolicy struct {
	Vault  string `json:"vault"`            // name
	Policy string `json:"policy,omitempty"` // JSON text
}

// VaultLock locks a vault, or removes a governance lock (backup:PutBackupVaultLockConfiguration, backup:DeleteBackupVaultLockConfiguration).
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
type VaultLock struct {
	Vault             string `json:"vault"` // name
	Locked            bool   `json:"locked"`
	MinRetentionDays  int64  `json:"min_retention_days,omitempty"`  // 0: none
	MaxRetentionDays  int64  `json:"max_retention_days,omitempty"`  // 0: none
	ChangeableForDays int64  `json:"changeable_for_days,omitempty"` // 0: governance mode; at least 3: compliance mode, and nobody can undo it after those days
}

// VaultNotifications sets where a vault's events go; an empty topic ends it
// (backup:PutBackupVaultNotifications, backup:DeleteBackupVaultNotifications).
type VaultNotifications struct {
	Vault  string   `json:"vault"` // name
	Topic  string   `json:"topic,omitempty"`
	Events []string `json:"events,omitempty"`
}

// BackupPlan makes a backup plan, or takes one without selections away (backup:CreateBackupPlan, backup:DeleteBackupPlan).
// A plan that is made yields its id: other actions name it by a Ref.
type BackupPlan struct {
	Step  Step              `json:"step"`
	ID    Ref               `json:"id,omitempty"` // when deleting
	Name  string            `json:"name"`
	Rules []Rule            `json:"rules,omitempty"`
	Tags  map[string]string `json:"tags,omitempty"`
}

// PlanRules sets some rules of an existing plan and removes others, by their names, and leaves everything else of the plan's document
// as it is at that moment (backup:UpdateBackupPlan).
type PlanRules struct {
	Plan   Ref      `json:"plan"` // id
	Name   string   `json:"name"` // of the plan; for people
	Set    []Rule   `json:"set,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// Rule is a rule of a backup plan.
type Rule struct {
	Name             string            `json:"name"`
	Vault            string            `json:"vault"` // name
	Schedule         string            `json:"schedule"`
	Timezone         string            `json:"timezone,omitempty"`
	StartWindow      int64             `json:"start_window,omitempty"`      // minutes; 0: AWS's default
	CompletionWindow int64             `json:"completion_window,omitempty"` // minutes; 0: AWS's default
	ColdAfterDays    int64             `json:"cold_after_days,omitempty"`   // 0: never
	DeleteAfterDays  int64             `json:"delete_after_days,omitempty"` // 0: never
	AirGappedVault   string            `json:"air_gapped_vault,omitempty"`  // ARN
	Continuous       bool              `json:"continuous,omitempty"`
	Copies           []Copy            `json:"copies,omitempty"`
	Tags             map[string]string `json:"tags,omitempty"` // of the recovery points
}

// Copy is a copy action of a rule.
type Copy struct {
	VaultARN        string `json:"vault_arn"`
	ColdAfterDays   int64  `json:"cold_after_days,omitempty"`
	DeleteAfterDays int64  `json:"delete_after_days,omitempty"`
}

// Selection makes a selection of a plan, or takes one away (backup:CreateBackupSelection, backup:DeleteBackupSelection).
// Selections cannot be changed: a new one is made beside the old one.
type Selection struct {
	Step            Step       `json:"step"`
	Plan            Ref        `json:"plan"`         // id of the plan
	ID              Ref        `json:"id,omitempty"` // of the selection, when deleting
	Name            string     `json:"name"`
	RoleARN         string     `json:"role_arn"`
	Resources       []string   `json:"resources,omitempty"`
	NotResources    []string   `json:"not_resources,omitempty"`
	ListOfTags      []TagMatch `json:"list_of_tags,omitempty"`
	StringEquals    []TagMatch `json:"string_equals,omitempty"`
	StringNotEquals []TagMatch `json:"string_not_equals,omitempty"`
	StringLike      []TagMatch `json:"string_like,omitempty"`
	StringNotLike   []TagMatch `json:"string_not_like,omitempty"`
}

// TagMatch is a key and a value as the selection writes them, prefix included.
type TagMatch struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// TableTags sets or removes tags of a table (dynamodb:TagResource, dynamodb:UntagResource): one of the two, since each is a call.
type TableTags struct {
	Table  string            `json:"table"` // name
	ARN    string            `json:"arn"`
	Set    map[string]string `json:"set,omitempty"`
	Remove []string          `json:"remove,omitempty"`
}

// DeletionProtection switches a table's deletion protection (dynamodb:UpdateTable).
type DeletionProtection struct {
	Table string `json:"table"` // name
	On    bool   `json:"on"`
}

// TableKey changes the key under which a table is encrypted (dynamodb:UpdateTable).
type TableKey struct {
	Table  string `json:"table"`             // name
	Level  string `json:"level"`             // aws-owned, aws-managed or customer
	KeyARN string `json:"key_arn,omitempty"` // only with customer
}

// Backup makes one backup now: through AWS Backup into a vault (backup:StartBackupJob), or a native one (dynamodb:CreateBackup).
type Backup struct {
	Table           string            `json:"table"` // name
	ARN             string            `json:"arn"`
	Native          string            `json:"native,omitempty"` // name of the native backup; then all that follows is empty
	Vault           string            `json:"vault,omitempty"`  // name
	RoleARN         string            `json:"role_arn,omitempty"`
	DeleteAfterDays int64             `json:"delete_after_days,omitempty"` // 0: never
	Tags            map[string]string `json:"tags,omitempty"`
}

// TestingPlan makes a restore testing plan, or takes one away.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
type TestingPlan struct {
	Step             Step              `json:"step"`
	Name             string            `json:"name"` // letters, digits and _
	Schedule         string            `json:"schedule"`
	StartWindowHours int64             `json:"start_window_hours"`
	WindowDays       int64             `json:"window_days"` // how old a point may be
	IncludeVaults    []string          `json:"include_vaults"`
	Tags             map[string]string `json:"tags,omitempty"`
}

// TestingSelection makes a selection of a restore testing plan, or takes one away.
type TestingSelection struct {
	Step            Step     `json:"step"`
	Plan            string   `json:"plan"` // name of the restore testing plan
	Name            string   `json:"name"`
	RoleARN         string   `json:"role_arn"`
	Resources       []string `json:"resources"` // at most 30 ARNs, or "*"
	ValidationHours int64    `json:"validation_hours,omitempty"`
}

// Ref names what AWS names: literally, or as what an action of the same plan will have made ("@a7": the id that a7 yields).
type Ref string

// From returns a reference to what an action will have made.
func From(action string) Ref { return Ref("@" + action) }

// Action returns the id of the action that makes what the reference names; ok is false for a literal name.
func (r Ref) Action() (id string, ok bool) {
	if len(r) > 1 && r[0] == '@' {
		return string(r[1:]), true
	}
	return "", false
}
