package iampolicy

import (
	"slices"
	"strings"
)

// Principal is who asks. A service principal has only Service; a user or role session has ARN and Account.
type Principal struct {
	ARN       string // user, root or assumed-role session ARN; for a role's own question the role ARN
	Account   string
	RoleARN   string // the role of a session, with its path; empty for users
	Service   string // "backup.amazonaws.com"
	Federated string // the provider's ARN or name
	Root      bool   // the account's root user: identity policies do not apply to it
}

// conditionARN is aws:PrincipalArn: a session is named by its role.
func (p Principal) conditionARN() string {
	if p.RoleARN != "" {
		return p.RoleARN
	}
	return p.ARN
}

// grant says how a Principal element names the one who asks, weakest first.
type grant uint8

const (
	noGrant      grant = iota
	accountGrant       // by the account: its administrators decide the rest
	roleGrant          // the role behind a session
	directGrant        // this very user, session, service, or everyone
)

func (ps *Principals) names(p Principal) grant {
	if ps.Anyone {
		return directGrant
	}
	if p.Service != "" && slices.Contains(ps.Service, p.Service) || p.Federated != "" && slices.Contains(ps.Federated, p.Federated) {
		return directGrant
	}
	best := noGrant
	for _, entry := range ps.AWS {
		best = max(best, p.namedBy(entry))
	}
	return best
}

func (p Principal) namedBy(entry string) grant {
	switch {
	case p.ARN == "":
		return noGrant
	case entry == p.ARN:
		return directGrant
	case p.RoleARN != "" && entry == p.RoleARN:
		return roleGrant
	case p.Account != "" && (entry == p.Account || AccountOf(entry) == p.Account && strings.HasSuffix(entry, ":root")):
		return accountGrant
	}
	return noGrant
}

// mayName says whether an entry that holds symbols, or a name of the principal's that does, may be about it.
func (ps *Principals) mayName(p Principal) bool {
	may := func(entries []string, names ...string) bool {
		for _, entry := range entries {
			for _, name := range names {
				if name != "" && (Symbolic(entry) || Symbolic(name)) && !literal(seal(entry)).apart(literal(seal(name)), true) {
					return true
				}
			}
		}
		return false
	}
	return may(ps.AWS, p.ARN, p.RoleARN, p.Account) || may(ps.Service, p.Service) || may(ps.Federated, p.Federated)
}

// grants is the way in which the statement's principal element reaches p, noGrant when the statement is not about p; and whether that is sure.
func (s *Statement) grants(p Principal) (grant, Answer) {
	if s.Principals == nil {
		return directGrant, Yes
	}
	if s.NotPrincipal {
		spared := s.Principals.spares(p)
		if spared == Yes {
			return noGrant, Yes
		}
		return directGrant, spared.not()
	}
	return s.Principals.names(p), Yes
}

// spares says whether a NotPrincipal element leaves p out: it must name p itself and, for a user or role, p's account too. With p alone the
// statement "might" still be about p, says AWS; with the account alone it is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (ps *Principals) spares(p Principal) Answer {
	named := ps.names(p)
	if named < roleGrant && ps.mayName(p) {
		return Maybe
	}
	if p.ARN == "" || p.Root || ps.Anyone {
		return answer(named != noGrant)
	}
	account := false
	for _, entry := range ps.AWS {
		account = account || p.namedBy(entry) == accountGrant
	}
	switch {
	case named < roleGrant:
		return No
	case account:
		return Yes
	}
	return Maybe
}
