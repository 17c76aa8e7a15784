package fingerprint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
)

// Letters between the key and the encoding, so that the hash of a primary key is never that of an item.
const (
	ofValue = 'V'
	ofKey   = 'K'
)

// headSize is the key and the letter.
const headSize = len(Key{}) + 1

// Item is what an item comes to.
type Item struct {
	Key    Sum // hash of the primary key: equal for two states of the same item
	Value  Sum // hash of the whole item, the key included
	Bucket int // by Key
}

// Hasher takes the fingerprint of a part of a table. It is not for concurrent use: give each segment of a scan one of its own and
// merge the tables.
type Hasher struct {
	answer  answer
	buckets []Bucket
	pending []Item // of the page being read
}

// New makes a hasher for a table with these key attributes, in any order. The number of buckets is rounded up to a power of two.
func New(key Key, keyAttributes []string, buckets int) *Hasher {
	h := &Hasher{buckets: make([]Bucket, powerOfTwo(buckets))}
	e := &h.answer.encoder
	for _, name := range keyAttributes {
		e.names = append(e.names, []byte(name))
	}
	slices.SortFunc(e.names, bytes.Compare)
	e.out = append(append(e.out, key[:]...), ofValue)
	e.keyOut = append(append(e.keyOut, key[:]...), ofKey)
	e.head = headSize
	return h
}

// Page adds every item of one whole Scan or Query answer, given as its JSON text, or none of them when it returns an error: a page
// that was cut off on the way can be read again. The error tells the place in the text but none of its content.
func (h *Hasher) Page(raw []byte) (Page, error) {
	if len(h.answer.names) == 0 {
		return Page{}, errNoKey
	}
	h.answer.reset(raw)
	h.pending = h.pending[:0]
	page, ok := h.answer.read(h)
	if !ok {
		return Page{}, h.answer.err()
	}
	for i := range h.pending {
		h.Add(&h.pending[i])
	}
	return page, nil
}

var errNoKey = errors.New("take fingerprint: no key attributes were named")

// take takes one item of the page.
func (h *Hasher) take(i int) int {
	if i = h.one(i); i >= 0 {
		h.pending = append(h.pending, h.hashed())
	}
	return i
}

// Item hashes one item, given as its JSON object ({"id":{"S":"x"}}), and adds it to nothing.
func (h *Hasher) Item(raw []byte) (Item, error) {
	if len(h.answer.names) == 0 {
		return Item{}, errNoKey
	}
	h.answer.reset(raw)
	if h.answer.end(h.one(0)) < 0 {
		return Item{}, h.answer.err()
	}
	return h.hashed(), nil
}

// Add adds an item that Item returned.
func (h *Hasher) Add(item *Item) { h.buckets[item.Bucket].add(1, &item.Value) }

// one encodes the item at a place, behind the key.
func (h *Hasher) one(i int) int {
	h.answer.out = h.answer.out[:headSize]
	return h.answer.item(i)
}

// hashed is the item that was encoded last.
func (h *Hasher) hashed() Item {
	item := Item{Key: sha256.Sum256(h.answer.keyOut), Value: sha256.Sum256(h.answer.out)}
	item.Bucket = int(binary.BigEndian.Uint32(item.Key[28:])) & (len(h.buckets) - 1)
	return item
}

// Table is the fingerprint of all items added so far. Later items do not change it.
func (h *Hasher) Table() *Table {
	t := &Table{Buckets: slices.Clone(h.buckets)}
	for i := range t.Buckets {
		t.Count += t.Buckets[i].Count
		t.Total.Add(&t.Buckets[i].Sum)
	}
	return t
}

// Canonical appends the canonical encoding of an item, given as its JSON object, to dst.
func Canonical(dst []byte, rawItem []byte) ([]byte, error) {
	var e encoder
	e.reset(rawItem)
	if e.end(e.item(0)) < 0 {
		return dst, e.err()
	}
	return append(dst, e.out...), nil
}
