package control

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/restorable/restorable/internal/yamlfile"
)

// own is a user's control without a mistake; the tests break it.
const own = `id: tables-are-named
title: Tables have an owner
description: Somebody must be asked before a table goes.
severity: low
level: 1
kind: preventative
resource: table
parameters:
  - name: owner
    type: string
    default: nobody
    description: who owns what nobody owns
applies: table.name != "scratch"
passes: |
  "owner" in table.tags
  && table.tags["owner"] != params.owner
reasons:
  pass: "{table.name} is owned by {table.tags[\"owner\"]}"
  fail: "{table.name} has no owner: {{owner}}"
  unknown: "tags of {table.name} unknown: {missing}"
  not_applicable: scratch tables need none
by_hand:
  commands:
    - aws dynamodb list-tags-of-resource --resource-arn {table.arn} --region {region}
  console: DynamoDB > Tables
references: [https://example.com/]
examples:
  - name: owned
    verdict: PASS
    resource: t
    reason: t is owned by ann
    unit: {tables: [{id: t, name: t, tags: {owner: ann}}]}
  - name: not owned
    verdict: FAIL
    resource: t
    reason: "t has no owner: {owner}"
    unit: {tables: [{id: t, name: t, tags: {}}]}
  - name: denied
    verdict: UNKNOWN
    resource: t
    unit: {tables: [{id: t, name: t}]}
  - name: scratch
    verdict: NOT_APPLICABLE
    resource: scratch
    unit: {tables: [{id: scratch, name: scratch}]}
`

func loadOwn(t *testing.T, files map[string]string) (*Catalogue, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return catalogue(t).LoadDir(fsys, "mine")
}

func TestUsersOwnControlIsLikeABuiltInOne(t *testing.T) {
	c, err := loadOwn(t, map[string]string{"own.yaml": own, "readme.txt": "not a control"})
	if err != nil {
		t.Fatal(err)
	}
	k, ok := c.Control("tables-are-named")
	if !ok || k.Builtin {
		t.Fatalf("not loaded as a user's own: %+v", k)
	}
	for _, result := range c.Test(k) {
		if result.Err != nil {
			t.Error(result.Err)
		}
	}
	chosen, err := c.Select(Selection{})
	if want := inDefaultProfile(t) + 1; err != nil || len(chosen) != want {
		t.Errorf("the default selection has %d controls (%v), want %d: the built-in ones and the user's own", len(chosen), err, want)
	}
	if _, ok := catalogue(t).Control("tables-are-named"); ok {
		t.Error("the built-in catalogue was changed")
	}
}

func TestMistakesInAControlFile(t *testing.T) {
	replace := func(old, replacement string) string {
		if !strings.Contains(own, old) {
			t.Fatalf("nothing to replace: %s", old)
		}
		return strings.Replace(own, old, replacement, 1)
	}
	rows := []struct {
		name, text, message, hint string
		line, column              int
	}{
		{"unknown member", replace("severity: low", "severty: low"), "unknown member severty", "did you mean severity?", 4, 1},
		{"missing member", replace("title: Tables have an owner\n", ""), "member title is missing", "", 1, 1},
		{"bad severity", replace("severity: low", "severity: hihg"), "hihg is no severity", "did you mean high?", 4, 11},
		{"bad resource", replace("resource: table", "resource: tabel"), "tabel is no resource", "did you mean table?", 7, 11},
		{"bad level", replace("level: 1", "level: 3"), "level is 1 or 2", "", 5, 1},
		{"level no number", replace("level: 1", "level: high"), "level must be a whole number, found text", "", 5, 8},
		{"bad id", replace("id: tables-are-named", "id: Tables Are"), "Tables Are is no id", "dashes", 1, 5},
		{"member twice", replace("level: 1", "level: 1\nlevel: 2"), "level", "", 6, 1},
		{"bad parameter type", replace("type: string", "type: strng"), "strng is no type", "did you mean string?", 10, 11},
		{"bad default", replace("type: string\n    default: nobody", "type: duration\n    default: soon"), `"soon" is no duration`, "", 11, 14},
		{"syntax error in a block", replace(`&& table.tags["owner"]`, `&& && table.tags["owner"]`), "Syntax error", "", 16, 6},
		{"misspelt attribute in a block", replace(`table.tags["owner"] != params`, `table.tgas["owner"] != params`), "undefined field 'tgas'", "did you mean tags?", 16, 11},
		{"misspelt attribute in a plain text", replace(`applies: table.name`, `applies: table.nmae`), "undefined field 'nmae'", "did you mean name?", 13, 15},
		{"misspelt parameter", replace("params.owner\n", "params.ownr\n"), "undeclared reference to 'params.ownr'", "did you mean params.owner?", 16, 35},
		{"misspelt attribute in a quoted reason", replace(`unknown: "tags of {table.name}`, `unknown: "tags of {table.naem}`), "undefined field 'naem'", "did you mean name?", 20, 27},
		{"not a bool", replace(`"owner" in table.tags
  && table.tags["owner"] != params.owner`, `table.name`), "of type string, want bool", "", 15, 3},
		{"brace never closed", replace(`{missing}"`, `{missing"`), "a brace is never", "write {{", 20, 43},
		{"reason missing", replace("  pass: \"{table.name} is owned by {table.tags[\\\"owner\\\"]}\"\n", ""), "member pass is missing", "", 18, 3},
		{"not_applicable missing", replace("  not_applicable: scratch tables need none\n", ""), "member not_applicable is missing", "", 18, 3},
		{"unknown placeholder", replace("--region {region}", "--region {regoin}"), "unknown placeholder {regoin}", "{region}", 24, 7},
		{"no example for UNKNOWN", replace("verdict: UNKNOWN", "verdict: FAIL"), "an example with the verdict UNKNOWN is missing", "", 1, 1},
		{"an example without a unit", replace("    unit: {tables: [{id: t, name: t}]}\n", ""), "member unit is missing", "base", 38, 5},
		{"an anchor", replace("severity: low", "severity: &x low"), "severity must be text, found an anchor", "", 4, 11},
		{"a remedy that no plan knows", replace("level: 1", "remedy: tag-table\nlevel: 1"), "there is no remedy tag-table", "did you mean tag-tables?", 5, 9},
		{"a control to follow that is none", replace("level: 1", "follows: [recoverabel]\nlevel: 1"), "there is no control recoverabel to follow", "did you mean recoverable?", 5, 1},
		{"a tab", replace("level: 1", "\tlevel: 1"), "not YAML: a tab stands where", "indent with spaces", 5, 1},
		{"not YAML", replace("level: 1", "level: [1"), "not YAML", "", 0, 0},
		{"a list", "- a\n- b\n", "a control must be a mapping, found a list", "", 1, 1},
		{"two documents", own + "---\n" + own, "want one YAML document, found 2", "", 0, 0},
		{"empty", "", "want one YAML document, found 0", "", 0, 0},
		{"too large", own + strings.Repeat("#", yamlfile.MaxBytes), "the limit is", "", 0, 0},
		{"too deep", "id: " + strings.Repeat("[", 500), "nested deeper", "", 1, 45},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := loadOwn(t, map[string]string{"own.yaml": row.text})
			var load *LoadError
			if !errors.As(err, &load) {
				t.Fatalf("got %v, want a LoadError", err)
			}
			for _, m := range load.Mistakes {
				if strings.Contains(m.Message, row.message) && strings.Contains(m.Hint, row.hint) &&
					(row.line == 0 || m.Line == row.line && m.Column == row.column) && m.File == "mine/own.yaml" {
					return
				}
			}
			t.Errorf("want %d:%d %q (%s), got\n%v", row.line, row.column, row.message, row.hint, err)
		})
	}
}

func TestAMistakeShowsItsPlace(t *testing.T) {
	_, err := loadOwn(t, map[string]string{"own.yaml": strings.Replace(own, "table.tags[\"owner\"] != params", "table.tgas[\"owner\"] != params", 1)})
	want := "mine/own.yaml:16:11: undefined field 'tgas'\n" +
		"  16 |   && table.tgas[\"owner\"] != params.owner\n" +
		"     |           ^\n" +
		"     hint: did you mean tags?"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	two := strings.Replace(strings.Replace(own, "severity: low", "severity: lo", 1), "kind: preventative", "kind: predictive", 1)
	_, err := loadOwn(t, map[string]string{"a.yaml": two, "b.yml": "- x"})
	var load *LoadError
	if !errors.As(err, &load) || len(load.Mistakes) != 3 {
		t.Errorf("want 3 mistakes, got %v", err)
	}
}

func TestAnIDMayNotBeTakenTwice(t *testing.T) {
	_, err := loadOwn(t, map[string]string{"a.yaml": strings.Replace(own, "id: tables-are-named", "id: recoverable", 1)})
	if err == nil || !strings.Contains(err.Error(), "control recoverable exists already, in catalogue/recoverable.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAFolderThatHoldsNoControlsIsAnError(t *testing.T) {
	if _, err := loadOwn(t, map[string]string{"notes.txt": "x"}); !errors.Is(err, ErrNoFiles) {
		t.Errorf("got %v", err)
	}
	if _, err := catalogue(t).LoadDir(os.DirFS(filepath.Join(t.TempDir(), "gone")), "gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestAWrongExampleIsFound(t *testing.T) {
	c, err := loadOwn(t, map[string]string{"a.yaml": strings.Replace(own, "verdict: PASS\n    resource: t", "verdict: PASS\n    resource: u", 1)})
	if err != nil {
		t.Fatal(err)
	}
	k, _ := c.Control("tables-are-named")
	if got := c.Test(k)[0].Err; got == nil || !strings.Contains(got.Error(), `mine/a.yaml:28: example "owned": there is no table "u"`) {
		t.Errorf("got %v", got)
	}
}

const ownFramework = `id: house-rules
title: House rules
publisher: us
version: "1"
url: https://example.com/
requirements:
  - id: H1
    title: Back up
    controls:
      - {control: recoverable, sources: [P]}
`

func TestFrameworks(t *testing.T) {
	rows := []struct{ name, old, replacement, message string }{
		{"a control that does not exist", "recoverable", "recovrable", "there is no control recovrable\n"},
		{"an unknown source", "[P]", "[Q]", "Q is no source of mappings"},
		{"no source", ", sources: [P]", "", "member sources is missing"},
		{"ours without a reason", "[P]", "[restorable]", "needs a reason"},
		{"an unknown member", "publisher", "publishr", "did you mean publisher?"},
		{"an id twice", "house-rules", "nist-csf-1.1", "exists already"},
		{"a requirement twice", "    controls:", "  - id: H1\n    title: x\n    controls:", "requirement H1 is given twice"},
	}
	for _, row := range rows {
		text := strings.Replace(ownFramework, row.old, row.replacement, 1)
		if _, err := loadOwn(t, map[string]string{"frameworks/house.yaml": text}); err == nil || !strings.Contains(err.Error(), row.message) {
			t.Errorf("%s: got %v", row.name, err)
		}
	}
	c, err := loadOwn(t, map[string]string{"frameworks/house.yaml": ownFramework})
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := c.Select(Selection{Frameworks: []string{"house-rules"}})
	if err != nil || len(chosen) != 1 || chosen[0].ID != "recoverable" {
		t.Errorf("got %v, %v", chosen, err)
	}
	if got := c.RequirementsOf("recoverable"); len(got["nist-csf-1.1"]) != 2 || got["house-rules"][0] != "H1" {
		t.Errorf("requirements of recoverable: %v", got)
	}
}

func TestSelect(t *testing.T) {
	c := catalogue(t)
	ids := func(s Selection) string {
		chosen, err := c.Select(s)
		if err != nil {
			return err.Error()
		}
		var out []string
		for _, k := range chosen {
			out = append(out, k.ID)
		}
		return strings.Join(out, " ")
	}
	rows := []struct {
		selection Selection
		want      string
	}{
		{Selection{Controls: []string{"recoverable"}}, "recoverable"},
		{Selection{Controls: []string{"dynamodb_table_protected_by_backup_plan"}}, "backup-plan-membership"},
		{Selection{Controls: []string{"security-hub:DynamoDB.4", "DynamoDB-005"}}, "any-recovery-point backup-plan-membership"},
		{Selection{Controls: []string{"dynamodb.2"}}, "point-in-time-recovery"},
		{Selection{Controls: []string{"BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"}}, "plan-frequency plan-retention"},
		{Selection{Controls: []string{"pitr-window", "recoverable"}, Skip: []string{"pitr-window"}}, "recoverable"},
		{Selection{Controls: []string{"DYNAMODB_PITR_ENABLED"}}, "point-in-time-recovery"},
		{Selection{Controls: []string{"aws-config:dynamodb_in_backup_plan"}}, "backup-plan-membership"},
		{Selection{Controls: []string{"CKV_AWS_47"}}, `unknown control "CKV_AWS_47"`},
		{Selection{Controls: []string{"AVD-AWS-0023"}}, `unknown control "AVD-AWS-0023"`},
		{Selection{Controls: []string{"CKV_AWS28"}}, `unknown control "CKV_AWS28": did you mean CKV_AWS_28?`},
		{Selection{Controls: []string{"pitr-windw"}}, `unknown control "pitr-windw": did you mean pitr-window?`},
		{Selection{Skip: []string{"xyzzy-nothing-like-it"}}, `unknown control "xyzzy-nothing-like-it"`},
		{Selection{Controls: []string{"pitr-window"}, Frameworks: []string{"gdpr"}}, "pitr-window"},
		{Selection{Controls: []string{"pitr-window"}, Frameworks: []string{"gpdr"}}, `unknown framework "gpdr": did you mean gdpr?`},
		{Selection{Frameworks: []string{"nist-csf-1.2"}}, `unknown framework "nist-csf-1.2": did you mean nist-csf-1.1?`},
		{Selection{Profiles: []string{"recoverabilty"}}, `unknown profile "recoverabilty": did you mean recoverability?`},
	}
	for _, row := range rows {
		if got := ids(row.selection); got != row.want {
			t.Errorf("%+v:\n got %s\nwant %s", row.selection, got, row.want)
		}
	}
	if got := len(strings.Fields(ids(Selection{}))); got != inDefaultProfile(t) || got < 12 {
		t.Errorf("the default profile has %d controls, want %d", got, inDefaultProfile(t))
	}
}

// Every name under which other auditors ask a question that is asked here, too.
func TestPeersNames(t *testing.T) {
	want := map[string]string{
		"backup-opt-in":               "backupResourceProtection",
		"backup-plan-membership":      "dynamodb_table_protected_by_backup_plan dynamodb_table_in_backup_plan dynamodb-in-backup-plan dynamodb-resources-protected-by-backup-plan DynamoDB.4 BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN DynamoDBInBackupPlan DYNAMODB_IN_BACKUP_PLAN backup-selection-resource-coverage-check",
		"point-in-time-recovery":      "dynamodb_tables_pitr_enabled dynamodb_table_point_in_time_recovery_enabled dynamodb_2 dynamodb-pitr-enabled DynamoDB.2 continuous-backup CKV_AWS_28 CKV_AWS_165 AVD-AWS-0024 741f1291-47ac-4a85-a07b-3d32a9d6bd3e DYNAMODB_PITR_ENABLED W78 DynamoDBPITREnabled CT.DYNAMODB.PR.1 dynamoContinuousBackups DynamoDB-003",
		"recent-recovery-point":       "dynamodb-last-backup-recovery-point-created BACKUP_LAST_RECOVERY_POINT_CREATED",
		"consecutive-recovery-points": "consecutive-aws-backups consecutive-backups",
		"any-recovery-point":          "dynamoTableBackupExists DynamoDB-005",
		"restore-time":                "dynamodb-meets-restore-time-target RESTORE_TIME_FOR_RESOURCES_MEET_TARGET",
		"restore-testing-plan":        "backup-restore-testing-plan-exists-check",
		"encryption-kms":              "dynamodb_tables_kms_cmk_encryption_enabled dynamodb_table_encrypted_with_kms dynamodb_table_encryption_enabled dynamodb-table-encrypted-kms dynamodb-table-encryption-enabled CKV_AWS_119 CKV_AWS_271 AVD-AWS-0025 ce089fd4-1406-47bd-8aad-c259772bb294 DYNAMODB_TABLE_ENCRYPTED_KMS W74 DYNAMODB_TABLE_MUST_BE_ENCRYPTED dynamoKmsEncryption CT.DYNAMODB.PR.2",
		"backup-vault-exists":         "backup_vaults_exist backup_vault_region_configured",
		"backup-plan-exists":          "backup_plans_exist backup_plan_region_configured",
		"backup-report-plan-exists":   "backup_reportplans_exist backup_report_plan_configured backup-report-plan-exists-check",
		"vault-encryption":            "backup_vaults_encrypted CKV_AWS_166 backupVaultEncrypted backup_vault_encryption_disabled",
		"recovery-point-encrypted":    "backup_recovery_point_encrypted backup_recovery_point_encryption_enabled backup_1 Backup.1 BACKUP_RECOVERY_POINT_ENCRYPTED",
		"plan-retention":              "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK backup_plan_min_retention_35_days",
		"plan-lifecycle":              "compliantLifecycleConfigured",
		"recovery-point-retention":    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK backup_recovery_point_min_retention_35_days",
		"vault-deletion-denied":       "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED backup-recovery-point-manual-deletion-disabled backup_recovery_point_manual_deletion_disabled backupDeletionProtection backup-vault-access-policy-check",
		"vault-policy-exposure":       "backupVaultPolicies",
		"vault-locked":                "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK backup-vault-lock-check backup_vaults_lock_enabled",
		"copy-cross-region":           "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION",
		"copy-cross-account":          "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
		"recovery-point-air-gapped":   "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT",
		"vault-notifications":         "backupNotificationEnabled",
		"deletion-protection":         "dynamodb_table_deletion_protection_enabled dynamodb_6 DynamoDB.6",
		"required-tags":               "DynamoDB.5 dynamoTableHasTags required-tags",
		"capacity-scaling":            "dynamodb_table_autoscaling_enabled dynamodb_table_auto_scaling_enabled dynamodb-autoscaling-enabled DynamoDB.1 CKV2_AWS_16 DynamoDBAutoScalingEnabled W73",
		"resource-policy-exposure":    "dynamodb_table_cross_account_access cross-account",
	}
	c := catalogue(t)
	for id, names := range want {
		for _, name := range strings.Fields(names) {
			chosen, err := c.Select(Selection{Controls: []string{name}})
			if err != nil || !slices.ContainsFunc(chosen, func(k *Control) bool { return k.ID == id }) {
				t.Errorf("%s: want %s, got %v, %v", name, id, len(chosen), err)
			}
		}
	}
}

// inDefaultProfile counts the built-in controls that name the default profile.
func inDefaultProfile(t *testing.T) int {
	n := 0
	for _, k := range catalogue(t).Controls() {
		if slices.Contains(k.Profiles, DefaultProfile) {
			n++
		}
	}
	return n
}

func FuzzLoadControl(f *testing.F) {
	f.Add([]byte(own))
	f.Add([]byte("a: &b [*b]"))
	f.Add([]byte("passes: |\n    'x\n"))
	f.Add([]byte(ownFramework))
	for _, k := range catalogue(f).Controls() {
		text, err := builtin.ReadFile(k.File)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	l, err := newLanguage()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		watchdog := time.AfterFunc(20*time.Second, func() { panic("loading takes too long") })
		defer watchdog.Stop()
		k, err := l.parseControl("fuzz.yaml", text)
		if err != nil {
			var load *LoadError
			if !errors.As(err, &load) || len(load.Mistakes) == 0 || load.Error() == "" {
				t.Fatalf("not a LoadError with mistakes: %v", err)
			}
			return
		}
		c := &Catalogue{language: l}
		for _, result := range c.Test(k) {
			_ = result
		}
		if _, err := c.Page(k); err != nil {
			t.Fatal(err)
		}
	})
}
