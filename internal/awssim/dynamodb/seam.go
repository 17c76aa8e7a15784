package dynamodb

import (
	"time"

	"github.com/restorable/restorable/internal/awssim/world"
)

// TableView is what other simulated services may know of a table.
type TableView struct {
	ARN       string
	Name      string
	ID        string // TableId
	Status    string
	CreatedAt time.Time
	SizeBytes int64
	ItemCount int64
	KeyARN    string // the KMS key that encrypts the table; empty for the AWS-owned key
	Tags      map[string]string
}

// Snapshot is a consistent picture of a table's items and settings. Taking one costs the same whatever the table's size.
// It keeps the items alive until Release.
type Snapshot struct {
	Table TableView // as it was
	// further, unexported fields: settings and a reference to the item store
}

// RestoreTarget says what RestoreSnapshot makes. AWS Backup restores choose nothing but the name and the key.
type RestoreTarget struct {
	TableName string
	KeyARN    string // empty: the AWS-owned key
	Duration  time.Duration
	Tags      map[string]string // set at once when the table becomes ACTIVE, as restore testing does
}

// Tables lists the tables of one account and Region, by name, those being deleted included.
func (s *Service) Tables(sc world.Scope) []TableView { panic("not written") }

// Lookup finds one table by name.
func (s *Service) Lookup(sc world.Scope, name string) (TableView, bool) { panic("not written") }

// TakeSnapshot records a table as it is now. The error is the *api.Error that CreateBackup would answer.
func (s *Service) TakeSnapshot(sc world.Scope, name string) (*Snapshot, error) { panic("not written") }

// Release lets the items of the snapshot go. Calling it again does nothing.
func (sn *Snapshot) Release() { panic("not written") }

// RestoreSnapshot starts making a new table in sc from sn; the table is CREATING at once and done is called, inside an event, when it is ACTIVE or has failed.
// The error is the *api.Error that RestoreTableFromBackup would answer (TableAlreadyExistsException, LimitExceededException, …).
func (s *Service) RestoreSnapshot(sc world.Scope, sn *Snapshot, to RestoreTarget, done func(tableARN string, err error)) (tableARN string, err error) {
	panic("not written")
}

// AddAWSBackup files a snapshot as a plain (non-advanced) AWS Backup backup and returns its arn:aws:dynamodb:…:table/T/backup/ID.
// Such a backup has type AWS_BACKUP and is not in ListBackups' USER or SYSTEM answers.
func (s *Service) AddAWSBackup(sc world.Scope, sn *Snapshot) (arn string) { panic("not written") }

// RemoveAWSBackup deletes what AddAWSBackup filed.
func (s *Service) RemoveAWSBackup(arn string) { panic("not written") }

// Delete starts deleting a table, as DeleteTable does.
func (s *Service) Delete(sc world.Scope, name string) error { panic("not written") }

// Tag sets and removes tags of a table by ARN, as TagResource and UntagResource do.
func (s *Service) Tag(arn string, set map[string]string, remove []string) error { panic("not written") }
