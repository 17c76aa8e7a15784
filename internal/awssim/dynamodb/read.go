package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/expr"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// maxPage is how much Query and Scan read before they stop, by the items' sizes and before filtering.
const maxPage = 1 << 20

// reading is what Query and Scan have in common.
type reading struct {
	table, index           *string
	names                  map[string]string
	values                 map[string]types.AttributeValue
	keyCondition           *string
	filter, projection     *string
	selects                types.Select
	limit                  *int32
	start                  item.Item
	backward, consistent   bool
	segment, totalSegments *int32

	t       *table
	x       *index // nil for the table itself
	keys    *expr.KeyCondition
	filters *expr.Condition
	project *expr.Projection
	fetch   bool // a local index lacks what is asked for: read the table too
}

// page is what one call read.
type page struct {
	items         []map[string]types.AttributeValue
	count         int32
	scanned       int32
	bytes         int
	fetched       float64 // units spent on reading the table for a local index
	last          item.Item
	consumedTotal *consumed
}

func (s *Service) read(c *api.Call, r *reading) (*page, error) {
	if r.limit != nil && *r.limit < 1 {
		return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", *r.limit)
	}
	p, err := expr.NewParams(r.names, r.values)
	if err != nil {
		return nil, answer(err)
	}
	if r.t, err = s.findData(c, r.table); err != nil {
		return nil, err
	}
	if err := r.chooseIndex(); err != nil {
		return nil, err
	}
	if err := r.parse(p); err != nil {
		return nil, answer(err)
	}
	if err := r.checkSelect(); err != nil {
		return nil, err
	}
	from, to, err := r.bounds()
	if err != nil {
		return nil, err
	}
	if from, to, err = r.afterStart(from, to); err != nil {
		return nil, err
	}
	return r.run(from, to), nil
}

func (r *reading) chooseIndex() error {
	if r.index == nil {
		return nil
	}
	r.x = r.t.index(*r.index)
	if r.x == nil {
		return invalid("The table does not have the specified index: %s", *r.index)
	}
	if r.x.global && r.consistent {
		return invalid("Consistent reads are not supported on global secondary indexes")
	}
	if r.x.status != types.IndexStatusActive && r.x.global {
		return invalid("Cannot read from backfilling global secondary index: %s", r.x.name)
	}
	return nil
}

func (r *reading) schema() []types.KeySchemaElement {
	if r.x != nil {
		return r.x.keys
	}
	return r.t.def.keys
}

func (r *reading) parse(p *expr.Params) (err error) {
	hash, sort := keyNames(r.schema())
	if r.keyCondition != nil {
		if r.keys, err = p.KeyCondition(*r.keyCondition, hash, sort); err != nil {
			return err
		}
	}
	if r.filter != nil {
		if r.filters, err = p.Condition("FilterExpression", *r.filter); err != nil {
			return err
		}
	}
	if r.projection != nil {
		if r.project, err = p.Projection(*r.projection); err != nil {
			return err
		}
	}
	if err := p.Unused("FilterExpression"); err != nil {
		return err
	}
	return r.checkFilter(hash, sort)
}

// checkFilter refuses a query's filter on the attributes that its key condition is for.
func (r *reading) checkFilter(hash, sort string) error {
	if r.filters == nil || r.keys == nil {
		return nil
	}
	for _, a := range r.filters.Attributes() {
		if a == hash || a == sort {
			return item.Error("Filter Expression can only contain non-primary key attributes: Primary key attribute: " + a)
		}
	}
	return nil
}

func (r *reading) checkSelect() error {
	switch {
	case r.selects == types.SelectAllProjectedAttributes && r.x == nil:
		return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	case r.selects == types.SelectSpecificAttributes && r.project == nil:
		return invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case r.project != nil && r.selects == types.SelectCount:
		return invalid("Cannot specify the ProjectionExpression when choosing to get only the Count")
	case r.project != nil && r.selects != "" && r.selects != types.SelectSpecificAttributes:
		return invalid("Cannot specify the ProjectionExpression when choosing to get %s", r.selects)
	}
	if r.x == nil || r.x.projection.ProjectionType == types.ProjectionTypeAll {
		return nil
	}
	return r.checkProjected()
}

// checkProjected finds out whether the index holds what is asked for. A local index fetches the rest from the table, a global one cannot.
func (r *reading) checkProjected() error {
	if r.selects == types.SelectAllAttributes {
		if r.x.global {
			return wrong("Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", r.x.name)
		}
		r.fetch = true
	}
	if r.project == nil {
		return nil
	}
	held := r.t.projectedNames(r.x)
	var missing []string
	for _, a := range r.project.Attributes() {
		if !slices.Contains(held, a) {
			missing = append(missing, a)
		}
	}
	if len(missing) > 0 && r.x.global {
		return wrong("Global secondary index %s does not project [%s]", r.x.name, strings.Join(missing, ", "))
	}
	r.fetch = r.fetch || len(missing) > 0
	return nil
}

// run reads from tree key `from` (inclusive) up to `to` (exclusive, empty for the end), or the other way round.
func (r *reading) run(from, to string) *page {
	p := &page{consumedTotal: newConsumed(r.t)}
	if r.selects != types.SelectCount {
		p.items = []map[string]types.AttributeValue{}
	}
	visit := func(treeKey, data string) bool {
		if r.backward && treeKey < from || !r.backward && to != "" && treeKey >= to {
			return false
		}
		if r.backward && to != "" && treeKey >= to { // Descend begins at `to` itself, which is outside
			return true
		}
		return r.take(p, data)
	}
	r.walk(from, to, visit)
	r.charge(p)
	return p
}

// top is greater than every tree key: no encoding begins with so many FF bytes.
const top = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

func (r *reading) walk(from, to string, visit func(treeKey, data string) bool) {
	begin := from
	if r.backward {
		if begin = to; begin == "" {
			begin = top
		}
	}
	switch {
	case r.x == nil && r.backward:
		r.t.items.Descend(begin, visit)
	case r.x == nil:
		r.t.items.Ascend(begin, visit)
	case r.backward:
		r.x.tree.Descend(begin, func(whole, key string) bool { return visit(whole, r.t.items.Get(key)) })
	default:
		r.x.tree.Ascend(begin, func(whole, key string) bool { return visit(whole, r.t.items.Get(key)) })
	}
}

// take counts one item and answers whether to go on.
func (r *reading) take(p *page, data string) bool {
	whole := item.Decode(data)
	m := whole
	if r.x != nil {
		m = r.t.projected(r.x, whole)
		p.bytes += item.Size(m)
		if r.fetch {
			p.fetched += readUnits(sizeOf(data), r.consistent)
			m = whole
		}
	} else {
		p.bytes += sizeOf(data)
	}
	p.scanned++
	if r.filters == nil || r.filters.Holds(m) {
		p.count++
		if r.selects != types.SelectCount {
			if r.project != nil {
				m = r.project.Of(m)
			}
			p.items = append(p.items, m)
		}
	}
	if p.bytes >= maxPage || r.limit != nil && p.scanned >= *r.limit {
		p.last = r.t.keyPart(r.x, whole)
		return false
	}
	return true
}

func (r *reading) charge(p *page) {
	units := readUnits(p.bytes, r.consistent)
	if r.x == nil {
		p.consumedTotal.table = units
		return
	}
	p.consumedTotal.indexes[r.x.name] = units
	p.consumedTotal.table = p.fetched
}
