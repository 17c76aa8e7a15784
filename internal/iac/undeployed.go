package iac

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// Undeployed makes of a unit what it could be of templates: without a present, without what happened and what backups there are, and with
// tables in the state that they come to once they are deployed.
func Undeployed(u *estate.Unit) {
	u.Now = estate.AbsentFact[estate.Instant](0)
	u.Backups, u.Protected, u.Drills = estate.List[estate.NativeBackup]{}, estate.List[estate.ProtectedResource]{}, estate.List[estate.Drill]{}
	u.BackupJobs, u.CopyJobs, u.RestoreJobs = estate.List[estate.BackupJob]{}, estate.List[estate.CopyJob]{}, estate.List[estate.RestoreJob]{}
	u.Actions, u.ActionsSince = estate.List[estate.RecordedAction]{}, estate.Fact[estate.Instant]{}
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		t.TableID.Forget()
		t.CreatedAt.Forget()
		t.PITREarliest.Forget()
		t.PITRLatest.Forget()
		deployed(t)
	}
	for i := range u.Vaults.Items {
		v := &u.Vaults.Items[i]
		v.RecoveryPoints = estate.List[estate.RecoveryPoint]{}
		v.CreatedAt.Forget()
		v.LockDate.Forget()
	}
}

// settle gives tables the state that they come to once they are deployed: templates are judged by what will be when they are in force.
func settle(u *estate.Unit) {
	for i := range u.Tables.Items {
		if t := &u.Tables.Items[i]; u.Of(t.Status.Source()).Code == build.NotDeployed {
			deployed(t)
		}
	}
}

func deployed(t *estate.Table) {
	at := t.ARN.Source()
	t.Status = estate.KnownFact("ACTIVE", at)
	t.KeyInaccessibleAt, t.ArchivedAt = estate.AbsentFact[estate.Instant](at), estate.AbsentFact[estate.Instant](at)
	t.ArchivalReason, t.ArchivalBackup = estate.AbsentFact[string](at), estate.AbsentFact[string](at)
}
