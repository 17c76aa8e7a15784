package fingerprint

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// Bucket is the fingerprint of the items whose primary keys fall into it.
type Bucket struct {
	Count int64 `json:"count"`
	Sum   Sum   `json:"sum"`
}

func (b *Bucket) add(count int64, sum *Sum) {
	b.Count += count
	b.Sum.Add(sum)
}

// Table is the fingerprint of a table or of a part of it. Two tables can be compared when the same key made them.
type Table struct {
	Count   int64    `json:"count"`
	Total   Sum      `json:"total"`
	Buckets []Bucket `json:"buckets"` // a power of two of them; an item is in the bucket of its key's hash modulo their number
}

// Merge adds the items of another part of the table, read under the same key. Parts may be merged in any order. Were they read with
// different numbers of buckets, the smaller number remains.
func (t *Table) Merge(o *Table) {
	n := min(len(t.Buckets), len(o.Buckets))
	t.Buckets = folded(t.Buckets, n)
	for i, b := range folded(o.Buckets, n) {
		t.Buckets[i].add(b.Count, &b.Sum)
	}
	t.Count += o.Count
	t.Total.Add(&o.Total)
}

// Digest is SHA-256 of the counts and sums of all buckets in their order, each count as eight bytes, the most significant first.
func (t *Table) Digest() Sum {
	h := sha256.New()
	for i := range t.Buckets {
		_ = binary.Write(h, binary.BigEndian, t.Buckets[i].Count) // a hash takes everything
		h.Write(t.Buckets[i].Sum[:])
	}
	return Sum(h.Sum(nil))
}

// Differing are the numbers of the buckets in which two tables differ, in order; nil when the tables are equal. Of tables with
// different numbers of buckets, the smaller number counts.
func Differing(a, b *Table) []int {
	n := min(len(a.Buckets), len(b.Buckets))
	inA, inB := folded(a.Buckets, n), folded(b.Buckets, n)
	var out []int
	for i := range n {
		if inA[i] != inB[i] {
			out = append(out, i)
		}
	}
	return out
}

// folded are the buckets as if there had been n, a power of two, from the start. Buckets that are n already are returned as they are.
func folded(buckets []Bucket, n int) []Bucket {
	if len(buckets) == n {
		return buckets
	}
	out := make([]Bucket, n)
	for i := range buckets {
		out[i%n].add(buckets[i].Count, &buckets[i].Sum)
	}
	return out
}

// powerOfTwo is n, or the next power of two above it; at least 1 and at most 2^24, which is 640 MB of buckets.
func powerOfTwo(n int) int {
	n = min(max(n, 1), 1<<24)
	return 1 << bits.Len(uint(n-1))
}
