package backup

import (
	"maps"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim/api"
)

// supportedTypes are the resource types that AWS Backup knows (GetSupportedResourceTypes).
func supportedTypes() []string {
	return []string{"Aurora", "CloudFormation", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "Redshift",
		"Redshift Serverless", "S3", "SAP HANA on Amazon EC2", "Storage Gateway", "Timestream", "VirtualMachine"}
}

// settings are the Region settings of semantics 1.6 and 1.7.
type settings struct {
	optIn   map[string]bool
	manage  map[string]bool
	touched bool // no longer waiting for the first vault or plan to opt everything in
}

// newSettings is a Region in which nobody used AWS Backup: nothing opted in, advanced features of DynamoDB on, as for accounts made since November 2021.
func newSettings(stayOut bool) settings {
	st := settings{optIn: map[string]bool{}, manage: map[string]bool{resourceType: true, "EFS": true}, touched: stayOut}
	for _, t := range supportedTypes() {
		st.optIn[t] = false
	}
	return st
}

// firstUse opts the Region in to every type, once: the first vault or plan does that (semantics 1.6).
func (st *settings) firstUse() {
	if st.touched {
		return
	}
	st.touched = true
	for _, t := range supportedTypes() {
		st.optIn[t] = true
	}
}

// advanced tells whether backups of tables are made with the advanced features (semantics 1.7).
func (st *settings) advanced() bool { return st.optIn[resourceType] && st.manage[resourceType] }

func (s *Service) describeRegionSettings(c *api.Call, _ *sdk.DescribeRegionSettingsInput) (*sdk.DescribeRegionSettingsOutput, error) {
	st := s.area(c.Scope).settings
	return &sdk.DescribeRegionSettingsOutput{
		ResourceTypeOptInPreference:      maps.Clone(st.optIn),
		ResourceTypeManagementPreference: maps.Clone(st.manage),
	}, nil
}

func (s *Service) updateRegionSettings(c *api.Call, in *sdk.UpdateRegionSettingsInput) (*sdk.UpdateRegionSettingsOutput, error) {
	st := &s.area(c.Scope).settings
	for t := range in.ResourceTypeOptInPreference {
		if _, known := st.optIn[t]; !known {
			return nil, invalid("Element present in resource type opt in preference has invalid values. Please use describeRegionSettings API to know the supported resource types")
		}
	}
	for t := range in.ResourceTypeManagementPreference {
		if _, known := st.manage[t]; !known {
			return nil, invalid("Element present in resource type management preference has invalid values. Please use describeRegionSettings API to know the supported resource types")
		}
	}
	st.touched = true
	maps.Copy(st.optIn, in.ResourceTypeOptInPreference)
	maps.Copy(st.manage, in.ResourceTypeManagementPreference)
	return &sdk.UpdateRegionSettingsOutput{}, nil
}

const crossAccount = "isCrossAccountBackupEnabled"

func defaultGlobalSettings() map[string]string {
	return map[string]string{crossAccount: "false", "isMpaEnabled": "false", "isDelegatedAdministratorEnabled": "false"}
}

func (s *Service) describeGlobalSettings(c *api.Call, _ *sdk.DescribeGlobalSettingsInput) (*sdk.DescribeGlobalSettingsOutput, error) {
	a := s.account(s.payer(c.Account))
	return &sdk.DescribeGlobalSettingsOutput{GlobalSettings: maps.Clone(a.global), LastUpdateTime: moment(a.updated)}, nil
}

// updateGlobalSettings is for the management account alone; an account outside any organisation is refused too (assumed text).
func (s *Service) updateGlobalSettings(c *api.Call, in *sdk.UpdateGlobalSettingsInput) (*sdk.UpdateGlobalSettingsOutput, error) {
	if m, ok := s.management(c.Account); !ok || m != c.Account {
		return nil, badRequest("Global settings can only be updated from the management account of an organization.")
	}
	a := s.account(c.Account)
	for k, v := range in.GlobalSettings {
		if _, known := a.global[k]; !known || v != "true" && v != "false" {
			return nil, invalid("Invalid global setting: %s=%s", k, v)
		}
	}
	maps.Copy(a.global, in.GlobalSettings)
	a.updated = c.Now
	return &sdk.UpdateGlobalSettingsOutput{}, nil
}

func (s *Service) getSupportedResourceTypes(*api.Call, *sdk.GetSupportedResourceTypesInput) (*sdk.GetSupportedResourceTypesOutput, error) {
	return &sdk.GetSupportedResourceTypesOutput{ResourceTypes: supportedTypes()}, nil
}

func (s *Service) management(account string) (string, bool) {
	if s.o.Org == nil {
		return "", false
	}
	return s.o.Org.Management(account)
}

// payer is the management account, or the account itself outside any organisation.
func (s *Service) payer(account string) string {
	if m, ok := s.management(account); ok {
		return m
	}
	return account
}

// crossAccountCopies tells whether the organisation of an account lets backups go from one account to another.
func (s *Service) crossAccountCopies(account string) bool {
	m, ok := s.management(account)
	return ok && s.account(m).global[crossAccount] == "true"
}

func (s *Service) monthAgo() time.Time { return s.w.Now().Add(-recordRetention) }
