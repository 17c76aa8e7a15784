package demo

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// table is a table as the company's people would describe it.
type table struct {
	name, region string
	hash, sort   string // keys; both are strings
	index        string // the partition key of a global secondary index by-INDEX; empty: none
	tags         map[string]string
	protected    bool // against deletion
	pitr         bool // from the first day
	key          string
	items        int
}

// tables are those of the first day.
func tables() []table {
	shop := func(more ...string) map[string]string { return tagged("shop", more...) }
	finance := func(more ...string) map[string]string { return tagged("finance", more...) }
	return []table{
		{name: "orders", hash: "customer_id", sort: "order_id", index: "status", tags: shop("backup", "daily", "data-class", "critical"), protected: true, pitr: true, items: 420},
		{name: "payments", hash: "payment_id", index: "order_id", tags: finance("backup", "daily", "data-class", "critical"), protected: true, pitr: true, key: paymentsAlias, items: 380},
		{name: "returns", hash: "return_id", tags: shop("backup", "daily"), pitr: true, items: 90},
		{name: "product-catalog", hash: "sku", index: "category", tags: shop("backup", "daily"), protected: true, pitr: true, items: 240},
		{name: "customers", hash: "customer_id", index: "email", tags: shop("data-class", "personal"), protected: true, items: 300},
		{name: "subscriptions", hash: "customer_id", sort: "subscription_id", tags: shop("data-class", "personal"), protected: true, items: 120},
		{name: "invoices", hash: "invoice_id", sort: "line", tags: finance("retention", "10y"), protected: true, items: 350},
		{name: "shipments", hash: "shipment_id", tags: tagged("logistics"), protected: true, items: 200},
		{name: "reviews", hash: "sku", sort: "review_id", tags: shop("Backup", "Daily"), protected: true, items: 260},
		{name: "stock-levels", hash: "warehouse", sort: "sku", tags: tagged("logistics"), protected: true, items: 180},
		{name: "gift-cards", hash: "code", tags: finance(), protected: true, items: 60},
		{name: "coupons", hash: "code", tags: shop(), pitr: true, items: 40},
		{name: "price-history", hash: "sku", sort: "valid_from", tags: shop(), protected: true, items: 150},
		{name: "wishlists", hash: "customer_id", sort: "sku", tags: shop(), items: 110},
		{name: "orders-us", region: Branch, hash: "customer_id", sort: "order_id", tags: shop("backup", "daily"), protected: true, items: 160},
		{name: "loyalty-points", region: Branch, hash: "customer_id", tags: tagged("branch"), protected: true, pitr: true, items: 130},
	}
}

// tagged makes the tags of a team's table: those that every table has, and more as keys and values in turn.
func tagged(team string, more ...string) map[string]string {
	out := map[string]string{"environment": "production", "team": team}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func (t table) where() string {
	if t.region == "" {
		return Home
	}
	return t.region
}

func tableARN(region, name string) string { return scope(region).ARN("dynamodb", "table/"+name) }

func find(name string) table {
	all := tables()
	return all[slices.IndexFunc(all, func(t table) bool { return t.name == name })]
}

// create is the request that makes the table.
func (t table) create() *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName: aws.String(t.name), BillingMode: types.BillingModePayPerRequest, DeletionProtectionEnabled: aws.Bool(t.protected),
		KeySchema: keySchema(t.hash, t.sort),
	}
	for _, a := range []string{t.hash, t.sort, t.index} {
		if a != "" {
			in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(a), AttributeType: types.ScalarAttributeTypeS})
		}
	}
	if t.index != "" {
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: aws.String("by-" + t.index), KeySchema: keySchema(t.index, ""), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}
	}
	if t.key != "" {
		in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: aws.String(t.key)}
	}
	in.Tags = tagList(t.tags)
	return in
}

func keySchema(hash, sort string) []types.KeySchemaElement {
	out := []types.KeySchemaElement{{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}}
	if sort != "" {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange})
	}
	return out
}

func tagList(tags map[string]string) []types.Tag {
	keys := make([]string, 0, len(tags))
	for k := range tags {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []types.Tag
	for _, k := range keys {
		out = append(out, types.Tag{Key: aws.String(k), Value: aws.String(tags[k])})
	}
	return out
}

func createTables(h *hand) error {
	for _, t := range tables() {
		if err := h.all("dynamodb", t.where(), t.create()); err != nil {
			return err
		}
	}
	return nil
}

func protectTables(h *hand) error {
	for _, t := range tables() {
		if !t.pitr {
			continue
		}
		if err := pitr(t.where(), t.name)(h); err != nil {
			return err
		}
	}
	return nil
}

// pitr switches point-in-time recovery on.
func pitr(region, name string) func(*hand) error {
	return func(h *hand) error {
		return h.all("dynamodb", region, &dynamodb.UpdateContinuousBackupsInput{
			TableName:                        aws.String(name),
			PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
		})
	}
}

// backUpByHand makes a backup of DynamoDB's own.
func backUpByHand(name, backup string) func(*hand) error {
	return func(h *hand) error {
		return h.all("dynamodb", Home, &dynamodb.CreateBackupInput{TableName: aws.String(name), BackupName: aws.String(backup)})
	}
}

// dropCoupons deletes the table coupons: as PITR is on, DynamoDB keeps a last backup of its own.
func dropCoupons(h *hand) error {
	return h.all("dynamodb", Home, &dynamodb.DeleteTableInput{TableName: aws.String("coupons")})
}

// recreateCoupons makes the table again, by a script that knows nothing of PITR.
func recreateCoupons(h *hand) error {
	return h.all("dynamodb", Home, find("coupons").create())
}

func refillCoupons(h *hand) error { return h.fill(find("coupons"), 1000, 25) }

// openBranch adds a replica of the catalogue in the American Region. PITR and tags are each replica's own.
func openBranch(h *hand) error {
	return h.all("dynamodb", Home, &dynamodb.UpdateTableInput{
		TableName: aws.String("product-catalog"),
		ReplicaUpdates: []types.ReplicationGroupUpdate{
			{Create: &types.CreateReplicationGroupMemberAction{RegionName: aws.String(Branch)}},
		},
	})
}
