package build

import "strings"

// Apart is the builder of the unit of a Region in an account: kept from the units of other accounts, and of other Regions. Either may be a
// text that only deployment resolves, ${…}; equal texts are one Region, or account. Where neither says more than b, it is In's.
func (b *Builder) Apart(region, account string) *Builder {
	root := b
	if b.root != nil {
		root = b.root
	}
	if !symbolic(region) && (account == "" || account == root.Unit.Account.Or("")) {
		return root.In(region)
	}
	key := region + " " + account
	if other := root.others[key]; other != nil {
		return other
	}
	other := New()
	other.root = root
	switch {
	case symbolic(region):
		other.Unit.Region = Unknown[string](other, Pos{}, NotResolved, "the Region is "+region)
	case region != "":
		other.Unit.Region = Known(other, region, Pos{})
	}
	other.Unit.Partition = Known(other, PartitionOf(region), Pos{})
	switch {
	case symbolic(account):
		other.Unit.Account = Unknown[string](other, Pos{}, NotResolved, "the account is "+account)
	case account != "":
		other.Unit.Account = Known(other, account, Pos{})
	}
	if root.others == nil {
		root.others = map[string]*Builder{}
	}
	root.others[key] = other
	return other
}

func symbolic(s string) bool { return strings.Contains(s, "${") }
