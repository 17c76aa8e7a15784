package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

const aboutLock = "vault lock"

// planLocks locks the vaults into which the chosen tables are backed up, or the one that was named.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
func planLocks(d *draft) error {
	for _, v := range d.guarded(LockVault) {
		d.lockVault(v)
	}
	return nil
}

// guardedVault is a vault that a remedy guards, with the chosen tables that are backed up into it.
type guardedVault struct {
	name, arn string
	vault     *estate.Vault
	tables    []*target
}

// guarded lists the vaults that a remedy of vaults is about: the one that --vault names, or those in which points of the chosen tables land.
func (d *draft) guarded(id string) []guardedVault {
	var names []string
	tables := map[string][]*target{}
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		taken := d.chosenOf(p)
		for k := range p.Rules.Items {
			name := p.Rules.Items[k].Vault.Or("")
			if name == "" || len(taken) == 0 {
				continue
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			for _, t := range taken {
				if !slices.Contains(tables[name], t) {
					tables[name] = append(tables[name], t)
				}
			}
		}
	}
	if d.Options.Vault != DefaultVault {
		names = []string{d.Options.Vault}
	}
	slices.Sort(names)
	var out []guardedVault
	for _, name := range names {
		v := find(d.unit.Vaults.Items, func(x *estate.Vault) estate.Fact[string] { return x.Name }, name)
		switch {
		case v != nil:
			out = append(out, guardedVault{name, v.ARN.Or(d.vaultARN(name)), v, tables[name]})
		case d.Options.Vault == DefaultVault || len(d.drafts) == 1:
			d.refuse(id, d.vaultARN(name), "the vault does not exist, or was not read", "--only "+CreateVault)
		}
	}
	return out
}

// chosenOf are the chosen tables that a plan selects as the draft stands.
func (d *draft) chosenOf(p *estate.Plan) []*target {
	var out []*target
	for i := range d.targets {
		t := &d.targets[i]
		if yes := takes(d.unit, p, d.table(t)); t.chosen && t.excluded == "" && yes {
			out = append(out, t)
		}
	}
	return out
}

func (d *draft) lockVault(g guardedVault) {
	x := d.Options.Extras
	lock := remedy.VaultLock{Vault: g.name, Locked: true, MinRetentionDays: x.LockMin, MaxRetentionDays: x.LockMax}
	if lock.MinRetentionDays == 0 {
		lock.MinRetentionDays = d.leastRetention(g.tables)
	}
	if reason, next := d.lockObstacle(g); reason != "" {
		d.refuse(LockVault, g.arn, reason, next)
		return
	}
	if locked, _ := g.vault.Locked.Get(); locked {
		return
	}
	id := d.next()
	fit := d.lockFit(g, lock)
	for i := range fit.checks {
		if fit.reason == "" {
			fit.checks[i].Actions = []string{id}
		}
	}
	d.noteAll(fit.checks)
	if fit.reason != "" {
		d.refuse(LockVault, g.arn, fit.reason, fit.next)
		return
	}
	if x.LockMode == Compliance && !d.confirmed(g, &lock) {
		return
	}
	d.addLock(g, lock)
}

// leastRetention is what a lock demands at least: what the objectives of the vault's tables keep, the smallest of them.
func (d *draft) leastRetention(tables []*target) int64 {
	least := int64(DefaultRetain)
	for i, t := range tables {
		if keeps := max(1, wholeDays(t.needs.Objective.Retention)); i == 0 || keeps < least {
			least = keeps
		}
	}
	return least
}

// lockObstacle says why a vault is not one that we lock, whatever its rules; empty: it is.
func (d *draft) lockObstacle(g guardedVault) (reason, next string) {
	locked, known := g.vault.Locked.Get()
	kind, ok := g.vault.Type.Get()
	switch {
	case g.name == DefaultVault:
		return "the vault Default is everybody's: whatever AWS Backup does not know a place for lands in it, and a lock there could not be foreseen", "a vault of its own: --vault NAME with --only " + CreatePlan
	case strings.HasPrefix(g.name, "aws/"), !ok, kind != "BACKUP_VAULT":
		return "it is no ordinary vault of the account's own: a lock there is AWS's matter", ""
	case !known:
		return "whether it is locked is not known", readMore
	case locked:
		return "", ""
	}
	return d.notOurs(g.vault.Tags)
}

// LockWarning says what a lock in compliance mode means, and the phrase that somebody has to type who wants it. The date is the earliest
// on which it can no longer be undone: the days of grace count from when the lock is made.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
func LockWarning(vault string, made estate.Instant, graceDays int64) (text, phrase string) {
	date := made.Add(time.Duration(graceDays) * day).Time().Format(time.DateOnly)
	text = fmt.Sprintf("From %s on nobody can remove or change the lock of vault %s: not the account's root user, not AWS. "+
		"No recovery point in it can be deleted before its time, and all of them are charged until then.", date, vault)
	return text, "nobody can unlock " + vault + " after " + date
}

// confirmed sets compliance mode when its phrase was typed, and else refuses with the text.
func (d *draft) confirmed(g guardedVault, lock *remedy.VaultLock) bool {
	text, phrase := LockWarning(g.name, d.now, d.Options.LockGrace)
	if !slices.Contains(d.Options.LockConfirmed, phrase) {
		d.refuse(LockVault, g.arn, "compliance mode was not confirmed. "+text, "--confirm-lock \""+phrase+"\"")
		return false
	}
	lock.ChangeableForDays = d.Options.LockGrace
	return true
}

func (d *draft) addLock(g guardedVault, lock remedy.VaultLock) {
	final := lock.ChangeableForDays > 0
	inverse := remedy.Inverse{
		Change: &remedy.Change{VaultLock: &remedy.VaultLock{Vault: g.name}}, Drop: remedy.DropLock,
		Loses: "recovery points in the vault can be deleted again",
	}
	risk := "until the lock is removed nobody can delete a recovery point in the vault or shorten its life, and jobs that keep shorter or longer than the lock allows fail, those started by hand too"
	mode := Governance
	if final {
		text, _ := LockWarning(g.name, d.now, lock.ChangeableForDays)
		mode, risk, inverse.Loses = Compliance, text, inverse.Loses+"; "+text
	}
	kept := fmt.Sprintf("at least %d days", lock.MinRetentionDays)
	if lock.MaxRetentionDays > 0 {
		kept += fmt.Sprintf(", at most %d", lock.MaxRetentionDays)
	}
	d.add(remedy.Action{
		Remedy: LockVault, Resource: remedy.Resource{Type: "vault", Name: g.name, ARN: g.arn},
		Summary: fmt.Sprintf("lock vault %s in %s mode: kept %s", g.name, mode, kept),
		Call:    "backup:PutBackupVaultLockConfiguration", Needs: unique(d.makerOf(g.arn)),
		Change: remedy.Change{VaultLock: &lock},
		Before: remedy.VaultLockState(false, 0, 0, false),
		After:  remedy.VaultLockState(true, lock.MinRetentionDays, lock.MaxRetentionDays, final),
		Risk:   risk, Inverse: inverse,
	}, g.tables...)
}
