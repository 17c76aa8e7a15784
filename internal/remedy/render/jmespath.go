package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/remedy"
)

// asciiJSON is a document in plain ASCII on one line: it passes through every locale, terminal and editor as it is.
func asciiJSON(v any) string {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null" // requests are plain maps and lists, which always marshal
	}
	var b strings.Builder
	for text := strings.TrimSuffix(raw.String(), "\n"); text != ""; {
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch {
		case r < utf8.RuneSelf && r != 0x7f:
			b.WriteByte(byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// literal is a value in a JMESPath expression (https://jmespath.org/specification.html#literal-expressions): JSON between backticks, whatever the value holds.
func literal(v any) string { return "`" + strings.ReplaceAll(asciiJSON(v), "`", `\u0060`) + "`" }

// equal compares what a path leads to with a value; nil stands for a member that is not there.
func equal(path string, v any) string { return path + " == " + literal(v) }

// all joins conditions; none at all is true.
func all(conditions ...string) string {
	if len(conditions) == 0 {
		return literal(true)
	}
	return strings.Join(conditions, " && ")
}

// verdictQuery answers fits where a condition holds, open where the one before does, and moved otherwise.
func verdictQuery(done, before string) string {
	if before == "" {
		before = literal(true)
	}
	return fmt.Sprintf("(%s) && %s || (%s) && %s || %s", done, literal(answerFits), before, literal(answerOpen), literal("moved"))
}

// orNull is a member that may be left out: days and minutes of 0 stand for none.
func orNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// ruleFits is the condition that a plan's rules, found at a path, hold a rule just as it is given, with AWS's defaults for what it leaves
// out (aws-semantics 2.1). Settings that are none of ours, such as index actions, are not compared.
func ruleFits(rules string, r remedy.Rule) string {
	schedule, timezone, start, completion := r.Schedule, r.Timezone, r.StartWindow, r.CompletionWindow
	if schedule == "" {
		schedule = "cron(0 5 ? * * *)"
	}
	if timezone == "" || timezone == "UTC" {
		timezone = "Etc/UTC"
	}
	if start == 0 {
		start = 480
	}
	if completion == 0 {
		completion = 10_080
	}
	fits := all(
		equal("RuleName", r.Name), equal("TargetBackupVaultName", r.Vault), equal("ScheduleExpression", schedule),
		equal("(ScheduleExpressionTimezone || "+literal("Etc/UTC")+")", timezone),
		equal("(StartWindowMinutes || "+literal(480)+")", start), equal("(CompletionWindowMinutes || "+literal(10_080)+")", completion),
		equal("Lifecycle.DeleteAfterDays", orNull(r.DeleteAfterDays)), equal("Lifecycle.MoveToColdStorageAfterDays", orNull(r.ColdAfterDays)),
		equal("(EnableContinuousBackup || "+literal(false)+")", r.Continuous), equal("TargetLogicallyAirGappedBackupVaultArn", orNothing(r.AirGappedVault)),
		equal("(RecoveryPointTags || "+literal(map[string]string{})+")", orEmpty(r.Tags)), copiesFit(r.Copies),
	)
	return "length((" + rules + ")[?" + fits + "]) == " + literal(1)
}

func copiesFit(copies []remedy.Copy) string {
	want := [][]any{}
	for _, c := range sortedBy(copies, func(c remedy.Copy) string { return c.VaultARN }) {
		want = append(want, []any{c.VaultARN, orNull(c.DeleteAfterDays), orNull(c.ColdAfterDays)})
	}
	return equal("sort_by((CopyActions || "+literal([]any{})+"), &DestinationBackupVaultArn)[].[DestinationBackupVaultArn, Lifecycle.DeleteAfterDays, Lifecycle.MoveToColdStorageAfterDays]", want)
}

// rulesFit is the condition that a plan has just these rules.
func rulesFit(rules []remedy.Rule) string {
	conditions := []string{equal("length(BackupPlan.Rules)", len(rules))}
	for _, r := range rules {
		conditions = append(conditions, ruleFits("BackupPlan.Rules", r))
	}
	return all(conditions...)
}

// selectionFits is the condition that a selection says just this; the order of its lists does not count.
func selectionFits(s *remedy.Selection) string {
	return all(
		equal("BackupSelection.SelectionName", s.Name), equal("BackupSelection.IamRoleArn", s.RoleARN),
		sameTexts("BackupSelection.Resources", s.Resources), sameTexts("BackupSelection.NotResources", s.NotResources),
		sameTags("BackupSelection.ListOfTags", s.ListOfTags), sameTags("BackupSelection.Conditions.StringEquals", s.StringEquals),
		sameTags("BackupSelection.Conditions.StringNotEquals", s.StringNotEquals), sameTags("BackupSelection.Conditions.StringLike", s.StringLike),
		sameTags("BackupSelection.Conditions.StringNotLike", s.StringNotLike),
	)
}

func sameTexts(path string, list []string) string {
	want := append([]string{}, sortedBy(list, func(s string) string { return s })...)
	return equal("sort("+path+" || "+literal([]any{})+")", want)
}

func sameTags(path string, list []remedy.TagMatch) string {
	want := []string{}
	for _, t := range list {
		want = append(want, t.Key+"="+t.Value)
	}
	return sameTextsOf("("+path+" || "+literal([]any{})+")[].join("+literal("=")+", [ConditionKey, ConditionValue])", want)
}

func sameTextsOf(projection string, list []string) string {
	return equal("sort("+projection+")", append([]string{}, sortedBy(list, func(s string) string { return s })...))
}

// orNothing is a text that may be left out.
func orNothing(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
