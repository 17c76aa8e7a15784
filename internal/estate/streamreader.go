package estate

// StreamReader is a Lambda function that reads a table's stream: an event source mapping (ListEventSourceMappings).
type StreamReader struct {
	ID       string       `json:"id"` // of the mapping
	Stream   Fact[string] `json:"stream"`
	Function Fact[string] `json:"function"` // ARN
	State    Fact[string] `json:"state"`    // Enabled, Disabled, Creating, …
	Result   Fact[string] `json:"result"`   // of the last run, for example OK or "PROBLEM: …"; absent: none
}
