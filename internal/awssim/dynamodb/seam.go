package dynamodb

import (
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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
	EverTag   bool // it has, or once had, tags: what tag:GetResources lists
}

// RestoreTarget says what RestoreSnapshot makes. AWS Backup restores choose nothing but the name and the key.
type RestoreTarget struct {
	TableName string
	KeyARN    string // empty: the AWS-owned key
	Duration  time.Duration
	Tags      map[string]string // set at once when the table becomes ACTIVE, as restore testing does
}

func (s *Service) view(t *table) TableView {
	return TableView{
		ARN: t.arn, Name: t.name, ID: t.id, Status: string(s.visibleStatus(t)), CreatedAt: t.created, SizeBytes: t.size(), ItemCount: t.count(),
		KeyARN: t.def.sse.key, Tags: maps.Clone(t.tags), EverTag: t.everTag,
	}
}

// Tables lists the tables of one account and Region, by name, those being deleted included.
func (s *Service) Tables(sc world.Scope) []TableView {
	r := s.regions[sc]
	if r == nil {
		return nil
	}
	names := r.names()
	out := make([]TableView, len(names))
	for i, n := range names {
		out[i] = s.view(r.tables[n])
	}
	return out
}

// Lookup finds one table by name.
func (s *Service) Lookup(sc world.Scope, name string) (TableView, bool) {
	if r := s.regions[sc]; r != nil && r.tables[name] != nil {
		return s.view(r.tables[name]), true
	}
	return TableView{}, false
}

// RestoreSnapshot starts making a new table in sc from sn; the table is CREATING at once and done is called, inside an event, when it is ACTIVE or has failed.
// The error is the *api.Error that RestoreTableFromBackup would answer (TableAlreadyExistsException, LimitExceededException, …).
// The snapshot may be released at once. A released one gives an empty table.
func (s *Service) RestoreSnapshot(sc world.Scope, sn *Snapshot, to RestoreTarget, done func(tableARN string, err error)) (tableARN string, err error) {
	if err := validName(to.TableName); err != nil {
		return "", err
	}
	def, err := s.overridden(sc, sn, overrides{sse: &types.SSESpecification{}})
	if err != nil {
		return "", err
	}
	def.sse = sse{to.KeyARN}
	t, err := s.startRestore(restoration{
		at: sc, target: to.TableName, def: def, pin: sn.pin.Share(), duration: to.Duration, summary: &types.RestoreSummary{RestoreDateTime: new(s.w.Now()), RestoreInProgress: new(true)},
		done: func(t *table) {
			if len(to.Tags) > 0 {
				t.tags, t.everTag = maps.Clone(to.Tags), true
			}
			if done != nil {
				done(t.arn, nil)
			}
		},
	})
	if err != nil {
		return "", err
	}
	return t.arn, nil
}

// AddAWSBackup files a snapshot as a plain (non-advanced) AWS Backup backup and returns its arn:aws:dynamodb:…:table/T/backup/ID.
// Such a backup has type AWS_BACKUP and is never in ListBackups' answers. It keeps a share of the snapshot of its own.
func (s *Service) AddAWSBackup(_ world.Scope, sn *Snapshot) (arn string) {
	own := *sn
	own.pin = sn.pin.Share()
	b := s.fileBackup(&own, "AWSBackup_"+sn.Table.Name, types.BackupTypeAwsBackup, "")
	b.status = types.BackupStatusAvailable
	return b.arn
}

// RemoveAWSBackup deletes what AddAWSBackup filed; an unknown ARN is ignored.
func (s *Service) RemoveAWSBackup(arn string) {
	sc, _, rest, ok := tableOf(arn)
	if !ok || s.regions[sc] == nil || len(rest) < len("backup/") {
		return
	}
	if b := s.regions[sc].backups[rest[len("backup/"):]]; b != nil && b.kind == types.BackupTypeAwsBackup {
		s.dropBackup(b)
	}
}
