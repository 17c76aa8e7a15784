package render

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// terraformGaps are what a module that does not own the tables cannot do, and what the provider has no argument for: versions 5 have
// none for a logically air-gapped primary vault, and one for deletion protection, keys and point-in-time recovery only on the table.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/backup_plan
func terraformGaps(p *remedy.Plan) []Gap {
	const owned = "They are arguments of aws_dynamodb_table: only the module that owns a table can set them."
	kind := func(is func(remedy.Change) bool) func(*remedy.Action) bool {
		return func(a *remedy.Action) bool { return is(a.Change) }
	}
	whole := wholeSettings(p)
	return gapsOf(p, []limit{
		{takesAway, "make", "removal", "Terraform removes only what it has made.", CLI},
		{kind(func(c remedy.Change) bool { return c.PITR != nil }), "set point-in-time recovery of", "table", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.DeletionProtection != nil }), "set deletion protection of", "table", owned, CLI},
		{kind(func(c remedy.Change) bool { return c.TableKey != nil }), "change the key of", "table", owned, CLI},
		{kind(changesStandingPlan), "change rules of", "existing plan", "Only the module that owns a plan can change it, and as a whole.", CLI},
		{kind(func(c remedy.Change) bool { return c.Plan != nil && airGapped(c.Plan) }), "make, with a logically air-gapped primary vault,", "plan", "Version 5 of the AWS provider has no argument for it.", CloudFormation},
		{func(a *remedy.Action) bool { return selectsFor(p, a, airGapped) }, "make, of such plans,", "selection", "Its plan is not in here.", CloudFormation},
		{func(a *remedy.Action) bool { return a.Change.RegionSettings != nil && !whole[a.Region] }, "make, in AWS Backup's settings of a Region,", "change", "The provider sets the opt-in of all services or of none, and it was not observed.", CLI},
		{kind(func(c remedy.Change) bool { return c.Backup != nil }), "make", "on-demand backup", "A backup is an event, not a resource.", CLI},
	})
}

// airGapped reports whether a rule of a plan puts its recovery points into a logically air-gapped vault first.
func airGapped(b *remedy.BackupPlan) bool {
	return slices.ContainsFunc(b.Rules, func(r remedy.Rule) bool { return r.AirGappedVault != "" })
}

// selectsFor reports whether an action makes a selection of a plan that the same plan of changes makes, and that is one of some.
func selectsFor(p *remedy.Plan, a *remedy.Action, some func(*remedy.BackupPlan) bool) bool {
	if a.Change.Selection == nil {
		return false
	}
	id, ok := a.Change.Selection.Plan.Action()
	if !ok {
		return false
	}
	made := action(p, id)
	return made != nil && made.Change.Plan != nil && some(made.Change.Plan)
}

// wholeSettings names the Regions of whose settings the plan knows the opt-in of all services.
func wholeSettings(p *remedy.Plan) map[string]bool {
	out := map[string]bool{}
	for i := range p.Actions {
		if s := p.Actions[i].Change.RegionSettings; s != nil && len(s.OptIn) > 0 {
			out[p.Actions[i].Region] = true
		}
	}
	return out
}

// terraform writes a root module. It refuses a plan of which it can express nothing.
func terraform(o order) (Rendering, error) {
	o.plan = folded(o.plan)
	all := bundles(o.plan, o.gaps)
	if len(all) == 0 {
		return Rendering{}, &Refusal{Terraform, "it can express nothing of this plan; run " + o.command(CLI)}
	}
	m := &module{order: o, bundles: all, labels: names{}, variableNames: names{}, tags: commonTags(all), addresses: map[string]string{}, roleARNs: map[string]hclRaw{}, planIDs: map[string]hclRaw{}}
	for i, b := range all {
		m.add(i, b)
	}
	if m.err != nil {
		return Rendering{}, m.err
	}
	m.variable("tags", "map(string)", m.tags, "Tags of everything that can carry tags")
	out := Rendering{Files: []File{
		{Name: "main.tf", Content: []byte(commented(append(o.top("A Terraform module."), m.help()...)) + "\n" + hclText(&m.main))},
		{Name: "variables.tf", Content: []byte(hclText(&m.variables))},
		{Name: "outputs.tf", Content: []byte(hclText(&m.outputs))},
		{Name: "versions.tf", Content: []byte(m.versions())},
	}}
	if len(m.imports) > 0 {
		out.Files = append(out.Files, File{Name: "imports.tf", Content: []byte(m.importFile())})
	}
	out.Deploy = []string{"terraform init", "terraform plan -out=tfplan", "terraform apply tfplan"}
	return out, nil
}

// commonTags are the tags that all of what is made has.
func commonTags(all []*bundle) map[string]string {
	var common map[string]string
	for _, b := range all {
		for _, tags := range b.allTags() {
			if common == nil {
				common = tags
			}
			for k, v := range common {
				if tags[k] != v {
					delete(common, k)
				}
			}
		}
	}
	return withPurpose(common)
}

func (b *bundle) allTags() []map[string]string {
	var out []map[string]string
	for _, r := range b.roles {
		if r.made != nil {
			out = append(out, withPurpose(r.made.Tags))
		}
	}
	for _, v := range b.vaults {
		if v.made != nil {
			out = append(out, withPurpose(v.made.Tags))
		}
	}
	for _, p := range b.plans {
		out = append(out, withPurpose(p.Tags))
	}
	for _, p := range b.testing {
		out = append(out, withPurpose(p.Tags))
	}
	return out
}

// versions is the file that says what the module needs. The floor of the provider is the version that has every argument in use.
func (m *module) versions() string {
	floor := "5.0"
	for _, b := range m.bundles {
		zoned := slices.ContainsFunc(b.plans, func(p planBundle) bool {
			return slices.ContainsFunc(p.Rules, func(r remedy.Rule) bool { return r.Timezone != "" })
		})
		if zoned || len(b.testing)+len(b.tested) > 0 {
			floor = "5.80"
		}
	}
	var f hclBody
	t := f.block("terraform")
	t.set("required_version", ">= 1.0")
	t.block("required_providers").set("aws", hclObject{{"source", "hashicorp/aws"}, {"version", ">= " + floor + ", < 7.0"}})
	for i, b := range m.bundles {
		p := f.block("provider", "aws")
		p.setIf(i > 0, "alias", alias(b.region))
		p.set("region", b.region)
		p.set("allowed_account_ids", []any{m.plan.Account})
	}
	return hclText(&f)
}

func alias(region string) string { return snake(region) }

// snake makes an identifier of a name: small letters, digits and underscores of ASCII.
func snake(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	if s := b.String(); s != "" && (s[0] >= 'a' && s[0] <= 'z') {
		return s
	}
	return "x" + b.String()
}
