package protection

import (
	"github.com/restorable/restorable/internal/estate"
)

// Restores is what is known of restores of a table within some time: proof that it can be got back, rather than a promise.
// Restores that DynamoDB makes on its own, without AWS Backup and without a drill, leave no record that could be read.
type Restores struct {
	Tested    Answer[bool]           `json:"tested"`    // one succeeded within the time
	Validated Answer[bool]           `json:"validated"` // one within the time was also compared, and found right
	LastAt    Answer[estate.Instant] `json:"last_at"`   // the newest that is known to have succeeded, however long ago; absent: none is known
	// Took is how long the newest one took that was measured, in seconds, however long ago; absent: none was ever made.
	Took Answer[int64] `json:"took"`
}

// Restores holds what is known of the table's restores against the time, in seconds, within which one must have succeeded.
func (c *Coverage) Restores(within int64) *Restores {
	if c.restoresMemo != nil && c.restoresWithin == within {
		return c.restoresMemo
	}
	all := c.restores()
	r := &Restores{LastAt: lastRestored(all), Took: c.took(all)}
	now, ok := c.unit.Now.Get()
	if !ok {
		a := answered(maybe, "the present time is not known", estate.Read("unit.now", "", c.unit.Now))
		r.Tested, r.Validated = a, a
	} else {
		cutoff := now.Add(-spanOf(within))
		none := c.noneSince(cutoff)
		r.Tested = happened(all, cutoff, none, func(e *restoreSeen) tri { return e.ok })
		r.Validated = happened(all, cutoff, none, func(e *restoreSeen) tri { return e.compared })
		r.Tested.Why, r.Validated.Why = testedWhy(r.Tested, all, within), validatedWhy(r.Validated, r.Tested, within)
	}
	c.restoresMemo, c.restoresWithin = r, within
	return r
}

// happened is whether something that counts happened since a moment. none is what is known where nothing did, as far as is known.
func happened(all []restoreSeen, cutoff estate.Instant, none Answer[bool], counts func(*restoreSeen) tri) Answer[bool] {
	var best, doubtful *restoreSeen
	for i := range all {
		e := &all[i]
		at, dated := e.at.Get()
		switch t := counts(e); {
		case t == no, dated && at < cutoff:
		case t == yes && dated:
			if best == nil || at > best.at.Or(0) {
				best = e
			}
		case doubtful == nil || !dated || at > doubtful.at.Or(0):
			doubtful = e
		}
	}
	switch {
	case best != nil:
		return answered(yes, best.by+" of "+dayOf(best.at), best.basis...)
	case doubtful != nil:
		return answered(maybe, "whether "+doubtful.by+" of "+dayOf(doubtful.at)+" counts is not known", missing(doubtful.basis)...)
	}
	return none
}

// noneSince is no where everything that could tell of a restore since a moment was read: then what was not found did not happen.
func (c *Coverage) noneSince(cutoff estate.Instant) Answer[bool] {
	h, arn := c.index.remembers(), c.Table.ARN.Or("")
	u := c.unit
	unread := func(why string, basis ...estate.Reading) Answer[bool] { return answered(maybe, why, missing(basis)...) }
	if doubt := c.unlisted(); triOf(doubt) == maybe {
		return doubt
	}
	if c.index.pointsWhole != yes {
		return unread("when the recovery points were last restored is not known", c.index.pointsBasis...)
	}
	basis := []estate.Reading{estate.Read("unit.restore_jobs", "", u.RestoreJobs.Whole), estate.Read("unit.drills", "", u.Drills.Whole)}
	if !u.Now.IsKnown() {
		return unread("the present time is not known", estate.Read("unit.now", "", u.Now))
	}
	if c.listed(cutoff) == yes {
		return answered(no, "", append(basis, estate.Read("table.created_at", c.Table.ID, c.Table.CreatedAt))...)
	}
	basis = append(basis, estate.Read("unit.protected_resources", "", u.Protected.Whole))
	p := h.remembered[arn]
	switch {
	case p == nil && h.rememberedWhole == yes: // assumed: what is of no account to AWS Backup now was of none then
		return answered(no, "assumed: what AWS Backup holds no recovery point of, it did not restore", basis...)
	case p == nil:
		return unread(beyondTheJobs, basis...)
	}
	basis = append(basis, estate.Read("protected_resource.last_restore", p.ID, p.LastRestore))
	if at, ok := p.LastRestore.Get(); p.LastRestore.IsAbsent() || ok && at < cutoff {
		return answered(no, "", basis...)
	}
	return unread(beyondTheJobs, basis...)
}

const beyondTheJobs = "AWS keeps restore jobs for 30 days, and nothing that was read tells of older ones"

// unlisted is maybe where restores may have been recorded that were not read.
func (c *Coverage) unlisted() Answer[bool] {
	arn := c.Table.ARN.Or("")
	switch {
	case arn == "" || symbolic(arn):
		return answered(maybe, "which table it is in AWS is not known", estate.Read("table.arn", c.Table.ID, c.Table.ARN))
	case c.jobsWhole() != yes:
		return answered(maybe, "the restore jobs are not all known", missing(c.jobsBasis())...)
	case c.index.remembers().drillsWhole != yes:
		return answered(maybe, "whether there were drills is not known", estate.Read("unit.drills", "", c.unit.Drills.Whole))
	}
	return answered(no, "")
}

// listed is whether the lists of jobs reach back to a moment, or to the creation of the table.
func (c *Coverage) listed(since estate.Instant) tri {
	now := c.unit.Now.Or(0)
	if since >= now.Add(-jobsReach) {
		return yes
	}
	return c.beyondJobs(c.Table.CreatedAt).not()
}

func (c *Coverage) jobsBasis() []estate.Reading {
	var out []estate.Reading
	for _, x := range c.index.kin() {
		out = append(out, x.seenFrom(c.index, estate.Read("unit.restore_jobs", "", x.unit.RestoreJobs.Whole))...)
	}
	return out
}

func testedWhy(a Answer[bool], all []restoreSeen, within int64) string {
	if triOf(a) != no {
		return a.Why
	}
	why := "no restore of it is known to have succeeded in " + dayCount(within/secondsPerDay)
	if failed := newestFailure(all); failed != nil {
		return why + "; " + failed.failure
	}
	return why + because(a.Why)
}

func validatedWhy(a, tested Answer[bool], within int64) string {
	switch {
	case triOf(a) != no:
		return a.Why
	case triOf(tested) == yes:
		return tested.Why + " was not compared with anything"
	}
	return "nothing restored from it was compared in " + dayCount(within/secondsPerDay) + because(a.Why)
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

func newestFailure(all []restoreSeen) *restoreSeen {
	var out *restoreSeen
	for i := range all {
		if e := &all[i]; e.failure != "" && (out == nil || e.at.Or(0) > out.at.Or(0)) {
			out = e
		}
	}
	return out
}

// lastRestored is the newest restore that succeeded, as far as is known.
func lastRestored(all []restoreSeen) Answer[estate.Instant] {
	var best *restoreSeen
	for i := range all {
		if e := &all[i]; e.ok == yes && e.at.IsKnown() && (best == nil || e.at.Or(0) > best.at.Or(0)) {
			best = e
		}
	}
	if best == nil {
		return absent[estate.Instant]("no restore of it is known")
	}
	return known(best.at.Or(0), best.by, best.basis...)
}

// took is how long the newest restore took. One that may be newer and was not measured, or may not count, leaves it open; one that
// says nothing but when, as recovery points do, does not. AWS Backup's memory counts where nothing else was measured.
func (c *Coverage) took(all []restoreSeen) Answer[int64] {
	if doubt := c.unlisted(); triOf(doubt) == maybe {
		return unknown[int64](doubt.Why, doubt.Basis...)
	}
	best, doubtful := measured(all, false)
	if best == nil && doubtful == nil {
		best, doubtful = measured(all, true)
	}
	newer := doubtful != nil && (best == nil || doubtful.open || !doubtful.at.IsKnown() || doubtful.at.Or(0) > best.at.Or(0))
	switch {
	case newer:
		return unknown[int64]("how long "+doubtful.by+" of "+dayOf(doubtful.at)+" took is not known", missing(doubtful.basis)...)
	case best != nil:
		return known(best.took.Or(0), best.by+" of "+dayOf(best.at)+" took "+span(best.took.Or(0)), best.basis...)
	}
	if none := c.noneSince(0); triOf(none) != no {
		return unknown[int64](none.Why, none.Basis...)
	}
	return absent[int64]("no restore of it was ever measured")
}

// measured finds the newest restore that was measured, and the newest of which that is not known.
func measured(all []restoreSeen, memory bool) (best, doubtful *restoreSeen) {
	for i := range all {
		switch e := &all[i]; {
		case e.memory != memory, e.ok == no || e.ok == yes && e.took.IsAbsent():
		case e.ok == yes && e.took.IsKnown() && e.at.IsKnown():
			if best == nil || e.at.Or(0) > best.at.Or(0) {
				best = e
			}
		case doubtful == nil || e.open || !e.at.IsKnown() || e.at.Or(0) > doubtful.at.Or(0):
			doubtful = e
		}
	}
	return best, doubtful
}
