package cfn

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// addRole reads AWS::IAM::Role with the policies that it writes itself
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html).
func (a *assembly) addRole(r *resource) {
	k := r.properties
	role := estate.Role{ID: r.identity(), ARN: r.reference("Arn"), Name: r.reference(""), Exists: build.Known(k.b, true, r.at),
		Trust: k.document("AssumeRolePolicyDocument", ofTrust), Boundary: k.name("PermissionsBoundary"),
		Attached: or(k, k.names("ManagedPolicyArns"), []string{})}
	role.Policies.Whole = build.Elsewhere[bool](k.b, r.at, "more policies of the role")
	if !role.Attached.IsKnown() {
		role.Policies.Whole = estate.UnknownFact[bool](role.Attached.Source())
	}
	inline, whole := k.blocks("Policies")
	if !whole.IsKnown() {
		role.Policies.Whole = whole
	}
	for _, p := range inline {
		role.Policies.Items = append(role.Policies.Items, inlinePolicy(p))
	}
	managed := role.Attached.Or(nil)
	if boundary, ok := role.Boundary.Get(); ok && !slices.Contains(managed, boundary) {
		managed = append(slices.Clone(managed), boundary)
	}
	for _, arn := range managed {
		role.Policies.Items = append(role.Policies.Items, build.ManagedPolicy(k.b, r.at, arn))
	}
	a.roles[role.Name.Or("")] = len(a.b.Unit.Roles.Items)
	a.b.Unit.Roles.Items = append(a.b.Unit.Roles.Items, role)
}

func inlinePolicy(k block) estate.RolePolicy {
	name := k.name("PolicyName")
	return estate.RolePolicy{ID: "inline:" + name.Or(k.at.String()), Name: name, ARN: build.Absent[string](k.b, k.at), Text: k.document("PolicyDocument", ofIdentity)}
}

// addPolicy reads policies that are resources of their own: AWS::IAM::Policy and RolePolicy, which are inline policies of the roles they name,
// and AWS::IAM::ManagedPolicy, which roles name too.
func (a *assembly) addPolicy(r *resource) {
	if r.exists == no {
		return
	}
	k := r.properties
	roles := k.names("Roles")
	kind := typeOf(r.stack.resource(r.id))
	if kind == typeRolePolicy {
		roles = k.names("RoleName")
	}
	names, ok := roles.Get()
	if !ok && !roles.IsAbsent() {
		return // they may be any role's: no list of policies is whole
	}
	for _, name := range names {
		if at, ok := a.roles[name]; ok && kind != typeManagedPolicy {
			list := &a.b.Unit.Roles.Items[at].Policies
			list.Items = append(list.Items, inlinePolicy(k))
		}
	}
	if kind == typeManagedPolicy {
		a.attach(r, names)
	}
}

func (a *assembly) attach(r *resource, roles []string) {
	arn, text := r.stack.reference(r.id, ""), r.properties.document("PolicyDocument", ofIdentity)
	for _, name := range roles {
		at, ok := a.roles[name]
		if !ok {
			continue
		}
		role := &a.b.Unit.Roles.Items[at]
		if list, known := role.Attached.Get(); known && !slices.Contains(list, arn) {
			role.Attached = estate.KnownFact(append(slices.Clone(list), arn), role.Attached.Source())
			role.Policies.Items = append(role.Policies.Items, build.ManagedPolicy(r.properties.b, r.at, arn))
		}
	}
	for i := range a.b.Unit.Roles.Items {
		policies := a.b.Unit.Roles.Items[i].Policies.Items
		for j := range policies {
			if policies[j].ARN.Or("") == arn {
				policies[j].Text = text
			}
		}
	}
}
