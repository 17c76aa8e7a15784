package organizations

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

// page size of every list here; the model's maximum is the same.
const standardPage = 20

func (s *Service) createOrganization(c *api.Call, in *org.CreateOrganizationInput) (*org.CreateOrganizationOutput, error) {
	if s.member[c.Account] != nil {
		return nil, &api.Error{Code: "AlreadyInOrganizationException", Message: "The provided account is already a member of an organization."}
	}
	features := string(in.FeatureSet)
	if features == "" {
		features = "ALL"
	}
	return &org.CreateOrganizationOutput{Organization: s.create(c.Scope, features).describe()}, nil
}

func (o *organization) describe() *types.Organization {
	return &types.Organization{Id: &o.id, Arn: aws.String("arn:" + o.partition + ":organizations::" + o.management + ":organization/" + o.id),
		FeatureSet: types.OrganizationFeatureSet(o.features), MasterAccountId: &o.management, MasterAccountArn: aws.String(o.arn("account", o.management)),
		MasterAccountEmail:   &o.accounts[o.management].email,
		AvailablePolicyTypes: []types.PolicyTypeSummary{{Type: controlPolicy, Status: types.PolicyTypeStatusEnabled}}}
}

func (s *Service) describeOrganization(c *api.Call, _ *org.DescribeOrganizationInput) (*org.DescribeOrganizationOutput, error) {
	o, ok := s.member[c.Account]
	if !ok {
		return nil, notInUse()
	}
	return &org.DescribeOrganizationOutput{Organization: o.describe()}, nil
}

func (s *Service) deleteOrganization(o *organization, _ *org.DeleteOrganizationInput) (*org.DeleteOrganizationOutput, error) {
	if len(o.accounts) > 1 {
		return nil, &api.Error{Code: "OrganizationNotEmptyException",
			Message: "To delete an organization you must first remove all member accounts (except the management account)."}
	}
	delete(s.organizations, o.id)
	delete(s.member, o.management)
	return &org.DeleteOrganizationOutput{}, nil
}

// creation is how long a new account takes.
const creation = 20 * time.Second

func (s *Service) createAccount(o *organization, in *org.CreateAccountInput) (*org.CreateAccountOutput, error) {
	r := &request{id: "car-" + s.letters(32), management: o.management, name: aws.ToString(in.AccountName), state: "IN_PROGRESS", asked: s.world.Now()}
	s.requests[r.id] = r
	email := aws.ToString(in.Email)
	s.world.After(creation, func() {
		r.account, r.state, r.done = s.newNumber(), "SUCCEEDED", s.world.Now()
		s.join(o, r.account, r.name, email, "CREATED")
	})
	return &org.CreateAccountOutput{CreateAccountStatus: r.describe()}, nil
}

// newNumber draws an account number that no organisation has.
func (s *Service) newNumber() string {
	for {
		n := fmt.Sprintf("%012d", 100_000_000_000+int64(s.world.Duration(time.Duration(800_000_000_000))))
		if s.member[n] == nil {
			return n
		}
	}
}

func (r *request) describe() *types.CreateAccountStatus {
	out := &types.CreateAccountStatus{Id: &r.id, AccountName: &r.name, State: types.CreateAccountState(r.state), RequestedTimestamp: aws.Time(r.asked)}
	if r.account != "" {
		out.AccountId, out.CompletedTimestamp = &r.account, aws.Time(r.done)
	}
	return out
}

func (s *Service) describeCreateAccountStatus(o *organization, in *org.DescribeCreateAccountStatusInput) (*org.DescribeCreateAccountStatusOutput, error) {
	r, ok := s.requests[aws.ToString(in.CreateAccountRequestId)]
	if !ok || r.management != o.management {
		return nil, &api.Error{Code: "CreateAccountStatusNotFoundException", Message: "You specified a create account request that doesn't exist."}
	}
	return &org.DescribeCreateAccountStatusOutput{CreateAccountStatus: r.describe()}, nil
}

func (o *organization) describeAccount(a *account) types.Account {
	return types.Account{Id: &a.id, Arn: aws.String(o.arn("account", a.id)), Name: &a.name, Email: &a.email, Status: statusOf(a.state),
		State: a.state, JoinedMethod: types.AccountJoinedMethod(a.joinedBy), JoinedTimestamp: aws.Time(a.joined)}
}

func (o *organization) pageAccounts(parent string, token *string, most *int32) ([]types.Account, *string, error) {
	var ids []string
	for _, id := range sortedKeys(o.accounts) {
		if parent == "" || o.accounts[id].parent == parent {
			ids = append(ids, id)
		}
	}
	page, next, ok := paging.Cut(ids, same, token, paging.Size(most, standardPage, standardPage))
	if !ok {
		return nil, nil, badToken()
	}
	out := []types.Account{}
	for _, id := range page {
		out = append(out, o.describeAccount(o.accounts[id]))
	}
	return out, next, nil
}

func same(id string) string { return id }

func (s *Service) listAccounts(o *organization, in *org.ListAccountsInput) (*org.ListAccountsOutput, error) {
	page, next, err := o.pageAccounts("", in.NextToken, in.MaxResults)
	return &org.ListAccountsOutput{Accounts: page, NextToken: next}, err
}

func (s *Service) listAccountsForParent(o *organization, in *org.ListAccountsForParentInput) (*org.ListAccountsForParentOutput, error) {
	if !o.container(aws.ToString(in.ParentId)) {
		return nil, noParent()
	}
	page, next, err := o.pageAccounts(*in.ParentId, in.NextToken, in.MaxResults)
	return &org.ListAccountsForParentOutput{Accounts: page, NextToken: next}, err
}

func (s *Service) describeAccount(o *organization, in *org.DescribeAccountInput) (*org.DescribeAccountOutput, error) {
	a, ok := o.accounts[aws.ToString(in.AccountId)]
	if !ok {
		return nil, noAccount()
	}
	out := o.describeAccount(a)
	return &org.DescribeAccountOutput{Account: &out}, nil
}

func (s *Service) moveAccount(o *organization, in *org.MoveAccountInput) (*org.MoveAccountOutput, error) {
	a, ok := o.accounts[aws.ToString(in.AccountId)]
	switch {
	case !ok:
		return nil, noAccount()
	case !o.container(aws.ToString(in.SourceParentId)) || a.parent != *in.SourceParentId:
		return nil, &api.Error{Code: "SourceParentNotFoundException", Message: "You specified a source root or OU that doesn't exist."}
	case !o.container(aws.ToString(in.DestinationParentId)):
		return nil, &api.Error{Code: "DestinationParentNotFoundException", Message: "You specified a destination root or OU that doesn't exist."}
	case *in.DestinationParentId == a.parent:
		return nil, &api.Error{Code: "DuplicateAccountException", Message: "The account already exists in the specified destination."}
	}
	a.parent, o.changed = *in.DestinationParentId, s.world.Now()
	return &org.MoveAccountOutput{}, nil
}

func (s *Service) listServiceAccess(*organization, *org.ListAWSServiceAccessForOrganizationInput) (*org.ListAWSServiceAccessForOrganizationOutput, error) {
	return &org.ListAWSServiceAccessForOrganizationOutput{EnabledServicePrincipals: []types.EnabledServicePrincipal{}}, nil
}

func (s *Service) listTags(o *organization, in *org.ListTagsForResourceInput) (*org.ListTagsForResourceOutput, error) {
	id := aws.ToString(in.ResourceId)
	if !o.exists(id) && o.policies[id] == nil {
		return nil, noTarget()
	}
	out := &org.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, k := range sortedKeys(o.tags[id]) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(k), Value: aws.String(o.tags[id][k])})
	}
	return out, nil
}

// keep files tags given at creation.
func (o *organization) keep(id string, tags []types.Tag) {
	if len(tags) == 0 {
		return
	}
	o.tags[id] = map[string]string{}
	for _, t := range tags {
		o.tags[id][aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
}
