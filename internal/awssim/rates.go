package awssim

import (
	"sync"

	"golang.org/x/time/rate"

	"github.com/restorable/restorable/internal/awssim/api"
)

// rates holds the token buckets, which run in real time.
type rates struct {
	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
}

type bucketKey struct{ account, region, service, bucket string }

func newRates() *rates { return &rates{buckets: map[bucketKey]*rate.Limiter{}} }

func (r *rates) allow(key bucketKey, limit api.Rate) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.buckets[key]
	if b == nil {
		b = rate.NewLimiter(rate.Limit(limit.PerSecond), max(limit.Burst, 1))
		r.buckets[key] = b
	}
	return b.Allow()
}

// EveryCall is the bucket that each call of a service also draws from, where the service names it.
const EveryCall = "*"

func (x *exchange) throttle() *api.Error {
	if !x.options.Rates {
		return nil
	}
	s := x.target.service
	for _, bucket := range []string{orElse(x.target.op.Bucket, x.target.op.Name), EveryCall} {
		limit, ok := s.Rates[bucket]
		if !ok {
			continue
		}
		if !x.rates.allow(bucketKey{x.call.Account, x.call.Region, s.Model, bucket}, limit) {
			return x.target.throttleError()
		}
	}
	return nil
}

// throttleError is what the service declares, else its protocol's usual throttling error.
func (t *target) throttleError() *api.Error {
	if t.service == nil || t.service.Throttle.Code == "" {
		return t.protocolError(throttled)
	}
	e := t.service.Throttle
	return &e
}
