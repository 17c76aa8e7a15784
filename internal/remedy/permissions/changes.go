package permissions

import (
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// everyKind is one change of each kind, of nothing in particular, in each step that takes other calls.
func everyKind() []remedy.Change {
	return []remedy.Change{
		{PITR: &remedy.PITR{}}, {RegionSettings: &remedy.RegionSettings{}},
		{Role: &remedy.Role{Step: remedy.Create}}, {Role: &remedy.Role{Step: remedy.Delete}},
		{RolePolicy: &remedy.RolePolicy{Attached: true}}, {RolePolicy: &remedy.RolePolicy{}},
		{Vault: &remedy.Vault{Step: remedy.Create, KeyARN: anyKey}}, {Vault: &remedy.Vault{Step: remedy.Delete}},
		{VaultPolicy: &remedy.VaultPolicy{Policy: "{}"}}, {VaultPolicy: &remedy.VaultPolicy{}},
		{VaultLock: &remedy.VaultLock{Locked: true}}, {VaultLock: &remedy.VaultLock{}},
		{VaultNotifications: &remedy.VaultNotifications{Topic: "any"}}, {VaultNotifications: &remedy.VaultNotifications{}},
		{Plan: &remedy.BackupPlan{Step: remedy.Create}}, {Plan: &remedy.BackupPlan{Step: remedy.Delete}}, {PlanRules: &remedy.PlanRules{}},
		{Selection: &remedy.Selection{Step: remedy.Create}}, {Selection: &remedy.Selection{Step: remedy.Delete}},
		{TableTags: &remedy.TableTags{Set: map[string]string{"": ""}}}, {TableTags: &remedy.TableTags{Remove: []string{""}}},
		{DeletionProtection: &remedy.DeletionProtection{}}, {TableKey: &remedy.TableKey{Level: "customer", KeyARN: anyKey}},
		{Backup: &remedy.Backup{}}, {Backup: &remedy.Backup{Native: "any"}},
		{TestingPlan: &remedy.TestingPlan{Step: remedy.Create}}, {TestingPlan: &remedy.TestingPlan{Step: remedy.Delete}},
		{TestingSelection: &remedy.TestingSelection{Step: remedy.Create}}, {TestingSelection: &remedy.TestingSelection{Step: remedy.Delete}},
	}
}

// anyKey stands for a customer's key where no plan names one.
const anyKey = "any"

// makes are the calls of a change: those that look before and after, and the one that changes.
func makes(c remedy.Change, at place) []use {
	switch {
	case c.PITR != nil:
		return onTable(at, c.PITR.Table, awsapi.DescribeTable, awsapi.DescribeContinuousBackups, awsapi.UpdateContinuousBackups)
	case c.RegionSettings != nil:
		return []use{{call: awsapi.DescribeRegionSettings}, {call: awsapi.UpdateRegionSettings}}
	case c.Role != nil:
		return roleUses(c.Role)
	case c.RolePolicy != nil:
		return rolePolicyUses(c.RolePolicy)
	case c.Plan != nil:
		return planUses(c.Plan, at)
	case c.PlanRules != nil:
		plan := at.plan(c.PlanRules.Plan)
		return []use{{call: awsapi.GetBackupPlan, on: plan}, {call: awsapi.UpdateBackupPlan, on: plan}}
	case c.Selection != nil:
		return selectionUses(c.Selection, at)
	case c.TestingPlan != nil, c.TestingSelection != nil:
		return testingUses(c, at)
	case c.Vault != nil, c.VaultPolicy != nil, c.VaultLock != nil, c.VaultNotifications != nil:
		return vaultUses(c, at)
	}
	return tableUses(c, at)
}

// undoes are the calls of a change that backs out another: beside its own, those that find out whether somebody else rests on the thing.
func undoes(c remedy.Change, at place) []use {
	uses := makes(c, at)
	anyPlan := at.plan("")
	switch {
	case c.Role != nil, c.RolePolicy != nil:
		uses = append(uses, use{call: awsapi.ListBackupPlans}, use{call: awsapi.ListBackupSelections, on: anyPlan})
	case c.Vault != nil:
		uses = append(uses, use{call: awsapi.ListBackupPlans}, use{call: awsapi.GetBackupPlan, on: anyPlan})
	case c.Plan != nil: // one whose making was not seen to end is looked for by its name
		uses = append(uses, use{call: awsapi.ListBackupPlans}, use{call: awsapi.ListBackupSelections, on: at.plan(c.Plan.ID)})
	case c.Selection != nil && c.Selection.Step == remedy.Delete:
		uses = append(uses, use{call: awsapi.ListBackupSelections, on: at.plan(c.Selection.Plan)})
	case c.TestingPlan != nil:
		uses = append(uses, use{call: awsapi.ListRestoreTestingSelections, on: at.testingPlan(c.TestingPlan.Name)})
	}
	return uses
}

func onTable(at place, name string, calls ...awsapi.CallID) []use {
	var uses []use
	for _, c := range calls {
		uses = append(uses, use{call: c, on: at.table(name)})
	}
	return uses
}

func roleUses(r *remedy.Role) []use {
	look := onRole(awsapi.GetRole, r.ARN)
	if r.Step == remedy.Delete {
		return append(look, use{call: awsapi.DeleteRole, on: literally(r.ARN)})
	}
	return append(look, use{call: awsapi.CreateRole, on: literally(r.ARN), tagged: true})
}

// onRole asks about a role by its name alone: while there is none, IAM knows no path, and judges by the ARN without one (assumed; AWS does not say).
func onRole(call awsapi.CallID, arn string) []use {
	uses := []use{{call: call, on: literally(arn)}}
	if head, path, ok := strings.Cut(arn, ":role/"); ok && strings.Contains(path, "/") {
		uses = append(uses, use{call: call, on: literally(head + ":role/" + path[strings.LastIndexByte(path, '/')+1:])})
	}
	return uses
}

func rolePolicyUses(p *remedy.RolePolicy) []use {
	change := awsapi.DetachRolePolicy
	if p.Attached {
		change = awsapi.AttachRolePolicy
	}
	return append(onRole(awsapi.ListAttachedRolePolicies, p.RoleARN), use{call: change, on: literally(p.RoleARN), policy: p.PolicyARN})
}

func planUses(p *remedy.BackupPlan, at place) []use {
	plan := at.plan(p.ID)
	if p.Step == remedy.Delete {
		return []use{{call: awsapi.GetBackupPlan, on: plan}, {call: awsapi.DeleteBackupPlan, on: plan}}
	}
	return []use{{call: awsapi.ListBackupPlans}, {call: awsapi.GetBackupPlan, on: plan}, {call: awsapi.CreateBackupPlan, on: plan, tagged: true}}
}

func selectionUses(s *remedy.Selection, at place) []use {
	plan := at.plan(s.Plan)
	if s.Step == remedy.Delete {
		return []use{{call: awsapi.GetBackupSelection, on: plan}, {call: awsapi.DeleteBackupSelection, on: plan}}
	}
	return []use{
		{call: awsapi.ListBackupSelections, on: plan}, {call: awsapi.GetBackupSelection, on: plan},
		{call: awsapi.CreateBackupSelection, on: plan, role: s.RoleARN},
	}
}

func vaultUses(c remedy.Change, at place) []use {
	switch {
	case c.Vault != nil && c.Vault.Step == remedy.Delete:
		return []use{{call: awsapi.ListBackupVaults}, {call: awsapi.DeleteBackupVault, on: at.vault(c.Vault.Name)}}
	case c.Vault != nil:
		return []use{{call: awsapi.ListBackupVaults}, {call: awsapi.CreateBackupVault, on: at.vault(c.Vault.Name), tagged: true, keyed: c.Vault.KeyARN != "", key: literal(c.Vault.KeyARN)}}
	case c.VaultPolicy != nil:
		change := awsapi.PutBackupVaultAccessPolicy
		if c.VaultPolicy.Policy == "" {
			change = awsapi.DeleteBackupVaultAccessPolicy
		}
		vault := at.vault(c.VaultPolicy.Vault)
		return []use{{call: awsapi.ListBackupVaults}, {call: awsapi.GetBackupVaultAccessPolicy, on: vault}, {call: change, on: vault}}
	case c.VaultLock != nil:
		change := awsapi.PutBackupVaultLockConfiguration
		if !c.VaultLock.Locked {
			change = awsapi.DeleteBackupVaultLockConfiguration
		}
		return []use{{call: awsapi.ListBackupVaults}, {call: change, on: at.vault(c.VaultLock.Vault)}}
	}
	change := awsapi.PutBackupVaultNotifications
	if c.VaultNotifications.Topic == "" {
		change = awsapi.DeleteBackupVaultNotifications
	}
	vault := at.vault(c.VaultNotifications.Vault)
	return []use{{call: awsapi.ListBackupVaults}, {call: awsapi.GetBackupVaultNotifications, on: vault}, {call: change, on: vault}}
}

// literal is a key's ARN where a plan names one.
func literal(key string) string {
	if key == anyKey {
		return ""
	}
	return key
}

func tableUses(c remedy.Change, at place) []use {
	switch {
	case c.TableTags != nil && len(c.TableTags.Set) > 0:
		return onTable(at, c.TableTags.Table, awsapi.DescribeTable, awsapi.ListTagsOfResource, awsapi.TagTable)
	case c.TableTags != nil:
		return onTable(at, c.TableTags.Table, awsapi.DescribeTable, awsapi.ListTagsOfResource, awsapi.UntagTable)
	case c.DeletionProtection != nil:
		return onTable(at, c.DeletionProtection.Table, awsapi.DescribeTable, awsapi.UpdateTable)
	case c.TableKey != nil:
		uses := onTable(at, c.TableKey.Table, awsapi.DescribeTable)
		return append(uses, use{call: awsapi.UpdateTable, on: at.table(c.TableKey.Table), keyed: c.TableKey.KeyARN != "", key: literal(c.TableKey.KeyARN)})
	case c.Backup != nil:
		return backupUses(c.Backup, at)
	}
	return nil
}

func backupUses(b *remedy.Backup, at place) []use {
	uses := onTable(at, b.Table, awsapi.DescribeTable)
	if b.Native != "" {
		return append(uses, use{call: awsapi.ListBackups}, use{call: awsapi.CreateBackup, on: at.table(b.Table)})
	}
	return append(uses, use{call: awsapi.DescribeBackupJob}, use{call: awsapi.StartBackupJob, on: at.vault(b.Vault), role: b.RoleARN})
}

func testingUses(c remedy.Change, at place) []use {
	if p := c.TestingPlan; p != nil {
		plan := at.testingPlan(p.Name)
		if p.Step == remedy.Delete {
			return []use{{call: awsapi.GetRestoreTestingPlan, on: plan}, {call: awsapi.DeleteRestoreTestingPlan, on: plan}}
		}
		return []use{{call: awsapi.GetRestoreTestingPlan, on: plan}, {call: awsapi.CreateRestoreTestingPlan, on: at.testingPlan(""), tagged: true}}
	}
	s := c.TestingSelection
	plan := at.testingPlan(s.Plan)
	look := use{call: awsapi.GetRestoreTestingSelection, on: plan}
	if s.Step == remedy.Delete {
		return []use{look, {call: awsapi.DeleteRestoreTestingSelection, on: plan}}
	}
	return []use{look, {call: awsapi.CreateRestoreTestingSelection, on: plan, role: s.RoleARN}}
}
