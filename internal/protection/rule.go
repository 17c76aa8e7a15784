package protection

import "github.com/restorable/restorable/internal/estate"

// ruleIndex is a rule with what follows from it, whichever selection it runs under.
type ruleIndex struct {
	rule     *estate.Rule
	number   int // within the plan
	schedule schedule
	place    place
	cover    RuleCover // all but what the selection and the table decide
}

func (x *Index) newRule(r *estate.Rule, number int, c *schedules) *ruleIndex {
	ri := &ruleIndex{rule: r, number: number, schedule: c.of(r)}
	now := x.unit.Now
	place, gapped := x.vaults.target(r, x.advanced)
	ri.place = place
	days := retention("rule.delete_after_days", r.ID, r.DeleteAfterDays)
	start := window("rule.start_window", r.ID, r.StartWindow, defaultStartWindow)
	completion := window("rule.completion_window", r.ID, r.CompletionWindow, defaultCompletionWindow)
	interval := ri.schedule.interval(now)
	ri.cover = RuleCover{
		ID: r.ID, Rule: r.Name.Or(r.ID),
		ScheduleRuns: ri.schedule.runs(now), WindowsValid: windowsValid(start),
		VaultExists: place.exists, RetentionFitsLock: x.fits(place, days),
		LifecycleValid: lifecycleValid(r),
		Advanced:       x.advanced, ColdTakesEffect: coldTakesEffect(r, x.advanced), AirGapped: gapped,
		ContinuousIgnored: continuousIgnored(r),
		Vault:             place.label, Interval: interval, Next: ri.schedule.next(now),
		StartWindow: start, CompletionWindow: completion, WorstGap: worstGap(interval, start, completion),
		RetentionDays: days, Copies: x.copiesOf(r),
		KeyUsable: x.vaultKey(place),
		rule:      ri,
	}
	return ri
}

// vaultKey is whether the key under which advanced features would encrypt can be used.
func (x *Index) vaultKey(p place) Answer[bool] {
	if p.vault == nil {
		return answered(maybe, "the vault is not known", p.exists.Basis...)
	}
	return x.keyUsable("vault.key_arn", p.vault.ID, p.vault.KeyARN)
}

// fits judges the retention by the lock of the vault, as far as that is known.
func (x *Index) fits(p place, days Answer[int64]) Answer[bool] {
	if p.vault != nil {
		return fitsLock(p.vault, days)
	}
	if triOf(p.exists) == no {
		return answered(maybe, "there is no vault whose lock could be asked", p.exists.Basis...)
	}
	return answered(maybe, "the vault is not known", p.exists.Basis...)
}

// worstGap adds the windows to an interval: the next point may be as late as that.
func worstGap(interval, start, completion Answer[int64]) Answer[int64] {
	if !interval.IsKnown() {
		return interval
	}
	i, _ := interval.Get()
	s, ok := start.Get()
	c, ok2 := completion.Get()
	if !ok || !ok2 {
		return unknown[int64]("a window is not known", missing(append(start.Basis[:len(start.Basis):len(start.Basis)], completion.Basis...))...)
	}
	total := sum(sum(i, s*secondsPerMinute), c*secondsPerMinute)
	return known(total, span(i)+" between starts, "+span(s*secondsPerMinute)+" start window, "+span(c*secondsPerMinute)+" completion window", interval.Basis...)
}

// coldTakesEffect: without advanced features a move to cold storage is ignored (semantics 1.7).
func coldTakesEffect(r *estate.Rule, adv Answer[bool]) Answer[bool] {
	basis := []estate.Reading{estate.Read("rule.cold_after_days", r.ID, r.ColdAfterDays)}
	days, ok := numberOr(r.ColdAfterDays, unsetLifecycle)
	switch {
	case !ok:
		return answered(maybe, "whether the rule moves points to cold storage is not known", basis...)
	case days == unsetLifecycle:
		return absent[bool]("the rule does not move points to cold storage", basis...)
	case triOf(adv) == no:
		return answered(no, "the move to cold storage is ignored: "+adv.Why, append(basis, adv.Basis...)...)
	}
	return answered(triOf(adv), adv.Why, append(basis, adv.Basis...)...)
}

// continuousIgnored: AWS Backup has no continuous backup of DynamoDB; such a rule takes ordinary snapshots (semantics 2.5).
func continuousIgnored(r *estate.Rule) Answer[bool] {
	basis := []estate.Reading{estate.Read("rule.continuous", r.ID, r.Continuous)}
	t := holds(r.Continuous)
	if t == yes {
		return answered(t, "EnableContinuousBackup means nothing for DynamoDB: the rule takes snapshots and does not turn on point-in-time recovery", basis...)
	}
	return answered(t, "", basis...)
}

// copiesOf judges the copy actions of a rule.
func (x *Index) copiesOf(r *estate.Rule) []CopyCover {
	out := make([]CopyCover, 0, len(r.Copies.Items))
	for i := range r.Copies.Items {
		out = append(out, x.copyCover(r, &r.Copies.Items[i]))
	}
	return out
}

func (x *Index) copyCover(r *estate.Rule, c *estate.Copy) CopyCover {
	basis := []estate.Reading{estate.Read("copy.vault_arn", c.ID, c.VaultARN)}
	// A copy without a lifecycle follows the source's (semantics 2.4).
	days := retention("copy.delete_after_days", c.ID, c.DeleteAfterDays)
	if c.DeleteAfterDays.IsAbsent() && c.ColdAfterDays.IsAbsent() {
		days = retention("rule.delete_after_days", r.ID, r.DeleteAfterDays)
	}
	cc := CopyCover{RetentionDays: days}
	arn, ok := c.VaultARN.Get()
	if !ok || symbolic(arn) {
		cc.Vault, cc.Region, cc.Account = unknown[string]("", basis...), unknown[string]("", basis...), unknown[string]("", basis...)
		a := answered(maybe, "the copy's vault is not known", basis...)
		cc.CrossRegion, cc.CrossAccount, cc.TakesEffect = a, a, a
		if triOf(x.advanced) == no {
			cc.TakesEffect = answered(no, "the copy does not take effect: "+x.advanced.Why, x.advanced.Basis...)
		}
		return cc
	}
	region, account := arnField(arn, arnRegion), arnField(arn, arnAccount)
	cc.Vault, cc.Region, cc.Account = known(arn, "", basis...), known(region, "", basis...), known(account, "", basis...)
	cc.CrossRegion = differs("Region", region, "unit.region", x.unit.Region, basis)
	cc.CrossAccount = differs("account", account, "unit.account", x.unit.Account, basis)
	cc.TakesEffect = x.copyTakesEffect(arn, days, basis)
	cc.unseen = triOf(x.advanced) == yes && !x.strangers && x.sib[account+":"+region] == nil && (region != x.region || account != x.account)
	return cc
}

func differs(what, there, field string, here estate.Fact[string], basis []estate.Reading) Answer[bool] {
	basis = append(basis[:len(basis):len(basis)], estate.Read(field, "", here))
	own := literal(here)
	if own == "" {
		return answered(maybe, "the unit's "+what+" is not known", basis...)
	}
	return answered(truth(own != there), "the copy goes to "+what+" "+there, basis...)
}

// copyTakesEffect: copies need advanced features, a vault that exists and a retention within its lock (semantics 1.7, 2.4).
// A vault of another account or Region is judged later, when its unit is at hand.
func (x *Index) copyTakesEffect(arn string, days Answer[int64], basis []estate.Reading) Answer[bool] {
	if triOf(x.advanced) == no {
		return answered(no, "the copy does not take effect: "+x.advanced.Why, x.advanced.Basis...)
	}
	if arnField(arn, arnRegion) != x.region || arnField(arn, arnAccount) != x.account {
		if there := x.sib[arnField(arn, arnAccount)+":"+arnField(arn, arnRegion)]; there != nil {
			return there.arrives(arn, days, x.advanced, basis)
		}
		return answered(maybe, "the vault "+quote(arn)+" is in another account or Region, which was not looked at", basis...)
	}
	return x.arrives(arn, days, x.advanced, basis)
}

// arrives judges a copy by the unit that holds its destination.
func (x *Index) arrives(arn string, days Answer[int64], adv Answer[bool], basis []estate.Reading) Answer[bool] {
	v := x.vaults.byARN[arn]
	if v == nil {
		if x.vaults.whole == yes {
			return answered(no, "vault "+quote(arn)+" does not exist", append(basis[:len(basis):len(basis)], x.vaults.basis...)...)
		}
		return answered(maybe, "whether vault "+quote(arn)+" exists is not known", x.vaults.basis...)
	}
	lock := fitsLock(v, days)
	t := triOf(adv).and(triOf(lock))
	if t == yes {
		return answered(t, "vault "+quote(arn)+" exists and admits the retention", lock.Basis...)
	}
	if triOf(adv) == maybe {
		return answered(t, adv.Why, adv.Basis...)
	}
	return answered(t, lock.Why, lock.Basis...)
}

// rulesUnder are the plan's rules as they stand under a selection, before any table is looked at.
func (x *Index) rulesUnder(s *selectionIndex) []RuleCover {
	out := make([]RuleCover, 0, len(s.plan.rules))
	for _, r := range s.plan.rules {
		c := r.cover
		c.Plan, c.Selection, c.sel = s.plan.name, s.sel.Name.Or(s.sel.ID), s
		c.RoleExists, c.RoleTrusted = s.role.exists, s.role.trusted
		out = append(out, c)
	}
	return out
}
