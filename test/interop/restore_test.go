package interop

import (
	"bytes"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/cli"
)

// restore lets restorable restore orders itself.
func (b *brought) restore(target string, args ...string) {
	b.t.Helper()
	env := map[string]string{"AWS_ENDPOINT_URL": b.sim.URL, "XDG_STATE_HOME": b.dir}
	for _, pair := range b.env {
		k, v, _ := strings.Cut(pair, "=")
		b.t.Setenv(k, v)
		env[k] = v
	}
	b.t.Setenv("AWS_ENDPOINT_URL", b.sim.URL)
	var out, errs bytes.Buffer
	args = append([]string{"restore", "orders", "--to", target, "--auto-approve", "--region", "eu-west-1", "--rates", "off", "--config", "none"}, args...)
	if code := cli.Run(b.t.Context(), args, func(k string) string { return env[k] }, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: &errs}); code != 0 {
		b.t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}

// TestAWSCLISeesTheRestoredTableComplete: what restore puts back is what another client reads, by every route.
func TestAWSCLISeesTheRestoredTableComplete(t *testing.T) {
	b := newBrought(t, newFastCLI(t))
	backup := b.run("dynamodb", "list-backups", "--table-name", "orders").text("BackupSummaries.0.BackupArn")

	b.restore("to-the-second", "--at", "-90m", "--ttl")
	b.items("to-the-second", 1)
	b.completed("to-the-second")
	b.run("dynamodb", "describe-time-to-live", "--table-name", "to-the-second").want("TimeToLiveDescription.AttributeName", "expires")

	b.restore("from-a-backup", "--backup", backup)
	b.items("from-a-backup", 1)
	b.completed("from-a-backup")
	b.run("dynamodb", "describe-time-to-live", "--table-name", "from-a-backup").want("TimeToLiveDescription.TimeToLiveStatus", "DISABLED")

	b.restore("from-a-point", "--backup", b.point)
	b.items("from-a-point", 1)
	b.completed("from-a-point")

	b.restore("far", "--backup", b.point, "--target-region", second, "--copy-vault", "primary", "--copy-days", "3")
	b.items("far", 1, "--region", second)
	b.run("dynamodb", "describe-table", "--table-name", "far", "--region", second).want("Table.StreamSpecification.StreamViewType", "KEYS_ONLY")
	b.run("backup", "list-recovery-points-by-backup-vault", "--backup-vault-name", "primary", "--region", second).want("RecoveryPoints.#", 1, "RecoveryPoints.0.Lifecycle.DeleteAfterDays", 3)
	b.run("dynamodb", "describe-table", "--table-name", "orders").want("Table.TableStatus", "ACTIVE")
}
