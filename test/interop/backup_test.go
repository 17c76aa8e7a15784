package interop

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/cli"
)

// backedUp is what restorable says of the one backup that it made.
type backedUp struct {
	Backup    string `json:"backup"`
	Job       string `json:"job"`
	TableID   string `json:"table_id"`
	SizeBytes int    `json:"size_bytes"`
	Recorded  struct {
		GSIs   []string `json:"gsis"`
		Stream string   `json:"stream"`
	} `json:"recorded"`
}

// backup lets restorable back orders up.
func (b *brought) backup(args ...string) backedUp {
	b.t.Helper()
	env := map[string]string{"AWS_ENDPOINT_URL": b.sim.URL, "XDG_STATE_HOME": b.dir}
	for _, pair := range b.env {
		k, v, _ := strings.Cut(pair, "=")
		b.t.Setenv(k, v)
		env[k] = v
	}
	b.t.Setenv("AWS_ENDPOINT_URL", b.sim.URL)
	var out, errs bytes.Buffer
	args = append([]string{"backup", "orders", "--auto-approve", "--region", "eu-west-1", "--rates", "off", "--config", "none", "-o", "json"}, args...)
	if code := cli.Run(b.t.Context(), args, func(k string) string { return env[k] }, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: &errs}); code != 0 {
		b.t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
	var report struct{ Tables []backedUp }
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || len(report.Tables) != 1 {
		b.t.Fatalf("%v: %s", err, out.String())
	}
	return report.Tables[0]
}

// TestAWSCLISeesTheBackups: what restorable says that it made is what another client reads.
func TestAWSCLISeesTheBackups(t *testing.T) {
	b := newBrought(t, newFastCLI(t))
	native := b.backup("--name", "seen-by-others")
	seen := b.run("dynamodb", "describe-backup", "--backup-arn", native.Backup)
	seen.want("BackupDescription.BackupDetails.BackupName", "seen-by-others", "BackupDescription.BackupDetails.BackupStatus", "AVAILABLE",
		"BackupDescription.BackupDetails.BackupSizeBytes", native.SizeBytes, "BackupDescription.SourceTableDetails.TableId", native.TableID,
		"BackupDescription.SourceTableFeatureDetails.StreamDescription.StreamViewType", native.Recorded.Stream)
	if len(native.Recorded.GSIs) > 0 {
		seen.want("BackupDescription.SourceTableFeatureDetails.GlobalSecondaryIndexes.0.IndexName", native.Recorded.GSIs[0])
	}

	point := b.backup("--with", "aws-backup", "--vault", "primary", "--retain", "120", "--cold-after", "30", "--tag", "Purpose=audit", "--wait")
	b.run("backup", "describe-backup-job", "--backup-job-id", point.Job).want("State", "COMPLETED", "RecoveryPointArn", point.Backup)
	b.run("backup", "describe-recovery-point", "--backup-vault-name", "primary", "--recovery-point-arn", point.Backup).
		want("Status", "COMPLETED", "Lifecycle.DeleteAfterDays", 120, "Lifecycle.MoveToColdStorageAfterDays", 30)
	b.run("backup", "list-tags", "--resource-arn", point.Backup).want("Tags.Purpose", "audit")
}
