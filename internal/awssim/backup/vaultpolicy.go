package backup

import (
	"encoding/json"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim/api"
)

// oneOrMany reads a JSON string or list of strings.
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*o = make(oneOrMany, 1)
		return json.Unmarshal(raw, &(*o)[0])
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// whom reads a Principal element: "*" or {"AWS": …}.
type whom oneOrMany

func (p *whom) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return (*oneOrMany)(p).UnmarshalJSON(raw)
	}
	var by map[string]oneOrMany
	if err := json.Unmarshal(raw, &by); err != nil {
		return err
	}
	*p = whom(by["AWS"])
	return nil
}

type statement struct {
	Effect       string
	Principal    whom
	NotPrincipal whom
	Action       oneOrMany
	NotAction    oneOrMany
	Condition    map[string]map[string]oneOrMany
}

func parsePolicy(text string) ([]statement, error) {
	var doc struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, invalid("Policy has invalid syntax.")
	}
	var one statement
	if strings.HasPrefix(strings.TrimSpace(string(doc.Statement)), "{") {
		if err := json.Unmarshal(doc.Statement, &one); err != nil {
			return nil, invalid("Policy has invalid syntax.")
		}
		return []statement{one}, nil
	}
	var many []statement
	if err := json.Unmarshal(doc.Statement, &many); err != nil || len(many) == 0 {
		return nil, invalid("Policy has invalid syntax.")
	}
	return many, nil
}

// request is who asks a vault's policy.
type request struct {
	account, arn, userID, action string
	together                     func(account string) bool // of the organisation that a condition names; nil: cannot tell
}

// vaultPolicy answers a vault's policy: an explicit denial, and an explicit permission.
// Conditions other than those on the principal, its account and its organisation never hold for Allow and always for Deny.
func vaultPolicy(text string, r request) (allowed, denied bool) {
	if text == "" {
		return false, false
	}
	statements, err := parsePolicy(text)
	if err != nil {
		return false, false // refused when it was put
	}
	for _, st := range statements {
		if !st.concerns(r) {
			continue
		}
		deny := st.Effect == "Deny"
		if !st.conditionsHold(r, deny) {
			continue
		}
		allowed, denied = allowed || !deny, denied || deny
	}
	return allowed, denied
}

func (st statement) concerns(r request) bool {
	covered := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return wildcard(strings.ToLower(p), strings.ToLower(r.action)) })
	}
	if len(st.NotAction) > 0 && covered(st.NotAction) || len(st.NotAction) == 0 && !covered(st.Action) {
		return false
	}
	named := func(who []string) bool {
		return slices.ContainsFunc(who, func(p string) bool {
			return p == "*" || p == r.account || p == r.arn || strings.HasSuffix(p, ":iam::"+r.account+":root") || roleOfSession(r.arn) == p
		})
	}
	if len(st.NotPrincipal) > 0 {
		return !named(st.NotPrincipal)
	}
	return named(st.Principal)
}

// roleOfSession is the role's ARN behind an assumed-role session's ARN.
func roleOfSession(text string) string {
	a, ok := parseARN(text)
	parts := strings.Split(a.resource, "/")
	if !ok || a.service != "sts" || len(parts) < 2 || parts[0] != "assumed-role" {
		return ""
	}
	return a.GlobalARN("iam", "role/"+parts[1])
}

func (st statement) conditionsHold(r request, unknown bool) bool {
	for operator, keys := range st.Condition {
		for key, values := range keys {
			if !conditionHolds(operator, key, values, r, unknown) {
				return false
			}
		}
	}
	return true
}

func conditionHolds(operator, key string, values []string, r request, unknown bool) bool {
	var actual []string
	switch strings.ToLower(key) {
	case "aws:principalarn":
		actual = []string{r.arn, roleOfSession(r.arn)}
	case "aws:userid":
		actual = []string{r.userID}
	case "aws:principalaccount", "aws:sourceaccount":
		actual = []string{r.account}
	case "aws:principalorgid", "aws:principalorgpaths":
		// Which identifier the organisation bears is not this package's business: both ends in one organisation is what such conditions are written for.
		return r.together != nil && r.together(r.account) != strings.Contains(operator, "Not")
	default:
		return unknown
	}
	match := slices.ContainsFunc(values, func(p string) bool {
		return slices.ContainsFunc(actual, func(v string) bool {
			return v != "" && (p == v || strings.Contains(operator, "Like") && wildcard(p, v))
		})
	})
	return match != strings.Contains(operator, "Not")
}

// wildcard matches IAM's * and ? (not those of selections).
func wildcard(pattern, text string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := 0; i <= len(text); i++ {
				if wildcard(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case text == "" || pattern[0] != '?' && pattern[0] != text[0]:
			return false
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}

// policyDenies tells whether the vault's policy denies a caller an action; it does so to everybody, the account's root included.
func (v *vault) policyDenies(p api.Principal, action string) bool {
	_, no := vaultPolicy(v.policy, request{account: p.Account, arn: p.ARN, userID: p.UserID, action: action})
	return no
}

// checkVaultPolicy refuses what AWS Backup refuses: wildcards in actions, and anything but copying into the vault for other accounts (semantics 3).
func checkVaultPolicy(v *vault, text string) error {
	if len(text) > 20480 {
		return invalid("Policy exceeds the maximum size of 20480 characters.")
	}
	statements, err := parsePolicy(text)
	if err != nil {
		return err
	}
	for _, st := range statements {
		for _, action := range append(slices.Clone(st.Action), st.NotAction...) {
			if !strings.HasPrefix(action, "backup:") || strings.ContainsAny(action, "*?") {
				return invalid("The specified policy cannot be added to the vault: wildcards are not supported in the Action key and every action must be one of AWS Backup.")
			}
			if st.Effect == "Allow" && action != "backup:CopyIntoBackupVault" && st.foreign(v.area.Account) {
				return invalid("The specified policy cannot be added to vault due to cross-account sharing restrictions. Amend the policy or the vault's settings, then retry request")
			}
		}
	}
	return nil
}

func (st statement) foreign(own string) bool {
	return len(st.NotPrincipal) > 0 || slices.ContainsFunc(st.Principal, func(p string) bool {
		a, isARN := parseARN(p)
		return p == "*" && len(st.Condition) == 0 || isARN && a.Account != own || len(p) == 12 && p != own
	})
}

func (s *Service) putVaultPolicy(c *api.Call, in *sdk.PutBackupVaultAccessPolicyInput) (*sdk.PutBackupVaultAccessPolicyOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "PutBackupVaultAccessPolicy")
	if err != nil {
		return nil, err
	}
	if in.Policy == nil {
		return nil, missingParameter("Policy")
	}
	if err := checkVaultPolicy(v, *in.Policy); err != nil {
		return nil, err
	}
	v.policy = *in.Policy
	return &sdk.PutBackupVaultAccessPolicyOutput{}, nil
}

func (s *Service) getVaultPolicy(c *api.Call, in *sdk.GetBackupVaultAccessPolicyInput) (*sdk.GetBackupVaultAccessPolicyOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "GetBackupVaultAccessPolicy")
	if err != nil {
		return nil, err
	}
	if v.policy == "" {
		return nil, notFound("Backup vault %s has no associated policy", v.name)
	}
	return &sdk.GetBackupVaultAccessPolicyOutput{BackupVaultArn: &v.arn, BackupVaultName: &v.name, Policy: always(v.policy)}, nil
}

func (s *Service) deleteVaultPolicy(c *api.Call, in *sdk.DeleteBackupVaultAccessPolicyInput) (*sdk.DeleteBackupVaultAccessPolicyOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "DeleteBackupVaultAccessPolicy")
	if err != nil {
		return nil, err
	}
	v.policy = ""
	return &sdk.DeleteBackupVaultAccessPolicyOutput{}, nil
}
