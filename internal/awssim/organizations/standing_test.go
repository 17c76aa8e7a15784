package organizations

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// A closed account stays listed, first as being closed and then as suspended.
func TestAClosedAccountStaysListed(t *testing.T) {
	f := founded(t)
	state := func() types.AccountState {
		return must[org.DescribeAccountOutput](f, "DescribeAccount", &org.DescribeAccountInput{AccountId: aws.String(member)}).Account.State
	}
	if state() != types.AccountStateActive {
		t.Errorf("is %s at first", state())
	}
	f.refused("ConstraintViolationException", management, "CloseAccount", &org.CloseAccountInput{AccountId: aws.String(management)})
	f.refused("AccountNotFoundException", management, "CloseAccount", &org.CloseAccountInput{AccountId: aws.String("333333333333")})
	must[org.CloseAccountOutput](f, "CloseAccount", &org.CloseAccountInput{AccountId: aws.String(member)})
	if state() != types.AccountStatePendingClosure {
		t.Errorf("is %s after closing it", state())
	}
	f.refused("AccountAlreadyClosedException", management, "CloseAccount", &org.CloseAccountInput{AccountId: aws.String(member)})
	f.world.Advance(2 * closing)
	list := must[org.ListAccountsOutput](f, "ListAccounts", &org.ListAccountsInput{})
	if n := len(list.Accounts); n != 2 || state() != types.AccountStateSuspended {
		t.Errorf("is %s later, among %d accounts", state(), n)
	}
}

// A delegated administrator may look, and change nothing.
func TestADelegatedAdministratorMayLook(t *testing.T) {
	f := founded(t)
	f.refused("AccessDeniedException", member, "ListAccounts", &org.ListAccountsInput{})
	in := &org.RegisterDelegatedAdministratorInput{AccountId: aws.String(member), ServicePrincipal: aws.String("backup.amazonaws.com")}
	must[org.RegisterDelegatedAdministratorOutput](f, "RegisterDelegatedAdministrator", in)
	f.refused("AccountAlreadyRegisteredException", management, "RegisterDelegatedAdministrator", in)
	if _, err := f.run(member, "ListAccounts", &org.ListAccountsInput{}); err != nil {
		t.Error(err)
	}
	f.refused("AccessDeniedException", member, "CloseAccount", &org.CloseAccountInput{AccountId: aws.String(member)})
	listed := must[org.ListDelegatedAdministratorsOutput](f, "ListDelegatedAdministrators", &org.ListDelegatedAdministratorsInput{})
	if n := len(listed.DelegatedAdministrators); n != 1 || *listed.DelegatedAdministrators[0].Id != member {
		t.Errorf("%d delegated administrators", n)
	}
	must[org.DeregisterDelegatedAdministratorOutput](f, "DeregisterDelegatedAdministrator", &org.DeregisterDelegatedAdministratorInput{AccountId: in.AccountId, ServicePrincipal: in.ServicePrincipal})
	f.refused("AccessDeniedException", member, "ListAccounts", &org.ListAccountsInput{})
}
