package access

import (
	"maps"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// Confinement says whether items can be reached other than through an endpoint of a network; controls of tables see it as "confinement".
type Confinement struct {
	ByTable    protection.Answer[bool]     `json:"by_table"`    // the table's policy denies what does not come through an endpoint
	ByIdentity protection.Answer[bool]     `json:"by_identity"` // no user or role of the account may reach items from elsewhere
	Open       protection.Answer[[]string] `json:"open"`        // users and roles that may
}

func itemActions() []string {
	return []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
}

// elsewhere is what a request lacks that comes through no endpoint.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
func elsewhere() iampolicy.Context {
	return iampolicy.Context{"aws:SourceVpce": nil, "aws:SourceVpc": nil, "aws:VpcSourceIp": nil}
}

// Identities is the part of confinement that all tables of an account share.
type Identities struct {
	confined protection.Answer[bool]
	open     protection.Answer[[]string]
	policies *library
	context  iampolicy.Context // of a request of somebody, from elsewhere
}

// IdentitiesOf asks every user and role of an account once.
func IdentitiesOf(u *estate.Unit) *Identities {
	basis, at := identityLists(u), placeOf(u)
	var found lists
	trusts := newLibrary(iampolicy.Trust)
	for _, p := range people(u) {
		if p.linked() || p.role != nil && worksForBackup(trusts, p.role, at) {
			continue
		}
		switch p.fromElsewhere(at) {
		case iampolicy.Yes:
			found.sure = append(found.sure, Label(p.arn))
		case iampolicy.Maybe:
			found.perhaps = append(found.perhaps, Label(p.arn))
		default:
		}
	}
	whole := allKnown(basis)
	out := &Identities{confined: protection.Answer[bool]{Basis: basis}, policies: newLibrary(iampolicy.Resource), context: requestContext("AssumedRole")}
	maps.Copy(out.context, elsewhere())
	out.open, _ = found.answers(whole, basis)
	if len(found.sure) > 0 || whole && len(found.perhaps) == 0 {
		out.confined.Fact = estate.KnownFact(len(found.sure) == 0, 0)
	}
	return out
}

func (p *person) fromElsewhere(at place) iampolicy.Answer {
	best := iampolicy.No
	for _, action := range itemActions() {
		d, ok := p.ask(question{action: action, classes: []string{anyTable}, context: elsewhere()}, at, guard{})
		if ok && rank(d.Answer) > rank(best) {
			best = d.Answer
		}
	}
	return best
}

// Of is the confinement of one table.
func (i *Identities) Of(u *estate.Unit, t *estate.Table) *Confinement {
	out := &Confinement{ByIdentity: i.confined, Open: i.open}
	out.ByTable.Basis = []estate.Reading{estate.Read("table.resource_policy", t.ID, t.ResourcePolicy)}
	switch i.confines(u, t) {
	case iampolicy.Yes:
		out.ByTable.Fact = estate.KnownFact(true, 0)
	case iampolicy.No:
		out.ByTable.Fact = estate.KnownFact(false, 0)
	default:
	}
	return out
}

// confines asks the table's policy as somebody of the account whom it does not name and whose own policies allow everything.
func (i *Identities) confines(u *estate.Unit, t *estate.Table) iampolicy.Answer {
	policy := i.policies.tablePolicy(t)
	switch {
	case policy == nil:
		return iampolicy.No
	case !located(u) || !t.ARN.IsKnown():
		return iampolicy.Maybe
	}
	at := placeOf(u)
	who := iampolicy.Principal{ARN: "arn:" + at.partition + ":sts::" + at.account + ":assumed-role/any/" + session, Account: at.account, RoleARN: "arn:" + at.partition + ":iam::" + at.account + ":role/any"}
	result := iampolicy.Yes
	for _, action := range itemActions() {
		r := iampolicy.Request{Action: action, Resource: t.ARN.Or(t.ID), ResourceAccount: at.account, Principal: who, Context: i.context}
		switch iampolicy.Evaluate(r, iampolicy.Policies{Identity: everything(), Resource: policy}).Answer {
		case iampolicy.Yes:
			return iampolicy.No
		case iampolicy.Maybe:
			result = iampolicy.Maybe
		default:
		}
	}
	return result
}
