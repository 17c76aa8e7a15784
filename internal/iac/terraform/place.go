package terraform

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// locate looks at which Regions and accounts are stated. As long as there is one at most of each, everything is one unit. Those that only
// deployment resolves are told apart by their texts: what is in one does not protect what is in the other.
func (a *assembly) locate(resources []resource.Resource) {
	regions, accounts := map[string]bool{}, map[string]bool{}
	for i := range resources {
		if strings.HasPrefix(resources[i].Type, "aws_") {
			regions[resources[i].Region], accounts[resources[i].Account] = true, true
		}
	}
	a.spread = several(regions) || several(accounts)
	if one := stated(only(regions)); one != "" && untouched(a.root.Unit) {
		a.root.Unit.Region = build.Known(a.root, one, build.Pos{})
		a.root.Unit.Partition = build.Known(a.root, build.PartitionOf(one), build.Pos{})
	}
	if one := stated(only(accounts)); one != "" && untouched(a.root.Unit) {
		a.root.Unit.Account = build.Known(a.root, one, build.Pos{})
	}
}

// several reports whether there are two texts but the empty one.
func several(set map[string]bool) bool { return len(set) > 2 || len(set) == 2 && !set[""] }

func stated(text string) string {
	if resource.Symbolic(text) {
		return ""
	}
	return text
}

// only is what all say, empty where they differ.
func only(set map[string]bool) string {
	if len(set) == 1 {
		for one := range set {
			return one
		}
	}
	return ""
}

// untouched reports whether nothing is in a unit, so that what is added to it tells where it is.
func untouched(u *estate.Unit) bool { return len(u.Declared) == 0 }

// place is the builder of the unit to which a resource belongs.
func (a *assembly) place(r *resource.Resource) *build.Builder {
	if !a.spread {
		return a.use(a.root, "")
	}
	return a.unitOf(r.Region, r.Account)
}

// unitOf is the builder of a Region in an account.
func (a *assembly) unitOf(region, account string) *build.Builder {
	if !a.spread {
		account = ""
	}
	return a.use(a.root.Apart(region, account), account)
}

func (a *assembly) use(b *build.Builder, account string) *build.Builder {
	if _, used := a.accounts[b]; !used {
		a.accounts[b] = account
		a.builders = append(a.builders, b)
	}
	return b
}

// everywhere are the units of the account in which a resource is.
func (a *assembly) everywhere(d *declaration) []*build.Builder {
	return slices.DeleteFunc(slices.Clone(a.builders), func(b *build.Builder) bool { return a.spread && a.accounts[b] != d.Account })
}
