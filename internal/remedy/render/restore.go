package render

import (
	"fmt"
	"regexp"

	"github.com/restorable/restorable/internal/estate"
)

// Restore is a restore for a person to carry out: how the table comes to be, and what is put back then.
type Restore struct {
	Tool    string         // version of the program
	Run     string         // tells one printing from another; AWS Backup takes it for its idempotency token
	Made    estate.Instant // AWS's time
	Source  string         // ARN of the table that is brought back
	Point   string         // which way is gone, as a clause
	Notes   []string       // sentences for the top
	Account string
	// Partition and Region are where the new table appears.
	Partition, Region string
	Target            string // its name

	API       string // RestoreTableToPointInTime, RestoreTableFromBackup or StartRestoreJob
	ARN       string // of the backup or recovery point
	At        string // RFC 3339: the second of PITR; empty: the latest
	From      string // Region of the point
	Vault     string // of the recovery point; name
	CopyVault string // name, in Region: where the point is copied first; empty: it need not be
	CopyDays  int64  // that the copy is kept
	Role      string // ARN, for AWS Backup
	Level     string // aws-owned, aws-managed or customer
	Key       string // ARN, with customer
	Indexes   *Chosen
	Billing   *Capacity

	Back PutBack
}

// Chosen are the indexes that a native restore makes; nil lists make none.
type Chosen struct{ Global, Local []estate.Index }

// Capacity overrides what a native restore carries over.
type Capacity struct {
	Provisioned bool
	Read, Write int64
}

// PutBack is what a restore leaves out and the steps put back. Zero values stand for what the source does not have.
type PutBack struct {
	Tags       map[string]string
	Policy     string // JSON, with the new table's ARN
	Class      string
	Protection bool
	Stream     string // view
	PITRDays   int64
	Scaling    []estate.ScalingTarget // of the new table
	Kinesis    []estate.KinesisStream
	Insights   bool
	Alarms     []estate.Alarm // with the new name and definition
	TTL        string         // attribute
	Missing    []string       // clauses: what is not put back, and why
}

// RestoreScript writes a restore as a shell script for AWS CLI. It fails with *Refusal.
func RestoreScript(r Restore) (File, error) {
	if err := r.check(CLI); err != nil {
		return File{}, err
	}
	return File{Name: "restore-" + r.Target + ".sh", Content: []byte(restoreScript(r)), Executable: true}, nil
}

// RestoreGuide writes a restore as steps for AWS's console, as Markdown. It fails with *Refusal.
func RestoreGuide(r Restore) (File, error) {
	if err := r.check(Console); err != nil {
		return File{}, err
	}
	return File{Name: "restore-" + r.Target + ".md", Content: []byte(restoreGuide(r))}, nil
}

// check refuses what would stand in a script without quotes.
func (r Restore) check(as Route) error {
	for _, c := range []struct{ what, value, form string }{
		{"account", r.Account, `^[0-9]{12}$`}, {"Region", r.Region, `^[a-z0-9-]{1,40}$`}, {"Region", r.From, `^[a-z0-9-]{1,40}$`}, {"table", r.Target, `^[A-Za-z0-9_.-]{3,255}$`},
		{"run", r.Run, `^[A-Za-z0-9-]{1,50}$`}, {"partition", r.Partition, `^aws[a-z-]{0,20}$`},
	} {
		if !regexp.MustCompile(c.form).MatchString(c.value) {
			return &Refusal{as, fmt.Sprintf("the %s %q is none that AWS gives", c.what, c.value)}
		}
	}
	if r.API == "StartRestoreJob" && r.Role == "" {
		return &Refusal{as, "AWS Backup restores with a role, and none is named"}
	}
	return nil
}

func (r Restore) targetARN() string {
	return "arn:" + r.Partition + ":dynamodb:" + r.Region + ":" + r.Account + ":table/" + r.Target
}

func (r Restore) copyVaultARN() string {
	return "arn:" + r.Partition + ":backup:" + r.Region + ":" + r.Account + ":backup-vault:" + r.CopyVault
}

// tags are the source's, and the one by which the script knows its table again.
func (r Restore) tags() map[string]string {
	out := map[string]string{"restorable:tool": "restorable", "restorable:run": r.Run}
	for k, v := range r.Back.Tags {
		out[k] = v
	}
	return out
}
