package wire

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/awssim/model"
)

// pattern compiles a model's pattern, which is Java's and must match the whole value. It is nil for none and for one that Go cannot compile.
func (c *Codec) pattern(p string) *regexp.Regexp {
	if p == "" {
		return nil
	}
	if re, ok := c.patterns.Load(p); ok {
		return re.(*regexp.Regexp)
	}
	re, err := compile(p)
	if err != nil {
		re = nil
	}
	c.patterns.Store(p, re)
	return re
}

func compile(p string) (*regexp.Regexp, error) {
	return regexp.Compile(`^(?:` + translate(p) + `)$`)
}

var (
	utf16Range  = regexp.MustCompile(`\\u[dD]800\\u[dD][cC]00-\\u[dD][bB][fF]{2}\\u[dD][fF]{3}`)
	utf16Unit   = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)
	posixClass  = regexp.MustCompile(`\\p\{(ASCII|Alnum|Alpha|Digit|Punct|Graph|Print|Space)\}`)
	repetitions = regexp.MustCompile(`\{(\d+)(,?)(\d*)\}`)
)

// translate turns Java's \uXXXX into Go's \x{XXXX}, Java's POSIX classes into Go's, and lifts repetition counts past Go's limit of 1000:
// the shape's min and max bound the length anyway.
func translate(p string) string {
	p = repetitions.ReplaceAllStringFunc(p, bounded)
	p = utf16Range.ReplaceAllLiteralString(p, `\x{10000}-\x{10FFFF}`)
	p = utf16Unit.ReplaceAllString(p, `\x{$1}`)
	return posixClasses(p)
}

// posixClasses turns \p{Print} into [:print:], in brackets of its own where it stands outside a bracket expression.
func posixClasses(p string) string {
	var b strings.Builder
	end := 0
	for _, at := range posixClass.FindAllStringSubmatchIndex(p, -1) {
		b.WriteString(p[end:at[0]])
		class := "[:" + strings.ToLower(p[at[2]:at[3]]) + ":]"
		if !inBrackets(p[:at[0]]) {
			class = "[" + class + "]"
		}
		b.WriteString(class)
		end = at[1]
	}
	return b.String() + p[end:]
}

// inBrackets tells whether what follows a pattern's beginning stands inside a bracket expression.
func inBrackets(before string) bool {
	inside := false
	for i := 0; i < len(before); i++ {
		switch before[i] {
		case '\\':
			i++
		case '[':
			inside = true
		case ']':
			inside = false
		}
	}
	return inside
}

const maxRepeat = 1000

func bounded(s string) string {
	m := repetitions.FindStringSubmatch(s)
	low, err := strconv.Atoi(m[1])
	if err != nil {
		return s
	}
	high, err := strconv.Atoi(m[3])
	if low > maxRepeat {
		return "{1000,}"
	}
	if err == nil && high > maxRepeat {
		return "{" + m[1] + ",}"
	}
	return s
}

// spaced reports whether a value is one of AWS Backup's resource types with spaces in their names, such as "Storage Gateway": its own
// settings answer them, and its documentation passes them, though the pattern of its model knows no space.
func spaced(s *model.Shape, value string) bool {
	switch value {
	case "Storage Gateway", "SAP HANA on Amazon EC2", "Redshift Serverless":
		return s.Name == "ResourceType"
	}
	return false
}
