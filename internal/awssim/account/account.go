package account

import (
	"slices"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

// The members of the requests and answers bear the service model's names.

// ListRegionsInput is the request of ListRegions.
type ListRegionsInput struct {
	AccountId               *string //nolint:revive // the model's member name
	MaxResults              *int32
	NextToken               *string
	RegionOptStatusContains []string
}

// ListRegionsOutput is the answer of ListRegions.
type ListRegionsOutput struct {
	NextToken *string
	Regions   []RegionStatus
}

// RegionStatus is one Region of an account.
type RegionStatus struct {
	RegionName      *string
	RegionOptStatus *string
}

// GetRegionOptStatusInput is the request of GetRegionOptStatus.
type GetRegionOptStatusInput struct{ AccountId, RegionName *string } //nolint:revive // the model's member name

// GetRegionOptStatusOutput is the answer of GetRegionOptStatus.
type GetRegionOptStatusOutput struct{ RegionName, RegionOptStatus *string }

// EnableRegionInput is the request of EnableRegion.
type EnableRegionInput struct{ AccountId, RegionName *string } //nolint:revive // the model's member name

// EnableRegionOutput is empty.
type EnableRegionOutput struct{}

// DisableRegionInput is the request of DisableRegion.
type DisableRegionInput struct{ AccountId, RegionName *string } //nolint:revive // the model's member name

// DisableRegionOutput is empty.
type DisableRegionOutput struct{}

// GetAccountInformationInput is the request of GetAccountInformation.
type GetAccountInformationInput struct{ AccountId *string } //nolint:revive // the model's member name

// GetAccountInformationOutput is the answer of GetAccountInformation.
type GetAccountInformationOutput struct {
	AccountId, AccountName *string //nolint:revive // the model's member names
	AccountCreatedDate     *time.Time
	AccountState           *string
}

func invalid(message string) error {
	return &api.Error{Code: "ValidationException", Message: message}
}

// about finds the account that a request is about: the caller's, or a member of the organisation that he manages.
func (s *Service) about(c *api.Call, asked *string) (string, error) {
	if asked == nil || *asked == c.Account {
		return c.Account, nil
	}
	if s.organisation != nil {
		if m, ok := s.organisation.Management(*asked); ok && m == c.Account {
			return *asked, nil
		}
	}
	return "", &api.Error{Code: "AccessDeniedException", Status: 403, Message: "User: " + c.Caller.ARN + " is not authorized to perform: account:" + c.Operation}
}

func (s *Service) listRegions(c *api.Call, in *ListRegionsInput) (*ListRegionsOutput, error) {
	account, err := s.about(c, in.AccountId)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, r := range regions(c.Partition) {
		if len(in.RegionOptStatusContains) == 0 || slices.Contains(in.RegionOptStatusContains, s.status(c.Partition, account, r.name)) {
			found = append(found, r.name)
		}
	}
	page, next, ok := paging.Cut(found, func(n string) string { return n }, in.NextToken, paging.Size(in.MaxResults, 50, 50))
	if !ok {
		return nil, invalid("The provided NextToken is invalid.")
	}
	out := &ListRegionsOutput{Regions: []RegionStatus{}, NextToken: next}
	for _, name := range page {
		status := s.status(c.Partition, account, name)
		out.Regions = append(out.Regions, RegionStatus{RegionName: &name, RegionOptStatus: &status})
	}
	return out, nil
}

// named checks the Region that a request names.
func (s *Service) named(c *api.Call, account, name *string) (setting, error) {
	id, err := s.about(c, account)
	if err != nil {
		return setting{}, err
	}
	if name == nil || s.status(c.Partition, id, *name) == "" {
		return setting{}, invalid("The RegionName provided is not valid.")
	}
	return setting{id, *name}, nil
}

func (s *Service) getRegionOptStatus(c *api.Call, in *GetRegionOptStatusInput) (*GetRegionOptStatusOutput, error) {
	at, err := s.named(c, in.AccountId, in.RegionName)
	if err != nil {
		return nil, err
	}
	status := s.status(c.Partition, at.account, at.region)
	return &GetRegionOptStatusOutput{RegionName: &at.region, RegionOptStatus: &status}, nil
}

func (s *Service) enableRegion(c *api.Call, in *EnableRegionInput) (*EnableRegionOutput, error) {
	return &EnableRegionOutput{}, s.turn(c, in.AccountId, in.RegionName, enabling, enabled)
}

func (s *Service) disableRegion(c *api.Call, in *DisableRegionInput) (*DisableRegionOutput, error) {
	return &DisableRegionOutput{}, s.turn(c, in.AccountId, in.RegionName, disabling, disabled)
}

// turn starts a switch, which ends some minutes later. Asking for what is so already, or under way, changes nothing.
func (s *Service) turn(c *api.Call, account, name *string, during, end string) error {
	at, err := s.named(c, account, name)
	if err != nil {
		return err
	}
	switch s.status(c.Partition, at.account, at.region) {
	case enabledByDefault:
		return invalid("The Region " + at.region + " is enabled by default and cannot be changed.")
	case during, end:
		return nil
	case enabling, disabling:
		return &api.Error{Code: "ConflictException", Message: "The Region " + at.region + " is being enabled or disabled."}
	}
	s.settings[at] = during
	s.world.After(switching, func() {
		if s.settings[at] == during {
			s.settings[at] = end
		}
	})
	return nil
}

func (s *Service) getAccountInformation(c *api.Call, in *GetAccountInformationInput) (*GetAccountInformationOutput, error) {
	account, err := s.about(c, in.AccountId)
	if err != nil {
		return nil, err
	}
	if s.first[account].IsZero() {
		s.first[account] = s.world.Now()
	}
	created, name, state := s.first[account], "account-"+account, "ACTIVE"
	return &GetAccountInformationOutput{AccountId: &account, AccountName: &name, AccountCreatedDate: &created, AccountState: &state}, nil
}
