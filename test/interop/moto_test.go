package interop

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/cli"
)

// startMoto runs moto's server until the test ends.
func startMoto(t *testing.T) string {
	t.Helper()
	port := freePort(t)
	serve(t, port, "", counterpart(t, "venv", "bin", "moto_server"), "-H", "127.0.0.1", "-p", port)
	return "http://127.0.0.1:" + port
}

// motoDiffers lists, by call, parts of both answers that differ, and who is right about AWS.
var motoDiffers = map[string]struct{ sim, moto, reason string }{
	"describe vault":            {`"NumberOfRecoveryPoints":0`, `"Locked":false`, "the simulator: AWS shows the number of recovery points, also none"},
	"describe no vault":         {"AccessDeniedException", "ResourceNotFoundException", "the simulator: AWS answers for a missing vault as for a forbidden one"},
	"get plan":                  {`"EnableContinuousBackup":false`, `"CompletionWindowMinutes":10080`, "the simulator: AWS shows EnableContinuousBackup, also when it is off"},
	"plan with a bad schedule":  {"InvalidParameterValueException", "{}", "the simulator: AWS takes cron expressions alone"},
	"plan with a bad lifecycle": {"InvalidParameterValueException", "{}", "the simulator: 90 days must lie between cold storage and deletion"},
	"create table":              {"CREATING", "ACTIVE", "the simulator: a table is being created for some seconds"},
	"create key":                {`"MultiRegion":false`, `"KeyState":"Enabled"`, "the simulator: AWS shows KeyUsage and MultiRegion in the answer"},
	"delete key":                {"PendingDeletion", "{}", "the simulator: AWS answers the key's state and the waiting period"},
	"enable deleted key":        {"KMSInvalidStateException", "{}", "the simulator: a key that waits for its deletion cannot be enabled"},
}

// TestMotoAnswersAlike puts the same calls on vaults, plans, tags, table settings, keys and roles to moto and to the simulated AWS.
func TestMotoAnswersAlike(t *testing.T) {
	sim, moto := startSim(t), startMoto(t)
	cmd := exec.CommandContext(t.Context(), python(t), "py/moto_main.py", sim.URL, moto)
	cmd.Env = environment(t)
	var calls [][3]any
	if err := json.Unmarshal(output(t, cmd), &calls); err != nil {
		t.Fatal(err)
	}
	if len(calls) < 60 {
		t.Errorf("%d calls compared", len(calls))
	}
	for _, c := range calls {
		label, simulated, other := c[0].(string), canonical(c[1]), canonical(c[2])
		d, listed := motoDiffers[label]
		switch {
		case strings.Contains(simulated, `"broken"`):
			t.Errorf("%s: botocore cannot read the answer: %s", label, simulated)
		case simulated == other && listed:
			t.Errorf("%s: no longer differs; take it off the list", label)
		case simulated != other && !listed:
			t.Errorf("%s\n  simulator %s\n  moto      %s", label, short(simulated), short(other))
		case listed && (!strings.Contains(simulated, d.sim) || !strings.Contains(other, d.moto)):
			t.Errorf("%s differs otherwise than listed\n  simulator %s\n  moto      %s", label, short(simulated), short(other))
		}
	}
}

// motoReport is what the scan says of moto.
type motoReport struct {
	Complete bool
	Scope    []struct{ Tables int }
	Problems []struct{ Operation, Code string }
	Findings []struct{ Control, Verdict, Reason string }
}

// TestScanOfMotoIsHonest scans moto, which lacks half of AWS Backup: what it cannot do must be unknown and never a verdict, and what it
// can must be judged.
func TestScanOfMotoIsHonest(t *testing.T) {
	moto := startMoto(t)
	motoTable(t, moto)
	env := map[string]string{"AWS_ACCESS_KEY_ID": awssim.DefaultAccount, "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": simtest.Region, "AWS_EC2_METADATA_DISABLED": "true"}
	for name, value := range env {
		t.Setenv(name, value) // the SDK reads the process's own
	}
	var out bytes.Buffer
	code := cli.Run(t.Context(), []string{"scan", "--endpoint-url", moto, "-o", "json"}, func(name string) string { return env[name] }, cli.Stdio{In: strings.NewReader(""), Out: &out, Err: io.Discard})
	var r motoReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("exit code %d, %v: %s", code, err, clip(out.Bytes()))
	}
	if code != 1 || r.Complete || len(r.Scope) != 1 || r.Scope[0].Tables != 1 {
		t.Errorf("exit code %d, complete %v, scope %v", code, r.Complete, r.Scope)
	}
	known := map[string]string{ // what rests on the table alone, made a moment ago, on demand, without a stream; and on identities, of which there are none
		"deletion-protection": "FAIL", "point-in-time-recovery": "FAIL", "pitr-window": "NOT_APPLICABLE", "table-status": "PASS", "capacity-scaling": "PASS",
		"consecutive-recovery-points": "PASS", "required-tags": "NOT_APPLICABLE", "stream-trigger": "NOT_APPLICABLE", "replica-recovery": "NOT_APPLICABLE",
		"copy-cross-region": "NOT_APPLICABLE", "copy-cross-account": "NOT_APPLICABLE", "recovery-point-air-gapped": "NOT_APPLICABLE", "backup-access-restricted": "PASS",
	}
	for _, f := range r.Findings {
		if want := known[f.Control]; want == "" && f.Verdict != "UNKNOWN" || want != "" && f.Verdict != want {
			t.Errorf("%s is %s: %s", f.Control, f.Verdict, f.Reason)
		}
		delete(known, f.Control)
	}
	failed := map[string]bool{}
	for _, p := range r.Problems {
		failed[p.Operation] = true
	}
	if len(known) != 0 || !failed["backup:ListBackupJobs"] || !failed["backup:DescribeRegionSettings"] {
		t.Errorf("not judged: %v; could not be read: %v", known, failed)
	}
}

// motoTable makes a table, and a vault and a plan that the Go SDK cannot list: moto sends it to a path with a slash at its end.
func motoTable(t *testing.T, url string) {
	t.Helper()
	config := awssdk.Config{Region: simtest.Region, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider(awssim.DefaultAccount, "any", "")}
	_, err := dynamodb.NewFromConfig(config).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: awssdk.String("orders"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: awssdk.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: awssdk.String("id"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.NewFromConfig(config).CreateBackupVault(t.Context(), &backup.CreateBackupVaultInput{BackupVaultName: awssdk.String("daily")}); err != nil {
		t.Fatal(err)
	}
}
