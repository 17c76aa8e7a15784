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
	regions, accounts := stands(a.root.Unit.Region), stands(a.root.Unit.Account)
	for i := range resources {
		if strings.HasPrefix(resources[i].Type, "aws_") {
			regions[resources[i].Region], accounts[resources[i].Account] = true, true
		}
	}
	a.spread = several(regions) || several(accounts)
	for i := range resources {
		a.want(&resources[i])
	}
	if one := stated(only(regions)); one != "" && untouched(a.root.Unit) {
		a.root.Unit.Region = build.Known(a.root, one, build.Pos{})
		a.root.Unit.Partition = build.Known(a.root, build.PartitionOf(one), build.Pos{})
	}
	if one := stated(only(accounts)); one != "" && untouched(a.root.Unit) {
		a.root.Unit.Account = build.Known(a.root, one, build.Pos{})
	}
}

// stands is what is stated already.
func stands(f estate.Fact[string]) map[string]bool {
	if text, ok := f.Get(); ok {
		return map[string]bool{text: true}
	}
	return map[string]bool{}
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

// where is a Region in an account, as resources state them.
type where struct{ region, account string }

// want notes where there is something to judge: a Region that holds a certificate alone, say, has no unit.
func (a *assembly) want(r *resource.Resource) {
	if !strings.HasPrefix(r.Type, "aws_dynamodb_") && !strings.HasPrefix(r.Type, "aws_backup_") {
		return
	}
	a.wanted[where{r.Region, r.Account}] = true
	replicas, _ := r.Body.Blocks("replica")
	for _, replica := range replicas {
		if v, _, _ := replica.Value("region_name"); v.IsKnown() && !v.IsNull() {
			region, _ := textOf(v)
			a.wanted[where{region, r.Account}] = true
		}
	}
}

// place is the builder of the unit to which a resource belongs; one that nobody reads where there is none.
func (a *assembly) place(r *resource.Resource) *build.Builder {
	switch {
	case !a.spread:
		return a.use(a.root, "")
	case !a.wanted[where{r.Region, r.Account}]:
		return a.nowhere
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
