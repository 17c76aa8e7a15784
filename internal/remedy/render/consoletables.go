package render

import (
	"fmt"

	"github.com/restorable/restorable/internal/remedy"
)

func tableGuide(c remedy.Change, group []*remedy.Action) guide {
	switch {
	case c.TableTags != nil:
		return tagsGuide(c.TableTags)
	case c.DeletionProtection != nil:
		tables := tableList(group, func(a *remedy.Action) string { return a.Change.DeletionProtection.Table })
		verb := map[bool]string{true: "Turn on", false: "Turn off"}[c.DeletionProtection.On]
		return guide{verb + " deletion protection", page(inTables, "Tables"), []string{"Open the table: " + tables, "Tab Additional settings, Deletion protection, " + verb + "."},
			"the tab shows it.", "the same page."}
	case c.TableKey != nil:
		return tableKeyGuide(c.TableKey)
	case c.Backup != nil:
		return backupGuide(c.Backup)
	case c.TestingPlan != nil:
		return testingPlanGuide(c.TestingPlan)
	case c.TestingSelection != nil:
		return testingSelectionGuide(c.TestingSelection)
	}
	return guide{title: "Something that this guide has no words for", where: page("AWS console"), check: "see the plan.", undo: "see the plan."}
}

func tagsGuide(t *remedy.TableTags) guide {
	g := guide{title: "Tag table " + code(t.Table), where: page(inTables, "Tables", code(t.Table), "Additional settings"), check: "the tab lists them.", undo: "the same page, as it was."}
	if len(t.Set) > 0 {
		g.steps = append(g.steps, "Tags, Manage tags: "+tagText(t.Set)+".")
	}
	for _, k := range t.Remove {
		g.steps = append(g.steps, "Tags, Manage tags: remove "+code(k)+".")
	}
	return g
}

func tableKeyGuide(k *remedy.TableKey) guide {
	choose := map[string]string{ownedByAWS: "Owned by Amazon DynamoDB", customerKey: "Stored in your account, and owned and managed by you: " + code(k.KeyARN)}[k.Level]
	if choose == "" {
		choose = "AWS managed key"
	}
	return guide{"Change the key of table " + code(k.Table), page(inTables, "Tables", code(k.Table), "Additional settings"),
		[]string{"Encryption, Manage encryption: " + choose + ".", "Save changes. Do not disable the earlier key: older backups need it."}, "the tab shows the key.", "the same page, as it was."}
}

func backupGuide(b *remedy.Backup) guide {
	if b.Native != "" {
		return guide{title: "Back up table " + code(b.Table) + " now", where: page(inTables, "Tables", code(b.Table), "Backups"),
			steps: []string{"Create backup, Create on-demand backup, Customize settings, with DynamoDB. Name: " + code(b.Native) + "."}, check: "the tab lists it as available."}
	}
	retention := "always"
	if b.DeleteAfterDays > 0 {
		retention = code(fmt.Sprint(b.DeleteAfterDays)) + " days"
	}
	return guide{title: "Back up table " + code(b.Table) + " now", where: page(inBackup, "Protected resources", "Create on-demand backup"),
		steps: []string{"Resource type DynamoDB, table " + code(b.Table) + ".", "Create backup now. Retention: " + retention + ". Vault: " + code(b.Vault) + ". IAM role: " + code(b.RoleARN) + ".", "Create on-demand backup."},
		check: "under Jobs the job ends as completed, and the vault holds a recovery point of this table."}
}

func testingPlanGuide(t *remedy.TestingPlan) guide {
	if t.Step == remedy.Delete {
		return guide{"Delete restore testing plan " + code(t.Name), page(inBackup, "Restore testing"), []string{"Delete its selections first, then the plan."}, "the list does not hold it.", "make it again."}
	}
	return guide{"Make restore testing plan " + code(t.Name), page(inBackup, "Restore testing"),
		[]string{"Create restore testing plan. Name: " + code(t.Name) + ".", "Test frequency: custom cron expression " + code(t.Schedule) + ", start within " + code(fmt.Sprint(t.StartWindowHours)) + " hours.",
			"Source vaults:\n" + bullets(t.IncludeVaults), "Recovery points: the latest within " + code(fmt.Sprint(t.WindowDays)) + " days. Create."},
		"the list holds it.", "delete its selections, then the plan."}
}

func testingSelectionGuide(t *remedy.TestingSelection) guide {
	if t.Step == remedy.Delete {
		return guide{"Delete a selection of restore testing plan " + code(t.Plan), page(inBackup, "Restore testing", code(t.Plan)), []string{"Choose " + code(t.Name) + ", Delete."}, "the plan does not list it.", "make it again."}
	}
	return guide{"Choose what restore testing plan " + code(t.Plan) + " tests", page(inBackup, "Restore testing", code(t.Plan)),
		[]string{"Add resources. Name: " + code(t.Name) + ". IAM role: " + code(t.RoleARN) + ".", "Resource type DynamoDB, these tables:\n" + bullets(t.Resources)},
		"the plan lists it.", "choose it in the plan, Delete."}
}
