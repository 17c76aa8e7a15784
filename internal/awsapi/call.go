package awsapi

import (
	"fmt"
	"slices"
)

// CallID names a declared call. It is the IAM action of the operation, for example "dynamodb:DescribeTable".
type CallID string

// Group is a set of facts that are collected together, and can be left out together.
type Group string

// The groups of facts. Those from GroupVaultPolicies to GroupRolePolicies are what planning a change rests on besides; those from
// GroupTTL on are what a restore drops. A full collection reads them all.
const (
	GroupStart              Group = "start" // who we are and where: always read
	GroupTables             Group = "tables"
	GroupPITR               Group = "pitr"
	GroupTags               Group = "tags"
	GroupPlans              Group = "plans"
	GroupVaults             Group = "vaults"
	GroupPoints             Group = "recovery-points"
	GroupBackups            Group = "native-backups"
	GroupBackupJobs         Group = "backup-jobs"
	GroupCopyJobs           Group = "copy-jobs"
	GroupRestoreJobs        Group = "restore-jobs"
	GroupSettings           Group = "settings"
	GroupKeys               Group = "keys"
	GroupRoles              Group = "roles"
	GroupRestoreTesting     Group = "restore-testing"
	GroupProtected          Group = "protected-resources"
	GroupVaultPolicies      Group = "vault-policies"
	GroupBackupTags         Group = "backup-tags" // of plans and vaults
	GroupVaultNotifications Group = "vault-notifications"
	GroupRolePolicies       Group = "role-policies"
	GroupTTL                Group = "ttl"
	GroupScaling            Group = "scaling"
	GroupResourcePolicy     Group = "resource-policies"
	GroupKinesis            Group = "kinesis"
	GroupInsights           Group = "contributor-insights"
	GroupAlarms             Group = "alarms"
)

// Condition narrows a permission: an IAM condition operator, its key and one value. The zero value is none.
type Condition struct{ Operator, Key, Value string }

// When says in which calls AWS demands a permission: only some name a key or carry tags.
type When string

// The cases.
const (
	Always   When = ""
	WithKey  When = "key"  // the call names a customer's key
	WithTags When = "tags" // the call tags what it makes
)

// Subject says which resource of a call a permission is on, so that a policy for one plan can name it.
type Subject string

// The subjects.
const (
	OnOwn  Subject = ""     // what the call itself is about
	OnRole Subject = "role" // the role that the call hands to AWS Backup
	OnKey  Subject = "key"  // the key that the call names
	OnAny  Subject = "any"  // whatever Grant.Resource says
)

// Grant is a permission that AWS demands of the caller besides the one named like the operation: a dependent action.
type Grant struct {
	Action    CallID
	On        Subject
	Resource  string // ARN pattern, {partition} to be filled in; empty with OnOwn: the call's own
	Condition Condition
	When      When
}

// Call declares one AWS call: what it needs, what limits it and what it is for.
type Call struct {
	ID        CallID
	ServiceID string    // the SDK's name of the service, for example "Resource Groups Tagging API"
	Dependent []Grant   // further permissions that AWS demands of the caller
	Resource  string    // ARN pattern for the policy, {partition} to be filled in; "*" where the action knows no resource
	Condition Condition // on the call's own action
	Free      bool      // AWS demands no permission
	Buckets   []string  // rate buckets, each taken once per attempt
	Group     Group
	Facts     []string // what it feeds, by resource and estate file key: "table.pitr_status"
	PerTable  bool     // made once per table
	Write     bool     // changes something: only a session opened for writing makes it
	Empty     bool     // AWS's answer has no body
	Once      bool     // made again after an answer that was lost, it would be done twice: repeated only when throttled
}

// Operation is the name of the operation without its service, for example "DescribeTable".
func (c Call) Operation() string {
	for i := range c.ID {
		if c.ID[i] == ':' {
			return string(c.ID[i+1:])
		}
	}
	return string(c.ID)
}

// Declared is every call that the product makes with an account's credentials: those that collect, those that apply reads besides, the reads of items, those that sign and keep evidence, and the writes.
func Declared() []Call {
	return slices.Concat(Calls(), Beside(), Items(), Signing(), Keeping(), Writes())
}

// Find returns the declaration of a call.
func Find(id CallID) (Call, error) {
	for _, c := range Declared() {
		if c.ID == id {
			return c, nil
		}
	}
	return Call{}, fmt.Errorf("find call %s: not declared", id)
}

// Needs returns the groups that feed the given facts, and GroupStart and GroupTables, which everything rests on.
// A name that ends in a dot stands for every fact that begins so. An unknown fact is an error.
func Needs(facts []string) (map[Group]bool, error) {
	needs := map[Group]bool{GroupStart: true, GroupTables: true}
	for _, fact := range facts {
		groups := feeding(fact)
		if len(groups) == 0 {
			return nil, fmt.Errorf("find calls for fact %q: no declared call feeds it", fact)
		}
		for _, g := range groups {
			needs[g] = true
		}
	}
	return needs, nil
}

func feeding(fact string) []Group {
	var groups []Group
	for _, c := range Calls() {
		for _, f := range c.Facts {
			if f == fact || fact != "" && fact[len(fact)-1] == '.' && len(f) > len(fact) && f[:len(fact)] == fact {
				groups = append(groups, c.Group)
				break
			}
		}
	}
	return groups
}

// Foundation returns the groups that the scan reads when nobody narrows it; Everything adds what a restore drops.
func Foundation() map[Group]bool {
	groups := Everything()
	for _, g := range append(append(oversightGroups(), identityGroups()...), GroupProtectedDetails, GroupVaultPolicies, GroupBackupTags, GroupVaultNotifications, GroupRolePolicies, GroupTTL, GroupScaling, GroupResourcePolicy, GroupKinesis, GroupInsights, GroupAlarms) {
		delete(groups, g)
	}
	return groups
}

// Planning returns the groups that planning a change reads: the foundation, and what says who owns a thing and what a change would touch.
func Planning() map[Group]bool {
	groups := Foundation()
	for _, g := range []Group{GroupVaultPolicies, GroupBackupTags, GroupVaultNotifications, GroupRolePolicies, GroupEventRules} {
		groups[g] = true
	}
	return groups
}

// Everything returns all groups that are read of many tables at once: all but what is asked about one table alone.
func Everything() map[Group]bool {
	groups := map[Group]bool{}
	for _, c := range Calls() {
		groups[c.Group] = true
	}
	delete(groups, GroupBackupDetails)
	return groups
}

// Select returns the declared calls of the given groups, in the table's order.
func Select(groups map[Group]bool) []Call {
	var calls []Call
	for _, c := range Calls() {
		if groups[c.Group] {
			calls = append(calls, c)
		}
	}
	return calls
}
