// Package iampolicy parses and evaluates IAM policy documents: identity policies, resource policies, permission boundaries,
// session policies and role trust policies. It is pure and three-valued: what a policy decides by a condition key that the
// caller of this package does not know is Maybe, never yes or no.
//
// The grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html,
// the logic https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
package iampolicy

import "strings"

// Kind says where a document is used, which decides the elements it must and must not have.
type Kind uint8

// The kinds of policy documents.
const (
	Identity Kind = iota // on a user or role, a boundary or a session: Resource required, Principal forbidden
	Resource             // on a resource: Principal and Resource required
	Trust                // on a role: Principal required, Resource forbidden
)

// The versions of the policy language. A document without one is of the older, which has no policy variables.
const (
	versionOld = "2008-10-17"
	versionNew = "2012-10-17"
)

// Document is one parsed policy. It is immutable after Parse and safe for use from several goroutines.
type Document struct {
	Version    string
	ID         string
	Statements []Statement
}

// Statement is one parsed statement. Exactly one of Actions and NotActions is not empty.
type Statement struct {
	Sid          string
	Deny         bool
	Actions      []string
	NotActions   []string
	Resources    []string
	NotResources []string
	Principals   *Principals // nil when the statement has none
	NotPrincipal bool        // Principals names those who are excepted
	Conditions   []Condition
}

// Principals are the entries of a Principal or NotPrincipal element.
type Principals struct {
	Anyone    bool // "*", or {"AWS": "*"}
	AWS       []string
	Service   []string
	Federated []string
	Canonical []string
}

// Condition is one operator applied to one key. All of a statement's conditions must hold.
type Condition struct {
	Operator string // as written, for example "ForAnyValue:StringLikeIfExists"
	Key      string
	Values   []string
	op       operator
}

// Negated says whether the operator holds for everything but the values, as StringNotLike does.
func (c Condition) Negated() bool { return c.op.negated && !c.op.forAny && !c.op.forAll }

// variables says whether ${…} in the document is substituted.
func (d *Document) variables() bool { return d.Version == versionNew }

// Named gives a document the name by which a decision refers to it. A nil Document stands for a policy that could not be
// read: it may allow and it may deny anything.
type Named struct {
	Name     string
	Document *Document
}

// Answer is three-valued. The zero value is Maybe.
type Answer uint8

// The answers.
const (
	Maybe Answer = iota
	No
	Yes
)

func (a Answer) String() string { return [...]string{"maybe", "no", "yes"}[a] }

func (a Answer) not() Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	default:
		return Maybe
	}
}

func and(answers ...Answer) Answer {
	result := Yes
	for _, a := range answers {
		if a == No {
			return No
		}
		if a == Maybe {
			result = Maybe
		}
	}
	return result
}

func or(answers ...Answer) Answer {
	result := No
	for _, a := range answers {
		if a == Yes {
			return Yes
		}
		if a == Maybe {
			result = Maybe
		}
	}
	return result
}

func answer(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// AccountOf is the account field of an ARN, or the text itself when it is a bare account id; empty when there is none.
func AccountOf(principal string) string {
	if isAccount(principal) {
		return principal
	}
	parts := strings.SplitN(principal, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[4]
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
