package compare

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

const (
	fewestBuckets = 1 << 8
	mostBuckets   = 1 << 16
	perBucket     = 16 // items, about
)

// bucketsFor chooses the number of buckets: the more, the fewer items are read twice for one that differs; the fewer, the less memory.
func bucketsFor(items int64, asked int) int {
	if asked > 0 {
		return asked
	}
	n := fewestBuckets
	for n < mostBuckets && int64(n) < items/perBucket {
		n *= 2
	}
	return n
}

// pool lends hashers to pages: they hold the buckets, so that there are few of them however many scans are under way.
type pool struct {
	free chan *fingerprint.Hasher
	all  []*fingerprint.Hasher
}

func newPool(o Options, keys []string, buckets int) *pool {
	p := &pool{free: make(chan *fingerprint.Hasher, o.limits.pages)}
	for range o.limits.pages {
		h := fingerprint.New(o.Key, keys, buckets)
		p.free <- h
		p.all = append(p.all, h)
	}
	return p
}

func (p *pool) lend(fn func(h *fingerprint.Hasher)) {
	h := <-p.free
	fn(h)
	p.free <- h
}

// table adds up what all hashers saw.
func (p *pool) table() *fingerprint.Table {
	t := p.all[0].Table()
	for _, h := range p.all[1:] {
		t.Merge(h.Table())
	}
	return t
}

// fingerprints reads both tables at once.
func (c *comparison) fingerprints(ctx context.Context) (a, b *fingerprint.Table, err error) {
	group, ctx := errgroup.WithContext(ctx)
	for i, r := range c.readers() {
		group.Go(func() error {
			t, err := c.fingerprint(ctx, r, i == 1)
			if i == 0 {
				a = t
			} else {
				b = t
			}
			return err
		})
	}
	return a, b, group.Wait()
}

// fingerprint reads one table; the invariants see the restored one's items as they pass.
func (c *comparison) fingerprint(ctx context.Context, r *reader, restored bool) (*fingerprint.Table, error) {
	p := newPool(c.o, r.shape.keys, c.buckets)
	err := r.scan(ctx, c.segments, func(raw []byte) (page fingerprint.Page, err error) {
		p.lend(func(h *fingerprint.Hasher) { page, err = h.Page(raw) })
		if err == nil && restored {
			err = c.invariants.page(raw, r.shape.keys)
		}
		return page, err
	})
	if err != nil {
		return nil, err
	}
	return p.table(), nil
}
