package estate

// IAMUser is a user of an account (GetAccountAuthorizationDetails) with his access keys (ListAccessKeys).
type IAMUser struct {
	ID         string          `json:"id"` // the ARN
	ARN        Fact[string]    `json:"arn"`
	Name       Fact[string]    `json:"name"`
	UniqueID   Fact[string]    `json:"unique_id"` // AIDA…
	Boundary   Fact[string]    `json:"boundary"`  // ARN of the permissions boundary; absent: none
	Groups     Fact[[]string]  `json:"groups"`    // names
	Attached   Fact[[]string]  `json:"attached"`  // ARNs of managed policies
	Inline     List[Inline]    `json:"inline"`
	AccessKeys List[AccessKey] `json:"access_keys"`
}

// AccessKey is a long-term credential of a user.
type AccessKey struct {
	ID        string        `json:"id"`
	Active    Fact[bool]    `json:"active"`
	CreatedAt Fact[Instant] `json:"created_at"`
}

// IAMGroup is a group of users: what it may do, its members may.
type IAMGroup struct {
	ID       string         `json:"id"` // the ARN
	ARN      Fact[string]   `json:"arn"`
	Name     Fact[string]   `json:"name"`
	Attached Fact[[]string] `json:"attached"`
	Inline   List[Inline]   `json:"inline"`
}

// IAMRole is any role of an account, with what it may do and who may assume it. Unit.Roles are those alone that plans refer to.
type IAMRole struct {
	ID       string         `json:"id"` // the ARN
	ARN      Fact[string]   `json:"arn"`
	Name     Fact[string]   `json:"name"`
	UniqueID Fact[string]   `json:"unique_id"` // AROA…
	Trust    Fact[string]   `json:"trust"`     // trust policy, JSON text
	Boundary Fact[string]   `json:"boundary"`
	Attached Fact[[]string] `json:"attached"`
	Inline   List[Inline]   `json:"inline"`
	LastUsed Fact[Instant]  `json:"last_used"` // absent: not within the time that IAM keeps
}

// Inline is a policy that is part of a user, group or role.
type Inline struct {
	ID   string       `json:"id"` // its name
	Text Fact[string] `json:"text"`
}

// IAMPolicy is a managed policy that is attached somewhere in the account, or one of the account's own, in the version that is in force.
type IAMPolicy struct {
	ID   string       `json:"id"` // the ARN
	ARN  Fact[string] `json:"arn"`
	Name Fact[string] `json:"name"`
	Text Fact[string] `json:"text"`
}
