package estate

// Trail is a CloudTrail trail as it is seen in the unit's Region (DescribeTrails with shadow trails): one of this Region, or one of another
// Region that covers all of them, or an organisation's.
type Trail struct {
	ID            string                 `json:"id"` // the ARN
	ARN           Fact[string]           `json:"arn"`
	Name          Fact[string]           `json:"name"`
	HomeRegion    Fact[string]           `json:"home_region"`
	MultiRegion   Fact[bool]             `json:"multi_region"`
	Organization  Fact[bool]             `json:"organization"`
	Bucket        Fact[string]           `json:"bucket"`         // name of the S3 bucket
	LogGroup      Fact[string]           `json:"log_group"`      // ARN of the CloudWatch Logs group; absent: none
	Logging       Fact[bool]             `json:"logging"`        // GetTrailStatus
	DeliveryError Fact[string]           `json:"delivery_error"` // of the latest delivery to S3; absent: none
	Selectors     List[EventSelector]    `json:"event_selectors"`
	Advanced      List[AdvancedSelector] `json:"advanced_selectors"` // a trail has basic or advanced ones, never both
}

// EventSelector is a basic event selector (GetEventSelectors): which events a trail records.
type EventSelector struct {
	ID         string               `json:"id"`
	ReadWrite  Fact[string]         `json:"read_write"` // All, ReadOnly, WriteOnly
	Management Fact[bool]           `json:"management"`
	Excluded   Fact[[]string]       `json:"excluded"` // sources of management events that are left out: kms.amazonaws.com
	Data       Fact[[]DataResource] `json:"data"`
}

// DataResource is what data events a basic selector records: a resource type, and ARNs or beginnings of ARNs.
type DataResource struct {
	Type   string   `json:"type"` // AWS::DynamoDB::Table
	Values []string `json:"values"`
}

// AdvancedSelector is an advanced event selector: an event is recorded when every field matches.
type AdvancedSelector struct {
	ID     string                `json:"id"`
	Name   Fact[string]          `json:"name"`
	Fields Fact[[]SelectorField] `json:"fields"`
}

// SelectorField is one condition of an advanced selector. Of each list any value may match; the negative ones must all differ.
type SelectorField struct {
	Field         string   `json:"field"` // eventCategory, eventSource, readOnly, resources.type, resources.ARN, eventName, …
	Equals        []string `json:"equals,omitempty"`
	StartsWith    []string `json:"starts_with,omitempty"`
	EndsWith      []string `json:"ends_with,omitempty"`
	NotEquals     []string `json:"not_equals,omitempty"`
	NotStartsWith []string `json:"not_starts_with,omitempty"`
	NotEndsWith   []string `json:"not_ends_with,omitempty"`
}

// RecordedAction is a call that destroyed or shortened what one recovers from, as CloudTrail's event history tells (LookupEvents).
type RecordedAction struct {
	ID       string        `json:"id"`   // of the event
	Name     Fact[string]  `json:"name"` // DeleteBackup, DeleteRecoveryPoint, …
	At       Fact[Instant] `json:"at"`
	By       Fact[string]  `json:"by"`    // ARN of the caller, or its name
	About    Fact[string]  `json:"about"` // the resource, as the request named it
	Error    Fact[string]  `json:"error"` // absent: it was done
	SourceIP Fact[string]  `json:"source_ip"`
}
