package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

func tableKindOf(c remedy.Change, back *remedy.Change) (kind, error) {
	switch {
	case c.PITR != nil:
		return pitrKind(c.PITR), nil
	case c.TableTags != nil:
		return tagsKind(c.TableTags), nil
	case c.DeletionProtection != nil:
		return protectionKind(c.DeletionProtection), nil
	case c.TableKey != nil:
		return tableKeyKind(c.TableKey, back), nil
	case c.Backup != nil && c.Backup.Native != "":
		return nativeBackupKind(c.Backup), nil
	case c.Backup != nil:
		return backupJobKind(c.Backup), nil
	case c.TestingPlan != nil:
		return testingPlanKind(c.TestingPlan), nil
	case c.TestingSelection != nil:
		return testingSelectionKind(c.TestingSelection), nil
	}
	return kind{}, errNoKind
}

func pitrKind(p *remedy.PITR) kind {
	spec := with(object{"PointInTimeRecoveryEnabled": p.Enabled}, "RecoveryPeriodInDays", p.PeriodDays, p.Enabled && p.PeriodDays > 0)
	const at = "ContinuousBackupsDescription.PointInTimeRecoveryDescription."
	return kind{
		see: reading{absent: answerOpen, service: "dynamodb", operation: "describe-continuous-backups", input: object{"TableName": p.Table}},
		done: func(c remedy.Change) string {
			switch {
			case !c.PITR.Enabled:
				return equal(at+"PointInTimeRecoveryStatus", "DISABLED")
			case c.PITR.PeriodDays == 0:
				return equal(at+"PointInTimeRecoveryStatus", "ENABLED")
			}
			return all(equal(at+"PointInTimeRecoveryStatus", "ENABLED"), equal(at+"RecoveryPeriodInDays", c.PITR.PeriodDays))
		},
		call: call("dynamodb", "update-continuous-backups", object{"TableName": p.Table, "PointInTimeRecoverySpecification": spec}),
	}
}

func tagsKind(t *remedy.TableTags) kind {
	k := kind{
		see: reading{absent: answerOpen, service: "dynamodb", operation: "list-tags-of-resource", input: object{"ResourceArn": t.ARN}},
		done: func(c remedy.Change) string {
			var either []string
			for _, key := range slices.Sorted(maps.Keys(c.TableTags.Set)) {
				either = append(either, "("+all(equal("Key", key), equal("Value", c.TableTags.Set[key]))+")")
			}
			for _, key := range c.TableTags.Remove {
				either = append(either, equal("Key", key))
			}
			return equal("length((Tags || "+literal([]any{})+")[?"+strings.Join(either, " || ")+"])", len(c.TableTags.Set))
		},
		call: call("dynamodb", "tag-resource", object{"ResourceArn": t.ARN, "Tags": tagList(t.Set)}),
	}
	if len(t.Remove) > 0 {
		k.call = call("dynamodb", "untag-resource", object{"ResourceArn": t.ARN, "TagKeys": t.Remove})
	}
	return k
}

func describeTable(name string) reading {
	return reading{absent: answerOpen, service: "dynamodb", operation: "describe-table", input: object{"TableName": name}}
}

func protectionKind(d *remedy.DeletionProtection) kind {
	return kind{
		see: describeTable(d.Table),
		done: func(c remedy.Change) string {
			return equal("(Table.DeletionProtectionEnabled || "+literal(false)+")", c.DeletionProtection.On)
		},
		call: call("dynamodb", "update-table", object{"TableName": d.Table, "DeletionProtectionEnabled": d.On}),
	}
}

// tableKeyKind tells the levels apart by the key that DescribeTable names: none stands for AWS's own, and one that is not
// the other side's customer key for the AWS-managed one.
func tableKeyKind(t *remedy.TableKey, back *remedy.Change) kind {
	const at = "Table.SSEDescription.KMSMasterKeyArn"
	other := t.KeyARN
	if back != nil && back.TableKey != nil && other == "" {
		other = back.TableKey.KeyARN
	}
	return kind{
		see: describeTable(t.Table),
		done: func(c remedy.Change) string {
			switch c.TableKey.Level {
			case ownedByAWS:
				return "!(" + at + ")"
			case customerKey:
				return equal(at, c.TableKey.KeyARN)
			}
			return "(" + at + " && " + at + " != " + literal(other) + ")"
		},
		call: call("dynamodb", "update-table", tableKeyRequest(t)),
	}
}

func nativeBackupKind(b *remedy.Backup) kind {
	return kind{
		see: reading{absent: answerOpen, service: "dynamodb", operation: "list-backups", input: object{"TableName": b.Table}},
		done: func(c remedy.Change) string {
			return "length(BackupSummaries[?" + equal("BackupName", c.Backup.Native) + "]) > " + literal(0)
		},
		call: call("dynamodb", "create-backup", object{"TableName": b.Table, "BackupName": b.Native}),
	}
}

// backupJobKind takes a job of nobody's plan that has not failed for the one that it would start.
func backupJobKind(b *remedy.Backup) kind {
	in := object{"BackupVaultName": b.Vault, "ResourceArn": b.ARN, "IamRoleArn": b.RoleARN}
	with(in, "Lifecycle", lifecycleRequest(0, b.DeleteAfterDays), b.DeleteAfterDays > 0)
	with(in, "RecoveryPointTags", b.Tags, len(b.Tags) > 0)
	running := "contains(" + literal([]string{"CREATED", "PENDING", "RUNNING", "COMPLETED"}) + ", State)"
	return kind{
		see: reading{absent: answerOpen, service: "backup", operation: "list-backup-jobs", input: object{"ByResourceArn": b.ARN, "ByBackupVaultName": b.Vault}, options: []string{"--by-created-after", `"$observed"`}},
		done: func(remedy.Change) string {
			return "length(BackupJobs[?" + running + " && !(CreatedBy.BackupPlanId)]) > " + literal(0)
		},
		call: call("backup", "start-backup-job", in),
	}
}

// testingPlanKind: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateRestoreTestingPlan.html
func testingPlanKind(t *remedy.TestingPlan) kind {
	name := object{"RestoreTestingPlanName": t.Name}
	k := kind{
		made: true,
		see:  reading{code: "ResourceNotFoundException", service: "backup", operation: "get-restore-testing-plan", input: name},
		done: func(c remedy.Change) string {
			if c.TestingPlan.Step == remedy.Delete {
				return literal(false)
			}
			return all(equal("RestoreTestingPlan.ScheduleExpression", c.TestingPlan.Schedule),
				equal("RestoreTestingPlan.RecoveryPointSelection.SelectionWindowDays", c.TestingPlan.WindowDays))
		},
	}
	if t.Step == remedy.Delete {
		k.see.absent, k.call = answerFits, call("backup", "delete-restore-testing-plan", name)
		return k
	}
	k.see.absent = answerOpen
	k.call = call("backup", "create-restore-testing-plan", with(object{"RestoreTestingPlan": testingPlanRequest(t)}, "Tags", t.Tags, len(t.Tags) > 0))
	return k
}

func testingPlanRequest(t *remedy.TestingPlan) object {
	points := object{"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": t.IncludeVaults, "RecoveryPointTypes": []string{"SNAPSHOT"}}
	with(points, "SelectionWindowDays", t.WindowDays, t.WindowDays > 0)
	out := object{"RestoreTestingPlanName": t.Name, "ScheduleExpression": t.Schedule, "RecoveryPointSelection": points}
	return with(out, "StartWindowHours", t.StartWindowHours, t.StartWindowHours > 0)
}

// testingSelectionKind: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateRestoreTestingSelection.html
func testingSelectionKind(t *remedy.TestingSelection) kind {
	name := object{"RestoreTestingPlanName": t.Plan, "RestoreTestingSelectionName": t.Name}
	k := kind{
		made: true,
		see:  reading{code: "ResourceNotFoundException", service: "backup", operation: "get-restore-testing-selection", input: name},
		done: func(c remedy.Change) string {
			if c.TestingSelection.Step == remedy.Delete {
				return literal(false)
			}
			return all(equal("RestoreTestingSelection.IamRoleArn", c.TestingSelection.RoleARN), sameTexts("RestoreTestingSelection.ProtectedResourceArns", c.TestingSelection.Resources))
		},
	}
	if t.Step == remedy.Delete {
		k.see.absent, k.call = answerFits, call("backup", "delete-restore-testing-selection", name)
		return k
	}
	one := object{"RestoreTestingSelectionName": t.Name, "IamRoleArn": t.RoleARN, "ProtectedResourceType": "DynamoDB", "ProtectedResourceArns": t.Resources}
	with(one, "ValidationWindowHours", t.ValidationHours, t.ValidationHours > 0)
	k.see.absent = answerOpen
	k.call = call("backup", "create-restore-testing-selection", object{"RestoreTestingPlanName": t.Plan, "RestoreTestingSelection": one})
	return k
}
