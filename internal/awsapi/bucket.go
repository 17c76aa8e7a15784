package awsapi

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// bucket is a token bucket that halves its rate when AWS throttles and recovers while AWS does not.
// Waiting callers stand in one line, so that a changed rate holds for everyone who has not been let through yet.
type bucket struct {
	name string
	turn chan struct{}
	lim  *rate.Limiter

	mu      sync.Mutex
	base    rate.Limit
	changed time.Time
}

const (
	throttlePause = time.Second     // throttling answers to requests that were under way together count once
	recoveryPause = 2 * time.Second // how long AWS must be content before the rate grows again
	slowest       = 1.0 / 32        // of the base rate
)

func newBucket(name string) *bucket {
	published := publishedRate(name)
	if published == 0 {
		return nil
	}
	base := rate.Limit(published * headroom)
	burst := max(1, int(math.Floor(published)))
	return &bucket{name: name, turn: make(chan struct{}, 1), lim: rate.NewLimiter(base, burst), base: base}
}

// wait takes one token. The error is that of ctx.
func (b *bucket) wait(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.turn }()
	delay := b.lim.Reserve().Delay()
	if delay == 0 {
		return ctx.Err()
	}
	return Pause(ctx, delay)
}

// throttled halves the rate and throws the saved tokens away: AWS's bucket is empty, so must ours be.
func (b *bucket) throttled(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.changed) < throttlePause {
		return
	}
	b.changed = now
	b.lim.SetLimitAt(now, max(b.lim.Limit()/2, b.base*slowest))
	if tokens := int(b.lim.TokensAt(now)); tokens > 0 {
		b.lim.AllowN(now, tokens)
	}
}

// answered lets the rate grow back by a quarter of the base at a time.
func (b *bucket) answered(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lim.Limit() >= b.base || now.Sub(b.changed) < recoveryPause {
		return
	}
	b.changed = now
	b.lim.SetLimitAt(now, min(b.base, b.lim.Limit()+b.base/4))
}

// perSecond is the rate as it stands.
func (b *bucket) perSecond() float64 { return float64(b.lim.Limit()) }

// buckets are those of one account and Region, made when first asked for.
type buckets struct {
	off bool
	mu  sync.Mutex
	all map[string]*bucket
}

func (b *buckets) of(call Call) []*bucket {
	if b.off {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	found := make([]*bucket, 0, len(call.Buckets))
	for _, name := range call.Buckets {
		one, ok := b.all[name]
		if !ok {
			one = newBucket(name)
			b.all[name] = one
		}
		if one != nil {
			found = append(found, one)
		}
	}
	return found
}
