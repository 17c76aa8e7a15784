package control

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

const day = 24 * time.Hour

// durationText writes a duration as people do: 90m, 24h, 35 days.
func durationText(d time.Duration) string {
	if d < 0 {
		return "-" + durationText(-d)
	}
	switch {
	case d >= 2*day && d%day == 0:
		return daysText(int64(d / day))
	case d >= 10*day:
		return daysText(int64((d + day/2) / day))
	case d >= 2*day:
		return strings.TrimSuffix(strconv.FormatFloat(d.Hours()/24, 'f', 1, 64), ".0") + " days"
	case d == 0:
		return "0s"
	}
	return trimZero(d.Round(time.Second).String())
}

// trimZero turns 24h0m0s into 24h.
func trimZero(s string) string {
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func daysText(n int64) string {
	if n == 1 {
		return "1 day"
	}
	return intText(n) + " days"
}

func intText(n int64) string { return strconv.FormatInt(n, 10) }

// parseDuration reads 90m, 24h, 7d, 1d12h.
func parseDuration(s string) (time.Duration, error) {
	total, rest := time.Duration(0), s
	if number, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, errDuration(s)
		}
		total, rest = time.Duration(n)*day, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return 0, errDuration(s)
		}
		total += d
	}
	if s == "" {
		return 0, errDuration(s)
	}
	return total, nil
}

func errDuration(s string) error {
	return fmt.Errorf("%q is no duration: write for example 90m, 24h or 35d", s)
}

// parseDays reads 35d or 35.
func parseDays(s string) (int64, error) {
	n, err := strconv.ParseUint(strings.TrimSuffix(s, "d"), 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is no number of days: write for example 35d", s)
	}
	return int64(n), nil
}

// parse reads a parameter's value as a file or a flag writes it.
func (p Parameter) parse(text string) (any, error) {
	switch p.Type {
	case DurationParameter:
		return parseDuration(text)
	case DaysParameter:
		return parseDays(text)
	case IntParameter:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no whole number", text)
		}
		return n, nil
	case StringParameter:
		return text, nil
	}
	return nil, errors.New("want a list")
}

// accept turns what an objective gives into the parameter's own type; false when it does not fit.
func (p Parameter) accept(value any) (any, bool) {
	switch v := value.(type) {
	case time.Duration:
		if p.Type == DaysParameter {
			return int64(v / day), true
		}
		return v, p.Type == DurationParameter
	case int:
		return int64(v), p.Type == DaysParameter || p.Type == IntParameter
	case int64:
		return v, p.Type == DaysParameter || p.Type == IntParameter
	case string:
		return v, p.Type == StringParameter
	case []string:
		return v, p.Type == ListParameter
	}
	return nil, false
}

// unknownText is how a reason shows a value that is not known.
const unknownText = "unknown"

// valueText shows the value of an expression in a reason.
func valueText(v ref.Val) string {
	switch v := v.(type) {
	case types.String:
		return string(v)
	case types.Int:
		return intText(int64(v))
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.Timestamp:
		return v.Time.UTC().Format("2006-01-02 15:04 UTC")
	case types.Duration:
		return durationText(v.Duration)
	case types.Double:
		return strconv.FormatFloat(float64(v), 'g', -1, 64)
	case types.Null:
		return "none"
	case *types.Unknown:
		return unknownText
	case traits.Lister:
		return listText(v)
	}
	return unknownText
}

func listText(list traits.Lister) string {
	var parts []string
	for each := list.Iterator(); each.HasNext() == types.True; {
		parts = append(parts, valueText(each.Next()))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
