package estatebridge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awssim/iam"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// loadIdentities files the account's policies, groups, users and those roles that no plan told of already.
func (l *loader) loadIdentities(sc world.Scope, u *estate.Unit) error {
	for i := range u.Policies.Items {
		p := &u.Policies.Items[i]
		if strings.Contains(p.ID, ":policy/") {
			l.managed(sc, &estate.RolePolicy{ID: p.ID, Text: p.Text}, p.ID)
		}
	}
	for i := range u.Groups.Items {
		g := &u.Groups.Items[i]
		if err := l.IAM.SeedGroup(l.furnished(sc, g.ID, g.Attached, g.Inline)); err != nil {
			return fmt.Errorf("load identities: %w", err)
		}
	}
	for i := range u.Users.Items {
		if err := l.IAM.SeedUser(l.user(sc, &u.Users.Items[i])); err != nil {
			return fmt.Errorf("load identities: %w", err)
		}
	}
	for i := range u.IAMRoles.Items {
		if err := l.identityRole(sc, &u.IAMRoles.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

// furnished are the policies of a group, user or role, as far as they are known and can be understood.
func (l *loader) furnished(sc world.Scope, arn string, attached estate.Fact[[]string], inline estate.List[estate.Inline]) iam.GroupSeed {
	seed := iam.GroupSeed{ARN: arn, Inline: map[string]string{}}
	for i := range inline.Items {
		p := &inline.Items[i]
		if l.understood(sc, &estate.RolePolicy{ID: p.ID + " of " + arn, Text: p.Text}) {
			seed.Inline[p.ID] = p.Text.Or("")
		}
	}
	for _, policy := range attached.Or(nil) {
		if l.known(sc, policy) && !slices.Contains(seed.Attached, policy) {
			seed.Attached = append(seed.Attached, policy)
		}
	}
	return seed
}

// known reports whether there is a managed policy of that ARN; one that the estate does not hold grants nothing here.
func (l *loader) known(sc world.Scope, arn string) bool {
	if !l.IAM.HasPolicy(arn) {
		l.say("%s: what policy %s allows is not in the estate; it grants nothing here", place(sc), arn)
		return false
	}
	return true
}

func (l *loader) user(sc world.Scope, u *estate.IAMUser) iam.UserSeed {
	seed := iam.UserSeed{GroupSeed: l.furnished(sc, u.ID, u.Attached, u.Inline), ID: u.UniqueID.Or(""), Groups: u.Groups.Or(nil)}
	if b, ok := u.Boundary.Get(); ok && l.known(sc, b) {
		seed.Boundary = b
	}
	for i := range u.AccessKeys.Items {
		k := &u.AccessKeys.Items[i]
		seed.Keys = append(seed.Keys, iam.KeySeed{ID: k.ID, Active: k.Active.Or(false), Created: orElse(moment(k.CreatedAt), l.now)})
	}
	return seed
}

func (l *loader) identityRole(sc world.Scope, r *estate.IAMRole) error {
	if l.roles[r.ID] || !strings.Contains(r.ID, ":role/") {
		return nil
	}
	l.roles[r.ID] = true
	if !r.Trust.IsKnown() {
		l.say("%s: the trust policy of role %s is not known; it is assumed to trust AWS Backup", place(sc), r.ID)
	}
	f := l.furnished(sc, r.ID, r.Attached, r.Inline)
	seed := iam.RoleSeed{ARN: r.ID, ID: r.UniqueID.Or(""), Trust: r.Trust.Or(trustsBackup), Inline: f.Inline, Attached: f.Attached}
	if b, ok := r.Boundary.Get(); ok && l.known(sc, b) {
		seed.Boundary = b
	}
	if err := l.IAM.AddRole(seed); err != nil {
		return fmt.Errorf("load role %s: %w", r.ID, err)
	}
	return nil
}

// uniqueIDs are the ids of roles: what plans refer to is filed before the identities that tell them.
func uniqueIDs(es *estate.Estate) map[string]string {
	out := map[string]string{}
	for _, u := range es.Units {
		for i := range u.IAMRoles.Items {
			if id, ok := u.IAMRoles.Items[i].UniqueID.Get(); ok {
				out[u.IAMRoles.Items[i].ID] = id
			}
		}
	}
	return out
}
