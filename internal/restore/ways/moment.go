package ways

import (
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/objective"
)

// Moment reads a moment that a person wrote: RFC 3339, a date (its first second, UTC), or how long ago, such as -2h or -3d12h, by AWS's
// own clock. The zero now stands for a clock that is not known.
func Moment(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	if strings.HasPrefix(text, "-") {
		ago, err := objective.ParseSpan(text[1:])
		switch {
		case err != nil:
			return time.Time{}, fmt.Errorf("read %q: %w", text, err)
		case now.IsZero():
			return time.Time{}, fmt.Errorf("read %q: AWS's clock is not known; give the time itself", text)
		}
		return now.UTC().Add(-ago), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return time.Time{}, fmt.Errorf("read %q: it does not say its time zone; in UTC it is %s", text, t.Format(time.RFC3339))
		}
	}
	return time.Time{}, fmt.Errorf("read %q: want a time such as 2026-11-20T14:30:00Z, a date, or how long ago, such as -2h", text)
}
