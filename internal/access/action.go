package access

import (
	"strings"

	"github.com/restorable/restorable/internal/iampolicy"
)

// backupService is what AWS Backup works as.
const backupService = "backup.amazonaws.com"

// Kind is what could be done to backups.
type Kind string

// The kinds, worst first.
const (
	Destroy Kind = "destroy" // delete backups, or what keeps them
	Shorten Kind = "shorten" // let them end earlier, make no more of them, or lift what protects them
	Read    Kind = "read"    // take the data away: restore, copy or export it
)

// Kinds lists them, worst first.
func Kinds() []Kind { return []Kind{Destroy, Shorten, Read} }

// Action is one action on backups. Which resources it knows is from the service authorisation reference,
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html and list_amazondynamodb.html.
type Action struct {
	Name string
	Kind Kind

	classes []string // patterns of the resources that it may be about, with {p} and {a} for partition and account
	also    []also   // what AWS demands besides
	vaults  bool     // a vault's access policy has a say
	locked  bool     // a locked vault refuses it, whoever asks
}

// also is a further permission that an action cannot do without.
type also struct {
	action, class string
	context       iampolicy.Context
}

const (
	anyTable  = "arn:{p}:dynamodb:*:{a}:table/*"
	anyBackup = "arn:{p}:dynamodb:*:{a}:table/*/backup/*"
	anyPoint  = "arn:{p}:backup:*:{a}:recovery-point:*"
	anyVault  = "arn:{p}:backup:*:{a}:backup-vault:*"
	anyPlan   = "arn:{p}:backup:*:{a}:backup-plan:*"
	anyRole   = "arn:{p}:iam::{a}:role/*"
)

// actions on backups. That a table can be written to is no part of this: it is the data itself.
func actions() []Action {
	pass := []also{{action: "iam:PassRole", class: anyRole, context: iampolicy.Context{"iam:PassedToService": {backupService}}}}
	return []Action{
		{Name: "backup:DeleteRecoveryPoint", Kind: Destroy, classes: []string{anyPoint, anyBackup}, vaults: true, locked: true},
		{Name: "backup:DeleteBackupVault", Kind: Destroy, classes: []string{anyVault}, vaults: true},
		{Name: "dynamodb:DeleteBackup", Kind: Destroy, classes: []string{anyBackup}},
		{Name: "dynamodb:UpdateContinuousBackups", Kind: Destroy, classes: []string{anyTable}}, // switched off, point-in-time recovery forgets all it had
		{Name: "backup:UpdateRecoveryPointLifecycle", Kind: Shorten, classes: []string{anyPoint, anyBackup}, vaults: true, locked: true},
		{Name: "backup:UpdateBackupPlan", Kind: Shorten, classes: []string{anyPlan}},
		{Name: "backup:DeleteBackupPlan", Kind: Shorten, classes: []string{anyPlan}},
		{Name: "backup:DeleteBackupSelection", Kind: Shorten, classes: []string{anyPlan}},
		{Name: "backup:PutBackupVaultAccessPolicy", Kind: Shorten, classes: []string{anyVault}, vaults: true},
		{Name: "backup:DeleteBackupVaultAccessPolicy", Kind: Shorten, classes: []string{anyVault}, vaults: true},
		{Name: "backup:DeleteBackupVaultLockConfiguration", Kind: Shorten, classes: []string{anyVault}, vaults: true},
		{Name: "backup:UpdateRegionSettings", Kind: Shorten, classes: []string{"*"}},
		{Name: "backup:StartRestoreJob", Kind: Read, classes: []string{anyPoint, anyBackup}, also: pass, vaults: true},
		{Name: "backup:StartCopyJob", Kind: Read, classes: []string{anyPoint, anyBackup}, also: pass, vaults: true},
		{Name: "dynamodb:RestoreTableFromBackup", Kind: Read, classes: []string{anyBackup}, also: restoring()},
		{Name: "dynamodb:RestoreTableToPointInTime", Kind: Read, classes: []string{anyTable}, also: restoring()},
		{Name: "dynamodb:ExportTableToPointInTime", Kind: Read, classes: []string{anyTable}},
	}
}

// restoring is what AWS demands on the new table of whoever restores.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html
func restoring() []also {
	var out []also
	for _, name := range []string{"BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"} {
		out = append(out, also{action: "dynamodb:" + name, class: anyTable})
	}
	return out
}

// place fills partition and account into a pattern.
type place struct{ partition, account string }

func (p place) fill(class string) string {
	if !strings.Contains(class, "{") {
		return class
	}
	return strings.NewReplacer("{p}", p.partition, "{a}", p.account).Replace(class)
}
