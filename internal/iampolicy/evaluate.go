package iampolicy

// Request is one question: may the principal do the action on the resource?
type Request struct {
	Action          string // "dynamodb:DescribeTable"
	Resource        string // ARN, or "*" for an action without a resource
	ResourceAccount string // the account that owns the resource; empty: the ARN's, or where that has none the principal's
	Principal       Principal
	Context         Context
	Complete        bool // Context is all there is: a key that it does not give is absent
}

func (r Request) resourceAccount() string {
	if r.ResourceAccount != "" {
		return r.ResourceAccount
	}
	if account := AccountOf(r.Resource); account != "" {
		return account
	}
	return r.Principal.Account
}

// Policies are what applies to a request.
type Policies struct {
	Identity []Named // attached to the user or role, inline and managed
	Boundary *Named  // nil: no permission boundary
	Session  []Named // passed to AssumeRole; empty: none
	Resource *Named  // nil: the resource has no policy
	// Organization are the service control policies of an organisation, by level from its root down to the account: each level must allow.
	// They bind the account's root too, and neither service-linked roles nor services. nil: none, or none known of.
	// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
	Organization [][]Named
	// ResourceDecides is set where the resource's policy must allow whatever identity policies say: KMS keys and role trust.
	ResourceDecides bool
}

// Reason says what kind of rule decided.
type Reason uint8

// The reasons. All but Granted and Undecided mean No.
const (
	Undecided      Reason = iota // a condition, variable or policy is not known
	Granted                      // a statement allows and nothing denies
	ExplicitDeny                 // a Deny statement matches
	NoIdentity                   // no identity policy allows
	NoBoundary                   // the permission boundary does not allow
	NoSession                    // no session policy allows
	NoResource                   // the resource's policy does not allow
	NoOrganization               // a level of the organisation does not allow
)

// Decision is the answer, with the statement that decided where one did; for Maybe, one that may allow.
type Decision struct {
	Answer    Answer
	Reason    Reason
	Policy    string   // name of the policy that holds the deciding statement; empty when no statement decided
	Index     int      // of the statement in its policy, from 0
	Sid       string   // its id, may be empty
	InPolicy  Source   // where the deciding policy is attached
	Undecided []string // condition keys that would have to be known for an answer of yes or no; sorted
}

// Source is where a policy is attached.
type Source uint8

// The sources.
const (
	FromIdentity Source = iota
	FromBoundary
	FromSession
	FromResource
	FromOrganization
)

func (s Source) String() string {
	return [...]string{"identity-based policy", "permissions boundary", "session policy", "resource-based policy", "service control policy"}[s]
}

// verdict is what a set of policies says to a request.
type verdict struct {
	deny, allow     Answer
	denyAt, allowAt at
	maybeAt         at     // the first statement that may allow
	direct          Answer // allowed by naming the user, the session or everyone
	role            Answer // allowed by naming the session's role
	account         Answer // allowed by naming the account
}

type at struct {
	policy    string
	index     int
	sid       string
	source    Source
	statement bool // there is one
}

// Evaluate answers a request by AWS's logic: an explicit deny wins; within one account identity and resource policies are a union,
// across accounts both must allow; a boundary and session policies cut down what identity policies give.
// A resource policy that names the account leaves the decision to identity policies; one that names a user or a session is not cut
// down by boundary and session policies, one that names the role is
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-request-context.html).
func Evaluate(r Request, p Policies) Decision {
	env := &environment{request: r}
	identity := judge(r, p.Identity, FromIdentity, env)
	boundary, session := unlimited(), unlimited()
	if p.Boundary != nil {
		boundary = judge(r, []Named{*p.Boundary}, FromBoundary, env)
	}
	if len(p.Session) > 0 {
		session = judge(r, p.Session, FromSession, env)
	}
	resource := verdict{deny: No, allow: No, direct: No, role: No, account: No}
	if p.Resource != nil {
		resource = judge(r, []Named{*p.Resource}, FromResource, env)
	}
	organization := judgeLevels(r, p.Organization, env)
	all := []verdict{organization, identity, boundary, session, resource}
	if r.Principal.Root { // only the organisation and resource policies bind an account's root
		identity = unlimited()
		all = []verdict{organization, resource}
	}
	return decide(all, combine{request: r, policies: p, identity: identity, boundary: boundary, session: session, resource: resource, organization: organization}, env)
}

// judgeLevels joins the levels of an organisation: a deny of any level denies, and all levels must allow.
func judgeLevels(r Request, levels [][]Named, env *environment) verdict {
	result := unlimited()
	if r.Principal.Service != "" {
		return result
	}
	for _, level := range levels {
		v := judge(r, level, FromOrganization, env)
		if v.deny == Yes && result.deny != Yes {
			result.denyAt = v.denyAt
		}
		result.deny, result.allow = or(result.deny, v.deny), and(result.allow, v.allow)
	}
	return result
}

func unlimited() verdict {
	return verdict{deny: No, allow: Yes, direct: Yes, role: No, account: No}
}

func decide(all []verdict, c combine, env *environment) Decision {
	deny := No
	for _, v := range all {
		if v.deny == Yes {
			return decided(No, ExplicitDeny, v.denyAt)
		}
		deny = or(deny, v.deny)
	}
	allow, reason, where := c.allow()
	if c.organization.allow != Yes {
		allow, reason = and(allow, c.organization.allow), NoOrganization
	}
	switch and(allow, deny.not()) {
	case Yes:
		return decided(Yes, Granted, where)
	case No:
		return decided(No, reason, at{})
	default:
		d := decided(Maybe, Undecided, c.possible())
		d.Undecided = env.missingKeys()
		return d
	}
}

func decided(a Answer, reason Reason, where at) Decision {
	return Decision{Answer: a, Reason: reason, Policy: where.policy, Index: where.index, Sid: where.sid, InPolicy: where.source}
}

// combine joins the verdicts of the policy types.
type combine struct {
	request                               Request
	policies                              Policies
	identity, boundary, session, resource verdict
	organization                          verdict
}

func (c combine) allow() (Answer, Reason, at) {
	if c.request.Principal.Service != "" {
		return c.resource.allow, NoResource, c.resource.allowAt
	}
	limits := and(c.boundary.allow, c.session.allow)
	byIdentity := and(c.identity.allow, limits)
	byResource := or(c.resource.direct, and(c.resource.role, limits))
	named := or(c.resource.direct, c.resource.role, c.resource.account)
	switch {
	case c.request.Principal.Account != c.request.resourceAccount():
		return and(byIdentity, named), c.why(named), c.where()
	case c.policies.ResourceDecides:
		return or(byResource, and(byIdentity, c.resource.account)), c.why(named), c.where()
	}
	return or(byIdentity, byResource), c.why(Yes), c.where()
}

// why names the first thing that is missing when the answer is No.
func (c combine) why(named Answer) Reason {
	switch {
	case named == No:
		return NoResource
	case c.identity.allow != Yes:
		return NoIdentity
	case c.boundary.allow != Yes:
		return NoBoundary
	case c.session.allow != Yes:
		return NoSession
	}
	return NoIdentity
}

func (c combine) where() at {
	if c.identity.allow == Yes && c.identity.allowAt.policy != "" {
		return c.identity.allowAt
	}
	return c.resource.allowAt
}

// possible is a statement that allows, or else one that may.
func (c combine) possible() at {
	for _, v := range []verdict{c.identity, c.resource} {
		if v.allow == Yes && v.allowAt.statement {
			return v.allowAt
		}
		if v.allow == Maybe && v.maybeAt.statement {
			return v.maybeAt
		}
	}
	return at{}
}

// judge goes through every statement of policies of one kind.
func judge(r Request, policies []Named, source Source, env *environment) verdict {
	v := verdict{deny: No, allow: No, direct: No, role: No, account: No}
	for _, p := range policies {
		if p.Document == nil {
			v.unread(at{policy: p.Name, source: source, statement: true})
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			how, sure := s.grants(r.Principal)
			where := at{p.Name, i, s.Sid, source, true}
			if how != noGrant {
				v.add(s, and(sure, s.covers(r, p.Document.variables(), env)), how, where)
			}
			if how < directGrant && !s.NotPrincipal && s.Principals.mayName(r.Principal) {
				v.add(s, and(Maybe, s.covers(r, p.Document.variables(), env)), directGrant, where)
			}
		}
	}
	return v
}

// unread is a policy of which the text is not known.
func (v *verdict) unread(where at) {
	if !v.maybeAt.statement {
		v.maybeAt = where
	}
	v.deny, v.allow, v.direct = or(v.deny, Maybe), or(v.allow, Maybe), or(v.direct, Maybe)
}

func (v *verdict) add(s *Statement, covers Answer, how grant, where at) {
	if s.Deny {
		if covers == Yes && v.deny != Yes {
			v.denyAt = where
		}
		v.deny = or(v.deny, covers)
		return
	}
	if covers == Yes && v.allow != Yes {
		v.allowAt = where
	}
	if covers == Maybe && !v.maybeAt.statement {
		v.maybeAt = where
	}
	v.allow = or(v.allow, covers)
	switch how {
	case directGrant:
		v.direct = or(v.direct, covers)
	case roleGrant:
		v.role = or(v.role, covers)
	case accountGrant:
		v.account = or(v.account, covers)
	default: // judge leaves statements that do not name the principal out
	}
}
