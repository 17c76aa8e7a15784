package terraform

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// locate looks at which Regions and accounts are stated. As long as there is one at most, everything is one unit.
func (a *assembly) locate(resources []resource.Resource) {
	regions, accounts := map[string]bool{}, map[string]bool{}
	for i := range resources {
		if resources[i].Type == resource.TypeModule {
			continue
		}
		regions[stated(resources[i].Region)], accounts[stated(resources[i].Account)] = true, true
	}
	a.spread = len(regions) > 2 || len(regions) == 2 && !regions[""]
	if one := only(regions); one != "" && untouched(a.root.Unit) {
		a.root.Unit.Region = build.Known(a.root, one, build.Pos{})
		a.root.Unit.Partition = build.Known(a.root, build.PartitionOf(one), build.Pos{})
	}
	if one := only(accounts); one != "" && untouched(a.root.Unit) {
		a.root.Unit.Account = build.Known(a.root, one, build.Pos{})
	}
}

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
	b := a.root
	if a.spread {
		b = a.root.In(stated(r.Region))
	}
	a.use(b)
	return b
}

func (a *assembly) use(b *build.Builder) {
	if !slices.Contains(a.builders, b) {
		a.builders = append(a.builders, b)
	}
}
