package compare

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// Alone reads a restored table that has nothing to be compared with, because its source is gone: its items are counted and fingerprinted,
// or some of them drawn where a sample is asked for, and the invariants are asked of them. Whether the items are those that the source had stays Unknown; a failed invariant makes the verdict
// Differs. Errors are those of Items.
func Alone(ctx context.Context, b Side, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	watching, err := newWatch(o.Invariants)
	if err != nil {
		return nil, err
	}
	d, err := describe(ctx, b)
	if err != nil {
		return nil, err
	}
	c := &comparison{o: o, out: newLedger(o.limits), invariants: watching, estimated: d.items, segments: segmentsFor(d.bytes, o.Segments)}
	c.b = c.reader(b, d)
	c.b.parallel = c.segments
	c.buckets = len(fingerprint.New(o.Key, d.keys, bucketsFor(d.items, o.Buckets)).Table().Buckets)
	c.res = &Result{Moment: o.Moment, Tolerance: o.Tolerance.Seconds(), MaxDrift: o.MaxDrift, Key: o.Key, Buckets: c.buckets, Consistent: !o.Eventually,
		Method: None, Items: Unknown, Differences: []Difference{}, Notes: []string{}}
	c.a = c.b // whose keys name the items
	var t *fingerprint.Table
	if c.o.Sample > 0 {
		err = c.sampleAlone(ctx)
	} else {
		c.begin("reading")
		t, err = c.fingerprint(ctx, c.b, true)
	}
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, err
	case err != nil:
		c.unread(err)
	case t == nil:
		c.res.Readings, c.watched = 1, true
		c.res.Reason = fmt.Sprintf("a sample of %d items was read of the restored table, and there is no table to compare them with", c.res.B.Count)
	default:
		c.res.Readings, c.watched = 1, true
		c.res.B.take(t)
		c.res.Reason = fmt.Sprintf("%d items were restored, and there is no table to compare them with", t.Count)
	}
	c.res.B.with(c.b)
	c.res.Invariants = c.invariants.results(!c.watched, c.sampled)
	c.res.Verdict = overall(c.res)
	return c.res, nil
}

// sampleAlone reads some items of the one table, and asks the invariants of them.
func (c *comparison) sampleAlone(ctx context.Context) error {
	c.begin("reading a sample")
	c.sampled = true
	list, err := c.draw(ctx, c.b, 1, rand.New(rand.NewChaCha8(c.o.Key))) //nolint:gosec // nobody gains by foreseeing it: the key is drawn for each comparison
	c.res.B.Count = int64(len(list))
	return err
}
