package drill_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/drill"
)

// trouble strikes at one step of a drill.
type trouble struct {
	name    string
	from    drill.State // strikes when the drill enters it; empty: from the beginning
	fault   awssim.Fault
	do      func(s *shop, d *drill.Drill)
	verdict drill.Verdict // empty: the drill stops, and passes when the trouble is over
	cleanup string
	keeps   int // tables that are not the drill's to remove
}

func troubles() []trouble {
	denied := func(action string) awssim.Fault { return awssim.Fault{Action: action, Error: "AccessDeniedException"} }
	broken := func(action, how string) awssim.Fault { return awssim.Fault{Action: action, Error: how} }
	return []trouble{
		{name: "the restore is denied", fault: denied("dynamodb:RestoreTableToPointInTime"), verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "the restore is refused", fault: broken("dynamodb:RestoreTableToPointInTime", "PointInTimeRecoveryUnavailableException"), verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "the key cannot be used", fault: broken("dynamodb:RestoreTableToPointInTime", "ValidationException"), verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "the restore is throttled", fault: broken("dynamodb:RestoreTableToPointInTime", "throttle"), cleanup: drill.Removed},
		{name: "the answer to the restore breaks off", fault: awssim.Fault{Action: "dynamodb:RestoreTableToPointInTime", Error: "truncate", Times: 1}, verdict: drill.Passed, cleanup: drill.Removed},
		{name: "the name is taken", do: takeName, verdict: drill.Unknown, cleanup: drill.NoTable, keeps: 1},
		{name: "point-in-time recovery is switched off", do: switchOff, verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "tagging is denied", from: drill.Completing, fault: denied("dynamodb:TagResource"), verdict: drill.Passed, cleanup: drill.Removed},
		{name: "a setting is denied", from: drill.Completing, fault: denied("dynamodb:DescribeTimeToLive"), verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "a setting is throttled", from: drill.Completing, fault: broken("dynamodb:DescribeTimeToLive", "throttle"), verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "reading items is denied", from: drill.Comparing, fault: denied("dynamodb:Scan"), verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "reading items breaks off", from: drill.Comparing, fault: broken("dynamodb:Scan", "truncate"), cleanup: drill.Removed},
		{name: "reading items answers nonsense", from: drill.Comparing, fault: broken("dynamodb:Scan", "garbage"), cleanup: drill.Removed},
		{name: "the copy is deleted by somebody", from: drill.Comparing, do: deleteCopy, verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "the source is deleted by somebody", from: drill.Comparing, do: deleteSource, verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "deleting is denied", from: drill.Cleaning, fault: denied("dynamodb:DeleteTable"), cleanup: drill.Removed},
		{name: "listing is denied", from: drill.Cleaning, fault: denied("dynamodb:ListTables"), cleanup: drill.Removed},
		{name: "deleting is throttled", from: drill.Cleaning, fault: broken("dynamodb:DeleteTable", "throttle"), cleanup: drill.Removed},
	}
}

func takeName(s *shop, d *drill.Drill) {
	s.must(s.db.CreateTable(s.t.Context(), &dynamodb.CreateTableInput{TableName: &d.Target.Name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}))
}

func switchOff(s *shop, _ *drill.Drill) {
	s.must(s.db.UpdateContinuousBackups(s.t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"),
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(false)}}))
}

func deleteCopy(s *shop, d *drill.Drill) {
	s.must(s.db.DeleteTable(s.t.Context(), &dynamodb.DeleteTableInput{TableName: &d.Target.Name}))
	s.advance(10 * 60e9)
}

func deleteSource(s *shop, _ *drill.Drill) {
	s.must(s.db.UpdateTable(s.t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("orders"), DeletionProtectionEnabled: aws.Bool(false)}))
	s.advance(60e9)
	s.must(s.db.DeleteTable(s.t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("orders")}))
	s.advance(10 * 60e9)
}

// TestTroubleAtEachStep: whatever strikes, a drill never passes that should not, cleans up what it made and nothing else, and goes on when
// the trouble is over.
func TestTroubleAtEachStep(t *testing.T) {
	for _, x := range troubles() {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t, false)
			e := s.engine()
			d := s.lay(e, drill.Asked{From: drill.FromPITR}, "")
			strike := func() {
				if x.do != nil {
					x.do(s, d)
				} else {
					s.must(nil, s.sim.SetFaults([]awssim.Fault{x.fault}))
				}
			}
			if x.from == "" {
				strike()
			}
			e.Before = func(_ *drill.Drill, to drill.State) {
				if to == x.from {
					strike()
				}
			}
			err := e.Run(t.Context(), d)
			var stopped *drill.StoppedError
			if x.verdict == "" {
				if !errors.As(err, &stopped) || d.State.Ended() {
					t.Fatalf("the drill did not stop: %s, %s: %v", d.State, d.Verdict, err)
				}
				s.must(nil, s.sim.SetFaults(nil))
				e.Before = nil
				err = e.Run(t.Context(), d)
				x.verdict = drill.Passed
			}
			s.must(nil, err)
			if d.Verdict != x.verdict || d.Cleanup.State != x.cleanup {
				t.Errorf("%s, %+v, want %s, %s: %+v", d.Verdict, d.Cleanup, x.verdict, x.cleanup, d.Reasons)
			}
			if left := s.left(); len(left) != x.keeps || x.keeps > 0 && !slices.Contains(left, d.Target.Name) {
				t.Errorf("tables left: %v, want %d", left, x.keeps)
			}
		})
	}
}
