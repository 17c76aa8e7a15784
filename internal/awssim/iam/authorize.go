package iam

import (
	"strconv"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/iampolicy"
)

type question struct {
	who              iampolicy.Principal
	action, resource string
	context          map[string]string
	trust            *iampolicy.Document // of the role that is to be assumed
}

// evaluate answers for an entity. The context is complete: what the simulator's requests do not carry is absent.
func (s *Service) evaluate(e *entity, session []iampolicy.Named, q question) iampolicy.Decision {
	r := iampolicy.Request{Action: q.action, Resource: q.resource, Principal: q.who, Complete: true, Context: iampolicy.Context{}}
	for k, v := range q.context {
		r.Context[k] = []string{v}
	}
	r.Context["aws:PrincipalType"] = []string{map[string]string{"user": "User", "role": "AssumedRole"}[e.kind]}
	for k, v := range e.tags {
		r.Context["aws:PrincipalTag/"+k] = []string{v}
	}
	p := iampolicy.Policies{Identity: s.identityPolicies(e), Session: session}
	if u := s.account(e.account).users[e.name]; e.kind == "user" && u != nil {
		for _, g := range s.groupsOf(u) {
			p.Identity = append(p.Identity, s.identityPolicies(&g.entity)...)
		}
	}
	if b := s.policyByARN(e.boundary); b != nil {
		p.Boundary = &iampolicy.Named{Name: b.name, Document: b.version(b.standard).doc}
	}
	if q.trust != nil {
		p.Resource, p.ResourceDecides = &iampolicy.Named{Name: "trust policy", Document: q.trust}, true
	} else {
		// Resource policies are the services' own; identity policies are judged as if the resource were the caller's.
		r.ResourceAccount = q.who.Account
		if account := accountOf(q.resource); account != "" {
			r.Context["aws:ResourceAccount"] = []string{account}
		}
	}
	return iampolicy.Evaluate(r, p)
}

func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

func (s *Service) identityPolicies(e *entity) []iampolicy.Named {
	var out []iampolicy.Named
	for _, name := range sortedKeys(e.inline) {
		out = append(out, iampolicy.Named{Name: name, Document: e.inline[name].doc})
	}
	for _, arn := range e.attached {
		if p := s.policyByARN(arn); p != nil {
			out = append(out, iampolicy.Named{Name: p.name, Document: p.version(p.standard).doc})
		}
	}
	return out
}

// Authorize decides by the caller's identity policies, session policies and permission boundary whether he may do what a.Action says,
// and for sts:AssumeRole by the role's trust policy too. Roots may do everything. A key that neither a.Context nor the request carries
// is absent. why ends the sentence "User … is not authorized to perform …".
func (s *Service) Authorize(c *api.Call, a api.Access) (allowed bool, why string) {
	if c.Caller.Root {
		return true, ""
	}
	k, ok := s.keys[c.Caller.AccessKey]
	if !ok || !s.stillThere(k) {
		return false, "no identity-based policy allows the " + a.Action + " action"
	}
	q := question{who: iampolicy.Principal{ARN: c.Caller.ARN, Account: c.Caller.Account}, action: a.Action, resource: a.Resource, context: s.requestContext(c, a, k)}
	if a.Action == "sts:AssumeRole" {
		if r := s.roleByARN(a.Resource); r != nil {
			q.trust = r.trust.doc
		}
	}
	var d iampolicy.Decision
	switch {
	case k.role != nil:
		q.who.RoleARN = k.role.arn
		d = s.evaluate(&k.role.entity, k.session, q)
	case k.user != nil:
		d = s.evaluate(&k.user.entity, nil, q)
	default: // a root's session token
		return true, ""
	}
	return d.Answer == iampolicy.Yes, because(d, a.Action)
}

func (s *Service) requestContext(c *api.Call, a api.Access, k *credential) map[string]string {
	context := map[string]string{
		"aws:userid": c.Caller.UserID, "aws:RequestedRegion": c.Region, "aws:CurrentTime": c.Now.UTC().Format(time.RFC3339),
		"aws:EpochTime": strconv.FormatInt(c.Now.Unix(), 10), "aws:SourceIp": "127.0.0.1",
		"aws:SecureTransport": "true", // plain HTTP on loopback stands for AWS's TLS endpoints
	}
	if k.user != nil {
		context["aws:username"] = k.user.name
	}
	for key, v := range k.sessionTags {
		context["aws:PrincipalTag/"+key] = v
	}
	for key, v := range a.Context {
		context[key] = v
	}
	return context
}

// because words a refusal as AWS's access denied messages do
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
func because(d iampolicy.Decision, action string) string {
	switch d.Reason {
	case iampolicy.Granted:
		return ""
	case iampolicy.ExplicitDeny:
		article := "a "
		if d.InPolicy == iampolicy.FromIdentity {
			article = "an "
		}
		return "with an explicit deny in " + article + d.InPolicy.String()
	case iampolicy.NoBoundary:
		return "no permissions boundary allows the " + action + " action"
	case iampolicy.NoSession:
		return "no session policy allows the " + action + " action"
	case iampolicy.NoResource:
		return "no resource-based policy allows the " + action + " action"
	default:
		return "no identity-based policy allows the " + action + " action"
	}
}

// Trusts answers whether the role's trust policy names the caller, be it only by his account, under the request's condition keys;
// a role that does not exist trusts nobody.
func (s *Service) Trusts(c *api.Call, roleARN string, context map[string]string) bool {
	r := s.roleByARN(roleARN)
	if r == nil {
		return false
	}
	who := iampolicy.Principal{ARN: c.Caller.ARN, Account: c.Caller.Account}
	if k, ok := s.keys[c.Caller.AccessKey]; ok && k.role != nil {
		who.RoleARN = k.role.arn
	}
	request := iampolicy.Request{Action: "sts:AssumeRole", Resource: r.arn, Principal: who, Complete: true, Context: iampolicy.Context{}}
	for k, v := range context {
		request.Context[k] = []string{v}
	}
	// Identity policies are the server's question: here they allow everything.
	everything := iampolicy.Named{Name: "everything", Document: &iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}}
	d := iampolicy.Evaluate(request, iampolicy.Policies{Identity: []iampolicy.Named{everything},
		Resource: &iampolicy.Named{Name: "trust policy", Document: r.trust.doc}, ResourceDecides: true})
	return d.Answer == iampolicy.Yes
}
