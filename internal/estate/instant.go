package estate

import (
	"fmt"
	"time"
)

// Instant is a moment in milliseconds since 1970, UTC: eight bytes where time.Time takes twenty-four.
type Instant int64

// At converts a time.
func At(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time converts back; the location is UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Sub is the duration from other to i.
func (i Instant) Sub(other Instant) time.Duration { return time.Duration(i-other) * time.Millisecond }

// Add moves the instant; what is finer than a millisecond is cut off.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Millisecond) }

// Before reports whether i is earlier than other.
func (i Instant) Before(other Instant) bool { return i < other }

// String is RFC 3339 with as many decimals as there are milliseconds.
func (i Instant) String() string { return i.Time().Format("2006-01-02T15:04:05.999Z07:00") }

// MarshalText writes RFC 3339.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads RFC 3339.
func (i *Instant) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("parse time %q: want RFC 3339, for example 2026-11-21T05:00:00Z", text)
	}
	*i = At(t)
	return nil
}
