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
	byTag := matchesTag(sel.ListOfTags, t.Tags)
	if !byTag && !matchesAny(sel.Resources, t.ARN) {
		return false, false
	}
	if matchesAny(sel.NotResources, t.ARN) || !conditionsHoldFor(sel.Conditions, t.Tags) {
		return false, false
	}
	return true, !overridesOptIn(sel.Resources, t.ARN, byTag)
}

// overridesOptIn tells whether the way a table was matched spares it the opt-in: by a pattern that names tables, or by tag beside the type itself.
// A concrete table, or a pattern of some, says nothing of the others that a selection takes by tag or by "*" (semantics 1.6).
func overridesOptIn(patterns []string, arn string, byTag bool) bool {
	for _, p := range patterns {
		if name, ok := tablePattern(p); ok && (glob(p, arn) || byTag && name == "*") {
			return true
		}
	}
	return false
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

// tablePattern is the name in a pattern of DynamoDB tables. "*" and "arn:aws:dynamodb:*" name no tables.
func tablePattern(p string) (name string, ok bool) {
	f := strings.SplitN(p, ":", 6)
	if len(f) < 6 || f[2] != "dynamodb" {
		return "", false
	}
	return strings.CutPrefix(f[5], "table/")
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
