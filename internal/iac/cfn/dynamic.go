package cfn

import "strings"

const dynamicStart, dynamicEnd = "{{resolve:", "}}"

// dynamic makes symbols of dynamic references: what they come to is looked up at deployment
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html).
func dynamic(s string) string {
	if !strings.Contains(s, dynamicStart) {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, dynamicStart)
		end := strings.Index(after, dynamicEnd)
		if !found || end < 0 {
			b.WriteString(s)
			return b.String()
		}
		for strings.HasPrefix(after[end+1:], dynamicEnd) { // the brace of a symbol at its end
			end++
		}
		b.WriteString(before)
		b.WriteString(symbol("resolve:" + after[:end]))
		s = after[end+len(dynamicEnd):]
	}
}
