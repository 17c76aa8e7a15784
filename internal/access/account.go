package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// Account is what an account's identities could do; controls of the account see it as "access". Vaults' own policies are not considered: they
// hold for one vault each, and what an identity may do it may do to a vault without one.
type Account struct {
	Able       protection.Answer[[]string] `json:"able"`        // users and roles that could destroy, shorten or read backups, as far as they were read
	Perhaps    protection.Answer[[]string] `json:"perhaps"`     // those of whom it hangs on a condition or an unread policy
	Details    protection.Answer[[]string] `json:"details"`     // for each of the able: what, and by which policy
	Keyed      protection.Answer[[]string] `json:"keyed"`       // users with an active access key who may act on DynamoDB, as far as they were read
	KeyedMaybe protection.Answer[[]string] `json:"keyed_maybe"` // users who may have a key, or may be allowed to
	Broad      protection.Answer[[]string] `json:"broad"`       // statements of the account's own policies that give too much
	Bare       protection.Answer[bool]     `json:"bare"`        // the account is known to hold neither tables nor backups of any; never unknown
	Fine       protection.Answer[[]string] `json:"fine"`        // statements that are confined to items or attributes
}

// OfAccount works an account's record out from its home unit.
func OfAccount(u *estate.Unit) *Account {
	out := &Account{}
	all := people(u)
	basis := identityLists(u)
	out.principals(u, all, basis)
	out.keys(u, all, basis)
	out.statements(u, basis)
	return out
}

// lists are what was found for certain and what may be besides.
type lists struct{ sure, perhaps []string }

// answers: the certain ones are known as soon as any were looked at; the others only when all were.
func (l lists) answers(whole bool, basis []estate.Reading) (sure, perhaps protection.Answer[[]string]) {
	sure, perhaps = protection.Answer[[]string]{Basis: basis}, protection.Answer[[]string]{Basis: basis}
	if whole || len(l.sure) > 0 {
		sure.Fact = distinct(append([]string{}, l.sure...))
	}
	if whole {
		perhaps.Fact = distinct(append([]string{}, l.perhaps...))
	}
	return sure, perhaps
}

func allKnown(readings []estate.Reading) bool {
	return !slices.ContainsFunc(readings, func(r estate.Reading) bool { return r.Ref.State() != estate.Known })
}

func (a *Account) principals(u *estate.Unit, all []*person, basis []estate.Reading) {
	at, trusts := placeOf(u), newLibrary(iampolicy.Trust)
	var found lists
	details := []string{}
	for _, p := range all {
		if p.linked() || p.role != nil && worksForBackup(trusts, p.role, at) {
			continue
		}
		best, ok := p.worst(at)
		switch {
		case ok && best.Answer == iampolicy.Yes:
			found.sure = append(found.sure, Label(p.arn))
			details = append(details, Label(p.arn)+" may "+best.Action+" by "+best.by())
		case ok:
			found.perhaps = append(found.perhaps, Label(p.arn))
		}
	}
	a.Able, a.Perhaps = found.answers(allKnown(basis), basis)
	a.Details = protection.Answer[[]string]{Basis: basis}
	if a.Able.IsKnown() {
		a.Details.Fact = distinct(details)
	}
}

func worksForBackup(trusts *library, r *estate.IAMRole, at place) bool {
	by, ok := trusts.trusters(r.Trust, at.account)
	return ok && ofBackup(by)
}

// worst is the first action, by kind, that a person may surely do; or else one that he may perhaps.
func (p *person) worst(at place) (best Grant, found bool) {
	for _, a := range actions() {
		g, ok := p.may(a, at, nil)
		if ok && (!found || rank(g.Answer) > rank(best.Answer)) {
			best, found = g, true
		}
		if found && best.Answer == iampolicy.Yes {
			return best, true
		}
	}
	return best, found
}

// by names the policy of a grant: "policy AdministratorAccess, statement 1".
func (g Grant) by() string {
	name := "policy " + g.Origin.Policy[strings.LastIndexByte(g.Origin.Policy, '/')+1:]
	if g.Origin.Inline {
		name = "inline " + name
	}
	if g.Origin.Group != "" {
		name += " of group " + g.Origin.Group
	}
	if g.Statement < 0 {
		return name
	}
	return name + ", " + statementName(g.Statement, g.Sid)
}

// By names the policy and the statement that make the grant.
func (g Grant) By() string {
	if g.Resource {
		return "the access policy of vault " + g.Origin.Policy + ", " + statementName(max(g.Statement, 0), g.Sid)
	}
	if g.Origin.Policy == "" {
		return "a policy that was not read"
	}
	return g.by()
}

func (a *Account) keys(u *estate.Unit, all []*person, basis []estate.Reading) {
	at := placeOf(u)
	var found lists
	basis = append(slices.Clone(basis), estate.Read("unit.root_access_keys", "", u.RootKeys))
	whole := allKnown(basis[:len(basis)-1])
	for _, p := range all {
		if p.user == nil {
			continue
		}
		has := activeKey(p.user)
		if has == iampolicy.No {
			continue
		}
		switch lesser(has, p.onDynamoDB(at)) {
		case iampolicy.Yes:
			found.sure = append(found.sure, Label(p.arn))
		case iampolicy.Maybe:
			found.perhaps = append(found.perhaps, Label(p.arn))
			if has == iampolicy.Maybe && len(basis) < manyReadings {
				basis = append(basis, estate.Read("iam_user.access_keys", p.user.ID, p.user.AccessKeys.Whole))
			}
		}
	}
	a.Keyed, a.KeyedMaybe = found.answers(whole, basis)
}

const manyReadings = 50

// activeKey says whether a user has an access key that works.
func activeKey(u *estate.IAMUser) iampolicy.Answer {
	best := iampolicy.Maybe
	if u.AccessKeys.IsWhole() {
		best = iampolicy.No
	}
	for i := range u.AccessKeys.Items {
		if k := answerOf(u.AccessKeys.Items[i].Active); rank(k) > rank(best) {
			best = k
		}
	}
	return best
}

// dynamoActions are the actions on tables that it is asked about whether somebody may act on DynamoDB at all.
func dynamoActions() []string {
	return []string{"BatchGetItem", "BatchWriteItem", "CreateBackup", "CreateTable", "DeleteBackup", "DeleteItem", "DeleteTable", "DescribeTable", "ExportTableToPointInTime", "GetItem",
		"GetRecords", "ImportTable", "ListTables", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate", "PutItem", "Query", "RestoreTableFromBackup", "RestoreTableToPointInTime", "Scan",
		"UpdateContinuousBackups", "UpdateItem", "UpdateTable"}
}

func (p *person) onDynamoDB(at place) iampolicy.Answer {
	best := iampolicy.No
	for _, name := range dynamoActions() {
		d, ok := p.ask(question{action: "dynamodb:" + name, classes: []string{anyTable, "*"}}, at, guard{})
		if ok && rank(d.Answer) > rank(best) {
			best = d.Answer
		}
		if best == iampolicy.Yes {
			break
		}
	}
	return best
}
