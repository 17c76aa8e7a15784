// Package store keeps items as ordered, versioned byte strings.
//
// Every key has a chain of versions. A write adds one; a version goes away as soon as nobody can ask for it any more:
// no pin (a backup, a snapshot, a restore under way) sees it, and it lies before the window that Keep opened.
// Taking a pin therefore costs the same whatever the size of the store. Nothing here is safe for concurrent use.
package store

import (
	"slices"

	"github.com/tidwall/btree"
)

// NoHistory is the window of a store that keeps no past but what pins hold.
const NoHistory = int64(1)<<62 - 1

// Store is one table's items. Make it with New.
type Store struct {
	tree   *btree.BTreeG[*entry]
	seq    uint64
	live   int
	keep   int64 // the first second whose end must stay visible
	pins   []*Pin
	dirty  map[*entry]struct{} // entries with more than one version, or with a tombstone
	writes int                 // since the last sweep
	closed bool
}

type entry struct {
	key  string
	head version
}

// version is one state of a key. No data means that the key was deleted then: an encoded item is never empty.
type version struct {
	data string
	seq  uint64
	sec  int64
	prev *version
}

// New makes an empty store.
func New() *Store {
	less := func(a, b *entry) bool { return a.key < b.key }
	return &Store{tree: btree.NewBTreeGOptions(less, btree.Options{NoLocks: true}), keep: NoHistory, dirty: map[*entry]struct{}{}}
}

// Len is the number of keys that have a value now.
func (s *Store) Len() int { return s.live }

// Past is the number of keys with a past that is still held.
func (s *Store) Past() int { return len(s.dirty) }

// Get reads the value of now; empty means none.
func (s *Store) Get(key string) string {
	if e, ok := s.tree.Get(&entry{key: key}); ok {
		return e.head.data
	}
	return ""
}

// Put writes a value in second sec, which never runs backwards, and answers the one before, empty when there was none.
// Putting the empty string deletes.
func (s *Store) Put(key, data string, sec int64) (old string) {
	e, ok := s.tree.Get(&entry{key: key})
	if !ok {
		if data == "" {
			return ""
		}
		e = &entry{key: key}
		s.tree.Set(e)
	}
	old = e.head.data
	s.count(old, data)
	s.seq++
	if ok {
		before := e.head
		e.head.prev = &before
	}
	e.head.data, e.head.seq, e.head.sec = data, s.seq, sec
	s.trim(e)
	s.sweepNowAndThen()
	return old
}

func (s *Store) count(old, data string) {
	if old != "" {
		s.live--
	}
	if data != "" {
		s.live++
	}
}

// Ascend calls f for each key from `from` on that has a value now, in order, until f answers false. f must not write.
func (s *Store) Ascend(from string, f func(key, data string) bool) {
	s.tree.Ascend(&entry{key: from}, func(e *entry) bool {
		return e.head.data == "" || f(e.key, e.head.data)
	})
}

// Descend calls f for each key from `from` down.
func (s *Store) Descend(from string, f func(key, data string) bool) {
	s.tree.Descend(&entry{key: from}, func(e *entry) bool {
		return e.head.data == "" || f(e.key, e.head.data)
	})
}

// Keep sets the first second whose end must stay visible; NoHistory ends the keeping.
func (s *Store) Keep(sec int64) {
	s.keep = sec
	if sec == NoHistory {
		s.Sweep()
	}
}

// Close gives up the present: only what pins hold stays. The store must not be written to afterwards.
func (s *Store) Close() {
	s.closed, s.keep = true, NoHistory
	if len(s.pins) == 0 {
		s.tree.Clear()
		clear(s.dirty)
		return
	}
	var gone []*entry
	s.tree.Scan(func(e *entry) bool {
		if s.trimChain(e) {
			gone = append(gone, e)
		}
		return true
	})
	for _, e := range gone {
		s.forget(e)
	}
}

// Sweep drops every version that nobody needs.
func (s *Store) Sweep() {
	s.writes = 0
	for e := range s.dirty {
		s.trim(e)
	}
}

// sweepNowAndThen keeps the work of sweeping proportional to the writes.
func (s *Store) sweepNowAndThen() {
	if s.writes++; s.writes > 1024 && s.writes > len(s.dirty) {
		s.Sweep()
	}
}

func (s *Store) trim(e *entry) {
	if s.trimChain(e) {
		s.forget(e)
		return
	}
	if e.head.prev != nil || e.head.data == "" {
		s.dirty[e] = struct{}{}
	} else {
		delete(s.dirty, e)
	}
}

func (s *Store) forget(e *entry) {
	s.tree.Delete(e)
	delete(s.dirty, e)
}

// trimChain drops the versions of one key that nobody needs and answers whether none is left.
func (s *Store) trimChain(e *entry) (empty bool) {
	next, last := &e.head, &e.head
	for v := e.head.prev; v != nil; v = v.prev {
		if s.needed(v, next) {
			last.prev = v
			last = v
		}
		next = v
	}
	last.prev = nil
	s.dropOldTombstones(e)
	present := !s.closed && e.head.data != ""
	return !present && e.head.prev == nil && !s.pinned(&e.head, nil)
}

// dropOldTombstones cuts tombstones off the old end of a chain: before the first version there is nothing anyway.
func (s *Store) dropOldTombstones(e *entry) {
	for {
		v := &e.head
		if v.prev == nil {
			return
		}
		for v.prev.prev != nil {
			v = v.prev
		}
		if v.prev.data != "" {
			return
		}
		v.prev = nil
	}
}

// needed answers whether anybody may ask for v, which next replaced.
func (s *Store) needed(v, next *version) bool {
	return max(v.sec, s.keep) < next.sec || s.pinned(v, next)
}

func (s *Store) pinned(v, next *version) bool {
	for _, p := range s.pins {
		if p.sees(v) && (next == nil || !p.sees(next)) {
			return v.data != "" || v.prev != nil
		}
	}
	return false
}

// Pin is a consistent picture of the store at one moment.
type Pin struct {
	store *Store
	seq   uint64
	sec   int64
}

// Pin takes a picture of now.
func (s *Store) Pin() *Pin { return s.PinAt(NoHistory) }

// PinAt takes a picture of the end of second sec, which must lie in the window that Keep set, or of now if that is earlier.
func (s *Store) PinAt(sec int64) *Pin {
	p := &Pin{store: s, seq: s.seq, sec: sec}
	s.pins = append(s.pins, p)
	return p
}

func (p *Pin) sees(v *version) bool { return v.seq <= p.seq && v.sec <= p.sec }

// Ascend calls f for each key that had a value then, in order, until f answers false. After Release it calls nothing.
func (p *Pin) Ascend(f func(key, data string) bool) {
	if p.store == nil {
		return
	}
	p.store.tree.Scan(func(e *entry) bool {
		v := &e.head
		for v != nil && !p.sees(v) {
			v = v.prev
		}
		return v == nil || v.data == "" || f(e.key, v.data)
	})
}

// Release lets the picture go. Releasing again does nothing.
func (p *Pin) Release() {
	s := p.store
	if s == nil {
		return
	}
	p.store = nil
	s.pins = slices.DeleteFunc(s.pins, func(q *Pin) bool { return q == p })
	if s.closed {
		s.Close()
		return
	}
	s.Sweep()
}

// Versions counts the versions held, for tests and measurements.
func (s *Store) Versions() int {
	total := 0
	s.tree.Scan(func(e *entry) bool {
		for v := &e.head; v != nil; v = v.prev {
			total++
		}
		return true
	})
	return total
}

// Share takes a second pin of the same moment, to be released by itself. Sharing a released pin gives one that shows nothing.
func (p *Pin) Share() *Pin {
	q := &Pin{store: p.store, seq: p.seq, sec: p.sec}
	if p.store != nil {
		p.store.pins = append(p.store.pins, q)
	}
	return q
}
