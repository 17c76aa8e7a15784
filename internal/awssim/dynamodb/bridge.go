package dynamodb

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
	"github.com/restorable/restorable/internal/awssim/world"
)

// TableSettings is everything about a table but its items: what Import makes a table from, and what Dump answers.
type TableSettings struct {
	Name               string
	ID                 string    // TableId; empty: a new one
	CreatedAt          time.Time // zero: now
	Status             types.TableStatus
	Attributes         []types.AttributeDefinition
	Keys               []types.KeySchemaElement
	GlobalIndexes      []types.GlobalSecondaryIndex
	LocalIndexes       []types.LocalSecondaryIndex
	BillingMode        types.BillingMode // empty: PROVISIONED
	Throughput         *types.ProvisionedThroughput
	OnDemand           *types.OnDemandThroughput
	KeyARN             string               // KMS key; empty: the AWS-owned one
	Stream             types.StreamViewType // empty: no enabled stream
	StreamARN          string               // on Import: of the latest stream, also of a disabled one; empty: a new one
	TTLAttribute       string
	TableClass         types.TableClass
	DeletionProtection bool
	Tags               map[string]string
	Policy             string // resource policy document
	PITR               *PITRSettings
	Kinesis            []types.KinesisDataStreamDestination
	Insights           map[string]types.ContributorInsightsStatus // by index name, "" for the table
	SizeBytes          int64                                      // on Import: shown and counted in addition to the items put later
	ItemCount          int64
	Replicas           []string // Regions; Import links tables of the same name that have been imported there
}

// PITRSettings is point-in-time recovery while it is on.
type PITRSettings struct {
	EnabledAt    time.Time // there is no history before it; the earliest restorable moment is not earlier
	PeriodInDays int32     // 1 to 35; zero means 35
}

// BackupSettings is one native backup, of a table that may exist no more.
type BackupSettings struct {
	ARN       string // arn:…:table/NAME/backup/ID
	Name      string
	Type      types.BackupType
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	SizeBytes int64
	ItemCount int64
	TableID   string
	// Source is the table as it was; nil: like the table of that name that exists, or with a partition key "id" if none does.
	Source *TableSettings
}

// Scopes lists the accounts and Regions that have anything, in order.
func (s *Service) Scopes() []world.Scope {
	out := make([]world.Scope, 0, len(s.regions))
	for sc := range s.regions {
		out = append(out, sc)
	}
	slices.SortFunc(out, func(a, b world.Scope) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	return out
}

// Import makes an ACTIVE table at once, without items and past all quotas. It answers an error when the name is taken or the schema is impossible.
// Items written before the import are unknown: a restore to a moment before it gives an empty table.
func (s *Service) Import(sc world.Scope, in TableSettings) error {
	if s.region(sc).tables[in.Name] != nil {
		return fmt.Errorf("import table %s: it exists", in.Name)
	}
	def := in.definition()
	if err := validName(in.Name); err != nil {
		return fmt.Errorf("import table %s: %w", in.Name, err)
	}
	if err := validateDefinition(def); err != nil {
		return fmt.Errorf("import table %s: %w", in.Name, err)
	}
	t := s.newTable(sc, in.Name, def)
	t.id, t.created = cmp.Or(in.ID, t.id), orNow(in.CreatedAt, t.created)
	t.tags, t.everTag = cloneTags(in.Tags), len(in.Tags) > 0
	t.protected = in.DeletionProtection
	t.kinesis = slices.Clone(in.Kinesis)
	t.declaredBytes, t.declaredItems = in.SizeBytes, in.ItemCount
	for name, status := range in.Insights {
		t.insights[name] = &insight{status: status, at: t.created}
	}
	s.enter(t)
	s.activate(t)
	t.backupsAt = t.created
	return s.importSettings(t, in)
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t.UTC()
}

func (s *Service) importSettings(t *table, in TableSettings) error {
	s.importStream(t, in)
	if in.TTLAttribute != "" {
		s.startTTL(t, in.TTLAttribute)
	}
	if in.PITR != nil {
		t.pitr = &pitr{from: in.PITR.EnabledAt.UTC(), days: cmp.Or(in.PITR.PeriodInDays, defaultPeriod)}
		t.moveWindow(s.w.Now())
	}
	for _, regionName := range in.Replicas {
		at := t.sc
		at.Region = regionName
		if other := s.region(at).tables[t.name]; other != nil && other != t {
			s.link(t, other)
		}
	}
	if in.Policy == "" {
		return nil
	}
	if err := s.setPolicy(t, in.Policy); err != nil {
		return fmt.Errorf("import table %s: %w", in.Name, err)
	}
	return nil
}

// link joins two tables into one global table.
func (s *Service) link(t, other *table) {
	g := other.group
	if g == nil {
		g = &group{members: map[string]*table{other.sc.Region: other}}
	}
	g.members[t.sc.Region] = t
	for _, m := range g.members {
		m.group = g
		s.needStream(m)
	}
}

func (in TableSettings) definition() definition {
	d := definition{attrs: in.Attributes, keys: in.Keys, billing: in.BillingMode, onDemand: in.OnDemand, sse: sse{in.KeyARN}, class: in.TableClass}
	if d.billing == "" {
		d.billing = types.BillingModeProvisioned
	}
	one := types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}
	if in.Throughput != nil && d.billing == types.BillingModeProvisioned {
		d.throughput = *in.Throughput
	} else if d.billing == types.BillingModeProvisioned {
		d.throughput = one
	}
	for _, x := range in.LocalIndexes {
		d.indexes = append(d.indexes, localIndex(x))
	}
	for _, x := range in.GlobalIndexes {
		g := globalIndex(x)
		switch {
		case d.billing == types.BillingModePayPerRequest:
			g.throughput = types.ProvisionedThroughput{}
		case g.throughput.ReadCapacityUnits == nil:
			g.throughput = one
		}
		d.indexes = append(d.indexes, g)
	}
	return d.clone()
}

// ImportBackup files a native backup. Its items are unknown: restoring it makes an empty table.
func (s *Service) ImportBackup(sc world.Scope, in BackupSettings) error {
	_, name, rest, ok := tableOf(in.ARN)
	if !ok || len(rest) <= len("backup/") {
		return fmt.Errorf("import backup %s: not the ARN of a backup", in.ARN)
	}
	sn := &Snapshot{scope: sc, pin: store.New().Pin()}
	switch t := s.region(sc).tables[name]; {
	case in.Source != nil:
		sn.def = in.Source.definition()
		sn.def.ttl = in.Source.TTLAttribute
	case t != nil:
		sn.def = t.snapshotDefinition()
	default:
		sn.def = TableSettings{Attributes: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
			Keys: []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}.definition()
	}
	sn.Table = TableView{ARN: sc.ARN("dynamodb", "table/"+name), Name: name, ID: in.TableID, CreatedAt: in.CreatedAt, SizeBytes: in.SizeBytes, ItemCount: in.ItemCount, KeyARN: sn.def.sse.key}
	if in.Source != nil {
		sn.Table.CreatedAt, sn.Table.ID = orNow(in.Source.CreatedAt, in.CreatedAt), cmp.Or(in.TableID, in.Source.ID)
	}
	b := &backup{id: rest[len("backup/"):], arn: in.ARN, name: in.Name, kind: in.Type, status: types.BackupStatusAvailable, created: in.CreatedAt.UTC(), snap: sn}
	if b.kind == "" {
		b.kind = types.BackupTypeUser
	}
	if !in.ExpiresAt.IsZero() {
		b.expires = in.ExpiresAt.UTC()
		s.w.At(b.expires, func() { s.dropBackup(b) })
	}
	s.region(sc).backups[b.id] = b
	return nil
}

// Dump is what one account and Region has: tables by name, backups by table and time. Items are left out.
func (s *Service) Dump(sc world.Scope) ([]TableSettings, []BackupSettings) {
	r := s.regions[sc]
	if r == nil {
		return nil, nil
	}
	var tables []TableSettings
	for _, n := range r.names() {
		tables = append(tables, s.dumpTable(r.tables[n]))
	}
	var backups []BackupSettings
	for _, b := range r.listed() {
		source := dumpDefinition(b.snap.def)
		source.Name, source.ID, source.CreatedAt = b.snap.Table.Name, b.snap.Table.ID, b.snap.Table.CreatedAt
		backups = append(backups, BackupSettings{ARN: b.arn, Name: b.name, Type: b.kind, CreatedAt: b.created, ExpiresAt: b.expires,
			SizeBytes: b.snap.Table.SizeBytes, ItemCount: b.snap.Table.ItemCount, TableID: b.snap.Table.ID, Source: &source})
	}
	return tables, backups
}

func (s *Service) dumpTable(t *table) TableSettings {
	out := dumpDefinition(t.snapshotDefinition())
	out.Name, out.ID, out.CreatedAt, out.Status = t.name, t.id, t.created, s.visibleStatus(t)
	out.DeletionProtection, out.Tags = t.protected, maps.Clone(t.tags)
	out.SizeBytes, out.ItemCount = t.size(), t.count()
	out.Kinesis = slices.Clone(t.kinesis)
	if t.policy != nil {
		out.Policy = t.policy.document
	}
	if t.pitr != nil {
		out.PITR = &PITRSettings{EnabledAt: t.pitr.from, PeriodInDays: t.pitr.days}
	}
	if len(t.insights) > 0 {
		out.Insights = map[string]types.ContributorInsightsStatus{}
		for name, i := range t.insights {
			out.Insights[name] = i.status
		}
	}
	for _, m := range t.others() {
		out.Replicas = append(out.Replicas, m.sc.Region)
	}
	return out
}

func dumpDefinition(d definition) TableSettings {
	out := TableSettings{Attributes: d.attrs, Keys: d.keys, BillingMode: d.billing, OnDemand: d.onDemand, KeyARN: d.sse.key, TTLAttribute: d.ttl, TableClass: d.class}
	if d.billing == types.BillingModeProvisioned {
		out.Throughput = units(d.throughput)
	}
	if d.stream != nil {
		out.Stream = d.stream.StreamViewType
	}
	for _, x := range d.indexes {
		if !x.global {
			out.LocalIndexes = append(out.LocalIndexes, types.LocalSecondaryIndex{IndexName: aws.String(x.name), KeySchema: x.keys, Projection: new(x.projection)})
			continue
		}
		g := types.GlobalSecondaryIndex{IndexName: aws.String(x.name), KeySchema: x.keys, Projection: new(x.projection), OnDemandThroughput: x.onDemand}
		if x.throughput.ReadCapacityUnits != nil {
			g.ProvisionedThroughput = units(x.throughput)
		}
		out.GlobalIndexes = append(out.GlobalIndexes, g)
	}
	return out
}

// PutItems writes many items into a table, whatever its state, without the checks of a request that cost time: only keys and values are checked.
func (s *Service) PutItems(sc world.Scope, name string, items []map[string]types.AttributeValue) error {
	t := s.region(sc).tables[name]
	if t == nil {
		return notFound(name)
	}
	for i, m := range items {
		m, err := item.Normalise(m)
		if err != nil {
			return fmt.Errorf("put item %d into %s: %w", i, name, err)
		}
		key, err := t.itemKey(m)
		if err != nil {
			return fmt.Errorf("put item %d into %s: %w", i, name, err)
		}
		s.apply(t, key, item.Encode(m), byRequest)
	}
	return nil
}

// Items decodes all items of a table, in the order of a scan, for tests and comparisons.
func (s *Service) Items(sc world.Scope, name string) []map[string]types.AttributeValue {
	t := s.region(sc).tables[name]
	if t == nil {
		return nil
	}
	var out []map[string]types.AttributeValue
	t.items.Ascend("", func(_, data string) bool {
		out = append(out, item.Decode(data))
		return true
	})
	return out
}
