package interop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

// terraform runs the binary on PATH with the plugins of a folder, without the network.
type terraform struct {
	t      *testing.T
	binary string
	dir    string
	env    []string
}

// newTerraform skips without the binary or the AWS provider; RESTORABLE_COUNTERPARTS_REQUIRED does not ask for Terraform.
func newTerraform(t *testing.T, endpoint string) (tf *terraform, plugins string) {
	t.Helper()
	counterpart(t) // the folder alone: without it the whole suite needs nothing but Go
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("no terraform binary on PATH")
	}
	plugins = os.Getenv("TERRAFORM_PLUGIN_DIR")
	if plugins == "" {
		plugins = "/opt/tf-plugins"
	}
	if _, err := os.Stat(filepath.Join(plugins, "registry.terraform.io", "hashicorp", "aws")); err != nil {
		t.Skipf("no AWS provider in TERRAFORM_PLUGIN_DIR: %v", err)
	}
	dir := t.TempDir()
	config, err := os.ReadFile(filepath.Join("testdata", "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	env := environment(t, "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_VAR_endpoint="+endpoint, "TF_VAR_region="+simtest.Region)
	return &terraform{t, binary, dir, env}, plugins
}

// run performs a command and returns what it printed and its exit code. Terraform and its provider are interrupted when the test ends.
func (tf *terraform) run(args ...string) (string, int) {
	tf.t.Helper()
	ctx, cancel := context.WithTimeout(tf.t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tf.binary, args...)
	cmd.Dir, cmd.Env = tf.dir, tf.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		tf.t.Fatalf("terraform %s: %v\n%s", args[0], err, tail(out))
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (tf *terraform) must(args ...string) {
	tf.t.Helper()
	if out, code := tf.run(args...); code != 0 {
		tf.t.Fatalf("terraform %s: exit code %d\n%s", strings.Join(args, " "), code, tail([]byte(out)))
	}
}

func tail(b []byte) []byte { return b[max(0, len(b)-4000):] }

// TestTerraformSecondPlanIsEmpty applies a vault with its key, lock and policy, a plan, a selection, a role and a protected table, and
// demands that nothing is left to do.
func TestTerraformSecondPlanIsEmpty(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: start, Speed: 30}}) // Terraform waits for states; so it waits less
	tf, plugins := newTerraform(t, sim.URL)
	tf.must("init", "-no-color", "-input=false", "-plugin-dir="+plugins)
	tf.must("apply", "-no-color", "-input=false", "-auto-approve")
	standing(t, sim)
	if out, code := tf.run("plan", "-no-color", "-input=false", "-detailed-exitcode"); code != 0 {
		t.Errorf("the second plan is not empty: exit code %d\n%s", code, tail([]byte(out)))
	}
	tf.must("apply", "-no-color", "-input=false", "-auto-approve", "-var", "protected=false")
	tf.must("destroy", "-no-color", "-input=false", "-auto-approve", "-var", "protected=false")
	vaults, err := backup.NewFromConfig(sim.Config()).ListBackupVaults(t.Context(), &backup.ListBackupVaultsInput{})
	if err != nil || len(vaults.BackupVaultList) != 0 {
		t.Errorf("%v; vaults left: %v", err, vaults)
	}
}

// standing checks that what was applied is there.
func standing(t *testing.T, sim *simtest.Sim) {
	t.Helper()
	client := dynamodb.NewFromConfig(sim.Config())
	table, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: awssdk.String("orders")})
	if err != nil {
		t.Fatal(err)
	}
	continuous, err := client.DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: awssdk.String("orders")})
	if err != nil {
		t.Fatal(err)
	}
	pitr := continuous.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus
	if table.Table.TableStatus != "ACTIVE" || !awssdk.ToBool(table.Table.DeletionProtectionEnabled) || pitr != "ENABLED" {
		t.Errorf("table %s, deletion protection %v, point-in-time recovery %s", table.Table.TableStatus, awssdk.ToBool(table.Table.DeletionProtectionEnabled), pitr)
	}
	vault, err := backup.NewFromConfig(sim.Config()).DescribeBackupVault(t.Context(), &backup.DescribeBackupVaultInput{BackupVaultName: awssdk.String("daily")})
	if err != nil || !awssdk.ToBool(vault.Locked) {
		t.Errorf("vault: %v, %+v", err, vault)
	}
}
