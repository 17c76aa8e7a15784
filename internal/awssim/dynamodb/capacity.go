package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Unit sizes of "Read and write capacity".
const (
	readUnit  = 4096
	writeUnit = 1024
)

// consumed adds up the capacity units of one table.
type consumed struct {
	t       *table
	table   float64
	indexes map[string]float64
}

func newConsumed(t *table) *consumed { return &consumed{t: t, indexes: map[string]float64{}} }

// readUnits is what reading so many bytes costs.
func readUnits(bytes int, consistent bool) float64 {
	units := float64(max(1, (bytes+readUnit-1)/readUnit))
	if !consistent {
		units /= 2
	}
	return units
}

func writeUnits(bytes int) float64 { return float64(max(1, (bytes+writeUnit-1)/writeUnit)) }

// write adds the cost of replacing old by data, in the table and in every index that changes.
func (c *consumed) write(old, data string) {
	c.table += writeUnits(max(sizeOf(old), sizeOf(data)))
	if len(c.t.indexes) == 0 || old == data {
		return
	}
	var before, after item.Item
	if old != "" {
		before = item.Decode(old)
	}
	if data != "" {
		after = item.Decode(data)
	}
	for _, x := range c.t.indexes {
		if units := c.t.indexUnits(x, before, after); units > 0 {
			c.indexes[x.name] += units
		}
	}
}

func (t *table) indexUnits(x *index, before, after item.Item) float64 {
	from, was := t.indexKey(x, before)
	to, is := t.indexKey(x, after)
	old, now := t.projected(x, before), t.projected(x, after)
	switch {
	case !was && !is:
		return 0
	case was && is && from == to:
		if item.Encode(old) == item.Encode(now) {
			return 0
		}
		return writeUnits(max(item.Size(old), item.Size(now)))
	}
	units := 0.0
	if was {
		units += writeUnits(item.Size(old))
	}
	if is {
		units += writeUnits(item.Size(now))
	}
	return units
}

// answer is the ConsumedCapacity that the request asked for; nil for NONE.
func (c *consumed) answer(want types.ReturnConsumedCapacity) *types.ConsumedCapacity {
	if want == "" || want == types.ReturnConsumedCapacityNone {
		return nil
	}
	total := c.table
	for _, units := range c.indexes {
		total += units
	}
	out := &types.ConsumedCapacity{TableName: aws.String(c.t.name), CapacityUnits: aws.Float64(total)}
	if want != types.ReturnConsumedCapacityIndexes {
		return out
	}
	out.Table = &types.Capacity{CapacityUnits: aws.Float64(c.table)}
	for _, x := range c.t.indexes {
		units, ok := c.indexes[x.name]
		if !ok {
			continue
		}
		into := &out.LocalSecondaryIndexes
		if x.global {
			into = &out.GlobalSecondaryIndexes
		}
		if *into == nil {
			*into = map[string]types.Capacity{}
		}
		(*into)[x.name] = types.Capacity{CapacityUnits: aws.Float64(units)}
	}
	return out
}
