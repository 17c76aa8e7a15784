package estatebridge

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/backup"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// plan is a plan in its current version, the only one that an estate knows.
func (l *loader) plan(sc world.Scope, p *estate.Plan) backup.PlanState {
	document := types.BackupPlan{BackupPlanName: aws.String(p.Name.Or(p.ID))}
	for i := range p.Rules.Items {
		document.Rules = append(document.Rules, rule(&p.Rules.Items[i]))
	}
	out := backup.PlanState{
		ID: planID(p), Tags: p.Tags.Or(nil), LastRun: moment(p.LastRun), Organisation: p.FromOrganization.Or(false),
		Versions: []backup.PlanVersionState{{ID: p.Version.Or("unknown"), Created: moment(p.CreatedAt), Plan: document}},
	}
	if !p.Rules.IsWhole() {
		l.say("%s: the rules of plan %s are not all known", place(sc), p.Name.Or(p.ID))
	}
	if !p.Selections.IsWhole() {
		l.say("%s: the selections of plan %s are not all known", place(sc), p.Name.Or(p.ID))
	}
	for i := range p.Selections.Items {
		out.Selections = append(out.Selections, l.selection(sc, p, &p.Selections.Items[i]))
	}
	return out
}

func planID(p *estate.Plan) string {
	if id, ok := p.PlanID.Get(); ok {
		return id
	}
	return p.ID[strings.LastIndexByte(p.ID, ':')+1:]
}

func rule(r *estate.Rule) types.BackupRule {
	out := types.BackupRule{
		RuleId: aws.String(r.ID), RuleName: aws.String(r.Name.Or(r.ID)), TargetBackupVaultName: aws.String(r.Vault.Or("")), TargetLogicallyAirGappedBackupVaultArn: ptr(r.AirGappedVault),
		ScheduleExpression: ptr(r.Schedule), ScheduleExpressionTimezone: ptr(r.Timezone), StartWindowMinutes: ptr(r.StartWindow),
		CompletionWindowMinutes: ptr(r.CompletionWindow), Lifecycle: lifecycle(r.ColdAfterDays, r.DeleteAfterDays), EnableContinuousBackup: ptr(r.Continuous),
		RecoveryPointTags: r.RecoveryPointTags.Or(nil),
	}
	for i := range r.Copies.Items {
		c := &r.Copies.Items[i]
		out.CopyActions = append(out.CopyActions, types.CopyAction{DestinationBackupVaultArn: aws.String(c.VaultARN.Or(c.ID)), Lifecycle: lifecycle(c.ColdAfterDays, c.DeleteAfterDays)})
	}
	return out
}

func lifecycle(cold, remove estate.Fact[int64]) *types.Lifecycle {
	if !cold.IsKnown() && !remove.IsKnown() {
		return nil
	}
	return &types.Lifecycle{MoveToColdStorageAfterDays: ptr(cold), DeleteAfterDays: ptr(remove)}
}

// selection: what of it is not known selects and narrows nothing.
func (l *loader) selection(sc world.Scope, p *estate.Plan, x *estate.Selection) backup.SelectionState {
	for _, f := range []estate.State{
		x.Resources.State(), x.NotResources.State(), x.ListOfTags.State(), x.StringEquals.State(), x.StringNotEquals.State(), x.StringLike.State(), x.StringNotLike.State(), x.RoleARN.State(),
	} {
		if f == estate.Unknown {
			l.say("%s: selection %s of plan %s is not known in full; what is unknown selects and narrows nothing", place(sc), x.Name.Or(x.ID), p.Name.Or(p.ID))
		}
	}
	in := types.BackupSelection{
		SelectionName: aws.String(x.Name.Or(x.ID)), IamRoleArn: aws.String(x.RoleARN.Or("")), Resources: x.Resources.Or(nil), NotResources: x.NotResources.Or(nil),
	}
	for _, m := range x.ListOfTags.Or(nil) {
		in.ListOfTags = append(in.ListOfTags, types.Condition{ConditionType: types.ConditionTypeStringequals, ConditionKey: aws.String(m.Key), ConditionValue: aws.String(m.Value)})
	}
	c := types.Conditions{
		StringEquals: parameters(x.StringEquals), StringNotEquals: parameters(x.StringNotEquals), StringLike: parameters(x.StringLike), StringNotLike: parameters(x.StringNotLike),
	}
	if len(c.StringEquals)+len(c.StringNotEquals)+len(c.StringLike)+len(c.StringNotLike) > 0 {
		in.Conditions = &c
	}
	return backup.SelectionState{ID: x.ID, Created: orElse(moment(x.CreatedAt), moment(p.CreatedAt)), Selection: in}
}

func parameters(f estate.Fact[[]estate.TagMatch]) []types.ConditionParameter {
	var out []types.ConditionParameter
	for _, m := range f.Or(nil) {
		out = append(out, types.ConditionParameter{ConditionKey: aws.String(m.Key), ConditionValue: aws.String(m.Value)})
	}
	return out
}

func restoreTest(p *estate.RestoreTestingPlan) backup.RestoreTestState {
	points := types.RestoreTestingRecoveryPointSelection{
		Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithm(p.Algorithm.Or(string(types.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow))), IncludeVaults: p.IncludeVaults.Or([]string{"*"}),
		ExcludeVaults: p.ExcludeVaults.Or(nil), SelectionWindowDays: int32(p.WindowDays.Or(0)),
	}
	for _, kind := range p.PointTypes.Or([]string{string(types.RestoreTestingRecoveryPointTypeSnapshot)}) {
		points.RecoveryPointTypes = append(points.RecoveryPointTypes, types.RestoreTestingRecoveryPointType(kind))
	}
	out := backup.RestoreTestState{Plan: types.RestoreTestingPlanForGet{
		RestoreTestingPlanArn: aws.String(p.ID), RestoreTestingPlanName: ptr(p.Name), ScheduleExpression: ptr(p.Schedule), ScheduleExpressionTimezone: ptr(p.Timezone),
		StartWindowHours: int32(p.StartWindowHours.Or(0)), LastExecutionTime: when(p.LastRun), RecoveryPointSelection: &points,
	}}
	for i := range p.Selections.Items {
		out.Selections = append(out.Selections, testSelection(&p.Selections.Items[i]))
	}
	return out
}

func testSelection(x *estate.RestoreTestingSelection) types.RestoreTestingSelectionForGet {
	out := types.RestoreTestingSelectionForGet{
		RestoreTestingSelectionName: ptr(x.Name), ProtectedResourceType: aws.String(resourceType), IamRoleArn: ptr(x.RoleARN),
		ProtectedResourceArns: x.Resources.Or(nil), ValidationWindowHours: int32(x.ValidationHours.Or(0)),
	}
	c := types.ProtectedResourceConditions{StringEquals: keyValues(x.StringEquals), StringNotEquals: keyValues(x.StringNotEquals)}
	if len(c.StringEquals)+len(c.StringNotEquals) > 0 {
		out.ProtectedResourceConditions = &c
	}
	return out
}

func keyValues(f estate.Fact[[]estate.TagMatch]) []types.KeyValue {
	var out []types.KeyValue
	for _, m := range f.Or(nil) {
		out = append(out, types.KeyValue{Key: aws.String(m.Key), Value: aws.String(m.Value)})
	}
	return out
}
