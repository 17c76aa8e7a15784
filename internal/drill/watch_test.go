package drill_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill"
)

// testRestores sets AWS's own restore testing up and waits until it has restored the table.
func (s *shop) testRestores() *backuptypes.RestoreJobsListMember {
	s.t.Helper()
	ctx, client := s.t.Context(), s.backups(simtest.Account, simtest.Region)
	s.must(client.CreateRestoreTestingPlan(ctx, &backup.CreateRestoreTestingPlanInput{RestoreTestingPlan: &backuptypes.RestoreTestingPlanForCreate{
		RestoreTestingPlanName: aws.String("daily"), ScheduleExpression: aws.String("cron(0 5 ? * * *)"), StartWindowHours: 1,
		RecoveryPointSelection: &backuptypes.RestoreTestingRecoveryPointSelection{Algorithm: backuptypes.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow,
			IncludeVaults: []string{"*"}, RecoveryPointTypes: []backuptypes.RestoreTestingRecoveryPointType{backuptypes.RestoreTestingRecoveryPointTypeSnapshot}, SelectionWindowDays: 7}}}))
	s.must(client.CreateRestoreTestingSelection(ctx, &backup.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: aws.String("daily"),
		RestoreTestingSelection: &backuptypes.RestoreTestingSelectionForCreate{RestoreTestingSelectionName: aws.String("tables"), ProtectedResourceType: aws.String("DynamoDB"),
			IamRoleArn: aws.String(role), ProtectedResourceArns: []string{"*"}, ValidationWindowHours: aws.Int32(48)}}))
	for range 48 {
		s.advance(time.Hour)
		list, err := client.ListRestoreJobs(ctx, &backup.ListRestoreJobsInput{})
		s.must(list, err)
		if len(list.RestoreJobs) > 0 && list.RestoreJobs[0].Status == backuptypes.RestoreJobStatusCompleted {
			return &list.RestoreJobs[0]
		}
	}
	s.t.Fatal("AWS's restore testing restored nothing")
	return nil
}

// TestRestoresOfAWSAreValidated: AWS is told what its test restores are worth, and told once.
func TestRestoresOfAWSAreValidated(t *testing.T) {
	for name, x := range map[string]struct {
		damaged bool
		verdict drill.Verdict
		told    backuptypes.RestoreValidationStatus
	}{
		"sound":   {false, drill.Passed, backuptypes.RestoreValidationStatusSuccessful},
		"damaged": {true, drill.Refuted, backuptypes.RestoreValidationStatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t, false)
			s.point(simtest.Account, simtest.Region)
			job := s.testRestores()
			e := s.engine()
			drills, err := drill.Watched(t.Context(), e, drill.Asked{Run: "d-1", Tool: "test", Partition: "aws", Caller: "me"}, simtest.Account, simtest.Region)
			s.must(nil, err)
			if len(drills) != 1 {
				t.Fatalf("%d restores wait, want one", len(drills))
			}
			d := drills[0]
			if x.damaged {
				item := order(4)
				item["total"] = &types.AttributeValueMemberN{Value: "0"}
				s.put(s.db, d.Target.Name, item)
			}
			s.must(nil, e.Plan(t.Context(), d))
			s.must(nil, e.Run(t.Context(), d))
			if n := s.sim.Calls()["dynamodb:DeleteTable"]; d.Verdict != x.verdict || d.Cleanup.State != drill.NoTable || n > 0 { // AWS removes it
				t.Errorf("%s, %+v, %d tables deleted by the drill: %+v %+v", d.Verdict, d.Cleanup, n, d.Reasons, d.Settings)
			}
			got, err := s.backups(simtest.Account, simtest.Region).DescribeRestoreJob(t.Context(), &backup.DescribeRestoreJobInput{RestoreJobId: job.RestoreJobId})
			s.must(got, err)
			if got.ValidationStatus != x.told {
				t.Errorf("AWS was told %s: %s, want %s (%v)", got.ValidationStatus, aws.ToString(got.ValidationStatusMessage), x.told, d.Remarks)
			}
			again, err := drill.Watched(t.Context(), e, drill.Asked{Run: "d-2"}, simtest.Account, simtest.Region)
			if s.must(nil, err); len(again) > 0 {
				t.Errorf("%d restores wait still", len(again))
			}
		})
	}
}
