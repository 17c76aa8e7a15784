package fingerprint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// entry is one entry of a map, or one member of a set, in the encoding. It begins with the length and the bytes by which it is ordered.
type entry struct {
	prefix          uint64 // the first eight bytes of these, so that most comparisons look no further
	at              uint32 // where it begins
	nameAt, nameEnd uint32 // the bytes by which it is ordered
	end             uint32 // where it ends
}

// entry describes the last thing appended, which begins at a place and is so far nothing but a length and bytes.
func (e *encoder) entry(at int) entry {
	length, used := uint64(e.out[at]), 1
	if length >= 0x80 {
		length, used = binary.Uvarint(e.out[at:])
	}
	from := at + used
	one := entry{at: uint32(at), nameAt: uint32(from), nameEnd: uint32(len(e.out))}
	if cap(e.out)-from >= 8 {
		one.prefix = binary.BigEndian.Uint64(e.out[from : from+8])
		if length < 8 {
			one.prefix &= ^(^uint64(0) >> (8 * length)) // what follows is not of it
		}
		return one
	}
	var first [8]byte
	copy(first[:], e.out[from:])
	one.prefix = binary.BigEndian.Uint64(first[:])
	return one
}

// arrange brings the entries from base on, whose encodings begin at start, into the order of their bytes, writes their number before
// them, and forgets them. It is false when two have the same bytes.
func (e *encoder) arrange(base, start int) bool {
	open := e.entries[base:]
	e.entries = e.entries[:base]
	moved, unique := e.sorted(open)
	if !unique {
		return false
	}
	if moved {
		end := len(e.out)
		for _, one := range open {
			e.out = append(e.out, e.out[one.at:one.end]...)
		}
		copy(e.out[start:end], e.out[end:])
		e.out = e.out[:end]
	}
	e.count(start, len(open))
	return true
}

// few is how many entries are sorted by insertion, which is quickest for what is almost in order already.
const few = 24

// sorted sorts entries. moved tells whether they were in another order; unique whether no two are alike.
func (e *encoder) sorted(open []entry) (moved, unique bool) {
	if len(open) > few {
		out := e.out
		slices.SortFunc(open, func(a, b entry) int { return order(out, &a, &b) })
		for i := 1; i < len(open); i++ {
			if order(out, &open[i-1], &open[i]) == 0 {
				return true, false
			}
		}
		return true, true
	}
	for i := 1; i < len(open); i++ {
		for j := i; j > 0; j-- {
			c := order(e.out, &open[j-1], &open[j])
			if c == 0 {
				return moved, false
			}
			if c < 0 {
				break
			}
			open[j-1], open[j] = open[j], open[j-1]
			moved = true
		}
	}
	return moved, true
}

// order compares two entries by their bytes, as unsigned, a shorter one first where it begins the longer.
func order(out []byte, a, b *entry) int {
	if a.prefix != b.prefix {
		return cmp.Compare(a.prefix, b.prefix)
	}
	return bytes.Compare(out[a.nameAt:a.nameEnd], out[b.nameAt:b.nameEnd])
}

// count writes the number of members into the byte before start, and makes room where one byte is not enough.
func (e *encoder) count(start, n int) {
	if extra := uvarintSize(n) - 1; extra > 0 {
		end := len(e.out)
		e.out = append(e.out, make([]byte, extra)...)
		copy(e.out[start+extra:], e.out[start:end])
	}
	binary.PutUvarint(e.out[start-1:], uint64(n))
}

// uvarintSize is the number of bytes of a length or count.
func uvarintSize(n int) int { return (bits.Len(uint(n)|1) + 6) / 7 }
