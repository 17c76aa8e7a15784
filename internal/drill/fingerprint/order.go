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

// prefix is the first eight bytes of text[begin:end] as a number, zeros after fewer.
func prefix(text []byte, begin, end int) uint64 {
	if len(text)-begin < 8 {
		var first [8]byte
		copy(first[:], text[begin:end])
		return binary.BigEndian.Uint64(first[:])
	}
	w := binary.BigEndian.Uint64(text[begin:])
	if length := end - begin; length < 8 {
		w &= ^(^uint64(0) >> (8 * uint(length))) // what follows is not of it
	}
	return w
}

// few is how many entries are sorted by insertion, and how many have their last order remembered.
const few = 64

// orders holds, for each number of entries, the order in which the last map or set of so many was found to be. The attributes of a
// table's items mostly come alike, so that it is mostly right; it is checked before it is used.
type orders [few + 1][few]uint8

// arrange brings the entries from base on, whose encodings begin at start, into the order of their bytes, writes their number before
// them, and forgets them. It is false when two have the same bytes.
func (e *encoder) arrange(base, start int) bool {
	open := e.entries[base:]
	e.entries = e.entries[:base]
	n, end := len(open), len(e.out)
	if n > few {
		slices.SortFunc(open, func(a, b entry) int { return order(e.out, &a, &b) })
		for i := 1; i < n; i++ {
			if order(e.out, &open[i-1], &open[i]) == 0 {
				return false
			}
		}
		for i := range open {
			e.out = append(e.out, e.out[open[i].at:open[i].end]...)
		}
	} else {
		by := e.orders[n][:n]
		if !ascending(e.out, open, by) && !sortBy(e.out, open, by) {
			return false
		}
		if !inPlace(by) {
			for _, j := range by {
				e.out = append(e.out, e.out[open[j].at:open[j].end]...)
			}
		}
	}
	if len(e.out) > end {
		copy(e.out[start:end], e.out[end:])
		e.out = e.out[:end]
	}
	e.count(start, n)
	return true
}

// ascending tells whether the entries, taken by these indices, are in order and no two alike. Any indices will do: none can occur twice
// among entries of which each is greater than the one before, so that all n occur.
func ascending(out []byte, open []entry, by []uint8) bool {
	if len(by) == 1 {
		return true
	}
	for i := 1; i < len(by); i++ {
		if order(out, &open[by[i-1]], &open[by[i]]) >= 0 {
			return false
		}
	}
	return true
}

// sortBy makes the indices by which the entries are in order. It is false when two are alike.
func sortBy(out []byte, open []entry, by []uint8) bool {
	for i := range by {
		j := i
		for ; j > 0; j-- {
			c := order(out, &open[by[j-1]], &open[i])
			if c == 0 {
				return false
			}
			if c < 0 {
				break
			}
			by[j] = by[j-1]
		}
		by[j] = uint8(i)
	}
	return true
}

func inPlace(by []uint8) bool {
	for i, j := range by {
		if i != int(j) {
			return false
		}
	}
	return true
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
