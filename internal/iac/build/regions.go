package build

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// In is the builder of the unit of a Region in the same account: of the replicas of a global table, say. It is b itself where b's Region
// is that one, or where region is empty. What is stated of b's partition and account must be stated before.
func (b *Builder) In(region string) *Builder {
	if region == "" || b.Unit.Region.Or("") == region {
		return b
	}
	root := b
	if b.root != nil {
		root = b.root
	}
	if account := b.Unit.Account.Or(""); account != root.Unit.Account.Or("") && account != "" {
		return root.Apart(region, account)
	}
	if root.Unit.Region.Or("") == region {
		return root
	}
	if other := root.others[region]; other != nil {
		return other
	}
	other := New()
	other.root = root
	other.Unit.Region = Known(other, region, Pos{})
	other.Unit.Partition = Known(other, PartitionOf(region), Pos{})
	if account, ok := root.Unit.Account.Get(); ok {
		other.Unit.Account = Known(other, account, Pos{})
	}
	if root.others == nil {
		root.others = map[string]*Builder{}
	}
	root.others[region] = other
	return other
}

// Units are the unit that was begun with, and those of other Regions in order.
func (b *Builder) Units() []*estate.Unit {
	if b.root != nil {
		return b.root.Units()
	}
	regions := make([]string, 0, len(b.others))
	for region := range b.others {
		regions = append(regions, region)
	}
	slices.Sort(regions)
	units := []*estate.Unit{b.Unit}
	for _, region := range regions {
		units = append(units, b.others[region].Unit)
	}
	return units
}

// PartitionOf is where a Region lies; aws where nothing says otherwise
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
