package render

import (
	"github.com/restorable/restorable/internal/remedy"
)

// cloudFormationGaps are what no template of its own can do. CloudFormation has no resource for AWS Backup's settings of a Region
// (AWS::Backup has BackupPlan, BackupSelection, BackupVault, LogicallyAirGappedBackupVault, Framework, LegalHold, ReportPlan,
// RestoreTestingPlan, RestoreTestingSelection and TieringConfiguration), and a template changes only what it has made or imported.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_Backup.html
func cloudFormationGaps(p *remedy.Plan) []Gap {
	const owned = "A template changes only what it has made itself, or has been made to own by an import."
	made := madeBy(p)
	kind := func(is func(remedy.Change) bool) func(*remedy.Action) bool {
		return func(a *remedy.Action) bool { return is(a.Change) }
	}
	return gapsOf(p, []limit{
		{takesAway, "make", "removal", "Deploying a template removes nothing that it has not made.", CLI},
		{kind(func(c remedy.Change) bool { return c.PITR != nil }), "set point-in-time recovery of", "table", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.DeletionProtection != nil }), "set deletion protection of", "table", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.TableKey != nil }), "change the key of", "table", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.TableTags != nil }), "set tags of", "table", owned, CLI},
		{kind(changesStandingPlan), "change rules of", "existing plan", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.RolePolicy != nil && !made[c.RolePolicy.Role] }), "make, for existing roles,", "policy attachment", owned, CLI},
		{func(a *remedy.Action) bool { v, ok := vaultSetting(a.Change); return ok && !made[a.Region+"/"+v] }, "set, on existing vaults,", "setting", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.RegionSettings != nil }), "make, in AWS Backup's settings of a Region,", "change", "CloudFormation has no resource for AWS Backup's opt-in and advanced features.", CLI},
		{kind(func(c remedy.Change) bool { return c.Backup != nil }), "make", "on-demand backup", "A backup is an event, not a resource.", CLI},
	})
}

// madeBy names the roles, and the vaults as Region/name, that the plan itself makes.
func madeBy(p *remedy.Plan) map[string]bool {
	made := map[string]bool{}
	for i := range p.Actions {
		a := &p.Actions[i]
		if r := a.Change.Role; r != nil && r.Step == remedy.Create {
			made[r.Name] = true
		}
		if v := a.Change.Vault; v != nil && v.Step == remedy.Create {
			made[a.Region+"/"+v.Name] = true
		}
	}
	return made
}

// vaultSetting names the vault on which a change sets something.
func vaultSetting(c remedy.Change) (vault string, ok bool) {
	switch {
	case c.VaultPolicy != nil:
		return c.VaultPolicy.Vault, true
	case c.VaultLock != nil:
		return c.VaultLock.Vault, true
	case c.VaultNotifications != nil:
		return c.VaultNotifications.Vault, true
	}
	return "", false
}

// cloudFormation writes one template for each Region. It refuses a plan of which it can express nothing, and texts that CloudFormation
// would take for something to evaluate.
func cloudFormation(o order) (Rendering, error) {
	o.plan = folded(o.plan)
	all := bundles(o.plan, o.gaps)
	if len(all) == 0 {
		return Rendering{}, &Refusal{CloudFormation, "it can express nothing of this plan; run " + o.command(CLI)}
	}
	var out Rendering
	for _, b := range all {
		text, err := templateOf(o, b)
		if err != nil {
			return Rendering{}, err
		}
		name := o.opts.Name + ".yaml"
		if len(all) > 1 {
			name = o.opts.Name + "-" + b.region + ".yaml"
		}
		head := commented(append(o.top("A CloudFormation template for "+b.region+"."), cloudFormationHelp(o, name, b, len(text))...)) + "\n"
		out.Files = append(out.Files, File{Name: name, Content: []byte(head + text)})
		out.Deploy = append(out.Deploy, deployCommand(o, name, b, len(head)+len(text)))
	}
	return out, nil
}
