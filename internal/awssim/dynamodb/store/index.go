package store

import "github.com/tidwall/btree"

// Index orders the keys of a store by something else: an index key followed by the key itself.
type Index struct {
	tree *btree.BTreeG[indexEntry]
}

type indexEntry struct {
	key  string // index key + store key
	skip int    // length of the index key
}

// NewIndex makes an empty index.
func NewIndex() *Index {
	less := func(a, b indexEntry) bool { return a.key < b.key }
	return &Index{tree: btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})}
}

// Len is the number of entries.
func (x *Index) Len() int { return x.tree.Len() }

// Add enters a store key under an index key.
func (x *Index) Add(indexKey, key string) {
	x.tree.Set(indexEntry{key: indexKey + key, skip: len(indexKey)})
}

// Remove takes it out.
func (x *Index) Remove(indexKey, key string) { x.tree.Delete(indexEntry{key: indexKey + key}) }

// Ascend calls f with each whole index key from `from` on and the store key it leads to.
func (x *Index) Ascend(from string, f func(whole, key string) bool) {
	x.tree.Ascend(indexEntry{key: from}, func(e indexEntry) bool { return f(e.key, e.key[e.skip:]) })
}

// Descend goes downwards.
func (x *Index) Descend(from string, f func(whole, key string) bool) {
	x.tree.Descend(indexEntry{key: from}, func(e indexEntry) bool { return f(e.key, e.key[e.skip:]) })
}
