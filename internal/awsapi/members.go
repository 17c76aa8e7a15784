package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// The declared calls that find the accounts of an organisation. Its management account and a delegated administrator may make them.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
const (
	ListAccounts                     CallID = "organizations:ListAccounts"
	ListAccountsForParent            CallID = "organizations:ListAccountsForParent"
	ListOrganizationalUnitsForParent CallID = "organizations:ListOrganizationalUnitsForParent"
)

func memberCalls() []Call {
	const under = "arn:{partition}:organizations::*:*"
	shared := []string{"organizations:accounts"}
	return []Call{
		{ID: ListAccounts, ServiceID: "Organizations", Resource: "*", Buckets: shared, Group: GroupStart},
		{ID: ListAccountsForParent, ServiceID: "Organizations", Resource: under, Buckets: shared, Group: GroupStart},
		{ID: ListOrganizationalUnitsForParent, ServiceID: "Organizations", Resource: under, Buckets: shared, Group: GroupStart},
	}
}

// LeftOut is an account of the organisation that nobody can work with.
type LeftOut struct {
	Account string
	Name    string // untrusted text
	State   string // AWS's word: SUSPENDED, PENDING_CLOSURE, …
}

// members are the accounts in scope once they have been found.
type members struct {
	mu       sync.Mutex
	accounts []*Account // nil: nobody has asked yet, or there was no answer
	left     []LeftOut
}

// Members opens every account in scope, sorted by id: those named, those of the organisation, or the one that the credentials belong to.
// No role is assumed in the caller's own account, and none anywhere before the account's first call. Errors are *CallError: that nobody
// knows which accounts there are is no account's own trouble. A session asks once: whoever reads in several steps reads the same accounts in each.
func (s *Session) Members(ctx context.Context) ([]*Account, []LeftOut, error) {
	if s.opts.RoleName == "" {
		return s.accounts, nil, nil
	}
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	if s.found.accounts == nil {
		accounts, left, err := s.findMembers(ctx)
		if err != nil {
			return nil, nil, err
		}
		s.found.accounts, s.found.left = accounts, left
	}
	return slices.Clone(s.found.accounts), slices.Clone(s.found.left), nil
}

func (s *Session) findMembers(ctx context.Context) ([]*Account, []LeftOut, error) {
	caller := s.accounts[0]
	who, _, err := caller.Identify(ctx)
	if err != nil {
		return nil, nil, err
	}
	ids, out := slices.Clone(s.opts.Accounts), []LeftOut(nil)
	if s.opts.Organization {
		if ids, out, err = caller.members(ctx, s.opts.Under); err != nil {
			return nil, nil, err
		}
	}
	slices.Sort(ids)
	var accounts []*Account
	for _, id := range slices.Compact(ids) {
		accounts = append(accounts, s.openMember(caller, who, id))
	}
	return accounts, out, nil
}

func (s *Session) openMember(caller *Account, who Identity, id string) *Account {
	if id == who.Account {
		return caller
	}
	cfg := s.cfg.Copy()
	role := fmt.Sprintf("arn:%s:iam::%s:role/%s", who.Partition, id, strings.TrimPrefix(s.opts.RoleName, "/"))
	cfg.Credentials = cached(s.assume(role, s.opts.ExternalID, caller.cfg.Credentials))
	return &Account{session: s, want: id, cfg: cfg, scopes: map[string]*Scope{}}
}

// members lists the organisation's accounts, or those below a root or an organisational unit however deep.
func (a *Account) members(ctx context.Context, under string) (ids []string, out []LeftOut, err error) {
	keep := func(list []types.Account) {
		for _, m := range list {
			id, state := aws.ToString(m.Id), stateOf(m)
			if state == string(types.AccountStateActive) {
				ids = append(ids, id)
			} else {
				out = append(out, LeftOut{Account: id, Name: aws.ToString(m.Name), State: state})
			}
		}
	}
	if under == "" {
		err = a.eachAccount(ctx, keep)
	} else {
		err = a.eachAccountUnder(ctx, under, keep)
	}
	slices.SortFunc(out, func(x, y LeftOut) int { return cmp.Compare(x.Account, y.Account) })
	return ids, out, err
}

// stateOf reads State, and Status where AWS does not send the newer State yet (Status goes away; older endpoints know no other).
func stateOf(m types.Account) string {
	return cmp.Or(string(m.State), string(m.Status))
}

func (a *Account) eachAccount(ctx context.Context, keep func([]types.Account)) error {
	in := &organizations.ListAccountsInput{}
	for {
		out, _, err := Invoke(ctx, Ask{Scope: a.Home(), Call: ListAccounts}, a.Home().Organizations.ListAccounts, in)
		if err != nil {
			return err
		}
		keep(out.Accounts)
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return nil
		}
	}
}

// deepest is how deep organisational units nest (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html);
// more would be a circle.
const deepest = 5

func (a *Account) eachAccountUnder(ctx context.Context, parent string, keep func([]types.Account)) error {
	level := []string{parent}
	for depth := 0; len(level) > 0 && depth <= deepest; depth++ {
		var next []string
		for _, p := range level {
			units, err := a.directly(ctx, p, keep)
			if err != nil {
				return err
			}
			next = append(next, units...)
		}
		level = next
	}
	return nil
}

// directly hands over the accounts that stand directly under a parent and returns the units that do.
func (a *Account) directly(ctx context.Context, parent string, keep func([]types.Account)) (units []string, err error) {
	accounts := &organizations.ListAccountsForParentInput{ParentId: aws.String(parent)}
	for {
		out, _, err := Invoke(ctx, Ask{Scope: a.Home(), Call: ListAccountsForParent, Resource: parent}, a.Home().Organizations.ListAccountsForParent, accounts)
		if err != nil {
			return nil, err
		}
		keep(out.Accounts)
		if accounts.NextToken = out.NextToken; aws.ToString(accounts.NextToken) == "" {
			break
		}
	}
	below := &organizations.ListOrganizationalUnitsForParentInput{ParentId: aws.String(parent)}
	for {
		out, _, err := Invoke(ctx, Ask{Scope: a.Home(), Call: ListOrganizationalUnitsForParent, Resource: parent}, a.Home().Organizations.ListOrganizationalUnitsForParent, below)
		if err != nil {
			return nil, err
		}
		for _, u := range out.OrganizationalUnits {
			units = append(units, aws.ToString(u.Id))
		}
		if below.NextToken = out.NextToken; aws.ToString(below.NextToken) == "" {
			return units, nil
		}
	}
}
