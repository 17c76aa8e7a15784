package estate

// Table is a DynamoDB table in its Region. Replicas of a global table are tables of their own.
// Sources: DescribeTable, DescribeContinuousBackups, tag:GetResources; the last block only in a full collection.
type Table struct {
	ID        string        `json:"id"` // opaque: the ARN when live, an address in a template
	ARN       Fact[string]  `json:"arn"`
	Name      Fact[string]  `json:"name"`
	TableID   Fact[string]  `json:"table_id"` // tells incarnations of one name apart
	Status    Fact[string]  `json:"status"`   // ACTIVE, CREATING, …
	CreatedAt Fact[Instant] `json:"created_at"`
	SizeBytes Fact[int64]   `json:"size_bytes"` // AWS updates it about every six hours
	ItemCount Fact[int64]   `json:"item_count"`

	KeySchema  Fact[[]KeyElement] `json:"key_schema"`
	Attributes Fact[[]Attribute]  `json:"attributes"`
	GSIs       Fact[[]Index]      `json:"gsis"`
	LSIs       Fact[[]Index]      `json:"lsis"`
	Replicas   Fact[[]Replica]    `json:"replicas"`

	BillingMode        Fact[string] `json:"billing_mode"` // PROVISIONED or PAY_PER_REQUEST
	ReadCapacity       Fact[int64]  `json:"read_capacity"`
	WriteCapacity      Fact[int64]  `json:"write_capacity"`
	MaxReadRequests    Fact[int64]  `json:"max_read_requests"`  // on-demand maxima
	MaxWriteRequests   Fact[int64]  `json:"max_write_requests"` // on-demand maxima
	TableClass         Fact[string] `json:"table_class"`        // STANDARD or STANDARD_INFREQUENT_ACCESS
	DeletionProtection Fact[bool]   `json:"deletion_protection"`

	StreamEnabled Fact[bool]   `json:"stream_enabled"`
	StreamView    Fact[string] `json:"stream_view"`
	StreamARN     Fact[string] `json:"stream_arn"`

	SSEType           Fact[string]  `json:"sse_type"` // KMS; absent: the AWS-owned key
	SSEStatus         Fact[string]  `json:"sse_status"`
	KeyARN            Fact[string]  `json:"key_arn"`
	KeyInaccessibleAt Fact[Instant] `json:"key_inaccessible_at"`

	ArchivedAt     Fact[Instant] `json:"archived_at"`
	ArchivalReason Fact[string]  `json:"archival_reason"`
	ArchivalBackup Fact[string]  `json:"archival_backup"` // ARN

	Tags Fact[map[string]string] `json:"tags"`

	PITRStatus     Fact[string]  `json:"pitr_status"`      // ENABLED or DISABLED: of point-in-time recovery, not "continuous backups"
	PITRPeriodDays Fact[int64]   `json:"pitr_period_days"` // absent when PITR is off
	PITREarliest   Fact[Instant] `json:"pitr_earliest"`    // absent when PITR is off
	PITRLatest     Fact[Instant] `json:"pitr_latest"`      // absent when PITR is off

	TTLStatus           Fact[string]          `json:"ttl_status"`
	TTLAttribute        Fact[string]          `json:"ttl_attribute"`
	ResourcePolicy      Fact[string]          `json:"resource_policy"` // JSON text
	KinesisStreams      Fact[[]KinesisStream] `json:"kinesis_streams"`
	ContributorInsights Fact[string]          `json:"contributor_insights"`
	Scaling             Fact[[]ScalingTarget] `json:"scaling"`
	Alarms              Fact[[]Alarm]         `json:"alarms"`
}

// KeyElement is one part of a key.
type KeyElement struct {
	Attribute string `json:"attribute"`
	Type      string `json:"type"` // HASH or RANGE
}

// Attribute is a key attribute and its scalar type.
type Attribute struct {
	Name string `json:"name"`
	Type string `json:"type"` // S, N or B
}

// Index is a global or local secondary index.
type Index struct {
	Name          string       `json:"name"`
	Key           []KeyElement `json:"key"`
	Projection    string       `json:"projection"` // ALL, KEYS_ONLY, INCLUDE
	NonKey        []string     `json:"non_key,omitempty"`
	ReadCapacity  int64        `json:"read_capacity,omitempty"`
	WriteCapacity int64        `json:"write_capacity,omitempty"`
	Status        string       `json:"status,omitempty"` // of a global index
}

// Replica is what a table says about its other Regions. Whether that replica can be got back is judged in its own unit.
type Replica struct {
	Region string `json:"region"`
	Status string `json:"status,omitempty"`
	KeyARN string `json:"key_arn,omitempty"`
}

// KinesisStream is a Kinesis streaming destination.
type KinesisStream struct {
	ARN       string `json:"arn"`
	Status    string `json:"status"`
	Precision string `json:"precision,omitempty"`
}

// ScalingTarget is an Application Auto Scaling target of the table or an index, with its policies.
type ScalingTarget struct {
	Resource  string          `json:"resource"`  // table/T or table/T/index/I
	Dimension string          `json:"dimension"` // dynamodb:table:ReadCapacityUnits, …
	Min       int64           `json:"min"`
	Max       int64           `json:"max"`
	RoleARN   string          `json:"role_arn,omitempty"`
	Policies  []ScalingPolicy `json:"policies,omitempty"`
}

// ScalingPolicy is a target-tracking policy.
type ScalingPolicy struct {
	Name             string  `json:"name"`
	Type             string  `json:"type"`
	Metric           string  `json:"metric,omitempty"`
	Target           float64 `json:"target,omitempty"`
	ScaleInCooldown  int64   `json:"scale_in_cooldown,omitempty"`  // seconds
	ScaleOutCooldown int64   `json:"scale_out_cooldown,omitempty"` // seconds
	DisableScaleIn   bool    `json:"disable_scale_in,omitempty"`
}

// Alarm is a CloudWatch alarm on the table's metrics; Definition is what PutMetricAlarm would need, as JSON text.
type Alarm struct {
	Name       string `json:"name"`
	ARN        string `json:"arn"`
	Metric     string `json:"metric"`
	Definition string `json:"definition"`
}
