package interop

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/model"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/remedy/render"
)

// handFinding is a finding with how to check it by hand.
type handFinding struct {
	Control, Verdict, Reason string
	Evidence                 []handFact
	ByHand                   struct{ Commands []string } `json:"by_hand"`
}

type handFact struct {
	Fact, State string
	Value       any
}

// TestCommandsByHandShowTheFact takes a finding of each control from the simulated company and runs its commands with AWS CLI: each ends
// well, reads only, and together they print the value of a fact on which the verdict rests.
func TestCommandsByHandShowTheFact(t *testing.T) {
	fast := newFastCLI(t)
	setEnvironment(t)
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: demo.Start()}, Load: demo.Load})
	w := place(t, sim, fast, render.Rendering{}, simtest.Account, "any")
	w.must(furnish()...)
	sim.Advance(2 * time.Hour) // the restore ends
	models := loadModels(t)
	found := findingsByHand(t, sim)
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	before := calls(t, sim)
	t.Run("controls", func(t *testing.T) {
		for _, c := range catalogue.Controls() {
			t.Run(c.ID, func(t *testing.T) {
				t.Parallel()
				w := workplace{t, w.dir, w.env}
				var wrong []string
				for _, f := range chosen(found[c.ID]) {
					if wrong = w.recheck(f, models); wrong == nil {
						t.Logf("%s: %s", f.Verdict, f.Reason)
						return
					}
				}
				switch {
				case wrong != nil:
					t.Error(strings.Join(wrong, "\n"))
				case beyondMachines()[c.ID] == "":
					t.Error("the company has no finding of this control that rests on a fact")
				}
			})
		}
	})
	for action, n := range calls(t, sim) {
		_, name, _ := strings.Cut(action, ":")
		if n > before[action] && !readVerb.MatchString(name) {
			t.Errorf("the commands called %s", action)
		}
	}
}

// beyondMachines are the controls of which no command shows a fact.
func beyondMachines() map[string]string {
	return map[string]string{"client-side-encryption": "only people can tell"}
}

// recheck performs the commands of a finding and says what is wrong with them; nil: nothing.
func (w workplace) recheck(f handFinding, models map[string]*model.Model) (wrong []string) {
	var printed []any
	for _, line := range f.ByHand.Commands {
		if _, err := resolve(line, models); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", line, err))
			continue
		}
		v, err := w.answer(line)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		printed = append(printed, v)
	}
	if !slices.ContainsFunc(f.Evidence, func(e handFact) bool { return shows(printed, e) }) {
		raw, _ := json.Marshal(printed)
		wrong = append(wrong, fmt.Sprintf("%s: nothing that the commands print is a fact of the evidence\n%s\n%+v\n%s", f.Reason, strings.Join(f.ByHand.Commands, "\n"), f.Evidence, clip(raw)))
	}
	return wrong
}

// furnish is what the company lacks for a control to have something to say.
func furnish() []string {
	const (
		home    = " --region " + demo.Home
		orders  = "arn:aws:dynamodb:" + demo.Home + ":" + simtest.Account + ":table/orders"
		role    = "arn:aws:iam::" + simtest.Account + ":role/backup-service"
		topic   = "arn:aws:sns:" + demo.Home + ":" + simtest.Account + ":backups"
		testing = `'{"RestoreTestingPlanName":"monthly","ScheduleExpression":"cron(0 5 1 * ? *)","RecoveryPointSelection":{"Algorithm":"LATEST_WITHIN_WINDOW","IncludeVaults":["*"],"RecoveryPointTypes":["SNAPSHOT"]}}'`
		tested  = `'{"RestoreTestingSelectionName":"tables","ProtectedResourceType":"DynamoDB","IamRoleArn":"` + role + `","ProtectedResourceArns":["*"]}'`
		policy  = `'{"plans":{"p":{"regions":{"@@assign":["` + demo.Home + `"]},"rules":{"r":{"target_backup_vault_name":{"@@assign":"primary"}}},"selections":{"tags":{"t":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/b"},"tag_key":{"@@assign":"k"},"tag_value":{"@@assign":["v"]}}}}}}}'`
		open    = `'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + simtest.Account + `:root"},"Action":"dynamodb:GetItem","Resource":"` + orders + `"}]}'`
		denied  = `'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle","backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy"],"Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::` + simtest.Account + `:role/backup-service"}}}]}'`
		all     = `'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}'`
		told    = `'{"source":["aws.backup"],"detail-type":["Backup Job State Change"],"detail":{"state":["FAILED"]}}'`
	)
	return []string{
		"aws backup put-backup-vault-notifications --backup-vault-name primary --sns-topic-arn " + topic + " --backup-vault-events BACKUP_JOB_COMPLETED COPY_JOB_FAILED" + home,
		"aws backup create-restore-testing-plan --restore-testing-plan " + testing + home,
		"aws backup create-restore-testing-selection --restore-testing-plan-name monthly --restore-testing-selection " + tested + home,
		`aws backup start-restore-job --recovery-point-arn "$(aws backup list-recovery-points-by-resource --resource-arn ` + orders + home + ` --query 'RecoveryPoints[0].RecoveryPointArn' --output text)" --iam-role-arn ` + role +
			" --metadata targetTableName=orders-again,encryptionType=Default" + home,
		`aws backup create-report-plan --report-plan-name jobs --report-delivery-channel S3BucketName=reports,Formats=CSV --report-setting ReportTemplate=BACKUP_JOB_REPORT` + home,
		"aws cloudtrail create-trail --name all --s3-bucket-name logs --is-multi-region-trail" + home,
		"aws cloudtrail start-logging --name all" + home,
		`aws cloudtrail put-event-selectors --trail-name all --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true,"DataResources":[{"Type":"AWS::DynamoDB::Table","Values":["arn:aws:dynamodb"]}]}]'` + home,
		"aws dynamodb put-resource-policy --resource-arn " + orders + " --policy " + open + home,
		"aws backup put-backup-vault-access-policy --backup-vault-name primary --policy " + denied + home,
		"aws iam create-user --user-name importer",
		"aws iam put-user-policy --user-name importer --policy-name all --policy-document " + all,
		"aws iam create-access-key --user-name importer",
		"aws events put-rule --name failed --event-pattern " + told + home,
		"aws events put-targets --rule failed --targets Id=1,Arn=" + topic + home,
		`aws lambda create-event-source-mapping --function-name index --starting-position LATEST --event-source-arn "$(aws dynamodb describe-table --table-name product-catalog` + home + ` --query Table.LatestStreamArn --output text)"` + home,
		`aws ec2 create-vpc-endpoint --service-name com.amazonaws.` + demo.Home + `.dynamodb --vpc-id "$(aws ec2 create-vpc --cidr-block 10.0.0.0/16` + home + ` --query Vpc.VpcId --output text)"` + home,
		"aws organizations create-organization",
		`aws organizations enable-policy-type --policy-type BACKUP_POLICY --root-id "$(aws organizations list-roots --query 'Roots[0].Id' --output text)"`,
		`aws organizations attach-policy --target-id "$(aws organizations list-roots --query 'Roots[0].Id' --output text)" --policy-id "$(aws organizations create-policy --name daily --type BACKUP_POLICY --description daily --content ` + policy +
			` --query Policy.PolicySummary.Id --output text)"`,
	}
}

// asked is a configuration under which every control has something to judge.
const asked = `tiers:
  all: {rpo: 24h, rto: 4h, survive: [items-damaged, table-deleted, account-compromised], copies: [` + demo.Branch + `, {account: "444455556666", vault: bunker}], tags: [team]}
default-tier: all
`

// findingsByHand scans with every control there is.
func findingsByHand(t *testing.T, sim *simtest.Sim) map[string][]handFinding {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	settings := filepath.Join(t.TempDir(), "restorable.yaml")
	if err := os.WriteFile(settings, []byte(asked), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"scan", "--config", settings, "--region", demo.Home + "," + demo.Branch, "--fail-on", "none", "-o", "json=" + file}
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range catalogue.Controls() {
		args = append(args, "--control", c.ID)
	}
	if out, code := restorable(t, sim, args...); code != 0 {
		t.Fatalf("scan: exit code %d\n%s", code, out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report struct{ Findings []handFinding }
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	out := map[string][]handFinding{}
	for _, f := range report.Findings {
		out[f.Control] = append(out[f.Control], f)
	}
	return out
}

// chosen are the findings that rest on most, a few: a verdict before none, PASS first since it rests on what is there.
func chosen(all []handFinding) []handFinding {
	order := []string{"PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"}
	known := func(f handFinding) (n int) {
		for _, e := range f.Evidence {
			if e.State == "known" {
				n++
			}
		}
		return n
	}
	all = slices.DeleteFunc(slices.Clone(all), func(f handFinding) bool { return known(f) == 0 })
	slices.SortStableFunc(all, func(a, b handFinding) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict)), cmp.Compare(known(b), known(a)))
	})
	return all[:min(len(all), 9)]
}

// answer is what a command prints, as JSON; the command must end well.
func (w workplace) answer(line string) (any, error) {
	out, code := w.run(line)
	if code != 0 {
		return nil, fmt.Errorf("%s: exit code %d\n%s", line, code, clip([]byte(out)))
	}
	if strings.TrimSpace(out) == "" {
		return nil, nil
	}
	var v any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		return nil, fmt.Errorf("%s printed no JSON: %w\n%s", line, err, clip([]byte(out)))
	}
	return v, nil
}

// shows is whether a fact can be read in what was printed: its value as it stands, a moment in another zone, a list's length, or every
// member of a list or a map.
func shows(printed []any, e handFact) bool {
	if e.State != "known" {
		return false
	}
	if e.Value == true && strings.HasPrefix(e.Fact, "unit.") { // a list that was read whole
		return holdsAny(printed, func(v any) bool { _, list := v.([]any); return list })
	}
	var n int
	if text, ok := e.Value.(string); ok && strings.HasSuffix(text, " items") {
		if _, err := fmt.Sscanf(text, "%d items", &n); err == nil {
			return holdsAny(printed, func(v any) bool { list, ok := v.([]any); return ok && len(list) == n })
		}
	}
	switch value := e.Value.(type) {
	case []any:
		return len(value) > 0 && !slices.ContainsFunc(value, func(v any) bool { return !shows(printed, handFact{State: "known", Value: v}) })
	case map[string]any:
		for _, v := range value {
			if !holdsAny(printed, func(x any) bool { return sameScalar(x, v) }) {
				return false
			}
		}
		return len(value) > 0
	}
	return holdsAny(printed, func(v any) bool { return sameScalar(v, e.Value) })
}

// sameScalar compares what AWS CLI prints with what a report holds: moments are seconds since 1970 in version 1, and a policy's text is
// laid out in another way.
func sameScalar(printed, value any) bool {
	if printed == value {
		return true
	}
	text, ok := value.(string)
	if !ok || text == "" {
		return false
	}
	want, err := time.Parse(time.RFC3339Nano, text)
	switch v := printed.(type) {
	case float64:
		return err == nil && time.UnixMilli(int64(v*1000)).Sub(want).Abs() < time.Second
	case string:
		at, err2 := time.Parse(time.RFC3339Nano, v)
		return err == nil && err2 == nil && at.Sub(want).Abs() < time.Second || sameJSON(v, text)
	case map[string]any:
		raw, err := json.Marshal(v)
		return err == nil && sameJSON(string(raw), text)
	}
	return false
}

func sameJSON(a, b string) bool {
	var x, y map[string]any
	return strings.HasPrefix(b, "{") && json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// holdsAny walks a document.
func holdsAny(v any, match func(any) bool) bool {
	if match(v) {
		return true
	}
	switch x := v.(type) {
	case []any:
		return slices.ContainsFunc(x, func(e any) bool { return holdsAny(e, match) })
	case map[string]any:
		for _, e := range x {
			if holdsAny(e, match) {
				return true
			}
		}
	}
	return false
}

// calls are the operations that the simulated AWS was asked for so far.
func calls(t *testing.T, sim *simtest.Sim) map[string]int {
	t.Helper()
	answer, err := http.Get(sim.URL + "/_sim/calls")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	out := map[string]int{}
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}
