package apply

import (
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// mend says what probably helps against a failed backup job. AWS's messages are no contract: those known are of
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html and of the page on job dashboards beside it.
func mend(code, message string, proof remedy.Proof) string {
	text := strings.ToLower(message)
	for _, m := range mends(proof) {
		for _, part := range m.parts {
			if strings.Contains(text, part) {
				return m.mend
			}
		}
	}
	switch code {
	case "AccessDeniedException":
		return "you lack a permission: restorable iam policy apply prints the policy that applying needs"
	case "EXPIRED":
		return "another job of the table took the whole start window: try again when it has ended"
	case "ABORTED":
		return "somebody stopped the job: try again"
	case "NoRecoveryPoint":
		return "look at the vault " + proof.Vault + ": did somebody delete the recovery point?"
	}
	return ""
}

// mendable is a message of AWS's, known by parts of it in lower case, and what helps. Earlier ones are more exact.
type mendable struct {
	parts []string
	mend  string
}

func mends(proof remedy.Proof) []mendable {
	role := proof.RoleARN[strings.LastIndexByte(proof.RoleARN, '/')+1:]
	return []mendable{
		{[]string{"cannot be assumed"}, "let backup.amazonaws.com assume the role " + role + " (its trust policy), and look whether it exists"},
		{[]string{"retention", "lifecycle is outside the valid range", "valid range for backup vault"}, "the retention does not fit the lock of vault " + proof.Vault + ": --prove-retain with days that fit, and look at the plan's rule"},
		{[]string{"kms key", "kms:"}, "the key of the vault or the table is disabled, pending deletion or closed to the role " + role + ": aws kms describe-key, then its policy"},
		{[]string{"does not exist"}, "make the vault " + proof.Vault + ": restorable plan --only create-vault"},
		{[]string{"does not have permission", "not authorized to perform"}, "give the role " + role + " the policy AWSBackupServiceRolePolicyForBackup"},
		{[]string{"table not found"}, "the table was deleted in the meantime"},
		{[]string{"running job for the same resource"}, "another job of the table was in the way: try again when it has ended"},
		{[]string{"stopped by user"}, "somebody stopped the job: try again"},
		{[]string{"expired before completion"}, "the job took longer than it may: try again"},
	}
}
