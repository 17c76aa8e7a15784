package planning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/remedy"
)

// trustPolicy lets AWS Backup assume a role
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html).
const trustPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// managedPolicies are AWS's own for such a role: one to back up, one to restore.
func managedPolicies() []string {
	return []string{"AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"}
}

// ownTags mark what restorable makes.
func ownTags() map[string]string {
	return map[string]string{"restorable:tool": "restorable", "Purpose": "backup"}
}

// planRoles makes roles that selections name and that do not exist, where that helps a table that needs cover.
func planRoles(d *draft) error {
	for _, arn := range d.lacking(func(p lack) string { return p.role }) {
		d.ensureRole(arn.what, arn.helps...)
	}
	for _, t := range d.wanting(MendPlan) {
		d.lackingPermission(t)
	}
	return nil
}

// lackingPermission points out the role with which a table's backups are started and may not make them. What a role may do is for its
// owner to change: who that is, its policies do not tell.
func (d *draft) lackingPermission(t *target) {
	c := d.cover(t)
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		for k := range p.Rules {
			r := &p.Rules[k]
			if !is(r.Effective, true) {
				continue
			}
			needed := []string{"dynamodb:DescribeTable", "dynamodb:CreateBackup"}
			if is(r.Advanced, true) {
				needed = advancedActions()
			}
			role, _ := d.namedBy(p, r)
			if lacks, _ := d.roleLacks(role, needed, []*target{t}); lacks != "" {
				d.refuse(CreateRole, t.arn, "role "+arnName(role)+", with which plan "+p.Plan+" backs it up, may not "+lacks+", so that its jobs fail",
					fmt.Sprintf("aws iam attach-role-policy --role-name %s --policy-arn arn:%s:iam::aws:policy/service-role/%s", arnName(role), d.partition, managedPolicies()[0]))
			}
		}
	}
}

// defaultRole is the ARN of the role that is used when a selection has to be made.
func (d *draft) defaultRole() string {
	if strings.HasPrefix(d.Options.Role, "arn:") {
		return d.Options.Role
	}
	path := "/"
	if d.Options.Role == DefaultRole {
		path = "/service-role/"
	}
	return fmt.Sprintf("arn:%s:iam::%s:role%s%s", d.partition, d.account, path, d.Options.Role)
}

// roleState is what is known of a role: usable, to be made, or neither with the reason.
func (d *draft) roleState(u *estate.Unit, arn string) (usable, missing bool, why string) {
	r := find(u.Roles.Items, func(r *estate.Role) estate.Fact[string] { return r.ARN }, arn)
	if r == nil || r.Exists.IsUnknown() {
		return false, false, "whether role " + arn + " exists is not known"
	}
	if exists, _ := r.Exists.Get(); !exists {
		return false, true, ""
	}
	trust, ok := r.Trust.Get()
	if !ok {
		return false, false, "the trust policy of role " + arn + " is not known"
	}
	doc, err := iampolicy.Parse(iampolicy.Trust, trust)
	if err != nil {
		return false, false, "the trust policy of role " + arn + " cannot be read"
	}
	request := iampolicy.Request{Context: iampolicy.Context{"aws:SourceAccount": {d.account}}}
	if iampolicy.TrustsWith(doc, "backup.amazonaws.com", request).Answer != iampolicy.Yes {
		return false, false, "role " + arn + " does not let AWS Backup in: its trust policy is for its owner to change"
	}
	return true, false, ""
}

// roleObstacle says why a role is not and will not be usable; empty: it is, or it can be made.
func (d *draft) roleObstacle(arn string) (reason, next string) {
	usable, missing, why := d.roleState(d.unit, arn)
	switch account := splitARN(arn); {
	case usable:
		return "", ""
	case !missing:
		return why, "--role NAME names another one"
	case account.account != d.account || !strings.HasPrefix(account.resource, "role/"):
		return "it is a role of another account", "--role NAME names another one"
	case !d.asked(CreateRole):
		reason, next := d.whyNot(CreateRole)
		return "the role does not exist, and " + reason, next
	}
	return "", ""
}

// ensureRole makes a role unless it is there. It answers false, with a refusal, when the role is not and will not be usable.
func (d *draft) ensureRole(arn string, helps ...*target) bool {
	if reason, next := d.roleObstacle(arn); reason != "" {
		d.refuse(CreateRole, arn, reason, next)
		return false
	}
	if usable, _, _ := d.roleState(d.unit, arn); !usable {
		d.createRole(arn, helps)
	}
	return true
}

func (d *draft) createRole(arn string, helps []*target) {
	path := strings.TrimPrefix(splitARN(arn).resource, "role")
	name := path[strings.LastIndexByte(path, '/')+1:]
	role := remedy.Role{Step: remedy.Create, ARN: arn, Name: name, Path: strings.TrimSuffix(path, name), Trust: trustPolicy,
		Description: "Lets AWS Backup back up and restore", Tags: ownTags()}
	undo := role
	undo.Step = remedy.Delete
	resource := remedy.Resource{Type: "role", Name: name, ARN: arn}
	inverse := func(c remedy.Change) remedy.Inverse {
		return remedy.Inverse{Change: &c, Drop: remedy.DropRole, Loses: "jobs and restores that work through the role would fail"}
	}
	made := d.add(remedy.Action{
		Remedy: CreateRole, Resource: resource, Summary: "create role " + name + ", which AWS Backup may assume", Call: "iam:CreateRole",
		Change: remedy.Change{Role: &role}, Before: remedy.RoleState(false, ""), After: remedy.RoleState(true, trustPolicy),
		Inverse: inverse(remedy.Change{Role: &undo}),
	}, helps...)
	for _, policy := range managedPolicies() {
		attach := remedy.RolePolicy{Role: name, RoleARN: arn, PolicyARN: fmt.Sprintf("arn:%s:iam::aws:policy/service-role/%s", d.partition, policy), Attached: true}
		detach := attach
		detach.Attached = false
		d.add(remedy.Action{
			Remedy: CreateRole, Resource: resource, Summary: "attach " + policy + " to role " + name, Call: "iam:AttachRolePolicy", Needs: []string{made},
			Change: remedy.Change{RolePolicy: &attach}, Before: remedy.AttachedState(false), After: remedy.AttachedState(true),
			Inverse: inverse(remedy.Change{RolePolicy: &detach}),
		}, helps...)
	}
}

// makerOf is the id of the action that makes a role or a vault with this ARN; empty when none does. With it come the actions on it.
func (p *planner) makerOf(arn string) []string {
	var out []string
	for i := range p.actions {
		a := &p.actions[i]
		if a.Resource.ARN == arn && slices.Contains([]string{"role", "vault"}, a.Resource.Type) {
			out = append(out, a.ID)
		}
	}
	return out
}
