package backup

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/world"
)

// AreaState is everything that AWS Backup holds in one account and Region, as plain data: what an estate file is loaded from and written to.
// Members bear the names of AWS's answers, so that what was collected can be put in as it is.
type AreaState struct {
	Scope        world.Scope
	OptIn        map[string]bool   // ResourceTypeOptInPreference; nil: a Region in which nobody used AWS Backup
	Management   map[string]bool   // ResourceTypeManagementPreference
	Global       map[string]string // global settings; those of the management account count
	Vaults       []VaultState
	Plans        []PlanState
	Points       []PointState
	BackupJobs   []types.BackupJob // newest first, as listed
	CopyJobs     []types.CopyJob
	RestoreJobs  []types.RestoreJobsListMember
	RestoreTests []RestoreTestState
	Remembered   []RememberedState // of restores that the lists of jobs no longer hold
}

// RememberedState is what DescribeProtectedResource tells of a resource's newest restore job.
type RememberedState struct {
	ResourceARN string
	JobCreated  time.Time
	Minutes     int64
}

// VaultState is a vault as ListBackupVaults shows it, with its policy, notifications and tags.
type VaultState struct {
	types.BackupVaultListMember
	Policy string // JSON; empty for none
	Topic  string // SNS topic ARN; empty for none
	Events []types.BackupVaultEvent
	Tags   map[string]string
}

// PlanState is a plan with its versions, the oldest first; an estate that knows only the current one gives that.
type PlanState struct {
	ID             string
	CreatorRequest string
	Tags           map[string]string
	Versions       []PlanVersionState
	Selections     []SelectionState
	Deleted        time.Time // zero: not deleted
	LastRun        time.Time
	Organisation   bool // made by an organisation backup policy
}

// PlanVersionState is one version of a plan; its rules keep their identifiers.
type PlanVersionState struct {
	ID      string
	Created time.Time
	Plan    types.BackupPlan
}

// SelectionState is a selection with its identifier.
type SelectionState struct {
	ID             string
	Created        time.Time
	CreatorRequest string
	Selection      types.BackupSelection
}

// PointState is a recovery point as ListRecoveryPointsByBackupVault shows it, with what only other operations tell.
// Items is a picture of an empty table of the source's form: a loaded point restores that and says so in the job's StatusMessage; without Items its restores fail.
type PointState struct {
	types.RecoveryPointByBackupVault
	StorageClass types.StorageClass
	Tags         map[string]string
	Items        *dynamodb.Snapshot `json:"-"`
}

// RestoreTestState is a restore testing plan with its selections and tags.
type RestoreTestState struct {
	Plan       types.RestoreTestingPlanForGet
	Selections []types.RestoreTestingSelectionForGet
	Tags       map[string]string
}
