package planning

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// marks are tags by which what a template owns is recognised, as KEY or KEY=VALUE globs without regard to case. CloudFormation sets its
// own; Terraform sets none, so that these are the habits of those who write for it. Options.Owned replaces them.
func marks() []string {
	return []string{"terraform", "terraform=true", "terraform:*", "tf:*", "*managed*by=*terraform*", "*managed-by=*opentofu*", "*managed*by=*pulumi*", "*managed*by=*cdk*", "*provision*by=*terraform*", "created*by=*terraform*"}
}

// stackTag is what CloudFormation puts on what it makes
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html).
const stackTag = "aws:cloudformation:stack-name"

// declaredBy names what owns a thing by its tags; empty: nothing that they tell of.
func (p *planner) declaredBy(tags map[string]string) string {
	if stack, ok := tags[stackTag]; ok {
		return "CloudFormation stack " + stack
	}
	owned := p.Options.Owned
	if owned == nil {
		owned = marks()
	}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		for _, mark := range owned {
			if marked(mark, k, tags[k]) {
				return "the template that its tag " + k + "=" + tags[k] + " speaks of"
			}
		}
	}
	return ""
}

func marked(mark, key, value string) bool {
	k, v, paired := strings.Cut(strings.ToLower(mark), "=")
	return fits(k, strings.ToLower(key)) && (!paired && !strings.EqualFold(value, "false") || paired && fits(v, strings.ToLower(value)))
}

// fits matches a glob; slashes are no borders in tags.
func fits(pattern, text string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(text, "/", "\x00"))
	return ok && err == nil
}

// ownerOf says who owns a plan that is not ours to change. Empty: nobody that is known of; sure is false when its tags were not read, which
// is then no reason to believe that it is free.
func (p *planner) ownerOf(plan *estate.Plan) (owner string, sure bool) {
	org, ok := plan.FromOrganization.Get()
	switch {
	case !ok:
		return "", false
	case org:
		return "a backup policy of the organisation", true
	}
	tags, ok := plan.Tags.Get()
	if !ok && !plan.Tags.IsAbsent() {
		return "", false
	}
	return p.declaredBy(tags), true
}
