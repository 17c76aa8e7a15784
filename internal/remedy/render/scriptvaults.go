package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// vaultKind looks vaults up in the list: asked for by name, one that is missing looks like denied access (aws-semantics 3).
func vaultKind(v *remedy.Vault) kind {
	k := kind{
		made: true,
		see:  reading{service: "backup", operation: "list-backup-vaults", input: object{}},
		over: "BackupVaultList[?" + equal("BackupVaultName", v.Name) + "] | [0] | (@ && (%s))",
		done: func(c remedy.Change) string {
			switch {
			case c.Vault.Step == remedy.Delete:
				return literal(false)
			case c.Vault.KeyARN == "":
				return literal(true) // AWS's own key has an ARN of its own
			}
			return equal("EncryptionKeyArn", c.Vault.KeyARN)
		},
	}
	if v.Step == remedy.Delete {
		k.see.absent, k.call = answerFits, call("backup", "delete-backup-vault", object{"BackupVaultName": v.Name})
		return k
	}
	in := object{"BackupVaultName": v.Name}
	with(in, "EncryptionKeyArn", v.KeyARN, v.KeyARN != "")
	with(in, "BackupVaultTags", v.Tags, len(v.Tags) > 0)
	k.see.absent, k.call = answerOpen, call("backup", "create-backup-vault", in)
	return k
}

// findVault is asked before anything is read of a vault: one that is missing would look like denied access.
func findVault(name string) []string {
	return []string{"--backup-vault-name", "''", "backup", "list-backup-vaults", "'{}'", quoted("BackupVaultList[?" + equal("BackupVaultName", name) + "].BackupVaultName | [0]")}
}

func vaultPolicyKind(v *remedy.VaultPolicy) kind {
	in := object{"BackupVaultName": v.Vault}
	k := kind{
		find: findVault(v.Vault),
		see:  reading{absent: answerOpen, code: "ResourceNotFoundException", service: "backup", operation: "get-backup-vault-access-policy", input: object{}},
		done: func(c remedy.Change) string {
			if c.VaultPolicy.Policy == "" {
				return literal(false)
			}
			return "(" + equal("Policy", c.VaultPolicy.Policy) + " || " + equal("Policy", remedy.Canonical(c.VaultPolicy.Policy)) + ")"
		},
		call: call("backup", "put-backup-vault-access-policy", object{"BackupVaultName": v.Vault, "Policy": v.Policy}),
	}
	if v.Policy == "" {
		k.see.absent, k.call = answerFits, call("backup", "delete-backup-vault-access-policy", in)
	}
	return k
}

func lockKind(v *remedy.VaultLock) kind {
	in := object{"BackupVaultName": v.Vault}
	k := kind{
		find: findVault(v.Vault),
		see:  reading{absent: answerOpen, service: "backup", operation: "describe-backup-vault", input: object{}},
		done: func(c remedy.Change) string {
			l := c.VaultLock
			if !l.Locked {
				return "!Locked"
			}
			date := map[bool]string{true: "LockDate", false: "!LockDate"}[l.ChangeableForDays > 0]
			return all("Locked", equal("MinRetentionDays", orNull(l.MinRetentionDays)), equal("MaxRetentionDays", orNull(l.MaxRetentionDays)), date)
		},
	}
	if !v.Locked {
		k.see.absent, k.call = answerFits, call("backup", "delete-backup-vault-lock-configuration", in)
		return k
	}
	put := object{"BackupVaultName": v.Vault}
	with(put, "MinRetentionDays", v.MinRetentionDays, v.MinRetentionDays > 0)
	with(put, "MaxRetentionDays", v.MaxRetentionDays, v.MaxRetentionDays > 0)
	if with(put, "ChangeableForDays", v.ChangeableForDays, v.ChangeableForDays > 0); v.ChangeableForDays > 0 {
		k.then = []string{fmt.Sprintf("confirm_lock %s %d", quoted(v.Vault), v.ChangeableForDays)}
	}
	k.call = call("backup", "put-backup-vault-lock-configuration", put)
	return k
}

func notifyKind(v *remedy.VaultNotifications) kind {
	in := object{"BackupVaultName": v.Vault}
	k := kind{
		find: findVault(v.Vault),
		see:  reading{absent: answerOpen, code: "ResourceNotFoundException", service: "backup", operation: "get-backup-vault-notifications", input: object{}},
		done: func(c remedy.Change) string {
			if c.VaultNotifications.Topic == "" {
				return literal(false)
			}
			return all(equal("SNSTopicArn", c.VaultNotifications.Topic), sameTexts("BackupVaultEvents", c.VaultNotifications.Events))
		},
		call: call("backup", "put-backup-vault-notifications", object{"BackupVaultName": v.Vault, "SNSTopicArn": v.Topic, "BackupVaultEvents": v.Events}),
	}
	if v.Topic == "" {
		k.see.absent, k.call = answerFits, call("backup", "delete-backup-vault-notifications", in)
	}
	return k
}

// decoded is a JSON document as a value; what is no JSON stays text, and equals nothing.
func decoded(text string) any {
	var v any
	if json.NewDecoder(strings.NewReader(text)).Decode(&v) != nil {
		return text
	}
	return v
}
