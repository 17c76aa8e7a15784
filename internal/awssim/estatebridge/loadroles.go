package estatebridge

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awssim/iam"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

const trustsBackup = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// managedPolicies are AWS's two for AWS Backup. Which policies a role has is not in an estate.
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
		if err := l.addRole(sc, arn, r.Trust); err != nil {
			return err
		}
	}
	for _, arn := range rolesOf(u) {
		if known[arn] {
			continue
		}
		known[arn] = true
		l.say("%s: nothing is known of role %s; it is assumed to exist and to trust AWS Backup", place(sc), arn)
		if err := l.addRole(sc, arn, estate.Fact[string]{}); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) addRole(sc world.Scope, arn string, trust estate.Fact[string]) error {
	if l.roles[arn] { // another unit of the account told of it
		return nil
	}
	l.roles[arn] = true
	if !strings.Contains(arn, ":role/") {
		l.say("%s: %q is not the ARN of a role; jobs under it fail", place(sc), arn)
		return nil
	}
	if !trust.IsKnown() {
		l.say("%s: the trust policy of role %s is not known; it is assumed to trust AWS Backup", place(sc), arn)
	}
	l.say("%s: the permissions of role %s are not in an estate; it is given AWS's two managed backup policies", place(sc), arn)
	seed := iam.RoleSeed{ARN: arn, Trust: trust.Or(trustsBackup), Attached: managedPolicies(sc.Partition)}
	if err := l.IAM.AddRole(seed); err != nil {
		return fmt.Errorf("load role %s: %w", arn, err)
	}
	return nil
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
