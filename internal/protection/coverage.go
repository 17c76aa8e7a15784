package protection

import "github.com/restorable/restorable/internal/estate"

// Forever stands for "never ends" in durations: days of retention, or seconds of a loss that no schedule bounds.
// It is greater than anything that AWS accepts and exact in JSON.
const Forever int64 = 1<<53 - 1

// Coverage is how one table is protected: what the plans declare, what is observed, and what that is worth when something goes wrong.
// It is computed from the estate and never collected. Every answer is three-valued.
type Coverage struct {
	Table *estate.Table `json:"-"`

	Selected  Answer[bool] `json:"selected"`  // some selection of some plan of the table's account and Region selects it
	Effective Answer[bool] `json:"effective"` // some rule of a selecting plan has everything that it needs to make restorable backups

	// Plans are those that select the table or may select it; the list is whole when the plans and their selections are.
	Plans estate.List[PlanCover] `json:"plans"`
	// Considered has a decision for every selection of every plan.
	Considered []Decision `json:"-"`

	LongestInterval Answer[int64] `json:"longest_interval"` // seconds between scheduled starts of the best effective plan; absent without one
	WorstGap        Answer[int64] `json:"worst_gap"`        // seconds: the longest interval plus start and completion window; absent without one
	RetentionDays   Answer[int64] `json:"retention_days"`   // of the effective rule that keeps longest; Forever; absent without one

	PITR       PITR        `json:"pitr"`
	Observed   Observed    `json:"observed"`
	Deviations []Deviation `json:"deviations"` // one for each effective rule: is what it declares also there?
	Scenarios  []Scenario  `json:"scenarios"`  // one for each scenario of package objective, in its order

	unit  *estate.Unit
	index *Index

	foundMemo      *found
	restoresMemo   *Restores
	restoresWithin int64
	keysMemo       *KeyState
}

// PlanCover is a plan that selects the table, or may.
type PlanCover struct {
	ID            string        `json:"id"`   // of the plan in the estate
	Plan          string        `json:"plan"` // name, or id where the name is not known
	Selects       Answer[bool]  `json:"selects"`
	Effective     Answer[bool]  `json:"effective"`
	Interval      Answer[int64] `json:"interval"`       // seconds between starts that really make a backup: rules that overlap drop the one that keeps shorter
	WorstGap      Answer[int64] `json:"worst_gap"`      // seconds
	RetentionDays Answer[int64] `json:"retention_days"` // Forever; absent when no rule is effective
	Rules         []RuleCover   `json:"rules"`          // one for each rule and each selection that selects the table, or may

	plan                *planIndex
	effectives, failing uint64 // rules, as bits by their number: those that make backups, those whose jobs start, or may, and fail
}

// RuleCover is a rule under a selection, with everything that must hold before it makes a restorable backup of the table.
type RuleCover struct {
	ID        string `json:"id"`
	Plan      string `json:"plan"`
	Rule      string `json:"rule"`
	Selection string `json:"selection"`

	Selects Answer[bool] `json:"selects"`
	// Effective is Selects and all prerequisites that follow, up to LifecycleValid.
	Effective Answer[bool] `json:"effective"`

	ScheduleRuns      Answer[bool] `json:"schedule_runs"`       // the expression is valid and has a start to come
	WindowsValid      Answer[bool] `json:"windows_valid"`       // start window at least 60 minutes
	VaultExists       Answer[bool] `json:"vault_exists"`        // in ListBackupVaults
	RoleExists        Answer[bool] `json:"role_exists"`         //
	RoleTrusted       Answer[bool] `json:"role_trusted"`        // its trust policy lets backup.amazonaws.com assume it
	RetentionFitsLock Answer[bool] `json:"retention_fits_lock"` // else every job fails
	KeyUsable         Answer[bool] `json:"key_usable"`          // of the vault under advanced features, of the table without
	LifecycleValid    Answer[bool] `json:"lifecycle_valid"`     // 1 to 36,500 days, 90 days after cold

	Advanced          Answer[bool] `json:"advanced"`           // AWS Backup's advanced features for DynamoDB are on
	ColdTakesEffect   Answer[bool] `json:"cold_takes_effect"`  // absent: the rule does not move to cold storage
	AirGapped         Answer[bool] `json:"air_gapped"`         // points land in a logically air-gapped vault
	ContinuousIgnored Answer[bool] `json:"continuous_ignored"` // the rule asks for continuous backup, which means nothing for DynamoDB

	Vault            Answer[string]         `json:"vault"`             // ARN, or name, of the vault in which points land
	Interval         Answer[int64]          `json:"interval"`          // longest, seconds, of this rule alone
	Next             Answer[estate.Instant] `json:"next"`              // the next scheduled start; absent: never again
	StartWindow      Answer[int64]          `json:"start_window"`      // minutes, default filled in
	CompletionWindow Answer[int64]          `json:"completion_window"` // minutes, default filled in
	WorstGap         Answer[int64]          `json:"worst_gap"`         // seconds: interval plus both windows
	RetentionDays    Answer[int64]          `json:"retention_days"`
	Copies           []CopyCover            `json:"copies"`

	rule *ruleIndex
	sel  *selectionIndex
}

// CopyCover is a copy action of a rule.
type CopyCover struct {
	Vault         Answer[string] `json:"vault"`  // ARN
	Region        Answer[string] `json:"region"` //
	Account       Answer[string] `json:"account"`
	CrossRegion   Answer[bool]   `json:"cross_region"`
	CrossAccount  Answer[bool]   `json:"cross_account"`
	TakesEffect   Answer[bool]   `json:"takes_effect"` // advanced features are on, the destination vault exists and its lock admits the retention
	RetentionDays Answer[int64]  `json:"retention_days"`

	// unseen: everything here speaks for it, and the destination's unit was not looked at.
	unseen bool
}

// PITR is point-in-time recovery of the table.
type PITR struct {
	On               Answer[bool]           `json:"on"`
	PeriodDays       Answer[int64]          `json:"period_days"`       // configured; absent when off
	Start            Answer[estate.Instant] `json:"start"`             // earliest moment that can be had; absent when off
	Latest           Answer[estate.Instant] `json:"latest"`            // latest moment that can be had; absent when off
	Full             Answer[bool]           `json:"full"`              // the window reaches back as far as configured
	FullOn           Answer[estate.Instant] `json:"full_on"`           // when it is full, as long as it fills; absent when off
	AvailableSeconds Answer[int64]          `json:"available_seconds"` // from the earliest to the latest moment; 0 when off
	LossSeconds      Answer[int64]          `json:"loss_seconds"`      // from the latest moment to now; absent when off
}

// Observed is what there is, whatever the plans declare.
type Observed struct {
	All    Points `json:"all"`    // AWS Backup's and DynamoDB's own together
	Backup Points `json:"backup"` // recovery points of AWS Backup in the table's account and Region
	Native Points `json:"native"` // DynamoDB's own on-demand backups

	AirGapped AirGapped `json:"air_gapped"` // recovery points in logically air-gapped vaults, wherever those stand

	Leftovers Answer[int64] `json:"leftovers"` // backups of earlier tables of the same name: they do not count

	LastJob      JobSeen       `json:"last_job"` // the newest job that ended
	Running      Answer[bool]  `json:"running"`  // a job is under way
	FailedInARow Answer[int64] `json:"failed_in_a_row"`
}

// Points sums up restorable backups of this incarnation of the table.
type Points struct {
	Any       Answer[bool]           `json:"any"`
	Count     Answer[int64]          `json:"count"`
	Newest    Answer[estate.Instant] `json:"newest"`     // absent: none
	Oldest    Answer[estate.Instant] `json:"oldest"`     // absent: none
	NewestAge Answer[int64]          `json:"newest_age"` // seconds; absent: none
}

// AirGapped sums up restorable backups of this incarnation of the table in logically air-gapped vaults.
type AirGapped struct {
	Newest    Answer[estate.Instant] `json:"newest"`     // of those that surely are; absent: none surely is
	NewestAge Answer[int64]          `json:"newest_age"` // seconds; absent: none surely is
	Others    Answer[bool]           `json:"others"`     // no: there are no others; unknown: there may be, newer ones too
}

// JobSeen is a backup job that ended. All is absent when no job ended in the 30 days that AWS keeps.
type JobSeen struct {
	Succeeded Answer[bool]           `json:"succeeded"` // COMPLETED without issues
	State     Answer[string]         `json:"state"`
	Category  Answer[string]         `json:"category"` // of the message: SUCCESS, or what was the matter although it completed
	Message   Answer[string]         `json:"message"`
	At        Answer[estate.Instant] `json:"at"`
}

// Deviation compares what an effective rule declares with what is there.
type Deviation struct {
	Plan      string        `json:"plan"`
	Rule      string        `json:"rule"`
	Selection string        `json:"selection"`
	Deviates  Answer[bool]  `json:"deviates"` // the newest point of the rule is older than its worst gap allows
	Due       Answer[bool]  `json:"due"`      // a job of the rule must have ended by now, whatever came of it
	Expected  Answer[int64] `json:"expected"` // seconds: the greatest age that the rule allows
	Actual    Answer[int64] `json:"actual"`   // seconds: age of the rule's newest point; absent: it made none
}

// Mechanisms by which a table can be got back.
const (
	ByPITR         = "pitr"          // point-in-time recovery
	BySystemBackup = "system-backup" // what DynamoDB keeps for 35 days when a table with PITR is deleted
	ByPlan         = "backup-plan"   // points of a plan that keeps making them
	ByPoint        = "backup"        // a backup that is there, with nothing that makes the next one
	ByReplica      = "replica"       // a replica of the global table
)

// Scenario answers whether the table can be got back when one thing went wrong.
type Scenario struct {
	Name        string        `json:"name"` // of package objective
	Recoverable Answer[bool]  `json:"recoverable"`
	By          string        `json:"by"`         // mechanism that loses least among those that work; empty when none does
	LossNow     Answer[int64] `json:"loss_now"`   // seconds that would be lost if it happened now; absent when not recoverable
	WorstLoss   Answer[int64] `json:"worst_loss"` // seconds that may be lost while all goes as declared; Forever; absent when not recoverable
	ReachDays   Answer[int64] `json:"reach_days"` // how far back one can go, as configured; Forever; absent when not recoverable
	// Ways are the mechanisms considered, working or not. An objective is met when some way that works loses little enough
	// and some way that works reaches back far enough.
	Ways []Way `json:"ways"`
}

// Way is one mechanism in one scenario.
type Way struct {
	Mechanism string        `json:"mechanism"`
	Works     Answer[bool]  `json:"works"`
	LossNow   Answer[int64] `json:"loss_now"`   // seconds
	WorstLoss Answer[int64] `json:"worst_loss"` // seconds: for a plan, interval plus start and completion windows; Forever for a single backup
	ReachDays Answer[int64] `json:"reach_days"` // as configured; a window or a plan that still fills counts with what it will reach
}
