package render

import (
	"cmp"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// module is a Terraform module in the making.
type module struct {
	order
	bundles                  []*bundle
	main, variables, outputs hclBody
	labels                   names             // of resources, with their types
	variableNames            names             // of variables and outputs
	tags                     map[string]string // default of var.tags
	addresses                map[string]string // by "region/kind/name": address of a resource that is made here
	roleARNs                 map[string]hclRaw // by ARN: the expression that stands for it
	planIDs                  map[string]hclRaw // by action
	keeps                    []string          // addresses of what recovery points depend on
	imports                  []importing
	err                      error
	at                       int // bundle that is being written
}

// importing is a thing that exists before the module is applied.
type importing struct{ address, id, alias string }

func (m *module) add(i int, b *bundle) {
	m.at = i
	for _, r := range b.roles {
		m.addRole(r)
	}
	if b.settings != nil {
		m.addSettings(b)
	}
	for _, v := range b.vaults {
		m.addVault(b, v)
	}
	for _, p := range b.plans {
		m.addPlan(b, p)
	}
	for _, s := range b.selections {
		m.addSelection(b, s)
	}
	for _, p := range b.testing {
		m.addTestingPlan(b, p)
	}
	for _, s := range b.tested {
		m.addTestingSelection(b, s)
	}
	if len(b.tags) > 0 {
		m.addTableTags(b)
	}
}

// resource opens a resource and returns its body and its address.
func (m *module) resource(kind, label string) (*hclBody, string) {
	if m.at > 0 {
		label += "_" + alias(m.bundles[m.at].region)
	}
	address := m.labels.take(kind + "." + label)
	body := m.main.block("resource", kind, strings.TrimPrefix(address, kind+"."))
	body.setIf(m.at > 0, "provider", hclRaw("aws."+alias(m.bundles[m.at].region)))
	return body, address
}

// variable declares a variable and returns the expression that reads it.
func (m *module) variable(name, kind string, value any, description string) hclRaw {
	name = m.variableNames.take(name)
	v := m.variables.block("variable", name)
	v.set("description", description)
	v.set("type", hclRaw(kind))
	v.set("default", value)
	return hclRaw("var." + name)
}

// scoped is the name of a variable: plain when it is the only one of its kind.
func (m *module) scoped(name string, several bool, owner string) string {
	if several {
		name = snake(owner) + "_" + name
	}
	if m.at > 0 {
		name += "_" + alias(m.bundles[m.at].region)
	}
	return name
}

func (m *module) output(name, description string, value hclRaw) {
	if m.at > 0 {
		name += "_" + alias(m.bundles[m.at].region)
	}
	o := m.outputs.block("output", m.variableNames.take(name))
	o.set("description", description)
	o.set("value", value)
}

// keep guards what recovery points depend on against a destroy.
func (m *module) keep(body *hclBody, address string) {
	body.block("lifecycle").set("prevent_destroy", true)
	m.keeps = append(m.keeps, address)
}

// tagged sets the tags of a resource: the variable, and what this one has beyond it.
func (m *module) tagged(body *hclBody, tags map[string]string) {
	more := map[string]string{}
	for k, v := range withPurpose(tags) {
		if m.tags[k] != v {
			more[k] = v
		}
	}
	if len(more) == 0 {
		body.set("tags", hclRaw("var.tags"))
		return
	}
	body.set("tags", hclRaw("merge(var.tags, "+hclValue(more, 1)+")"))
}

func (m *module) policy(what, text string) hclRaw {
	doc := document(text)
	if doc == nil {
		m.err = cmp.Or(m.err, error(&Refusal{Terraform, "the policy of " + oneLine(what) + " is no JSON object"}))
	}
	return hclRaw("jsonencode(" + hclValue(doc, 1) + ")")
}

func (m *module) addRole(r *roleBundle) {
	name := any(r.name)
	if r.made != nil {
		body, address := m.resource("aws_iam_role", "backup")
		body.set("name", m.variable(m.scoped("role_name", len(m.bundles[m.at].roles) > 1, r.name), "string", r.name, "Name of the role that AWS Backup works through"))
		body.set("path", r.made.Path)
		body.setIf(r.made.Description != "", "description", r.made.Description)
		body.set("assume_role_policy", m.policy("role "+r.name, r.made.Trust))
		m.tagged(body, r.made.Tags)
		m.keep(body, address)
		name = hclRaw(address + ".name")
		m.roleARNs[r.made.ARN] = hclRaw(address + ".arn")
		m.output("role_arn", "Role that AWS Backup works through", hclRaw(address+".arn"))
	}
	if len(r.policies) == 0 {
		return
	}
	label := "backup"
	if r.made == nil {
		label = snake(r.name)
	}
	body, address := m.resource("aws_iam_role_policy_attachment", label)
	body.set("for_each", hclRaw("toset("+hclValue(anyTexts(r.policies), 1)+")"))
	body.set("role", name)
	body.set("policy_arn", hclRaw("each.value"))
	m.keep(body, address)
	m.addresses["attached/"+r.name] = address
	if r.made != nil {
		m.addresses["attached/"+r.made.ARN] = address
	}
}

// roleARN is the expression of a role: the one that is made here, or a variable with the ARN.
func (m *module) roleARN(arn string) hclRaw {
	if _, ok := m.roleARNs[arn]; !ok {
		name := "role_arn"
		if len(m.roleARNs) > 0 {
			name = snake(arn[strings.LastIndexByte(arn, '/')+1:]) + "_role_arn"
		}
		m.roleARNs[arn] = m.variable(name, "string", arn, "ARN of the role that AWS Backup works through")
	}
	return m.roleARNs[arn]
}

func (m *module) addSettings(b *bundle) {
	body, address := m.resource("aws_backup_region_settings", "backup")
	body.set("resource_type_opt_in_preference", switches(b.settings.OptIn))
	body.setIf(len(b.settings.Management) > 0, "resource_type_management_preference", switches(b.settings.Management))
	m.imported(address, b.region)
}

func switches(settings map[string]bool) map[string]any {
	out := map[string]any{}
	for k, v := range settings {
		out[k] = v
	}
	return out
}

func (m *module) imported(address, id string) {
	i := importing{address: address, id: id}
	if m.at > 0 {
		i.alias = alias(m.bundles[m.at].region)
	}
	m.imports = append(m.imports, i)
}

func (m *module) addVault(b *bundle, v *vaultBundle) {
	name := any(v.name)
	if v.made != nil {
		body, address := m.resource("aws_backup_vault", snake(v.name))
		body.set("name", m.variable(m.scoped("vault_name", len(b.vaults) > 1, v.name), "string", v.name, "Name of the backup vault"))
		body.setIf(v.made.KeyARN != "", "kms_key_arn", v.made.KeyARN)
		m.tagged(body, v.made.Tags)
		m.keep(body, address)
		name = hclRaw(address + ".name")
		m.addresses[b.region+"/vault/"+v.name] = address
		m.addresses["vault arn "+v.made.ARN] = address
		m.output(m.scopedOutput("vault_arn", len(b.vaults) > 1, v.name), "Vault of the recovery points", hclRaw(address+".arn"))
	}
	m.addVaultSettings(b, v, name)
}

func (m *module) scopedOutput(name string, several bool, owner string) string {
	if several {
		return snake(owner) + "_" + name
	}
	return name
}

func (m *module) addVaultSettings(b *bundle, v *vaultBundle, name any) {
	label := snake(v.name)
	if v.policy != nil {
		body, address := m.resource("aws_backup_vault_policy", label)
		body.set("backup_vault_name", name)
		body.set("policy", m.policy("vault "+v.name, v.policy.Policy))
		m.keep(body, address)
		m.importedIf(b, address, v.name, "policy", func(c remedy.Change) bool { return c.VaultPolicy != nil && c.VaultPolicy.Vault == v.name })
	}
	if v.lock != nil {
		body, address := m.resource("aws_backup_vault_lock_configuration", label)
		body.set("backup_vault_name", name)
		body.setIf(v.lock.MinRetentionDays > 0, "min_retention_days", v.lock.MinRetentionDays)
		body.setIf(v.lock.MaxRetentionDays > 0, "max_retention_days", v.lock.MaxRetentionDays)
		body.setIf(v.lock.ChangeableForDays > 0, "changeable_for_days", v.lock.ChangeableForDays)
		m.keep(body, address)
		m.importedIf(b, address, v.name, "lock", func(c remedy.Change) bool { return c.VaultLock != nil && c.VaultLock.Vault == v.name })
	}
	if v.notify != nil {
		body, address := m.resource("aws_backup_vault_notifications", label)
		body.set("backup_vault_name", name)
		body.set("sns_topic_arn", v.notify.Topic)
		body.set("backup_vault_events", anyTexts(v.notify.Events))
		m.importedIf(b, address, v.name, "topic", func(c remedy.Change) bool { return c.VaultNotifications != nil && c.VaultNotifications.Vault == v.name })
	}
}

// importedIf imports what was observed to exist before: key names it in the state of the action.
func (m *module) importedIf(b *bundle, address, id, key string, is func(remedy.Change) bool) {
	for _, a := range b.observed {
		if before := a.Before[key]; is(a.Change) && before != "" && before != remedy.None {
			m.imported(address, id)
			return
		}
	}
}

// vaultName is the expression of a vault of this Region.
func (m *module) vaultName(b *bundle, name string) any {
	if address, ok := m.addresses[b.region+"/vault/"+name]; ok {
		return hclRaw(address + ".name")
	}
	return name
}

func (m *module) vaultARN(arn string) any {
	if address, ok := m.addresses["vault arn "+arn]; ok {
		return hclRaw(address + ".arn")
	}
	return arn
}

// help says how to deploy the module and how to be rid of it.
func (m *module) help() []string {
	out := []string{"", "Deploy it:", "  terraform init", "  terraform plan -out=tfplan", "  terraform apply tfplan"}
	if len(m.keeps) > 0 {
		out = append(out, "", "Recovery points depend on some of this: terraform destroy refuses to take it away. To take away everything else,",
			"let Terraform forget what stays first:")
		for _, address := range m.keeps {
			out = append(out, "  terraform state rm "+address)
		}
		out = append(out, "  terraform destroy")
	}
	return out
}

// importFile is the file of import blocks. Terraform before 1.5 does not know them and has the command.
func (m *module) importFile() string {
	top := []string{"What exists already and is set by this module. Terraform knows import blocks since version 1.5; with an earlier one, delete this", "file and run, after terraform init:"}
	var f hclBody
	for _, i := range m.imports {
		top = append(top, "  terraform import "+shellWord(i.address)+" "+shellWord(oneLine(i.id)))
		body := f.block("import")
		body.setIf(i.alias != "", "provider", hclRaw("aws."+i.alias))
		body.set("to", hclRaw(i.address))
		body.set("id", i.id)
	}
	return commented(top) + "\n" + hclText(&f)
}

func anyTexts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
