package compare

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// comparison is one that is under way.
type comparison struct {
	o          Options
	a, b       *reader
	segments   int
	buckets    int
	out        *ledger
	invariants *watch
	sampled    bool // not all items were compared
	watched    bool // the invariants saw every item
	res        *Result

	estimated int64 // items of both tables, as DynamoDB last counted
	doing     string
	seen      atomic.Int64
}

// Items compares the items of two tables: a is the source, b what was restored. A table that cannot be read to its end gives a result
// that is Unknown, with its cause. Errors come before anything is read: options that make no sense, ErrSameTable, a *StatusError, a
// *MistakeError of an invariant, or a *awsapi.CallError, which is also what comes when ctx ends.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
func Items(ctx context.Context, a, b Side, o Options) (*Result, error) {
	c, err := prepare(ctx, a, b, o)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(c.a.shape.keys, c.b.shape.keys) || !slices.Equal(c.a.shape.kinds, c.b.shape.kinds) {
		c.res.Items, c.res.Reason = Differs, fmt.Sprintf("the primary keys differ: %s and %s; the items were not compared", c.a.shape.schema(), c.b.shape.schema())
		return c.finished(), nil
	}
	if c.o.Sample > 0 {
		err = c.sample(ctx)
	} else {
		err = c.whole(ctx)
	}
	if ctx.Err() != nil && err != nil {
		return nil, err
	}
	if err != nil {
		c.unread(err)
	}
	return c.finished(), nil
}

// prepare looks at both tables and checks everything that needs no reading.
func prepare(ctx context.Context, a, b Side, o Options) (*comparison, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	watching, err := newWatch(o.Invariants)
	if err != nil {
		return nil, err
	}
	c := &comparison{o: o, out: newLedger(o.limits), invariants: watching}
	var shapes [2]*shape
	group, gctx := errgroup.WithContext(ctx)
	for i, side := range []Side{a, b} {
		group.Go(func() (err error) {
			shapes[i], err = describe(gctx, side)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if shapes[0].arn == shapes[1].arn {
		return nil, ErrSameTable
	}
	c.a, c.b, c.estimated = c.reader(a, shapes[0]), c.reader(b, shapes[1]), shapes[0].items+shapes[1].items
	c.segments = segmentsFor(max(shapes[0].bytes, shapes[1].bytes), o.Segments)
	if o.Sample == 0 {
		c.a.parallel, c.b.parallel = c.segments, c.segments
	}
	c.buckets = len(fingerprint.New(o.Key, shapes[0].keys, bucketsFor(max(shapes[0].items, shapes[1].items), o.Buckets)).Table().Buckets)
	c.res = &Result{Moment: o.Moment, Tolerance: o.Tolerance.Seconds(), MaxDrift: o.MaxDrift, Key: o.Key, Buckets: c.buckets, Consistent: !o.Eventually,
		Method: Drift, Differences: []Difference{}, Notes: []string{}, c: c}
	return c, nil
}

func (c *comparison) reader(s Side, d *shape) *reader {
	rate := c.o.RCUPerSecond
	if rate == 0 {
		rate = d.capacity * c.o.Fraction
	}
	r := &reader{side: s, shape: d, pace: newPacer(rate, c.o.limits), limits: c.o.limits, consistent: !c.o.Eventually}
	r.onPage = func(items int) {
		c.o.Progress(Progress{Doing: c.doing, Items: c.seen.Add(int64(items)), Total: c.estimated})
	}
	return r
}

func (c *comparison) readers() [2]*reader { return [2]*reader{c.a, c.b} }

// begin names the phase that begins.
func (c *comparison) begin(doing string) {
	c.doing = doing
	c.seen.Store(0)
	c.o.Progress(Progress{Doing: doing, Total: c.estimated})
}

// whole compares every item.
func (c *comparison) whole(ctx context.Context) error {
	c.begin("reading")
	a, b, err := c.fingerprints(ctx)
	if err != nil {
		return err
	}
	c.res.Readings, c.watched = 1, true
	c.res.A.take(a)
	c.res.B.take(b)
	differing := fingerprint.Differing(a, b)
	c.res.Same = a.Count
	for _, i := range differing {
		c.res.Same -= a.Buckets[i].Count
	}
	left, err := c.second(ctx, differing)
	for _, i := range left {
		c.res.Unexamined += max(a.Buckets[i].Count, b.Buckets[i].Count)
	}
	c.res.Changed, c.res.OnlyA, c.res.OnlyB = c.out.count[Changed], c.out.count[OnlyA], c.out.count[OnlyB]
	if err != nil {
		return err
	}
	if err := c.explain(ctx); err != nil {
		return err
	}
	c.judge(len(left))
	return nil
}

// unread is what remains to say when reading failed.
func (c *comparison) unread(err error) {
	code, message, kind := awsapi.Classify(err)
	c.res.Items, c.res.Cause = Unknown, err
	c.res.Reason = "the tables were not read to their end: " + code + ": " + message
	if kind == awsapi.KindNotFound {
		c.res.Reason = "a table was deleted while it was read: " + code + ": " + message
	}
}

// finished fills in what was read, the invariants and the verdict over all.
func (c *comparison) finished() *Result {
	r := c.res
	for i, reader := range c.readers() {
		[]*Table{&r.A, &r.B}[i].with(reader)
	}
	if r.total() > 0 {
		r.DriftShare = float64(r.differences()+r.Unexamined) / float64(r.total())
	}
	r.Differences = c.out.named(c.o.MaxKeys)
	r.MoreKeys = r.differences() - int64(len(r.Differences))
	r.Invariants = c.invariants.results(!c.watched, c.sampled)
	r.Verdict = overall(r)
	return r
}
