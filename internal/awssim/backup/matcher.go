package backup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

const (
	tagPrefix      = "aws:ResourceTag/"
	restoreTestTag = "awsbackup-restore-test"
)

// matches tells whether a selection takes a table, and whether the table then needs the Region's opt-in (semantics 1.2 to 1.6, 1.8).
//
// Readings that no source confirms: NotResources also removes what came in by tag (UNCONFIRMED 2); negated conditions keep a table without the tag (1);
// ListOfTags keys may carry the prefix aws:ResourceTag/, and a bare key in Conditions names no tag (3); a wildcard may stand anywhere in an ARN (4);
// a tag match beside another type's Resources needs the opt-in (5).
func matches(sel *types.BackupSelection, t *dynamodb.TableView) (selected, needsOptIn bool) {
	if isRestoreTest(t) {
		return false, false
	}
	byARN := matchesAny(sel.Resources, t.ARN)
	if !byARN && !matchesTag(sel.ListOfTags, t.Tags) {
		return false, false
	}
	if matchesAny(sel.NotResources, t.ARN) || !conditionsHoldFor(sel.Conditions, t.Tags) {
		return false, false
	}
	return true, !namesTables(sel.Resources)
}

// isRestoreTest recognises what restore testing made: backup plans ignore it.
func isRestoreTest(t *dynamodb.TableView) bool {
	_, tagged := t.Tags[restoreTestTag]
	return tagged || strings.HasPrefix(t.Name, restoreTestTag)
}

func matchesAny(patterns []string, text string) bool {
	for _, p := range patterns {
		if glob(p, text) {
			return true
		}
	}
	return false
}

func matchesTag(list []types.Condition, tags map[string]string) bool {
	for _, c := range list {
		if v, has := tags[strings.TrimPrefix(deref(c.ConditionKey), tagPrefix)]; has && v == deref(c.ConditionValue) {
			return true
		}
	}
	return false
}

// namesTables tells whether the patterns name the type DynamoDB table or concrete tables: such patterns override the opt-in.
// "*" and "arn:aws:dynamodb:*" do not.
func namesTables(patterns []string) bool {
	for _, p := range patterns {
		f := strings.SplitN(p, ":", 6)
		if len(f) == 6 && f[2] == "dynamodb" && strings.HasPrefix(f[5], "table/") {
			return true
		}
	}
	return false
}

func conditionsHoldFor(c *types.Conditions, tags map[string]string) bool {
	if c == nil {
		return true
	}
	equal := func(value, tag string) bool { return value == tag }
	return allHold(c.StringEquals, tags, equal, true) && allHold(c.StringLike, tags, glob, true) &&
		allHold(c.StringNotEquals, tags, equal, false) && allHold(c.StringNotLike, tags, glob, false)
}

func allHold(list []types.ConditionParameter, tags map[string]string, compare func(value, tag string) bool, want bool) bool {
	for _, c := range list {
		key, prefixed := strings.CutPrefix(deref(c.ConditionKey), tagPrefix)
		tag, has := tags[key]
		if (prefixed && has && compare(deref(c.ConditionValue), tag)) != want {
			return false
		}
	}
	return true
}

// glob matches a pattern whose only wildcard is *, which stands for zero or more characters that are not white space.
func glob(pattern, text string) bool {
	star, resume := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			r, size := utf8.DecodeRuneInString(text[resume:])
			if unicode.IsSpace(r) {
				return false
			}
			resume += size
			p, t = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
