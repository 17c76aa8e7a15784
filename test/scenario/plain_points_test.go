package scenario

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/demo"
)

const servingRole = "arn:aws:iam::" + demo.Account + ":role/backup-service"

// plainFrom switches AWS Backup's advanced features for DynamoDB off: recovery points made from now on are backups of DynamoDB's, by their ARNs too.
func (w *workbench) plainFrom() {
	w.t.Helper()
	client := backup.New(backup.Options{Region: demo.Home, BaseEndpoint: aws.String(w.url), Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")})
	_, err := client.UpdateRegionSettings(w.t.Context(), &backup.UpdateRegionSettingsInput{
		ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": false}})
	w.check(err)
}

// backedUp backs stock-levels up through AWS Backup and waits, and returns the ARN of its recovery point.
func (a *auditor) backedUp(t *testing.T) (arn string, code int, stderr string) {
	t.Helper()
	code, out, stderr := a.restorable(t, "backup", "stock-levels", "--region", demo.Home, "--with", "aws-backup", "--vault", "primary", "--role", servingRole,
		"--wait", "--auto-approve", "--rates", "off", "-o", "json")
	var report struct{ Tables []struct{ Backup string } }
	if err := json.Unmarshal([]byte(out), &report); err == nil && len(report.Tables) == 1 {
		arn = report.Tables[0].Backup
	}
	return arn, code, stderr
}

// holding is a user with the policy that the program prints for a command.
func (w *workbench) holding(name string, command ...string) (*auditor, string) {
	w.t.Helper()
	a := newAuditor(w.t, w.url, w.root, name)
	code, text, stderr := a.restorable(w.t, append([]string{"iam", "policy"}, command...)...)
	if code != 0 {
		w.t.Fatal(stderr)
	}
	a.attach(w.t, []byte(text))
	return a, text
}

// TestThePoliciesOfPlainRecoveryPoints: a recovery point made without advanced features has the ARN of a backup of DynamoDB's. The printed
// policies of backup, drill, restore and compare suffice for it.
func TestThePoliciesOfPlainRecoveryPoints(t *testing.T) {
	sequential(t)
	t.Parallel()
	w := openWorkbench(t)
	w.plainFrom()
	a, text := w.holding("plain-backup", "backup", "--with", "aws-backup")
	arn, code, stderr := a.backedUp(t)
	if code != 0 || !strings.HasPrefix(arn, "arn:aws:dynamodb:"+demo.Home+":"+demo.Account+":table/stock-levels/backup/") {
		t.Fatalf("exit code %d, point %q\n%s", code, arn, stderr)
	}
	half := newAuditor(t, w.url, w.root, "plain-half")
	half.attach(t, []byte(strings.ReplaceAll(text, ":table/*/backup/*", ":table/another/backup/*")))
	if _, code, stderr := half.backedUp(t); code == 0 {
		t.Errorf("the backup is read back without the permission on points of that kind:\n%s", stderr)
	}
	t.Run("drill", func(t *testing.T) {
		t.Parallel()
		a, _ := w.holding("plain-drill", "drill", "--from", "recovery-point")
		if verdict, _, stderr := a.drilled(t, "drill", "stock-levels", "--from", arn, "--role", servingRole, "--auto-approve"); verdict != "passed" {
			t.Errorf("%s\n%s", verdict, stderr)
		}
	})
	t.Run("restore", func(t *testing.T) {
		t.Parallel()
		a, _ := w.holding("plain-restore", "restore", "--to", "stock-back")
		if code, out, stderr := a.restorable(t, "restore", "stock-levels", "--region", demo.Home, "--to", "stock-back", "--backup", arn, "--role", servingRole, "--rates", "off", "--auto-approve"); code != 0 {
			t.Errorf("exit code %d\n%s%s", code, out, stderr)
		}
	})
	t.Run("compare", func(t *testing.T) {
		t.Parallel()
		w.comparesWith(t, arn)
	})
}

// comparesWith: iam policy compare --point suffices to compare a table with a point, and not without what restores it, reads it and takes it away.
func (w *workbench) comparesWith(t *testing.T, arn string) {
	t.Helper()
	compare := []string{"compare", "stock-levels", arn, "--region", demo.Home, "--role", servingRole, "--rates", "off", "--auto-approve"}
	all, text := w.holding("compares", "compare", "--point")
	if code, out, stderr := all.restorable(t, compare...); code != 0 || !strings.Contains(out, "gone again") {
		t.Fatalf("with the whole policy: exit code %d\n%s%s", code, out, stderr)
	}
	for _, action := range []string{"dynamodb:Scan", "dynamodb:DeleteTable", "backup:StartRestoreJob", "iam:PassRole", "backup:DescribeRestoreJob", "backup:ListRecoveryPointsByBackupVault"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			less := newAuditor(t, w.url, w.root, "compares-without-"+strings.ReplaceAll(action, ":", "-"))
			less.attach(t, policyWithout(t, text, action))
			if code, out, stderr := less.restorable(t, compare...); code == 0 || code == 1 || code == 10 {
				t.Errorf("exit code %d\n%s%s", code, out, stderr)
			}
		})
	}
}
