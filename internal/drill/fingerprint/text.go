package fingerprint

import (
	"encoding/binary"
	"math/bits"
	"slices"
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

// text finds the end of the JSON string whose first byte after the quote is at i. It returns the place of the closing quote and
// whether there are escapes before it; -1 after an error.
func (w *walker) text(i int) (end int, escaped bool) {
	raw, begin := w.raw, i
	var seen uint64
	for i+8 <= len(raw) {
		word := binary.LittleEndian.Uint64(raw[i:])
		seen |= word
		stop := interrupted(word)
		if stop == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(stop) >> 3
		if raw[i] != '\\' {
			return w.textEnd(begin, i, seen), escaped
		}
		escaped = true
		i += 2
	}
	for i < len(raw) && raw[i] != '"' && raw[i] >= ' ' {
		seen |= uint64(raw[i])
		if raw[i] == '\\' {
			escaped = true
			i++
		}
		i++
	}
	return w.textEnd(begin, min(i, len(raw)), seen), escaped
}

// textEnd checks a string that ends at a place. seen has the high bit of a byte set when the string may hold more than ASCII.
func (w *walker) textEnd(begin, end int, seen uint64) int {
	switch {
	case end >= len(w.raw):
		return w.fail(end, "the text ends within a string")
	case w.raw[end] != '"':
		return w.fail(end, "a control character within a string")
	case seen&highBits != 0 && !utf8.Valid(w.raw[begin:end]):
		return w.fail(begin, "a string that is not UTF-8")
	}
	return end
}

// unescape appends a JSON string without its escapes. The reason is "" on success.
func unescape(dst, text []byte) ([]byte, string) {
	at := len(dst)
	dst = slices.Grow(dst, len(text)+8)[:at+len(text)+8] // an escape is longer than what it stands for
	for {
		n := copyPlain(dst[at:], text)
		at, text = at+n, text[n:]
		switch len(text) {
		case 0:
			return dst[:at], ""
		case 1:
			return dst[:at], "half an escape in a string"
		}
		if c := simpleEscape(text[1]); c != 0 {
			dst[at] = c
			at, text = at+1, text[2:]
			continue
		}
		if text[1] != 'u' {
			return dst[:at], "an unknown escape in a string"
		}
		r, used := escapedRune(text)
		if used == 0 {
			return dst[:at], "an escape in a string that is no Unicode character"
		}
		at, text = at+utf8.EncodeRune(dst[at:], r), text[used:]
	}
}

// copyPlain copies what comes before the first backslash and returns how much that is. It may write up to seven bytes more.
func copyPlain(dst, text []byte) (n int) {
	for n+8 <= len(text) && n+8 <= len(dst) {
		word := binary.LittleEndian.Uint64(text[n:])
		binary.LittleEndian.PutUint64(dst[n:], word)
		b := word ^ backslash8
		if stop := (b - eachByte) &^ b & highBits; stop != 0 {
			return n + bits.TrailingZeros64(stop)>>3
		}
		n += 8
	}
	for n < len(text) && text[n] != '\\' {
		dst[n] = text[n]
		n++
	}
	return n
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
