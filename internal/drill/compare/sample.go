package compare

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

const (
	maxTotalSegments = 1_000_000 // that DynamoDB allows
	sampleParts      = 8         // segments that a sample is drawn from, at least
	lookups          = 16        // items looked up at once
)

// drawn is an item of the sample.
type drawn struct {
	id   digest
	here waiting
}

// sample compares some items of each table: those of segments drawn by chance, looked up one by one in the other table. Segments are cut by
// the hash of the partition key, so that which items are near each other is chance too.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.ParallelScan
func (c *comparison) sample(ctx context.Context) error {
	c.begin("reading a sample")
	c.sampled = true
	chance := rand.New(rand.NewChaCha8(c.o.Key)) //nolint:gosec // nobody gains by foreseeing it: the key is drawn for each comparison
	seen := map[digest]bool{}
	for side, r := range c.readers() {
		list, err := c.draw(ctx, r, side, chance)
		if err != nil {
			return err
		}
		[]*Table{&c.res.A, &c.res.B}[side].Count = int64(len(list))
		if err := c.lookUp(ctx, list, side, seen); err != nil {
			return err
		}
	}
	c.res.Readings, c.watched = 1, true
	c.res.Changed, c.res.OnlyA, c.res.OnlyB = c.out.count[Changed], c.out.count[OnlyA], c.out.count[OnlyB]
	if err := c.explain(ctx); err != nil {
		return err
	}
	c.judge(0)
	c.res.Method, c.res.Reason = Sampled, "of a sample: "+c.res.Reason
	return nil
}

var errEnough = errors.New("enough items were read")

// draw reads segments until there are as many items as asked for.
func (c *comparison) draw(ctx context.Context, r *reader, side int, chance *rand.Rand) ([]drawn, error) {
	each := max(c.o.Sample/sampleParts, 1)
	segments := int(min(max(r.shape.items/int64(each), 1), maxTotalSegments))
	h := fingerprint.New(c.o.Key, r.shape.keys, 1)
	var list []drawn
	take := func(raw []byte) (fingerprint.Page, error) {
		page, err := fingerprint.Each(raw, func(item []byte) error {
			if len(list) >= c.o.Sample {
				return nil // the page was paid for, the sample is full
			}
			one, err := c.drawn(h, item, side)
			list = append(list, one)
			if err == nil && side == 1 {
				err = c.invariants.item(item, r.shape.keys)
			}
			return err
		})
		if err == nil && len(list) >= c.o.Sample {
			r.count(page, len(raw))
			err = errEnough
		}
		return page, err
	}
	for _, segment := range some(segments, chance) {
		err := r.segment(ctx, segment, segments, take)
		if errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// some puts segments into an order of chance; of very many it is enough to draw a few thousand, which are read to the end one after the other.
func some(segments int, chance *rand.Rand) []int {
	const enough = 1 << 16
	if segments <= enough {
		return chance.Perm(segments)
	}
	picked, out := map[int]bool{}, []int{}
	for len(out) < enough {
		if i := chance.IntN(segments); !picked[i] {
			picked[i] = true
			out = append(out, i)
		}
	}
	return out
}

func (c *comparison) drawn(h *fingerprint.Hasher, raw []byte, side int) (drawn, error) {
	hashed, err := h.Item(raw)
	if err != nil {
		return drawn{}, err
	}
	key, changed, err := c.note(side, raw)
	return drawn{id: short(hashed.Key), here: waiting{value: short(hashed.Value), side: int8(side), changed: changed, key: key}}, err //nolint:gosec // 0 or 1
}

// lookUp holds items of one table against the other.
func (c *comparison) lookUp(ctx context.Context, list []drawn, side int, seen map[digest]bool) error {
	other := c.readers()[1-side]
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(lookups)
	var mu sync.Mutex
	for _, one := range list {
		if seen[one.id] { // drawn from the first table already
			continue
		}
		seen[one.id] = true
		group.Go(func() error {
			raw, err := other.item(ctx, one.here.key)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			return c.found(one, raw, 1-side)
		})
	}
	return group.Wait()
}

// found notes what came of one item.
func (c *comparison) found(one drawn, raw []byte, side int) error {
	if raw == nil {
		c.out.add(alone(one.id, one.here))
		return nil
	}
	there, err := c.drawn(fingerprint.New(c.o.Key, c.a.shape.keys, 1), raw, side)
	switch {
	case err != nil:
		return c.readers()[side].broken(err.Error())
	case there.id != one.id:
		return c.readers()[side].broken("another item than the one asked for")
	case there.here.value == one.here.value:
		c.res.Same++
	default:
		c.out.add(both(one.id, one.here, there.here))
	}
	return nil
}
