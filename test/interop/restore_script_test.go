package interop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/cli"
)

// brought is an account with a table that has every setting, backups of it, and a vault in a second Region; its clock runs fast.
type brought struct {
	*scripted
	point string
}

const second = "eu-central-1"

func newBrought(t *testing.T, fast fastCLI) *brought {
	if _, err := exec.LookPath("bash"); err != nil {
		absent(t, "no bash on this machine")
	}
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: start, Speed: 600}})
	c := &awsCLI{t, sim, filepath.Join(fast.folder, "aws"), environment(t, "AWS_ACCESS_KEY_ID="+simtest.Account, "AWS_SECRET_ACCESS_KEY=any", "AWS_DEFAULT_REGION="+simtest.Region, "AWS_CLI_SOCKET="+fast.socket)}
	b := &brought{scripted: &scripted{awsCLI: c, dir: t.TempDir(), fast: fast}}
	b.role = c.run("iam", "create-role", "--role-name", "AWSBackupDefaultServiceRole", "--path", "/service-role/", "--assume-role-policy-document", trustBackup).text("Role.Arn")
	for _, which := range []string{"Backup", "Restores"} {
		c.run("iam", "attach-role-policy", "--role-name", "AWSBackupDefaultServiceRole", "--policy-arn", servicePolicies+which)
	}
	for _, region := range []string{simtest.Region, second} {
		c.run("backup", "create-backup-vault", "--backup-vault-name", "primary", "--region", region)
		c.run("backup", "update-region-settings", "--region", region, "--resource-type-opt-in-preference", "DynamoDB=true", "--resource-type-management-preference", "DynamoDB=true")
	}
	b.table()
	return b
}

func (b *brought) table() {
	b.run("dynamodb", "create-table", "--table-name", "orders", "--billing-mode", "PROVISIONED", "--provisioned-throughput", "ReadCapacityUnits=5,WriteCapacityUnits=5",
		"--attribute-definitions", "AttributeName=id,AttributeType=S", "AttributeName=day,AttributeType=S", "--key-schema", "AttributeName=id,KeyType=HASH", "--stream-specification", "StreamEnabled=true,StreamViewType=KEYS_ONLY",
		"--global-secondary-indexes", `[{"IndexName":"by-day","KeySchema":[{"AttributeName":"day","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"},"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}]`,
		"--tags", `[{"Key":"team","Value":"it's $(touch pwned) \"shop\""}]`)
	b.sim.Advance(time.Minute)
	b.run("dynamodb", "put-item", "--table-name", "orders", "--item", `{"id":{"S":"1"},"day":{"S":"monday"}}`)
	b.run("dynamodb", "update-continuous-backups", "--table-name", "orders", "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=7")
	b.run("dynamodb", "put-resource-policy", "--resource-arn", tableARN+"orders", "--policy",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"dynamodb:DeleteTable","Resource":"`+tableARN+`orders"}]}`)
	b.run("dynamodb", "update-time-to-live", "--table-name", "orders", "--time-to-live-specification", "Enabled=true,AttributeName=expires")
	b.run("application-autoscaling", "register-scalable-target", "--service-namespace", "dynamodb", "--resource-id", "table/orders", "--scalable-dimension", "dynamodb:table:ReadCapacityUnits", "--min-capacity", "5", "--max-capacity", "50")
	b.run("application-autoscaling", "put-scaling-policy", "--service-namespace", "dynamodb", "--resource-id", "table/orders", "--scalable-dimension", "dynamodb:table:ReadCapacityUnits", "--policy-name", "DynamoDBReadCapacityUtilization:table/orders",
		"--policy-type", "TargetTrackingScaling", "--target-tracking-scaling-policy-configuration", `{"TargetValue":70,"PredefinedMetricSpecification":{"PredefinedMetricType":"DynamoDBReadCapacityUtilization"}}`)
	b.run("dynamodb", "create-backup", "--table-name", "orders", "--backup-name", "by-hand")
	b.run("backup", "start-backup-job", "--backup-vault-name", "primary", "--resource-arn", tableARN+"orders", "--iam-role-arn", b.role)
	b.sim.Advance(time.Hour)
	b.run("dynamodb", "put-item", "--table-name", "orders", "--item", `{"id":{"S":"2"},"day":{"S":"tuesday"}}`)
	b.sim.Advance(time.Hour)
	b.point = b.run("backup", "list-recovery-points-by-backup-vault", "--backup-vault-name", "primary").text("RecoveryPoints.0.RecoveryPointArn")
}

// print lets restorable print the steps of a restore, into a file.
func (b *brought) print(as, file string, args ...string) {
	b.t.Helper()
	env := map[string]string{"AWS_ENDPOINT_URL": b.sim.URL}
	for _, pair := range b.env {
		k, v, _ := strings.Cut(pair, "=")
		b.t.Setenv(k, v)
		env[k] = v
	}
	b.t.Setenv("AWS_ENDPOINT_URL", b.sim.URL)
	var out, errs bytes.Buffer
	args = append([]string{"restore", "orders", "--print", as, "--region", simtest.Region, "--rates", "off", "--config", "none"}, args...)
	if code := cli.Run(b.t.Context(), args, func(k string) string { return env[k] }, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: &errs}); code != 0 {
		b.t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	if err := os.WriteFile(filepath.Join(b.dir, file), out.Bytes(), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// runs runs a printed script to its end, twice: the second run writes nothing but what is asked for again under the same token.
func (b *brought) runs(file string, more ...string) {
	b.t.Helper()
	more = append([]string{"RESTORABLE_PAUSE=0.1", "RESTORABLE_ATTEMPTS=200"}, more...)
	told, _, err := b.script(file, more...)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, told)
	}
	told, writes, err := b.script(file, more...)
	if err != nil || total(writes) != 0 {
		b.t.Errorf("second run: %v, wrote %v\n%s", err, writes, told)
	}
}

// completed checks everything that the script puts back.
func (b *brought) completed(target string) {
	b.t.Helper()
	arn := tableARN + target
	b.run("dynamodb", "describe-table", "--table-name", target).want("Table.TableStatus", "ACTIVE", "Table.StreamSpecification.StreamViewType", "KEYS_ONLY", "Table.GlobalSecondaryIndexes.#", 1)
	b.run("dynamodb", "list-tags-of-resource", "--resource-arn", arn).want("Tags.#", 3)
	if p := b.run("dynamodb", "get-resource-policy", "--resource-arn", arn).text("Policy"); !strings.Contains(p, arn+`"`) || strings.Contains(p, tableARN+`orders"`) {
		b.t.Errorf("policy of %s: %s", target, p)
	}
	b.run("dynamodb", "describe-continuous-backups", "--table-name", target).want("ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays", 7)
	b.run("application-autoscaling", "describe-scaling-policies", "--service-namespace", "dynamodb", "--resource-id", "table/"+target).
		want("ScalingPolicies.0.PolicyName", "DynamoDBReadCapacityUtilization:table/"+target, "ScalingPolicies.0.TargetTrackingScalingPolicyConfiguration.TargetValue", 70)
}

func (b *brought) items(target string, n int, more ...string) {
	b.t.Helper()
	b.run(append([]string{"dynamodb", "scan", "--table-name", target}, more...)...).want("Count", n)
}

// TestPrintedScriptsRestore runs what restore --print cli prints, with AWS CLI, by every route.
func TestPrintedScriptsRestore(t *testing.T) {
	b := newBrought(t, newFastCLI(t))
	backup := b.run("dynamodb", "list-backups", "--table-name", "orders").text("BackupSummaries.0.BackupArn")

	b.print("cli", "second.sh", "--to", "to-the-second", "--at", "-90m", "--ttl")
	b.runs("second.sh")
	b.items("to-the-second", 1)
	b.completed("to-the-second")
	b.run("dynamodb", "describe-time-to-live", "--table-name", "to-the-second").want("TimeToLiveDescription.TimeToLiveStatus", "DISABLED")
	b.runs("second.sh", "RESTORABLE_TTL=on")
	b.run("dynamodb", "describe-time-to-live", "--table-name", "to-the-second").want("TimeToLiveDescription.TimeToLiveStatus", "ENABLED")

	b.print("cli", "latest.sh", "--to", "newest", "--latest", "--indexes", "none")
	b.runs("latest.sh")
	b.items("newest", 2)
	b.run("dynamodb", "describe-table", "--table-name", "newest", "--query", "{n: length(Table.GlobalSecondaryIndexes || `[]`)}").want("n", 0)

	b.print("cli", "native.sh", "--to", "from-a-backup", "--backup", backup)
	b.runs("native.sh")
	b.items("from-a-backup", 1)
	b.completed("from-a-backup")

	b.print("cli", "across.sh", "--to", "across", "--backup", backup, "--target-region", second)
	b.runs("across.sh")
	b.items("across", 1, "--region", second)

	b.print("cli", "job.sh", "--to", "by-a-job", "--backup", b.point)
	b.runs("job.sh")
	b.items("by-a-job", 1)
	b.completed("by-a-job")

	b.print("cli", "copied.sh", "--to", "copied-first", "--backup", b.point, "--target-region", second, "--copy-vault", "primary")
	b.runs("copied.sh")
	b.items("copied-first", 1, "--region", second)

	b.takesNobodysTable()
	b.bringsBackWhatWasDeleted()
	if left, _ := filepath.Glob(filepath.Join(b.dir, "pwned")); len(left) > 0 {
		t.Error("a tag was run by a shell")
	}
}

// takesNobodysTable: a name that somebody else took in the meantime stops the script before it writes anything.
func (b *brought) takesNobodysTable() {
	b.t.Helper()
	b.print("cli", "taken.sh", "--to", "taken", "--at", "-90m")
	b.run("dynamodb", "create-table", "--table-name", "taken", "--billing-mode", "PAY_PER_REQUEST", "--attribute-definitions", "AttributeName=id,AttributeType=S", "--key-schema", "AttributeName=id,KeyType=HASH")
	b.sim.Advance(time.Minute)
	told, writes, err := b.script("taken.sh", "RESTORABLE_PAUSE=0.1")
	if err == nil || total(writes) != 0 || !strings.Contains(told, "there is a table taken already") {
		b.t.Errorf("%v, wrote %v\n%s", err, writes, told)
	}
}

// bringsBackWhatWasDeleted from the system backup.
func (b *brought) bringsBackWhatWasDeleted() {
	b.t.Helper()
	b.run("dynamodb", "delete-resource-policy", "--resource-arn", tableARN+"orders")
	b.sim.Advance(time.Minute)
	b.run("dynamodb", "delete-table", "--table-name", "orders")
	b.sim.Advance(time.Minute)
	b.print("cli", "deleted.sh", "--to", "orders", "--latest")
	b.runs("deleted.sh")
	b.items("orders", 2)
}
