package backup

import (
	"iter"
	"maps"
	"regexp"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const (
	maxTestPlans      = 100
	maxTestSelections = 30
	maxTestVaults     = 30
)

// testName is the strict one of the two documented forms of names in restore testing (semantics 5.1: CONFLICT).
var testName = regexp.MustCompile(`^[a-zA-Z0-9_]{1,50}$`)

func (s *Service) createTestPlan(c *api.Call, in *sdk.CreateRestoreTestingPlanInput) (*sdk.CreateRestoreTestingPlanOutput, error) {
	want := in.RestoreTestingPlan
	if want == nil {
		return nil, missingParameter("RestoreTestingPlan")
	}
	name := deref(want.RestoreTestingPlanName)
	if !testName.MatchString(name) {
		return nil, invalid("Invalid restore testing plan name. It must contain 1 to 50 alphanumeric or '_' characters.")
	}
	a := s.area(c.Scope)
	if old, ok := a.tests[name]; ok {
		if id := deref(in.CreatorRequestId); id != "" && id == old.request {
			return &sdk.CreateRestoreTestingPlanOutput{CreationTime: &old.created, RestoreTestingPlanArn: &old.arn, RestoreTestingPlanName: &old.name}, nil
		}
		return nil, alreadyExists("Restore testing plan with the same name already exists", old.arn, old.request)
	}
	if len(a.tests) >= maxTestPlans && !s.o.LiftQuotas {
		return nil, limitExceeded("You have reached the limit of %d restore testing plans in this Region.", maxTestPlans)
	}
	t := &testPlan{
		area: a, name: name, arn: a.ARN("backup", "restore-testing-plan:"+name+"-"+s.w.UUID()), seq: s.next(), request: deref(in.CreatorRequestId),
		created: c.Now, tags: maps.Clone(in.Tags),
	}
	if err := s.setTestPlan(t, types.RestoreTestingPlanForUpdate{
		RecoveryPointSelection: want.RecoveryPointSelection, ScheduleExpression: want.ScheduleExpression,
		ScheduleExpressionTimezone: want.ScheduleExpressionTimezone, StartWindowHours: want.StartWindowHours,
	}); err != nil {
		return nil, err
	}
	a.tests[name] = t
	return &sdk.CreateRestoreTestingPlanOutput{CreationTime: &t.created, RestoreTestingPlanArn: &t.arn, RestoreTestingPlanName: &t.name}, nil
}

// setTestPlan checks what is given, applies it over what is there, and starts the schedule anew.
func (s *Service) setTestPlan(t *testPlan, in types.RestoreTestingPlanForUpdate) error {
	expression := orDefault(in.ScheduleExpression, orDefault(&t.expression, defaultSchedule))
	zone := orDefault(in.ScheduleExpressionTimezone, orDefault(&t.zone, defaultZone))
	schedule, err := s.o.Cron(expression, zone)
	if err != nil {
		return invalid("Invalid schedule expression: %s", err)
	}
	hours := orDefault(&in.StartWindowHours, orDefault(&t.hours, 24))
	if hours < 1 || hours > 168 {
		return invalid("StartWindowHours must be between 1 and 168.")
	}
	points := t.points
	if in.RecoveryPointSelection != nil {
		points = *in.RecoveryPointSelection
	}
	if points.SelectionWindowDays == 0 {
		points.SelectionWindowDays = 30
	}
	if err := checkPointSelection(points); err != nil {
		return err
	}
	t.schedule, t.expression, t.zone, t.hours, t.points = schedule, expression, zone, hours, points
	t.generation++
	s.scheduleTest(t, s.w.Now())
	return nil
}

func checkPointSelection(p types.RestoreTestingRecoveryPointSelection) error {
	switch {
	case p.Algorithm == "":
		return missingParameter("RecoveryPointSelection.Algorithm")
	case len(p.IncludeVaults) == 0:
		return missingParameter("RecoveryPointSelection.IncludeVaults")
	case len(p.RecoveryPointTypes) == 0:
		return missingParameter("RecoveryPointSelection.RecoveryPointTypes")
	case p.SelectionWindowDays < 1 || p.SelectionWindowDays > 365:
		return invalid("SelectionWindowDays must be between 1 and 365.")
	case len(p.IncludeVaults)+len(p.ExcludeVaults) > maxTestVaults:
		return invalid("A restore testing plan can have at most %d vault selectors.", maxTestVaults)
	}
	return nil
}

func (s *Service) findTest(c *api.Call, name *string) (*testPlan, error) {
	if deref(name) == "" {
		return nil, missingParameter("RestoreTestingPlanName")
	}
	t, ok := s.area(c.Scope).tests[*name]
	if !ok {
		return nil, notFound("Restore testing plan %s does not exist", *name)
	}
	return t, nil
}

func (s *Service) updateTestPlan(c *api.Call, in *sdk.UpdateRestoreTestingPlanInput) (*sdk.UpdateRestoreTestingPlanOutput, error) {
	t, err := s.findTest(c, in.RestoreTestingPlanName)
	if err != nil {
		return nil, err
	}
	if in.RestoreTestingPlan == nil {
		return nil, missingParameter("RestoreTestingPlan")
	}
	if err := s.setTestPlan(t, *in.RestoreTestingPlan); err != nil {
		return nil, err
	}
	t.updated = c.Now
	return &sdk.UpdateRestoreTestingPlanOutput{CreationTime: &t.created, RestoreTestingPlanArn: &t.arn, RestoreTestingPlanName: &t.name, UpdateTime: always(t.updated)}, nil
}

func (s *Service) getTestPlan(c *api.Call, in *sdk.GetRestoreTestingPlanInput) (*sdk.GetRestoreTestingPlanOutput, error) {
	t, err := s.findTest(c, in.RestoreTestingPlanName)
	if err != nil {
		return nil, err
	}
	points := t.points
	return &sdk.GetRestoreTestingPlanOutput{RestoreTestingPlan: &types.RestoreTestingPlanForGet{
		CreationTime: &t.created, CreatorRequestId: ptr(t.request), LastExecutionTime: moment(t.lastRun), LastUpdateTime: moment(t.updated),
		RecoveryPointSelection: &points, RestoreTestingPlanArn: &t.arn, RestoreTestingPlanName: &t.name, ScheduleExpression: always(t.expression),
		ScheduleExpressionTimezone: always(t.zone), StartWindowHours: t.hours,
	}}, nil
}

func (s *Service) listTestPlans(c *api.Call, in *sdk.ListRestoreTestingPlansInput) (*sdk.ListRestoreTestingPlansOutput, error) {
	found, token, err := page(in.MaxResults, in.NextToken, s.area(c.Scope).testsInOrder(), (*testPlan).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListRestoreTestingPlansOutput{RestoreTestingPlans: []types.RestoreTestingPlanForList{}, NextToken: token}
	for _, t := range found {
		out.RestoreTestingPlans = append(out.RestoreTestingPlans, types.RestoreTestingPlanForList{
			CreationTime: &t.created, LastExecutionTime: moment(t.lastRun), LastUpdateTime: moment(t.updated), RestoreTestingPlanArn: &t.arn,
			RestoreTestingPlanName: &t.name, ScheduleExpression: always(t.expression), ScheduleExpressionTimezone: always(t.zone), StartWindowHours: t.hours,
		})
	}
	return out, nil
}

func (a *area) testsInOrder() iter.Seq[*testPlan] {
	return slices.Values(slices.SortedFunc(maps.Values(a.tests), func(x, y *testPlan) int { return int(x.seq) - int(y.seq) }))
}

// deleteTestPlan refuses while selections exist (the text is not known).
func (s *Service) deleteTestPlan(c *api.Call, in *sdk.DeleteRestoreTestingPlanInput) (*sdk.DeleteRestoreTestingPlanOutput, error) {
	t, err := s.findTest(c, in.RestoreTestingPlanName)
	if err != nil {
		return nil, err
	}
	if len(t.selections) > 0 {
		return nil, badRequest("Related restore testing selections must be deleted prior to restore testing plan deletion")
	}
	t.deleted = true
	delete(t.area.tests, t.name)
	return &sdk.DeleteRestoreTestingPlanOutput{}, nil
}

func (s *Service) createTestSelection(c *api.Call, in *sdk.CreateRestoreTestingSelectionInput) (*sdk.CreateRestoreTestingSelectionOutput, error) {
	t, err := s.findTest(c, in.RestoreTestingPlanName)
	if err != nil {
		return nil, err
	}
	want := in.RestoreTestingSelection
	if want == nil {
		return nil, missingParameter("RestoreTestingSelection")
	}
	name := deref(want.RestoreTestingSelectionName)
	if !testName.MatchString(name) {
		return nil, invalid("Invalid restore testing selection name. It must contain 1 to 50 alphanumeric or '_' characters.")
	}
	if i := slices.IndexFunc(t.selections, func(x *testSelection) bool { return x.name == name }); i >= 0 {
		old := t.selections[i]
		if id := deref(in.CreatorRequestId); id != "" && id == old.request {
			return old.createdAnswer(t), nil
		}
		return nil, alreadyExists("Restore testing selection with the same name already exists", t.arn, old.request)
	}
	if len(t.selections) >= maxTestSelections && !s.o.LiftQuotas {
		return nil, limitExceeded("A restore testing plan can have at most %d selections.", maxTestSelections)
	}
	if deref(want.ProtectedResourceType) != resourceType {
		return nil, invalid("Protected resource type %s is not simulated: only %s is.", deref(want.ProtectedResourceType), resourceType)
	}
	x := &testSelection{name: name, seq: s.next(), request: deref(in.CreatorRequestId), created: c.Now}
	if err := x.set(types.RestoreTestingSelectionForUpdate{
		IamRoleArn: want.IamRoleArn, ProtectedResourceArns: want.ProtectedResourceArns, ProtectedResourceConditions: want.ProtectedResourceConditions,
		RestoreMetadataOverrides: want.RestoreMetadataOverrides, ValidationWindowHours: want.ValidationWindowHours,
	}); err != nil {
		return nil, err
	}
	t.selections = append(t.selections, x)
	s.link(c, testingPrincipal)
	return x.createdAnswer(t), nil
}

func (x *testSelection) createdAnswer(t *testPlan) *sdk.CreateRestoreTestingSelectionOutput {
	return &sdk.CreateRestoreTestingSelectionOutput{
		CreationTime: &x.created, RestoreTestingPlanArn: &t.arn, RestoreTestingPlanName: &t.name, RestoreTestingSelectionName: &x.name,
	}
}

// set checks what is given and applies it over what is there.
func (x *testSelection) set(in types.RestoreTestingSelectionForUpdate) error {
	next := *x
	next.role = orDefault(in.IamRoleArn, x.role)
	if in.ProtectedResourceArns != nil {
		next.resources = in.ProtectedResourceArns
	}
	if in.ProtectedResourceConditions != nil {
		next.conditions = in.ProtectedResourceConditions
	}
	if in.RestoreMetadataOverrides != nil {
		next.overrides = in.RestoreMetadataOverrides
	}
	if in.ValidationWindowHours != nil {
		next.hours = *in.ValidationWindowHours
	}
	if err := next.check(); err != nil {
		return err
	}
	*x = next
	return nil
}

func (x *testSelection) check() error {
	conditions := 0
	if x.conditions != nil {
		conditions = len(x.conditions.StringEquals) + len(x.conditions.StringNotEquals)
	}
	switch {
	case !isRoleARN(x.role):
		return invalid("Invalid IAM role ARN: %s", x.role)
	case x.hours < 0 || x.hours > 168:
		return invalid("ValidationWindowHours must be between 0 and 168.")
	case len(x.resources) == 0 && conditions == 0:
		return invalid("Either ProtectedResourceArns or ProtectedResourceConditions must be specified.")
	case len(x.resources) > 30 || conditions > 30:
		return invalid("A restore testing selection can have at most 30 resources and 30 conditions.")
	case conditions > 0 && len(x.resources) > 0 && !slices.Contains(x.resources, "*"):
		return invalid("ProtectedResourceConditions can only be combined with the wildcard in ProtectedResourceArns.")
	}
	for _, key := range sortedKeys(x.overrides) {
		if !overridable(key) {
			return invalid("Restore metadata %s cannot be overridden for %s.", key, resourceType)
		}
	}
	return nil
}

func (s *Service) findTestSelection(c *api.Call, plan, name *string) (*testPlan, int, error) {
	t, err := s.findTest(c, plan)
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(t.selections, func(x *testSelection) bool { return x.name == deref(name) })
	if i < 0 {
		return nil, 0, notFound("Restore testing selection %s does not exist", deref(name))
	}
	return t, i, nil
}

func (s *Service) updateTestSelection(c *api.Call, in *sdk.UpdateRestoreTestingSelectionInput) (*sdk.UpdateRestoreTestingSelectionOutput, error) {
	t, i, err := s.findTestSelection(c, in.RestoreTestingPlanName, in.RestoreTestingSelectionName)
	if err != nil {
		return nil, err
	}
	if in.RestoreTestingSelection == nil {
		return nil, missingParameter("RestoreTestingSelection")
	}
	x := t.selections[i]
	if err := x.set(*in.RestoreTestingSelection); err != nil {
		return nil, err
	}
	now := c.Now
	return &sdk.UpdateRestoreTestingSelectionOutput{
		CreationTime: &x.created, RestoreTestingPlanArn: &t.arn, RestoreTestingPlanName: &t.name, RestoreTestingSelectionName: &x.name, UpdateTime: &now,
	}, nil
}

func (s *Service) getTestSelection(c *api.Call, in *sdk.GetRestoreTestingSelectionInput) (*sdk.GetRestoreTestingSelectionOutput, error) {
	t, i, err := s.findTestSelection(c, in.RestoreTestingPlanName, in.RestoreTestingSelectionName)
	if err != nil {
		return nil, err
	}
	x := t.selections[i]
	return &sdk.GetRestoreTestingSelectionOutput{RestoreTestingSelection: &types.RestoreTestingSelectionForGet{
		CreationTime: &x.created, CreatorRequestId: ptr(x.request), IamRoleArn: always(x.role), ProtectedResourceType: always(resourceType),
		ProtectedResourceArns: x.resources, ProtectedResourceConditions: x.conditions, RestoreMetadataOverrides: x.overrides,
		RestoreTestingPlanName: &t.name, RestoreTestingSelectionName: &x.name, ValidationWindowHours: x.hours,
	}}, nil
}

func (s *Service) listTestSelections(c *api.Call, in *sdk.ListRestoreTestingSelectionsInput) (*sdk.ListRestoreTestingSelectionsOutput, error) {
	t, err := s.findTest(c, in.RestoreTestingPlanName)
	if err != nil {
		return nil, err
	}
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(t.selections), (*testSelection).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListRestoreTestingSelectionsOutput{RestoreTestingSelections: []types.RestoreTestingSelectionForList{}, NextToken: token}
	for _, x := range found {
		out.RestoreTestingSelections = append(out.RestoreTestingSelections, types.RestoreTestingSelectionForList{
			CreationTime: &x.created, IamRoleArn: always(x.role), ProtectedResourceType: always(resourceType), RestoreTestingPlanName: &t.name,
			RestoreTestingSelectionName: &x.name, ValidationWindowHours: x.hours,
		})
	}
	return out, nil
}

func (s *Service) deleteTestSelection(c *api.Call, in *sdk.DeleteRestoreTestingSelectionInput) (*sdk.DeleteRestoreTestingSelectionOutput, error) {
	t, i, err := s.findTestSelection(c, in.RestoreTestingPlanName, in.RestoreTestingSelectionName)
	if err != nil {
		return nil, err
	}
	t.selections = slices.Delete(t.selections, i, i+1)
	return &sdk.DeleteRestoreTestingSelectionOutput{}, nil
}

func (s *Service) getInferredMetadata(c *api.Call, in *sdk.GetRestoreTestingInferredMetadataInput) (*sdk.GetRestoreTestingInferredMetadataOutput, error) {
	p, err := s.pointIn(c, in.BackupVaultName, in.RecoveryPointArn, "GetRecoveryPointRestoreMetadata")
	if err != nil {
		return nil, err
	}
	return &sdk.GetRestoreTestingInferredMetadataOutput{InferredMetadata: s.inferred(p)}, nil
}
