package compare

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// digest is half of a keyed hash: 128 bits tell items apart that nobody could choose for the key.
type digest [16]byte

func short(s fingerprint.Sum) digest { return digest(s[:16]) }

// waiting is an item that one table has shown and the other not yet.
type waiting struct {
	value   digest
	bucket  int32
	side    int8 // 0 or 1
	changed int64
	key     string
}

// meeting is where the items of differing buckets find each other. It holds those that wait for their other half, and what was found as
// far as it is kept. When too many wait, the upper half of the buckets is put off to a later reading, and what is known of them forgotten.
type meeting struct {
	wanted []bool // by bucket: what differs; never changed, so that it is read without a lock
	room   int

	mu     sync.Mutex
	active []int  // buckets compared in this reading, in order
	off    []bool // by bucket: put off
	later  []int
	wait   map[digest]waiting
	found  []difference
	keep   int     // of found; what is more is counted
	keyed  int     // of found that keep their key
	same   []int64 // by bucket
	more   []int64 // by bucket: changed items that found had no room for
}

func newMeeting(differing []int, buckets, room, keep int) *meeting {
	m := &meeting{wanted: make([]bool, buckets), off: make([]bool, buckets), same: make([]int64, buckets), more: make([]int64, buckets), keep: keep, wait: map[digest]waiting{}, room: room}
	for _, i := range differing {
		m.wanted[i] = true
	}
	m.active = slices.Clone(differing)
	return m
}

// arrival is an item of a wanted bucket.
type arrival struct {
	item fingerprint.Item
	raw  []byte
}

// second compares the items of differing buckets, in as many readings as memory demands and patience allows. It returns the buckets
// for which there was neither.
func (c *comparison) second(ctx context.Context, differing []int) ([]int, error) {
	for range c.o.limits.passes {
		if len(differing) == 0 {
			break
		}
		m := newMeeting(differing, c.buckets, c.o.limits.pending, c.out.left())
		m.keyed = c.out.keyed
		c.begin("reading what differs")
		if err := c.meet(ctx, m); err != nil {
			return differing, err
		}
		c.res.Readings++
		c.commit(m)
		if len(m.active) == 0 {
			break // not even one bucket has room
		}
		slices.Sort(m.later)
		differing = m.later
	}
	return differing, nil
}

// commit takes over what a reading found.
func (c *comparison) commit(m *meeting) {
	touched := make([]bool, c.buckets)
	for i := range m.found {
		touched[m.found[i].bucket] = true
	}
	c.out.take(m.found)
	m.found = nil
	for id, w := range m.wait {
		touched[w.bucket] = true
		c.out.add(alone(id, w))
	}
	for _, i := range m.active {
		c.res.Same += m.same[i]
		c.out.more(Changed, m.more[i])
		if !touched[i] && m.more[i] == 0 {
			c.res.VanishedDiff++
		}
	}
}

// meet reads both tables at once.
func (c *comparison) meet(ctx context.Context, m *meeting) error {
	group, ctx := errgroup.WithContext(ctx)
	for side, r := range c.readers() {
		// A hasher with as many buckets as in the first reading says which bucket an item is in; it adds nothing up.
		p := newPool(c.o, r.shape.keys, c.buckets)
		group.Go(func() error {
			return r.scan(ctx, c.segments, func(raw []byte) (page fingerprint.Page, err error) {
				p.lend(func(h *fingerprint.Hasher) { page, err = c.arrive(m, side, h, raw) })
				return page, err
			})
		})
	}
	return group.Wait()
}

// arrive hashes a page's items and lets those of wanted buckets in.
func (c *comparison) arrive(m *meeting, side int, h *fingerprint.Hasher, raw []byte) (fingerprint.Page, error) {
	var all []arrival
	page, err := fingerprint.Each(raw, func(item []byte) error {
		hashed, err := h.Item(item)
		if err == nil && m.wanted[hashed.Bucket] {
			all = append(all, arrival{item: hashed, raw: item})
		}
		return err
	})
	if err != nil {
		return page, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range all {
		if err := m.take(side, &all[i], c.note); err != nil {
			return page, err
		}
	}
	return page, nil
}

var errTwice = errors.New("one item twice in a scan")

// take lets one item meet its other half, or makes it wait. m.mu is held. note extracts what must be kept of an item.
func (m *meeting) take(side int, x *arrival, note func(side int, raw []byte) (key string, changed int64, err error)) error {
	if m.off[x.item.Bucket] {
		return nil
	}
	id, value := short(x.item.Key), short(x.item.Value)
	other, met := m.wait[id]
	if met && int(other.side) == side {
		return errTwice
	}
	if met && other.value == value {
		delete(m.wait, id)
		m.same[x.item.Bucket]++
		return nil
	}
	if met && len(m.found) >= m.keep {
		delete(m.wait, id)
		m.more[x.item.Bucket]++
		return nil
	}
	key, changed, err := note(side, x.raw)
	if err != nil {
		return err
	}
	here := waiting{value: value, bucket: int32(x.item.Bucket), side: int8(side), changed: changed, key: key} //nolint:gosec // at most 2^24 buckets, 2 sides
	if met {
		delete(m.wait, id)
		one := both(id, here, other)
		if len(m.found) >= m.keyed {
			one.key = ""
		}
		m.found = append(m.found, one)
	} else {
		m.wait[id] = here
	}
	if len(m.wait) > m.room {
		m.putOff()
	}
	return nil
}

// putOff gives up half of the buckets for this reading.
func (m *meeting) putOff() {
	keep := len(m.active) / 2
	for _, i := range m.active[keep:] {
		m.off[i], m.same[i], m.more[i] = true, 0, 0
	}
	m.later = append(m.later, m.active[keep:]...)
	m.active = m.active[:keep]
	m.found = slices.DeleteFunc(m.found, func(d difference) bool { return m.off[d.bucket] })
	for id, w := range m.wait {
		if m.off[w.bucket] {
			delete(m.wait, id)
		}
	}
}
