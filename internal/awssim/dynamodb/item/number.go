package item

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"
)

// Bounds of DynamoDB's number type, from "Supported data types and naming rules in Amazon DynamoDB":
// 38 significant digits, magnitude from 1E-130 to 9.9999999999999999999999999999999999999E+125.
const (
	maxDigits   = 38
	maxExponent = 126  // of 0.d1d2… × 10^exp
	minExponent = -129 //
)

// Number is a decimal in canonical form. The zero value is zero.
type Number struct {
	neg    bool
	digits string // d1d2…, neither beginning nor ending with 0; empty for zero
	exp    int    // the value is 0.d1d2… × 10^exp
}

// Errors that parsing and arithmetic answer, in AWS's words.
const (
	errOverflow  = Error("Number overflow. Attempting to store a number with magnitude larger than supported range")
	errUnderflow = Error("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	errPrecision = Error("Attempting to store more than 38 significant digits in a Number")
)

// ParseNumber reads a decimal with an optional sign, point and exponent. The error is an Error fit for a ValidationException.
func ParseNumber(s string) (Number, error) {
	mantissa, exp, ok := splitExponent(s)
	if !ok {
		return Number{}, notNumeric(s)
	}
	var n Number
	switch {
	case strings.HasPrefix(mantissa, "-"):
		n.neg, mantissa = true, mantissa[1:]
	case strings.HasPrefix(mantissa, "+"):
		mantissa = mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(whole)+len(fraction) == 0 || !allDigits(whole) || !allDigits(fraction) {
		return Number{}, notNumeric(s)
	}
	n.digits, n.exp = whole+fraction, len(whole)+exp
	return n.canonical()
}

func notNumeric(s string) error {
	if s == "" {
		return Error("The parameter cannot be converted to a numeric value")
	}
	return Error("The parameter cannot be converted to a numeric value: " + s)
}

func splitExponent(s string) (mantissa string, exp int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	exp, err := strconv.Atoi(s[i+1:])
	if err != nil || exp > 1<<30 || exp < -1<<30 {
		return "", 0, false
	}
	return s[:i], exp, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func (n Number) canonical() (Number, error) {
	trimmed := strings.TrimLeft(n.digits, "0")
	n.exp -= len(n.digits) - len(trimmed)
	n.digits = strings.TrimRight(trimmed, "0")
	switch {
	case n.digits == "":
		return Number{}, nil
	case len(n.digits) > maxDigits:
		return Number{}, errPrecision
	case n.exp > maxExponent:
		return Number{}, errOverflow
	case n.exp < minExponent:
		return Number{}, errUnderflow
	}
	return n, nil
}

// String is the text that DynamoDB returns: plain decimal notation, no exponent, no needless zeros.
func (n Number) String() string {
	if n.digits == "" {
		return "0"
	}
	var b strings.Builder
	if n.neg {
		b.WriteByte('-')
	}
	switch {
	case n.exp <= 0:
		b.WriteString("0.")
		b.WriteString(strings.Repeat("0", -n.exp))
		b.WriteString(n.digits)
	case n.exp >= len(n.digits):
		b.WriteString(n.digits)
		b.WriteString(strings.Repeat("0", n.exp-len(n.digits)))
	default:
		b.WriteString(n.digits[:n.exp])
		b.WriteByte('.')
		b.WriteString(n.digits[n.exp:])
	}
	return b.String()
}

// Compare answers -1, 0 or 1.
func (n Number) Compare(m Number) int {
	if n.sign() != m.sign() {
		return cmp.Compare(n.sign(), m.sign())
	}
	order := cmp.Compare(n.exp, m.exp)
	if order == 0 {
		order = cmp.Compare(n.digits, m.digits)
	}
	if n.neg {
		return -order
	}
	return order
}

func (n Number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.neg:
		return -1
	}
	return 1
}

// Add answers n + m, or an Error when the sum has too many digits or is out of range.
func (n Number) Add(m Number) (Number, error) {
	if n.digits == "" {
		return m, nil
	}
	if m.digits == "" {
		return n, nil
	}
	low := min(n.exp-len(n.digits), m.exp-len(m.digits))
	sum := new(big.Int).Add(n.scaled(low), m.scaled(low))
	out := Number{neg: sum.Sign() < 0, digits: sum.Abs(sum).String()}
	out.exp = low + len(out.digits)
	return out.canonical()
}

// Negate answers -n.
func (n Number) Negate() Number {
	n.neg = !n.neg && n.digits != ""
	return n
}

// scaled is the integer n / 10^low.
func (n Number) scaled(low int) *big.Int {
	zeros := n.exp - len(n.digits) - low
	v, _ := new(big.Int).SetString(n.digits+strings.Repeat("0", zeros), 10)
	if n.neg {
		v.Neg(v)
	}
	return v
}

// size is what the number counts towards an item, by "DynamoDB item sizes and formats":
// one byte per two significant digits and one more, another for a sign. Pairs of digits do not straddle the point: 1.5 has two.
// The documentation says "approximately"; DynamoDB Local counts pairs so.
func (n Number) size() int {
	out := (len(n.digits)+n.exp&1+1)/2 + 1
	if n.neg {
		out++
	}
	return out
}

// appendOrdered appends bytes whose order is the numbers' order.
func (n Number) appendOrdered(b []byte) []byte {
	if n.digits == "" {
		return append(b, 1)
	}
	flip, lead := byte(0), byte(2)
	if n.neg {
		flip, lead = 0xff, 0
	}
	e := uint16(n.exp + 1000)
	b = append(b, lead, byte(e>>8)^flip, byte(e)^flip)
	for i := range len(n.digits) {
		b = append(b, n.digits[i]^flip)
	}
	return append(b, flip) // lower than any digit, or higher than any flipped one
}
