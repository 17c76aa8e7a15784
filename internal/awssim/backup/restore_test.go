package backup

import (
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func (x *sim) restore(arn string, metadata map[string]string) *sdk.DescribeRestoreJobOutput {
	x.t.Helper()
	id := must(x, x.s.startRestoreJob, &sdk.StartRestoreJobInput{RecoveryPointArn: &arn, IamRoleArn: always(role), Metadata: metadata}).RestoreJobId
	x.w.Advance(time.Hour)
	return must(x, x.s.describeRestoreJob, &sdk.DescribeRestoreJobInput{RestoreJobId: id})
}

func TestARestoreMakesATableOfTheItemsOfThatMoment(t *testing.T) {
	for _, features := range []func(*sim){func(*sim) {}, plainFeatures} {
		x, arn := backedUp(t, nil, features)
		x.tables.tables[home().ARN("dynamodb", "table/orders")].content = "changed since"
		j := x.restore(arn, map[string]string{"TARGETTABLENAME": "back"})
		if j.Status != types.RestoreJobStatusCompleted || *j.PercentDone != "100.00%" || *j.CreatedResourceArn != home().ARN("dynamodb", "table/back") {
			t.Fatalf("restore job %s %q", j.Status, deref(j.StatusMessage))
		}
		if got := x.tables.tables[*j.CreatedResourceArn]; got.content != "items of orders" || len(got.view.Tags) != 0 {
			t.Errorf("restored %q with tags %v", got.content, got.view.Tags)
		}
		table := home().ARN("dynamodb", "table/orders")
		d := must(x, x.s.describeProtectedResource, &sdk.DescribeProtectedResourceInput{ResourceArn: &table})
		if !d.LatestRestoreJobCreationDate.Equal(*j.CreationDate) || *d.LatestRestoreExecutionTimeMinutes < 1 {
			t.Errorf("latest restore %+v", d)
		}
		if x.point(arn).LastRestoreTime == nil {
			t.Error("the point does not remember its restore")
		}
		if n := len(must(x, x.s.listRestoresByResource, &sdk.ListRestoreJobsByProtectedResourceInput{ResourceArn: &table}).RestoreJobs); n != 1 {
			t.Errorf("%d restores of the table", n)
		}
		m := must(x, x.s.getRestoreJobMetadata, &sdk.GetRestoreJobMetadataInput{RestoreJobId: j.RestoreJobId}).Metadata
		if m["TARGETTABLENAME"] != "back" {
			t.Errorf("metadata %v", m)
		}
	}
}

func TestRestoresRunThroughTheirStates(t *testing.T) {
	x, arn := backedUp(t, nil)
	id := must(x, x.s.startRestoreJob, &sdk.StartRestoreJobInput{RecoveryPointArn: &arn, IamRoleArn: always(role), Metadata: map[string]string{"targetTableName": "back"}}).RestoreJobId
	see := func() *sdk.DescribeRestoreJobOutput {
		return must(x, x.s.describeRestoreJob, &sdk.DescribeRestoreJobInput{RestoreJobId: id})
	}
	if j := see(); j.Status != types.RestoreJobStatusPending || j.CreatedResourceArn != nil {
		t.Errorf("at once: %s", j.Status)
	}
	x.w.Advance(time.Minute)
	if j := see(); j.Status != types.RestoreJobStatusRunning || *j.PercentDone == "0.00%" || j.CreatedResourceArn == nil {
		t.Errorf("a minute later: %s %s", j.Status, *j.PercentDone)
	}
	refused(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn}, "InvalidResourceStateException", "")
	x.w.Advance(10 * time.Minute)
	if j := see(); j.Status != types.RestoreJobStatusCompleted {
		t.Errorf("at last: %s", j.Status)
	}
}

func TestRestoresFail(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:111111111111:key/k"
	rows := []struct {
		name     string
		features func(*sim)
		wreck    func(*sim)
		metadata map[string]string
		part     string
	}{
		{"target exists", func(*sim) {}, func(*sim) {}, map[string]string{"targetTableName": "orders"}, "Table already exists: orders"},
		{"role lacks RestoreTableFromAwsBackup", func(*sim) {}, func(x *sim) { x.roles.lacks[role] = "dynamodb:RestoreTableFromAwsBackup" }, nil, "dynamodb:RestoreTableFromAwsBackup"},
		{"role lacks RestoreTableFromBackup", plainFeatures, func(x *sim) { x.roles.lacks[role] = "dynamodb:RestoreTableFromBackup" }, nil, "dynamodb:RestoreTableFromBackup"},
		{"role may not write", plainFeatures, func(x *sim) { x.roles.lacks[role] = "dynamodb:PutItem" }, nil, "dynamodb:PutItem"},
		{"no such key", func(*sim) {}, func(*sim) {}, map[string]string{"targetTableName": "b", "encryptionType": "KMS", "kmsMasterKeyArn": key}, "Given key ID does not exist"},
		{"key disabled", func(*sim) {}, func(x *sim) { x.keys.states[key] = "Disabled" }, map[string]string{"targetTableName": "b", "encryptionType": "KMS", "kmsMasterKeyArn": key}, "KMS key is either disabled"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			x, arn := backedUp(t, nil, r.features)
			r.wreck(x)
			if r.metadata == nil {
				r.metadata = map[string]string{"targetTableName": "b"}
			}
			if j := x.restore(arn, r.metadata); j.Status != types.RestoreJobStatusFailed || !strings.Contains(deref(j.StatusMessage), r.part) {
				t.Errorf("%s %q", j.Status, deref(j.StatusMessage))
			}
		})
	}
}

func TestRestoreKeys(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:111111111111:key/k"
	for name, want := range map[string]struct {
		metadata map[string]string
		key      string
	}{
		"default":     {map[string]string{"encryptionType": "Default"}, ""},
		"aws managed": {map[string]string{"encryptionType": "KMS"}, home().ARN("kms", "key/alias-aws-dynamodb")},
		"own key":     {map[string]string{"encryptionType": "KMS", "kmsMasterKeyArn": key}, key},
	} {
		x, arn := backedUp(t, nil)
		x.keys.states[key] = "Enabled"
		want.metadata["targetTableName"] = "b"
		if j := x.restore(arn, want.metadata); j.Status != types.RestoreJobStatusCompleted || x.tables.asked[0].KeyARN != want.key {
			t.Errorf("%s: %s, key %q, want %q", name, j.Status, x.tables.asked[0].KeyARN, want.key)
		}
	}
}

func TestRestoresThatAreRefused(t *testing.T) {
	x, arn := backedUp(t, nil)
	const bad = "InvalidParameterValueException"
	ask := func(code, part string, change func(*sdk.StartRestoreJobInput)) {
		t.Helper()
		in := &sdk.StartRestoreJobInput{RecoveryPointArn: &arn, IamRoleArn: always(role), Metadata: map[string]string{"targetTableName": "b"}}
		change(in)
		refused(x, x.s.startRestoreJob, in, code, part)
	}
	ask("ResourceNotFoundException", "", func(in *sdk.StartRestoreJobInput) {
		in.RecoveryPointArn = always("arn:aws:backup:eu-west-1:111111111111:recovery-point:none")
	})
	ask(bad, "targetTableName", func(in *sdk.StartRestoreJobInput) { in.Metadata = map[string]string{} })
	ask(bad, "Invalid restore metadata", func(in *sdk.StartRestoreJobInput) { in.Metadata["billingMode"] = "PROVISIONED" })
	ask(bad, "encryptionType", func(in *sdk.StartRestoreJobInput) { in.Metadata["encryptionType"] = "AES" })
	ask(bad, "tags", func(in *sdk.StartRestoreJobInput) { in.CopySourceTagsToRestoredResource = true })
	ask(bad, "resource type", func(in *sdk.StartRestoreJobInput) { in.ResourceType = always("EBS") })
	x.roles.gone[role] = true
	ask(bad, "cannot be assumed", func(*sdk.StartRestoreJobInput) {})
}

// tested is a world with two backed-up tables and a restore testing plan that runs at 12:00.
func tested(t *testing.T, hours int32, change ...func(*types.RestoreTestingSelectionForCreate)) *sim {
	t.Helper()
	x := daily(t)
	x.tables.put(home(), "users", map[string]string{"team": "people"})
	x.tables.put(home(), "never", map[string]string{"awsbackup-restore-test": "kept out of the plan"})
	must(x, x.s.createTestPlan, &sdk.CreateRestoreTestingPlanInput{RestoreTestingPlan: &types.RestoreTestingPlanForCreate{
		RestoreTestingPlanName: always("drill"), ScheduleExpression: always("cron(0 12 * * ? *)"), StartWindowHours: 1,
		RecoveryPointSelection: &types.RestoreTestingRecoveryPointSelection{
			Algorithm: types.RestoreTestingRecoveryPointSelectionAlgorithmLatestWithinWindow, IncludeVaults: []string{"*"},
			RecoveryPointTypes: []types.RestoreTestingRecoveryPointType{types.RestoreTestingRecoveryPointTypeSnapshot},
		},
	}})
	sel := &types.RestoreTestingSelectionForCreate{
		RestoreTestingSelectionName: always("all"), ProtectedResourceType: always("DynamoDB"), IamRoleArn: always(role),
		ProtectedResourceArns: []string{"*"}, ValidationWindowHours: &hours,
	}
	for _, f := range change {
		f(sel)
	}
	must(x, x.s.createTestSelection, &sdk.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: always("drill"), RestoreTestingSelection: sel})
	return x
}

func (x *sim) restores() []types.RestoreJobsListMember {
	x.t.Helper()
	return must(x, x.s.listRestoreJobs, &sdk.ListRestoreJobsInput{}).RestoreJobs
}

func TestARestoreTestRestoresOnePointPerResourceAndCleansUp(t *testing.T) {
	x := tested(t, 2)
	x.w.Advance(13*time.Hour + 10*time.Minute)
	jobs := x.restores()
	if len(jobs) != 2 {
		t.Fatalf("%d restore tests, want one for each table with a point", len(jobs))
	}
	for _, j := range jobs {
		table, ok := x.tables.tables[deref(j.CreatedResourceArn)]
		if j.Status != types.RestoreJobStatusCompleted || j.ValidationStatus != types.RestoreValidationStatusValidating || !ok {
			t.Fatalf("test %s, validation %s", j.Status, j.ValidationStatus)
		}
		if _, tagged := table.view.Tags["awsbackup-restore-test"]; !tagged || !strings.HasPrefix(table.view.Name, "awsbackup-restore-test-") {
			t.Errorf("restored table %s has tags %v", table.view.Name, table.view.Tags)
		}
		if !strings.Contains(deref(j.CreatedBy.RestoreTestingPlanArn), "restore-testing-plan:drill-") {
			t.Errorf("created by %v", j.CreatedBy)
		}
	}
	put := &sdk.PutRestoreValidationResultInput{RestoreJobId: jobs[0].RestoreJobId, ValidationStatus: types.RestoreValidationStatusSuccessful}
	must(x, x.s.putValidation, put)
	refused(x, x.s.putValidation, put, "InvalidRequestException", "already set")
	x.w.Advance(10 * time.Minute)
	if j := x.restores()[0]; j.DeletionStatus != types.RestoreDeletionStatusSuccessful || j.ValidationStatus != types.RestoreValidationStatusSuccessful {
		t.Errorf("after the result: validation %s, deletion %s", j.ValidationStatus, j.DeletionStatus)
	}
	x.w.Advance(3 * time.Hour)
	if j := x.restores()[1]; j.DeletionStatus != types.RestoreDeletionStatusSuccessful || j.ValidationStatus != types.RestoreValidationStatusTimedOut {
		t.Errorf("without a result: validation %s, deletion %s", j.ValidationStatus, j.DeletionStatus)
	}
	for _, v := range x.tables.Tables(home()) {
		if strings.HasPrefix(v.Name, "awsbackup-restore-test") {
			t.Errorf("%s is left", v.Name)
		}
	}
	x.w.Advance(7 * time.Hour)
	if n := len(x.jobs()); n != 2 {
		t.Errorf("%d backup jobs: a plan backed restore tests up", n)
	}
}

func TestWithoutItsTagARestoredTableIsKept(t *testing.T) {
	x := tested(t, 3)
	x.w.Advance(13*time.Hour + 5*time.Minute)
	arn := *x.restores()[0].CreatedResourceArn
	x.tables.tables[arn].view.Tags = nil
	x.w.Advance(4 * time.Hour)
	if j := x.restores()[0]; j.DeletionStatus != types.RestoreDeletionStatusFailed || x.tables.tables[arn] == nil {
		t.Errorf("deletion %s", j.DeletionStatus)
	}
}

// Conditions look at the tags of recovery points, and plain ones have none.
func TestRestoreTestsByTag(t *testing.T) {
	byTag := func(sel *types.RestoreTestingSelectionForCreate) {
		sel.ProtectedResourceConditions = &types.ProtectedResourceConditions{StringEquals: []types.KeyValue{{Key: always("team"), Value: always("shop")}}}
	}
	x := tested(t, 0, byTag)
	x.w.Advance(14 * time.Hour)
	if jobs := x.restores(); len(jobs) != 1 || *jobs[0].SourceResourceArn != home().ARN("dynamodb", "table/orders") {
		t.Errorf("%d tests", len(jobs))
	}
	x = tested(t, 0, byTag)
	plainFeatures(x)
	x.w.Advance(14 * time.Hour)
	if n := len(x.restores()); n != 0 {
		t.Errorf("%d tests of plain points by tag", n)
	}
}

func TestValidationIsForRestoreTests(t *testing.T) {
	x, arn := backedUp(t, nil)
	j := x.restore(arn, map[string]string{"targetTableName": "b"})
	refused(x, x.s.putValidation, &sdk.PutRestoreValidationResultInput{RestoreJobId: j.RestoreJobId, ValidationStatus: types.RestoreValidationStatusSuccessful},
		"InvalidRequestException", "restore testing plan")
}

func TestARepeatedRequestForATestingSelectionIsOne(t *testing.T) {
	x := tested(t, 1)
	in := &sdk.CreateRestoreTestingSelectionInput{RestoreTestingPlanName: always("drill"), CreatorRequestId: always("r1"), RestoreTestingSelection: &types.RestoreTestingSelectionForCreate{
		RestoreTestingSelectionName: always("again"), ProtectedResourceType: always("DynamoDB"), IamRoleArn: always(role), ProtectedResourceArns: []string{"*"},
	}}
	first := must(x, x.s.createTestSelection, in)
	x.w.Advance(time.Minute)
	if second := must(x, x.s.createTestSelection, in); !second.CreationTime.Equal(*first.CreationTime) {
		t.Errorf("made at %v, and again at %v", first.CreationTime, second.CreationTime)
	}
	in.CreatorRequestId = always("r2")
	refused(x, x.s.createTestSelection, in, "AlreadyExistsException", "same name")
	if n := len(must(x, x.s.listTestSelections, &sdk.ListRestoreTestingSelectionsInput{RestoreTestingPlanName: always("drill")}).RestoreTestingSelections); n != 2 {
		t.Errorf("%d selections, want 2", n)
	}
}

func TestRestoreTestingPlans(t *testing.T) {
	x := tested(t, 1)
	refused(x, x.s.deleteTestPlan, &sdk.DeleteRestoreTestingPlanInput{RestoreTestingPlanName: always("drill")}, "InvalidRequestException", "selections")
	refused(x, x.s.createTestPlan, &sdk.CreateRestoreTestingPlanInput{RestoreTestingPlan: &types.RestoreTestingPlanForCreate{RestoreTestingPlanName: always("no-hyphens")}},
		"InvalidParameterValueException", "name")
	must(x, x.s.updateTestPlan, &sdk.UpdateRestoreTestingPlanInput{RestoreTestingPlanName: always("drill"), RestoreTestingPlan: &types.RestoreTestingPlanForUpdate{ScheduleExpression: always("cron(0 20 * * ? *)")}})
	p := must(x, x.s.getTestPlan, &sdk.GetRestoreTestingPlanInput{RestoreTestingPlanName: always("drill")}).RestoreTestingPlan
	if *p.ScheduleExpression != "cron(0 20 * * ? *)" || p.StartWindowHours != 1 || p.RecoveryPointSelection.SelectionWindowDays != 30 || p.LastUpdateTime == nil {
		t.Errorf("plan %+v", p)
	}
	x.w.Advance(19 * time.Hour)
	if n := len(x.restores()); n != 0 {
		t.Errorf("%d tests under the old schedule", n)
	}
	x.w.Advance(3 * time.Hour)
	if n := len(x.restores()); n != 2 {
		t.Errorf("%d tests under the new schedule", n)
	}
	sel := must(x, x.s.getTestSelection, &sdk.GetRestoreTestingSelectionInput{RestoreTestingPlanName: always("drill"), RestoreTestingSelectionName: always("all")}).RestoreTestingSelection
	if *sel.IamRoleArn != role || sel.ValidationWindowHours != 1 {
		t.Errorf("selection %+v", sel)
	}
	must(x, x.s.updateTestSelection, &sdk.UpdateRestoreTestingSelectionInput{RestoreTestingPlanName: always("drill"), RestoreTestingSelectionName: always("all"),
		RestoreTestingSelection: &types.RestoreTestingSelectionForUpdate{ValidationWindowHours: always(int32(9))}})
	must(x, x.s.deleteTestSelection, &sdk.DeleteRestoreTestingSelectionInput{RestoreTestingPlanName: always("drill"), RestoreTestingSelectionName: always("all")})
	must(x, x.s.deleteTestPlan, &sdk.DeleteRestoreTestingPlanInput{RestoreTestingPlanName: always("drill")})
	if n := len(must(x, x.s.listTestPlans, &sdk.ListRestoreTestingPlansInput{}).RestoreTestingPlans); n != 0 {
		t.Errorf("%d plans left", n)
	}
}
