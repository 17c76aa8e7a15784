package compare

import (
	"context"
	"sync"
	"time"
)

// pacer keeps reading to a number of capacity units a second. What a page costs is known only afterwards, so a reader waits until
// the pages before have been paid for. It is safe for concurrent use.
type pacer struct {
	now   func() time.Time
	pause func(context.Context, time.Duration) error

	mu   sync.Mutex
	rate float64 // units a second; 0: no limit
	base float64
	free time.Time // when everything read so far is paid for
	held time.Time // nobody reads before: DynamoDB throttled
}

func newPacer(rate float64, l limits) *pacer {
	return &pacer{now: time.Now, pause: l.pause, rate: rate, base: rate}
}

// wait returns when the next page may be read.
func (p *pacer) wait(ctx context.Context) error {
	p.mu.Lock()
	until := p.free
	if p.held.After(until) {
		until = p.held
	}
	delay := until.Sub(p.now())
	p.mu.Unlock()
	if delay <= 0 {
		return ctx.Err()
	}
	return p.pause(ctx, delay)
}

// paid notes what a page cost.
func (p *pacer) paid(units float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate <= 0 {
		return
	}
	if now := p.now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(units / p.rate * float64(time.Second)))
	p.rate = min(p.base, p.rate*1.02) // back to where it was in about a hundred pages
}

// throttled slows everybody down who reads the table.
func (p *pacer) throttled(rest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = max(p.rate/2, p.base/16)
	if until := p.now().Add(rest); until.After(p.held) {
		p.held = until
	}
}

// pageUnits is what one page may cost at most, so that reading comes in small steps where little capacity is given; 0: as much as DynamoDB reads at once.
func (p *pacer) pageUnits() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate
}
