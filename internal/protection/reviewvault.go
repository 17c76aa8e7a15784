package protection

import "github.com/restorable/restorable/internal/estate"

// Levels of the key under which something is encrypted, from the least.
const (
	KeyAWSOwned   = "aws-owned"   // AWS's own, which nobody sees
	KeyAWSManaged = "aws-managed" // of the account, made and held by AWS
	KeyCustomer   = "customer"    // of the account, under a policy of its own
)

// Modes of a vault's lock (https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html).
const (
	LockNone       = "none"
	LockGovernance = "governance" // who may remove locks can remove it
	LockGrace      = "grace"      // compliance mode, which can still be left
	LockCompliance = "compliance" // nobody can remove it, the account's root and AWS included
)

// VaultReview is what a vault comes to.
type VaultReview struct {
	InUse    Answer[bool]   `json:"in_use"`    // it holds recovery points of tables, or a plan of the unit puts some there
	Locked   Answer[bool]   `json:"locked"`    // a lock of any mode is on it
	Lock     Answer[string] `json:"lock"`      // none, governance, grace or compliance
	KMSKey   Answer[bool]   `json:"kms_key"`   // its key is one of the account's, whoever manages it
	KeyLevel Answer[string] `json:"key_level"` // aws-owned, aws-managed or customer
	Events   Answer[bool]   `json:"events"`    // rules of EventBridge tell somebody of jobs that fail
}

// ReviewVault looks at a vault of the index's unit.
func (x *Index) ReviewVault(v *estate.Vault) *VaultReview {
	out := &VaultReview{InUse: x.inUse(v), Locked: lockedAnswer(v), Lock: lockMode(v, x.unit.Now), Events: JobEvents(x.unit, v)}
	out.KMSKey, out.KeyLevel = x.keyLevel(v)
	return out
}

func (x *Index) inUse(v *estate.Vault) Answer[bool] {
	name := "vault " + quote(v.Name.Or(v.ID))
	points := estate.Read("vault.recovery_points", v.ID, v.RecoveryPoints.Whole)
	if len(v.RecoveryPoints.Items) > 0 {
		p := &v.RecoveryPoints.Items[0]
		return answered(yes, name+" holds recovery points of tables", estate.Read("recovery_point.resource_arn", p.ID, p.ResourceARN))
	}
	t := whole(v.RecoveryPoints.IsWhole()).not().or(x.complete.not())
	basis := []estate.Reading{points, estate.Read("unit.plans", "", x.unit.Plans.Whole)}
	for _, p := range x.plans {
		named, reading := p.names(v)
		if named == no {
			t = t.or(p.whole.not())
			if p.whole == maybe {
				basis = append(basis, estate.Read("plan.rules", p.plan.ID, p.plan.Rules.Whole))
			}
			continue
		}
		purpose := x.forTables(p.plan)
		named = named.and(triOf(purpose))
		if named == yes {
			return answered(yes, "plan "+quote(p.name)+" puts backups into "+name, reading)
		}
		t, basis = t.or(named), append(append(basis, reading), purpose.Basis...)
	}
	if t == no {
		return answered(no, name+" holds no backup of a table, and no plan of its account and Region puts one there", basis...)
	}
	return answered(t, "whether "+name+" is for backups of tables is not known", missing(basis)...)
}

// names is whether a rule of the plan sends backups or copies to a vault.
func (p *planIndex) names(v *estate.Vault) (tri, estate.Reading) {
	out, at := no, estate.Reading{}
	note := func(t tri, r estate.Reading) {
		if t == yes || t == maybe && out == no {
			out, at = t, r
		}
	}
	for _, r := range p.rules {
		note(sameFact(r.rule.Vault, v.Name), estate.Read("rule.vault", r.rule.ID, r.rule.Vault))
		note(sameFact(r.rule.AirGappedVault, v.ARN), estate.Read("rule.air_gapped_vault", r.rule.ID, r.rule.AirGappedVault))
		for i := range r.rule.Copies.Items {
			c := &r.rule.Copies.Items[i]
			note(sameFact(c.VaultARN, v.ARN), estate.Read("copy.vault_arn", c.ID, c.VaultARN))
		}
		if !r.rule.Copies.IsWhole() {
			note(maybe, estate.Read("rule.copies", r.rule.ID, r.rule.Copies.Whole))
		}
		if out == yes {
			break
		}
	}
	return out, at
}

// sameFact is whether two facts hold the same text; what is absent names nothing.
func sameFact(a, b estate.Fact[string]) tri {
	if a.IsAbsent() {
		return no
	}
	x, ok := a.Get()
	y, ok2 := b.Get()
	if !ok || !ok2 {
		return maybe
	}
	return equalText(x, y)
}

func lockReadings(v *estate.Vault) []estate.Reading {
	return []estate.Reading{estate.Read("vault.locked", v.ID, v.Locked), estate.Read("vault.type", v.ID, v.Type)}
}

func lockedAnswer(v *estate.Vault) Answer[bool] {
	basis := lockReadings(v)
	switch t := locked(v); t {
	case yes:
		return answered(t, "a lock is on the vault", basis...)
	case no:
		return answered(t, "no lock is on the vault", basis...)
	default:
		return answered(t, "whether a lock is on the vault is not known", missing(basis)...)
	}
}

// lockMode tells the modes apart. A logically air-gapped vault is always in compliance mode (semantics 3.1, 3.2).
func lockMode(v *estate.Vault, now estate.Fact[estate.Instant]) Answer[string] {
	basis := lockReadings(v)
	if airGapped(v) == yes {
		return known(LockCompliance, "a logically air-gapped vault is always locked in compliance mode", basis[1:]...)
	}
	switch locked(v) {
	case no:
		return known(LockNone, "no lock is on the vault", basis...)
	case maybe:
		return unknown[string]("whether a lock is on the vault is not known", missing(basis)...)
	}
	basis = append(basis, estate.Read("vault.lock_date", v.ID, v.LockDate))
	if v.LockDate.IsAbsent() && airGapped(v) == no {
		return known(LockGovernance, "its lock is in governance mode: who may delete locks can remove it", basis...)
	}
	at, ok := v.LockDate.Get()
	if !ok {
		return unknown[string]("in which mode the vault is locked is not known", missing(basis)...)
	}
	basis = append(basis, estate.Read("unit.now", "", now))
	switch past(v.LockDate, now) {
	case yes:
		return known(LockCompliance, "its lock is in compliance mode since "+date(at.Time())+": nobody can remove it", basis...)
	case no:
		return known(LockGrace, "its lock is in compliance mode, but can still be removed until "+date(at.Time()), basis...)
	}
	return unknown[string]("whether the lock can still be removed is not known", missing(basis)...)
}

// keyLevel says whose key a vault's is. An ordinary vault without one named is under the account's aws/backup, a logically air-gapped one
// under a key that AWS owns (semantics 3, 3.2).
func (x *Index) keyLevel(v *estate.Vault) (kms Answer[bool], level Answer[string]) {
	basis := []estate.Reading{estate.Read("vault.key_arn", v.ID, v.KeyARN)}
	arn, ok := v.KeyARN.Get()
	if v.KeyARN.IsAbsent() {
		basis = append(basis, estate.Read("vault.type", v.ID, v.Type))
		switch airGapped(v) {
		case yes:
			return answered(no, "the vault is under a key that AWS owns", basis...), known(KeyAWSOwned, "the vault is under a key that AWS owns", basis...)
		case no:
			return answered(yes, "the vault is under aws/backup", basis...), known(KeyAWSManaged, "the vault is under aws/backup, which AWS manages", basis...)
		}
	}
	if !ok {
		why := "the vault's key is not known"
		return answered(maybe, why, missing(basis)...), unknown[string](why, missing(basis)...)
	}
	kms = answered(yes, "the vault is under key "+quote(arn), basis...)
	k := x.keys[arn]
	if k == nil {
		return kms, unknown[string]("who manages key "+quote(arn)+" was not read", append(basis, estate.Read("unit.keys", "", x.unit.Keys.Whole))...)
	}
	basis = append(basis, estate.Read("key.manager", k.ID, k.Manager))
	switch manager, _ := k.Manager.Get(); manager {
	case "AWS":
		return kms, known(KeyAWSManaged, "the vault is under key "+quote(arn)+", which AWS manages", basis...)
	case "CUSTOMER":
		return kms, known(KeyCustomer, "the vault is under key "+quote(arn)+", which the account manages", basis...)
	}
	return kms, unknown[string]("who manages key "+quote(arn)+" is not known", basis...)
}
