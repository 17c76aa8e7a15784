package estate

// EventRule is a rule of EventBridge's default bus that may concern backups (ListRules, ListTargetsByRule). Rules that cannot match an event
// of AWS Backup, nor a call that CloudTrail records of it or of DynamoDB, are not kept.
type EventRule struct {
	ID      string         `json:"id"` // the ARN
	ARN     Fact[string]   `json:"arn"`
	Name    Fact[string]   `json:"name"`
	State   Fact[string]   `json:"state"`   // ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
	Pattern Fact[string]   `json:"pattern"` // JSON text
	Targets Fact[[]string] `json:"targets"` // ARNs
}
