package terraform

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// addRoles reads aws_iam_role into every unit: a role is of the whole account
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role).
func (a *assembly) addRoles() {
	for _, b := range a.builders {
		roles := a.rolesOf(b)
		policies := a.of(b, a.policies)
		for _, d := range policies {
			d.addPolicy(roles)
		}
		for _, d := range policies {
			if d.Type == "aws_iam_policy" {
				d.tellPolicy(roles)
			}
		}
	}
}

// of are the declarations of an account's, read into one of its units.
func (a *assembly) of(b *build.Builder, all []*declaration) []*declaration {
	var out []*declaration
	for _, d := range all {
		if !a.spread || a.accounts[b] == d.Account {
			out = append(out, d.in(b))
		}
	}
	return out
}

// rolesOf adds the roles of a unit, and returns them by name.
func (a *assembly) rolesOf(b *build.Builder) map[string]*estate.Role {
	list := &b.Unit.Roles
	first := len(list.Items)
	for _, d := range a.of(b, a.roles) {
		if sure(d, &list.Whole) {
			list.Items = append(list.Items, d.role())
		}
	}
	roles := map[string]*estate.Role{}
	for i := first; i < len(list.Items); i++ {
		roles[list.Items[i].Name.Or("")] = &list.Items[i]
	}
	return roles
}

// role reads a role with the policies that it writes itself.
func (d *declaration) role() estate.Role {
	role := estate.Role{ID: d.ID(), ARN: d.attribute("arn"), Name: d.attribute("name"), Exists: build.Known(d.b, true, d.At),
		Trust: d.document("assume_role_policy"), Boundary: d.name("permissions_boundary"),
		Attached: or(d.block, d.names("managed_policy_arns"), []string{})}
	role.Policies.Whole = build.Elsewhere[bool](d.b, d.At, "more policies of the role")
	if !role.Attached.IsKnown() {
		role.Policies.Whole = estate.UnknownFact[bool](role.Attached.Source())
	}
	inline, whole := d.blocks("inline_policy")
	if !whole.IsKnown() {
		role.Policies.Whole = whole
	}
	for _, p := range inline {
		if name := p.name("name"); !name.IsAbsent() {
			role.Policies.Items = append(role.Policies.Items, inlinePolicy(p, name))
		}
	}
	managed := role.Attached.Or(nil)
	if boundary, ok := role.Boundary.Get(); ok && !slices.Contains(managed, boundary) {
		managed = append(slices.Clone(managed), boundary)
	}
	for _, arn := range managed {
		role.Policies.Items = append(role.Policies.Items, build.ManagedPolicy(d.b, d.At, arn))
	}
	return role
}

func inlinePolicy(k block, name estate.Fact[string]) estate.RolePolicy {
	return estate.RolePolicy{ID: "inline:" + name.Or(k.at().String()), Name: name, ARN: build.Absent[string](k.b, k.at()), Text: k.document("policy")}
}

// addPolicy reads policies of roles that are resources of their own, and attachments of managed ones.
func (d *declaration) addPolicy(roles map[string]*estate.Role) {
	if d.Maybe != "" {
		return // no list of policies is whole
	}
	switch d.Type {
	case "aws_iam_role_policy":
		if role := roles[d.name("role").Or("")]; role != nil {
			name := build.Known(d.b, d.Text("name"), d.At)
			role.Policies.Items = append(role.Policies.Items, inlinePolicy(d.block, name))
		}
	case "aws_iam_role_policy_attachment":
		d.attachTo(roles[d.name("role").Or("")])
	case "aws_iam_policy_attachment":
		for _, name := range d.names("roles").Or(nil) {
			d.attachTo(roles[name])
		}
	}
}

func (d *declaration) attachTo(role *estate.Role) {
	arn, ok := d.name("policy_arn").Get()
	if role == nil || !ok {
		return
	}
	if list, known := role.Attached.Get(); known && !slices.Contains(list, arn) {
		role.Attached = estate.KnownFact(append(slices.Clone(list), arn), role.Attached.Source())
		role.Policies.Items = append(role.Policies.Items, build.ManagedPolicy(d.b, d.At, arn))
	}
}

// tellPolicy tells the text of a managed policy wherever it is attached.
func (d *declaration) tellPolicy(roles map[string]*estate.Role) {
	arn, text := d.Text("arn"), d.document("policy")
	for _, role := range roles {
		for i := range role.Policies.Items {
			if p := &role.Policies.Items[i]; p.ARN.Or("") == arn {
				p.Text = text
			}
		}
	}
}

// addShared adds what is of more than one Region.
func (a *assembly) addShared() {
	a.addRoles()
	a.addTrails()
	a.finishScaling()
	a.addUnread()
}
