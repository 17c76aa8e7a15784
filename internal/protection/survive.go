package protection

import "github.com/restorable/restorable/internal/estate"

// pitrWays: back to any second of the window, into a new table.
func (c *Coverage) pitrWays() []Way {
	works := c.pitrWorks()
	worst := known(int64(pitrLag), "point-in-time recovery is about five minutes behind")
	reach := c.PITR.PeriodDays
	reach.Why = c.PITR.Full.Why
	return []Way{wayOf(ByPITR, works, c.PITR.LossSeconds, worst, reach)}
}

// pitrWorks: on, and the table's key can be used.
func (c *Coverage) pitrWorks() Answer[bool] {
	on := c.PITR.On
	key := c.index.tableKey(c.Table)
	switch {
	case triOf(on) == no, triOf(key) == yes:
		return on
	case triOf(key) == no:
		return answered(no, "point-in-time recovery needs the table's key: "+key.Why, key.Basis...)
	case triOf(on) == yes:
		return key
	}
	return on
}

// systemWays: deleting a table with point-in-time recovery leaves a backup as of the deletion, for 35 days (semantics 4.1).
func (c *Coverage) systemWays() []Way {
	works := c.pitrWorks()
	if triOf(works) == yes {
		works.Why = "DynamoDB keeps a backup as of the deletion, because point-in-time recovery is on"
	}
	none := known(int64(0), "the backup is as of the deletion")
	return []Way{wayOf(BySystemBackup, works, none, none, known(int64(systemBackupDays), "the backup is kept 35 days after the deletion"))}
}

// ownedKeyWays: a customer cannot lose a key that AWS owns or manages.
func (c *Coverage) ownedKeyWays() []Way {
	t, basis := c.ownedKey()
	if t == no {
		return nil
	}
	a := answered(t, "the table is under a key that AWS keeps, which a customer cannot lose", basis...)
	if t == maybe {
		a = answered(t, "who manages the table's key is not known", missing(basis)...)
	}
	none := known(int64(0), a.Why)
	return []Way{wayOf(ByOwnedKey, a, none, none, known(Forever, a.Why))}
}

func (c *Coverage) ownedKey() (tri, []estate.Reading) {
	basis := []estate.Reading{estate.Read("table.key_arn", c.Table.ID, c.Table.KeyARN)}
	arn, ok := c.Table.KeyARN.Get()
	switch {
	case c.Table.KeyARN.IsAbsent():
		return yes, basis
	case !ok:
		return maybe, basis
	}
	k := c.index.keys[arn]
	if k == nil {
		return maybe, basis
	}
	basis = append(basis, estate.Read("key.manager", k.ID, k.Manager))
	manager, ok := k.Manager.Get()
	if !ok {
		return maybe, basis
	}
	return truth(manager == "AWS"), basis
}

// where is the account and Region that hold a backup, empty where not known.
func (c *Coverage) where(b *backup) (account, region string) {
	switch {
	case b.native != nil:
		return c.index.account, c.index.region
	case b.job != nil:
		arn := literal(b.job.DestinationVault)
		return arnField(arn, arnAccount), arnField(arn, arnRegion)
	}
	return b.point.home.account, b.point.home.region
}

func otherThan(there, here string) tri {
	if there == "" || here == "" {
		return maybe
	}
	return truth(there != here)
}

// elsewhere: what stands in another Region survives the loss of this one.
func (c *Coverage) elsewhere(b *backup) tri {
	if b.native != nil || b.job == nil && b.point.home == c.index {
		return no
	}
	_, region := c.where(b)
	return otherThan(region, c.index.region)
}

// outOfReach: nobody in this account, however mighty, can destroy it: it is in another account, or a vault keeps it that is locked for
// good. A lock is no help for a point that DynamoDB itself could delete; whether it could is UNCONFIRMED (list 10 number 16), assumed yes.
func (c *Coverage) outOfReach(b *backup) tri {
	if b.native != nil {
		return no
	}
	if b.job != nil {
		account, _ := c.where(b)
		return otherThan(account, c.index.account)
	}
	kept := no
	if b.point.fullyManaged() {
		kept = immutable(b.point.vault, b.point.home.unit.Now)
	}
	if b.point.home == c.index {
		return kept
	}
	return kept.or(otherThan(b.point.home.account, c.index.account))
}

// otherKey: under a key other than the table's.
func (c *Coverage) otherKey(b *backup) tri {
	if b.native != nil {
		return no
	}
	if b.job != nil { // the key of a vault in another account or Region is another key
		return yes
	}
	if !b.point.fullyManaged() {
		return no
	}
	return differentKey(b.point.KeyARN, c.Table.KeyARN)
}

func differentKey(a, table estate.Fact[string]) tri {
	key, ok := table.Get()
	if !ok {
		return maybe
	}
	other, ok := a.Get()
	switch {
	case ok:
		return truth(other != key)
	case a.IsAbsent():
		return yes
	}
	return maybe
}

// survival is whether what a rule makes survives a scenario, and if so how many days the part that survives is kept.
type survival struct {
	is   tri
	days Answer[int64]
}

// or joins two parts: the one that is kept longest counts.
func (s survival) or(o survival) survival {
	switch {
	case s.is == no:
		return o
	case o.is == no:
		return s
	case s.is == yes && o.is == yes:
		return survival{yes, greater(s.days, o.days)}
	}
	return survival{s.is.or(o.is), unknown[int64]("how long what survives is kept is not known")}
}

// copiesRegion: the rule copies to another Region. A copy that is not known to fail counts as declared: what arrives decides.
func (c *Coverage) copiesRegion(r *RuleCover) survival {
	return copiesThat(r, func(k *CopyCover) tri { return triOf(k.CrossRegion) })
}

func (c *Coverage) copiesAccount(r *RuleCover) survival {
	s := copiesThat(r, func(k *CopyCover) tri { return triOf(k.CrossAccount) })
	if v := r.rule.place.vault; v != nil {
		return s.or(survival{triOf(r.Advanced).and(immutable(v, c.unit.Now)), r.RetentionDays})
	}
	return s.or(survival{triOf(r.VaultExists).and(maybe), r.RetentionDays})
}

func (c *Coverage) underOtherKey(r *RuleCover) survival {
	// The key of a vault in another account or Region is another key.
	s := copiesThat(r, func(k *CopyCover) tri { return triOf(k.CrossRegion).or(triOf(k.CrossAccount)).or(c.copyKeyDiffers(k)) })
	if v := r.rule.place.vault; v != nil {
		return s.or(survival{triOf(r.Advanced).and(differentKey(v.KeyARN, c.Table.KeyARN)), r.RetentionDays})
	}
	return s.or(survival{triOf(r.VaultExists).and(maybe), r.RetentionDays})
}

// copyKeyDiffers is for a copy within the account and Region.
func (c *Coverage) copyKeyDiffers(k *CopyCover) tri {
	arn, ok := k.Vault.Get()
	if v := c.index.vaults.byARN[arn]; ok && v != nil {
		return differentKey(v.KeyARN, c.Table.KeyARN)
	}
	return maybe
}

func copiesThat(r *RuleCover, is func(*CopyCover) tri) survival {
	s := survival{is: no}
	if r.rule.rule.Copies.Whole.IsUnknown() {
		s.is = maybe
	}
	for i := range r.Copies {
		k := &r.Copies[i]
		takes := triOf(k.TakesEffect)
		if k.unseen { // what arrives decides
			takes = yes
		}
		s = s.or(survival{is(k).and(takes), k.RetentionDays})
	}
	return s
}
