package scenario

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/demo"
)

// workbench is the hurried company with what the drills need that its own tables do not show.
type workbench struct {
	t      *testing.T
	url    string
	root   *iam.Client
	backup string // of the table moving, which has a stream and went on since
	key    string // that signs
}

func openWorkbench(t *testing.T) *workbench {
	t.Helper()
	url, root := hurried(t)
	w := &workbench{t: t, url: url, root: root}
	c := credentials.NewStaticCredentialsProvider(demo.Account, "any", "")
	db := dynamodb.New(dynamodb.Options{Region: demo.Home, BaseEndpoint: &url, Credentials: c})
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("moving"), BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: ddb.KeyTypeHash}},
		StreamSpecification:  &ddb.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: ddb.StreamViewTypeNewAndOldImages}})
	w.check(err)
	w.advance("2m")
	put := func(id string) {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("moving"), Item: map[string]ddb.AttributeValue{"id": &ddb.AttributeValueMemberS{Value: id}}})
		w.check(err)
	}
	put("first")
	w.advance("5m")
	made, err := db.CreateBackup(t.Context(), &dynamodb.CreateBackupInput{TableName: aws.String("moving"), BackupName: aws.String("before")})
	w.check(err)
	w.backup = *made.BackupDetails.BackupArn
	w.advance("10m")
	put("second")
	signing, err := kms.New(kms.Options{Region: demo.Home, BaseEndpoint: &url, Credentials: c}).CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecEccNistP256, KeyUsage: kmstypes.KeyUsageTypeSignVerify})
	w.check(err)
	w.key = *signing.KeyMetadata.Arn
	return w
}

func (w *workbench) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *workbench) advance(by string) {
	w.t.Helper()
	answer, err := http.Post(w.url+"/_sim/clock", "application/json", strings.NewReader(`{"advance":"`+by+`"}`)) //nolint:noctx // the simulator of this test
	w.check(err)
	w.check(answer.Body.Close())
}

// drilled is how a drill ended: its verdict, and left where its table is still there.
func (a *auditor) drilled(t *testing.T, args ...string) (verdict string, signed bool, stderr string) {
	t.Helper()
	_, out, stderr := a.restorable(t, append(args, "--region", demo.Home, "--rates", "off", "-o", "json", "--evidence", t.TempDir())...)
	var result struct {
		Drills []struct {
			Verdict string
			Signed  bool
			Cleanup struct{ State string }
		}
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil || len(result.Drills) != 1 {
		return "", false, stderr
	}
	if result.Drills[0].Cleanup.State == "left" {
		return "left", false, stderr
	}
	return result.Drills[0].Verdict, result.Drills[0].Signed, stderr
}

// TestThePoliciesOfOtherDrills: the policy printed for each kind of drill suffices for it, and not without any of the actions that it is for.
func TestThePoliciesOfOtherDrills(t *testing.T) {
	sequential(t)
	t.Parallel()
	w := openWorkbench(t)
	for name, c := range map[string]struct {
		policy, args, needed []string
	}{
		"backup": {[]string{"--from", "backup"}, []string{"drill", "moving", "--from", w.backup, "--max-drift", "1"},
			[]string{"dynamodb:RestoreTableFromBackup", "dynamodb:ListBackups", "dynamodb:Scan", "dynamodb:DeleteTable"}},
		"stream": {[]string{"--from", "backup", "--use-stream"}, []string{"drill", "moving", "--from", w.backup, "--use-stream"},
			[]string{"dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"}},
		"kms": {[]string{"--from", "pitr", "--kms"}, []string{"drill", "orders", "--kms", w.key}, []string{"kms:Sign", "kms:GetPublicKey"}},
		"recovery-point": {[]string{"--from", "recovery-point"}, []string{"drill", "stock-levels", "--from", "newest-backup", "--role", "arn:aws:iam::" + demo.Account + ":role/backup-service"},
			[]string{"backup:StartRestoreJob", "backup:DescribeRestoreJob", "iam:PassRole", "backup:ListRecoveryPointsByBackupVault"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAuditor(t, w.url, w.root, "drills-"+name)
			_, text, stderr := a.restorable(t, append([]string{"iam", "policy", "drill"}, c.policy...)...)
			if text == "" {
				t.Fatal(stderr)
			}
			a.attach(t, []byte(text))
			args := append(c.args, "--auto-approve")
			if verdict, signed, stderr := a.drilled(t, args...); verdict != "passed" || signed != (name == "kms") {
				t.Fatalf("with the whole policy: %s, signed: %v\n%s", verdict, signed, stderr)
			}
			for _, action := range c.needed {
				t.Run(action, func(t *testing.T) {
					t.Parallel()
					if !slices.Contains(actionsOf(t, text), action) {
						t.Fatalf("the policy lacks %s", action)
					}
					a := newAuditor(t, w.url, w.root, name+"-without-"+strings.ReplaceAll(action, ":", "-"))
					a.attach(t, policyWithout(t, text, action))
					if verdict, signed, stderr := a.drilled(t, args...); verdict == "passed" && signed == (name == "kms") {
						t.Errorf("without it the drill passes all the same\n%s", stderr)
					}
				})
			}
		})
	}
}
