package render

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"pgregory.net/rapid"
)

// restoreStub is AWS CLI for a restore: there is no table before the first write, every wait ends at once, and all is as wanted only after
// it was asked for.
const restoreStub = `#!/usr/bin/env bash
printf '%s\0' "$#" "$@" >>"$WORDS"
case "$2 $*" in
  get-caller-identity*) echo '"111122223333"' ;;
  *CopyJob.DestinationRecoveryPointArn*) echo '"arn:copied"' ;;
  describe-*'"done"'*) echo '"done"' ;;
  describe-*|list-*|get-*) if [ -e "$WORDS.written" ]; then rm "$WORDS.written"; echo '"fits"'; else echo null; fi ;;
  start-*|restore-*) echo '"id-1"' ;;
  *) touch "$WORDS.written" ;;
esac
`

func sample() Restore {
	return Restore{
		Tool: "test", Run: "printed-1", Source: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", Point: "a backup", Account: "111122223333", Partition: "aws", Region: "eu-west-1",
		From: "eu-west-1", Target: "orders-back", API: "RestoreTableFromBackup", ARN: "arn:backup", Level: "aws-owned",
		Back: PutBack{Tags: map[string]string{"team": "shop"}, Policy: `{"Version":"2012-10-17"}`, Class: "STANDARD_INFREQUENT_ACCESS", Protection: true, Stream: "KEYS_ONLY", PITRDays: 7, Insights: true, TTL: "expires",
			Scaling: []estate.ScalingTarget{{Resource: "table/orders-back", Dimension: "dynamodb:table:ReadCapacityUnits", Min: 1, Max: 9,
				Policies: []estate.ScalingPolicy{{Name: "p", Metric: "DynamoDBReadCapacityUtilization", Target: 70, ScaleInCooldown: 60}}}},
			Kinesis: []estate.KinesisStream{{ARN: "arn:stream", Precision: "MICROSECOND"}}, Alarms: []estate.Alarm{{Name: "slow", Definition: `{"AlarmName":"slow"}`}}},
	}
}

// tellRestore runs a restore's script with the stub and returns the calls that change something.
func tellRestore(t rapid.TB, dir, shell string, r Restore) [][]string {
	file, err := RestoreScript(r)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(told(t, dir, shell, file.Content), func(c []string) bool {
		return strings.HasPrefix(c[1], "describe-") || strings.HasPrefix(c[1], "list-") || strings.HasPrefix(c[1], "get-")
	})
}

func operations(calls [][]string) []string {
	var out []string
	for _, c := range calls {
		out = append(out, c[1])
	}
	return out
}

// input is the document of a call.
func input(t *rapid.T, c []string) object {
	var v object
	if i := slices.Index(c, "--cli-input-json"); i < 0 || json.Unmarshal([]byte(c[i+1]), &v) != nil {
		t.Fatalf("no input: %q", c)
	}
	return v
}

func sameInput(t *rapid.T, want, got object) {
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var v object
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(v, got) {
		t.Errorf("want %v\ngot %v", v, got)
	}
}

// TestRestoresPutBackInOrder: what guards access first, and what deletes not at all unless it is asked for.
func TestRestoresPutBackInOrder(t *testing.T) {
	shell, dir := bash(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(restoreStub), 0o700); err != nil { //nolint:gosec // a program must be executable
		t.Fatal(err)
	}
	putBack := []string{"tag-resource", "put-resource-policy", "update-table", "update-table", "update-table", "update-continuous-backups", "register-scalable-target", "put-scaling-policy",
		"enable-kinesis-streaming-destination", "update-contributor-insights", "put-metric-alarm"}
	for name, c := range map[string]struct {
		change func(*Restore)
		first  []string
	}{
		"a backup": {func(*Restore) {}, []string{"restore-table-from-backup"}},
		"PITR":     {func(r *Restore) { r.API, r.ARN = "RestoreTableToPointInTime", "" }, []string{"restore-table-to-point-in-time"}},
		"a job":    {func(r *Restore) { r.API, r.Role = "StartRestoreJob", "arn:role" }, []string{"start-restore-job"}},
		"copied first": {func(r *Restore) {
			r.API, r.Role, r.Vault, r.CopyVault, r.From = "StartRestoreJob", "arn:role", "primary", "offsite", "us-east-1"
		}, []string{"start-copy-job", "start-restore-job"}},
	} {
		r := sample()
		c.change(&r)
		calls := tellRestore(t, dir, shell, r)
		if got := operations(calls); !slices.Equal(got, append(c.first, putBack...)) {
			t.Errorf("%s: %v", name, got)
		}
		if r.CopyVault == "" {
			continue
		}
		if i := slices.Index(calls[1], "--recovery-point-arn"); i < 0 || calls[1][i+1] != "arn:copied" || !slices.Contains(calls[0], "us-east-1") {
			t.Errorf("%q\n%q", calls[0], calls[1])
		}
	}
}

// TestRestoresPassAnyTextOnAsItIs: whatever tags, policies, ARNs and notes hold, the shell runs none of it and AWS CLI gets all of it.
func TestRestoresPassAnyTextOnAsItIs(t *testing.T) {
	shell, dir := bash(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(restoreStub), 0o700); err != nil { //nolint:gosec // a program must be executable
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string { return anyText().Draw(t, label) }
		r := sample()
		r.Tool, r.Source, r.Point, r.ARN, r.Level, r.Key = text("tool"), text("source"), text("point"), text("arn"), "customer", text("key")
		r.Notes, r.Back = []string{text("note")}, PutBack{Tags: map[string]string{text("tag"): text("value")}, Policy: text("policy"), TTL: text("ttl"), Missing: []string{text("missing")}}
		job := rapid.Bool().Draw(t, "job")
		want := r.nativeRequest()
		if job {
			r.API, r.Role, r.Vault = "StartRestoreJob", text("role"), text("vault")
			want = r.jobRequest()
		}
		calls := tellRestore(t, dir, shell, r)
		sameInput(t, want, input(t, calls[0]))
		if i := slices.Index(calls[0], "--recovery-point-arn"); job && (i < 0 || calls[0][i+1] != r.ARN) {
			t.Errorf("%q", calls[0])
		}
		sameInput(t, object{"ResourceArn": r.targetARN(), "Tags": tagList(r.tags())}, input(t, calls[1]))
		sameInput(t, object{"ResourceArn": r.targetARN(), "Policy": r.Back.Policy}, input(t, calls[2]))
		if len(calls) != 3 {
			t.Errorf("%v", operations(calls))
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "pwned*")); len(left) > 0 {
			t.Error("a text was run by the shell")
		}
		guide, err := RestoreGuide(r)
		if err != nil || strings.ContainsAny(string(guide.Content), "\x1b\x7f\u202e") {
			t.Errorf("%v\n%q", err, guide.Content)
		}
	})
}

func TestTimeToLiveComesOnlyWhenAsked(t *testing.T) {
	file, err := RestoreScript(sample())
	if err != nil {
		t.Fatal(err)
	}
	text := string(file.Content)
	gate, call := strings.Index(text, `if [ "${RESTORABLE_TTL:-}" = on ]`), strings.Index(text, "update-time-to-live")
	if gate < 0 || call < gate || strings.Index(text, "put-metric-alarm") > gate {
		t.Errorf("time to live is not the last, or not held back:\n%s", text)
	}
}

func TestRestoresWithoutAWSNamesAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Restore){
		"account": func(r *Restore) { r.Account = "1; rm" }, "Region": func(r *Restore) { r.Region = "$(x)" }, "table": func(r *Restore) { r.Target = "a b" }, "run": func(r *Restore) { r.Run = "`x`" },
		"partition": func(r *Restore) { r.Partition = "aws'" }, "role": func(r *Restore) { r.API = "StartRestoreJob" },
	} {
		r := sample()
		change(&r)
		var refusal *Refusal
		if _, err := RestoreScript(r); !errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := RestoreGuide(r); !errors.As(err, &refusal) {
			t.Errorf("%s in the guide: %v", name, err)
		}
	}
}

func TestGuidesNameEveryStep(t *testing.T) {
	r := sample()
	r.API, r.Role, r.Vault, r.CopyVault, r.From, r.CopyDays = "StartRestoreJob", "arn:role", "primary", "offsite", "us-east-1", 7
	r.Indexes = &Chosen{}
	file, err := RestoreGuide(r)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{"## In `us-east-1`", "Copy the recovery point to `eu-west-1`", "## In `eu-west-1`", "Restore table `orders-back`", "that was copied", "Tag the new table", "Put the resource policy back",
		"Set the table class", "deletion protection", "`KEYS_ONLY`", "7 days", "Auto scaling on", "Target utilization: 70 percent", "`arn:stream`", "Contributor Insights", "Make alarm `slow`", "time to live"} {
		i := strings.Index(string(file.Content)[at:], want)
		if i < 0 {
			t.Fatalf("no %q after byte %d of\n%s", want, at, file.Content)
		}
		at += i
	}
}
