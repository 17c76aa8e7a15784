package planning

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/iampolicy"
)

// denySid names our statement in a vault's access policy.
const denySid = "RestorableDenyDeletion"

// deniedActions destroy recovery points, shorten their life, or lift the ban on that. AWS refuses wildcards here.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
func deniedActions() []string {
	return []string{
		"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle",
		"backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy",
	}
}

// maxVaultPolicy keeps a merged policy from growing past what anything here can read back. AWS's own limit is not documented.
const maxVaultPolicy = 20 << 10

// denyStatement is the ban, for everybody but those who are kept. aws:PrincipalArn of a session is its role's ARN; a caller without one
// is banned too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func denyStatement(keep []string) map[string]any {
	return map[string]any{
		"Sid":       denySid,
		"Effect":    "Deny",
		"Principal": "*",
		"Action":    deniedActions(),
		"Resource":  "*",
		"Condition": map[string]any{"ArnNotEquals": map[string]any{"aws:PrincipalArn": keep}},
	}
}

// mergeDeny puts the ban into an access policy, empty for none, and keeps every statement that is there. changed is false when it is
// there already. An error says why the policy cannot be merged.
func mergeDeny(existing string, keep []string) (merged string, changed bool, err error) {
	ours, err := json.Marshal(denyStatement(keep))
	if err != nil {
		return "", false, fmt.Errorf("write the statement: %w", err)
	}
	doc := map[string]json.RawMessage{"Version": json.RawMessage(`"2012-10-17"`)}
	var statements []json.RawMessage
	if existing != "" {
		parsed, err := iampolicy.Parse(iampolicy.Resource, existing)
		if err != nil {
			return "", false, fmt.Errorf("the vault's policy cannot be read: %w", err)
		}
		if doc, statements, err = raw(existing); err != nil {
			return "", false, err
		}
		for i, s := range parsed.Statements {
			if s.Sid != denySid {
				continue
			}
			if sameJSON(statements[i], ours) {
				return existing, false, nil
			}
			return "", false, fmt.Errorf("the vault's policy has a statement %s that says something else", denySid)
		}
	}
	if doc["Statement"], err = json.Marshal(append(statements, ours)); err != nil {
		return "", false, fmt.Errorf("write the statements: %w", err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return "", false, fmt.Errorf("write the policy: %w", err)
	}
	if len(text) > maxVaultPolicy {
		return "", false, fmt.Errorf("the vault's policy would have %d bytes, more than the %d that are written", len(text), maxVaultPolicy)
	}
	return string(text), true, nil
}

// raw takes a policy apart without understanding it, so that nothing that stands in it is lost. A lone statement becomes a list.
func raw(text string) (map[string]json.RawMessage, []json.RawMessage, error) {
	doc := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, nil, fmt.Errorf("the vault's policy cannot be read: %w", err)
	}
	var list []json.RawMessage
	if s := strings.TrimSpace(string(doc["Statement"])); strings.HasPrefix(s, "{") {
		return doc, []json.RawMessage{doc["Statement"]}, nil
	}
	if err := json.Unmarshal(doc["Statement"], &list); err != nil {
		return nil, nil, fmt.Errorf("the vault's policy cannot be read: %w", err)
	}
	return doc, list, nil
}

// sameJSON compares two documents whatever their spacing and the order of their keys.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, err1 := json.Marshal(x)
	q, err2 := json.Marshal(y)
	return err1 == nil && err2 == nil && string(p) == string(q)
}
