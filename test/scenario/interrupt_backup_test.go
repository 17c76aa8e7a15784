package scenario

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
)

// busyDemo is the demo's company in an AWS that takes its time over each answer, whose clock runs at a speed.
func busyDemo(t *testing.T, speed float64) string {
	t.Helper()
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: speed}, Load: demo.Load, Latency: 60 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return web.URL
}

func config(url string) aws.Config {
	return aws.Config{Region: demo.Home, BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider(demo.Account, "any", "")}
}

// nativeBackups counts the backups of orders of a name.
func nativeBackups(t *testing.T, url, name string) int {
	t.Helper()
	out, err := dynamodb.NewFromConfig(config(url)).ListBackups(context.Background(), &dynamodb.ListBackupsInput{TableName: aws.String("orders")})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, b := range out.BackupSummaries {
		if *b.BackupName == name {
			n++
		}
	}
	return n
}

// jobsKept counts the jobs of orders whose points are kept for so many days.
func jobsKept(t *testing.T, url string, days int64) int {
	t.Helper()
	out, err := backup.NewFromConfig(config(url)).ListBackupJobs(context.Background(), &backup.ListBackupJobsInput{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, j := range out.BackupJobs {
		if strings.HasSuffix(*j.ResourceArn, "/orders") && j.RecoveryPointLifecycle != nil && aws.ToInt64(j.RecoveryPointLifecycle.DeleteAfterDays) == days {
			n++
		}
	}
	return n
}

// TestABackupKilledAndGivenAgainIsMadeOnce kills the program at one moment after another; the same command then makes what is missing.
func TestABackupKilledAndGivenAgainIsMadeOnce(t *testing.T) {
	t.Parallel()
	url, state, killed := busyDemo(t, 60), t.TempDir(), 0
	for i := range 8 {
		name, days := fmt.Sprintf("kill-%d", i), int64(100+i)
		ways := map[string][]string{
			name:    {"--name", name},
			"vault": {"--with", "aws-backup", "--vault", "primary", "--role", "backup-service", "--retain", fmt.Sprint(days), "--wait", "--within", "1ms"},
		}
		for way, flags := range ways {
			args := append([]string{"backup", "orders", "--auto-approve", "--rates", "off"}, flags...)
			first := program(t, url, args...)
			first.Env = append(first.Env, "XDG_STATE_HOME="+state)
			var told bytes.Buffer
			first.Stdout = &told
			if err := first.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(100+75*i) * time.Millisecond)
			_ = first.Process.Kill()
			_ = first.Wait()
			if first.ProcessState.Exited() || strings.HasPrefix(told.String(), "1 table, 1 ") {
				continue // it was done, and had said so: given again it makes another one, as it should
			}
			killed++
			again := program(t, url, args...)
			again.Env = append(again.Env, "XDG_STATE_HOME="+state)
			out, _ := again.CombinedOutput()
			if code := again.ProcessState.ExitCode(); code != 0 && (way != "vault" || code != 3) {
				t.Fatalf("round %d, %s, given again: exit code %d: %s", i, way, code, out)
			}
			n := nativeBackups(t, url, name)
			if way == "vault" {
				n = jobsKept(t, url, days)
			}
			if n != 1 {
				t.Errorf("round %d, %s: made %d times: %s", i, way, n, out)
			}
		}
	}
	if killed < 6 {
		t.Errorf("only %d commands were killed under way", killed)
	}
}

// TestCtrlCInABackupLeavesTheJobToAWS: it says so, and how to go on.
func TestCtrlCInABackupLeavesTheJobToAWS(t *testing.T) {
	url, state := busyDemo(t, 1e-6), t.TempDir()
	args := []string{"backup", "orders", "--auto-approve", "--rates", "off", "--with", "aws-backup", "--vault", "primary", "--role", "backup-service", "--wait", "--retain", "99"}
	cmd := program(t, url, args...)
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); jobsKept(t, url, 99) == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
	}
	if code := interruptAndWait(t, cmd); code != 130 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	if !strings.Contains(stdout.String(), "1 table, 1 unfinished") || !strings.Contains(stdout.String(), "aws backup describe-backup-job --region "+demo.Home) || !strings.Contains(stderr.String(), "AWS goes on with what it took") {
		t.Errorf("stdout %s\nstderr %s", stdout.String(), stderr.String())
	}
	if n := jobsKept(t, url, 99); n != 1 {
		t.Errorf("%d jobs", n)
	}
}
