package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/demo"
)

// testedByAWS sets AWS's restore testing up for one table of the company, and lets the clock run until jobs wait for a validation.
func (w *workbench) testedByAWS(table string) *backup.Client {
	w.t.Helper()
	ctx := w.t.Context()
	client := backup.New(backup.Options{Region: demo.Home, BaseEndpoint: aws.String(w.url), Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")})
	_, err := client.CreateRestoreTestingPlan(ctx, &backup.CreateRestoreTestingPlanInput{RestoreTestingPlan: &types.RestoreTestingPlanForCreate{
		RestoreTestingPlanName: aws.String("daily"), ScheduleExpression: aws.String("cron(0 * ? * * *)"), StartWindowHours: 1,
		RecoveryPointSelection: &types.RestoreTestingRecoveryPointSelection{Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow,
			IncludeVaults: []string{"*"}, RecoveryPointTypes: []types.RestoreTestingRecoveryPointType{types.RestoreTestingRecoveryPointTypeSnapshot}, SelectionWindowDays: 7}}})
	w.check(err)
	_, err = client.CreateRestoreTestingSelection(ctx, &backup.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: aws.String("daily"),
		RestoreTestingSelection: &types.RestoreTestingSelectionForCreate{RestoreTestingSelectionName: aws.String("one"), ProtectedResourceType: aws.String("DynamoDB"),
			IamRoleArn: aws.String("arn:aws:iam::" + demo.Account + ":role/backup-service"), ValidationWindowHours: aws.Int32(168),
			ProtectedResourceArns: []string{"arn:aws:dynamodb:" + demo.Home + ":" + demo.Account + ":table/" + table}}})
	w.check(err)
	for range 40 {
		w.advance("15m")
		if w.waiting(client) > 0 {
			return client
		}
	}
	w.t.Fatal("AWS's restore testing restored nothing")
	return nil
}

// waiting is how many of AWS's test restores nobody has validated.
func (w *workbench) waiting(client *backup.Client) int {
	w.t.Helper()
	out, err := client.ListRestoreJobs(w.t.Context(), &backup.ListRestoreJobsInput{ByStatus: types.RestoreJobStatusCompleted})
	w.check(err)
	n := 0
	for _, j := range out.RestoreJobs {
		if j.CreatedBy != nil && j.ValidationStatus == types.RestoreValidationStatusValidating {
			n++
		}
	}
	return n
}

// TestWatchingWithItsPolicy: with the policy that is printed for it, drill watch compares what AWS restored, leaves evidence and tells AWS;
// without the action it cannot tell, ends with 3, and says how AWS is told. With --every it goes on until Ctrl-C.
func TestWatchingWithItsPolicy(t *testing.T) {
	t.Parallel()
	w := openWorkbench(t)
	client := w.testedByAWS("stock-levels")
	mute := newAuditor(t, w.url, w.root, "mute")
	_, text, stderr := mute.restorable(t, "iam", "policy", "drill", "--watch")
	if text == "" {
		t.Fatal(stderr)
	}
	if strings.Contains(text, "RestoreTable") || strings.Contains(text, "dynamodb:DeleteTable") || strings.Contains(text, "StartRestoreJob") {
		t.Errorf("who watches need not restore or delete anything:\n%s", text)
	}
	mute.attach(t, policyWithout(t, text, "backup:PutRestoreValidationResult"))
	args := []string{"drill", "watch", "--region", demo.Home, "--rates", "off", "--evidence", t.TempDir()}
	if code, out, stderr := mute.restorable(t, args...); code != 3 || !strings.Contains(out, "AWS did not take the result") ||
		!strings.Contains(stderr, "AWS did not take the result of 1 test") || !strings.Contains(stderr, "AccessDenied") || w.waiting(client) == 0 {
		t.Errorf("without the permission to tell AWS: exit code %d\n%s%s", code, out, stderr)
	} else if said := strings.Join(strings.Fields(stderr), " "); !strings.Contains(said, "aws backup put-restore-validation-result --restore-job-id") ||
		!strings.Contains(said, "--validation-status SUCCESSFUL --region "+demo.Home) || !strings.Contains(said, "restorable iam policy drill --watch") {
		t.Errorf("the next command is missing:\n%s", stderr)
	}
	all := newAuditor(t, w.url, w.root, "watcher")
	all.attach(t, []byte(text))
	folder := t.TempDir()
	args[len(args)-1] = folder
	cmd := program(t, w.url, append(args, "--every", "10s")...)
	cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+all.key, "AWS_SECRET_ACCESS_KEY="+all.secret)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if w.waiting(client) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if left := w.waiting(client); left > 0 {
		t.Errorf("%d test restores wait still", left)
	}
	time.Sleep(200 * time.Millisecond) // it writes down what it told
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C between two rounds is how a watch ends: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(folder, "*stock-levels*.evidence.json")); len(files) == 0 {
		t.Error("no evidence was left")
	}
}
