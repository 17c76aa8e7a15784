package protection

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// backupService is who assumes the role of a selection.
const backupService = "backup.amazonaws.com"

// Bounds of a rule's lifecycle, in days (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html).
const (
	maxDeleteAfter   = 36_500
	minDaysInCold    = 90
	unsetLifecycle   = -1 // AWS's other way to say "none"
	secondsPerDay    = 86_400
	secondsPerMinute = 60
)

// prerequisites are what a selection's role contributes.
type prerequisites struct {
	exists, trusted Answer[bool]
}

// roleOf looks at the role of a selection: does it exist, and does it let AWS Backup in?
func (x *Index) roleOf(s *estate.Selection) prerequisites {
	basis := []estate.Reading{estate.Read("selection.role_arn", s.ID, s.RoleARN)}
	arn, ok := s.RoleARN.Get()
	role := x.roles[arn]
	if !ok || role == nil {
		a := answered(maybe, "the selection's role is not known", basis...)
		if ok {
			a = answered(maybe, "role "+quote(arn)+" was not read", basis...)
		}
		return prerequisites{a, a}
	}
	basis = append(basis, estate.Read("role.exists", role.ID, role.Exists))
	name := "role " + quote(role.Name.Or(arn))
	switch holds(role.Exists) {
	case no:
		return prerequisites{answered(no, name+" does not exist", basis...), answered(maybe, "there is no role whose trust policy could be asked", basis...)}
	case maybe:
		a := answered(maybe, "whether "+name+" exists is not known", basis[1:]...)
		return prerequisites{a, a}
	}
	return prerequisites{answered(yes, name+" exists", basis...), x.trust(role, name)}
}

func (x *Index) trust(role *estate.Role, name string) Answer[bool] {
	basis := []estate.Reading{estate.Read("role.trust", role.ID, role.Trust)}
	text, ok := role.Trust.Get()
	if !ok {
		return answered(maybe, "the trust policy of "+name+" is not known", basis...)
	}
	doc, err := iampolicy.Parse(iampolicy.Trust, text)
	if err != nil {
		return answered(maybe, "the trust policy of "+name+" cannot be read: "+err.Error(), basis...)
	}
	var r iampolicy.Request
	if account, ok := x.unit.Account.Get(); ok {
		r.Context = iampolicy.Context{"aws:SourceAccount": {account}}
	}
	switch iampolicy.TrustsWith(doc, backupService, r).Answer {
	case iampolicy.Yes:
		return answered(yes, name+" trusts "+backupService, basis...)
	case iampolicy.No:
		return answered(no, name+" does not trust "+backupService, basis...)
	}
	return answered(maybe, "whether "+name+" trusts "+backupService+" hangs on its conditions", basis...)
}

// retention is how long a rule, or a copy, keeps; absent and -1 mean for ever.
func retention(field, owner string, f estate.Fact[int64]) Answer[int64] {
	basis := []estate.Reading{estate.Read(field, owner, f)}
	days, ok := numberOr(f, unsetLifecycle)
	switch {
	case !ok:
		return unknown[int64]("the retention is not known", basis...)
	case days == unsetLifecycle:
		return known(Forever, "kept for ever", basis...)
	}
	return known(days, "kept "+dayCount(days), basis...)
}

// lifecycleValid judges a lifecycle by AWS's bounds (semantics 2.4).
func lifecycleValid(r *estate.Rule) Answer[bool] {
	basis := []estate.Reading{
		estate.Read("rule.delete_after_days", r.ID, r.DeleteAfterDays), estate.Read("rule.cold_after_days", r.ID, r.ColdAfterDays),
	}
	del, ok := numberOr(r.DeleteAfterDays, unsetLifecycle)
	cold, ok2 := numberOr(r.ColdAfterDays, unsetLifecycle)
	inRange := maybe
	if ok {
		inRange = truth(del == unsetLifecycle || del >= 1 && del <= maxDeleteAfter)
	}
	apart := maybe
	switch {
	case ok && del == unsetLifecycle, ok2 && cold == unsetLifecycle:
		apart = yes
	case ok && ok2:
		apart = truth(del >= cold+minDaysInCold)
	}
	t := inRange.and(apart)
	switch {
	case t == maybe:
		return answered(t, "the lifecycle is not known", missing(basis)...)
	case t == yes:
		return answered(t, "the lifecycle is valid", basis...)
	case inRange == no:
		return answered(t, "a retention of "+dayCount(del)+" is not within 1 and 36500 days", basis...)
	}
	return answered(t, "deletion after "+dayCount(del)+" is less than 90 days after the move to cold storage after "+dayCount(cold), basis...)
}

// window is a start or completion window in minutes.
func window(field, owner string, f estate.Fact[int64], other int64) Answer[int64] {
	basis := []estate.Reading{estate.Read(field, owner, f)}
	n, ok := numberOr(f, other)
	if !ok {
		return unknown[int64]("the window is not known", basis...)
	}
	n = max(-1, min(n, maxStartWindow+1)) // so that sums cannot overflow
	if f.IsAbsent() {
		return known(n, "AWS's default", basis...)
	}
	return known(n, "", basis...)
}

func windowsValid(start Answer[int64]) Answer[bool] {
	n, ok := start.Get()
	switch {
	case !ok:
		return answered(maybe, "the start window is not known", start.Basis...)
	case n < minStartWindow:
		return answered(no, "a start window of "+strconv.FormatInt(n, 10)+" minutes is shorter than an hour", start.Basis...)
	case n > maxStartWindow:
		return answered(no, "the start window is longer than AWS allows", start.Basis...)
	}
	return answered(yes, "the windows are valid", start.Basis...)
}

// keyState is whether a KMS key can be used, by its ARN (https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html).
func (x *Index) keyState(arn string) Answer[bool] {
	k := x.keys[arn]
	if k == nil {
		return answered(maybe, "key "+quote(arn)+" was not read")
	}
	basis := []estate.Reading{estate.Read("key.state", k.ID, k.State)}
	state, ok := k.State.Get()
	switch {
	case k.State.IsAbsent(): // KMS says that there is no such key
		return answered(no, "key "+quote(arn)+" does not exist any more", basis...)
	case !ok:
		return answered(maybe, "the state of key "+quote(arn)+" is not known", basis...)
	case state == "Enabled" || state == "Updating":
		return answered(yes, "key "+quote(arn)+" is usable", basis...)
	case state == "Creating":
		return answered(maybe, "key "+quote(arn)+" is still being created", basis...)
	}
	return answered(no, "key "+quote(arn)+" is "+quote(state), basis...)
}

// keyUsable is keyState of a fact that names a key; absent is a key that AWS owns, which always works.
func (x *Index) keyUsable(field, owner string, f estate.Fact[string]) Answer[bool] {
	basis := []estate.Reading{estate.Read(field, owner, f)}
	arn, ok := f.Get()
	switch {
	case f.IsAbsent():
		return answered(yes, "the key is one that AWS owns", basis...)
	case !ok:
		return answered(maybe, "the key is not known", basis...)
	}
	a := x.keyState(arn)
	a.Basis = append(basis, a.Basis...)
	if a.IsUnknown() {
		a.Basis = missing(a.Basis)
	}
	return a
}

// lockedOut is whether DynamoDB cannot reach the table's key: then the table is inaccessible at first, and archived after seven days
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ArchivalSummary.html).
func lockedOut(status estate.Fact[string]) tri {
	s, ok := status.Get()
	if !ok {
		return truth(!status.IsAbsent()).and(maybe)
	}
	return truth(s == "INACCESSIBLE_ENCRYPTION_CREDENTIALS" || s == "ARCHIVING" || s == "ARCHIVED")
}

// tableKey is whether the table's own key can be used.
func (x *Index) tableKey(t *estate.Table) Answer[bool] {
	a := x.keyUsable("table.key_arn", t.ID, t.KeyARN)
	basis := []estate.Reading{estate.Read("table.status", t.ID, t.Status), estate.Read("table.key_inaccessible_at", t.ID, t.KeyInaccessibleAt)}
	shut := lockedOut(t.Status)
	switch {
	case triOf(a) == no:
		return a
	case shut == yes:
		return answered(no, "the table is "+state(t.Status.Or(""))+": DynamoDB cannot reach its key", basis[:1:1]...)
	case t.KeyInaccessibleAt.IsKnown():
		return answered(no, "DynamoDB cannot reach the table's key", basis[1:]...)
	case shut == maybe || t.KeyInaccessibleAt.IsUnknown():
		return answered(maybe, "whether DynamoDB can reach the table's key is not known", missing(basis)...)
	}
	return a
}
