package iampolicy

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator is a parsed condition operator.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	base     string // without quantifier, suffix and negation: "StringLike"
	negated  bool
	ifExists bool
	forAny   bool
	forAll   bool
}

func parseOperator(name string) (operator, bool) {
	var op operator
	if rest, ok := strings.CutPrefix(name, "ForAnyValue:"); ok {
		op.forAny, name = true, rest
	} else if rest, ok := strings.CutPrefix(name, "ForAllValues:"); ok {
		op.forAll, name = true, rest
	}
	if rest, ok := strings.CutSuffix(name, "IfExists"); ok {
		op.ifExists, name = true, rest
	}
	if name == "NotIpAddress" {
		op.base, op.negated = "IpAddress", true
		return op, true
	}
	if name == "Null" {
		op.base = name
		return op, !op.ifExists && !op.forAll && !op.forAny
	}
	if before, after, ok := strings.Cut(name, "Not"); ok {
		op.negated, name = true, before+after
	}
	op.base = name
	return op, knownOperator(name, op.negated)
}

func knownOperator(base string, negated bool) bool {
	switch base {
	case "StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericEquals", "DateEquals", "ArnEquals", "ArnLike":
		return true
	case "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
		"DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress":
		return !negated
	}
	return false
}

// badValue returns the first value that the operator cannot compare with; one that holds a variable is taken on trust.
func (op operator) badValue(values []string) string {
	for _, v := range values {
		if strings.Contains(v, "${") {
			continue
		}
		if !op.readable(v) {
			return v
		}
	}
	return ""
}

func (op operator) readable(v string) bool {
	ok := true
	switch {
	case strings.HasPrefix(op.base, "Numeric"):
		_, ok = number(v)
	case strings.HasPrefix(op.base, "Date"):
		_, ok = moment(v)
	case op.base == "IpAddress":
		_, ok = network(v)
	case op.base == "Bool", op.base == "Null":
		ok = strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
	}
	return ok
}

// wildcards says whether * and ? in the operator's values are wildcards.
func (op operator) wildcards() bool {
	return op.base == "StringLike" || op.base == "ArnLike" || op.base == "ArnEquals"
}

// compare answers the operator, without its negation, for one value of the request and one of the policy.
func (op operator) compare(have string, want pattern) bool {
	switch op.base {
	case "StringLike":
		return want.matches(have)
	case "ArnLike", "ArnEquals":
		return want.matchesARN(have)
	case "StringEqualsIgnoreCase", "Bool":
		return strings.EqualFold(have, string(want))
	case "IpAddress":
		prefix, ok := network(string(want))
		addr, err := netip.ParseAddr(have)
		return ok && err == nil && prefix.Contains(addr)
	}
	if rest, ok := strings.CutPrefix(op.base, "Numeric"); ok {
		a, okA := number(have)
		b, okB := number(string(want))
		return okA && okB && ordered(rest, a < b, a > b)
	}
	if rest, ok := strings.CutPrefix(op.base, "Date"); ok {
		a, okA := moment(have)
		b, okB := moment(string(want))
		return okA && okB && ordered(rest, a.Before(b), a.After(b))
	}
	return have == string(want)
}

func ordered(relation string, less, greater bool) bool {
	switch relation {
	case "LessThan":
		return less
	case "LessThanEquals":
		return !greater
	case "GreaterThan":
		return greater
	case "GreaterThanEquals":
		return !less
	}
	return !less && !greater
}

func number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f == f
}

func network(s string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}

// moment reads the W3C profile of ISO 8601, or epoch seconds.
func moment(s string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 4 {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
