package account

import (
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Organisation answers who manages an account. *organizations.Service is one; nil stands for no organisations.
type Organisation interface {
	Management(account string) (id string, ok bool)
}

// Service is the Region settings of all accounts.
type Service struct {
	world        *world.World
	organisation Organisation
	settings     map[setting]string // status of opt-in Regions; absent: DISABLED
	first        map[string]time.Time
}

type setting struct{ account, region string }

// The statuses of a Region for an account.
const (
	enabled          = "ENABLED"
	enabling         = "ENABLING"
	disabled         = "DISABLED"
	disabling        = "DISABLING"
	enabledByDefault = "ENABLED_BY_DEFAULT"
)

// switching is how long it takes to enable or disable a Region: "a few minutes to several hours" with AWS.
const switching = 10 * time.Minute

// New makes accounts in which every opt-in Region is disabled.
func New(w *world.World, o Organisation) *Service {
	return &Service{world: w, organisation: o, settings: map[setting]string{}, first: map[string]time.Time{}}
}

// RegionEnabled answers whether requests of the account reach the Region. A name that AWS does not have is not enabled.
func (s *Service) RegionEnabled(sc world.Scope) bool {
	st := s.status(sc.Partition, sc.Account, sc.Region)
	return st == enabled || st == enabledByDefault || st == disabling
}

// SetRegion enables or disables an opt-in Region at once.
func (s *Service) SetRegion(account, name string, on bool) {
	s.settings[setting{account, name}] = map[bool]string{true: enabled, false: disabled}[on]
}

func (s *Service) status(partition, account, name string) string {
	r, ok := findRegion(partition, name)
	switch {
	case !ok:
		return ""
	case !r.optIn:
		return enabledByDefault
	}
	if st, ok := s.settings[setting{account, name}]; ok {
		return st
	}
	return disabled
}

// API lists the operations of AWS Account Management (https://docs.aws.amazon.com/accounts/latest/APIReference/).
func (s *Service) API() api.Service {
	return api.Service{Name: "account", Model: "account", Throttle: api.Error{Code: "TooManyRequestsException", Message: "Too Many Requests", Status: 429},
		Operations: []api.Operation{
			api.Op("ListRegions", func(c *api.Call, in *ListRegionsInput) []api.Access { return access(c, "ListRegions", in.AccountId) }, s.listRegions),
			api.Op("GetRegionOptStatus", func(c *api.Call, in *GetRegionOptStatusInput) []api.Access {
				return access(c, "GetRegionOptStatus", in.AccountId)
			}, s.getRegionOptStatus),
			api.Op("EnableRegion", func(c *api.Call, in *EnableRegionInput) []api.Access { return access(c, "EnableRegion", in.AccountId) }, s.enableRegion),
			api.Op("DisableRegion", func(c *api.Call, in *DisableRegionInput) []api.Access {
				return access(c, "DisableRegion", in.AccountId)
			}, s.disableRegion),
			api.Op("GetAccountInformation", func(c *api.Call, in *GetAccountInformationInput) []api.Access {
				return access(c, "GetAccountInformation", in.AccountId)
			}, s.getAccountInformation),
		}}
}

func access(c *api.Call, action string, account *string) []api.Access {
	resource := c.GlobalARN("account", "account")
	if account != nil {
		resource = c.GlobalARN("account", "account/*/"+*account)
	}
	return []api.Access{{Action: "account:" + action, Resource: resource}}
}

// EC2 lists the operations of EC2 that are simulated (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/).
func (s *Service) EC2() api.Service {
	return api.Service{Name: "ec2", Model: "ec2", Throttle: api.Error{Code: "RequestLimitExceeded", Message: "Request limit exceeded.", Status: 503},
		Operations: []api.Operation{
			api.Op("DescribeRegions", nil, s.describeRegions),
			api.Op("DescribeAccountAttributes", nil, s.describeAccountAttributes),
		}}
}
