package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
	"github.com/restorable/restorable/internal/awssim/world"
)

// restoration is a new table in the making.
type restoration struct {
	at       world.Scope
	target   string
	def      definition
	pin      *store.Pin // released when the table is filled
	summary  *types.RestoreSummary
	duration time.Duration
	done     func(t *table)
	ended    func()
}

// restoreTime is how long a native restore takes: 81 to 721 seconds were seen for nearly empty tables, 4 to 13 minutes across Regions.
// Size and indexes add to it; it is the same for the same table.
func restoreTime(sn *Snapshot, d definition, crossRegion bool) time.Duration {
	took := 81*time.Second + time.Duration(len(d.indexes))*30*time.Second + perGigabyte(sn.Table.SizeBytes)
	if crossRegion {
		took += 4 * time.Minute
	}
	return took
}

func (s *Service) restoreTableFromBackup(c *api.Call, in *dynamodb.RestoreTableFromBackupInput) (*dynamodb.RestoreTableFromBackupOutput, error) {
	target := aws.ToString(in.TargetTableName)
	if err := validName(target); err != nil {
		return nil, err
	}
	b, err := s.findBackup(c, in.BackupArn, true)
	if err != nil {
		return nil, err
	}
	o := overrides{in.BillingModeOverride, in.ProvisionedThroughputOverride, in.OnDemandThroughputOverride, in.GlobalSecondaryIndexOverride,
		in.LocalSecondaryIndexOverride, in.SSESpecificationOverride, len(in.VectorIndexOverride) > 0, false}
	if err := s.readable(b.snap); err != nil {
		return nil, err
	}
	def, err := s.overridden(c.Scope, b.snap, o)
	if err != nil {
		return nil, err
	}
	if b.feeds > 0 {
		return nil, fail("BackupInUseException", "Backup is being used to restore another table: %s", b.arn)
	}
	if b.status != types.BackupStatusAvailable {
		return nil, fail("BackupInUseException", "Backup is being created: %s", b.arn)
	}
	b.feeds++
	t, err := s.startRestore(restoration{
		at: c.Scope, target: target, def: def, pin: b.snap.pin.Share(), duration: restoreTime(b.snap, def, b.snap.scope.Region != c.Region),
		summary: &types.RestoreSummary{SourceBackupArn: aws.String(b.arn), SourceTableArn: aws.String(b.snap.Table.ARN), RestoreDateTime: aws.Time(b.created), RestoreInProgress: aws.Bool(true)},
		ended:   func() { b.feeds-- },
	})
	if err != nil {
		return nil, err
	}
	return &dynamodb.RestoreTableFromBackupOutput{TableDescription: s.describe(t)}, nil
}

func (s *Service) restoreTableToPointInTime(c *api.Call, in *dynamodb.RestoreTableToPointInTimeInput) (*dynamodb.RestoreTableToPointInTimeOutput, error) {
	source, err := s.restoreSource(c, in)
	if err != nil {
		return nil, err
	}
	moment, err := s.restoreMoment(source, in)
	if err != nil {
		return nil, err
	}
	o := overrides{in.BillingModeOverride, in.ProvisionedThroughputOverride, in.OnDemandThroughputOverride, in.GlobalSecondaryIndexOverride,
		in.LocalSecondaryIndexOverride, in.SSESpecificationOverride, len(in.VectorIndexOverride) > 0, true}
	// CONFLICT: the API reference takes all settings from the table as it is now, the developer guide as they were then. Now is simulated.
	sn := s.snapshotOf(source, nil)
	if err := s.readable(sn); err != nil {
		return nil, err
	}
	def, err := s.overridden(c.Scope, sn, o)
	if err != nil {
		return nil, err
	}
	t, err := s.startRestore(restoration{
		at: c.Scope, target: *in.TargetTableName, def: def, pin: source.items.PinAt(moment.Unix()), duration: restoreTime(sn, def, source.sc.Region != c.Region),
		summary: &types.RestoreSummary{SourceTableArn: aws.String(source.arn), RestoreDateTime: aws.Time(moment), RestoreInProgress: aws.Bool(true)},
	})
	if err != nil {
		return nil, err
	}
	return &dynamodb.RestoreTableToPointInTimeOutput{TableDescription: s.describe(t)}, nil
}

// restoreSource checks the request's shape, then that there is such a table with PITR on: the order that was observed.
func (s *Service) restoreSource(c *api.Call, in *dynamodb.RestoreTableToPointInTimeInput) (*table, error) {
	if err := validName(aws.ToString(in.TargetTableName)); err != nil {
		return nil, err
	}
	if (in.SourceTableName == nil) == (in.SourceTableArn == nil) {
		return nil, invalid("Must provide exactly one of: sourceTableArn, sourceTableName")
	}
	latest := aws.ToBool(in.UseLatestRestorableTime)
	switch {
	case in.RestoreDateTime != nil && latest:
		return nil, invalid("Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set at the same time")
	case in.RestoreDateTime == nil && !latest:
		return nil, invalid("Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both")
	}
	sc, name := address(c.Scope, aws.ToString(in.SourceTableName)+aws.ToString(in.SourceTableArn))
	if sc.Account != c.Account {
		return nil, invalid("Cross-account restore is not supported: %s", aws.ToString(in.SourceTableArn))
	}
	t := s.region(sc).tables[name]
	if t == nil || t.restoring != nil {
		return nil, tableNotFound(name)
	}
	if t.pitr == nil {
		return nil, fail("PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table '%s'", name)
	}
	return t, nil
}

func (s *Service) restoreMoment(t *table, in *dynamodb.RestoreTableToPointInTimeInput) (time.Time, error) {
	earliest, latest := t.pitr.window(s.w.Now())
	if in.RestoreDateTime == nil {
		return latest, nil
	}
	moment := in.RestoreDateTime.UTC().Truncate(time.Second)
	if moment.Before(earliest) || moment.After(latest) {
		return moment, fail("InvalidRestoreTimeException", "RestoreDateTime '%s' must be within EarliestRestorableDateTime '%s' and LatestRestorableDateTime '%s'",
			moment.Format(time.RFC3339), earliest.Format(time.RFC3339), latest.Format(time.RFC3339))
	}
	return moment, nil
}

// startRestore makes the table CREATING and fills it when the time is over. On an error the pin and the backup are free again.
func (s *Service) startRestore(r restoration) (*table, error) {
	if err := s.targetFree(r.at, r.target); err != nil {
		r.end()
		return nil, err
	}
	t := s.newTable(r.at, r.target, r.def)
	t.restoring = r.summary
	s.enter(t)
	s.restore[r.at.Account]++
	s.w.After(r.duration, func() {
		r.pin.Ascend(func(key, data string) bool {
			s.apply(t, key, data, byReplication)
			return true
		})
		s.restore[r.at.Account]--
		r.end()
		s.activate(t)
		if r.done != nil {
			r.done(t)
		}
	})
	return t, nil
}

func (r restoration) end() {
	r.pin.Release()
	if r.ended != nil {
		r.ended()
	}
}

func (s *Service) targetFree(sc world.Scope, name string) error {
	if old := s.region(sc).tables[name]; old != nil {
		switch {
		case old.restoring != nil:
			from := aws.ToString(old.restoring.SourceBackupArn)
			if from == "" {
				from = aws.ToString(old.restoring.SourceTableArn)
			}
			return fail("TableInUseException", "Table: %s is already being restored from backup: %s", name, from)
		case old.status == types.TableStatusCreating:
			return fail("TableInUseException", "Table is being created: %s", name)
		}
		return fail("TableAlreadyExistsException", "Table already exists: %s", name)
	}
	if s.restore[sc.Account] >= maxRestores && !s.opt.LiftQuotas {
		return fail("LimitExceededException", "Subscriber limit exceeded: Only %d restores can be in progress simultaneously", maxRestores)
	}
	return s.mayCreate(sc, name)
}

// overrides are what a restore may choose. index lists are nil when not given, empty for none.
type overrides struct {
	billing    types.BillingMode
	throughput *types.ProvisionedThroughput
	onDemand   *types.OnDemandThroughput
	global     []types.GlobalSecondaryIndex
	local      []types.LocalSecondaryIndex
	sse        *types.SSESpecification
	vector     bool
	pitr       bool
}

// overridden is the definition of the restored table: keys, indexes, capacity and encryption of the source as far as nothing overrides them.
// Tags, stream, TTL, PITR, deletion protection, policy, class, replicas are never carried over.
// UNCONFIRMED: Kinesis destinations and Contributor Insights, taken as not carried over either.
func (s *Service) overridden(sc world.Scope, sn *Snapshot, o overrides) (definition, error) {
	d := sn.def.clone()
	d.stream, d.ttl, d.class, d.warm = nil, "", "", nil
	if o.vector {
		return d, invalid("VectorIndexOverride: the simulator has no vector indexes")
	}
	if sn.scope.Region != sc.Region && o.sse == nil {
		return d, invalid("SSESpecificationOverride must be specified when restoring to another Region")
	}
	var err error
	if d.indexes, err = o.indexes(d); err != nil {
		return d, err
	}
	if err := o.capacity(&d); err != nil {
		return d, err
	}
	if o.sse != nil {
		if d.sse, err = s.encryption(sc, o.sse); err != nil {
			return d, err
		}
	}
	t := &table{def: d}
	for _, x := range d.indexes {
		t.indexes = append(t.indexes, &index{indexDef: x})
	}
	t.forgetUnusedAttributes()
	d.attrs = t.def.attrs
	return d, validateCapacity(d)
}

// indexes picks the source's indexes that the overrides name; nothing may be added or changed.
func (o overrides) indexes(d definition) ([]indexDef, error) {
	var out []indexDef
	for _, x := range d.indexes {
		if x.global && o.global == nil || !x.global && o.local == nil {
			out = append(out, x)
		}
	}
	for _, g := range o.global {
		if g.WarmThroughput != nil && o.pitr {
			return nil, invalid("WarmThroughput cannot be specified in GlobalSecondaryIndexOverride")
		}
		x, err := pick(d, globalIndex(g))
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	for _, l := range o.local {
		x, err := pick(d, localIndex(l))
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func pick(d definition, want indexDef) (indexDef, error) {
	for _, x := range d.indexes {
		if x.name != want.name || x.global != want.global {
			continue
		}
		h, r := keyNames(x.keys)
		wh, wr := keyNames(want.keys)
		if h != wh || r != wr || x.projection.ProjectionType != want.projection.ProjectionType || len(x.projection.NonKeyAttributes) != len(want.projection.NonKeyAttributes) {
			return x, invalid("Index override for %s does not match the index of the source table", want.name)
		}
		if want.throughput.ReadCapacityUnits != nil {
			x.throughput = want.throughput
		}
		if want.onDemand != nil {
			x.onDemand = want.onDemand
		}
		return x, nil
	}
	return indexDef{}, invalid("Index override contains an index that does not exist on the source table: %s", want.name)
}

func (o overrides) capacity(d *definition) error {
	mode := d.billing
	if o.billing != "" {
		mode = o.billing
	}
	switch {
	case mode == types.BillingModePayPerRequest && o.throughput != nil:
		return wrong("ProvisionedThroughputOverride cannot be specified when BillingMode is PAY_PER_REQUEST")
	case mode == types.BillingModeProvisioned && d.billing != mode && o.throughput == nil:
		return wrong("ProvisionedThroughputOverride must be specified when BillingModeOverride is PROVISIONED")
	case mode == types.BillingModeProvisioned && o.onDemand != nil:
		return wrong("OnDemandThroughputOverride cannot be specified when BillingMode is PROVISIONED")
	}
	if mode == types.BillingModePayPerRequest && d.billing != mode {
		d.throughput = types.ProvisionedThroughput{}
		for i := range d.indexes {
			d.indexes[i].throughput = types.ProvisionedThroughput{}
		}
	}
	if mode == types.BillingModeProvisioned {
		d.onDemand = nil
	}
	d.billing = mode
	if o.throughput != nil {
		d.throughput = *o.throughput
		for i, x := range d.indexes {
			if x.global && x.throughput.ReadCapacityUnits == nil {
				d.indexes[i].throughput = *o.throughput
			}
		}
	}
	if o.onDemand != nil {
		d.onDemand = o.onDemand
	}
	return nil
}
