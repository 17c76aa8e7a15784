package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

const (
	inBackup = "AWS Backup console"
	inIAM    = "IAM console"
	inTables = "DynamoDB console"
)

func page(console string, path ...string) string {
	return "Where: " + console + " › " + strings.Join(path, " › ")
}

// guideFor is the guide of a change; a group is of one kind, with other tables.
func guideFor(p *remedy.Plan, group []*remedy.Action) guide {
	c := group[0].Change
	switch {
	case c.PITR != nil:
		return pitrGuide(c.PITR, group)
	case c.RegionSettings != nil:
		return settingsGuide(c.RegionSettings)
	case c.Role != nil:
		return roleGuide(c.Role)
	case c.RolePolicy != nil:
		return rolePolicyGuide(c.RolePolicy)
	case c.Vault != nil:
		return vaultGuide(c.Vault)
	case c.VaultPolicy != nil:
		return vaultPolicyGuide(c.VaultPolicy)
	case c.VaultLock != nil:
		return lockGuide(c.VaultLock)
	case c.Plan != nil:
		return planGuide(c.Plan)
	case c.PlanRules != nil:
		return rulesGuide(c.PlanRules)
	case c.Selection != nil:
		return selectionGuide(c.Selection, planWords(p, c.Selection.Plan))
	}
	return tableGuide(c, group)
}

func pitrGuide(p *remedy.PITR, group []*remedy.Action) guide {
	tables := tableList(group, func(a *remedy.Action) string { return a.Change.PITR.Table })
	if !p.Enabled {
		return guide{"Turn point-in-time recovery off", page(inTables, "Tables"), []string{"Open the table: " + tables, "Tab Backups, Point-in-time recovery, Edit.", "Clear the box, and save."}, "the tab says that it is off.", "turn it on again."}
	}
	choose := "Turn it on, and save."
	if p.PeriodDays > 0 {
		choose = fmt.Sprintf("Turn it on, set the recovery period to %s days, and save.", code(fmt.Sprint(p.PeriodDays)))
	}
	return guide{"Turn point-in-time recovery on", page(inTables, "Tables"),
		[]string{"Open the table: " + tables, "Tab Backups, Point-in-time recovery (PITR), Edit.", choose},
		"the tab says that it is on, with the earliest point that can be restored.", "the same page, cleared."}
}

func settingsGuide(s *remedy.RegionSettings) guide {
	g := guide{title: "AWS Backup's settings of the Region", where: page(inBackup, "Settings"),
		check: "the page lists DynamoDB as chosen. Leave every other service as it is.", undo: "the same page, as it was."}
	if on, set := s.OptIn["DynamoDB"]; set {
		g.steps = append(g.steps, "Service opt-in, Configure resources: "+switched(on)+" DynamoDB, and confirm.")
	}
	if on, set := s.Management["DynamoDB"]; set {
		g.steps = append(g.steps, "Advanced features for Amazon DynamoDB backups: "+switched(on)+" them, and confirm.")
	}
	return g
}

func switched(on bool) string {
	if on {
		return "switch on"
	}
	return "switch off"
}

func roleGuide(r *remedy.Role) guide {
	name := code(r.Name)
	switch {
	case r.Step == remedy.Delete:
		return guide{"Delete role " + name, page(inIAM, "Roles"), []string{"Choose " + name + ", Delete, and type its name."}, "the list does not hold it any more.", "make it again."}
	case r.Name == defaultRole:
		return guide{"Let AWS Backup make its default role", page(inBackup, "Dashboard", "Create on-demand backup"),
			[]string{"Under IAM role leave Default role chosen.", "AWS Backup makes " + name + " the first time that a backup or an assignment is made with it: the assignment below is enough, and no backup has to be made here."},
			"the IAM console lists " + name + ".", "delete it in the IAM console."}
	}
	steps := []string{"Create role, AWS service, use case AWS Backup.", "Role name: " + name + "."}
	if len(r.Tags) > 0 {
		steps = append(steps, "Tags: "+tagText(r.Tags)+".")
	}
	return guide{"Make role " + name, page(inIAM, "Roles"), append(steps, "Create role. Its trust policy must read:\n\n"+block("json", indented(r.Trust))), "the list holds it.", "delete it again."}
}

func rolePolicyGuide(r *remedy.RolePolicy) guide {
	policy := code(r.PolicyARN[strings.LastIndex(r.PolicyARN, "/")+1:])
	if !r.Attached {
		return guide{"Take a policy from role " + code(r.Role), page(inIAM, "Roles", code(r.Role)), []string{"Permissions: choose " + policy + ", Remove."}, "the list does not hold it.", "attach it again."}
	}
	return guide{"Give a policy to role " + code(r.Role), page(inIAM, "Roles", code(r.Role)),
		[]string{"Add permissions, Attach policies.", "Choose " + policy + ", and add it. If it is there already, nothing has to be done."}, "the permissions list it.", "choose it in that list, Remove."}
}

func vaultGuide(v *remedy.Vault) guide {
	name := code(v.Name)
	if v.Step == remedy.Delete {
		return guide{"Delete vault " + name, page(inBackup, "Vaults", name), []string{"Delete: only an empty vault can be deleted."}, "the list does not hold it.", "make it again."}
	}
	key := "leave the default, `aws/backup`"
	if v.KeyARN != "" {
		key = code(v.KeyARN)
	}
	steps := []string{"Create new vault. Name: " + name + ".", "Encryption key: " + key + ". It can never be changed."}
	if len(v.Tags) > 0 {
		steps = append(steps, "Tags: "+tagText(v.Tags)+".")
	}
	return guide{"Make vault " + name, page(inBackup, "Vaults"), append(steps, "Create."), "the list holds it.", "delete it while it is empty."}
}

func vaultPolicyGuide(v *remedy.VaultPolicy) guide {
	if v.Policy == "" {
		return guide{"Delete the access policy of vault " + code(v.Vault), page(inBackup, "Vaults", code(v.Vault)), []string{"Access policy, Delete."}, "the vault shows no policy.", "write it again."}
	}
	return guide{"Set the access policy of vault " + code(v.Vault), page(inBackup, "Vaults", code(v.Vault)),
		[]string{"Keep the policy that is there now, if there is one: undoing needs it.", "Access policy, Edit. Replace the whole text by:\n\n" + block("json", indented(v.Policy)), "Save."},
		"the vault shows the policy.", "put the earlier text back."}
}

func lockGuide(v *remedy.VaultLock) guide {
	name := code(v.Vault)
	if !v.Locked {
		return guide{"Remove the lock of vault " + name, page(inBackup, "Vaults", name), []string{"Vault lock, Delete vault lock."}, "the vault shows no lock.", "lock it again."}
	}
	mode, undo := "governance", "Vault lock, Delete vault lock."
	if v.ChangeableForDays > 0 {
		mode = fmt.Sprintf("compliance, with a grace time of %d days", v.ChangeableForDays)
		undo = fmt.Sprintf("only within the first %d days; after that **nobody** can, neither you nor AWS.", v.ChangeableForDays)
	}
	return guide{"Lock vault " + name, page(inBackup, "Vaults", name),
		[]string{"Create vault lock. Mode: " + mode + ".", "Retention: at least " + daysOrNone(v.MinRetentionDays) + ", at most " + daysOrNone(v.MaxRetentionDays) + ".", "Create."},
		"the vault shows the lock with these figures.", undo}
}

func daysOrNone(n int64) string {
	if n == 0 {
		return "nothing given"
	}
	return code(fmt.Sprint(n)) + " days"
}

func planGuide(b *remedy.BackupPlan) guide {
	name := code(b.Name)
	if b.Step == remedy.Delete {
		return guide{"Delete backup plan " + name, page(inBackup, "Backup plans", name), []string{"Delete its resource assignments first, then the plan."}, "the list does not hold it.", "make it again."}
	}
	steps := []string{"Create backup plan, Build a new plan. Name: " + name + "."}
	if len(b.Tags) > 0 {
		steps = append(steps, "Tags of the plan: "+tagText(b.Tags)+".")
	}
	for _, r := range b.Rules {
		steps = append(steps, ruleText(r))
	}
	return guide{"Make backup plan " + name, page(inBackup, "Backup plans"), append(steps, "Create plan."), "the plan shows the rules with these figures.",
		"delete the assignments of the plan, then the plan. Recovery points stay until they expire."}
}

// ruleText lists the figures of a rule below its name.
func ruleText(r remedy.Rule) string {
	lines := []string{"Rule " + code(r.Name) + ":"}
	add := func(what, value string, given bool) {
		if given {
			lines = append(lines, "- "+what+": "+value)
		}
	}
	add("vault", code(r.Vault), true)
	add("logically air-gapped vault", code(r.AirGappedVault), r.AirGappedVault != "")
	add("frequency", "custom cron expression "+code(r.Schedule), r.Schedule != "")
	zone := r.Timezone
	if zone == "" {
		zone = "UTC"
	}
	add("time zone", code(zone), true)
	add("start within", minutesText(r.StartWindow), r.StartWindow > 0)
	add("complete within", minutesText(r.CompletionWindow), r.CompletionWindow > 0)
	add("move to cold storage after", code(fmt.Sprint(r.ColdAfterDays))+" days", r.ColdAfterDays > 0)
	retention := "always"
	if r.DeleteAfterDays > 0 {
		retention = code(fmt.Sprint(r.DeleteAfterDays)) + " days"
	}
	add("retention", retention, true)
	for _, c := range r.Copies {
		text := code(c.VaultARN)
		if c.DeleteAfterDays > 0 {
			text += fmt.Sprintf(", kept %d days", c.DeleteAfterDays)
		}
		add("copy to", text, true)
	}
	add("tags of recovery points", tagText(r.Tags), len(r.Tags) > 0)
	return strings.Join(lines, "\n")
}

func minutesText(n int64) string {
	if n%60 == 0 {
		return fmt.Sprintf("%d hours (%s minutes)", n/60, code(fmt.Sprint(n)))
	}
	return code(fmt.Sprint(n)) + " minutes"
}

func rulesGuide(r *remedy.PlanRules) guide {
	steps := []string{}
	for _, rule := range r.Set {
		steps = append(steps, "Edit, or add, so that it reads so; what is not named stays. "+ruleText(rule))
	}
	for _, name := range r.Remove {
		steps = append(steps, "Delete rule "+code(name)+".")
	}
	return guide{"Change rules of backup plan " + code(r.Name), page(inBackup, "Backup plans", code(r.Name), "Backup rules"), steps, "the plan shows the rules with these figures.", "edit them back; write down the figures of before."}
}

// planWords says which backup plan is meant: by its name where the plan makes it, else by its id.
func planWords(p *remedy.Plan, r remedy.Ref) string {
	if id, ok := r.Action(); ok {
		if made := action(p, id); made != nil && made.Change.Plan != nil {
			return code(made.Change.Plan.Name)
		}
	}
	return "the plan with the id " + code(string(r))
}

func selectionGuide(s *remedy.Selection, plan string) guide {
	if s.Step == remedy.Delete {
		return guide{"Delete assignment " + code(s.Name), page(inBackup, "Backup plans", plan, "Resource assignments"),
			[]string{"Choose " + code(s.Name) + ", Delete."}, "the plan does not list it.", "make it again with " + selectionWords(s) + "."}
	}
	steps := []string{"Open " + plan + ", Assign resources. Name: " + code(s.Name) + ".", "IAM role: " + code(s.RoleARN) + "."}
	if len(s.Resources) == 0 || slices.ContainsFunc(s.Resources, func(r string) bool { return strings.HasSuffix(r, "*") }) {
		steps = append(steps, "Include specific resource types: DynamoDB, all tables.")
	} else {
		steps = append(steps, "Include specific resource types: DynamoDB, and choose:\n"+bullets(s.Resources))
	}
	if len(s.NotResources) > 0 {
		steps = append(steps, "Exclude:\n"+bullets(s.NotResources))
	}
	for _, t := range refinements(s) {
		steps = append(steps, "Refine selection using tags: "+t+".")
	}
	return guide{"Assign tables to the backup plan", page(inBackup, "Backup plans"), append(steps, "Assign resources."), "the plan lists the assignment.", "choose the assignment in the plan, Delete."}
}

func refinements(s *remedy.Selection) []string {
	var out []string
	add := func(operator string, list []remedy.TagMatch) {
		for _, t := range list {
			out = append(out, "key "+code(strings.TrimPrefix(t.Key, "aws:ResourceTag/"))+", "+operator+" "+code(t.Value))
		}
	}
	add("equals", s.ListOfTags)
	add("equals", s.StringEquals)
	add("not equals", s.StringNotEquals)
	add("contains or begins with, by pattern", s.StringLike)
	add("not, by pattern", s.StringNotLike)
	return out
}

// selectionWords says in a line what a selection takes.
func selectionWords(s *remedy.Selection) string {
	parts := refinements(s)
	for _, r := range s.Resources {
		parts = append(parts, code(r))
	}
	for _, r := range s.NotResources {
		parts = append(parts, "not "+code(r))
	}
	return strings.Join(append(parts, "role "+code(s.RoleARN)), ", ")
}

func bullets(values []string) string {
	var lines []string
	for _, v := range values {
		lines = append(lines, "- "+code(v))
	}
	return strings.Join(lines, "\n")
}

func tagText(tags map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, code(k)+" = "+code(tags[k]))
	}
	return strings.Join(out, ", ")
}

// indented is a policy as a person reads it.
func indented(text string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return text
	}
	return b.String()
}
