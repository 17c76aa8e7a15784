package organizations

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	org "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

// deepest is how many levels of units an organisation may have.
const deepest = 5

func (o *organization) describeRoot() types.Root {
	out := types.Root{Id: &o.root, Arn: aws.String(o.arn("root", o.root)), Name: aws.String("Root"), PolicyTypes: []types.PolicyTypeSummary{}}
	for _, kind := range sortedKeys(o.enabled) {
		out.PolicyTypes = append(out.PolicyTypes, types.PolicyTypeSummary{Type: types.PolicyType(kind), Status: types.PolicyTypeStatusEnabled})
	}
	return out
}

func (s *Service) listRoots(o *organization, _ *org.ListRootsInput) (*org.ListRootsOutput, error) {
	return &org.ListRootsOutput{Roots: []types.Root{o.describeRoot()}}, nil
}

func (s *Service) listParents(o *organization, in *org.ListParentsInput) (*org.ListParentsOutput, error) {
	p, ok := o.parent(aws.ToString(in.ChildId))
	if !ok {
		return nil, &api.Error{Code: "ChildNotFoundException", Message: "You specified a child that doesn't exist."}
	}
	kind := types.ParentTypeOrganizationalUnit
	if p == o.root {
		kind = types.ParentTypeRoot
	}
	return &org.ListParentsOutput{Parents: []types.Parent{{Id: &p, Type: kind}}}, nil
}

func (o *organization) unitsOf(parent string) []string {
	var ids []string
	for _, id := range sortedKeys(o.units) {
		if o.units[id].parent == parent {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *Service) listChildren(o *organization, in *org.ListChildrenInput) (*org.ListChildrenOutput, error) {
	parent := aws.ToString(in.ParentId)
	if !o.container(parent) {
		return nil, noParent()
	}
	ids := o.unitsOf(parent)
	if in.ChildType == types.ChildTypeAccount {
		ids = nil
		for _, id := range sortedKeys(o.accounts) {
			if o.accounts[id].parent == parent {
				ids = append(ids, id)
			}
		}
	}
	page, next, ok := paging.Cut(ids, same, in.NextToken, paging.Size(in.MaxResults, standardPage, standardPage))
	if !ok {
		return nil, badToken()
	}
	out := &org.ListChildrenOutput{Children: []types.Child{}, NextToken: next}
	for _, id := range page {
		out.Children = append(out.Children, types.Child{Id: aws.String(id), Type: in.ChildType})
	}
	return out, nil
}

func (o *organization) describeUnit(u *unit) types.OrganizationalUnit {
	return types.OrganizationalUnit{Id: &u.id, Name: &u.name, Arn: aws.String(o.arn("ou", u.id))}
}

func (s *Service) listUnits(o *organization, in *org.ListOrganizationalUnitsForParentInput) (*org.ListOrganizationalUnitsForParentOutput, error) {
	if !o.container(aws.ToString(in.ParentId)) {
		return nil, noParent()
	}
	page, next, ok := paging.Cut(o.unitsOf(*in.ParentId), same, in.NextToken, paging.Size(in.MaxResults, standardPage, standardPage))
	if !ok {
		return nil, badToken()
	}
	out := &org.ListOrganizationalUnitsForParentOutput{OrganizationalUnits: []types.OrganizationalUnit{}, NextToken: next}
	for _, id := range page {
		out.OrganizationalUnits = append(out.OrganizationalUnits, o.describeUnit(o.units[id]))
	}
	return out, nil
}

func (s *Service) createUnit(o *organization, in *org.CreateOrganizationalUnitInput) (*org.CreateOrganizationalUnitOutput, error) {
	parent, name := aws.ToString(in.ParentId), aws.ToString(in.Name)
	if !o.container(parent) {
		return nil, noParent()
	}
	for _, id := range o.unitsOf(parent) {
		if o.units[id].name == name {
			return nil, &api.Error{Code: "DuplicateOrganizationalUnitException", Message: "An OU with the same name already exists."}
		}
	}
	if len(o.lineage(parent)) > deepest {
		return nil, constraint("OU_DEPTH_LIMIT_EXCEEDED", "You have exceeded the maximum OU depth.")
	}
	u := &unit{id: "ou-" + strings.TrimPrefix(o.root, "r-") + "-" + s.letters(8), name: name, parent: parent}
	o.units[u.id] = u
	o.keep(u.id, in.Tags)
	if o.enabled[controlPolicy] {
		o.attached[u.id] = []string{fullAccess}
	}
	out := o.describeUnit(u)
	return &org.CreateOrganizationalUnitOutput{OrganizationalUnit: &out}, nil
}

func (s *Service) describeUnit(o *organization, in *org.DescribeOrganizationalUnitInput) (*org.DescribeOrganizationalUnitOutput, error) {
	u, ok := o.units[aws.ToString(in.OrganizationalUnitId)]
	if !ok {
		return nil, noUnit()
	}
	out := o.describeUnit(u)
	return &org.DescribeOrganizationalUnitOutput{OrganizationalUnit: &out}, nil
}

func (s *Service) deleteUnit(o *organization, in *org.DeleteOrganizationalUnitInput) (*org.DeleteOrganizationalUnitOutput, error) {
	u, ok := o.units[aws.ToString(in.OrganizationalUnitId)]
	if !ok {
		return nil, noUnit()
	}
	children := len(o.unitsOf(u.id))
	for _, a := range o.accounts {
		if a.parent == u.id {
			children++
		}
	}
	if children > 0 {
		return nil, &api.Error{Code: "OrganizationalUnitNotEmptyException", Message: "Remove all accounts and OUs from the parent OU before you delete it."}
	}
	delete(o.units, u.id)
	delete(o.attached, u.id)
	return &org.DeleteOrganizationalUnitOutput{}, nil
}

func (s *Service) enablePolicyType(o *organization, in *org.EnablePolicyTypeInput) (*org.EnablePolicyTypeOutput, error) {
	kind := string(in.PolicyType)
	switch {
	case aws.ToString(in.RootId) != o.root:
		return nil, noRoot()
	case o.enabled[kind]:
		return nil, &api.Error{Code: "PolicyTypeAlreadyEnabledException", Message: "The specified policy type is already enabled."}
	case o.features != "ALL":
		return nil, &api.Error{Code: "PolicyTypeNotAvailableForOrganizationException", Message: "This operation requires that your organization has all features enabled."}
	}
	o.enabled[kind], o.changed = true, s.world.Now()
	if kind == controlPolicy {
		for _, target := range o.targets() {
			o.attached[target] = append(o.attached[target], fullAccess)
		}
	}
	root := o.describeRoot()
	return &org.EnablePolicyTypeOutput{Root: &root}, nil
}

// targets lists everything that a policy can be attached to: root, units, accounts.
func (o *organization) targets() []string {
	return append(append([]string{o.root}, sortedKeys(o.units)...), sortedKeys(o.accounts)...)
}

// disablePolicyType detaches every policy of the type.
func (s *Service) disablePolicyType(o *organization, in *org.DisablePolicyTypeInput) (*org.DisablePolicyTypeOutput, error) {
	kind := string(in.PolicyType)
	switch {
	case aws.ToString(in.RootId) != o.root:
		return nil, noRoot()
	case !o.enabled[kind]:
		return nil, notEnabled()
	}
	delete(o.enabled, kind)
	o.changed = s.world.Now()
	for target := range o.attached {
		var rest []string
		for _, id := range o.attached[target] {
			if o.policies[id].kind != kind {
				rest = append(rest, id)
			}
		}
		o.attached[target] = rest
	}
	root := o.describeRoot()
	return &org.DisablePolicyTypeOutput{Root: &root}, nil
}

func notEnabled() error {
	return &api.Error{Code: "PolicyTypeNotEnabledException", Message: "This operation can be performed only for enabled policy types."}
}
