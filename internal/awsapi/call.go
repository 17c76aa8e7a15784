package awsapi

import "fmt"

// CallID names a declared call. It is the IAM action of the operation, for example "dynamodb:DescribeTable".
type CallID string

// Group is a set of facts that are collected together, and can be left out together.
type Group string

// The groups of facts. Those from GroupTTL on are what a restore drops: a full collection reads them.
const (
	GroupStart          Group = "start" // who we are and where: always read
	GroupTables         Group = "tables"
	GroupPITR           Group = "pitr"
	GroupTags           Group = "tags"
	GroupPlans          Group = "plans"
	GroupVaults         Group = "vaults"
	GroupPoints         Group = "recovery-points"
	GroupBackups        Group = "native-backups"
	GroupBackupJobs     Group = "backup-jobs"
	GroupCopyJobs       Group = "copy-jobs"
	GroupRestoreJobs    Group = "restore-jobs"
	GroupSettings       Group = "settings"
	GroupKeys           Group = "keys"
	GroupRoles          Group = "roles"
	GroupRestoreTesting Group = "restore-testing"
	GroupProtected      Group = "protected-resources"
	GroupVaultPolicies  Group = "vault-policies"
	GroupTTL            Group = "ttl"
	GroupScaling        Group = "scaling"
	GroupResourcePolicy Group = "resource-policies"
	GroupKinesis        Group = "kinesis"
	GroupInsights       Group = "contributor-insights"
	GroupAlarms         Group = "alarms"
)

// Call declares one AWS call: what it needs, what limits it and what it is for.
type Call struct {
	ID        CallID
	ServiceID string   // the SDK's name of the service, for example "Resource Groups Tagging API"
	Dependent []CallID // further IAM actions that AWS demands of the caller
	Resource  string   // ARN pattern for the policy, {partition} to be filled in; "*" where the action knows no resource
	Free      bool     // AWS demands no permission
	Buckets   []string // rate buckets, each taken once per attempt
	Group     Group
	Facts     []string // what it feeds, by resource and estate file key: "table.pitr_status"
	PerTable  bool     // made once per table
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

// Find returns the declaration of a call.
func Find(id CallID) (Call, error) {
	for _, c := range Calls() {
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
	for _, g := range []Group{GroupVaultPolicies, GroupTTL, GroupScaling, GroupResourcePolicy, GroupKinesis, GroupInsights, GroupAlarms} {
		delete(groups, g)
	}
	return groups
}

// Everything returns all groups.
func Everything() map[Group]bool {
	groups := map[Group]bool{}
	for _, c := range Calls() {
		groups[c.Group] = true
	}
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
