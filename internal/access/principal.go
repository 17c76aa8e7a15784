package access

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// person is a user or role about to be judged.
type person struct {
	arn      string
	kind     string // "user" or "role"
	who      iampolicy.Principal
	policies iampolicy.Policies
	context  iampolicy.Context
	role     *estate.IAMRole
	user     *estate.IAMUser
	unread   bool // a policy of his is not known
}

// linkedPath is where AWS's services keep the roles that they alone may assume and change.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
const linkedPath = ":role/aws-service-role/"

func (p *person) linked() bool { return strings.Contains(p.arn, linkedPath) }

// Label is a principal's ARN without what all principals of an account share: "user/alice", "role/service-role/Backup".
func Label(arn string) string {
	if i := strings.LastIndexByte(arn, ':'); i >= 0 {
		return arn[i+1:]
	}
	return arn
}

func (s *shelf) user(u *estate.IAMUser, at place) *person {
	p := &person{arn: u.ID, kind: "user", user: u, who: iampolicy.Principal{ARN: u.ID, Account: at.account}}
	p.policies = iampolicy.Policies{Identity: s.userPolicies(u), Boundary: s.boundary(u.Boundary)}
	p.context = requestContext("User")
	if name, ok := u.Name.Get(); ok {
		p.context["aws:username"] = []string{name}
	}
	if id, ok := u.UniqueID.Get(); ok {
		p.context["aws:userid"] = []string{id}
	}
	return p.checked()
}

// session stands for the name of a session, which whoever assumes a role chooses.
const session = "session"

func (s *shelf) roleOf(r *estate.IAMRole, at place) *person {
	name := r.ID[strings.LastIndexByte(r.ID, '/')+1:]
	p := &person{arn: r.ID, kind: "role", role: r, who: iampolicy.Principal{
		ARN: "arn:" + at.partition + ":sts::" + at.account + ":assumed-role/" + name + "/" + session, Account: at.account, RoleARN: r.ID}}
	p.policies = iampolicy.Policies{Identity: s.policies(holder{attached: r.Attached, inline: r.Inline}), Boundary: s.boundary(r.Boundary)}
	p.context = requestContext("AssumedRole")
	if id, ok := r.UniqueID.Get(); ok {
		p.context["aws:userid"] = []string{id + ":" + session}
	}
	return p.checked()
}

// requestContext is what is true of every request that somebody may choose to make. Keys that are not in it are not known.
func requestContext(kind string) iampolicy.Context {
	return iampolicy.Context{"aws:PrincipalType": {kind}, "aws:SecureTransport": {"true"}, "aws:PrincipalIsAWSService": {"false"}}
}

func (p *person) checked() *person {
	for _, named := range p.policies.Identity {
		p.unread = p.unread || named.Document == nil
	}
	p.unread = p.unread || p.policies.Boundary != nil && p.policies.Boundary.Document == nil
	return p
}

// people are all users and roles of an account.
func people(u *estate.Unit) []*person {
	if !located(u) {
		return nil
	}
	s, at := newShelf(u), placeOf(u)
	out := make([]*person, 0, len(u.Users.Items)+len(u.IAMRoles.Items))
	for i := range u.Users.Items {
		out = append(out, s.user(&u.Users.Items[i], at))
	}
	for i := range u.IAMRoles.Items {
		out = append(out, s.roleOf(&u.IAMRoles.Items[i], at))
	}
	return out
}

// located: without account and partition no ARN can be told from a stranger's.
func located(u *estate.Unit) bool { return u.Account.IsKnown() && u.Partition.IsKnown() }

func placeOf(u *estate.Unit) place {
	return place{partition: u.Partition.Or("aws"), account: u.Account.Or("")}
}
