package wire

import (
	"regexp"
	"strconv"
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
	return posixClass.ReplaceAllStringFunc(p, posix)
}

func posix(class string) string {
	name := class[3 : len(class)-1]
	lower := string(name[0]|0x20) + name[1:]
	if name == "ASCII" {
		return `\x00-\x7F`
	}
	return "[:" + lower + ":]"
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
