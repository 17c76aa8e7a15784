package backup

import "strings"

// Advice names what a backup was to be made with, and the words of the command that was given.
type Advice struct {
	Table, Vault, RoleARN string
	Retention             string // the flag that says how long points are kept
	Policy                string // the command that prints the policy that is needed
}

// Mend says what probably helps against a backup that failed; empty: nothing is known. AWS's messages are no contract: those known are of
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html and of the page on job dashboards beside it.
func Mend(code, message string, a Advice) string {
	text := strings.ToLower(message)
	for _, m := range mends(a) {
		for _, part := range m.parts {
			if strings.Contains(text, part) {
				return m.mend
			}
		}
	}
	switch code {
	case "AccessDeniedException":
		return "you lack a permission: " + a.Policy + " prints the policy that is needed"
	case "EXPIRED":
		return "another job of the table took the whole start window: try again when it has ended"
	case "ABORTED":
		return "somebody stopped the job: try again"
	case "NoRecoveryPoint":
		return "look at the vault " + a.Vault + ": did somebody delete the recovery point?"
	case "TableNotFoundException", "TableReplaced":
		return "restorable scan shows the tables there are"
	case "ContinuousBackupsUnavailableException":
		return "AWS prepares a new table for backups for some seconds: try again"
	case "LimitExceededException", "TableInUseException", "BackupInUseException":
		return "other work on tables of the account is in the way: try again when it has ended"
	}
	return ""
}

// mendable is a message of AWS's, known by parts of it in lower case, and what helps. Earlier ones are more exact.
type mendable struct {
	parts []string
	mend  string
}

func mends(a Advice) []mendable {
	role := a.RoleARN[strings.LastIndexByte(a.RoleARN, '/')+1:]
	return []mendable{
		{[]string{"cannot be assumed"}, "let backup.amazonaws.com assume the role " + role + " (its trust policy), and look whether it exists: restorable plan --only create-role makes AWS Backup's own"},
		{[]string{"retention", "lifecycle is outside the valid range", "valid range for backup vault"}, "the retention does not fit the lock of vault " + a.Vault + ": " + a.Retention + " with days that fit"},
		{[]string{"kms key", "kms:"}, "the key of the vault or the table is disabled, pending deletion or closed to the role " + role + ": aws kms describe-key, then its policy"},
		{[]string{"does not exist"}, "make the vault " + a.Vault + ": restorable plan --only create-vault, or aws backup create-backup-vault --backup-vault-name " + a.Vault},
		{[]string{"does not have permission", "not authorized to perform: dynamodb:startawsbackupjob"}, "give the role " + role + " the policy AWSBackupServiceRolePolicyForBackup"},
		{[]string{"table not found", "deleted in the meantime"}, "restorable scan shows the tables there are"},
		{[]string{"running job for the same resource"}, "another job of the table was in the way: try again when it has ended"},
		{[]string{"stopped by user"}, "somebody stopped the job: try again"},
		{[]string{"expired before completion"}, "the job took longer than it may: try again"},
	}
}
