package awsapi

import (
	"sync"
	"time"
)

// Clock keeps what AWS says the time is: the greatest Date among the answers that decoded as AWS's own.
// A proxy's error page does not count.
type Clock struct {
	mu   sync.Mutex
	now  time.Time
	skew time.Duration
}

func (c *Clock) observe(date, machine time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if date.After(c.now) {
		c.now, c.skew = date, machine.Sub(date)
	}
}

// Now is the greatest Date so far, UTC; ok is false while nothing has answered.
func (c *Clock) Now() (now time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now, !c.now.IsZero()
}

// Skew is how far this machine's clock runs ahead of AWS's. Dates have whole seconds and answers travel:
// below two seconds it means nothing. ok is false while nothing has answered.
func (c *Clock) Skew() (skew time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew, !c.now.IsZero()
}
