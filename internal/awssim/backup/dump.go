package backup

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

// Dump is the state of every account and Region that was used, in the order of first use. Called with the world's lock held.
func (s *Service) Dump() []AreaState {
	var out []AreaState
	for _, a := range s.order {
		out = append(out, s.dumpArea(a))
	}
	return out
}

func (s *Service) dumpArea(a *area) AreaState {
	out := AreaState{
		Scope: a.Scope, Global: maps.Clone(s.account(a.Account).global),
		OptIn: maps.Clone(a.settings.optIn), Management: maps.Clone(a.settings.manage),
	}
	if !a.settings.touched {
		out.OptIn, out.Management = nil, nil
	}
	for v := range a.vaultsInOrder() {
		out.Vaults = append(out.Vaults, VaultState{BackupVaultListMember: v.member(), Policy: v.policy, Topic: v.topic, Events: v.events, Tags: maps.Clone(v.tags)})
		for p := range v.points.newest() {
			out.Points = append(out.Points, PointState{RecoveryPointByBackupVault: p.inVault(), StorageClass: p.storage(), Tags: maps.Clone(p.tags)})
		}
	}
	for p := range a.plansInOrder() {
		out.Plans = append(out.Plans, dumpPlan(p))
	}
	a.dumpJobs(s, &out)
	for t := range a.testsInOrder() {
		out.RestoreTests = append(out.RestoreTests, dumpTest(t))
	}
	return out
}

func (a *area) dumpJobs(s *Service, out *AreaState) {
	a.jobs.prune(s.monthAgo())
	a.copies.prune(s.monthAgo())
	a.restores.prune(s.monthAgo())
	for j := range a.jobs.newest() {
		out.BackupJobs = append(out.BackupJobs, j.shown(s.w.Now()))
	}
	for j := range a.copies.newest() {
		out.CopyJobs = append(out.CopyJobs, j.shown())
	}
	for j := range a.restores.newest() {
		out.RestoreJobs = append(out.RestoreJobs, j.shown(s.w.Now()))
	}
}

func dumpPlan(p *plan) PlanState {
	out := PlanState{ID: p.id, CreatorRequest: p.request, Tags: maps.Clone(p.tags), Deleted: p.deleted, LastRun: p.lastRun, Organisation: p.opted}
	for _, v := range p.versions {
		out.Versions = append(out.Versions, PlanVersionState{ID: v.id, Created: v.created, Plan: *v.shown()})
	}
	for _, x := range p.selections {
		out.Selections = append(out.Selections, SelectionState{ID: x.id, Created: x.created, CreatorRequest: x.request, Selection: x.shown})
	}
	return out
}

func dumpTest(t *testPlan) RestoreTestState {
	points := t.points
	out := RestoreTestState{Tags: maps.Clone(t.tags), Plan: types.RestoreTestingPlanForGet{
		CreationTime: &t.created, CreatorRequestId: ptr(t.request), LastExecutionTime: moment(t.lastRun), LastUpdateTime: moment(t.updated),
		RecoveryPointSelection: &points, RestoreTestingPlanArn: &t.arn, RestoreTestingPlanName: &t.name, ScheduleExpression: always(t.expression),
		ScheduleExpressionTimezone: always(t.zone), StartWindowHours: t.hours,
	}}
	for _, x := range t.selections {
		out.Selections = append(out.Selections, types.RestoreTestingSelectionForGet{
			CreationTime: &x.created, CreatorRequestId: ptr(x.request), IamRoleArn: always(x.role), ProtectedResourceType: always(resourceType),
			ProtectedResourceArns: slices.Clone(x.resources), ProtectedResourceConditions: x.conditions, RestoreMetadataOverrides: maps.Clone(x.overrides),
			RestoreTestingPlanName: &t.name, RestoreTestingSelectionName: &x.name, ValidationWindowHours: x.hours,
		})
	}
	return out
}
