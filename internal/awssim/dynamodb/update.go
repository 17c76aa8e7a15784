package dynamodb

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// change is one logical change of an UpdateTable call. apply begins it or refuses; done, if any, ends it.
type change struct {
	name  string
	took  time.Duration // zero: at once, the table stays ACTIVE
	apply func() error
	done  func()
}

func (s *Service) updateTable(c *api.Call, in *dynamodb.UpdateTableInput) (*dynamodb.UpdateTableOutput, error) {
	t, err := s.findActive(c, in.TableName)
	if err != nil {
		return nil, err
	}
	changes, err := s.changes(t, in)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	if len(changes) > 1 {
		return nil, wrong("Only one change can be made at a time, requested: %s", changeNames(changes))
	}
	if err := s.roomForOne(t.sc.Account); err != nil {
		return nil, err
	}
	if err := s.carryOut(t, changes[0]); err != nil {
		return nil, err
	}
	return &dynamodb.UpdateTableOutput{TableDescription: s.describe(t)}, nil
}

func changeNames(changes []change) string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

func (s *Service) carryOut(t *table, ch change) error {
	if err := ch.apply(); err != nil {
		return err
	}
	if ch.took == 0 {
		return nil
	}
	s.setStatus(t, types.TableStatusUpdating)
	s.after(t, ch.took, func() {
		if ch.done != nil {
			ch.done()
		}
		if t.status == types.TableStatusUpdating {
			s.setStatus(t, types.TableStatusActive)
		}
	})
	return nil
}

// changes sorts a request into its logical changes.
func (s *Service) changes(t *table, in *dynamodb.UpdateTableInput) ([]change, error) {
	if in.MultiRegionConsistency != "" || len(in.GlobalTableWitnessUpdates) > 0 || len(in.VectorIndexUpdates) > 0 || in.DisassociationProtectionEnabled != nil {
		return nil, invalid("UpdateTable: the simulator does not implement MultiRegionConsistency, GlobalTableWitnessUpdates, VectorIndexUpdates and DisassociationProtectionEnabled")
	}
	var out []change
	if in.DeletionProtectionEnabled != nil {
		out = append(out, change{name: "DeletionProtectionEnabled", apply: func() error { return s.protect(t, *in.DeletionProtectionEnabled) }})
	}
	if in.BillingMode != "" || in.ProvisionedThroughput != nil || in.OnDemandThroughput != nil || in.WarmThroughput != nil || throughputUpdates(in) {
		out = append(out, change{name: "BillingMode and throughput", took: updateTime, apply: func() error { return s.rethink(t, in) }})
	}
	if in.StreamSpecification != nil {
		out = append(out, change{name: "StreamSpecification", took: updateTime, apply: func() error { return s.restream(t, in.StreamSpecification) }})
	}
	if in.SSESpecification != nil {
		out = append(out, change{name: "SSESpecification", took: updateTime, apply: func() error { return s.reencrypt(t, in.SSESpecification) }})
	}
	if in.TableClass != "" {
		out = append(out, change{name: "TableClass", took: updateTime, apply: func() error { return s.reclass(t, in.TableClass) }})
	}
	out = append(out, s.indexChanges(t, in)...)
	out = append(out, s.replicaChanges(t, in.ReplicaUpdates)...)
	return out, nil
}

func throughputUpdates(in *dynamodb.UpdateTableInput) bool {
	return slices.ContainsFunc(in.GlobalSecondaryIndexUpdates, func(u types.GlobalSecondaryIndexUpdate) bool { return u.Update != nil })
}

func (s *Service) protect(t *table, on bool) error {
	if err := s.cooled(t.protectAt, "deletion protection"); err != nil {
		return err
	}
	t.protected, t.protectAt = on, s.w.Now()
	return nil
}

// cooled refuses a second change within 15 seconds. The text is not AWS's: only that it names a time to retry after is known.
func (s *Service) cooled(last time.Time, what string) error {
	next := last.Add(coolDown)
	if s.opt.LiftQuotas || last.IsZero() || !s.w.Now().Before(next) {
		return nil
	}
	return fail("ThrottlingException", "Updates to %s are being made too quickly. Retry after %s", what, next.Format(time.RFC3339))
}

func (s *Service) reencrypt(t *table, spec *types.SSESpecification) error {
	e, err := s.encryption(t.sc, spec)
	if err != nil {
		return err
	}
	if e == t.def.sse {
		return wrong("Table is already encrypted by given KMSMasterKeyId")
	}
	t.def.sse, t.lostKey = e, time.Time{}
	return nil
}

// reclass allows two changes of class in 30 days.
func (s *Service) reclass(t *table, class types.TableClass) error {
	now := s.w.Now()
	t.classed = slices.DeleteFunc(t.classed, func(at time.Time) bool { return now.Sub(at) > classInterval })
	if len(t.classed) >= 2 && !s.opt.LiftQuotas {
		return fail("LimitExceededException", "Subscriber limit exceeded: table class can be updated at most twice in 30 days")
	}
	t.classed = append(t.classed, now)
	t.def.class = class
	return nil
}

// rethink changes billing mode and throughput.
func (s *Service) rethink(t *table, in *dynamodb.UpdateTableInput) error {
	d := t.snapshotDefinition()
	if in.BillingMode != "" {
		d.billing = in.BillingMode
	}
	if d.billing != t.def.billing {
		d.throughput, d.onDemand = types.ProvisionedThroughput{}, nil
		for i := range d.indexes {
			d.indexes[i].throughput, d.indexes[i].onDemand = types.ProvisionedThroughput{}, nil
		}
	}
	if err := unchanged(t, d.billing, in); err != nil {
		return err
	}
	if err := overlay(&d, in); err != nil {
		return err
	}
	if err := validateCapacity(d); err != nil {
		return err
	}
	s.noteThroughput(t, d)
	t.def.billing, t.def.throughput, t.def.onDemand, t.def.warm = d.billing, d.throughput, d.onDemand, d.warm
	for i := range t.indexes {
		t.indexes[i].indexDef = d.indexes[i]
	}
	return nil
}

// unchanged refuses a table's throughput that it has already, as AWS does with this text.
func unchanged(t *table, billing types.BillingMode, in *dynamodb.UpdateTableInput) error {
	want, has := in.ProvisionedThroughput, t.def.throughput
	if want == nil || billing != t.def.billing || billing == types.BillingModePayPerRequest || throughputUpdates(in) {
		return nil
	}
	read, write := aws.ToInt64(want.ReadCapacityUnits), aws.ToInt64(want.WriteCapacityUnits)
	if read != aws.ToInt64(has.ReadCapacityUnits) || write != aws.ToInt64(has.WriteCapacityUnits) {
		return nil
	}
	return invalid("The provisioned throughput for the table will not change. The requested value equals the current value. "+
		"Current ReadCapacityUnits provisioned for the table: %d. Requested ReadCapacityUnits: %d. Current WriteCapacityUnits provisioned for the table: %d. Requested WriteCapacityUnits: %d. "+
		"Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.", read, read, write, write)
}

func overlay(d *definition, in *dynamodb.UpdateTableInput) error {
	if in.ProvisionedThroughput != nil {
		d.throughput = *in.ProvisionedThroughput
	}
	if in.OnDemandThroughput != nil {
		d.onDemand = in.OnDemandThroughput
	}
	if in.WarmThroughput != nil {
		d.warm = in.WarmThroughput
	}
	for _, u := range in.GlobalSecondaryIndexUpdates {
		if u.Update == nil {
			continue
		}
		i := slices.IndexFunc(d.indexes, func(x indexDef) bool { return x.global && x.name == aws.ToString(u.Update.IndexName) })
		if i < 0 {
			return fail("ResourceNotFoundException", "Requested resource not found: Index: %s not found", aws.ToString(u.Update.IndexName))
		}
		x := &d.indexes[i]
		if u.Update.ProvisionedThroughput != nil {
			x.throughput = *u.Update.ProvisionedThroughput
		}
		if u.Update.OnDemandThroughput != nil {
			x.onDemand = u.Update.OnDemandThroughput
		}
		if u.Update.WarmThroughput != nil {
			x.warm = u.Update.WarmThroughput
		}
	}
	return nil
}

// noteThroughput keeps the dates that DescribeTable shows.
func (s *Service) noteThroughput(t *table, d definition) {
	now := s.w.Now()
	if d.billing == types.BillingModePayPerRequest && t.def.billing != d.billing {
		t.wasOnDem = aws.Time(now)
	}
	if d.billing != types.BillingModeProvisioned || t.def.billing != d.billing {
		return
	}
	before, after := aws.ToInt64(t.def.throughput.ReadCapacityUnits), aws.ToInt64(d.throughput.ReadCapacityUnits)
	beforeW, afterW := aws.ToInt64(t.def.throughput.WriteCapacityUnits), aws.ToInt64(d.throughput.WriteCapacityUnits)
	if after > before || afterW > beforeW {
		t.increase = aws.Time(now)
	}
	if after < before || afterW < beforeW {
		t.decrease = aws.Time(now)
		t.decreased++
	}
}
