package fingerprint

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// maxDepth bounds the nesting of lists and maps. DynamoDB allows 32 levels; a few more are read, so that nobody's way of counting
// levels makes a difference.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxDepth = 40

// maxText is the longest text read at once. A page of DynamoDB is of 1 MB; places within the encoding are kept in 32 bits.
const maxText = 1 << 29

// Letters that begin a value in the canonical encoding.
const (
	letterText    = 'S'
	letterNumber  = 'N'
	letterBinary  = 'B'
	letterTrue    = 'T'
	letterFalse   = 'F'
	letterNull    = '0'
	letterList    = 'L'
	letterMap     = 'M'
	letterTexts   = 's'
	letterNumbers = 'n'
	letterBinary8 = 'b' // a set of binary values
)

// encoder writes items in the canonical encoding. All its room is kept from item to item.
type encoder struct {
	walker
	out     []byte
	entries []entry // of the maps and sets that are open, the innermost last
	plain   []byte  // a text without its escapes
	orders  orders

	names  [][]byte // of the key attributes, in order; may be empty
	keyOut []byte   // encoding of an item of the key attributes alone
	head   int      // bytes of keyOut that come before it
}

// reset turns to other text.
func (e *encoder) reset(raw []byte) {
	e.walker = walker{raw: raw}
	if len(raw) > maxText {
		e.fail(0, "more text than DynamoDB answers at once")
	}
}

// item appends the encoding of the item at i to out and returns the place after it, or -1.
func (e *encoder) item(i int) int {
	if e.why != "" {
		return -1
	}
	e.entries = e.entries[:0]
	return e.attributes(i, 0)
}

// attributes appends a map: the number of its entries, and each with its name in front, in the order of the names.
func (e *encoder) attributes(i, depth int) int {
	i, done := e.open(i, '{', '}')
	if i < 0 {
		return -1
	}
	base, start := len(e.entries), len(e.out)+1
	e.out = append(e.out, 0) // the count
	for !done {
		begin, end, after, escaped := e.name(i)
		if after < 0 {
			return -1
		}
		one := entry{at: uint32(len(e.out))}
		if !e.appendText(begin, end, escaped, &one) {
			return -1
		}
		if i = e.value(after, depth); i < 0 {
			return -1
		}
		one.end = uint32(len(e.out))
		e.entries = append(e.entries, one)
		i, done = e.next(i, '}')
	}
	if i < 0 {
		return -1
	}
	if depth == 0 && len(e.names) > 0 && !e.keyOf(base) {
		return e.fail(i, "an item without its key attributes")
	}
	if !e.arrange(base, start) {
		return e.fail(i, "a name twice in one map")
	}
	return i
}

// keyOf writes the encoding of the item's key attributes alone.
func (e *encoder) keyOf(base int) bool {
	e.keyOut = append(e.keyOut[:e.head], byte(len(e.names)))
	for _, name := range e.names {
		found := false
		for j := range e.entries[base:] {
			one := &e.entries[base+j]
			if int(one.nameEnd-one.nameAt) == len(name) && string(e.out[one.nameAt:one.nameEnd]) == string(name) {
				e.keyOut = append(e.keyOut, e.out[one.at:one.end]...)
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// shortType is how a value with a type of one letter begins, {"S": for one, without the letter.
const (
	shortType     = '{' | '"'<<8 | '"'<<24 | ':'<<32
	shortTypeMask = 0xff_ff00_ffff
)

// value appends an attribute value: a letter for its type, and what it holds.
func (e *encoder) value(i, depth int) int {
	if len(e.raw)-i >= 8 && binary.LittleEndian.Uint64(e.raw[i:])&shortTypeMask == shortType {
		return e.token(e.typed(e.raw[i+2:i+3], i+5, depth), '}')
	}
	begin, end, after, escaped := e.name(e.token(i, '{'))
	if after < 0 {
		return -1
	}
	kind := e.raw[begin:end]
	if escaped {
		var why string
		if kind, why = unescape(nil, kind); why != "" {
			return e.fail(begin, why)
		}
	}
	return e.token(e.typed(kind, after, depth), '}')
}

func (e *encoder) typed(kind []byte, i, depth int) int {
	switch string(kind) {
	case "S":
		return e.scalar(i, letterText)
	case "N":
		return e.scalar(i, letterNumber)
	case "B":
		return e.scalar(i, letterBinary)
	case "M":
		if depth >= maxDepth {
			return e.fail(i, "an item nested too deeply")
		}
		e.out = append(e.out, letterMap)
		return e.attributes(i, depth+1)
	case "L":
		if depth >= maxDepth {
			return e.fail(i, "an item nested too deeply")
		}
		return e.list(i, depth+1)
	case "SS":
		return e.set(i, letterTexts, letterText)
	case "NS":
		return e.set(i, letterNumbers, letterNumber)
	case "BS":
		return e.set(i, letterBinary8, letterBinary)
	case "BOOL", "NULL":
		return e.constant(i, len(kind) == len("NULL") && kind[0] == 'N')
	}
	return e.fail(i, "an attribute of an unknown type")
}

func (e *encoder) constant(i int, null bool) int {
	switch c, at := e.peek(i); {
	case c == 't' && null:
		e.out = append(e.out, letterNull)
		return e.word(at, "true")
	case c == 't':
		e.out = append(e.out, letterTrue)
		return e.word(at, "true")
	case c == 'f' && !null:
		e.out = append(e.out, letterFalse)
		return e.word(at, "false")
	default:
		return e.fail(at, "a BOOL or NULL of no such value")
	}
}

// scalar appends a letter and a text, number or binary value.
func (e *encoder) scalar(i int, letter byte) int {
	e.out = append(e.out, letter)
	var unused entry
	return e.element(i, letter, &unused)
}

// element appends a text, number or binary value without the letter, as sets hold them, and notes where.
func (e *encoder) element(i int, letter byte, one *entry) int {
	begin := e.token(i, '"')
	if begin < 0 {
		return -1
	}
	end, escaped := e.text(begin)
	if end < 0 {
		return -1
	}
	if letter == letterText {
		if !e.appendText(begin, end, escaped, one) {
			return -1
		}
		return end + 1
	}
	why, content := "", e.raw[begin:end]
	if escaped {
		e.plain, why = unescape(e.plain[:0], content)
		content = e.plain
	}
	if why == "" && letter == letterNumber {
		e.out, why = appendNumber(e.out, content)
	} else if why == "" {
		e.out, why = appendBinary(e.out, content)
	}
	if why != "" {
		return e.fail(begin, why)
	}
	return end + 1
}

// appendText appends the length and the bytes of a text that stands between two places, and notes where.
func (e *encoder) appendText(begin, end int, escaped bool, one *entry) bool {
	if !escaped {
		one.prefix = prefix(e.raw, begin, end)
		if n := end - begin; n < 0x80 {
			e.out = append(e.out, byte(n))
		} else {
			e.out = binary.AppendUvarint(e.out, uint64(n))
		}
		one.nameAt = uint32(len(e.out))
		e.out = append(e.out, e.raw[begin:end]...)
		one.nameEnd = uint32(len(e.out))
		return true
	}
	at := len(e.out)
	e.out = binary.AppendUvarint(e.out, uint64(end-begin))
	from := len(e.out)
	out, why := unescape(e.out, e.raw[begin:end])
	if why != "" {
		e.fail(begin, why)
		return false
	}
	length := len(out) - from
	e.out = lengthened(out, at, from)
	one.nameAt, one.nameEnd = uint32(len(e.out)-length), uint32(len(e.out))
	one.prefix = prefix(e.out, int(one.nameAt), int(one.nameEnd))
	return true
}

// appendBinary appends the length and the bytes of base64, padded or not.
func appendBinary(dst, text []byte) ([]byte, string) {
	coding := base64.RawStdEncoding
	if len(text)%4 == 0 && bytes.HasSuffix(text, []byte("=")) {
		coding = base64.StdEncoding
	}
	if bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0 { // which the decoder would pass over
		return dst, "binary that is not base64"
	}
	at := len(dst)
	dst = binary.AppendUvarint(dst, uint64(coding.DecodedLen(len(text))))
	from := len(dst)
	dst, err := coding.AppendDecode(dst, text)
	if err != nil {
		return dst, "binary that is not base64"
	}
	return lengthened(dst, at, from), ""
}

// lengthened writes the true length of what begins at from to where a length that was foreseen, and is not less, stands.
func lengthened(dst []byte, at, from int) []byte {
	length := len(dst) - from
	if front := uvarintSize(length); front != from-at {
		copy(dst[at+front:], dst[from:])
		dst = dst[:at+front+length]
	}
	binary.PutUvarint(dst[at:], uint64(length))
	return dst
}

func (e *encoder) list(i, depth int) int {
	i, done := e.open(i, '[', ']')
	e.out = append(e.out, letterList, 0)
	start, n := len(e.out), 0
	for ; !done; n++ {
		if i = e.value(i, depth); i < 0 {
			return -1
		}
		i, done = e.next(i, ']')
	}
	e.count(start, n)
	return i
}

// set appends the members of a set in the order of their encodings.
func (e *encoder) set(i int, letter, of byte) int {
	i, done := e.open(i, '[', ']')
	e.out = append(e.out, letter, 0)
	base, start := len(e.entries), len(e.out)
	for !done {
		one := entry{at: uint32(len(e.out))}
		if i = e.element(i, of, &one); i < 0 {
			return -1
		}
		one.end = uint32(len(e.out))
		if of != letterText {
			_, used := binary.Uvarint(e.out[one.at:])
			one.nameAt, one.nameEnd = one.at+uint32(used), one.end
			one.prefix = prefix(e.out, int(one.nameAt), int(one.nameEnd))
		}
		e.entries = append(e.entries, one)
		i, done = e.next(i, ']')
	}
	if i >= 0 && !e.arrange(base, start) {
		return e.fail(i, "a member twice in one set")
	}
	return i
}
