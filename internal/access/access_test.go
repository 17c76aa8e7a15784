package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

const account = "111122223333"

func known[T any](v T) estate.Fact[T] { return estate.KnownFact(v, 0) }

func listOf[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: known(true)}
}

func policyText(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func inline(statements ...string) estate.List[estate.Inline] {
	return listOf(estate.Inline{ID: "own", Text: known(policyText(statements...))})
}

func role(name string, policies estate.List[estate.Inline], trusts string) estate.IAMRole {
	arn := "arn:aws:iam::" + account + ":role/" + name
	return estate.IAMRole{ID: arn, ARN: known(arn), Name: known(name), UniqueID: known("AROA" + name), Trust: known(policyText(`{"Effect":"Allow","Principal":` + trusts + `,"Action":"sts:AssumeRole"}`)),
		Boundary: estate.AbsentFact[string](0), Attached: known([]string{}), Inline: policies, LastUsed: estate.AbsentFact[estate.Instant](0)}
}

func unit(roles ...estate.IAMRole) *estate.Unit {
	return &estate.Unit{Partition: known("aws"), Account: known(account), Region: known("eu-west-1"), Home: known(true), Users: listOf[estate.IAMUser](), Groups: listOf[estate.IAMGroup](),
		IAMRoles: listOf(roles...), Policies: listOf[estate.IAMPolicy](), RootKeys: known(false), Vaults: listOf[estate.Vault](), Tables: listOf[estate.Table]()}
}

func vault(name string, policy estate.Fact[string], locked bool) estate.Vault {
	arn := "arn:aws:backup:eu-west-1:" + account + ":backup-vault:" + name
	return estate.Vault{ID: arn, ARN: known(arn), Name: known(name), Policy: policy, Locked: known(locked)}
}

const (
	byOps     = `{"AWS":"arn:aws:iam::111122223333:root"}`
	allowAll  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	denyKeep  = `{"Sid":"keep","Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle"],"Resource":"*"}`
	byBackups = `{"Service":"backup.amazonaws.com"}`
)

func grantOf(t *testing.T, r *Report, label, action string) (Grant, bool) {
	t.Helper()
	for i := range r.Principals {
		if r.Principals[i].Label != label {
			continue
		}
		for _, g := range r.Principals[i].Grants {
			if g.Action == action {
				return g, true
			}
		}
	}
	return Grant{}, false
}

// One row a rule: who has the permission by what, and what takes it away.
func TestWhoCould(t *testing.T) {
	noPolicy := estate.AbsentFact[string](0)
	rows := []struct {
		name, statement, action string
		vaults                  []estate.Vault
		want                    iampolicy.Answer
		on                      string
	}{
		{"an administrator", allowAll, "backup:DeleteRecoveryPoint", nil, iampolicy.Yes, "*"},
		{"by NotAction", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, "dynamodb:DeleteBackup", nil, iampolicy.Yes, "*"},
		{"an action that is left out", `{"Effect":"Allow","NotAction":["dynamodb:*"],"Resource":"*"}`, "dynamodb:DeleteBackup", nil, iampolicy.No, ""},
		{"on some backups", `{"Effect":"Allow","Action":"dynamodb:DeleteBackup","Resource":"arn:aws:dynamodb:*:*:table/old*"}`, "dynamodb:DeleteBackup", nil, iampolicy.Yes, "arn:aws:dynamodb:*:*:table/old*"},
		{"on tables, where backups are asked for", `{"Effect":"Allow","Action":"dynamodb:DeleteBackup","Resource":"arn:aws:dynamodb:*:*:table/orders"}`, "dynamodb:DeleteBackup", nil, iampolicy.No, ""},
		{"in another account", `{"Effect":"Allow","Action":"dynamodb:DeleteBackup","Resource":"arn:aws:dynamodb:*:999988887777:table/*"}`, "dynamodb:DeleteBackup", nil, iampolicy.No, ""},
		{"under a condition", `{"Effect":"Allow","Action":"backup:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`, "backup:DeleteBackupPlan", nil, iampolicy.Maybe, "*"},
		{"denied", allowAll + `,{"Effect":"Deny","Action":"backup:Delete*","Resource":"*"}`, "backup:DeleteRecoveryPoint", nil, iampolicy.No, ""},
		{"an action without a resource, on one", `{"Effect":"Allow","Action":"backup:UpdateRegionSettings","Resource":"arn:aws:backup:*:*:*"}`, "backup:UpdateRegionSettings", nil, iampolicy.No, ""},
		{"restoring without writing", `{"Effect":"Allow","Action":"dynamodb:RestoreTableFromBackup","Resource":"*"}`, "dynamodb:RestoreTableFromBackup", nil, iampolicy.No, ""},
		{"restoring by AWS Backup without a role to hand over", `{"Effect":"Allow","Action":"backup:StartRestoreJob","Resource":"*"}`, "backup:StartRestoreJob", nil, iampolicy.No, ""},
		{"restoring by AWS Backup", `{"Effect":"Allow","Action":["backup:StartRestoreJob","iam:PassRole"],"Resource":"*"}`, "backup:StartRestoreJob", nil, iampolicy.Yes, "*"},
		{"a role to hand over to another service", `{"Effect":"Allow","Action":"backup:StartRestoreJob","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, "backup:StartRestoreJob", nil, iampolicy.No, ""},
		{"a vault's policy denies", allowAll, "backup:DeleteRecoveryPoint", []estate.Vault{vault("kept", known(policyText(denyKeep)), false)}, iampolicy.No, ""},
		{"one vault's policy denies, another has none", allowAll, "backup:DeleteRecoveryPoint", []estate.Vault{vault("kept", known(policyText(denyKeep)), false), vault("open", noPolicy, false)}, iampolicy.Yes, "open (eu-west-1)"},
		{"a lock", allowAll, "backup:DeleteRecoveryPoint", []estate.Vault{vault("locked", noPolicy, true)}, iampolicy.No, ""},
		{"a lock does not keep from reading", allowAll, "backup:StartRestoreJob", []estate.Vault{vault("locked", noPolicy, true)}, iampolicy.Yes, "locked (eu-west-1)"},
		{"a vault's policy that was not read", allowAll, "backup:DeleteRecoveryPoint", []estate.Vault{vault("main", estate.UnknownFact[string](0), false)}, iampolicy.Maybe, "main (eu-west-1)"},
		{"one vault by its name", `{"Effect":"Allow","Action":"backup:DeleteBackupVault","Resource":"arn:aws:backup:*:*:backup-vault:dev-*"}`, "backup:DeleteBackupVault", []estate.Vault{vault("main", noPolicy, false), vault("dev-1", noPolicy, false)}, iampolicy.Yes, "dev-1 (eu-west-1)"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			u := unit(role("app", inline(row.statement), byOps))
			u.Vaults = listOf(row.vaults...)
			got, ok := grantOf(t, Of([]*estate.Unit{u}), "role/app", row.action)
			if !ok {
				got.Answer = iampolicy.No
			}
			if got.Answer != row.want || strings.Join(got.On, ", ") != row.on {
				t.Errorf("got %v on %v, want %v on %s", got.Answer, got.On, row.want, row.on)
			}
		})
	}
}

func TestTheStatementIsNamed(t *testing.T) {
	u := unit()
	u.Policies = listOf(estate.IAMPolicy{ID: "arn:aws:iam::aws:policy/Power", Name: known("Power"), Text: known(policyText(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Sid":"rest","Effect":"Allow","NotAction":"iam:*","Resource":"*"}`))})
	u.Groups = listOf(estate.IAMGroup{ID: "arn:aws:iam::111122223333:group/ops", Name: known("ops"), Attached: known([]string{"arn:aws:iam::aws:policy/Power"}), Inline: listOf[estate.Inline]()})
	u.Users = listOf(estate.IAMUser{ID: "arn:aws:iam::111122223333:user/alice", Name: known("alice"), Groups: known([]string{"ops"}), Attached: known([]string{}), Inline: listOf[estate.Inline](), Boundary: estate.AbsentFact[string](0)})
	got, ok := grantOf(t, Of([]*estate.Unit{u}), "user/alice", "dynamodb:DeleteBackup")
	if !ok || got.By() != "policy Power of group ops, statement 2 (rest)" {
		t.Errorf("got %q", got.By())
	}
}

func TestABoundaryAndWhatWasNotRead(t *testing.T) {
	bounded := role("bounded", inline(allowAll), byOps)
	bounded.Boundary = known("arn:aws:iam::111122223333:policy/limit")
	attached := role("attached", listOf[estate.Inline](), byOps)
	attached.Attached = known([]string{"arn:aws:iam::111122223333:policy/gone"})
	u := unit(bounded, attached, role("nobody", inline(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), byOps))
	u.Policies = listOf(estate.IAMPolicy{ID: "arn:aws:iam::111122223333:policy/limit", Text: known(policyText(`{"Effect":"Allow","Action":["backup:List*","s3:*"],"Resource":"*"}`))})
	r := Of([]*estate.Unit{u})
	if len(r.Principals) != 1 || r.Principals[0].Label != "role/attached" || r.Principals[0].Can(Destroy) != iampolicy.Maybe || r.Harmless != 2 {
		t.Errorf("got %+v, %d harmless", r.Principals, r.Harmless)
	}
}

func TestTrusters(t *testing.T) {
	u := unit(role("b", inline(allowAll), byBackups), role("x", inline(allowAll), `{"AWS":["999988887777","arn:aws:iam::111122223333:user/alice"],"Federated":"arn:aws:iam::111122223333:saml-provider/corp"}`), role("any", inline(allowAll), `"*"`))
	r := Of([]*estate.Unit{u})
	got := map[string]string{}
	for _, p := range r.Principals {
		got[p.Label] = fmt.Sprintf("%v %+v", p.OfBackup, p.Trusters)
	}
	want := map[string]string{
		"role/b":   "true [{Kind:service Name:backup.amazonaws.com Foreign:false Maybe:false}]",
		"role/x":   "false [{Kind:account Name:999988887777 Foreign:true Maybe:false} {Kind:principal Name:arn:aws:iam::111122223333:user/alice Foreign:false Maybe:false} {Kind:federated Name:arn:aws:iam::111122223333:saml-provider/corp Foreign:false Maybe:false}]",
		"role/any": "false [{Kind:anyone Name:* Foreign:true Maybe:false}]",
	}
	for label := range want {
		if got[label] != want[label] {
			t.Errorf("%s: got %s", label, got[label])
		}
	}
}

func TestIdentitiesThatWereNotRead(t *testing.T) {
	u := &estate.Unit{Partition: known("aws"), Account: known(account)}
	if r := Of([]*estate.Unit{u}); len(r.Missing) == 0 {
		t.Error("nothing is missing of what was never read")
	}
	a := OfAccount(u)
	if a.Able.IsKnown() || a.Perhaps.IsKnown() || a.Broad.IsKnown() || a.Keyed.IsKnown() {
		t.Errorf("got %+v", a)
	}
}

// Exposure: the policies that AWS's page on blocking public access tells apart, and those that a reader of Principal alone gets wrong.
func TestWhomAPolicyLetsIn(t *testing.T) {
	allow := func(principal, condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"dynamodb:GetItem","Resource":"*"` + condition + `}`
	}
	rows := []struct {
		name, statements, want string
	}{
		{"nobody", `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`, ""},
		{"the account itself", allow(`{"AWS":"111122223333"}`, ""), ""},
		{"a service", allow(`{"Service":"lambda.amazonaws.com"}`, ""), ""},
		{"somebody deleted", allow(`{"AWS":"AROAEXAMPLEID"}`, ""), ""},
		{"everybody", allow(`"*"`, ""), "anyone"},
		{"everybody, the other way to write it", allow(`{"AWS":["arn:aws:iam::111122223333:root","*"]}`, ""), "anyone"},
		{"another account", allow(`{"AWS":"arn:aws:iam::444455556666:user/bob"}`, ""), "444455556666"},
		{"an address does not say who", allow(`"*"`, `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), "anyone"},
		{"an account in a condition", allow(`"*"`, `{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}`), "444455556666"},
		{"the own account in a condition", allow(`"*"`, `{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`), ""},
		{"an ARN in a condition", allow(`"*"`, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/etl-*"}}`), "444455556666"},
		{"an ARN of any account in a condition", allow(`"*"`, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/etl"}}`), "anyone"},
		{"an organisation", allow(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-abc1234567"}}`), "organization o-abc1234567"},
		{"any organisation", allow(`"*"`, `{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`), "anyone"},
		{"an endpoint", allow(`"*"`, `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), ""},
		{"any endpoint", allow(`"*"`, `{"StringLike":{"aws:SourceVpce":"*"}}`), "anyone"},
		{"if the key is there", allow(`"*"`, `{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}`), "anyone"},
		{"everybody, but denied outside of the organisation", allow(`"*"`, "") + `,{"Effect":"Deny","Principal":"*","Action":"dynamodb:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc1234567"}}}`, "organization o-abc1234567"},
		{"everybody, but denied on other actions", allow(`"*"`, "") + `,{"Effect":"Deny","Principal":"*","Action":"dynamodb:PutItem","Resource":"*"}`, "anyone"},
		{"everybody but one", `{"Effect":"Allow","NotPrincipal":{"AWS":"444455556666"},"Action":"dynamodb:GetItem","Resource":"*"}`, "anyone"},
		{"an identity provider", allow(`{"Federated":"cognito-identity.amazonaws.com"}`, ""), "cognito-identity.amazonaws.com"},
		{"an account of an organisation", allow(`{"AWS":"444455556666"}`, `{"StringEquals":{"aws:PrincipalOrgID":"o-abc1234567"}}`), "organization o-abc1234567"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			u := unit()
			u.Tables = listOf(estate.Table{ID: "t", ARN: known("arn:aws:dynamodb:eu-west-1:111122223333:table/t"), Name: known("t"), ResourcePolicy: known(policyText(row.statements))})
			var who []string
			for _, e := range exposedOf(u) {
				who = append(who, e.Who)
			}
			if got := strings.Join(who, ", "); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			known := *OfTable(u, &u.Tables.Items[0])
			u.Account.Forget()
			blind := *OfTable(u, &u.Tables.Items[0])
			if numbered(row.statements) != blind.Anyone.IsUnknown() || !numbered(row.statements) && !slices.Equal(blind.Statements.Or(nil), known.Statements.Or(nil)) {
				t.Errorf("without the account's number: %v, with it %v", blind, known)
			}
		})
	}
}

func TestWhatAVaultDeniesHangsOnNoAccount(t *testing.T) {
	const deny = `"Action":["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle","backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy"],`
	for _, row := range []struct {
		name, statement string
		want            estate.State
	}{
		{"everybody", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"*"}`, estate.Known},
		{"everybody but a role of some account", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"}}}`, estate.Unknown},
		{"in one Region", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"arn:aws:backup:eu-west-1:*:*"}`, estate.Unknown},
		{"in nobody's account", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"arn:aws:backup:eu-west-1::*"}`, estate.Known},
		{"everything of the vault's own Region", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"arn:aws:backup:${AWS::Region}:${AWS::AccountId}:*"}`, estate.Known},
		{"everybody of the account", `{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::${AWS::AccountId}:root"},` + deny + `"Resource":"*"}`, estate.Known},
		{"whom deployment tells", `{"Effect":"Deny","Principal":{"AWS":"${t.yaml#Who}"},` + deny + `"Resource":"*"}`, estate.Unknown},
		{"everybody but whom deployment tells", `{"Effect":"Deny","NotPrincipal":{"AWS":"${t.yaml#Who}"},` + deny + `"Resource":"*"}`, estate.Unknown},
		{"everybody but a role that is declared", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::${AWS::AccountId}:role/${!t.yaml#R}"}}}`, estate.Known},
		{"on a condition that nobody knows", `{"Effect":"Deny","Principal":"*",` + deny + `"Resource":"*","Condition":{"StringEquals":{"${?t.yaml:1:1}":"*"}}}`, estate.Unknown},
	} {
		u := unit()
		u.Account.Forget()
		u.Region.Forget()
		v := &estate.Vault{ID: "v", ARN: known("arn:aws:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:v"), Policy: known(policyText(row.statement))}
		if got := DenialOf(u, v).Denied; got.State() != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

// Whom a template's policy lets in is known where symbols name resources alone.
func TestExposureOfPoliciesThatHoldSymbols(t *testing.T) {
	allow := func(principal, resource, condition string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"dynamodb:GetItem","Resource":"` + resource + `"` + condition + `}`
	}
	const own = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${!t.yaml#T}"
	for _, row := range []struct{ name, statements, want string }{
		{"anyone, on the table itself", allow(`"*"`, own, ""), "true"},
		{"the account itself", allow(`{"AWS":"arn:aws:iam::${AWS::AccountId}:root"}`, own, ""), "false"},
		{"whom deployment tells", allow(`{"AWS":"${t.yaml#Who}"}`, own, ""), "unknown"},
		{"anyone, on a condition that deployment tells", allow(`"*"`, own, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"${t.yaml#Org}"}}`), "unknown"},
		{"anyone, but for what may be denied", allow(`"*"`, own, "") + `,{"Effect":"Deny","Principal":"*","Action":"*","Resource":"${?t.yaml:3:3}"}`, "unknown"},
		{"nobody is let in, whatever is denied", `{"Effect":"Deny","Principal":{"AWS":"${t.yaml#Who}"},"Action":"*","Resource":"` + own + `"}`, "false"},
	} {
		u := unit()
		u.Tables = listOf(estate.Table{ID: "t", ARN: known(own), Name: known("t"), ResourcePolicy: known(policyText(row.statements))})
		if got := fmt.Sprint(OfTable(u, &u.Tables.Items[0]).Anyone); got != row.want && !strings.HasPrefix(got, row.want) {
			t.Errorf("%s: anyone is let in: %s, want %s", row.name, got, row.want)
		}
	}
}
