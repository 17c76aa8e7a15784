package dynamodb

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
	"github.com/restorable/restorable/internal/awssim/world"
)

// table is one table of one account and Region.
type table struct {
	sc      world.Scope
	name    string
	arn     string
	id      string
	status  types.TableStatus
	created time.Time
	def     definition
	items   *store.Store
	bytes   int64 // of the items, by DynamoDB's rules, kept up to date: AWS refreshes its figure about every six hours
	indexes []*index
	// declared sizes belong to items that an imported table is said to have but that are not here
	declaredBytes, declaredItems int64

	tags      map[string]string
	everTag   bool
	tagged    time.Time // last change of tags
	policy    *policy
	policyAt  time.Time
	protected bool
	protectAt time.Time
	pitr      *pitr     // nil while off
	backupsAt time.Time // from when backups and PITR are possible
	restoring *types.RestoreSummary
	stream    *stream // the latest; may be disabled
	ttl       ttl
	sweeping  bool         // a sweep of the past is planned
	expiry    *store.Index // expiry second → item, while TTL is on
	group     *group       // the global table it belongs to
	seededAt  time.Time    // when it last was the source of a new replica
	insights  map[string]*insight
	kinesis   []types.KinesisDataStreamDestination
	classed   []time.Time // changes of table class
	decreased int64
	increase  *time.Time
	decrease  *time.Time
	wasOnDem  *time.Time // last change to PAY_PER_REQUEST
	lostKey   time.Time  // since when the key was seen unusable
	archive   *types.ArchivalSummary
}

// definition is what a backup records of a table.
type definition struct {
	attrs      []types.AttributeDefinition
	keys       []types.KeySchemaElement
	indexes    []indexDef
	billing    types.BillingMode
	throughput types.ProvisionedThroughput
	onDemand   *types.OnDemandThroughput
	warm       *types.WarmThroughput
	sse        sse
	stream     *types.StreamSpecification
	ttl        string
	class      types.TableClass
}

// sse is a table's encryption: key is empty for the AWS-owned one.
type sse struct{ key string }

// indexDef is a secondary index without its contents.
type indexDef struct {
	name       string
	global     bool
	keys       []types.KeySchemaElement
	projection types.Projection
	throughput types.ProvisionedThroughput
	onDemand   *types.OnDemandThroughput
	warm       *types.WarmThroughput
}

// index is a secondary index of a table.
type index struct {
	indexDef
	status types.IndexStatus
	tree   *store.Index
	bytes  int64
}

func (d definition) clone() definition {
	d.attrs = slices.Clone(d.attrs)
	d.keys = slices.Clone(d.keys)
	d.indexes = slices.Clone(d.indexes)
	return d
}

func (t *table) snapshotDefinition() definition {
	d := t.def.clone()
	d.indexes = nil
	for _, x := range t.indexes {
		d.indexes = append(d.indexes, x.indexDef)
	}
	d.ttl = t.ttl.attribute
	d.stream = nil
	if t.stream != nil && t.stream.enabled() {
		d.stream = t.stream.spec()
	}
	return d
}

// keyNames are the names of the partition key and the sort key, the latter empty when there is none.
func keyNames(schema []types.KeySchemaElement) (hash, sort string) {
	for _, k := range schema {
		if k.KeyType == types.KeyTypeHash {
			hash = *k.AttributeName
		} else {
			sort = *k.AttributeName
		}
	}
	return hash, sort
}

func (d definition) typeOf(attribute string) string {
	for _, a := range d.attrs {
		if *a.AttributeName == attribute {
			return string(a.AttributeType)
		}
	}
	return ""
}

func (t *table) index(name string) *index {
	for _, x := range t.indexes {
		if x.name == name {
			return x
		}
	}
	return nil
}

// enter puts a new table into its Region.
func (s *Service) enter(t *table) {
	s.region(t.sc).tables[t.name] = t
	s.busy[t.sc.Account]++
}

func (s *Service) newTable(sc world.Scope, name string, def definition) *table {
	t := &table{
		sc: sc, name: name, arn: sc.ARN("dynamodb", "table/"+name), id: s.w.UUID(), status: types.TableStatusCreating, created: s.w.Now(),
		def: def, items: store.New(), tags: map[string]string{}, insights: map[string]*insight{},
	}
	for _, d := range def.indexes {
		t.indexes = append(t.indexes, &index{indexDef: d, status: types.IndexStatusCreating, tree: store.NewIndex()})
	}
	t.def.indexes = nil
	return t
}

// setStatus moves a table to another state and keeps the count of those under way.
func (s *Service) setStatus(t *table, to types.TableStatus) {
	if was, is := t.status != types.TableStatusActive, to != types.TableStatusActive; was != is {
		if is {
			s.busy[t.sc.Account]++
		} else {
			s.busy[t.sc.Account]--
		}
	}
	t.status = to
}

// here answers whether t is still the table of its name.
func (s *Service) here(t *table) bool { return s.region(t.sc).tables[t.name] == t }

// after runs f after d unless the table is gone by then.
func (s *Service) after(t *table, d time.Duration, f func()) {
	s.w.After(d, func() {
		if s.here(t) {
			f()
		}
	})
}

// activate ends CREATING.
func (s *Service) activate(t *table) {
	s.setStatus(t, types.TableStatusActive)
	t.backupsAt = s.w.Now().Add(backupsAfter)
	t.restoring = nil
	for _, x := range t.indexes {
		x.status = types.IndexStatusActive
	}
	if t.stream != nil && t.stream.enabled() {
		t.stream.status = "ENABLED"
	}
}

func cloneTags(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return maps.Clone(m)
}

// size and count are what descriptions show.
func (t *table) size() int64  { return t.bytes + t.declaredBytes }
func (t *table) count() int64 { return int64(t.items.Len()) + t.declaredItems }
