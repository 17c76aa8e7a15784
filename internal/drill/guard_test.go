package drill_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill"
)

// TestPlansThatWouldTakeACopyIn: those that select every table, or by a pattern that a drill's name matches; not those that exclude it.
func TestPlansThatWouldTakeACopyIn(t *testing.T) {
	s := openShop(t, false)
	s.plan("everything", &backuptypes.BackupSelection{Resources: []string{"arn:aws:dynamodb:*:*:table/*"}})
	s.plan("by-prefix", &backuptypes.BackupSelection{Resources: []string{"arn:aws:dynamodb:*:*:table/rest*"}})
	s.plan("orders-alone", &backuptypes.BackupSelection{Resources: []string{s.table}})
	s.plan("all-but-drills", &backuptypes.BackupSelection{Resources: []string{"*"}, NotResources: []string{"arn:aws:dynamodb:*:*:table/restorable-drill-*"}})
	s.plan("by-tag", &backuptypes.BackupSelection{ListOfTags: []backuptypes.Condition{{ConditionType: backuptypes.ConditionTypeStringequals, ConditionKey: aws.String("team"), ConditionValue: aws.String("sales")}}})
	got := map[string]bool{}
	for _, u := range s.estate().Units {
		if u.Account.Or("") == simtest.Account && u.Region.Or("") == simtest.Region {
			_, name := drill.Name("d-20261121T120000Z-ab12cd", s.table)
			for _, taker := range drill.Takers(u, name, "arn:aws:dynamodb:"+simtest.Region+":"+simtest.Account+":table/"+name) {
				got[taker.Plan] = taker.Known
			}
		}
	}
	if len(got) != 2 || !got["everything"] || !got["by-prefix"] {
		t.Errorf("plans that would take a copy in: %v, want everything and by-prefix", got)
	}
}

// plan makes a backup plan with one selection.
func (s *shop) plan(name string, selection *backuptypes.BackupSelection) {
	s.t.Helper()
	ctx, client := s.t.Context(), s.backups(simtest.Account, simtest.Region)
	out, err := client.CreateBackupPlan(ctx, &backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{BackupPlanName: &name,
		Rules: []backuptypes.BackupRuleInput{{RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("vault"), ScheduleExpression: aws.String("cron(0 3 ? * * *)")}}}})
	s.must(out, err)
	selection.SelectionName, selection.IamRoleArn = aws.String("tables"), aws.String(role)
	s.must(client.CreateBackupSelection(ctx, &backup.CreateBackupSelectionInput{BackupPlanId: out.BackupPlanId, BackupSelection: selection}))
}
