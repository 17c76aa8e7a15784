package protection

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hole stands for a stretch of text that is not known, in a string to be matched.
const hole = '\x00'

// glob matches with AWS Backup's only wildcard: * is zero or more characters that are not white space, colons and slashes included.
// White space is all that Unicode calls so: a tag's value may hold more than the space bar's.
// A question mark is an ordinary character. Case matters.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			r, size := utf8.DecodeRuneInString(s[mark:])
			if unicode.IsSpace(r) {
				return false
			}
			mark += size
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// overlaps reports whether pattern and text can match when each hole, in either, is replaced by something suitable.
func overlaps(pattern, text string) bool {
	row := make([]bool, len(text)+1) // row[j]: the pattern so far can match text[:j]
	row[0] = true
	for j := 0; j < len(text) && text[j] == hole; j++ {
		row[j+1] = true
	}
	for i := range len(pattern) {
		row = overlapRow(pattern[i], text, row)
	}
	return row[len(text)]
}

func overlapRow(c byte, text string, above []bool) []bool {
	row := make([]bool, len(text)+1)
	anything := c == '*' || c == hole
	row[0] = anything && above[0]
	for j := range len(text) {
		switch {
		case anything:
			row[j+1] = above[j+1] || row[j]
		case text[j] == hole:
			row[j+1] = above[j] || above[j+1] || row[j]
		default:
			row[j+1] = above[j] && c == text[j]
		}
	}
	return row
}

// symbolic reports whether a string names something that is known only after deployment, as ${…} in a template.
func symbolic(s string) bool { return strings.Contains(s, "${") }

// punch replaces every ${…} by a hole.
func punch(s string) string {
	var b strings.Builder
	for {
		at := strings.Index(s, "${")
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at])
		b.WriteByte(hole)
		end := strings.IndexByte(s[at:], '}')
		if end < 0 {
			return b.String()
		}
		s = s[at+end+1:]
	}
}

// declaredStart begins the symbol of a resource that a template declares.
const declaredStart = "${!"

// declares reports whether an ARN ends in the symbol of a resource that a template declares, ${!…}: no other declared resource has it.
func declares(arn string) bool {
	at := strings.LastIndex(arn, "${!")
	if at <= 0 || strings.Contains(arn, "*") {
		return false
	}
	end := strings.IndexByte(arn[at:], '}')
	return at+end == len(arn)-1 && (arn[at-1] == '/' || arn[at-1] == ':')
}

// seal replaces every ${…} by signs that nothing but the same symbol has, so that symbols match as a whole and a * takes them in.
func seal(s string) string {
	var b strings.Builder
	inside := false
	for i := range len(s) {
		if strings.HasPrefix(s[i:], "${") {
			inside = true
		}
		if !inside {
			b.WriteByte(s[i])
			continue
		}
		b.WriteRune(rune(0xE000 + int(s[i]))) // of the area for private use
		inside = s[i] != '}'
	}
	return b.String()
}

// alike is false when a pattern and a symbol begin alike, as ARNs of one Region do, and cannot match in what follows.
func alike(pattern, symbol string) bool {
	same := 0
	for i := 0; i < len(pattern) && i < len(symbol) && pattern[i] == symbol[i] && pattern[i] != '*'; i++ {
		if pattern[i] == ':' || pattern[i] == '/' {
			same = i + 1
		}
	}
	if same == 0 || strings.LastIndex(pattern[:same], "${") > strings.LastIndexByte(pattern[:same], '}') {
		return true
	}
	return overlaps(punch(pattern[same:]), punch(symbol[same:]))
}
