package dynamodb

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
	"github.com/restorable/restorable/internal/awssim/world"
)

// backup is an on-demand or system backup.
type backup struct {
	id      string
	arn     string
	name    string
	kind    types.BackupType
	status  types.BackupStatus
	created time.Time
	expires time.Time // zero: never
	snap    *Snapshot
	feeds   int // restores under way from it
}

// Snapshot is a consistent picture of a table's items and settings. Taking one costs the same whatever the table's size.
// It keeps the items alive until Release.
type Snapshot struct {
	Table TableView // as it was
	scope world.Scope
	def   definition
	pin   *store.Pin
}

// Release lets the items of the snapshot go. Calling it again does nothing.
func (sn *Snapshot) Release() {
	if sn.pin != nil {
		sn.pin.Release()
	}
}

func (s *Service) snapshotOf(t *table, pin *store.Pin) *Snapshot {
	return &Snapshot{Table: s.view(t), scope: t.sc, def: t.snapshotDefinition(), pin: pin}
}

// TakeSnapshot records a table as it is now. The error is the *api.Error that CreateBackup would answer.
func (s *Service) TakeSnapshot(sc world.Scope, name string) (*Snapshot, error) {
	t := s.region(sc).tables[name]
	if t == nil || t.status == types.TableStatusCreating {
		return nil, tableNotFound(name)
	}
	if !s.backupsPossible(t) {
		return nil, backupsUnavailable(t)
	}
	return s.snapshotOf(t, t.items.Pin()), nil
}

// fileBackup enters a backup under a new ARN. The digits are milliseconds since 1970; eight hexadecimal ones tell twins apart, and are zero for system backups.
func (s *Service) fileBackup(sn *Snapshot, name string, kind types.BackupType, suffix string) *backup {
	now := s.w.Now()
	r := s.region(sn.scope)
	if suffix == "" {
		suffix = s.w.Hex(8)
	}
	b := &backup{name: name, kind: kind, status: types.BackupStatusCreating, created: now, snap: sn}
	for ms := now.UnixMilli(); ; ms++ {
		b.id = fmt.Sprintf("%014d-%s", ms, suffix)
		if r.backups[b.id] == nil {
			break
		}
	}
	b.arn = sn.Table.ARN + "/backup/" + b.id
	r.backups[b.id] = b
	return b
}

func (s *Service) createBackup(c *api.Call, in *dynamodb.CreateBackupInput) (*dynamodb.CreateBackupOutput, error) {
	name := aws.ToString(in.BackupName)
	if len(name) < 3 || len(name) > 255 || !nameCharacters(name) {
		return nil, invalid("1 validation error detected: Value '%s' at 'backupName' failed to satisfy constraint: Member must have length between 3 and 255 and satisfy regular expression pattern: [a-zA-Z0-9_.-]+", name)
	}
	t, err := s.findBackups(c, in.TableName)
	if err != nil {
		return nil, err
	}
	sn, err := s.TakeSnapshot(t.sc, t.name)
	if err != nil {
		return nil, err
	}
	b := s.fileBackup(sn, name, types.BackupTypeUser, "")
	s.w.After(backupTime, func() {
		if b.status == types.BackupStatusCreating {
			b.status = types.BackupStatusAvailable
		}
	})
	return &dynamodb.CreateBackupOutput{BackupDetails: b.details()}, nil
}

// addSystemBackup files the backup that AWS makes of a deleted table that had PITR on.
func (s *Service) addSystemBackup(t *table, sn *Snapshot, deleted time.Time) {
	b := s.fileBackup(sn, t.name+"$DeletedTableBackup", types.BackupTypeSystem, "00000000")
	b.status, b.expires = types.BackupStatusAvailable, deleted.Add(systemRetain)
	s.w.At(b.expires, func() { s.dropBackup(b) })
}

func (s *Service) dropBackup(b *backup) {
	if b.status == types.BackupStatusDeleted {
		return
	}
	b.status = types.BackupStatusDeleted
	delete(s.region(b.snap.scope).backups, b.id)
	b.snap.Release()
}

// findBackup looks a backup up by ARN. The Region inside the ARN does not matter to Describe and Delete; a restore may follow it.
func (s *Service) findBackup(c *api.Call, arn *string, follow bool) (*backup, error) {
	sc, _, rest, ok := tableOf(aws.ToString(arn))
	id, isBackup := strings.CutPrefix(rest, "backup/")
	if !ok || !isBackup || id == "" {
		return nil, invalid("Invalid backup ARN: %s", aws.ToString(arn))
	}
	if b := s.region(c.Scope).backups[id]; b != nil {
		return b, nil
	}
	if follow && sc.Account == c.Account && s.regions[sc] != nil && s.regions[sc].backups[id] != nil {
		return s.regions[sc].backups[id], nil
	}
	return nil, fail("BackupNotFoundException", "Backup not found: %s", *arn)
}

func (s *Service) describeBackup(c *api.Call, in *dynamodb.DescribeBackupInput) (*dynamodb.DescribeBackupOutput, error) {
	b, err := s.findBackup(c, in.BackupArn, false)
	if err != nil {
		return nil, err
	}
	return &dynamodb.DescribeBackupOutput{BackupDescription: b.description()}, nil
}

func (s *Service) deleteBackup(c *api.Call, in *dynamodb.DeleteBackupInput) (*dynamodb.DeleteBackupOutput, error) {
	b, err := s.findBackup(c, in.BackupArn, false)
	if err != nil {
		return nil, err
	}
	switch {
	case b.kind == types.BackupTypeSystem:
		return nil, invalid("User is not allowed to delete the system backup with arn %s. It will automatically expire on %s", b.arn, b.expires.Format(time.RFC3339))
	case b.kind == types.BackupTypeAwsBackup:
		// UNCONFIRMED: whether dynamodb:DeleteBackup may delete a plain backup that AWS Backup made.
		return nil, invalid("User is not allowed to delete the backup with arn %s. It is managed by AWS Backup", b.arn)
	case b.feeds > 0 || b.status == types.BackupStatusCreating:
		return nil, fail("BackupInUseException", "Backup is being used to restore table: %s", b.arn)
	}
	out := b.description()
	out.BackupDetails.BackupStatus = types.BackupStatusDeleted
	s.dropBackup(b)
	return &dynamodb.DeleteBackupOutput{BackupDescription: out}, nil
}

func (b *backup) details() *types.BackupDetails {
	d := &types.BackupDetails{
		BackupArn: aws.String(b.arn), BackupName: aws.String(b.name), BackupStatus: b.status, BackupType: b.kind,
		BackupCreationDateTime: aws.Time(b.created), BackupSizeBytes: aws.Int64(b.snap.Table.SizeBytes),
	}
	if !b.expires.IsZero() {
		d.BackupExpiryDateTime = aws.Time(b.expires)
	}
	return d
}

func (b *backup) description() *types.BackupDescription {
	v, d := b.snap.Table, b.snap.def
	source := &types.SourceTableDetails{
		TableName: aws.String(v.Name), TableArn: aws.String(v.ARN), TableId: aws.String(v.ID), TableCreationDateTime: aws.Time(v.CreatedAt),
		TableSizeBytes: aws.Int64(v.SizeBytes), ItemCount: aws.Int64(v.ItemCount), KeySchema: d.keys, BillingMode: d.billing, OnDemandThroughput: d.onDemand,
		ProvisionedThroughput: units(d.throughput),
	}
	return &types.BackupDescription{BackupDetails: b.details(), SourceTableDetails: source, SourceTableFeatureDetails: d.features()}
}

func units(p types.ProvisionedThroughput) *types.ProvisionedThroughput {
	return &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(aws.ToInt64(p.ReadCapacityUnits)), WriteCapacityUnits: aws.Int64(aws.ToInt64(p.WriteCapacityUnits))}
}

func (d definition) features() *types.SourceTableFeatureDetails {
	f := &types.SourceTableFeatureDetails{StreamDescription: d.stream}
	for _, x := range d.indexes {
		if x.global {
			f.GlobalSecondaryIndexes = append(f.GlobalSecondaryIndexes, types.GlobalSecondaryIndexInfo{
				IndexName: aws.String(x.name), KeySchema: x.keys, Projection: new(x.projection), ProvisionedThroughput: units(x.throughput), OnDemandThroughput: x.onDemand})
		} else {
			f.LocalSecondaryIndexes = append(f.LocalSecondaryIndexes, types.LocalSecondaryIndexInfo{IndexName: aws.String(x.name), KeySchema: x.keys, Projection: new(x.projection)})
		}
	}
	if d.ttl != "" {
		f.TimeToLiveDescription = &types.TimeToLiveDescription{AttributeName: aws.String(d.ttl), TimeToLiveStatus: types.TimeToLiveStatusEnabled}
	}
	if d.sse.key != "" {
		f.SSEDescription = &types.SSEDescription{Status: types.SSEStatusEnabled, SSEType: types.SSETypeKms, KMSMasterKeyArn: aws.String(d.sse.key)}
	}
	return f
}
