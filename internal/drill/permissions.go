package drill

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
)

// Needs are the groups of facts that laying out a drill rests on: the tables, the ways back to them, and the plans that might take a copy in.
func Needs() map[awsapi.Group]bool {
	needs := awsapi.Ways()
	for _, g := range []awsapi.Group{awsapi.GroupPlans, awsapi.GroupSettings, awsapi.GroupTags} {
		needs[g] = true
	}
	return needs
}

// Uses say which of a drill's possibilities a policy is for.
type Uses struct {
	From    string // FromPITR, FromBackup or FromPoint; empty: any
	Stream  bool   // --use-stream
	Signing bool   // --kms
	Watch   bool   // of drill watch: AWS restores, and is told what came of it
}

// Permissions are what drills need. Whatever writes is allowed on tables with a drill's name alone, so that no source can be written to,
// whatever happens. Asking for a restore is allowed on every table: AWS demands it of the source and of the target.
func Permissions(u Uses) []awsapi.Permission {
	groups := Needs()
	for g := range awsapi.Restorable() {
		groups[g] = true
	}
	calls := awsapi.Select(groups)
	want := []awsapi.CallID{awsapi.ListTagsOfResource, awsapi.TagTable, awsapi.DeleteTable, awsapi.Scan}
	if u.Watch {
		want = []awsapi.CallID{awsapi.ListTagsOfResource, awsapi.Scan, awsapi.PutRestoreValidationResult, awsapi.DescribeRestoreJob}
	} else {
		want = append(want, restoring(u.From)...)
	}
	if u.Stream {
		want = append(want, awsapi.DescribeStream, awsapi.GetShardIterator, awsapi.GetRecords)
	}
	if u.Signing {
		want = append(want, awsapi.GetPublicKey, awsapi.Sign)
	}
	for _, c := range awsapi.Declared() {
		if slices.Contains(want, c.ID) && !slices.ContainsFunc(calls, func(x awsapi.Call) bool { return x.ID == c.ID }) {
			calls = append(calls, c)
		}
	}
	return narrowed(awsapi.Permissions(calls))
}

func restoring(from string) []awsapi.CallID {
	switch from {
	case FromPITR:
		return []awsapi.CallID{awsapi.RestoreTableToPointInTime}
	case FromBackup:
		return []awsapi.CallID{awsapi.RestoreTableFromBackup}
	case FromPoint:
		return []awsapi.CallID{awsapi.StartRestoreJob, awsapi.DescribeRestoreJob}
	}
	return []awsapi.CallID{awsapi.RestoreTableToPointInTime, awsapi.RestoreTableFromBackup, awsapi.StartRestoreJob, awsapi.DescribeRestoreJob}
}

// narrowed allows writes to a drill's tables alone.
func narrowed(all []awsapi.Permission) []awsapi.Permission {
	for i := range all {
		p := &all[i]
		if !strings.HasSuffix(p.Resource, ":table/*") {
			continue
		}
		switch p.Action {
		case awsapi.TagTable, "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem", awsapi.GetItem, awsapi.Query:
			p.Resource = strings.TrimSuffix(p.Resource, "*") + TablePrefix + "*"
		}
	}
	return all
}
