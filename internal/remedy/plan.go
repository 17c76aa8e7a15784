// Package remedy holds the words of a plan of changes: what is to be done, what was observed before, what undoes it, and the saved form.
// A plan is data. Whoever makes it (package planning), carries it out (apply) or writes it as files (render) meets here and nowhere else.
package remedy

import "github.com/restorable/restorable/internal/estate"

// SchemaVersion is the version of the saved plan that this package reads and writes.
const SchemaVersion = "1"

// Plan is a set of changes to one account, in an order in which they can be carried out, checked before it is shown.
type Plan struct {
	SchemaVersion string         `json:"schema_version"`
	ID            string         `json:"id"` // "p-" and twelve hex digits of Digest
	Tool          Tool           `json:"tool"`
	Partition     string         `json:"partition"`
	Account       string         `json:"account"`
	Regions       []string       `json:"regions"` // in which actions act, sorted
	Caller        string         `json:"caller,omitempty"`
	Endpoint      string         `json:"endpoint,omitempty"` // other than AWS's own
	CreatedAt     estate.Instant `json:"created_at"`         // AWS's time of the observation
	ExpiresAt     estate.Instant `json:"expires_at"`         // AWS's time after which apply refuses it
	Goal          Goal           `json:"goal"`
	Actions       []Action       `json:"actions"`
	Checks        []Check        `json:"checks"`  // what was looked at because the actions touch it, of other services too
	Refused       []Refusal      `json:"refused"` // what a control asks for and this plan does not do, and why
	Outcome       Outcome        `json:"outcome"` // what the findings will be: the plan applied to the estate in memory
	Cost          Cost           `json:"cost"`    // of all actions together
	Prices        PriceList      `json:"prices"`
	Proofs        []Proof        `json:"proofs,omitempty"` // how the changed tables can be shown to be backed up (apply --prove)
	Digest        string         `json:"digest"`           // sha256, hex, of everything else: an edited or truncated plan is refused
}

// Tool is the program that made the plan.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Goal says what the plan was asked for.
type Goal struct {
	Controls []string `json:"controls"`         // those whose findings are to turn
	Only     []string `json:"only,omitempty"`   // remedies
	Skip     []string `json:"skip,omitempty"`   // remedies
	Tables   []string `json:"tables,omitempty"` // globs; empty: all
	Replace  bool     `json:"replace,omitempty"`
}

// Action is one call with everything that is needed to do it safely, explain it and undo it.
type Action struct {
	ID          string   `json:"id"`     // "a1", "a2", …
	Remedy      string   `json:"remedy"` // id of the remedy that it belongs to: what --only and --skip name
	Region      string   `json:"region"`
	Resource    Resource `json:"resource"`
	Summary     string   `json:"summary"`         // one line for people, such as "enable point-in-time recovery of orders, 35 days"
	Call        string   `json:"call"`            // IAM action of the call, such as "dynamodb:UpdateContinuousBackups"
	Needs       []string `json:"needs,omitempty"` // ids of the actions that must be done before
	Change      Change   `json:"change"`
	Before      State    `json:"before"` // observed; re-read before the call
	Fingerprint string   `json:"fingerprint"`
	After       State    `json:"after"`              // read back after the call: these keys must have these values
	Why         []Turn   `json:"why"`                // findings that it helps to turn
	WhyMore     int      `json:"why_more,omitempty"` // so many more, which only the outcome lists
	Cost        Cost     `json:"cost"`
	Risk        string   `json:"risk,omitempty"` // what may go wrong or cannot be taken back, one sentence; empty: nothing known
	Inverse     Inverse  `json:"inverse"`
}

// Proof is how a table that the actions help can be shown to be backed up: by a job as a rule that will cover it would start one.
type Proof struct {
	Table   string   `json:"table"` // name
	ARN     string   `json:"arn"`
	Region  string   `json:"region"`
	Plan    string   `json:"backup_plan"` // name of the plan whose rule it is
	Vault   string   `json:"vault"`       // name
	RoleARN string   `json:"role_arn"`
	Actions []string `json:"actions"` // ids of those that help the table: one of them must be done
}

// Resource is what an action changes.
type Resource struct {
	Type string `json:"type"` // table, region, role, vault, plan, selection, restore-testing-plan, restore-testing-selection
	Name string `json:"name"`
	ARN  string `json:"arn,omitempty"` // empty where AWS gives it only when it is made
}

// Inverse undoes an action.
type Inverse struct {
	Change *Change `json:"change,omitempty"` // nil: nothing undoes it, or it is never undone
	// Drop names the loss that one must ask for by name (backout --drop): pitr, role, vault, opt-in, key, lock or protection.
	// Empty: undone without asking.
	Drop  Drop   `json:"drop,omitempty"`
	Loses string `json:"loses,omitempty"` // what would be lost by undoing it, or why it is never undone; one sentence
}

// Drop is a loss that backing out causes only when it is named.
type Drop string

// The losses. What makes backups or keeps them stays unless its loss is named.
const (
	DropPITR       Drop = "pitr"       // switching PITR off or shortening it forgets history for good
	DropRole       Drop = "role"       // jobs and recovery points work through it
	DropVault      Drop = "vault"      // recovery points lie in it
	DropOptIn      Drop = "opt-in"     // other plans may select by it
	DropLock       Drop = "lock"       // recovery points can be deleted again
	DropProtection Drop = "protection" // deletion protection and deny policies guard what there is
	DropKey        Drop = "key"        // the earlier key may be weaker
	DropPoint      Drop = "point"      // recovery points: never deleted, whatever is named
)

// Turn is a finding that changes its verdict.
type Turn struct {
	Control  string `json:"control"`
	Resource string `json:"resource"` // ARN, or the id where there is none
	From     string `json:"from"`     // verdict
	To       string `json:"to"`       // verdict
}

// Check is something that was looked at because an action touches it.
type Check struct {
	About    string   `json:"about"`             // such as "advanced features"
	Resource string   `json:"resource"`          // ARN or name
	Verdict  string   `json:"verdict"`           // ok, breaks or unknown
	Detail   string   `json:"detail"`            // one sentence
	Actions  []string `json:"actions,omitempty"` // ids of the actions that touch it
}

// Refusal is what the plan does not do.
type Refusal struct {
	Remedy   string `json:"remedy"`
	Resource string `json:"resource"`
	Name     string `json:"name,omitempty"` // of a plan, whose ARN does not hold it
	Reason   string `json:"reason"`
	Next     string `json:"next,omitempty"` // a command or a flag that gets further
}

// Outcome is what the estate will be judged as once all actions are done.
type Outcome struct {
	Turns      []Turn          `json:"turns"`             // what changes
	Stays      []Stay          `json:"stays"`             // FAIL and UNKNOWN that stay
	Ignored    int             `json:"ignored,omitempty"` // FAIL and UNKNOWN that somebody looks away from: nothing is done for their sake
	FirstPoint *FirstPoint     `json:"first_point"`       // nil: no rule of the plan's own will make one
	Before     map[string]int  `json:"before"`            // verdict -> findings
	After      map[string]int  `json:"after"`
	Tables     RecoverableTurn `json:"recoverable"` // of the headline control
}

// RecoverableTurn counts tables that can be got back, before and after.
type RecoverableTurn struct {
	Tables int `json:"tables"`
	Before int `json:"before"`
	After  int `json:"after"`
}

// Stay is a finding that the plan does not turn.
type Stay struct {
	Control  string `json:"control"`
	Resource string `json:"resource"`
	Name     string `json:"name,omitempty"` // of a plan, whose ARN does not hold it
	Verdict  string `json:"verdict"`
	Why      string `json:"why"`
}

// FirstPoint is when the first recovery point of the actions is due.
type FirstPoint struct {
	Earliest estate.Instant `json:"earliest"` // the first table's, at its scheduled start
	Latest   estate.Instant `json:"latest"`   // the last table's, at the end of its windows
	Tables   int            `json:"tables"`   // that will have one
}

// Cost is an estimate in US dollars. Known is false when a size is not known: then the figures are a part of the truth.
type Cost struct {
	Monthly float64 `json:"monthly_usd"` // once backups have filled up to their retention
	Once    float64 `json:"once_usd"`
	Known   bool    `json:"known"`
	Basis   string  `json:"basis,omitempty"` // how it was reckoned, one line
}

// PriceList names the prices that the costs rest on.
type PriceList struct {
	Source string `json:"source"` // "built in" or the override file
	Date   string `json:"date"`   // YYYY-MM-DD
	Region string `json:"region"` // whose prices they are
}
