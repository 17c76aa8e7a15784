package awscron

import (
	"iter"
	"math/bits"
)

// set holds the values of one field as bits, counted from the field's base.
// Four words reach the 230 years of the year field; the others use the first.
type set [4]uint64

func (s *set) add(i int)     { s[i>>6] |= 1 << (i & 63) }
func (s set) has(i int) bool { return i >= 0 && i < 256 && s[i>>6]&(1<<(i&63)) != 0 }

// span is the set of lo to hi, both included, within one word.
func span(lo, hi int) uint64 {
	return ^uint64(0) << lo & (^uint64(0) >> (63 - hi))
}

// direction is the way a walk goes through time.
type direction int

const (
	up   direction = 1
	down direction = -1
)

// first is the bit of a non-empty m at which the walk begins.
func (d direction) first(m uint64) int {
	if d == down {
		return 63 - bits.LeadingZeros64(m)
	}
	return bits.TrailingZeros64(m)
}

// each visits the bits of m in the walk's order.
func (d direction) each(m uint64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for m != 0 {
			i := d.first(m)
			if !yield(i) {
				return
			}
			m &^= 1 << i
		}
	}
}

// from drops the bits of m that a walk starting at i has already passed.
func (d direction) from(m uint64, i int) uint64 {
	if d == down {
		return m & span(0, i)
	}
	return m & span(i, 63)
}
