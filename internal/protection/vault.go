package protection

import "github.com/restorable/restorable/internal/estate"

// Vault types (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupVaultListMember.html).
const (
	airGappedVault = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
)

// vaults finds vaults. Only the listing tells what exists: asking for a vault that does not exist answers "access denied"
// (semantics 3).
type vaults struct {
	byName, byARN map[string]*estate.Vault
	whole         tri // maybe: others may exist
	basis         []estate.Reading
}

func newVaults(u *estate.Unit) vaults {
	v := vaults{
		byName: make(map[string]*estate.Vault, len(u.Vaults.Items)),
		byARN:  make(map[string]*estate.Vault, len(u.Vaults.Items)),
		whole:  whole(u.Vaults.IsWhole()),
		basis:  []estate.Reading{estate.Read("unit.vaults", "", u.Vaults.Whole)},
	}
	for i := range u.Vaults.Items {
		item := &u.Vaults.Items[i]
		name, named := item.Name.Get()
		arn, numbered := item.ARN.Get()
		if named {
			v.byName[name] = item
		}
		if numbered {
			v.byARN[arn] = item
		}
		if !named || !numbered {
			v.whole = maybe
		}
	}
	return v
}

// place is where recovery points would land.
type place struct {
	vault  *estate.Vault // nil when not found
	exists Answer[bool]
	label  Answer[string] // ARN, or the name where there is no ARN
}

func (v *vaults) byText(f estate.Fact[string], field, owner string, lookup map[string]*estate.Vault) place {
	basis := []estate.Reading{estate.Read(field, owner, f)}
	text, ok := f.Get()
	if !ok {
		if f.IsAbsent() {
			return place{exists: answered(no, "the rule names no vault", basis...), label: absent[string]("", basis...)}
		}
		return place{exists: answered(maybe, "the rule's vault is not known", basis...), label: unknown[string]("", basis...)}
	}
	p := place{vault: lookup[text], label: known(text, "", basis...)}
	switch {
	case p.vault != nil:
		p.label = known(p.vault.ARN.Or(text), "", basis...)
		p.exists = answered(yes, "vault "+quote(text)+" exists", append(basis, v.basis...)...)
	case symbolic(text) || v.whole == maybe:
		p.exists = answered(maybe, "whether vault "+quote(text)+" exists is not known", append(v.basis, basis...)...)
	default:
		p.exists = answered(no, "vault "+quote(text)+" does not exist", append(basis, v.basis...)...)
	}
	return p
}

// target is where a rule's points of a table land: in the logically air-gapped vault when the rule names one and advanced features
// are on, else in the ordinary vault, and then the job completes with a message (semantics 3.2).
func (v *vaults) target(r *estate.Rule, adv Answer[bool]) (place, Answer[bool]) {
	ordinary := v.byText(r.Vault, "rule.vault", r.ID, v.byName)
	basis := append([]estate.Reading{estate.Read("rule.air_gapped_vault", r.ID, r.AirGappedVault)}, adv.Basis...)
	if r.AirGappedVault.IsAbsent() {
		return ordinary, v.isAirGapped(ordinary, basis)
	}
	if r.AirGappedVault.IsUnknown() {
		ordinary.exists = answered(maybe, "whether the rule names an air-gapped vault is not known", basis...)
		ordinary.vault = nil
		ordinary.label = unknown[string]("", basis...)
		return ordinary, answered(maybe, "whether the rule names an air-gapped vault is not known", basis...)
	}
	gapped := v.byText(r.AirGappedVault, "rule.air_gapped_vault", r.ID, v.byARN)
	switch triOf(adv) {
	case yes:
		return gapped, answered(yes, "points land in the air-gapped vault", basis...)
	case no:
		return ordinary, answered(no, "without advanced features points land in the ordinary vault", basis...)
	}
	t := maybe.choose(triOf(gapped.exists), triOf(ordinary.exists))
	return place{exists: answered(t, "which vault the points land in is not known", basis...), label: unknown[string]("", basis...)},
		answered(maybe, "which vault the points land in is not known", basis...)
}

func (v *vaults) isAirGapped(p place, basis []estate.Reading) Answer[bool] {
	if p.vault == nil {
		return answered(triOf(p.exists).choose(maybe, no), "the rule names no air-gapped vault", basis...)
	}
	t := airGapped(p.vault)
	return answered(t, "the rule names no air-gapped vault", append(basis, estate.Read("vault.type", p.vault.ID, p.vault.Type))...)
}

func airGapped(v *estate.Vault) tri {
	t, ok := v.Type.Get()
	switch {
	case ok:
		return truth(t == airGappedVault)
	case v.Type.IsAbsent():
		return no
	}
	return maybe
}

// locked is whether a lock is on the vault. A logically air-gapped vault always is (semantics 3.2).
func locked(v *estate.Vault) tri { return holds(v.Locked).or(airGapped(v)) }

// immutable is whether nobody at all can destroy what is in the vault: locked in compliance mode with its grace time over, or
// logically air-gapped. A lock without a date is in governance mode (semantics 3.1).
func immutable(v *estate.Vault, now estate.Fact[estate.Instant]) tri {
	return airGapped(v).or(holds(v.Locked).and(past(v.LockDate, now)))
}

// past is whether a moment is over; absent means never.
func past(f, now estate.Fact[estate.Instant]) tri {
	at, ok := f.Get()
	if !ok {
		if f.IsAbsent() {
			return no
		}
		return maybe
	}
	n, ok := now.Get()
	if !ok {
		return maybe
	}
	return truth(at <= n)
}

// fitsLock is whether a vault's lock admits a retention in days; outside of its range every job fails (semantics 3.1).
// That keeping for ever exceeds any maximum is UNCONFIRMED (list 10 number 8) and assumed.
func fitsLock(v *estate.Vault, days Answer[int64]) Answer[bool] {
	basis := append([]estate.Reading{
		estate.Read("vault.locked", v.ID, v.Locked), estate.Read("vault.min_retention", v.ID, v.MinRetention),
		estate.Read("vault.max_retention", v.ID, v.MaxRetention),
	}, days.Basis...)
	above, below := compare(days.Fact, v.MinRetention), compare(v.MaxRetention, days.Fact)
	t := locked(v).not().or(above.and(below))
	name := quote(v.Name.Or(v.ID))
	switch {
	case t == maybe:
		return answered(t, "the lock of vault "+name+" or the retention is not known", missing(basis)...)
	case t == yes:
		return answered(t, "the retention is within what vault "+name+" admits", basis...)
	case above == no:
		return answered(t, "the lock of vault "+name+" wants at least "+dayCount(v.MinRetention.Or(0))+", the rule keeps "+dayCount(days.Or(0)), basis...)
	}
	why := "the lock of vault " + name + " allows at most " + dayCount(v.MaxRetention.Or(0)) + ", the rule keeps " + dayCount(days.Or(0))
	if days.Or(0) == Forever {
		why += " (that this is too long is assumed)"
	}
	return answered(t, why, basis...)
}

// compare is a ≥ b, and yes when either bound is absent.
func compare(a, b estate.Fact[int64]) tri {
	if a.IsAbsent() || b.IsAbsent() {
		return yes
	}
	x, ok := a.Get()
	y, ok2 := b.Get()
	if !ok || !ok2 {
		return maybe
	}
	return truth(x >= y)
}
