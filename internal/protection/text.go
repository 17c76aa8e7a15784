package protection

import (
	"strconv"
	"time"
)

// quotedMax is how much of a stranger's text a sentence carries.
const quotedMax = 120

// quote makes a name fit to stand in a sentence: in quotes, control characters escaped, cut when very long.
func quote(s string) string { return quoteUpTo(s, quotedMax) }

// message is what AWS says of a job: it names the permission or the key to mend, so that more of it is kept than of a name.
func message(s string) string { return quoteUpTo(s, 5*quotedMax) }

func quoteUpTo(s string, limit int) string {
	if len(s) > limit {
		return strconv.Quote(s[:limit]) + "…"
	}
	return strconv.Quote(s)
}

// state writes one of AWS's states as it is, and anything else as a stranger's text.
func state(s string) string {
	for _, c := range s {
		if (c < 'A' || c > 'Z') && c != '_' {
			return quote(s)
		}
	}
	return s
}

func dayCount(n int64) string {
	switch {
	case n >= Forever:
		return "for ever"
	case n == 1:
		return "1 day"
	}
	return strconv.FormatInt(n, 10) + " days"
}

// span writes seconds for people: the two largest units.
func span(s int64) string {
	switch {
	case s >= Forever:
		return "without bound"
	case s < 60:
		return strconv.FormatInt(s, 10) + "s"
	case s < 3600:
		return pair(s, 60, "m", 1, "s")
	case s < 86400:
		return pair(s, 3600, "h", 60, "m")
	}
	return pair(s, 86400, "d", 3600, "h")
}

func pair(s, big int64, bigName string, small int64, smallName string) string {
	out := strconv.FormatInt(s/big, 10) + bigName
	if rest := s % big / small; rest > 0 {
		out += strconv.FormatInt(rest, 10) + smallName
	}
	return out
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
