package backup

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func create(name string, rules ...types.BackupRuleInput) *sdk.CreateBackupPlanInput {
	return &sdk.CreateBackupPlanInput{BackupPlan: &types.BackupPlanInput{BackupPlanName: &name, Rules: rules}}
}

func TestPlansThatAreRefused(t *testing.T) {
	with := func(change func(*types.BackupRuleInput)) []types.BackupRuleInput {
		r := ruleOf("daily", "cron(0 5 * * ? *)", 35)
		change(&r)
		return []types.BackupRuleInput{r}
	}
	life := func(cold, days *int64) func(*types.BackupRuleInput) {
		return func(r *types.BackupRuleInput) {
			r.Lifecycle = &types.Lifecycle{MoveToColdStorageAfterDays: cold, DeleteAfterDays: days}
		}
	}
	n := func(i int64) *int64 { return &i }
	const bad = "InvalidParameterValueException"
	rows := []struct {
		name  string
		rules []types.BackupRuleInput
		code  string
		part  string
	}{
		{"no retention at all", with(life(nil, n(0))), bad, "Error in rule daily : Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than 36500 days"},
		{"retention too long", with(life(nil, n(36501))), bad, "Error in rule daily : Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than 36500 days"},
		{"cold too near to deletion", with(life(n(30), n(119))), bad, "Error in rule daily : Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays"},
		{"continuous and cold", with(func(r *types.BackupRuleInput) {
			r.EnableContinuousBackup = always(true)
			r.Lifecycle = &types.Lifecycle{MoveToColdStorageAfterDays: n(1), DeleteAfterDays: n(35)}
		}), bad, "MoveToColdStorageAfterDays is unavailable"},
		{"continuous for too long", with(func(r *types.BackupRuleInput) {
			r.EnableContinuousBackup = always(true)
			r.Lifecycle = keep(36)
		}), bad, "35 days"},
		{"rate instead of cron", with(func(r *types.BackupRuleInput) { r.ScheduleExpression = always("rate(1 day)") }), bad, "Error in rule daily : "},
		{"bad cron", with(func(r *types.BackupRuleInput) { r.ScheduleExpression = always("cron(0 5 * * * *)") }), bad, "Error in rule daily : "},
		{"bad time zone", with(func(r *types.BackupRuleInput) { r.ScheduleExpressionTimezone = always("Mars/Base") }), bad, "Mars/Base"},
		{"start window too short", with(func(r *types.BackupRuleInput) { r.StartWindowMinutes = n(59) }), bad, "60 minutes"},
		{"completion before start", with(func(r *types.BackupRuleInput) { r.CompletionWindowMinutes = n(59) }), bad, "CompletionWindowMinutes cannot be less than StartWindowMinutes"},
		{"six copies", with(func(r *types.BackupRuleInput) {
			for i := range 6 {
				r.CopyActions = append(r.CopyActions, types.CopyAction{DestinationBackupVaultArn: always(home().ARN("backup", fmt.Sprint("backup-vault:v", i)))})
			}
		}), bad, "at most 5 copy actions"},
		{"copy to nowhere", with(func(r *types.BackupRuleInput) {
			r.CopyActions = []types.CopyAction{{DestinationBackupVaultArn: always("v")}}
		}), bad, "Invalid destination"},
		{"no rules", nil, "MissingParameterValueException", "Rules"},
		{"eleven rules", slices.Repeat(with(func(*types.BackupRuleInput) {}), 11), "LimitExceededException", "at most 10 rules"},
		{"the same name twice", slices.Repeat(with(func(*types.BackupRuleInput) {}), 2), bad, "Duplicate rule name"},
	}
	x := newSim(t)
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			e := refused(x, x.s.createBackupPlan, create("p", r.rules...), r.code, r.part)
			if strings.HasPrefix(e.Message, "Error in rule") && (e.Fields["Code"] != "ERROR_3015" || !strings.HasPrefix(e.Fields["Context"].(string), `["daily",`)) {
				t.Errorf("fields %v", e.Fields)
			}
		})
	}
	refused(x, x.s.createBackupPlan, create("bad name", ruleOf("r", "cron(0 5 * * ? *)", 1)), bad, "plan name")
}

func TestTheSameDocumentIsTheSamePlan(t *testing.T) {
	x := newSim(t)
	rule := ruleOf("r", "cron(0 5 * * ? *)", 35)
	in := create("p", rule)
	in.CreatorRequestId = always("me")
	first := must(x, x.s.createBackupPlan, in)
	if again := must(x, x.s.createBackupPlan, in); *again.BackupPlanId != *first.BackupPlanId {
		t.Error("the same CreatorRequestId made a second plan")
	}
	e := refused(x, x.s.createBackupPlan, create("p", rule), "AlreadyExistsException", "Backup plan with the same plan document already exists")
	if e.Fields["Arn"] != *first.BackupPlanArn || e.Fields["CreatorRequestId"] != "me" {
		t.Errorf("fields %v", e.Fields)
	}
	must(x, x.s.createBackupPlan, create("p", ruleOf("r", "cron(0 6 * * ? *)", 35))) // the name may be the same
}

func TestPlanDefaultsVersionsAndPreview(t *testing.T) {
	x := newSim(t)
	id := x.plan("p", types.BackupRuleInput{RuleName: always("r"), TargetBackupVaultName: always("gone")})
	got := must(x, x.s.getBackupPlan, &sdk.GetBackupPlanInput{BackupPlanId: &id, MaxScheduledRunsPreview: 3})
	r := got.BackupPlan.Rules[0]
	if *r.ScheduleExpression != "cron(0 5 ? * * *)" || *r.ScheduleExpressionTimezone != "Etc/UTC" || *r.StartWindowMinutes != 480 || *r.CompletionWindowMinutes != 10080 {
		t.Errorf("defaults: %+v", r)
	}
	var runs []string
	for _, p := range got.ScheduledRunsPreview {
		runs = append(runs, p.ExecutionTime.Format("02 15:04"))
	}
	if want := []string{"05 05:00", "06 05:00", "07 05:00"}; !slices.Equal(runs, want) {
		t.Errorf("preview %v, want %v", runs, want)
	}

	first := *got.VersionId
	update := &sdk.UpdateBackupPlanInput{BackupPlanId: &id, BackupPlan: &types.BackupPlanInput{BackupPlanName: always("p"), Rules: []types.BackupRuleInput{ruleOf("r2", "cron(0 5 * * ? *)", 35)}}}
	x.w.Advance(time.Hour)
	must(x, x.s.updateBackupPlan, update)
	if old := must(x, x.s.getBackupPlan, &sdk.GetBackupPlanInput{BackupPlanId: &id, VersionId: &first}); *old.BackupPlan.Rules[0].RuleName != "r" {
		t.Error("the old version is lost")
	}
	versions := must(x, x.s.listBackupPlanVersions, &sdk.ListBackupPlanVersionsInput{BackupPlanId: &id}).BackupPlanVersionsList
	if len(versions) != 2 || *versions[1].VersionId != first {
		t.Errorf("versions: %+v", versions)
	}
	update.BackupPlan.BackupPlanName = always("other")
	refused(x, x.s.updateBackupPlan, update, "InvalidParameterValueException", "name cannot be changed")

	must(x, x.s.deleteBackupPlan, &sdk.DeleteBackupPlanInput{BackupPlanId: &id})
	refused(x, x.s.getBackupPlan, &sdk.GetBackupPlanInput{BackupPlanId: &id}, "ResourceNotFoundException", "")
	must(x, x.s.getBackupPlan, &sdk.GetBackupPlanInput{BackupPlanId: &id, VersionId: &first})
	if n := len(must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList); n != 0 {
		t.Errorf("%d plans listed", n)
	}
	deleted := must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{IncludeDeleted: always(true)}).BackupPlansList
	if len(deleted) != 1 || deleted[0].DeletionDate == nil {
		t.Errorf("with deleted ones: %+v", deleted)
	}
}

func TestAPlanWithSelectionsIsNotDeleted(t *testing.T) {
	x := daily(t)
	id := *must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList[0].BackupPlanId
	refused(x, x.s.deleteBackupPlan, &sdk.DeleteBackupPlanInput{BackupPlanId: &id}, "InvalidRequestException", "Related backup plan selections must be deleted prior to backup plan deletion")
}

func TestAPlanGoesThroughJSON(t *testing.T) {
	x := newSim(t)
	id := x.plan("p", ruleOf("r", "cron(0 5 * * ? *)", 35))
	text := must(x, x.s.exportBackupPlan, &sdk.ExportBackupPlanTemplateInput{BackupPlanId: &id}).BackupPlanTemplateJson
	if !json.Valid([]byte(*text)) {
		t.Fatalf("not JSON: %s", *text)
	}
	back := must(x, x.s.planFromJSON, &sdk.GetBackupPlanFromJSONInput{BackupPlanTemplateJson: text}).BackupPlan
	if *back.BackupPlanName != "p" || *back.Rules[0].ScheduleExpression != "cron(0 5 * * ? *)" || *back.Rules[0].Lifecycle.DeleteAfterDays != 35 {
		t.Errorf("came back as %+v", back)
	}
	refused(x, x.s.planFromJSON, &sdk.GetBackupPlanFromJSONInput{BackupPlanTemplateJson: always("{")}, "InvalidParameterValueException", "Invalid JSON")
}

func TestSelectionsThatAreRefused(t *testing.T) {
	x := newSim(t)
	plan := x.plan("p", ruleOf("r", "cron(0 5 * * ? *)", 35))
	const bad = "InvalidParameterValueException"
	const empty = "Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty."
	try := func(sel types.BackupSelection, code, part string) {
		t.Helper()
		if sel.SelectionName == nil {
			sel.SelectionName = always("s")
		}
		if sel.IamRoleArn == nil {
			sel.IamRoleArn = always(role)
		}
		refused(x, x.s.createBackupSelection, &sdk.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &sel}, code, part)
	}
	try(types.BackupSelection{}, bad, empty)
	try(types.BackupSelection{NotResources: []string{"*"}}, bad, empty)
	try(types.BackupSelection{Conditions: &types.Conditions{StringEquals: cond("aws:ResourceTag/a", "b")}}, bad, empty)
	try(types.BackupSelection{Resources: []string{"orders"}}, bad, "Invalid ARN")
	try(types.BackupSelection{Resources: []string{"*"}, IamRoleArn: always("backup")}, bad, "Invalid IAM role ARN")
	try(types.BackupSelection{Resources: []string{"*"}, SelectionName: always("no spaces")}, bad, "selection name")
	try(types.BackupSelection{Resources: slices.Repeat([]string{"arn:aws:dynamodb:*"}, 31)}, bad, "30 with wildcards")
	try(types.BackupSelection{Resources: slices.Repeat([]string{"arn:aws:dynamodb:eu-west-1:111111111111:table/t"}, 501)}, bad, "500 ARNs")
	x.roles.gone[role] = true
	try(everything(), bad, "IAM Role "+role+" cannot be assumed by AWS Backup")
	delete(x.roles.gone, role)
	x.roles.lacks[role] = "tag:GetResources"
	try(types.BackupSelection{ListOfTags: listed("a", "b")}, bad, "tag:GetResources")
	delete(x.roles.lacks, role)

	x.selects(plan, everything())
	try(everything(), "AlreadyExistsException", "")
	_, err := try2(x, "none")
	wantError(t, err, bad, "Cannot find Backup plan")
}

func try2(x *sim, plan string) (*sdk.CreateBackupSelectionOutput, error) {
	sel := everything()
	sel.SelectionName, sel.IamRoleArn = always("s"), always(role)
	return try(x, home(), x.s.createBackupSelection, &sdk.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &sel})
}

func TestTheLimitsOfSelections(t *testing.T) {
	x := newSim(t)
	plan := x.plan("p", ruleOf("r", "cron(0 5 * * ? *)", 35))
	tagged := func(i int) types.BackupSelection {
		return types.BackupSelection{SelectionName: always(fmt.Sprint("t", i)), IamRoleArn: always(role), ListOfTags: listed("a", "b")}
	}
	for i := range 10 {
		x.selects(plan, tagged(i))
	}
	over := tagged(10)
	refused(x, x.s.createBackupSelection, &sdk.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &over}, "LimitExceededException", "10 selections that use tags")
	for i := range 90 {
		x.selects(plan, types.BackupSelection{SelectionName: always(fmt.Sprint("r", i)), Resources: []string{"*"}})
	}
	over = types.BackupSelection{SelectionName: always("last"), IamRoleArn: always(role), Resources: []string{"*"}}
	refused(x, x.s.createBackupSelection, &sdk.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &over}, "LimitExceededException", "100 selections")
}

func TestQuotasCanBeLifted(t *testing.T) {
	for _, lift := range []bool{false, true} {
		x := newSim(t, func(o *Options) { o.LiftQuotas = lift })
		for i := range 300 {
			x.plan(fmt.Sprint("p", i), ruleOf("r", "cron(0 5 * * ? *)", 35))
		}
		_, err := try(x, home(), x.s.createBackupPlan, create("more", ruleOf("r", "cron(0 5 * * ? *)", 35)))
		if (err == nil) != lift {
			t.Errorf("lifted %v: %v", lift, err)
		}
	}
}

func TestTags(t *testing.T) {
	x := newSim(t)
	vault := x.vault(home(), "main")
	must(x, x.s.tagResource, &sdk.TagResourceInput{ResourceArn: &vault, Tags: map[string]string{"a": "1", "b": "2"}})
	must(x, x.s.untagResource, &sdk.UntagResourceInput{ResourceArn: &vault, TagKeyList: []string{"a"}})
	if got := must(x, x.s.listTags, &sdk.ListTagsInput{ResourceArn: &vault}).Tags; len(got) != 1 || got["b"] != "2" {
		t.Errorf("tags %v", got)
	}
	refused(x, x.s.tagResource, &sdk.TagResourceInput{ResourceArn: &vault, Tags: map[string]string{"aws:x": ""}}, "InvalidParameterValueException", "tag")
	refused(x, x.s.listTags, &sdk.ListTagsInput{ResourceArn: always(vault + "x")}, "ResourceNotFoundException", "")
	many := map[string]string{}
	for i := range 50 {
		many[fmt.Sprint(i)] = ""
	}
	refused(x, x.s.tagResource, &sdk.TagResourceInput{ResourceArn: &vault, Tags: many}, "LimitExceededException", "50 tags")
}
