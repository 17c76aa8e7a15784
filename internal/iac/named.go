package iac

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Place is where templates are deployed.
type Place struct{ Partition, Account, Region string }

// Named are the ARNs of roles and keys that templates refer to and do not declare: whoever reads what is deployed reads these, too.
type Named struct{ Roles, Keys []string }

// NamedBy gathers what the templates of units name, of those that are, or may be, deployed at a place. What else is left to deployment in an
// ARN keeps it out.
func NamedBy(units []*estate.Unit, at Place) Named {
	n := &namer{fill: strings.NewReplacer("${AWS::AccountId}", at.Account, "${AWS::Region}", at.Region, "${AWS::Partition}", at.Partition)}
	for _, u := range units {
		if region, ok := u.Region.Get(); ok && region != at.Region {
			continue
		}
		for i := range u.Plans.Items {
			for _, s := range u.Plans.Items[i].Selections.Items {
				n.add(&n.Roles, ":role/", s.RoleARN)
			}
		}
		for i := range u.RestoreTestingPlans.Items {
			for _, s := range u.RestoreTestingPlans.Items[i].Selections.Items {
				n.add(&n.Roles, ":role/", s.RoleARN)
			}
		}
		for i := range u.Tables.Items {
			n.add(&n.Keys, ":key/", u.Tables.Items[i].KeyARN)
		}
		for i := range u.Vaults.Items {
			n.add(&n.Keys, ":key/", u.Vaults.Items[i].KeyARN)
		}
	}
	return n.Named
}

type namer struct {
	Named
	fill *strings.Replacer
}

func (n *namer) add(to *[]string, kind string, f estate.Fact[string]) {
	arn := n.fill.Replace(f.Or(""))
	if strings.HasPrefix(arn, "arn:") && strings.Contains(arn, kind) && !strings.Contains(arn, "${") && !slices.Contains(*to, arn) {
		*to = append(*to, arn)
	}
}
