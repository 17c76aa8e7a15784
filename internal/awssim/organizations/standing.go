package organizations

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

func (s *Service) standingOperations() []api.Operation {
	return []api.Operation{
		managed(s, "CloseAccount", onTarget(func(in *org.CloseAccountInput) *string { return in.AccountId }), s.closeAccount),
		managed(s, "RegisterDelegatedAdministrator", onTarget(func(in *org.RegisterDelegatedAdministratorInput) *string { return in.AccountId }), s.registerDelegate),
		managed(s, "DeregisterDelegatedAdministrator", onTarget(func(in *org.DeregisterDelegatedAdministratorInput) *string { return in.AccountId }), s.deregisterDelegate),
		delegable(s, "ListDelegatedAdministrators", nil, s.listDelegatedAdministrators),
	}
}

// closing is how long an account is being closed. AWS says minutes; which is assumed.
const closing = 5 * time.Minute

// closeAccount: https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html. A closed account stays listed for 90 days.
func (s *Service) closeAccount(o *organization, in *org.CloseAccountInput) (*org.CloseAccountOutput, error) {
	a, ok := o.accounts[aws.ToString(in.AccountId)]
	switch {
	case !ok:
		return nil, noAccount()
	case a.id == o.management:
		return nil, &api.Error{Code: "ConstraintViolationException", Message: "You cannot close the management account of your organization using AWS Organizations.",
			Fields: map[string]any{"Reason": "CANNOT_CLOSE_MANAGEMENT_ACCOUNT"}}
	case a.state != types.AccountStateActive:
		return nil, &api.Error{Code: "AccountAlreadyClosedException", Message: "You attempted to close an account that is already closed."}
	}
	a.state = types.AccountStatePendingClosure
	s.world.After(closing, func() { a.state = types.AccountStateSuspended })
	return &org.CloseAccountOutput{}, nil
}

// statusOf is the older Status of an account in a State.
func statusOf(state types.AccountState) types.AccountStatus {
	switch state {
	case types.AccountStateSuspended:
		return types.AccountStatusSuspended
	case types.AccountStatePendingClosure:
		return types.AccountStatusPendingClosure
	case types.AccountStateActive, types.AccountStatePendingActivation, types.AccountStateClosed:
	}
	return types.AccountStatusActive
}

func (s *Service) registerDelegate(o *organization, in *org.RegisterDelegatedAdministratorInput) (*org.RegisterDelegatedAdministratorOutput, error) {
	id, service := aws.ToString(in.AccountId), aws.ToString(in.ServicePrincipal)
	switch {
	case o.accounts[id] == nil:
		return nil, noAccount()
	case slices.Contains(o.delegated[id], service):
		return nil, &api.Error{Code: "AccountAlreadyRegisteredException", Message: "The provided account is already a delegated administrator for your organization."}
	}
	o.delegated[id] = append(o.delegated[id], service)
	return &org.RegisterDelegatedAdministratorOutput{}, nil
}

func (s *Service) deregisterDelegate(o *organization, in *org.DeregisterDelegatedAdministratorInput) (*org.DeregisterDelegatedAdministratorOutput, error) {
	id, service := aws.ToString(in.AccountId), aws.ToString(in.ServicePrincipal)
	at := slices.Index(o.delegated[id], service)
	if at < 0 {
		return nil, &api.Error{Code: "AccountNotRegisteredException", Message: "The provided account is not a delegated administrator for your organization."}
	}
	o.delegated[id] = slices.Delete(o.delegated[id], at, at+1)
	return &org.DeregisterDelegatedAdministratorOutput{}, nil
}

func (s *Service) listDelegatedAdministrators(o *organization, in *org.ListDelegatedAdministratorsInput) (*org.ListDelegatedAdministratorsOutput, error) {
	var ids []string
	for _, id := range sortedKeys(o.delegated) {
		services := o.delegated[id]
		if len(services) > 0 && (in.ServicePrincipal == nil || slices.Contains(services, *in.ServicePrincipal)) {
			ids = append(ids, id)
		}
	}
	page, next, ok := paging.Cut(ids, same, in.NextToken, paging.Size(in.MaxResults, standardPage, standardPage))
	if !ok {
		return nil, badToken()
	}
	out := &org.ListDelegatedAdministratorsOutput{DelegatedAdministrators: []types.DelegatedAdministrator{}, NextToken: next}
	for _, id := range page {
		a := o.describeAccount(o.accounts[id])
		out.DelegatedAdministrators = append(out.DelegatedAdministrators, types.DelegatedAdministrator{
			Id: a.Id, Arn: a.Arn, Name: a.Name, Email: a.Email, Status: a.Status,
			JoinedMethod: a.JoinedMethod, JoinedTimestamp: a.JoinedTimestamp,
		})
	}
	return out, nil
}
