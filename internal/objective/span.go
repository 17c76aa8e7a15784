package objective

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SpanPattern is what ParseSpan reads, as a regular expression.
const SpanPattern = `^([0-9]{1,9}[wdhms])+$`

// longestSpan is the longest that AWS Backup keeps anything, 36,500 days.
const longestSpan = 36500 * day

const mostDigits = 9

var errSpan = errors.New("write for example 5m, 24h, 35d or 1d12h")

type spanUnit struct {
	letter byte
	size   time.Duration
}

func spanUnits() []spanUnit {
	return []spanUnit{{'w', 7 * day}, {'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}
}

// ParseSpan reads whole numbers with units: w, d, h, m, s. At most 36,500 days.
func ParseSpan(text string) (time.Duration, error) {
	var total time.Duration
	rest := text
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 32)
		if err != nil || digits == len(rest) || digits > mostDigits {
			return 0, errSpan
		}
		size := unitOf(rest[digits])
		if size == 0 {
			return 0, errSpan
		}
		if total += time.Duration(min(n, int64(longestSpan/size)+1)) * size; total > longestSpan {
			return 0, errors.New("longer than 36500d, the longest that AWS Backup keeps anything")
		}
		rest = rest[digits+1:]
	}
	if text == "" {
		return 0, errSpan
	}
	return total, nil
}

func unitOf(letter byte) time.Duration {
	for _, u := range spanUnits() {
		if u.letter == letter {
			return u.size
		}
	}
	return 0
}

// Span writes a duration as ParseSpan reads it, in the fewest units: 5m, 24h, 35d, 1d12h. A day is 24h.
func Span(d time.Duration) string {
	if d == day {
		return "24h"
	}
	var b strings.Builder
	for _, u := range spanUnits()[1:] { // weeks are read, and shown as days
		if n := int64(d / u.size); n > 0 {
			fmt.Fprintf(&b, "%d%c", n, u.letter)
			d %= u.size
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}

// Days writes whole days, as retention is asked for.
func Days(d time.Duration) string { return strconv.FormatInt(int64(d/day), 10) + "d" }
