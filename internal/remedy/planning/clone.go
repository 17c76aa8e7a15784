package planning

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// clone copies a unit as deep as previews change it: tables, plans with rules and selections, vaults, roles, restore testing plans.
// Recovery points, jobs and the values of facts are shared with the original and never written.
func clone(u *estate.Unit) *estate.Unit {
	c := *u
	c.Provenance = slices.Clone(u.Provenance)
	c.Tables.Items = slices.Clone(u.Tables.Items)
	c.Plans.Items = slices.Clone(u.Plans.Items)
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		p.Rules.Items, p.Selections.Items = slices.Clone(p.Rules.Items), slices.Clone(p.Selections.Items)
	}
	c.Vaults.Items = slices.Clone(u.Vaults.Items)
	c.Backups.Items = slices.Clip(u.Backups.Items)
	c.Roles.Items = slices.Clone(u.Roles.Items)
	c.RestoreTestingPlans.Items = slices.Clone(u.RestoreTestingPlans.Items)
	for i := range c.RestoreTestingPlans.Items {
		p := &c.RestoreTestingPlans.Items[i]
		p.Selections.Items = slices.Clone(p.Selections.Items)
	}
	return &c
}

// declared is a unit without its history: enough to ask what plans cover, and quick to index.
func declared(u *estate.Unit) *estate.Unit {
	c := *u
	none := estate.KnownFact(true, 0)
	c.Vaults.Items = slices.Clone(u.Vaults.Items)
	for i := range c.Vaults.Items {
		c.Vaults.Items[i].RecoveryPoints = estate.List[estate.RecoveryPoint]{Whole: none}
	}
	c.Backups = estate.List[estate.NativeBackup]{Whole: none}
	c.BackupJobs = estate.List[estate.BackupJob]{Whole: none}
	c.CopyJobs = estate.List[estate.CopyJob]{Whole: none}
	return &c
}
