package agreement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// selectionText writes a selection in one line.
func selectionText(sel *backuptypes.BackupSelection) string {
	parts := []string{fmt.Sprintf("Resources %q", sel.Resources)}
	if len(sel.NotResources) > 0 {
		parts = append(parts, fmt.Sprintf("NotResources %q", sel.NotResources))
	}
	for _, c := range sel.ListOfTags {
		parts = append(parts, fmt.Sprintf("tag %q=%q", aws.ToString(c.ConditionKey), aws.ToString(c.ConditionValue)))
	}
	if c := sel.Conditions; c != nil {
		parts = append(parts, conditionText("StringEquals", c.StringEquals)...)
		parts = append(parts, conditionText("StringNotEquals", c.StringNotEquals)...)
		parts = append(parts, conditionText("StringLike", c.StringLike)...)
		parts = append(parts, conditionText("StringNotLike", c.StringNotLike)...)
	}
	return strings.Join(parts, ", ")
}

func conditionText(operator string, list []backuptypes.ConditionParameter) []string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s %q %q", operator, aws.ToString(c.ConditionKey), aws.ToString(c.ConditionValue)))
	}
	return out
}
