package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// Denial is what the access policy of a vault denies to everybody; controls of vaults see it as "denial".
type Denial struct {
	Denied   protection.Answer[bool]     `json:"denied"`   // deleting, shortening and lifting the policy are denied, to all but Excepted
	Open     protection.Answer[[]string] `json:"open"`     // the actions of these that are not denied
	Excepted protection.Answer[[]string] `json:"excepted"` // principals, or patterns of them, to whom it is not denied
}

// deniable are the actions that must be denied so that neither a recovery point nor the denial itself can be taken away.
func deniable() []string {
	return []string{"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"}
}

// refusal is how far one action is denied.
type refusal struct {
	sure   iampolicy.Answer
	except []string
}

// DenialOf reads a vault's access policy.
func DenialOf(u *estate.Unit, v *estate.Vault) *Denial {
	basis := []estate.Reading{estate.Read("vault.policy", v.ID, v.Policy)}
	out := &Denial{Denied: protection.Answer[bool]{Basis: basis}, Open: protection.Answer[[]string]{Basis: basis}, Excepted: protection.Answer[[]string]{Basis: basis}}
	if !located(u) && !tells(u, v.Policy.Or("")) {
		basis = append(basis, estate.Read("unit.account", "", u.Account), estate.Read("unit.partition", "", u.Partition))
		out.Denied.Basis, out.Open.Basis, out.Excepted.Basis = basis, basis, basis
	}
	policy := v.Policy
	if text, ok := policy.Get(); ok {
		policy = estate.KnownFact(here(text, somePlace(u)), policy.Source())
	}
	doc := newLibrary(iampolicy.Resource).read(policy)
	if !v.Policy.IsAbsent() && (doc == nil || !tells(u, v.Policy.Or(""))) {
		return out
	}
	all, open, except := iampolicy.Yes, []string{}, []string{}
	for _, action := range deniable() {
		r := refused(u, v, doc, action)
		all = lesser(all, r.sure)
		except = append(except, r.except...)
		if r.sure == iampolicy.No {
			open = append(open, action)
		}
	}
	if all != iampolicy.Maybe {
		out.Denied.Fact = estate.KnownFact(all == iampolicy.Yes, 0)
		out.Open.Fact = estate.KnownFact(open, 0)
		if !u.Account.IsKnown() {
			for i := range except {
				except[i] = strings.ReplaceAll(except[i], somePlace(u).account, accountSymbol)
			}
		}
		out.Excepted.Fact = distinct(except)
	}
	return out
}

// refused looks for the statement that denies an action to most.
func refused(u *estate.Unit, v *estate.Vault, doc *iampolicy.Document, action string) refusal {
	best := refusal{sure: iampolicy.No}
	if doc == nil {
		return best
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if !s.Deny || !s.CoversAction(action) {
			continue
		}
		r := denies(s, somePlace(u))
		r.sure = lesser(r.sure, about(s, targets(u, v, action)))
		if rank(r.sure) > rank(best.sure) || r.sure == best.sure && len(r.except) < len(best.except) {
			best = r
		}
	}
	return best
}

// denies says whom a statement spares: those that NotPrincipal or a negated condition on the principal names. Any other condition may let
// somebody through.
func denies(s *iampolicy.Statement, at place) refusal {
	r := refusal{sure: iampolicy.Yes}
	switch {
	case s.Principals == nil:
	case s.NotPrincipal:
		if slices.ContainsFunc(s.Principals.AWS, opaque) {
			r.sure = iampolicy.Maybe
		}
		r.except = append(r.except, spared(s.Principals)...)
	case !s.Principals.Anyone && slices.ContainsFunc(s.Principals.AWS, opaque):
		r.sure = iampolicy.Maybe
	case !s.Principals.Anyone && !slices.ContainsFunc(s.Principals.AWS, func(e string) bool { return e == at.account || e == "arn:"+at.partition+":iam::"+at.account+":root" }):
		return refusal{sure: iampolicy.No} // some principals alone
	}
	for _, c := range s.Conditions {
		switch {
		case slices.ContainsFunc(c.Values, opaque):
			r.sure = iampolicy.Maybe
		case c.Negated() && aboutPrincipal(c.Key):
			r.except = append(r.except, c.Values...)
		case strings.EqualFold(c.Key, "aws:PrincipalIsAWSService") && c.Operator == "Bool": // AWS's services are nobody in the account
		default:
			r.sure = iampolicy.Maybe
		}
	}
	return r
}

// spared are the principals of NotPrincipal; the account beside them is there because AWS demands it.
func spared(ps *iampolicy.Principals) []string {
	var out []string
	for _, e := range ps.AWS {
		if !strings.HasSuffix(e, ":root") && iampolicy.AccountOf(e) != e {
			out = append(out, e)
		}
	}
	return append(append(out, ps.Service...), ps.Federated...)
}

func aboutPrincipal(key string) bool {
	return slices.Contains([]string{"aws:principalarn", "aws:userid", "aws:username", "aws:principalaccount", "aws:principalorgid"}, strings.ToLower(key))
}

// targets are ARNs of what the action is about: recovery points of either kind, or the vault itself.
func targets(u *estate.Unit, v *estate.Vault, action string) []string {
	at := somePlace(u)
	region := u.Region.Or(regionSymbol)
	if strings.HasSuffix(action, "VaultAccessPolicy") {
		return []string{here(v.ARN.Or(v.ID), at)}
	}
	out := []string{"arn:" + at.partition + ":backup:" + region + ":" + at.account + ":recovery-point:any"}
	for i := range v.RecoveryPoints.Items {
		if strings.Contains(v.RecoveryPoints.Items[i].ID, ":dynamodb:") { // made without the advanced features
			return append(out, "arn:"+at.partition+":dynamodb:"+region+":"+at.account+":table/any/backup/any")
		}
	}
	return out
}

// about says whether a statement is about all of the ARNs.
func about(s *iampolicy.Statement, arns []string) iampolicy.Answer {
	all := iampolicy.Yes
	for _, arn := range arns {
		if len(s.Resources) > 0 {
			all = lesser(all, covered(s.Resources, arn))
		}
		switch covered(s.NotResources, arn) {
		case iampolicy.Yes:
			return iampolicy.No
		case iampolicy.Maybe:
			all = lesser(all, iampolicy.Maybe)
		default:
		}
	}
	return all
}

// covered is the best answer of some patterns.
func covered(patterns []string, arn string) iampolicy.Answer {
	best := iampolicy.No
	for _, p := range patterns {
		if got := iampolicy.Covers(p, arn); rank(got) > rank(best) {
			best = got
		}
	}
	return best
}
