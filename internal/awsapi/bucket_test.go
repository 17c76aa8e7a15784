package awsapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// drain takes tokens for a while and returns how many it got.
func drain(t *testing.T, b *bucket, d time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	n := 0
	for b.wait(ctx) == nil {
		n++
	}
	return n
}

func TestBucketKeepsTheRateWithHeadroom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("dynamodb:DescribeContinuousBackups")
		if n := drain(t, b, 100*time.Second); n < 955 || n > 962 {
			t.Errorf("%d calls in 100 s, want a burst of 10 and 9.5 a second", n)
		}
	})
}

func TestBucketHalvesOnThrottlingAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("dynamodb:DescribeContinuousBackups")
		time.Sleep(time.Minute)
		for range 20 { // answers to requests under way together count once
			b.throttled(time.Now())
		}
		if got := b.perSecond(); got != 4.75 {
			t.Errorf("rate is %v after throttling, want half of 9.5", got)
		}
		if n := drain(t, b, 10*time.Second); n < 46 || n > 49 {
			t.Errorf("%d calls in 10 s, want 4.75 a second and no burst", n)
		}
		for range 5 {
			time.Sleep(recoveryPause)
			b.answered(time.Now())
		}
		if got := b.perSecond(); got != 9.5 {
			t.Errorf("rate is %v after recovery", got)
		}
		for range 50 {
			time.Sleep(throttlePause)
			b.throttled(time.Now())
		}
		if got := b.perSecond(); got != 9.5/32 {
			t.Errorf("rate is %v after endless throttling: it must not die out", got)
		}
	})
}

// TestAChangedRateHoldsForThoseWaiting: a thousand callers in line must not have reserved their turns at the old rate.
func TestAChangedRateHoldsForThoseWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("dynamodb:DescribeContinuousBackups")
		ctx, cancel := context.WithCancel(t.Context())
		through := 0
		turns := make(chan struct{})
		for range 200 {
			go func() {
				if b.wait(ctx) == nil {
					turns <- struct{}{}
				}
			}()
		}
		for range 10 {
			<-turns
		}
		b.throttled(time.Now())
		after := time.After(10 * time.Second)
	count:
		for {
			select {
			case <-turns:
				through++
			case <-after:
				break count
			}
		}
		if through < 45 || through > 50 {
			t.Errorf("%d of those in line came through in 10 s, want 4.75 a second", through)
		}
		cancel()
		synctest.Wait()
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket("dynamodb:ListBackups")
		drain(t, b, time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := b.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting ended with %v", err)
		}
	})
}

func TestEveryDeclaredBucketHasARate(t *testing.T) {
	for _, c := range Declared() {
		for _, name := range c.Buckets {
			if newBucket(name) == nil {
				t.Errorf("%s: bucket %s has no rate", c.ID, name)
			}
		}
		if len(c.Buckets) == 0 && c.ID != GetCallerIdentity {
			t.Errorf("%s has no bucket", c.ID)
		}
	}
}
