package render

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// organisationReadme stands beside the policies, which can hold no comments.
func organisationReadme(o order, made Rendering) string {
	var b strings.Builder
	b.WriteString("# Backup policies for AWS Organizations\n\n")
	for _, line := range o.top("Backup plans for every account that the policy is attached to.") {
		b.WriteString(markdown(line) + "\n")
	}
	b.WriteString("\n## What every account needs before\n\nAWS makes the plans, and neither the vaults nor the roles that they name: without them every job fails.\n\n")
	needed := policyNeeds(o.plan)
	for _, line := range needed {
		b.WriteString("- " + line + "\n")
	}
	if _, ok := accountScript(o); ok {
		fmt.Fprintf(&b, "\n`%s` makes what the plan would have made of them. For many accounts, `%s` writes a template that a stack set takes to all of them.\n",
			accountScriptName(o), o.command(CloudFormation))
	}
	b.WriteString(`
## What else must be so

- Backup policies are enabled for the organisation: ` + "`aws organizations enable-policy-type --policy-type BACKUP_POLICY --root-id ROOT`" + `.
- AWS Backup has trusted access: ` + "`aws organizations enable-aws-service-access --service-principal backup.amazonaws.com`" + `.
- The management account has opted in to DynamoDB in each Region: its choice counts for these plans, not the member's.
- Advanced DynamoDB features are on in each account: plans of an organisation do not switch them on.
- One mistake in the merged policy, and AWS makes and changes no plan at all in that account. See what it made of it:
  ` + "`aws organizations describe-effective-policy --policy-type BACKUP_POLICY`" + ` in the account, then ` + "`aws backup list-backup-plans`" + `.

`)
	if assumed := policyAssumptions(o.plan); len(assumed) > 0 {
		b.WriteString("## Assumed\n\n")
		for _, line := range assumed {
			b.WriteString("- " + line + "\n")
		}
		b.WriteString("\n")
	}
	b.WriteString("## Deploy\n\nWith credentials of the management account, or of a delegated administrator:\n\n```sh\n" + strings.Join(made.Deploy, "\n") + "\n```\n")
	return b.String()
}

// policyNeeds lists the vaults and roles that the policies name.
func policyNeeds(p *remedy.Plan) []string {
	var out []string
	seen := map[string]bool{}
	add := func(line string) {
		if !seen[line] {
			seen[line] = true
			out = append(out, line)
		}
	}
	sayable := sayableSelections(p)
	for i := range p.Actions {
		a := &p.Actions[i]
		if b := a.Change.Plan; b != nil && b.Step == remedy.Create && policySelections(p, a.ID) != nil {
			for _, r := range b.Rules {
				add("vault " + code(r.Vault) + " in " + code(regionOf(p, a)))
				for _, c := range r.Copies {
					add("vault " + code(anyAccount(p, c.VaultARN)) + " for copies")
				}
				if r.AirGappedVault != "" {
					add("logically air-gapped vault " + code(anyAccount(p, r.AirGappedVault)))
				}
			}
		}
		if s := a.Change.Selection; s != nil && sayable[a.ID] {
			add("role " + code(anyAccount(p, s.RoleARN)) + ", which AWS Backup may assume, with the policies AWSBackupServiceRolePolicyForBackup and AWSBackupServiceRolePolicyForRestores")
		}
	}
	return out
}

// policyAssumptions are the readings that the policies rest on and that AWS does not state.
func policyAssumptions(p *remedy.Plan) []string {
	var zones, prefixed bool
	for i := range p.Actions {
		c := p.Actions[i].Change
		if c.Plan != nil {
			for _, r := range c.Plan.Rules {
				zones = zones || r.Timezone != ""
			}
		}
		if c.Selection != nil && len(c.Selection.ListOfTags) > 1 {
			prefixed = true
		}
	}
	var out []string
	if zones {
		out = append(out, "that policies take `schedule_expression_timezone`, which not every page about them names")
	}
	if prefixed {
		out = append(out, "that a table which two selections of one plan match is backed up once")
	}
	return out
}

func accountScriptName(o order) string { return o.opts.Name + "-account.sh" }

// accountScript makes the roles and vaults of the plan in the account of the credentials; ok is false when the plan makes none.
func accountScript(o order) (File, bool) {
	own := *o.plan
	own.Actions = nil
	for _, a := range o.plan.Actions {
		c := a.Change
		if c.Role != nil && c.Role.Step == remedy.Create || c.RolePolicy != nil && c.RolePolicy.Attached || c.Vault != nil && c.Vault.Step == remedy.Create {
			own.Actions = append(own.Actions, a)
		}
	}
	if len(own.Actions) == 0 || scriptable(&own) != nil {
		return File{}, false
	}
	var b strings.Builder
	writeHead(&b, []string{
		Mark + " " + oneLine(own.Tool.Version) + " from plan " + oneLine(own.ID) + ".", "Makes the roles and vaults that the backup policies name, in the account of the credentials. Run it in each account.",
		"Running it twice is safe: what is there already stays as it is.",
	}, preludeApply)
	fmt.Fprintf(&b, "\nid=credentials region=%s\nask '' sts get-caller-identity '{}' Account\nsay \"account $answer\"\n", homeRegion(&own))
	for i := range own.Actions {
		writeApply(&b, &own, &own.Actions[i])
	}
	return File{Name: accountScriptName(o), Content: []byte(b.String()), Executable: true}, true
}
