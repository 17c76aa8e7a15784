package estate

// VPC is a virtual network of the Region (DescribeVpcs).
type VPC struct {
	ID      string                  `json:"id"`
	Name    Fact[string]            `json:"name"`       // its tag Name; absent: none
	Default Fact[bool]              `json:"is_default"` // AWS made it for the account
	Tags    Fact[map[string]string] `json:"tags"`
}

// VPCEndpoint is a VPC's own way to DynamoDB (DescribeVpcEndpoints).
type VPCEndpoint struct {
	ID      string       `json:"id"`
	VPC     Fact[string] `json:"vpc"`
	Service Fact[string] `json:"service"` // com.amazonaws.REGION.dynamodb
	Type    Fact[string] `json:"type"`    // Gateway, Interface
	State   Fact[string] `json:"state"`   // available, pending, …
	Policy  Fact[string] `json:"policy"`  // JSON text
}
