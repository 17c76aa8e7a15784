package restore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
)

// TestWhatPassesIsWaitedFor: throttling, lost answers and web pages at every call that restores, and the restore comes to its end all the same,
// asked for once.
func TestWhatPassesIsWaitedFor(t *testing.T) {
	calls := []string{"dynamodb:RestoreTableToPointInTime", "dynamodb:TagResource", "dynamodb:PutResourcePolicy", "dynamodb:UpdateTable", "dynamodb:UpdateContinuousBackups",
		"dynamodb:EnableKinesisStreamingDestination", "dynamodb:UpdateContributorInsights", "dynamodb:UpdateTimeToLive", "application-autoscaling:RegisterScalableTarget",
		"application-autoscaling:PutScalingPolicy", "cloudwatch:PutMetricAlarm"}
	for _, fault := range []string{"throttle", "garbage", "truncate", "InternalServerError"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			o := s.options(s.request(settings.ByPITR, simtest.Region))
			var faults []awssim.Fault
			for _, call := range calls {
				faults = append(faults, awssim.Fault{Action: call, Error: fault, Times: 3})
			}
			s.must(s.sim.SetFaults(faults))
			got, err := s.run(o)
			s.must(err)
			for _, l := range got.Lines {
				if l.Outcome == settings.Differs || l.Outcome == settings.Unknown || l.Outcome == settings.NotPossible {
					t.Errorf("%+v", l)
				}
			}
			if got.State != restore.Done {
				t.Errorf("state %s", got.State)
			}
		})
	}
}

// TestADenialIsToldAndMendable: what AWS refuses does not stop the rest, and resuming puts it back once it is allowed.
func TestADenialIsToldAndMendable(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	o := s.options(s.request(settings.ByPITR, simtest.Region))
	s.must(s.sim.SetFaults([]awssim.Fault{{Action: "dynamodb:PutResourcePolicy", Error: "AccessDeniedException"}, {Action: "dynamodb:UpdateTimeToLive", Error: "AccessDeniedException"}}))
	got, err := s.run(o)
	s.must(err)
	if out := outcomes(got.Lines); got.State != restore.Incomplete || out[settings.Policy] != settings.Differs || out[settings.TTL] != settings.Differs || out[settings.PITR] != settings.Reapplied {
		t.Fatalf("%s: %+v", got.State, got.Lines)
	}
	s.must(s.sim.SetFaults(nil))
	run, err := restore.Resume(t.Context(), s.session.Accounts()[0], restore.Options{ID: got.Run, Store: s.store, Settle: o.Settle, Pause: o.Pause})
	s.must(err)
	defer func() { s.must(run.Close()) }()
	got, err = run.Wait(t.Context())
	s.must(err)
	if out := outcomes(got.Lines); got.State != restore.Done || out[settings.Policy] != settings.Reapplied || out[settings.TTL] != settings.Reapplied {
		t.Errorf("%s: %+v", got.State, got.Lines)
	}
}

// TestDeniedToStartItGoesOnLater: a permission that is missing does not end the restore.
func TestDeniedToStartItGoesOnLater(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	o := s.options(s.request(settings.ByPITR, simtest.Region))
	o.ID = "rt-denied"
	s.must(s.sim.SetFaults([]awssim.Fault{{Action: "dynamodb:RestoreTableToPointInTime", Error: "AccessDeniedException"}}))
	_, err := s.run(o)
	if _, _, kind := awsapi.Classify(err); kind != awsapi.KindDenied {
		t.Fatalf("%v", err)
	}
	s.must(s.sim.SetFaults(nil))
	got, err := s.run(o)
	s.must(err)
	if got.State != restore.Done {
		t.Errorf("state %s", got.State)
	}
}

// TestWhatAWSRefusesForGood ends a restore, and says which of its preconditions is gone.
func TestWhatAWSRefusesForGood(t *testing.T) {
	taken := func(err error) bool { return errors.As(err, new(*restore.TakenError)) }
	gone := func(err error) bool { return errors.As(err, new(*restore.GoneError)) }
	failed := func(err error) bool { return errors.As(err, new(*restore.FailedError)) }
	for _, c := range []struct {
		name  string
		kind  settings.Kind
		spoil func(s *stage, r *restore.Request)
		is    func(error) bool
	}{
		{"the target's name is taken", settings.ByPITR, func(_ *stage, r *restore.Request) { r.Target = "orders" }, taken},
		{"the time is outside the window", settings.ByPITR, func(_ *stage, r *restore.Request) { r.At = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }, gone},
		{"PITR was switched off", settings.ByPITR, func(s *stage, _ *restore.Request) {
			s.must2(s.db.UpdateContinuousBackups(s.t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"),
				PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(false)}}))
		}, gone},
		{"the backup was deleted", settings.ByBackup, func(s *stage, _ *restore.Request) {
			s.must2(s.db.DeleteBackup(s.t.Context(), &dynamodb.DeleteBackupInput{BackupArn: &s.native}))
		}, gone},
		{"the recovery point was deleted", settings.ByPoint, func(s *stage, _ *restore.Request) {
			s.must2(s.backup(simtest.Region).DeleteRecoveryPoint(s.t.Context(), &backup.DeleteRecoveryPointInput{BackupVaultName: aws.String("vault"), RecoveryPointArn: &s.point}))
		}, gone},
		{"the role cannot be assumed", settings.ByPoint, func(_ *stage, r *restore.Request) { r.Role += "-not" }, failed},
		{"the key is disabled, and the restore job fails", settings.ByPoint, func(s *stage, _ *restore.Request) {
			s.must2(kms.NewFromConfig(s.sim.Config()).DisableKey(s.t.Context(), &kms.DisableKeyInput{KeyId: &s.key}))
		}, failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			o := s.options(s.request(c.kind, simtest.Region))
			o.ID = "rt-refused"
			c.spoil(s, &o.Request)
			_, err := s.run(o)
			if !c.is(err) {
				t.Fatalf("%v", err)
			}
			r, err := restore.Load(t.Context(), s.store, o.ID)
			s.must(err)
			if r.State != restore.Failed || r.Failure == nil || r.Failure.Message == "" {
				t.Errorf("state %s, %+v", r.State, r.Failure)
			}
		})
	}
}

// TestADeletedTableComesBack from the system backup that its deletion made; of its settings what the backup holds, the rest is unknown.
func TestADeletedTableComesBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, name := t.Context(), aws.String("orders")
	s.must2(s.db.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(false)}))
	s.must2(s.db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: name}))
	s.advance(10 * time.Minute)
	list, err := s.db.ListBackups(ctx, &dynamodb.ListBackupsInput{BackupType: types.BackupTypeFilterSystem})
	s.must(err)
	r := s.request(settings.ByBackup, simtest.Region)
	r.ARN, r.Target, r.TTL = *list.BackupSummaries[0].BackupArn, "orders", false
	src, err := restore.FromBackup(ctx, s.session.Accounts()[0], simtest.Region, r.ARN)
	s.must(err)
	got, err := s.run(restore.Options{Request: r, Source: src, Store: s.store, Settle: 4 * time.Second, Pause: 5 * time.Millisecond})
	s.must(err)
	out := outcomes(got.Lines)
	for name, want := range map[settings.Setting]settings.Outcome{settings.Keys: settings.Carried, settings.Global: settings.Carried, settings.Encryption: settings.Carried, settings.Stream: settings.Unknown,
		settings.Tags: settings.Unknown, settings.Policy: settings.Unknown, settings.TTL: settings.Differs} {
		if out[name] != want {
			t.Errorf("%s: %s, want %s", name, out[name], want)
		}
	}
	if got.State != restore.Done || s.items(simtest.Region, "orders") != 20 {
		t.Errorf("state %s", got.State)
	}
}

// TestSomeIndexes: what a route cannot leave out is deleted afterwards, with consent.
func TestSomeIndexes(t *testing.T) {
	for _, kind := range []settings.Kind{settings.ByPITR, settings.ByBackup, settings.ByPoint} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			r := s.request(kind, simtest.Region)
			r.Indexes = restore.Indexes{Some: true, Names: []string{"by-total", "by-value"}}
			r.Billing = &restore.Billing{}
			if kind == settings.ByPoint {
				var invalid *restore.InvalidError
				if _, err := s.run(s.options(r)); !errors.As(err, &invalid) {
					t.Fatalf("%v", err)
				}
				r.Indexes.Delete = true
			}
			got, err := s.run(s.options(r))
			s.must(err)
			d, err := s.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("restored")})
			s.must(err)
			if len(d.Table.GlobalSecondaryIndexes) != 1 || *d.Table.GlobalSecondaryIndexes[0].IndexName != "by-total" || len(d.Table.LocalSecondaryIndexes) != 1 || d.Table.BillingModeSummary.BillingMode != types.BillingModePayPerRequest {
				t.Errorf("%+v", d.Table)
			}
			if out := outcomes(got.Lines); out[settings.Global] != settings.Differs || out[settings.Billing] != settings.Differs || out[settings.Scaling] != settings.NotPossible {
				t.Errorf("%+v", got.Lines)
			}
		})
	}
}

// TestTimeToLiveStaysOffUnlessAsked, and what it would delete is counted on request alone.
func TestTimeToLiveStaysOffUnlessAsked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for id, at := range map[string]string{"old": "1700000000", "ancient": "1000", "new": "4000000000"} {
		s.must2(s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id},
			"at": &types.AttributeValueMemberN{Value: "1"}, "expires": &types.AttributeValueMemberN{Value: at}}}))
	}
	s.advance(10 * time.Minute)
	r := s.request(settings.ByPITR, simtest.Region)
	r.TTL, r.Count = false, true
	got, err := s.run(s.options(r))
	s.must(err)
	if got.Expired == nil || *got.Expired != 1 || outcomes(got.Lines)[settings.TTL] != settings.Differs {
		t.Errorf("expired %v, %+v", got.Expired, got.Lines)
	}
	if s.sim.Calls()["dynamodb:UpdateTimeToLive"] != 1 { // the source's own
		t.Error("time to live was changed")
	}
}

// TestADrillAttachesNothing: the settings are compared as they would be completed.
func TestADrillAttachesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	o := s.options(s.request(settings.ByPITR, simtest.Region))
	o.Purpose = settings.ToDrill
	before := s.sim.Calls()
	got, err := s.run(o)
	s.must(err)
	for _, write := range []string{"dynamodb:TagResource", "dynamodb:UpdateTable", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTimeToLive", "dynamodb:PutResourcePolicy"} {
		if s.sim.Calls()[write] != before[write] {
			t.Errorf("%s was called", write)
		}
	}
	for name, o := range outcomes(got.Lines) {
		if want := map[bool]settings.Outcome{true: settings.Carried, false: settings.ExpectedLoss}[name.Carried()]; o != want && name != settings.Replicas {
			t.Errorf("%s: %s", name, o)
		}
	}
}

// TestInterruptedItStops, and AWS goes on.
func TestInterruptedItStops(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	o := s.options(s.request(settings.ByPITR, simtest.Region))
	o.ID = "rt-stopped"
	ctx, cancel := context.WithCancel(t.Context())
	o.Watch = func(m string) {
		if m == "after asked" {
			cancel()
		}
	}
	run, err := restore.Start(ctx, s.session.Accounts()[0], o)
	s.must(err)
	if _, err := run.Wait(ctx); err == nil {
		t.Error("it did not stop")
	}
	s.must(run.Close())
	o.Watch = nil
	got, err := s.run(o)
	s.must(err)
	if got.State != restore.Done || s.sim.Calls()["dynamodb:RestoreTableToPointInTime"] != 1 {
		t.Errorf("state %s", got.State)
	}
}

// TestATableThatSomebodyElseMakesIsNotTaken: in the moment before the request, and, after a process was killed there, before it is resumed.
func TestATableThatSomebodyElseMakesIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		resumed bool
		key     string
	}{"at once": {false, "id"}, "before it is resumed": {true, "another"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			o := s.options(s.request(settings.ByPITR, simtest.Region))
			o.ID = "rt-taken"
			foreign := func() {
				s.must2(s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("restored"), BillingMode: types.BillingModePayPerRequest,
					AttributeDefinitions: []types.AttributeDefinition{attribute(c.key, "S")}, KeySchema: key(c.key, "")}))
				s.advance(time.Minute)
			}
			if c.resumed {
				moments := map[string]int{}
				n := 0
				probe := s.options(s.request(settings.ByPITR, simtest.Region))
				probe.Request.Target, probe.Watch = "probe", func(m string) { n++; moments[m] = n }
				s.must2(s.run(probe))
				s.dying(o, moments["after restoring"])
				foreign()
			} else {
				o.Watch = func(m string) {
					if m == "after restoring" {
						foreign()
					}
				}
			}
			calls := s.sim.Calls()["dynamodb:RestoreTableToPointInTime"]
			before := s.sim.Calls()["dynamodb:TagResource"]
			_, err := s.run(o)
			var taken *restore.TakenError
			if !errors.As(err, &taken) || s.sim.Calls()["dynamodb:TagResource"] != before || s.sim.Calls()["dynamodb:RestoreTableToPointInTime"] != calls {
				t.Errorf("%v; asked %d times more, tagged %d", err, s.sim.Calls()["dynamodb:RestoreTableToPointInTime"]-calls, s.sim.Calls()["dynamodb:TagResource"]-before)
			}
		})
	}
}
