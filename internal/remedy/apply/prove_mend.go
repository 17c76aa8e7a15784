package apply

import (
	"github.com/restorable/restorable/internal/backup"
	"github.com/restorable/restorable/internal/remedy"
)

// mend says what probably helps against a failed backup job.
func mend(code, message string, proof remedy.Proof) string {
	return backup.Mend(code, message, backup.Advice{Table: proof.Table, Vault: proof.Vault, RoleARN: proof.RoleARN, Retention: "--prove-retain", Policy: "restorable iam policy apply"})
}
