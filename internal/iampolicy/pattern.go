package iampolicy

import (
	"strings"
	"unicode"
)

// pattern is text with wildcards. A value that came in through a policy variable is literal even where it holds a star.
type pattern []rune

const (
	anyRun rune = -1 // zero or more characters
	anyOne rune = -2 // exactly one
)

// literal is text without wildcards.
func literal(s string) pattern { return pattern(s) }

// wild is text in which * and ? are wildcards.
func wild(s string) pattern {
	p := make(pattern, 0, len(s))
	for _, r := range s {
		switch r {
		case '*':
			r = anyRun
		case '?':
			r = anyOne
		}
		p = append(p, r)
	}
	return p
}

// fold returns the pattern in lower case, for comparisons that ignore case.
func (p pattern) fold() pattern {
	out := make(pattern, len(p))
	for i, r := range p {
		if r >= 0 {
			r = unicode.ToLower(r)
		}
		out[i] = r
	}
	return out
}

// matches runs in time proportional to the product of the two lengths at worst.
func (p pattern) matches(s string) bool {
	text := []rune(s)
	i, j, star, mark := 0, 0, -1, 0
	for j < len(text) {
		switch {
		case i < len(p) && p[i] == anyRun:
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == anyOne || p[i] == text[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == anyRun {
		i++
	}
	return i == len(p)
}

// arnFields is how many fields an ARN has.
const arnFields = 6

// fields cuts the pattern at its first colons, as an ARN's fields are.
func (p pattern) fields() []pattern {
	var out []pattern
	start := 0
	for i, r := range p {
		if r == ':' && len(out) < arnFields-1 {
			out = append(out, p[start:i])
			start = i + 1
		}
	}
	return append(out, p[start:])
}

// matchesARN compares field by field, so that a star never reaches over a field's end.
// A pattern with fewer than six fields is completed with stars, as the Resource element's page says.
func (p pattern) matchesARN(arn string) bool {
	if len(p) == 1 && p[0] == anyRun {
		return true
	}
	fields, parts := strings.SplitN(arn, ":", 6), p.fields()
	if len(fields) < 6 {
		return p.matches(arn)
	}
	for i, f := range fields {
		if i >= len(parts) {
			return true
		}
		if !parts[i].matches(f) {
			return false
		}
	}
	return true
}

// MatchAction says whether an action pattern such as "dynamodb:Describe*" covers an action. Case does not count.
func MatchAction(pattern, action string) bool {
	i, j, star, mark := 0, 0, -1, 0 // as matches, on bytes: this is asked for each action of each statement of each role
	for j < len(action) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || lower(pattern[i]) == lower(action[j])):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Like says whether a pattern with * and ? covers a text, case sensitive.
func Like(pattern, text string) bool { return wild(pattern).matches(text) }

// MatchARN says whether an ARN pattern covers an ARN: field by field, case sensitive, * and ? being wildcards.
func MatchARN(pattern, arn string) bool { return wild(pattern).matchesARN(arn) }
