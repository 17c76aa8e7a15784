package render

import (
	"fmt"
	"strings"
	"unicode"
)

// parameterLimit is how long the value of a parameter may be, in bytes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const parameterLimit = 4096

// template is a CloudFormation template in the making.
type template struct {
	order
	*bundle
	parameters, conditions, resources, outputs yamlMap
	taken                                      names             // logical names, of everything
	roleValues                                 map[string]any    // by ARN: what a property says for a role
	vaultNames                                 map[string]any    // by name: what a property says for a vault that is made here
	vaultARNs                                  map[string]any    // by ARN
	planIDs                                    map[string]string // by action: logical name of a plan that is made here
	testingIDs                                 map[string]string // by name
	err                                        error
}

// templateOf writes the template of a bundle, without the comments at its top.
func templateOf(o order, b *bundle) (string, error) {
	t := &template{order: o, bundle: b, taken: names{}, roleValues: map[string]any{}, vaultNames: map[string]any{}, vaultARNs: map[string]any{},
		planIDs: map[string]string{}, testingIDs: map[string]string{}}
	for _, r := range b.roles {
		t.addRole(r)
	}
	for _, v := range b.vaults {
		t.addVault(v)
	}
	for _, p := range b.plans {
		t.addPlan(p)
	}
	for _, s := range b.selections {
		t.addSelection(s)
	}
	for _, p := range b.testing {
		t.addTestingPlan(p)
	}
	for _, s := range b.tested {
		t.addTestingSelection(s)
	}
	return t.text()
}

func (t *template) text() (string, error) {
	root := yamlMap{{"AWSTemplateFormatVersion", "2010-09-09"},
		{"Description", "AWS Backup of DynamoDB tables in " + t.region + ", from plan " + t.plan.ID + " of restorable"}}
	root.setIf(len(t.parameters) > 0, "Parameters", t.parameters)
	root.setIf(len(t.conditions) > 0, "Conditions", t.conditions)
	root.set("Resources", t.resources)
	root.set("Outputs", t.outputs)
	if key := foreignFunction(root); key != "" {
		return "", &Refusal{CloudFormation, fmt.Sprintf("CloudFormation would evaluate the key %q of a document or of tags; run %s", key, t.command(CLI))}
	}
	text := yamlOf(root)
	if strings.Contains(text, "{{resolve:") {
		return "", &Refusal{CloudFormation, "a text of the plan holds {{resolve:, which CloudFormation would evaluate; run " + t.command(CLI)}
	}
	return text, t.err
}

// foreignFunction finds a key that CloudFormation takes for an intrinsic function: ours are written in their short form.
func foreignFunction(value any) string {
	switch v := value.(type) {
	case yamlMap:
		for _, p := range v {
			if p.key == "Ref" || strings.HasPrefix(p.key, "Fn::") {
				return p.key
			}
			if found := foreignFunction(p.value); found != "" {
				return found
			}
		}
	case map[string]any:
		return foreignFunction(ordered(v))
	case []any:
		for _, item := range v {
			if found := foreignFunction(item); found != "" {
				return found
			}
		}
	case yamlCall:
		return foreignFunction(v.args)
	}
	return ""
}

// parameter declares a parameter and returns its name.
func (t *template) parameter(name, kind string, value any, description string, more ...yamlPair) string {
	name = t.taken.take(name)
	p := yamlMap{{"Type", kind}, {"Default", value}, {"Description", description}}
	t.parameters.set(name, append(p, more...))
	return name
}

// resource declares a resource and returns its logical name.
func (t *template) resource(name, kind string, attributes yamlMap, properties yamlMap) string {
	name = t.taken.take(name)
	body := append(yamlMap{{"Type", kind}}, attributes...)
	t.resources.set(name, append(body, yamlPair{"Properties", properties}))
	return name
}

func (t *template) output(name, description string, value any, condition string) {
	o := yamlMap{{"Description", description}}
	o.setIf(condition != "", "Condition", condition)
	o.set("Value", value)
	t.outputs.set(t.taken.take(name), o)
}

// kept are the attributes of what must outlive its stack; a first deployment that fails may be tried again.
func kept(condition string) yamlMap {
	return yamlMap{{"Condition", condition}, {"DeletionPolicy", "RetainExceptOnCreate"}, {"UpdateReplacePolicy", "Retain"}}
}

func (t *template) addRole(r *roleBundle) {
	only := ""
	if len(t.roles) > 1 {
		only = camel(r.name)
	}
	name := t.parameter("RoleName"+only, "String", r.name, "Name of the role that AWS Backup works through",
		yamlPair{"AllowedPattern", `^[A-Za-z0-9+=,.@_-]{1,64}$`})
	existing := t.parameter("ExistingRoleArn"+only, "String", "", "ARN of a role that exists; empty: one is made")
	condition := t.taken.take("CreateRole" + only)
	t.conditions.set(condition, equals(ref(existing), ""))
	trust := document(r.made.Trust)
	if trust == nil {
		t.err = &Refusal{CloudFormation, "the trust policy of role " + oneLine(r.name) + " is no JSON object"}
	}
	p := yamlMap{{"RoleName", ref(name)}, {"Path", r.made.Path}}
	p.setIf(r.made.Description != "", "Description", r.made.Description)
	p.set("AssumeRolePolicyDocument", trust)
	p.setIf(len(r.policies) > 0, "ManagedPolicyArns", yamlTexts(r.policies))
	p.set("Tags", cfnTags(withPurpose(r.made.Tags)))
	id := t.resource("Role"+only, "AWS::IAM::Role", kept(condition), p)
	t.roleValues[r.made.ARN] = either(condition, getAtt(id, "Arn"), ref(existing))
	t.output("BackupRoleArn"+only, "Role that AWS Backup works through", t.roleValues[r.made.ARN], "")
}

// roleValue is what a property says for a role: the one that is made here, or a parameter with the ARN.
func (t *template) roleValue(arn string) any {
	if _, ok := t.roleValues[arn]; !ok {
		name := "RoleArn"
		if len(t.roleValues) > 0 {
			name += camel(arn[strings.LastIndexByte(arn, '/')+1:])
		}
		t.roleValues[arn] = ref(t.parameter(name, "String", arn, "ARN of the role that AWS Backup works through"))
	}
	return t.roleValues[arn]
}

func (t *template) addVault(v *vaultBundle) {
	only := ""
	if len(t.vaults) > 1 {
		only = camel(v.name)
	}
	name := t.parameter("VaultName"+only, "String", v.name, "Name of the backup vault", yamlPair{"AllowedPattern", `^[A-Za-z0-9_-]{2,50}$`})
	create := t.parameter("CreateVault"+only, "String", "true", "false: the vault exists already and is left as it is", yamlPair{"AllowedValues", []any{"true", "false"}})
	condition := t.taken.take("MakeVault" + only)
	t.conditions.set(condition, equals(ref(create), "true"))
	p := yamlMap{{"BackupVaultName", ref(name)}}
	p.setIf(v.made.KeyARN != "", "EncryptionKeyArn", v.made.KeyARN)
	t.vaultSettings(v, &p)
	p.set("BackupVaultTags", yamlTags(withPurpose(v.made.Tags)))
	id := t.resource("Vault"+only, "AWS::Backup::BackupVault", kept(condition), p)
	t.vaultNames[v.name] = either(condition, ref(id), ref(name))
	if v.made.ARN != "" {
		t.vaultARNs[v.made.ARN] = either(condition, getAtt(id, "BackupVaultArn"), v.made.ARN)
	}
	t.output("BackupVaultArn"+only, "Vault of the recovery points", getAtt(id, "BackupVaultArn"), condition)
}

func (t *template) vaultSettings(v *vaultBundle, p *yamlMap) {
	if v.policy != nil {
		policy := document(v.policy.Policy)
		if policy == nil {
			t.err = &Refusal{CloudFormation, "the access policy of vault " + oneLine(v.name) + " is no JSON object"}
		}
		p.set("AccessPolicy", policy)
	}
	if l := v.lock; l != nil {
		lock := yamlMap{{"MinRetentionDays", max(l.MinRetentionDays, 1)}} // CloudFormation asks for one; every retention is at least a day
		lock.setIf(l.MaxRetentionDays > 0, "MaxRetentionDays", l.MaxRetentionDays)
		lock.setIf(l.ChangeableForDays > 0, "ChangeableForDays", l.ChangeableForDays)
		p.set("LockConfiguration", lock)
	}
	if n := v.notify; n != nil {
		p.set("Notifications", yamlMap{{"SNSTopicArn", n.Topic}, {"BackupVaultEvents", yamlTexts(n.Events)}})
	}
}

// vaultName is what a property says for a vault of this Region.
func (t *template) vaultName(name string) any {
	if value, ok := t.vaultNames[name]; ok {
		return value
	}
	return name
}

// vaultARN is what a property says for the ARN of a vault.
func (t *template) vaultARN(arn string) any {
	if value, ok := t.vaultARNs[arn]; ok {
		return value
	}
	return arn
}

func yamlTexts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func yamlTags(tags map[string]string) yamlMap {
	var out yamlMap
	for _, k := range keys(tags) {
		out.set(k, tags[k])
	}
	return out
}

func cfnTags(tags map[string]string) []any {
	var out []any
	for _, k := range keys(tags) {
		out = append(out, yamlMap{{"Key", k}, {"Value", tags[k]}})
	}
	return out
}

// camel makes a logical name of a name: letters and digits of ASCII alone, each word with a capital.
func camel(name string) string {
	var b strings.Builder
	start := true
	for _, r := range name {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			start = true
		case start:
			b.WriteRune(unicode.ToUpper(r))
			start = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// deployCommand is the command that deploys a template. CloudFormation takes no more than 51,200 bytes in a request.
func deployCommand(o order, file string, b *bundle, size int) string {
	cmd := "aws cloudformation deploy --region " + shellWord(b.region) + " --stack-name " + shellWord(o.opts.Name) + " --template-file " + shellWord(file) + " --no-fail-on-empty-changeset"
	if len(b.roles) > 0 {
		cmd += " --capabilities CAPABILITY_NAMED_IAM"
	}
	if size > 51_200 {
		cmd += " --s3-bucket YOUR-BUCKET"
	}
	return cmd
}

// cloudFormationHelp says how to deploy the template, and what stays when the stack is deleted.
func cloudFormationHelp(o order, file string, b *bundle, size int) []string {
	out := []string{"", "Deploy it:", "  " + deployCommand(o, file, b, size+8000)}
	stays := whatStays(len(b.roles) > 0, len(b.vaults) > 0)
	if stays != "" {
		out = append(out, "", "Deleting the stack keeps "+stays+": recovery points depend on them. To deploy again beside them, set",
			"the parameters that say that they exist.")
	}
	return out
}

func whatStays(roles, vaults bool) string {
	switch {
	case roles && vaults:
		return "the role and the vaults"
	case roles:
		return "the role"
	case vaults:
		return "the vaults"
	}
	return ""
}
