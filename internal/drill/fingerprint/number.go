package fingerprint

import "strconv"

// Bounds of DynamoDB's number type: 38 significant digits, magnitude from 1E-130 to 9.9…E+125.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const (
	maxDigits   = 38
	maxExponent = 125 // of d.ddd × 10^exponent
	minExponent = -130
	farExponent = 1 << 40 // more than any text read has digits; beyond this an exponent is not counted on
)

// decimal is a number being read: its digits without zeros at either end, times 10^exponent.
type decimal struct {
	digits   [maxDigits]byte
	n        int // digits in use
	exponent int64
	negative bool
}

// appendNumber appends a number, normalised, with its length in front. The reason is "" on success.
func appendNumber(dst, text []byte) ([]byte, string) {
	var d decimal
	if why := d.read(text); why != "" {
		return dst, why
	}
	if d.n == 0 {
		return append(dst, 1, '0'), ""
	}
	if first := d.exponent + int64(d.n) - 1; first > maxExponent || first < minExponent {
		return dst, "a number out of DynamoDB's range"
	}
	at := len(dst)
	dst = append(dst, 0)
	if d.negative {
		dst = append(dst, '-')
	}
	dst = append(append(dst, d.digits[:d.n]...), 'E')
	dst = strconv.AppendInt(dst, d.exponent, 10)
	dst[at] = byte(len(dst) - at - 1) // 1 + 38 + 1 + 4 at most
	return dst, ""
}

// read takes an optional sign, digits with an optional point, and an optional exponent.
func (d *decimal) read(text []byte) (why string) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		d.negative = text[0] == '-'
		text = text[1:]
	}
	used, why := d.mantissa(text)
	if why != "" || used == len(text) {
		return why
	}
	if text[used] != 'e' && text[used] != 'E' {
		return "a number that is none"
	}
	exponent, ok := readExponent(text[used+1:])
	if !ok {
		return "a number with an exponent that is none"
	}
	d.exponent += exponent
	return ""
}

// mantissa reads digits and a point and returns how many bytes they are.
func (d *decimal) mantissa(text []byte) (used int, why string) {
	zeros, point, seen := 0, false, false // zeros may turn out to stand at the end
	for ; used < len(text); used++ {
		c := text[used]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		if point {
			d.exponent--
		}
		switch {
		case c == '0' && d.n == 0:
		case c == '0':
			zeros++
		case d.n+zeros >= maxDigits:
			return used, "a number of more than 38 significant digits"
		default:
			for ; zeros > 0; zeros-- {
				d.digits[d.n] = '0'
				d.n++
			}
			d.digits[d.n] = c
			d.n++
		}
	}
	d.exponent += int64(zeros)
	if !seen {
		return used, "a number without digits"
	}
	return used, ""
}

func readExponent(text []byte) (int64, bool) {
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	n := int64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(n*10+int64(c-'0'), farExponent)
	}
	if negative {
		n = -n
	}
	return n, len(text) > 0
}
