package interop

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim/simtest"
)

// awsCLI is AWS's own command line, pointed at one simulated AWS by --endpoint-url.
type awsCLI struct {
	t   *testing.T
	sim *simtest.Sim
	aws string
	env []string
}

func newCLI(t *testing.T) *awsCLI {
	t.Helper()
	aws := counterpart(t, "venv", "bin", "aws")
	sim := startSim(t)
	return &awsCLI{t, sim, aws, environment(t, "AWS_ACCESS_KEY_ID="+simtest.Account, "AWS_SECRET_ACCESS_KEY=any", "AWS_DEFAULT_REGION="+simtest.Region)}
}

func (c *awsCLI) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.t.Context(), c.aws, append(args, "--endpoint-url", c.sim.URL, "--output", "json")...)
	cmd.Env = c.env
	return cmd
}

// run performs a command; what it prints is the answer, nil for nothing.
func (c *awsCLI) run(args ...string) answer {
	c.t.Helper()
	out := output(c.t, c.command(args...))
	if len(bytes.TrimSpace(out)) == 0 {
		return answer{c.t, args, nil}
	}
	var v any
	if err := json.Unmarshal(out, &v); err != nil {
		c.t.Fatalf("aws %s printed no JSON: %v\n%s", strings.Join(args, " "), err, clip(out))
	}
	return answer{c.t, args, v}
}

// refused performs a command that must fail with an error code.
func (c *awsCLI) refused(code string, args ...string) {
	c.t.Helper()
	out, err := c.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(out), "("+code+")") {
		c.t.Errorf("aws %s: %v, want %s\n%s", strings.Join(args, " "), err, code, clip(out))
	}
}

// answer is what AWS CLI printed.
type answer struct {
	t     *testing.T
	args  []string
	value any
}

// at follows a path of members and positions: "Table.Tags.0.Key". A length is asked for as "#".
func (a answer) at(path string) any {
	a.t.Helper()
	v := a.value
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if step == "#" {
				v = float64(len(x))
			} else if err != nil || i >= len(x) {
				a.t.Fatalf("aws %s: no %s in %v", strings.Join(a.args, " "), path, a.value)
			} else {
				v = x[i]
			}
		default:
			a.t.Fatalf("aws %s: no %s in %v", strings.Join(a.args, " "), path, a.value)
		}
	}
	return v
}

func (a answer) text(path string) string {
	a.t.Helper()
	s, ok := a.at(path).(string)
	if !ok || s == "" {
		a.t.Fatalf("aws %s: %s is %v, want a text", strings.Join(a.args, " "), path, a.at(path))
	}
	return s
}

// want compares values, given as path and value in turn.
func (a answer) want(pairs ...any) answer {
	a.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		want := pairs[i+1]
		if n, ok := want.(int); ok {
			want = float64(n)
		}
		if got := a.at(pairs[i].(string)); !reflect.DeepEqual(got, want) {
			a.t.Errorf("aws %s: %s is %v, want %v", strings.Join(a.args, " "), pairs[i], got, want)
		}
	}
	return a
}

// TestAWSCLIPerformsEveryOperation runs every operation through AWS CLI's own driver, by the scenarios that boto3 performs: each call
// is a command line, and the scenarios judge what is printed. AWS CLI has a command for every operation of the simulator.
func TestAWSCLIPerformsEveryOperation(t *testing.T) {
	got := perform(t, "py/cli_main.py")
	t.Logf("%d scenarios, %d command lines, %d operations answered, %d answered errors", got.Scenarios, got.Lines, len(got.OK), len(got.Errors))
}

// TestAWSCLI takes AWS CLI through each service's main reads and writes. It differs from boto3 in what it sends: trailing slashes,
// its own paging, files and shorthand as input.
func TestAWSCLI(t *testing.T) {
	counterpart(t, "venv", "bin", "aws")
	for name, story := range map[string]func(*awsCLI){
		"tables": cliTables, "backup": cliBackup, "roles": cliIdentity, "organisation": cliOrganisation, "small services": cliSmall,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(newCLI(t))
		})
	}
}

const tableARN = "arn:aws:dynamodb:" + simtest.Region + ":" + simtest.Account + ":table/"

func cliTables(c *awsCLI) {
	c.run("dynamodb", "create-table", "--table-name", "orders", "--billing-mode", "PAY_PER_REQUEST", "--attribute-definitions", "AttributeName=id,AttributeType=S",
		"--key-schema", "AttributeName=id,KeyType=HASH", "--tags", "Key=team,Value=shop", "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES").
		want("TableDescription.TableStatus", "CREATING", "TableDescription.TableArn", tableARN+"orders")
	c.sim.Advance(time.Minute)
	c.run("dynamodb", "wait", "table-exists", "--table-name", "orders")
	stream := c.run("dynamodb", "describe-table", "--table-name", "orders").want("Table.TableStatus", "ACTIVE", "Table.ItemCount", 0).text("Table.LatestStreamArn")
	c.run("dynamodb", "put-item", "--table-name", "orders", "--item", `{"id":{"S":"1"},"n":{"N":"1.50"},"b":{"B":"AP8="}}`)
	c.run("dynamodb", "get-item", "--table-name", "orders", "--key", `{"id":{"S":"1"}}`).want("Item.n.N", "1.5", "Item.b.B", "QVA4PQ==") // version 1 sends the text's bytes
	c.run("dynamodb", "update-item", "--table-name", "orders", "--key", `{"id":{"S":"2"}}`, "--update-expression", "ADD n :n", "--expression-attribute-values", `{":n":{"N":"2"}}`, "--return-values", "ALL_NEW").
		want("Attributes.n.N", "2")
	c.run("dynamodb", "scan", "--table-name", "orders", "--page-size", "1").want("Count", 2, "Items.#", 2)
	c.run("dynamodb", "query", "--table-name", "orders", "--key-condition-expression", "id = :i", "--expression-attribute-values", `{":i":{"S":"2"}}`).want("Items.0.n.N", "2")
	c.run("dynamodb", "delete-item", "--table-name", "orders", "--key", `{"id":{"S":"2"}}`, "--return-values", "ALL_OLD").want("Attributes.n.N", "2")
	c.refused("ResourceNotFoundException", "dynamodb", "get-item", "--table-name", "none", "--key", `{"id":{"S":"1"}}`)
	c.run("dynamodb", "list-tags-of-resource", "--resource-arn", tableARN+"orders").want("Tags.0.Key", "team", "Tags.0.Value", "shop")
	c.run("dynamodb", "update-continuous-backups", "--table-name", "orders", "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=7").
		want("ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus", "ENABLED")
	c.sim.Advance(time.Hour)
	c.run("dynamodb", "describe-continuous-backups", "--table-name", "orders").want("ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays", 7)
	backup := c.run("dynamodb", "create-backup", "--table-name", "orders", "--backup-name", "before").want("BackupDetails.BackupType", "USER").text("BackupDetails.BackupArn")
	c.sim.Advance(time.Minute)
	c.run("dynamodb", "list-backups").want("BackupSummaries.#", 1, "BackupSummaries.0.BackupArn", backup, "BackupSummaries.0.BackupStatus", "AVAILABLE")
	c.run("dynamodb", "restore-table-from-backup", "--target-table-name", "again", "--backup-arn", backup).want("TableDescription.RestoreSummary.SourceBackupArn", backup)
	c.sim.Advance(time.Hour)
	c.run("dynamodb", "scan", "--table-name", "again").want("Items.0.id.S", "1", "Count", 1)
	c.run("dynamodb", "list-tables", "--page-size", "1").want("TableNames.0", "again", "TableNames.1", "orders")
	shard := c.run("dynamodbstreams", "describe-stream", "--stream-arn", stream).want("StreamDescription.StreamStatus", "ENABLED").text("StreamDescription.Shards.0.ShardId")
	iterator := c.run("dynamodbstreams", "get-shard-iterator", "--stream-arn", stream, "--shard-id", shard, "--shard-iterator-type", "TRIM_HORIZON").text("ShardIterator")
	c.run("dynamodbstreams", "get-records", "--shard-iterator", iterator).want("Records.#", 3, "Records.0.eventName", "INSERT", "Records.2.eventName", "REMOVE")
}

const trustBackup = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

const servicePolicies = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"

func cliBackup(c *awsCLI) {
	c.run("dynamodb", "create-table", "--table-name", "orders", "--billing-mode", "PAY_PER_REQUEST", "--attribute-definitions", "AttributeName=id,AttributeType=S", "--key-schema", "AttributeName=id,KeyType=HASH")
	role := c.run("iam", "create-role", "--role-name", "backup", "--assume-role-policy-document", trustBackup).text("Role.Arn")
	c.run("iam", "attach-role-policy", "--role-name", "backup", "--policy-arn", servicePolicies+"Backup")
	c.run("iam", "attach-role-policy", "--role-name", "backup", "--policy-arn", servicePolicies+"Restores")
	c.run("backup", "create-backup-vault", "--backup-vault-name", "daily", "--backup-vault-tags", "a=1").want("BackupVaultName", "daily")
	plan := c.run("backup", "create-backup-plan", "--backup-plan",
		`{"BackupPlanName":"daily","Rules":[{"RuleName":"nightly","TargetBackupVaultName":"daily","ScheduleExpression":"cron(0 5 ? * * *)","Lifecycle":{"DeleteAfterDays":35}}]}`).text("BackupPlanId")
	selection := c.run("backup", "create-backup-selection", "--backup-plan-id", plan, "--backup-selection", `{"SelectionName":"all","IamRoleArn":"`+role+`","Resources":["arn:aws:dynamodb:*:*:table/*"]}`).text("SelectionId")
	c.run("backup", "get-backup-selection", "--backup-plan-id", plan, "--selection-id", selection).want("BackupSelection.IamRoleArn", role)
	c.run("backup", "list-backup-selections", "--backup-plan-id", plan).want("BackupSelectionsList.0.SelectionName", "all")
	c.sim.Advance(60 * time.Hour)
	c.run("backup", "list-backup-plans").want("BackupPlansList.0.BackupPlanId", plan)
	c.run("backup", "get-backup-plan", "--backup-plan-id", plan).want("BackupPlan.Rules.0.CompletionWindowMinutes", 10080)
	c.run("backup", "list-backup-vaults").want("BackupVaultList.0.NumberOfRecoveryPoints", 2)
	c.run("backup", "list-backup-jobs", "--by-state", "COMPLETED", "--page-size", "1").want("BackupJobs.#", 2, "BackupJobs.0.ResourceArn", tableARN+"orders")
	point := c.run("backup", "list-recovery-points-by-backup-vault", "--backup-vault-name", "daily").want("RecoveryPoints.#", 2).text("RecoveryPoints.0.RecoveryPointArn")
	c.run("backup", "describe-recovery-point", "--backup-vault-name", "daily", "--recovery-point-arn", point).want("Status", "COMPLETED", "Lifecycle.DeleteAfterDays", 35)
	c.run("backup", "list-recovery-points-by-resource", "--resource-arn", tableARN+"orders").want("RecoveryPoints.#", 2)
	c.run("backup", "list-protected-resources").want("Results.0.ResourceArn", tableARN+"orders")
	job := c.run("backup", "start-restore-job", "--recovery-point-arn", point, "--iam-role-arn", role, "--metadata", "targetTableName=again,encryptionType=Default").text("RestoreJobId")
	c.sim.Advance(time.Hour)
	c.run("backup", "describe-restore-job", "--restore-job-id", job).want("Status", "COMPLETED", "CreatedResourceArn", tableARN+"again")
	c.run("backup", "describe-region-settings").want("ResourceTypeOptInPreference.DynamoDB", true)
	c.run("backup", "list-tags", "--resource-arn", "arn:aws:backup:"+simtest.Region+":"+simtest.Account+":backup-vault:daily").want("Tags.a", "1")
	c.refused("InvalidRequestException", "backup", "delete-backup-vault", "--backup-vault-name", "daily")
	c.refused("AccessDeniedException", "backup", "describe-backup-vault", "--backup-vault-name", "none")
}

func cliIdentity(c *awsCLI) {
	c.run("sts", "get-caller-identity").want("Account", simtest.Account, "Arn", "arn:aws:iam::"+simtest.Account+":root")
	role := c.run("iam", "create-role", "--role-name", "ops", "--assume-role-policy-document", strings.Replace(trustBackup, `"Service":"backup.amazonaws.com"`, `"AWS":"`+simtest.Account+`"`, 1)).text("Role.Arn")
	c.run("iam", "put-role-policy", "--role-name", "ops", "--policy-name", "read", "--policy-document", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}`)
	c.run("iam", "get-role-policy", "--role-name", "ops", "--policy-name", "read").want("PolicyDocument.Statement.0.Action", "dynamodb:*")
	c.run("iam", "list-roles", "--page-size", "1").want("Roles.0.RoleName", "ops")
	c.run("iam", "get-account-authorization-details", "--filter", "Role").want("RoleDetailList.0.RolePolicyList.0.PolicyName", "read")
	c.refused("NoSuchEntity", "iam", "get-role", "--role-name", "none")
	c.run("sts", "assume-role", "--role-arn", role, "--role-session-name", "me").want("AssumedRoleUser.Arn", "arn:aws:sts::"+simtest.Account+":assumed-role/ops/me")
	key := c.run("kms", "create-key", "--description", "vaults").want("KeyMetadata.KeyState", "Enabled").text("KeyMetadata.KeyId")
	c.run("kms", "create-alias", "--alias-name", "alias/vaults", "--target-key-id", key)
	c.run("kms", "describe-key", "--key-id", "alias/vaults").want("KeyMetadata.KeyId", key)
	c.run("kms", "schedule-key-deletion", "--key-id", key).want("KeyState", "PendingDeletion", "PendingWindowInDays", 30)
}

func cliOrganisation(c *awsCLI) {
	c.run("organizations", "create-organization").want("Organization.MasterAccountId", simtest.Account)
	root := c.run("organizations", "list-roots").text("Roots.0.Id")
	c.run("organizations", "enable-policy-type", "--root-id", root, "--policy-type", "BACKUP_POLICY")
	policy := c.run("organizations", "create-policy", "--name", "daily", "--type", "BACKUP_POLICY", "--description", "", "--content", `{"plans":{"p":{"regions":{"@@assign":["eu-west-1"]},
		"rules":{"r":{"target_backup_vault_name":{"@@assign":"v"}}},"selections":{"tags":{"t":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/b"},"tag_key":{"@@assign":"k"},"tag_value":{"@@assign":["v"]}}}}}}}`).text("Policy.PolicySummary.Id")
	c.run("organizations", "attach-policy", "--policy-id", policy, "--target-id", root)
	if text := c.run("organizations", "describe-effective-policy", "--policy-type", "BACKUP_POLICY").text("EffectivePolicy.PolicyContent"); !strings.Contains(text, `"v"`) {
		c.t.Errorf("effective policy %s", text)
	}
	c.run("organizations", "list-accounts").want("Accounts.0.Id", simtest.Account)
}

func cliSmall(c *awsCLI) {
	c.run("dynamodb", "create-table", "--table-name", "orders", "--provisioned-throughput", "ReadCapacityUnits=1,WriteCapacityUnits=1", "--attribute-definitions", "AttributeName=id,AttributeType=S",
		"--key-schema", "AttributeName=id,KeyType=HASH", "--tags", "Key=backup,Value=yes")
	c.sim.Advance(time.Minute)
	c.run("resourcegroupstaggingapi", "get-resources", "--resource-type-filters", "dynamodb:table").want("ResourceTagMappingList.0.ResourceARN", tableARN+"orders", "ResourceTagMappingList.0.Tags.0.Value", "yes")
	c.run("resourcegroupstaggingapi", "get-tag-keys").want("TagKeys.0", "backup")
	c.run("ec2", "describe-regions", "--region-names", "eu-west-1").want("Regions.0.RegionName", "eu-west-1", "Regions.0.OptInStatus", "opt-in-not-required")
	c.run("account", "get-region-opt-status", "--region-name", "eu-west-1").want("RegionOptStatus", "ENABLED_BY_DEFAULT")
	target := []string{"--service-namespace", "dynamodb", "--resource-id", "table/orders", "--scalable-dimension", "dynamodb:table:ReadCapacityUnits"}
	c.run(append([]string{"application-autoscaling", "register-scalable-target", "--min-capacity", "1", "--max-capacity", "9"}, target...)...)
	c.run("application-autoscaling", "describe-scalable-targets", "--service-namespace", "dynamodb").want("ScalableTargets.0.MaxCapacity", 9)
	c.run("cloudwatch", "put-metric-alarm", "--alarm-name", "slow", "--namespace", "AWS/DynamoDB", "--metric-name", "SuccessfulRequestLatency", "--statistic", "Average", "--period", "60", "--evaluation-periods", "1",
		"--threshold", "12.5", "--comparison-operator", "GreaterThanThreshold")
	c.run("cloudwatch", "describe-alarms").want("MetricAlarms.0.AlarmName", "slow", "MetricAlarms.0.Threshold", 12.5)
}
