package render

import (
	"cmp"
	"maps"
	"slices"

	"github.com/restorable/restorable/internal/remedy"
)

// object is a JSON document of a request, as the APIs spell it.
type object = map[string]any

func sortedBy[T any](list []T, key func(T) string) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}

// with adds a member that may be left out.
func with(o object, name string, v any, given bool) object {
	if given {
		o[name] = v
	}
	return o
}

// tagList is tags as IAM and DynamoDB spell them.
func tagList(tags map[string]string) []object {
	out := []object{}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, object{"Key": k, "Value": tags[k]})
	}
	return out
}

func lifecycleRequest(cold, del int64) object {
	return with(with(object{}, "MoveToColdStorageAfterDays", cold, cold > 0), "DeleteAfterDays", del, del > 0)
}

// ruleRequest is a rule as CreateBackupPlan takes it (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html).
func ruleRequest(r remedy.Rule) object {
	o := object{"RuleName": r.Name, "TargetBackupVaultName": r.Vault}
	with(o, "ScheduleExpression", r.Schedule, r.Schedule != "")
	with(o, "ScheduleExpressionTimezone", r.Timezone, r.Timezone != "")
	with(o, "StartWindowMinutes", r.StartWindow, r.StartWindow > 0)
	with(o, "CompletionWindowMinutes", r.CompletionWindow, r.CompletionWindow > 0)
	with(o, "Lifecycle", lifecycleRequest(r.ColdAfterDays, r.DeleteAfterDays), r.ColdAfterDays > 0 || r.DeleteAfterDays > 0)
	with(o, "TargetLogicallyAirGappedBackupVaultArn", r.AirGappedVault, r.AirGappedVault != "")
	with(o, "EnableContinuousBackup", true, r.Continuous)
	with(o, "RecoveryPointTags", r.Tags, len(r.Tags) > 0)
	copies := []object{}
	for _, c := range r.Copies {
		one := object{"DestinationBackupVaultArn": c.VaultARN}
		copies = append(copies, with(one, "Lifecycle", lifecycleRequest(c.ColdAfterDays, c.DeleteAfterDays), c.ColdAfterDays > 0 || c.DeleteAfterDays > 0))
	}
	return with(o, "CopyActions", copies, len(copies) > 0)
}

func ruleRequests(rules []remedy.Rule) []object {
	out := []object{}
	for _, r := range rules {
		out = append(out, ruleRequest(r))
	}
	return out
}

func planRequest(b *remedy.BackupPlan) object {
	return with(object{"BackupPlan": object{"BackupPlanName": b.Name, "Rules": ruleRequests(b.Rules)}}, "BackupPlanTags", b.Tags, len(b.Tags) > 0)
}

// selectionRequest is a selection as CreateBackupSelection takes it
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html).
func selectionRequest(s *remedy.Selection) object {
	o := object{"SelectionName": s.Name, "IamRoleArn": s.RoleARN}
	with(o, "Resources", s.Resources, len(s.Resources) > 0)
	with(o, "NotResources", s.NotResources, len(s.NotResources) > 0)
	tags := matchList(s.ListOfTags)
	for _, t := range tags {
		t["ConditionType"] = "STRINGEQUALS"
	}
	with(o, "ListOfTags", tags, len(tags) > 0)
	conditions := object{}
	with(conditions, "StringEquals", matchList(s.StringEquals), len(s.StringEquals) > 0)
	with(conditions, "StringNotEquals", matchList(s.StringNotEquals), len(s.StringNotEquals) > 0)
	with(conditions, "StringLike", matchList(s.StringLike), len(s.StringLike) > 0)
	with(conditions, "StringNotLike", matchList(s.StringNotLike), len(s.StringNotLike) > 0)
	return with(o, "Conditions", conditions, len(conditions) > 0)
}

func matchList(list []remedy.TagMatch) []object {
	out := []object{}
	for _, t := range list {
		out = append(out, object{"ConditionKey": t.Key, "ConditionValue": t.Value})
	}
	return out
}

// tableKeyRequest is the encryption of a table as UpdateTable takes it
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html).
func tableKeyRequest(k *remedy.TableKey) object {
	sse := object{"Enabled": k.Level != ownedByAWS}
	with(sse, "SSEType", "KMS", k.Level != ownedByAWS)
	with(sse, "KMSMasterKeyId", k.KeyARN, k.Level == customerKey)
	return object{"TableName": k.Table, "SSESpecification": sse}
}

// Levels of a table's key.
const (
	ownedByAWS  = "aws-owned"
	customerKey = "customer"
)
