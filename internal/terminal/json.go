package terminal

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON makes JSON text harmless to look at: DEL, the C1 controls and the characters that reorder or hide text, which JSON
// allows inside strings, become \u escapes. What it means stays the same.
func JSON(raw []byte) []byte {
	if plain(raw) || bytes.IndexFunc(raw, isHidden) < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw)+64)
	for rest := raw; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case !isHidden(r):
			out = append(out, rest[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		rest = rest[size:]
	}
	return out
}

// plain reports whether a document is of characters that stand for themselves alone, as most are.
func plain(raw []byte) bool {
	for _, c := range raw {
		if c >= 0x7f {
			return false
		}
	}
	return true
}

// isHidden leaves out what is white space between the parts of a document; inside strings JSON has those escaped already.
func isHidden(r rune) bool { return r >= 0x7f && isHarmful(r) }
