// Package estate holds everything known about the accounts and Regions in scope, as three-valued facts, and its file form.
// It imports nothing of ours: it is what all other packages talk about.
package estate

// Version is the version of the estate file that this package reads and writes.
const Version = 1

// Estate is the sum of its units.
type Estate struct {
	Tool        string  // name and version of the program that made it
	CollectedAt Instant // machine time at which collection began; for people only, never used to judge
	Units       []*Unit
}

// Unit is one account in one Region, or one template: what is collected, judged and kept in memory together.
type Unit struct {
	Provenance []Provenance `json:"provenance"` // entry 0 stands for "not recorded"
	Declared   []Declared   `json:"declared"`   // where templates declare what is in the unit; empty: it is of AWS's answers

	Partition Fact[string]  `json:"partition"` // "aws", "aws-cn", "aws-us-gov"
	Account   Fact[string]  `json:"account"`   // 12 digits
	Region    Fact[string]  `json:"region"`
	Home      Fact[bool]    `json:"home"`    // facts of the whole account are read here: true for one Region of each account of a run
	Now       Fact[Instant] `json:"now"`     // the greatest Date of AWS's answers; absent for a template
	Reached   Fact[bool]    `json:"reached"` // some call answered
	Full      Fact[bool]    `json:"full"`    // collected with every setting that a restore drops

	Tables      List[Table]        `json:"tables"`
	Plans       List[Plan]         `json:"plans"`
	Vaults      List[Vault]        `json:"vaults"`
	Backups     List[NativeBackup] `json:"backups"`      // DynamoDB's own, of types USER and SYSTEM
	BackupJobs  List[BackupJob]    `json:"backup_jobs"`  // AWS keeps 30 days
	CopyJobs    List[CopyJob]      `json:"copy_jobs"`    // AWS keeps 30 days
	RestoreJobs List[RestoreJob]   `json:"restore_jobs"` // AWS keeps 30 days
	Keys        List[Key]          `json:"keys"`         // those that tables, vaults and recovery points refer to
	Roles       List[Role]         `json:"roles"`        // those that selections refer to

	Settings            Settings                 `json:"settings"`
	RestoreTestingPlans List[RestoreTestingPlan] `json:"restore_testing_plans"`
	Protected           List[ProtectedResource]  `json:"protected_resources"`

	Users    List[IAMUser]   `json:"iam_users"` // the account's identities are read in its home
	Groups   List[IAMGroup]  `json:"iam_groups"`
	IAMRoles List[IAMRole]   `json:"iam_roles"`
	Policies List[IAMPolicy] `json:"iam_policies"`     // managed policies
	RootKeys Fact[bool]      `json:"root_access_keys"` // the account's root user has access keys

	Drills List[Drill] `json:"drills"` // what drills of this tool found: of this machine, and what evidence shows

	Trails         List[Trail]          `json:"trails"`                  // those that record in this Region
	Actions        List[RecordedAction] `json:"recorded_actions"`        // since ActionsSince
	ActionsSince   Fact[Instant]        `json:"actions_since"`           // from when on the recorded actions were asked for
	EventRules     List[EventRule]      `json:"event_rules"`             // of EventBridge's default bus
	StreamReaders  List[StreamReader]   `json:"stream_readers"`          // Lambda functions on streams of tables
	VPCs           List[VPC]            `json:"vpcs"`                    //
	VPCEndpoints   List[VPCEndpoint]    `json:"vpc_endpoints"`           // those of DynamoDB
	ReportPlans    List[ReportPlan]     `json:"report_plans"`            // AWS Backup Audit Manager's
	EffectivePlans Fact[string]         `json:"effective_backup_policy"` // JSON; of the account, so read in its home; absent: none reaches it
}

// Provenance says where facts come from: one answer of AWS, or one position in a file; or why they could not be had.
type Provenance struct {
	Operation  string  `json:"operation,omitempty"` // "dynamodb:DescribeTable"
	Resource   string  `json:"resource,omitempty"`  // what it was asked about; empty for a listing
	ObservedAt Instant `json:"observed_at,omitempty"`
	RequestID  string  `json:"request_id,omitempty"`
	Code       string  `json:"code,omitempty"`    // why facts of this source are unknown: AWS's error code, or one of ours ("NotCollected")
	Message    string  `json:"message,omitempty"` // AWS's message, cut to 500 characters
	File       string  `json:"file,omitempty"`
	Line       int     `json:"line,omitempty"`
	Column     int     `json:"column,omitempty"`
}

// Failed reports whether the source stands for an answer that could not be had.
func (p Provenance) Failed() bool { return p.Code != "" }

// Record adds a provenance entry and returns its Source. It is not safe for concurrent use: collect serialises it.
func (u *Unit) Record(p Provenance) Source {
	if len(u.Provenance) == 0 {
		u.Provenance = append(u.Provenance, Provenance{})
	}
	u.Provenance = append(u.Provenance, p)
	return Source(len(u.Provenance) - 1)
}

// Of returns the provenance entry of a source.
func (u *Unit) Of(s Source) Provenance {
	if int(s) < len(u.Provenance) {
		return u.Provenance[s]
	}
	return Provenance{}
}

// Settings are AWS Backup's settings of the Region (DescribeRegionSettings) and the account (DescribeGlobalSettings).
type Settings struct {
	OptIn        Fact[map[string]bool] `json:"opt_in"`        // ResourceTypeOptInPreference
	Management   Fact[map[string]bool] `json:"management"`    // ResourceTypeManagementPreference: advanced features
	CrossAccount Fact[bool]            `json:"cross_account"` // isCrossAccountBackupEnabled; only the management account knows
}

// Key is a KMS key (DescribeKey).
type Key struct {
	ID           string        `json:"id"`
	ARN          Fact[string]  `json:"arn"`
	State        Fact[string]  `json:"state"`         // Enabled, Disabled, PendingDeletion, …
	Manager      Fact[string]  `json:"manager"`       // AWS or CUSTOMER
	DeletionDate Fact[Instant] `json:"deletion_date"` // when PendingDeletion
	MultiRegion  Fact[bool]    `json:"multi_region"`
}

// Role is an IAM role (GetRole). Exists is known false when IAM says that there is none.
type Role struct {
	ID     string       `json:"id"`
	ARN    Fact[string] `json:"arn"`
	Name   Fact[string] `json:"name"`
	Exists Fact[bool]   `json:"exists"`
	Trust  Fact[string] `json:"trust"` // trust policy, JSON text
	// What the role may do, as far as IAM says it. Absent lists stand for a role that does not exist.
	Boundary Fact[string]     `json:"boundary"` // ARN of its permissions boundary; absent: none
	Attached Fact[[]string]   `json:"attached"` // ARNs of its managed policies
	Policies List[RolePolicy] `json:"policies"` // attached and inline ones, and the boundary's
}

// RolePolicy is a document that says what a role may do (ListAttachedRolePolicies, ListRolePolicies) or, as its boundary, may do at most.
type RolePolicy struct {
	ID   string       `json:"id"`   // the ARN, or "inline:NAME"
	Name Fact[string] `json:"name"` // of an inline policy; absent: managed
	ARN  Fact[string] `json:"arn"`  // of a managed policy; absent: inline
	Text Fact[string] `json:"text"` // JSON
}
