package compare

import (
	"context"
	"fmt"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// Alone reads a restored table that has nothing to be compared with, because its source is gone: its items are counted and fingerprinted,
// and the invariants are asked of them. Whether the items are those that the source had stays Unknown; a failed invariant makes the verdict
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
	c.begin("reading")
	t, err := c.fingerprint(ctx, c.b, true)
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, err
	case err != nil:
		c.unread(err)
	default:
		c.res.Readings, c.watched = 1, true
		c.res.B.take(t)
		c.res.Reason = fmt.Sprintf("%d items were restored, and there is no table to compare them with", t.Count)
	}
	c.res.B.with(c.b)
	c.res.Invariants = c.invariants.results(!c.watched, false)
	c.res.Verdict = overall(c.res)
	return c.res, nil
}
