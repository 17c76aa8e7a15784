package estatebridge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awssim/iam"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

const trustsBackup = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// managedPolicies are AWS's two for AWS Backup: what a role is given of which the estate does not say what it may do.
func managedPolicies(partition string) []string {
	prefix := "arn:" + partition + ":iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"
	return []string{prefix + "Backup", prefix + "Restores"}
}

// loadRoles files the roles that exist, and those that are referred to and of which nothing is known.
func (l *loader) loadRoles(sc world.Scope, u *estate.Unit) error {
	known := map[string]bool{}
	for i := range u.Roles.Items {
		r := &u.Roles.Items[i]
		arn := r.ARN.Or(r.ID)
		known[arn] = true
		exists, sure := r.Exists.Get()
		if sure && !exists {
			continue
		}
		if !sure {
			l.say("%s: whether role %s exists is not known; it is assumed to", place(sc), arn)
		}
		if err := l.addRole(sc, arn, r); err != nil {
			return err
		}
	}
	for _, arn := range rolesOf(u) {
		if known[arn] {
			continue
		}
		known[arn] = true
		l.say("%s: nothing is known of role %s; it is assumed to exist and to trust AWS Backup", place(sc), arn)
		if err := l.addRole(sc, arn, &estate.Role{}); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) addRole(sc world.Scope, arn string, r *estate.Role) error {
	if l.roles[arn] { // another unit of the account told of it
		return nil
	}
	l.roles[arn] = true
	if !strings.Contains(arn, ":role/") {
		l.say("%s: %q is not the ARN of a role; jobs under it fail", place(sc), arn)
		return nil
	}
	if !r.Trust.IsKnown() {
		l.say("%s: the trust policy of role %s is not known; it is assumed to trust AWS Backup", place(sc), arn)
	}
	seed := iam.RoleSeed{ARN: arn, Trust: r.Trust.Or(trustsBackup), Attached: managedPolicies(sc.Partition), ID: l.ids[arn]}
	if r.Policies.IsWhole() {
		l.permissions(sc, &seed, r)
	} else {
		l.say("%s: the permissions of role %s are not in the estate; it is given AWS's two managed backup policies", place(sc), arn)
	}
	if err := l.IAM.AddRole(seed); err != nil {
		return fmt.Errorf("load role %s: %w", arn, err)
	}
	return nil
}

// permissions gives a role what the estate says that it may do. A document that is not known, or that cannot be understood, grants nothing.
func (l *loader) permissions(sc world.Scope, seed *iam.RoleSeed, r *estate.Role) {
	seed.Attached, seed.Inline = nil, map[string]string{}
	attached := r.Attached.Or(nil)
	for i := range r.Policies.Items {
		p := &r.Policies.Items[i]
		arn, managed := p.ARN.Get()
		switch {
		case !managed && l.understood(sc, p):
			seed.Inline[p.Name.Or("")] = p.Text.Or("")
		case managed && l.managed(sc, p, arn) && slices.Contains(attached, arn):
			seed.Attached = append(seed.Attached, arn)
		}
		if managed && arn == r.Boundary.Or("") && l.IAM.HasPolicy(arn) {
			seed.Boundary = arn
		}
	}
	if b := r.Boundary.Or(""); b != seed.Boundary {
		l.say("%s: the boundary %s of role %s is not known; none is assumed", place(sc), b, seed.ARN)
	}
}

func (l *loader) understood(sc world.Scope, p *estate.RolePolicy) bool {
	text, known := p.Text.Get()
	if !known {
		l.say("%s: the text of policy %s is not known", place(sc), p.ID)
		return false
	}
	if _, err := iampolicy.Parse(iampolicy.Identity, text); err != nil {
		l.say("%s: policy %s cannot be understood and grants nothing: %v", place(sc), p.ID, err)
		return false
	}
	return true
}

// managed files a managed policy in the estate's words; of AWS's own the simulated AWS may have words of its own.
func (l *loader) managed(sc world.Scope, p *estate.RolePolicy, arn string) bool {
	if !l.understood(sc, p) {
		return l.IAM.HasPolicy(arn)
	}
	if err := l.IAM.AddPolicy(arn, p.Text.Or("")); err != nil {
		l.say("%s: policy %s is left out: %v", place(sc), p.ID, err)
		return false
	}
	return true
}

// rolesOf lists the roles that plans and restore testing plans name, in the order of the estate.
func rolesOf(u *estate.Unit) []string {
	var out []string
	note := func(f estate.Fact[string]) {
		if arn, ok := f.Get(); ok {
			out = append(out, arn)
		}
	}
	for i := range u.Plans.Items {
		for j := range u.Plans.Items[i].Selections.Items {
			note(u.Plans.Items[i].Selections.Items[j].RoleARN)
		}
	}
	for i := range u.RestoreTestingPlans.Items {
		for j := range u.RestoreTestingPlans.Items[i].Selections.Items {
			note(u.RestoreTestingPlans.Items[i].Selections.Items[j].RoleARN)
		}
	}
	return out
}
