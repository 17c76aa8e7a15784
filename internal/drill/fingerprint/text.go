package fingerprint

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// A word is eight bytes of text, of which the first that ends or interrupts plain text is found at once.
const (
	eachByte   = 0x0101010101010101
	highBits   = 0x80 * eachByte
	quotes     = '"' * eachByte
	backslash8 = '\\' * eachByte
	spaces     = ' ' * eachByte
)

// interrupted has the high bit of the first quote, backslash or control character of a word set, and none below it.
// Bits above it mean nothing.
func interrupted(w uint64) uint64 {
	q, b := w^quotes, w^backslash8
	return ((q-eachByte)&^q | (b-eachByte)&^b | (w-spaces)&^w) & highBits
}

// plainEnd is the place of the first quote, backslash or control character from i on, or the length of the text without one.
// ascii is false when some byte on the way, or up to 7 bytes after it, is not ASCII.
func plainEnd(raw []byte, i int) (end int, ascii bool) {
	var seen uint64
	for ; i+8 <= len(raw); i += 8 {
		w := binary.LittleEndian.Uint64(raw[i:])
		seen |= w
		if stop := interrupted(w); stop != 0 {
			return i + bits.TrailingZeros64(stop)>>3, seen&highBits == 0
		}
	}
	for ; i < len(raw) && raw[i] != '"' && raw[i] != '\\' && raw[i] >= ' '; i++ {
		seen |= uint64(raw[i])
	}
	return i, seen&highBits == 0
}

// text finds the end of the JSON string whose first byte after the quote is at i. It returns the place of the closing quote and
// whether there are escapes before it; -1 after an error.
func (w *walker) text(i int) (end int, escaped bool) {
	begin := i
	end, ascii := plainEnd(w.raw, i)
	if ascii && end < len(w.raw) && w.raw[end] == '"' {
		return end, false
	}
	for end < len(w.raw) && w.raw[end] == '\\' {
		escaped = true
		var more bool
		end, more = plainEnd(w.raw, min(end+2, len(w.raw)))
		ascii = ascii && more
	}
	switch {
	case end >= len(w.raw):
		return w.fail(end, "the text ends within a string"), false
	case w.raw[end] != '"':
		return w.fail(end, "a control character within a string"), false
	case !ascii && !utf8.Valid(w.raw[begin:end]):
		return w.fail(begin, "a string that is not UTF-8"), false
	}
	return end, escaped
}

// unescape appends a JSON string without its escapes. The reason is "" on success.
func unescape(dst, text []byte) ([]byte, string) {
	for len(text) > 0 {
		if text[0] != '\\' {
			n, _ := plainEnd(text, 0)
			dst, text = append(dst, text[:n]...), text[n:]
			continue
		}
		if len(text) < 2 {
			return dst, "half an escape in a string"
		}
		if text[1] == 'u' {
			r, used := escapedRune(text)
			if used == 0 {
				return dst, "an escape in a string that is no Unicode character"
			}
			dst, text = utf8.AppendRune(dst, r), text[used:]
			continue
		}
		c := simpleEscape(text[1])
		if c == 0 {
			return dst, "an unknown escape in a string"
		}
		dst, text = append(dst, c), text[2:]
	}
	return dst, ""
}

func simpleEscape(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// escapedRune reads \uXXXX, or two of them that are a surrogate pair. Half a pair is no character: used is 0.
func escapedRune(text []byte) (r rune, used int) {
	first := hex4(text)
	if first < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	if r := utf16.DecodeRune(first, hex4(text[6:])); r != utf8.RuneError {
		return r, 12
	}
	return 0, 0
}

// hex4 is the value of the \uXXXX at the start of the text, or -1.
func hex4(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range text[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
