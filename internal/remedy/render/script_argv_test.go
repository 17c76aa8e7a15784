package render

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/remedy"
	"pgregory.net/rapid"
)

// stub stands in for AWS CLI: it writes down its words, answers the account, says that nothing is there before the first write and
// that all is as wanted after it.
const stub = `#!/usr/bin/env bash
printf '%s\0' "$#" "$@" >>"$WORDS"
case $2 in
  get-caller-identity) echo '"111122223333"' ;;
  describe-*|list-*|get-*) if [ -e "$WORDS.written" ]; then echo '"fits"'; else echo null; fi ;;
  *) touch "$WORDS.written" ;;
esac
`

// told runs a script with the stub and returns the words of every command.
func told(t rapid.TB, dir, shell string, script []byte) [][]string {
	words := filepath.Join(dir, "words")
	_ = os.Remove(words)
	_ = os.Remove(words + ".written")
	file := filepath.Join(dir, "script.sh")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(shell, file)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"), "WORDS=" + words, "RESTORABLE_ATTEMPTS=2", "RESTORABLE_PAUSE=0", "TMPDIR=" + dir}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	raw, err := os.ReadFile(words)
	if err != nil {
		t.Fatal(err)
	}
	var calls [][]string
	for words := strings.Split(strings.TrimSuffix(string(raw), "\x00"), "\x00"); len(words) > 0; { // how many, and they
		n, err := strconv.Atoi(words[0])
		if err != nil || n >= len(words) {
			t.Fatalf("%q, %v", words, err)
		}
		calls, words = append(calls, words[1:1+n]), words[1+n:]
	}
	return calls
}

// anyText is what tags, descriptions and policies may hold, but nothing at all.
func anyText() *rapid.Generator[string] {
	nasty := rapid.SampledFrom([]string{"'", `"`, "\n", "\r\n", "`id`", "$(touch pwned)", "${HOME}", `\`, `\'`, "--x", "-", "!", "!!", ";", "&&", "|", ">pwned", "#", "*", "~", "file:///etc/passwd",
		"EOF", "\t", "\x1b[31m", "\u202e", "é", "😀", "%s", "{}", "[?", "]]", "\x7f", " "})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			if rapid.Bool().Draw(t, "nasty") {
				b.WriteString(nasty.Draw(t, "piece"))
			} else {
				b.WriteString(strings.ToValidUTF8(strings.ReplaceAll(rapid.StringN(0, 8, 24).Draw(t, "text"), "\x00", ""), "?"))
			}
		}
		if b.Len() == 0 {
			return "-"
		}
		return b.String()
	})
}

// hostileAction is a change whose every text is drawn, with the request that its call must carry.
func hostileAction(which int, text func(string) string) (remedy.Change, string, object) {
	tags := map[string]string{text("key"): text("value")}
	switch which {
	case 0:
		t := &remedy.TableTags{Table: text("table"), ARN: text("arn"), Set: tags}
		return remedy.Change{TableTags: t}, "dynamodb tag-resource", object{"ResourceArn": t.ARN, "Tags": tagList(tags)}
	case 1:
		v := &remedy.Vault{Step: remedy.Create, Name: text("vault"), KeyARN: text("key arn"), Tags: tags}
		return remedy.Change{Vault: v}, "backup create-backup-vault", object{"BackupVaultName": v.Name, "EncryptionKeyArn": v.KeyARN, "BackupVaultTags": tags}
	case 2:
		v := &remedy.VaultPolicy{Vault: text("vault"), Policy: text("policy")}
		return remedy.Change{VaultPolicy: v}, "backup put-backup-vault-access-policy", object{"BackupVaultName": v.Vault, "Policy": v.Policy}
	case 3:
		r := &remedy.Role{Step: remedy.Create, Name: text("role"), Path: text("path"), Trust: text("trust"), Description: text("description"), Tags: tags}
		return remedy.Change{Role: r}, "iam create-role", object{"RoleName": r.Name, "Path": r.Path, "AssumeRolePolicyDocument": r.Trust, "Description": r.Description, "Tags": tagList(tags)}
	case 4:
		s := &remedy.Selection{Step: remedy.Create, Plan: remedy.Ref("p" + text("plan")), Name: text("selection"), RoleARN: text("role arn"), Resources: []string{text("resource")},
			StringLike: []remedy.TagMatch{{Key: text("condition"), Value: text("condition value")}}}
		return remedy.Change{Selection: s}, "backup create-backup-selection", object{"BackupPlanId": string(s.Plan), "BackupSelection": selectionRequest(s)}
	}
	p := &remedy.PITR{Table: text("table"), Enabled: true, PeriodDays: 35}
	return remedy.Change{PITR: p}, "dynamodb update-continuous-backups", object{"TableName": p.Table, "PointInTimeRecoverySpecification": object{"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 35}}
}

// TestScriptsPassAnyTextOnAsItIs: whatever names, tags and documents hold, the shell runs none of it and AWS CLI gets all of it.
func TestScriptsPassAnyTextOnAsItIs(t *testing.T) {
	shell, dir := bash(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(stub), 0o700); err != nil { //nolint:gosec // a program must be executable
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		change, call, want := hostileAction(rapid.IntRange(0, 5).Draw(t, "kind"), func(label string) string { return anyText().Draw(t, label) })
		p := &remedy.Plan{Tool: remedy.Tool{Version: anyText().Draw(t, "version")}, Partition: anyText().Draw(t, "partition"), Account: testAccount, Regions: []string{"eu-west-1"},
			Actions: []remedy.Action{{ID: "a1", Region: "eu-west-1", Change: change, Summary: anyText().Draw(t, "summary"), Risk: anyText().Draw(t, "risk"), Why: []remedy.Turn{{Control: anyText().Draw(t, "control")}}}}}
		made, err := Render(p, CLI, Options{Plan: anyText().Draw(t, "plan file")})
		if err != nil {
			t.Fatal(err)
		}
		calls := told(t, dir, shell, made.Files[0].Content)
		var writes [][]string
		for _, c := range calls {
			if strings.Join(c[:2], " ") == call {
				writes = append(writes, c)
			}
		}
		if len(writes) != 1 {
			t.Fatalf("%d calls of %s in %q", len(writes), call, calls)
		}
		fixed := []string{"--region", "eu-west-1", "--output", "json", "--cli-input-json"}
		if got := writes[0][2 : len(writes[0])-1]; !reflect.DeepEqual(got, fixed) {
			t.Fatalf("words %q, want %q and the request", got, fixed)
		}
		same(t, writes[0][len(writes[0])-1], want)
		if left, _ := filepath.Glob(filepath.Join(dir, "pwned*")); len(left) > 0 {
			t.Fatal("the shell ran what was only text")
		}
	})
}

// same compares a request with what it must say, as JSON.
func same(t *rapid.T, got string, want object) {
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal(raw, &b) != nil || !reflect.DeepEqual(a, b) {
		t.Fatalf("request %s, want %s", got, raw)
	}
	if !bytes.Equal(bytes.Map(printable, []byte(got)), []byte(got)) {
		t.Fatalf("not plain ASCII: %q", got)
	}
}

func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}
