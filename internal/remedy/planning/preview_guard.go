package planning

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

func (v *previewer) roleOf(arn string) *estate.Role {
	return find(v.unit.Roles.Items, func(r *estate.Role) estate.Fact[string] { return r.ARN }, arn)
}

func (v *previewer) role(c *remedy.Role) {
	r := v.roleOf(c.ARN)
	if r == nil {
		v.unit.Roles.Items = append(v.unit.Roles.Items, estate.Role{ID: c.ARN, ARN: known(v, c.ARN), Name: known(v, c.Name)})
		r = &v.unit.Roles.Items[len(v.unit.Roles.Items)-1]
	}
	r.Boundary, r.Policies = estate.AbsentFact[string](v.src), estate.List[estate.RolePolicy]{Whole: known(v, true)}
	if c.Step == remedy.Delete {
		r.Exists, r.Trust, r.Attached = known(v, false), estate.AbsentFact[string](v.src), estate.AbsentFact[[]string](v.src)
		return
	}
	r.Exists, r.Trust, r.Attached = known(v, true), known(v, c.Trust), known(v, []string{})
}

// rolePolicy: what AWS's own policies say need not be read to be known of.
func (v *previewer) rolePolicy(c *remedy.RolePolicy) {
	r := v.roleOf(c.RoleARN)
	if r == nil {
		return
	}
	attached := slices.DeleteFunc(slices.Clone(r.Attached.Or(nil)), func(arn string) bool { return arn == c.PolicyARN })
	if c.Attached {
		attached = append(attached, c.PolicyARN)
	}
	r.Attached = known(v, attached)
}

// vaultGuard previews what guards a vault or tells of it.
func (v *previewer) vaultGuard(c remedy.Change) {
	switch {
	case c.VaultPolicy != nil:
		if x := v.vaultNamed(c.VaultPolicy.Vault); x != nil {
			x.Policy = orAbsent(v, c.VaultPolicy.Policy)
		}
	case c.VaultNotifications != nil:
		if x := v.vaultNamed(c.VaultNotifications.Vault); x != nil {
			x.NotificationTopic, x.NotificationEvents = orAbsent(v, c.VaultNotifications.Topic), orNone(v, c.VaultNotifications.Events)
		}
	default:
		v.lock(c.VaultLock)
	}
}

func (v *previewer) lock(l *remedy.VaultLock) {
	x := v.vaultNamed(l.Vault)
	if x == nil {
		return
	}
	x.Locked, x.MinRetention, x.MaxRetention = known(v, l.Locked), orAbsent(v, l.MinRetentionDays), orAbsent(v, l.MaxRetentionDays)
	x.LockDate = estate.AbsentFact[estate.Instant](v.src)
	if now, ok := v.unit.Now.Get(); ok && l.ChangeableForDays > 0 {
		x.LockDate = known(v, now+estate.Instant(l.ChangeableForDays)*msPerDay)
	}
}
