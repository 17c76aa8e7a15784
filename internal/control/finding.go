// Package control asks questions of an estate: one YAML document per control, evaluated per resource into findings with their evidence.
package control

import "github.com/restorable/restorable/internal/estate"

// Verdict is the answer of one control for one resource. Muted and attested are overlays of the report, never verdicts.
type Verdict string

// The four verdicts. Unknown is never a kind of fail, nor a kind of pass.
const (
	Pass          Verdict = "PASS"
	Fail          Verdict = "FAIL"
	Unknown       Verdict = "UNKNOWN"
	NotApplicable Verdict = "NOT_APPLICABLE"
)

// Verdicts lists all verdicts, worst first.
func Verdicts() []Verdict { return []Verdict{Fail, Unknown, Pass, NotApplicable} }

// Severity says how bad a FAIL is.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists all severities, worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// Rank orders severities: info is 0, critical is 4; -1 for anything else.
func (s Severity) Rank() int {
	for i, other := range Severities() {
		if s == other {
			return len(Severities()) - 1 - i
		}
	}
	return -1
}

// AtLeast reports whether s is as bad as other, or worse.
func (s Severity) AtLeast(other Severity) bool { return s.Rank() >= other.Rank() }

// Finding is the answer of one control for one resource, with what it rests on.
type Finding struct {
	Control     string              `json:"control"`
	Title       string              `json:"-"` // of the control
	Severity    Severity            `json:"severity"`
	Verdict     Verdict             `json:"verdict"`
	Resource    Resource            `json:"resource"`
	Location    *Location           `json:"location,omitempty"` // templates only: the attribute judged, or the block that lacks it
	Block       *Location           `json:"-"`                  // templates only: where the block begins that declares the resource
	Address     string              `json:"address,omitempty"`  // templates only, for example "aws_dynamodb_table.orders"
	Reason      string              `json:"reason"`             // one sentence for people, built from names and tags: untrusted text
	Evidence    []Evidence          `json:"evidence"`
	Remedy      string              `json:"remedy,omitempty"` // id of the remedy; only with FAIL
	Frameworks  map[string][]string `json:"frameworks"`       // framework id -> requirement ids; shared between findings, do not write to it
	Fingerprint string              `json:"fingerprint"`      // the same on every run: control + ARN, or control + what declares it
	Follows     []string            `json:"-"`                // controls whose FAIL for the same resource explains this one
	Objective   string              `json:"-"`                // name of the objective whose parameters were used; empty: the defaults
	Objectives  []string            `json:"-"`                // where it is not known which: all that there may be; nil otherwise
}

// Resource names what a finding is about. ARN, Account and Region are empty where they are not known, as in a template.
type Resource struct {
	Type    Type   `json:"type"`
	ID      string `json:"-"` // opaque id within the unit
	ARN     string `json:"arn"`
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region"`
}

// Type is a kind of resource that controls judge.
type Type string

// The types of resource.
const (
	TypeTable         Type = "table"
	TypePlan          Type = "plan"
	TypeVault         Type = "vault"
	TypeRecoveryPoint Type = "recovery-point"
	TypeRegion        Type = "region"
	TypeAccount       Type = "account"
)

// Types lists all types of resource.
func Types() []Type {
	return []Type{TypeTable, TypePlan, TypeVault, TypeRecoveryPoint, TypeRegion, TypeAccount}
}

// Location is a place in a template.
type Location struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
}

// Evidence is one fact that a verdict rests on: derived from what the expression read, never written by hand.
type Evidence struct {
	Fact       string         `json:"fact"`                  // for example "table.pitr_status"
	Resource   string         `json:"resource,omitempty"`    // id of the resource that the fact belongs to, when it is not the finding's own
	State      string         `json:"state"`                 // known, absent or unknown
	Value      any            `json:"value"`                 // nil unless known
	Source     string         `json:"source,omitempty"`      // operation, for example "dynamodb:DescribeTable"; empty when not recorded
	ObservedAt estate.Instant `json:"observed_at,omitempty"` // AWS's time of the answer; 0 when not recorded
	Code       string         `json:"code,omitempty"`        // why the fact is unknown: AWS's error code, or "NotCollected"
	Message    string         `json:"message,omitempty"`     // AWS's message of that error
	Location   *Location      `json:"location,omitempty"`    // templates and estate files
}

// Problem is something that kept a control from its answer and that is no fact of the estate: an evaluation error, a cost limit.
type Problem struct {
	Account   string `json:"account"`
	Region    string `json:"region"`
	Operation string `json:"operation"` // "control:recoverable"
	Code      string `json:"code"`      // EvaluationError or CostLimitExceeded
	Message   string `json:"message"`
	Affects   int    `json:"affects"` // findings that became UNKNOWN by it
}
