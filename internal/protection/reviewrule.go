package protection

import (
	"strconv"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// startsAsItReads is whether a rule's schedule is valid, has starts to come, and starts as often as a person who reads it would say.
func (r *ruleIndex) startsAsItReads() Answer[bool] {
	parts := []Answer[bool]{r.cover.ScheduleRuns, r.cover.WindowsValid, r.trap()}
	a := every(parts, "")
	if triOf(a) == yes {
		a.Why = "starts every " + span(r.cover.Interval.Or(Forever))
		if r.cover.Interval.Or(Forever) == Forever {
			a.Why = "starts once more"
		}
	}
	return a
}

// trap is no where a schedule starts more rarely than it reads: hours do not wrap past midnight, snapshots are made at most every hour,
// and a start within the hour that daylight saving skips is left out (semantics 2.2).
func (r *ruleIndex) trap() Answer[bool] {
	expression, ok := textOr(r.rule.Schedule, defaultSchedule)
	s := &r.schedule
	switch {
	case !ok || s.state == maybe:
		return answered(maybe, "the schedule is not known", missing(s.basis)...)
	case s.state == no:
		return answered(yes, "", s.basis...) // that it is not valid is told apart
	case twelveHourTrap(expression):
		return answered(no, "hours do not wrap past midnight: "+quote(expression)+" starts once a day", s.basis...)
	case s.forever && s.longest < time.Hour:
		return answered(no, quote(expression)+" asks for a start every "+span(seconds(s.longest))+", and AWS Backup makes snapshots at most every hour", s.basis...)
	}
	if lost := s.skipped(); lost > 0 {
		return answered(no, "in "+s.zone.String()+" the clock skips a start of "+quote(expression)+" when daylight saving begins: "+
			span(seconds(s.longest))+" pass between two starts, not "+span(seconds(s.longest-lost)), s.basis...)
	}
	return answered(yes, "", s.basis...)
}

// skipped is by how much the longest time between two starts is longer than it would be in a zone without daylight saving, where that is
// more than the hour by which clocks are moved; 0 otherwise.
func (s *schedule) skipped() time.Duration {
	if !s.forever || s.zone == time.UTC {
		return 0
	}
	_, plain := s.cron.SmallestInterval(time.UTC, standardYear())
	if more := s.longest - plain; more > time.Hour {
		return more
	}
	return 0
}

// ruleVaults is whether every vault exists to which a rule sends its backups or copies.
func (x *Index) ruleVaults(r *ruleIndex) Answer[bool] {
	parts := []Answer[bool]{x.vaults.byText(r.rule.Vault, "rule.vault", r.rule.ID, x.vaults.byName).exists}
	if !r.rule.AirGappedVault.IsAbsent() {
		parts = append(parts, x.vaults.byText(r.rule.AirGappedVault, "rule.air_gapped_vault", r.rule.ID, x.vaults.byARN).exists)
	}
	for i := range r.rule.Copies.Items {
		parts = append(parts, x.copyVault(&r.rule.Copies.Items[i]))
	}
	return every(append(parts, r.copiesKnown()), "its vaults exist")
}

// copiesKnown is maybe where a rule may have copy actions that were not read.
func (r *ruleIndex) copiesKnown() Answer[bool] {
	basis := estate.Read("rule.copies", r.rule.ID, r.rule.Copies.Whole)
	if r.rule.Copies.IsWhole() {
		return answered(yes, "", basis)
	}
	return answered(maybe, "its copy actions are not all known", basis)
}

// copyVault is whether the vault of a copy action exists. One in another account or Region is known only where that unit was read.
func (x *Index) copyVault(c *estate.Copy) Answer[bool] {
	holder, basis, elsewhere := x.holder(c)
	switch {
	case !elsewhere:
		return x.vaults.byText(c.VaultARN, "copy.vault_arn", c.ID, x.vaults.byARN).exists
	case holder == nil:
		return answered(maybe, "whether vault "+quote(c.VaultARN.Or(""))+" exists is not known: its account and Region were not looked at", basis...)
	}
	a := holder.vaults.byText(c.VaultARN, "copy.vault_arn", c.ID, holder.vaults.byARN).exists
	return answered(triOf(a), a.Why, basis...)
}

// holder is the index of the unit that a copy goes to; elsewhere says that it is not this one. The readings name the other unit's list of
// vaults without a source: sources are numbered within a unit.
func (x *Index) holder(c *estate.Copy) (holder *Index, basis []estate.Reading, elsewhere bool) {
	basis = []estate.Reading{estate.Read("copy.vault_arn", c.ID, c.VaultARN)}
	arn, ok := c.VaultARN.Get()
	if !ok || symbolic(arn) {
		return x, basis, false
	}
	region, account := arnField(arn, arnRegion), arnField(arn, arnAccount)
	if region == x.region && account == x.account {
		return x, basis, false
	}
	there := estate.UnknownFact[bool](0)
	if holder = x.sib[account+":"+region]; holder != nil && holder.vaults.whole == yes {
		there = estate.KnownFact(true, 0)
	}
	return holder, append(basis, estate.Read("unit.vaults", account+":"+region, there)), true
}

// ruleLifecycle judges how long a rule and its copies keep: AWS's bounds, the vaults' locks, and whether cold storage and copies are real.
func (x *Index) ruleLifecycle(r *ruleIndex) Answer[bool] {
	fits := r.cover.RetentionFitsLock
	if triOf(r.cover.VaultExists) == no {
		fits = answered(yes, "", r.cover.VaultExists.Basis...) // there is no lock that could forbid it
	}
	cold := r.cover.ColdTakesEffect
	if cold.IsAbsent() {
		cold = answered(yes, "", cold.Basis...)
	}
	parts := []Answer[bool]{r.cover.LifecycleValid, fits, cold}
	for i := range r.rule.Copies.Items {
		parts = append(parts, x.copyLifecycle(r.rule, &r.rule.Copies.Items[i], &r.cover.Copies[i]))
	}
	a := every(append(parts, r.copiesKnown()), "")
	if triOf(a) == yes {
		a.Why = r.cover.RetentionDays.Why
		if n := len(r.rule.Copies.Items); n > 0 {
			a.Why += ", its copies (" + strconv.Itoa(n) + ") are real"
		}
	}
	return a
}

func (x *Index) copyLifecycle(r *estate.Rule, c *estate.Copy, cover *CopyCover) Answer[bool] {
	valid := answered(yes, "")
	if !c.DeleteAfterDays.IsAbsent() || !c.ColdAfterDays.IsAbsent() { // without a lifecycle it follows the source's, which is judged there
		valid = lifecycleValid(&estate.Rule{ID: r.ID, DeleteAfterDays: c.DeleteAfterDays, ColdAfterDays: c.ColdAfterDays})
		valid.Basis = []estate.Reading{estate.Read("copy.delete_after_days", c.ID, c.DeleteAfterDays), estate.Read("copy.cold_after_days", c.ID, c.ColdAfterDays)}
		valid.Why = "the copy to " + quote(c.VaultARN.Or("")) + ": " + valid.Why
	}
	effect := x.advanced
	if triOf(effect) == no {
		effect.Why = "the copy to " + quote(c.VaultARN.Or("")) + " does not take effect: " + effect.Why
	}
	return every([]Answer[bool]{valid, effect, x.copyLock(c, cover.RetentionDays)}, "")
}

// copyLock is whether the lock of a copy's vault admits the retention.
func (x *Index) copyLock(c *estate.Copy, days Answer[int64]) Answer[bool] {
	holder, basis, elsewhere := x.holder(c)
	arn, ok := c.VaultARN.Get()
	switch {
	case !ok:
		return answered(maybe, "the copy's vault is not known", basis...)
	case holder == nil:
		return answered(maybe, "the lock of vault "+quote(arn)+" is not known: its account and Region were not looked at", basis...)
	}
	v := holder.vaults.byARN[arn]
	switch {
	case v != nil && elsewhere:
		a := fitsLock(v, days)
		return answered(triOf(a), a.Why, lockElsewhere(v, basis)...)
	case v != nil:
		return fitsLock(v, days)
	case holder.vaults.whole == yes && !symbolic(arn):
		return answered(yes, "", basis...) // a vault that does not exist has no lock
	}
	return answered(maybe, "the lock of vault "+quote(arn)+" is not known", basis...)
}

// lockElsewhere are the facts of a lock in another unit, without their sources.
func lockElsewhere(v *estate.Vault, basis []estate.Reading) []estate.Reading {
	return append(basis,
		unsourced("vault.locked", v.ID, v.Locked), unsourced("vault.min_retention", v.ID, v.MinRetention), unsourced("vault.max_retention", v.ID, v.MaxRetention))
}

// unsourced reads a fact of another unit, whose sources mean nothing in this one.
func unsourced[T any](name, resource string, f estate.Fact[T]) estate.Reading {
	bare := estate.UnknownFact[T](0)
	if v, ok := f.Get(); ok {
		bare = estate.KnownFact(v, 0)
	} else if f.IsAbsent() {
		bare = estate.AbsentFact[T](0)
	}
	return estate.Read(name, resource, bare)
}
