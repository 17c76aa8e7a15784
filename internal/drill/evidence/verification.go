package evidence

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// VerificationVersion is the version of Verification.
const VerificationVersion = "1"

// Verification is a report as JSON.
type Verification struct {
	SchemaVersion string         `json:"schema_version"`
	File          string         `json:"file"`
	Status        Status         `json:"status"`
	Reason        string         `json:"reason,omitempty"`
	Passed        bool           `json:"passed"` // the file is valid, and the drill passed
	SignedBy      []SignedBy     `json:"signed_by"`
	Claims        []string       `json:"claims,omitempty"` // key ids that the file names and that were not given
	Steps         []Step         `json:"steps"`
	CheckedAt     estate.Instant `json:"checked_at"` // this machine's clock
	Drill         *Drill         `json:"drill,omitempty"`
}

// NewVerification is the JSON of what Verify found in a file.
func NewVerification(file string, d *Drill, r Report, now time.Time) Verification {
	return Verification{SchemaVersion: VerificationVersion, File: file, Status: r.Status, Reason: r.Reason, Passed: r.Good(d),
		SignedBy: orEmpty(r.SignedBy), Claims: r.Claims, Steps: orEmpty(r.Steps), CheckedAt: estate.At(now), Drill: d}
}
