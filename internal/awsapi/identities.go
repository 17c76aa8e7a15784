package awsapi

// The groups of facts about the account's own people and roles. They are read once an account, in its home unit.
const (
	GroupIdentities Group = "identities"
	GroupAccessKeys Group = "access-keys" // one call for each user
)

// The calls that read them. AWS's credential report would tell of all keys at once; but it has to be generated, which is no read, is up to
// four hours old, and is there for people to keep.
const (
	GetAccountAuthorizationDetails CallID = "iam:GetAccountAuthorizationDetails"
	ListAccessKeys                 CallID = "iam:ListAccessKeys"
	GetAccountSummary              CallID = "iam:GetAccountSummary"
)

func identityGroups() []Group { return []Group{GroupIdentities, GroupAccessKeys} }

func identityCalls() []Call {
	return []Call{
		{ID: GetAccountAuthorizationDetails, ServiceID: "IAM", Resource: "*", Buckets: []string{"iam:read"}, Group: GroupIdentities, Facts: []string{
			"unit.iam_users", "iam_user.arn", "iam_user.name", "iam_user.unique_id", "iam_user.boundary", "iam_user.groups", "iam_user.attached", "iam_user.inline",
			"unit.iam_groups", "iam_group.arn", "iam_group.name", "iam_group.attached", "iam_group.inline", "inline.text",
			"unit.iam_roles", "iam_role.arn", "iam_role.name", "iam_role.unique_id", "iam_role.trust", "iam_role.boundary", "iam_role.attached", "iam_role.inline", "iam_role.last_used",
			"unit.iam_policies", "iam_policy.arn", "iam_policy.name", "iam_policy.text",
		}},
		{ID: ListAccessKeys, ServiceID: "IAM", Resource: "arn:{partition}:iam::*:user/*", Buckets: []string{"iam:read"}, Group: GroupAccessKeys, Facts: []string{
			"iam_user.access_keys", "access_key.active", "access_key.created_at",
		}},
		{ID: GetAccountSummary, ServiceID: "IAM", Resource: "*", Buckets: []string{"iam:read"}, Group: GroupAccessKeys, Facts: []string{"unit.root_access_keys"}},
	}
}

// Access returns the groups that say who may reach the backups of an account: identities, and what vaults and tables allow.
func Access() map[Group]bool {
	return map[Group]bool{GroupStart: true, GroupTables: true, GroupVaults: true, GroupVaultPolicies: true, GroupResourcePolicy: true, GroupIdentities: true}
}
