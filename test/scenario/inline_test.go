package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// inDays is a day from now, as templates write it: of a template the time is this machine's.
func inDays(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

// saying is an exception of the control that is asked in these tests.
func saying(days int) string {
	return `restorable:ignore point-in-time-recovery reason="rebuilt nightly" owner=jane@example.com expires=` + inDays(days)
}

const askOne = "restorable scan . --control point-in-time-recovery "

func TestEveryFormatShowsWhatATemplateSays(t *testing.T) {
	sequential(t)
	t.Parallel()
	for name, text := range map[string]string{
		"app.yaml": "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    # " + saying(90) + "\n",
		"app.json": `{"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table",
 "Metadata": {"restorable": {"ignore": {"control": "CKV_AWS_28", "reason": "rebuilt nightly", "owner": "jane@example.com", "expires": "` + inDays(90) + `"}}}}}}`,
		"main.tf.json": `{"resource": {"aws_dynamodb_table": {"orders": {"//": ` + strconv.Quote(saying(90)) + `, "name": "orders", "hash_key": "id"}}}}`,
		"main.tf":      "resource \"aws_dynamodb_table\" \"orders\" {\n  name = \"orders\"\n  hash_key = \"id\"\n  /* " + saying(90) + " */\n}\n",
	} {
		j := newJob(t, map[string]string{name: text})
		printed, code := j.sh(t, askOne+"-o table -o json=r.json -o csv=r.csv -o markdown=r.md -o html=r.html -o junit=r.xml -o sarif=r.sarif -o ocsf=r.ocsf -o jsonl=r.jsonl")
		if code != 0 || !strings.Contains(printed, "muted until "+inDays(90)+": rebuilt nightly (jane@example.com)") || !strings.Contains(printed, "1 muted") {
			t.Errorf("%s: ends with %d and prints\n%s", name, code, printed)
		}
		for file, want := range map[string]string{
			"r.json": `"place":"` + name, "r.jsonl": `"muted":true`, "r.csv": "muted until " + inDays(90), "r.md": "muted until " + inDays(90), "r.html": "muted until " + inDays(90),
			"r.xml": "<skipped message=\"muted until " + inDays(90), "r.sarif": `"suppressions":[{"kind":"inSource","status":"accepted"`, "r.ocsf": `"status":"Suppressed"`,
		} {
			text, err := os.ReadFile(filepath.Join(j.dir, "work", file))
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("%s: %s does not hold %s (%v)", name, file, want, err)
			}
		}
		if printed, code := j.sh(t, askOne+"--inline-ignores=false"); code != 1 {
			t.Errorf("%s, unheard: ends with %d and prints\n%s", name, code, printed)
		}
	}
}

func TestExceptionsOfTemplatesAreLookedAfter(t *testing.T) {
	sequential(t)
	t.Parallel()
	table := func(name, comment string) string {
		return "  " + name + ":\n    Type: AWS::DynamoDB::Table\n    # " + comment + "\n"
	}
	for _, row := range []struct {
		name, text string
		code       int
		prints     string
	}{
		{"ends soon", table("A", saying(14)), 0, "app.yaml:4: mute of point-in-time-recovery of A (jane@example.com): ends on " + inDays(14)},
		{"its last day", table("A", saying(0)), 0, "ends on " + inDays(0)},
		{"is over", table("A", saying(-1)), 1, "expired on " + inDays(-1) + ", not applied"},
		{"a year", table("A", saying(365)), 0, "1 muted"},
		{"is too far", table("A", saying(367)), 2, "app.yaml:4:5: expires " + inDays(367) + " is more than a year after"},
		{"is not needed", "  A:\n    Type: AWS::DynamoDB::Table # " + saying(90) + "\n    Properties: {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}\n", 0, "not needed any more"},
		{"covers nothing", "  A:\n    Type: AWS::S3::Bucket # " + saying(90) + "\n  B:\n    Type: AWS::DynamoDB::Table\n", 1, "covers nothing there is"},
		{"stands apart", "  A:\n    Type: AWS::DynamoDB::Table\nOutputs: # " + saying(90) + "\n  O: {Value: x}\n", 1, "stands in no resource's block"},
		{"is about another control", table("A", strings.Replace(saying(90), "point-in-time-recovery", "pitr-window", 1)), 1, "1 failed"},
		{"is about another table", "  # " + saying(90) + "\n  A:\n    Type: AWS::DynamoDB::Table\n  B:\n    Type: AWS::DynamoDB::Table\n", 1, "2 failed, 0 unknown, 0 passed, 0 not applicable, 1 muted"},
		{"names no control", table("A", strings.Replace(saying(90), "point-in-time-recovery", "point-in-time", 1)), 2, "app.yaml:4:25: there is no control point-in-time"},
		{"has no owner", table("A", strings.Replace(saying(90), "owner=jane@example.com", "", 1)), 2, "app.yaml:4:5: an exception must have the member owner"},
	} {
		j := newJob(t, map[string]string{"app.yaml": "Resources:\n" + row.text})
		printed, code := j.sh(t, askOne)
		if flat := strings.Join(strings.Fields(printed), " "); code != row.code || !strings.Contains(flat, row.prints) {
			t.Errorf("%s: ends with %d, want %d, and prints\n%s\nwant %s", row.name, code, row.code, printed, row.prints)
		}
		if row.code == 2 && strings.Contains(printed, "1 failed") {
			t.Errorf("%s: judged all the same:\n%s", row.name, printed)
		}
	}
}

func TestTheIgnoreFileWinsOverTemplates(t *testing.T) {
	t.Parallel()
	j := newJob(t, map[string]string{"app.yaml": "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table # " + saying(90) + "\n",
		"restorable.ignore.yaml": "ignore:\n  - {control: point-in-time-recovery, table: Orders, owner: joe, reason: said elsewhere, expires: " + inDays(60) + "}\n"})
	printed, code := j.sh(t, askOne)
	if code != 0 || !strings.Contains(printed, "said elsewhere (joe)") || !strings.Contains(strings.Join(strings.Fields(printed), " "), "covers nothing that earlier ones do not") {
		t.Errorf("ends with %d and prints\n%s", code, printed)
	}
}

// TestInstalledModulesHaveNoSay: they are other people's.
func TestInstalledModulesHaveNoSay(t *testing.T) {
	t.Parallel()
	module := "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"orders\"\n  # " + saying(90) + "\n}\n"
	own := newJob(t, map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": module})
	if printed, code := own.sh(t, askOne); code != 0 || !strings.Contains(printed, "1 muted") {
		t.Errorf("a module of one's own: ends with %d and prints\n%s", code, printed)
	}
	installed := newJob(t, map[string]string{"main.tf": "module \"m\" {\n  source  = \"example/m/aws\"\n  version = \"1.0.0\"\n}\n", ".terraform/modules/m/main.tf": module,
		".terraform/modules/modules.json": `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"registry.terraform.io/example/m/aws","Version":"1.0.0","Dir":".terraform/modules/m"}]}`})
	if printed, code := installed.sh(t, askOne); code != 1 || strings.Contains(printed, "muted") {
		t.Errorf("an installed module: ends with %d and prints\n%s", code, printed)
	}
}

// place is a finding's control, address and place.
type placed struct{ control, address, at, fingerprint string }

// found are the findings of a scan of some of the controls, sorted.
func (j *job) found(t *testing.T, command string) []placed {
	t.Helper()
	if printed, code := j.sh(t, command+` -q -o json="$OUT"`, "OUT="+filepath.Join(j.dir, "work", "found.json")); code > 3 || code == 2 {
		t.Fatalf("%s ends with %d:\n%s", command, code, printed)
	}
	file := filepath.Join(j.dir, "work", "found.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(file)
	var report struct {
		Findings []struct {
			Control, Address, Fingerprint string
			Location                      struct {
				File         string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	var out []placed
	for _, f := range report.Findings {
		out = append(out, placed{f.Control, f.Address, fmt.Sprintf("%s:%d:%d", f.Location.File, f.Location.Line, f.Location.Column), f.Fingerprint})
	}
	return out
}

// fingerprints are those of findings, by control and address.
func fingerprints(all []placed) map[string]string {
	out := map[string]string{}
	for _, p := range all {
		out[p.control+" "+p.address] = p.fingerprint
	}
	return out
}

func TestFingerprintsOfTemplatesFollowWhatIsDeclared(t *testing.T) {
	sequential(t)
	t.Parallel()
	const app = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: orders}\n  Plan:\n    Type: AWS::Backup::BackupPlan\n    Properties: {BackupPlan: {BackupPlanName: p, BackupPlanRule: []}}\n"
	const main = "resource \"aws_dynamodb_table\" \"orders\" {\n  for_each = toset([\"a\", \"b\"])\n  name = \"orders-${each.key}\"\n}\n"
	files := map[string]string{"one/app.yaml": app, "two/app.yaml": app, "three/main.tf": main, "four/main.tf": main, ".git/HEAD": "ref: refs/heads/main\n"}
	j := newJob(t, files)
	before := j.found(t, "restorable scan .")
	seen := map[string]placed{}
	for _, p := range before {
		if other, twice := seen[p.fingerprint]; twice {
			t.Errorf("%+v and %+v share a fingerprint", other, p)
		}
		seen[p.fingerprint] = p
	}
	if len(before) < 30 {
		t.Fatalf("%d findings", len(before))
	}
	edited := maps.Clone(files)
	edited["one/app.yaml"] = "# moved down\nDescription: x\n" + strings.Replace(app, "  Orders:", "  Before:\n    Type: AWS::DynamoDB::Table\n  Orders:", 1)
	edited["three/other.tf"], edited["three/main.tf"] = main, "resource \"aws_dynamodb_table\" \"more\" {\n  name = \"more\"\n}\n"
	edited["zero/app.yaml"] = app
	after := map[string]placed{}
	for _, p := range newJob(t, edited).found(t, "restorable scan .") {
		after[p.fingerprint] = p
	}
	moved := 0
	for _, p := range before {
		now, still := after[p.fingerprint]
		if !still || now.control != p.control || now.address != p.address {
			t.Errorf("%+v became %+v", p, now)
		}
		if now.at != p.at {
			moved++
		}
	}
	if moved == 0 {
		t.Error("nothing moved: the test tests nothing")
	}
	// However the scan is called, what is declared stays the same.
	one := fingerprints(slices.DeleteFunc(slices.Clone(before), func(p placed) bool { return !strings.HasPrefix(p.at, "one/") }))
	for _, command := range []string{"restorable scan one", "restorable scan ./one/app.yaml", `restorable scan "$PWD/one"`, "cd one; restorable scan .", "cd two; restorable scan ../one"} {
		if got := fingerprints(j.found(t, command)); !maps.Equal(got, one) {
			t.Errorf("%s: other fingerprints than the scan of the whole: %v, want %v", command, got, one)
		}
	}
}

func TestABaselineOfTemplatesLetsOnlyWhatIsNewFail(t *testing.T) {
	t.Parallel()
	j := newJob(t, map[string]string{"app.yaml": open})
	if printed, code := j.sh(t, askOne+"-q -o json=../before.json"); code != 1 {
		t.Fatalf("ends with %d:\n%s", code, printed)
	}
	j.sh(t, "{ echo '# moved'; cat app.yaml; } >more && mv more app.yaml")
	if printed, code := j.sh(t, askOne+"--baseline ../before.json --new-only"); code != 0 {
		t.Errorf("with nothing new it ends with %d:\n%s", code, printed)
	}
	j.sh(t, "cp app.yaml other.yaml")
	printed, code := j.sh(t, askOne+"--baseline ../before.json --new-only -o json=../after.json -o table")
	if code != 1 || !strings.Contains(printed, "other.yaml:3") || strings.Contains(printed, "app.yaml:3") {
		t.Errorf("with a template more it ends with %d:\n%s", code, printed)
	}
	j.sh(t, "printf '    Properties: {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}\n' >>app.yaml")
	if printed, code := j.sh(t, askOne+"-q -o json=../mended.json || :; restorable diff ../before.json ../mended.json"); code != 1 || !strings.Contains(printed, "table Orders, Orders: point-in-time-recovery\n    FAIL (medium) → PASS") {
		t.Errorf("the difference ends with %d:\n%s", code, printed)
	}
}
