package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// Exposed is a statement of a resource policy that lets somebody outside the account in.
type Exposed struct {
	Type      string // "vault" or "table"
	Name      string
	ARN       string
	Region    string
	Who       string // "anyone", an account, a provider, or "organization o-…"
	Actions   []string
	Statement int // from 0
	Sid       string
}

// Words name the statement and what it gives: "statement 1 (share) lets account 444455556666 dynamodb:GetItem".
func (e Exposed) Words() string {
	who := e.Who
	if strings.Trim(who, "0123456789") == "" {
		who = "account " + who
	}
	return statementName(e.Statement, e.Sid) + " lets " + who + " " + strings.Join(few(e.Actions), ", ")
}

func statementName(i int, sid string) string {
	name := "statement " + strconv.Itoa(i+1)
	if sid != "" {
		name += " (" + sid + ")"
	}
	return name
}

const shown = 3

func few(list []string) []string {
	if len(list) <= shown {
		return list
	}
	return append(slices.Clone(list[:shown]), fmt.Sprintf("%d more", len(list)-shown))
}

const (
	anyone     = "anyone"
	orgPrefix  = "organization "
	somewhere  = "Anything" // an action that is not among those known here
	vaultLabel = "vault"
	tableLabel = "table"
)

// Exposure is whom the policy of a table or vault lets in from outside the account; controls of both see it as "exposure".
type Exposure struct {
	Anyone        protection.Answer[bool]     `json:"anyone"`        // a wildcard principal without a condition that narrows it
	Accounts      protection.Answer[[]string] `json:"accounts"`      // other accounts that are let in
	Organizations protection.Answer[[]string] `json:"organizations"` // organisations whose every account is let in
	Others        protection.Answer[[]string] `json:"others"`        // identity providers that are let in
	Statements    protection.Answer[[]string] `json:"statements"`    // which statements let whom do what
}

// OfTable is the exposure of a table by its resource policy.
func OfTable(u *estate.Unit, t *estate.Table) *Exposure {
	return exposure(u, estate.Read("table.resource_policy", t.ID, t.ResourcePolicy), t.ResourcePolicy, exposedTable(u, t))
}

// OfVault is the exposure of a vault by its access policy.
func OfVault(u *estate.Unit, v *estate.Vault) *Exposure {
	return exposure(u, estate.Read("vault.policy", v.ID, v.Policy), v.Policy, exposedVault(u, v))
}

func exposure(u *estate.Unit, basis estate.Reading, policy estate.Fact[string], found []Exposed) *Exposure {
	read := []estate.Reading{basis}
	if !located(u) && !tells(u, policy.Or("")) {
		read = append(read, estate.Read("unit.account", "", u.Account), estate.Read("unit.partition", "", u.Partition))
	}
	out := &Exposure{
		Anyone: protection.Answer[bool]{Basis: read}, Accounts: protection.Answer[[]string]{Basis: read}, Organizations: protection.Answer[[]string]{Basis: read},
		Others: protection.Answer[[]string]{Basis: read}, Statements: protection.Answer[[]string]{Basis: read},
	}
	if text, ok := policy.Get(); !policy.IsAbsent() {
		_, sure := settled(text, somePlace(u))
		if !ok || !sure || !tells(u, text) || !understood(text) {
			return out
		}
	}
	open, accounts, organizations, others, statements := false, []string{}, []string{}, []string{}, []string{}
	for _, e := range found {
		statements = append(statements, e.Words())
		org, isOrg := strings.CutPrefix(e.Who, orgPrefix)
		switch {
		case e.Who == anyone:
			open = true
		case isOrg:
			organizations = append(organizations, org)
		case strings.Trim(e.Who, "0123456789") == "":
			accounts = append(accounts, e.Who)
		default:
			others = append(others, e.Who)
		}
	}
	out.Anyone.Fact, out.Statements.Fact = estate.KnownFact(open, 0), estate.KnownFact(statements, 0)
	out.Accounts.Fact, out.Organizations.Fact, out.Others.Fact = distinct(accounts), distinct(organizations), distinct(others)
	return out
}

// tells reports whether a policy says whom it lets in: without the account's number no other number in it can be told from its own.
func tells(u *estate.Unit, text string) bool {
	return u.Partition.IsKnown() && (u.Account.IsKnown() || !numbered(text))
}

// somePlace stands an account of nobody's in where the account's number is not known.
func somePlace(u *estate.Unit) place {
	at := placeOf(u)
	if at.account == "" {
		at.account = "999999999999"
	}
	return at
}

// numbered reports whether a text may name an account.
func numbered(text string) bool {
	digits := 0
	for _, c := range text {
		if digits++; c < '0' || c > '9' {
			digits = 0
		}
		if digits == len(strangerAccount) {
			return true
		}
	}
	return false
}

func distinct(list []string) estate.Fact[[]string] {
	slices.Sort(list)
	return estate.KnownFact(slices.Compact(list), 0)
}

func understood(text string) bool {
	_, err := iampolicy.Parse(iampolicy.Resource, text)
	return err == nil
}

func exposedOf(u *estate.Unit) []Exposed {
	var out []Exposed
	for i := range u.Vaults.Items {
		out = append(out, exposedVault(u, &u.Vaults.Items[i])...)
	}
	for i := range u.Tables.Items {
		out = append(out, exposedTable(u, &u.Tables.Items[i])...)
	}
	return out
}

func exposedVault(u *estate.Unit, v *estate.Vault) []Exposed {
	known := []string{"backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DeleteRecoveryPoint", "backup:DeleteBackupVault", "backup:DescribeRecoveryPoint",
		"backup:GetRecoveryPointRestoreMetadata", "backup:ListRecoveryPointsByBackupVault", "backup:PutBackupVaultAccessPolicy", "backup:StartCopyJob", "backup:StartRestoreJob", "backup:UpdateRecoveryPointLifecycle"}
	of := Exposed{Type: vaultLabel, Name: v.Name.Or(v.ID), ARN: v.ARN.Or(v.ID), Region: u.Region.Or("")}
	return exposed(v.Policy, of, service{prefix: "backup:", known: known}, somePlace(u))
}

func exposedTable(u *estate.Unit, t *estate.Table) []Exposed {
	known := []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem",
		"dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:DescribeTable", "dynamodb:ExportTableToPointInTime", "dynamodb:RestoreTableToPointInTime", "dynamodb:UpdateContinuousBackups",
		"dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"}
	of := Exposed{Type: tableLabel, Name: t.Name.Or(t.ID), ARN: t.ARN.Or(t.ID), Region: u.Region.Or("")}
	return exposed(t.ResourcePolicy, of, service{prefix: "dynamodb:", known: known}, somePlace(u))
}

// service says which actions a policy may be about.
type service struct {
	prefix string
	known  []string
}

// concrete are actions for each of a statement's patterns: those known here that it covers, and one that is not.
func (v service) concrete(s *iampolicy.Statement) []string {
	var out []string
	for _, a := range s.Actions {
		if !strings.ContainsAny(a, "*?") {
			out = append(out, a)
		}
	}
	for _, a := range append(slices.Clone(v.known), v.prefix+somewhere) {
		if s.CoversAction(a) && !slices.ContainsFunc(out, func(b string) bool { return strings.EqualFold(a, b) }) {
			out = append(out, a)
		}
	}
	for _, a := range s.Actions {
		if len(out) == 0 && strings.ContainsAny(a, "*?") { // a pattern that covers none of them
			out = append(out, strings.NewReplacer("*", somewhere, "?", "x").Replace(a))
		}
	}
	return out
}

// exposed asks a policy as everybody outside the account whom it can tell apart.
func exposed(policy estate.Fact[string], of Exposed, v service, at place) []Exposed {
	text, ok := policy.Get()
	if !ok {
		return nil
	}
	text, sure := settled(text, at)
	doc, err := iampolicy.Parse(iampolicy.Resource, text)
	if err != nil || !sure {
		return nil
	}
	outside, _ := strangers(doc, at)
	var out []Exposed
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Deny {
			continue
		}
		out = append(out, lets(doc, i, outside, v, of, at)...)
	}
	return out
}

// lets lists whom one statement lets in, the whole policy considered.
func lets(doc *iampolicy.Document, i int, outside []stranger, v service, of Exposed, at place) []Exposed {
	alone := &iampolicy.Document{Version: doc.Version, Statements: onlyAllowing(doc, i)}
	byWho := map[string][]string{}
	var order []string
	for _, action := range v.concrete(&doc.Statements[i]) {
		for _, arn := range alone.Reach(action, "*") {
			for _, who := range admittedTo(alone, action, arn, outside, at) {
				if len(byWho[who]) == 0 {
					order = append(order, who)
				}
				if !slices.Contains(byWho[who], action) {
					byWho[who] = append(byWho[who], action)
				}
			}
		}
	}
	var out []Exposed
	for _, who := range order {
		e := of
		e.Who, e.Actions, e.Statement, e.Sid = who, byWho[who], i, doc.Statements[i].Sid
		out = append(out, e)
	}
	return out
}

// onlyAllowing are one allowing statement and all that deny.
func onlyAllowing(doc *iampolicy.Document, i int) []iampolicy.Statement {
	var out []iampolicy.Statement
	for k := range doc.Statements {
		if k == i || doc.Statements[k].Deny {
			out = append(out, doc.Statements[k])
		}
	}
	return out
}

// admittedTo names those who are let in: where anyone is, nobody else needs a name.
func admittedTo(doc *iampolicy.Document, action, arn string, outside []stranger, at place) []string {
	free := map[string]bool{} // let in whatever their organisation
	var accounts, organizations []string
	for _, s := range outside {
		who := s.name()
		if !s.admitted(doc, action, arn, at) {
			continue
		}
		switch {
		case s.org == strangerOrg && who == anyone:
			return []string{anyone}
		case s.org == strangerOrg:
			free[who] = true
			accounts = append(accounts, who)
		case !free[who]:
			organizations = append(organizations, orgPrefix+s.org)
		}
	}
	slices.Sort(organizations)
	slices.Sort(accounts)
	return append(slices.Compact(accounts), slices.Compact(organizations)...)
}

func (s stranger) name() string {
	switch {
	case s.who.Federated != "":
		return s.who.Federated
	case s.who.Account == strangerAccount:
		return anyone
	}
	return s.who.Account
}
