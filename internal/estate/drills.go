package estate

// Drill is what one drill of this tool found: a restore done to prove that it works. It is no answer of AWS: it comes from the store of
// this machine, or from signed evidence that a user named and that was verified.
type Drill struct {
	ID         string        `json:"id"` // of the drill
	TableARN   Fact[string]  `json:"table_arn"`
	TableID    Fact[string]  `json:"table_id"`    // tells incarnations of one name apart; absent: the drill did not learn it, as of a restore that AWS's restore testing made
	FinishedAt Fact[Instant] `json:"finished_at"` // by AWS's clock
	Outcome    Fact[string]  `json:"outcome"`     // passed, failed or inconclusive
	Restored   Fact[bool]    `json:"restored"`    // the table was got back, whatever it was worth
	Compared   Fact[bool]    `json:"compared"`    // its items were held against the source's
	// How long it took, in seconds since the request; absent: the step was not reached.
	ActiveSeconds   Fact[int64]  `json:"active_seconds"`   // until the table was ACTIVE
	CompleteSeconds Fact[int64]  `json:"complete_seconds"` // until it could have been used, with its settings
	Method          Fact[string] `json:"method"`           // of the comparison: exact, bounded, drift, sample or none; absent: there was none
	Way             Fact[string] `json:"way"`              // of the restore: pitr, backup, system-backup or recovery-point; absent: nothing to restore from
	Evidence        Fact[string] `json:"evidence"`         // file; absent: none was written
	SignedBy        Fact[string] `json:"signed_by"`        // id of the key that the evidence was verified with; absent: not verified, taken from the store
}

// The outcomes of drills.
const (
	DrillPassed       = "passed"
	DrillFailed       = "failed"
	DrillInconclusive = "inconclusive"
)
