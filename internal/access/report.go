package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// Report says who could do what to the backups of one account.
type Report struct {
	Account    string
	Partition  string
	Principals []Principal // those who can do something, or might, by ARN
	Harmless   int         // users and roles that can do nothing of it
	Exposed    []Exposed   // what vaults and tables open to others
	Missing    []Unread
}

// Unread is a fact that is not known, and the call that did not tell it.
type Unread struct {
	Fact, Resource           string
	Region                   string
	Operation, Code, Message string
}

func unread(u *estate.Unit, r estate.Reading) Unread {
	p := u.Of(r.Ref.Source())
	return Unread{Fact: r.Fact, Resource: r.Resource, Region: u.Region.Or(""), Operation: p.Operation, Code: p.Code, Message: p.Message}
}

// Principal is a user or role with what he could do.
type Principal struct {
	ARN      string
	Label    string // "user/alice"
	Kind     string // "user" or "role"
	Linked   bool   // a service-linked role: AWS's service alone may assume it
	OfBackup bool   // AWS Backup, and nobody else, may assume it
	Grants   []Grant
	Trusters []Truster // who may assume the role
	Trusted  bool      // Trusters is known
	Boundary string    // ARN of the permissions boundary that was considered; empty: none
	LastUsed estate.Fact[estate.Instant]
}

// Can is the best answer among a principal's grants of a kind.
func (p *Principal) Can(kind Kind) iampolicy.Answer {
	best := iampolicy.No
	for _, g := range p.Grants {
		if g.Kind == kind && rank(g.Answer) > rank(best) {
			best = g.Answer
		}
	}
	return best
}

// Of works out the report of one account from its units: one of them, its home, holds the identities.
func Of(units []*estate.Unit) *Report {
	home := homeOf(units)
	at := placeOf(home)
	r := &Report{Account: at.account, Partition: at.partition, Missing: missingOf(home)}
	guards := guardsOf(units)
	trusts := newLibrary(iampolicy.Trust)
	for _, p := range people(home) {
		out := p.principal(at, guards, trusts)
		if len(out.Grants) == 0 {
			r.Harmless++
			continue
		}
		r.Principals = append(r.Principals, out)
	}
	slices.SortFunc(r.Principals, func(a, b Principal) int { return strings.Compare(a.ARN, b.ARN) })
	for _, u := range units {
		r.Exposed = append(r.Exposed, exposedOf(u)...)
		r.Missing = append(r.Missing, missingPolicies(u)...)
	}
	return r
}

// homeOf is the unit that holds the identities: the account's home, or the first that has any.
func homeOf(units []*estate.Unit) *estate.Unit {
	for _, u := range units {
		if u.Users.IsWhole() || len(u.IAMRoles.Items)+len(u.Users.Items) > 0 {
			return u
		}
	}
	for _, u := range units {
		if u.Home.Or(false) {
			return u
		}
	}
	return units[0]
}

func (p *person) principal(at place, guards []guard, trusts *library) Principal {
	out := Principal{ARN: p.arn, Label: Label(p.arn), Kind: p.kind, Linked: p.linked()}
	for _, a := range actions() {
		if g, ok := p.may(a, at, guards); ok {
			out.Grants = append(out.Grants, g)
		}
	}
	if p.role != nil {
		out.Trusters, out.Trusted = trusts.trusters(p.role.Trust, at.account)
		out.OfBackup, out.LastUsed, out.Boundary = ofBackup(out.Trusters), p.role.LastUsed, p.role.Boundary.Or("")
	} else {
		out.Boundary = p.user.Boundary.Or("")
	}
	return out
}

// guardsOf are the vaults of all units. Where a list of vaults is not whole, one more of which nothing is known stands for what it lacks.
func guardsOf(units []*estate.Unit) []guard {
	policies := newLibrary(iampolicy.Resource)
	var out []guard
	whole := true
	for _, u := range units {
		whole = whole && u.Vaults.IsWhole()
		for i := range u.Vaults.Items {
			v := &u.Vaults.Items[i]
			out = append(out, guard{name: vaultName(u, v), arn: v.ARN.Or(v.ID), policy: vaultPolicy(v, policies), locked: answerOf(v.Locked)})
		}
	}
	if !whole && len(out) > 0 {
		out = append(out, guard{name: "vaults that were not read", policy: &iampolicy.Named{Name: "not read"}, locked: iampolicy.Maybe})
	}
	return out
}

func vaultName(u *estate.Unit, v *estate.Vault) string {
	name := v.Name.Or(v.ID)
	if region, ok := u.Region.Get(); ok {
		return name + " (" + region + ")"
	}
	return name
}

func vaultPolicy(v *estate.Vault, l *library) *iampolicy.Named {
	if v.Policy.IsAbsent() {
		return nil
	}
	return &iampolicy.Named{Name: v.Name.Or(v.ID), Document: l.read(v.Policy)}
}

func answerOf(f estate.Fact[bool]) iampolicy.Answer {
	v, ok := f.Get()
	switch {
	case f.IsAbsent(), ok && !v:
		return iampolicy.No
	case ok:
		return iampolicy.Yes
	}
	return iampolicy.Maybe
}

// missingOf are the lists of identities that are not whole.
func missingOf(u *estate.Unit) []Unread {
	var out []Unread
	for _, r := range identityLists(u) {
		if r.Ref.State() != estate.Known {
			out = append(out, unread(u, r))
		}
	}
	return out
}

func identityLists(u *estate.Unit) []estate.Reading {
	return []estate.Reading{
		estate.Read("unit.account", "", u.Account), estate.Read("unit.partition", "", u.Partition),
		estate.Read("unit.iam_users", "", u.Users.Whole), estate.Read("unit.iam_groups", "", u.Groups.Whole),
		estate.Read("unit.iam_roles", "", u.IAMRoles.Whole), estate.Read("unit.iam_policies", "", u.Policies.Whole),
	}
}

func missingPolicies(u *estate.Unit) []Unread {
	var out []Unread
	note := func(r estate.Reading) {
		if r.Ref.State() == estate.Unknown {
			out = append(out, unread(u, r))
		}
	}
	note(estate.Read("unit.vaults", "", u.Vaults.Whole))
	for i := range u.Vaults.Items {
		note(estate.Read("vault.policy", u.Vaults.Items[i].ID, u.Vaults.Items[i].Policy))
	}
	note(estate.Read("unit.tables", "", u.Tables.Whole))
	for i := range u.Tables.Items {
		note(estate.Read("table.resource_policy", u.Tables.Items[i].ID, u.Tables.Items[i].ResourcePolicy))
	}
	return out
}

// Everybody lists the ARNs of all users and roles that were read.
func Everybody(units []*estate.Unit) []string {
	home := homeOf(units)
	var out []string
	for i := range home.Users.Items {
		out = append(out, home.Users.Items[i].ID)
	}
	for i := range home.IAMRoles.Items {
		out = append(out, home.IAMRoles.Items[i].ID)
	}
	return out
}
