package planning

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// lockFit is whether everything that writes into a vault fits a lock: a job that does not fails from then on.
type lockFit struct {
	checks       []remedy.Check
	reason, next string // why the lock is not proposed; empty: everything fits
}

// keeps is a rule or a copy that writes into a vault, and for how long it keeps.
type keeps struct {
	resource, label string
	days            estate.Fact[int64]
}

// lockFit asks every rule and every copy of every plan, of all services and all Regions of the estate, that writes into the vault.
func (d *draft) lockFit(g guardedVault, lock remedy.VaultLock) lockFit {
	var f lockFit
	fitting := 0
	for _, other := range d.drafts {
		if unread := other.unreadPlans(); unread != "" {
			f.against("unknown", other.regionKey(), unread+": one that does not fit may write into vault "+g.name)
		}
		for _, k := range other.writers(g, other == d) {
			switch verdict, detail := within(k, lock); verdict {
			case "ok":
				fitting++
			default:
				f.against(verdict, k.resource, detail)
			}
		}
	}
	if fitting > 0 {
		f.checks = append(f.checks, remedy.Check{About: aboutLock, Resource: g.arn, Verdict: "ok",
			Detail: fmt.Sprintf("of the rules and copies that were read and write into vault %s, %d fit", g.name, fitting)})
	}
	f.checks = append(f.checks, remedy.Check{About: aboutLock, Resource: g.arn, Verdict: "unknown",
		Detail: "copies from Regions and accounts that were not looked at, and backups started by hand, are not known: those that do not fit would fail"})
	if f.reason != "" {
		f.reason = "not everything that writes into the vault fits " + rangeText(lock) + ": " + f.reason
	}
	return f
}

func (f *lockFit) against(verdict, resource, detail string) {
	f.checks = append(f.checks, remedy.Check{About: aboutLock, Resource: resource, Verdict: verdict, Detail: detail})
	if f.reason != "" {
		f.reason += "; "
	}
	f.reason += detail
	f.next = "--lock-min and --lock-max, or mend what does not fit"
	if verdict == "unknown" {
		f.next = readMore
	}
}

// unreadPlans says what of the unit's plans is not known. Elsewhere only copies matter, which the rules hold too.
func (d *draft) unreadPlans() string {
	if !d.unit.Plans.IsWhole() {
		return "the list of backup plans of " + d.region + " is not whole"
	}
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		if !p.Rules.IsWhole() {
			return "the rules of plan " + planLabel(p) + " are not wholly known"
		}
		for k := range p.Rules.Items {
			if !p.Rules.Items[k].Copies.IsWhole() {
				return "the copies of plan " + planLabel(p) + " are not wholly known"
			}
		}
	}
	return ""
}

// writers are the rules and copies of a unit that write into a vault, or may. home: the vault is in this unit.
func (d *draft) writers(g guardedVault, home bool) []keeps {
	var out []keeps
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		for k := range p.Rules.Items {
			r := &p.Rules.Items[k]
			label := "rule " + r.Name.Or(r.ID) + " of plan " + planLabel(p)
			if name, ok := r.Vault.Get(); home && (r.Vault.IsUnknown() || ok && name == g.name) {
				out = append(out, keeps{planLabel(p), label, r.DeleteAfterDays})
			}
			for n := range r.Copies.Items {
				c := &r.Copies.Items[n]
				if to, ok := c.VaultARN.Get(); !c.VaultARN.IsUnknown() && (!ok || to != g.arn) {
					continue
				}
				out = append(out, keeps{planLabel(p), "a copy by " + label, copyKeeps(r, c)})
			}
		}
	}
	return out
}

// copyKeeps: a copy without a lifecycle follows its source's.
func copyKeeps(r *estate.Rule, c *estate.Copy) estate.Fact[int64] {
	if c.DeleteAfterDays.IsAbsent() && c.ColdAfterDays.IsAbsent() {
		return r.DeleteAfterDays
	}
	return c.DeleteAfterDays
}

// within judges one. That what is kept for ever is longer than any greatest retention is the plain reading; AWS does not say it (UNCONFIRMED).
func within(k keeps, lock remedy.VaultLock) (verdict, detail string) {
	if k.days.IsUnknown() {
		return "unknown", "how long " + k.label + " keeps is not known"
	}
	kept, limited := k.days.Get()
	if limited = limited && kept > 0; !limited {
		if lock.MaxRetentionDays > 0 {
			return "breaks", k.label + " keeps for ever, which is taken to be longer than the lock allows (assumed)"
		}
		return "ok", ""
	}
	if kept < lock.MinRetentionDays || lock.MaxRetentionDays > 0 && kept > lock.MaxRetentionDays {
		return "breaks", fmt.Sprintf("%s keeps %d days", k.label, kept)
	}
	return "ok", ""
}

func rangeText(lock remedy.VaultLock) string {
	var parts []string
	if lock.MinRetentionDays > 0 {
		parts = append(parts, fmt.Sprintf("at least %d days", lock.MinRetentionDays))
	}
	if lock.MaxRetentionDays > 0 {
		parts = append(parts, fmt.Sprintf("at most %d days", lock.MaxRetentionDays))
	}
	return strings.Join(parts, " and ")
}
