package rehearse

import "github.com/restorable/restorable/internal/estate"

// SchemaVersion is of Report's JSON.
const SchemaVersion = "1"

// Report is what was forecast beside what happened.
type Report struct {
	SchemaVersion string `json:"schema_version"` // SchemaVersion

	From   estate.Instant `json:"from"`
	To     estate.Instant `json:"to"`
	Days   int            `json:"days"`
	Agrees bool           `json:"agrees"` // everything that was forecast happened, and nothing else
	Totals Count          `json:"totals"`
	Tables []Story        `json:"tables"` // sorted by Region and name
	Cost   Cost           `json:"cost"`
	// Assumed are readings of AWS that are not documented, and what the estate did not say: the rehearsal rests on them.
	Assumed []string `json:"assumed"`
}

// Count is one table's recovery points, or all tables' together.
type Count struct {
	Forecast   int `json:"forecast"`   // recovery points that were to be made
	Made       int `json:"made"`       // of those
	Missing    int `json:"missing"`    // of those
	Pending    int `json:"pending"`    // of those: their windows are still open
	Unexpected int `json:"unexpected"` // made, and not forecast
	Expiries   int `json:"expiries"`   // that were to be: of points that were there, and of new ones
	Expired    int `json:"expired"`    // of those
	Overdue    int `json:"overdue"`    // of those: still there more than eight hours and one look later
	Copies     int `json:"copies"`     // that were to be made of the points made
	Copied     int `json:"copied"`     // of those
}

func (c *Count) add(o Count) {
	c.Forecast += o.Forecast
	c.Made += o.Made
	c.Missing += o.Missing
	c.Pending += o.Pending
	c.Unexpected += o.Unexpected
	c.Expiries += o.Expiries
	c.Expired += o.Expired
	c.Overdue += o.Overdue
	c.Copies += o.Copies
	c.Copied += o.Copied
}

// Story is one table's.
type Story struct {
	Table   string `json:"table"`
	ARN     string `json:"arn"`
	Region  string `json:"region"`
	Agrees  bool   `json:"agrees"`
	Unknown string `json:"unknown,omitempty"` // why nothing, or not all, could be forecast
	Count   Count  `json:"count"`
	PITR    bool   `json:"pitr"`
	// First is when the first recovery point of a plan was made; nil: none was.
	First *estate.Instant `json:"first_point"`
	// WorstLoss was forecast, Reached happened: seconds that would have been lost at the worst moment; nil: everything.
	WorstLoss *int64    `json:"worst_loss_seconds"`
	Reached   *int64    `json:"reached_seconds"`
	Missing   []Missing `json:"missing"`
	Failures  []Failure `json:"failures"` // jobs that did not complete
}

// Missing is a recovery point that was to be made and was not.
type Missing struct {
	Plan      string         `json:"plan"`
	Rule      string         `json:"rule"`
	Scheduled estate.Instant `json:"scheduled"`
}

// Failure is AWS Backup's word on jobs that did not complete.
type Failure struct {
	State   string         `json:"state"`
	Message string         `json:"message"`
	First   estate.Instant `json:"first"`
	Times   int            `json:"times"`
}

// Cost of what was stored, in US dollars.
type Cost struct {
	Days    float64 `json:"for_the_days_usd"` // what the recovery points and PITR of these days cost
	Monthly float64 `json:"monthly_usd"`      // at the rate of the last day
	Known   bool    `json:"known"`            // false: some table's size is not known
}
