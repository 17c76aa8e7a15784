package fingerprint

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// val is an attribute value as the tests think of it: normalised, but in the order in which it was written.
type val struct {
	t     string // S, N, B, BOOL, NULL, L, M, SS, NS, BS
	s     string // text, bytes, or the number as 12E-3
	b     bool
	names []string // of kids, of a map
	kids  []val    // of a list, map or set
}

// reference reads an item with encoding/json and math/big. It shares no line with what it judges.
func reference(raw []byte) (val, error) {
	if !utf8.Valid(raw) || loneSurrogate(raw) {
		return val{}, errors.New("not Unicode")
	}
	if !json.Valid(raw) {
		return val{}, errors.New("not JSON")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return referenceMap(d, 0)
}

var escapes = regexp.MustCompile(`\\(?:u([0-9a-fA-F]{4})|.)`)

// loneSurrogate finds half a surrogate pair, for which encoding/json would put U+FFFD.
func loneSurrogate(raw []byte) bool {
	high, after := false, -1
	for _, m := range escapes.FindAllSubmatchIndex(raw, -1) {
		var code uint64
		if m[2] >= 0 {
			code, _ = strconv.ParseUint(string(raw[m[2]:m[3]]), 16, 32)
		}
		low := utf16.IsSurrogate(rune(code)) && code >= 0xdc00
		if high != (low && m[0] == after) || low && !high {
			return true
		}
		high, after = utf16.IsSurrogate(rune(code)) && code < 0xdc00, m[1]
	}
	return high
}

func delim(d *json.Decoder, want json.Delim) error {
	if got, err := d.Token(); err != nil || got != want {
		return fmt.Errorf("%v is not %v: %w", got, want, err)
	}
	return nil
}

func word(d *json.Decoder) (string, error) {
	got, err := d.Token()
	s, ok := got.(string)
	if err != nil || !ok {
		return "", fmt.Errorf("%v is no string: %w", got, err)
	}
	return s, nil
}

func referenceMap(d *json.Decoder, depth int) (val, error) {
	v := val{t: "M"}
	if depth > maxDepth {
		return v, errors.New("too deep")
	}
	if err := delim(d, '{'); err != nil {
		return v, err
	}
	for d.More() {
		name, err := word(d)
		if err != nil {
			return v, err
		}
		if slices.Contains(v.names, name) {
			return v, errors.New("twice")
		}
		kid, err := referenceValue(d, depth)
		if err != nil {
			return v, err
		}
		v.names, v.kids = append(v.names, name), append(v.kids, kid)
	}
	return v, delim(d, '}')
}

func referenceValue(d *json.Decoder, depth int) (val, error) {
	if err := delim(d, '{'); err != nil {
		return val{}, err
	}
	t, err := word(d)
	if err != nil {
		return val{}, err
	}
	v, err := referenceTyped(d, t, depth)
	if err != nil {
		return v, err
	}
	return v, delim(d, '}')
}

func referenceTyped(d *json.Decoder, t string, depth int) (val, error) {
	switch t {
	case "S", "N", "B":
		s, err := word(d)
		if err != nil {
			return val{}, err
		}
		return referenceScalar(t, s)
	case "BOOL", "NULL":
		got, err := d.Token()
		b, ok := got.(bool)
		if err != nil || !ok || t == "NULL" && !b {
			return val{}, errors.New("no such constant")
		}
		return val{t: t, b: b}, nil
	case "M":
		return referenceMap(d, depth+1)
	case "L", "SS", "NS", "BS":
		return referenceList(d, t, depth)
	}
	return val{}, errors.New("unknown type")
}

func referenceList(d *json.Decoder, t string, depth int) (val, error) {
	v := val{t: t}
	if t == "L" && depth+1 > maxDepth {
		return v, errors.New("too deep")
	}
	if err := delim(d, '['); err != nil {
		return v, err
	}
	for d.More() {
		var kid val
		var err error
		if t == "L" {
			kid, err = referenceValue(d, depth+1)
		} else if kid.s, err = word(d); err == nil {
			kid, err = referenceScalar(t[:1], kid.s)
			if err == nil && slices.ContainsFunc(v.kids, func(o val) bool { return o.s == kid.s }) {
				err = errors.New("twice")
			}
		}
		if err != nil {
			return v, err
		}
		v.kids = append(v.kids, kid)
	}
	return v, delim(d, ']')
}

func referenceScalar(t, s string) (val, error) {
	var err error
	switch t {
	case "N":
		s, err = referenceNumber(s)
	case "B":
		if strings.ContainsAny(s, "\r\n") {
			return val{}, errors.New("not base64")
		}
		b, errPadded := base64.StdEncoding.DecodeString(s)
		if errPadded != nil {
			b, err = base64.RawStdEncoding.DecodeString(s)
		}
		s = string(b)
	}
	return val{t: t, s: s}, err
}

var numeric = regexp.MustCompile(`^([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?$`)

func referenceNumber(s string) (string, error) {
	m := numeric.FindStringSubmatch(s)
	if m == nil {
		return "", errors.New("no number")
	}
	fraction := m[3] + m[4]
	mantissa, _ := new(big.Int).SetString("0"+m[2]+fraction, 10)
	exponent := new(big.Int)
	if m[5] != "" {
		exponent.SetString(strings.TrimPrefix(m[5], "+"), 10)
	}
	exponent.Sub(exponent, big.NewInt(int64(len(fraction))))
	if mantissa.Sign() == 0 {
		return "0", nil
	}
	for ten := big.NewInt(10); ; {
		q, r := new(big.Int).QuoRem(mantissa, ten, new(big.Int))
		if r.Sign() != 0 {
			break
		}
		mantissa = q
		exponent.Add(exponent, big.NewInt(1))
	}
	digits := mantissa.String()
	top := new(big.Int).Add(exponent, big.NewInt(int64(len(digits)-1)))
	if len(digits) > 38 || top.Cmp(big.NewInt(125)) > 0 || top.Cmp(big.NewInt(-130)) < 0 {
		return "", errors.New("out of range")
	}
	return strings.TrimPrefix(m[1], "+") + digits + "E" + exponent.String(), nil
}

// encoded is the canonical encoding as docs/fingerprint.md words it.
func (v val) encoded() []byte {
	switch v.t {
	case "S", "N", "B":
		return append([]byte(v.t), framed(v.s)...)
	case "NULL":
		return []byte("0")
	case "BOOL":
		return map[bool][]byte{true: []byte("T"), false: []byte("F")}[v.b]
	case "M":
		return append([]byte("M"), v.encodedItem()...)
	case "L":
		out := binary.AppendUvarint([]byte("L"), uint64(len(v.kids)))
		for _, kid := range v.kids {
			out = append(out, kid.encoded()...)
		}
		return out
	}
	var members []string
	for _, kid := range v.kids {
		members = append(members, kid.s)
	}
	slices.Sort(members)
	out := binary.AppendUvarint([]byte(strings.ToLower(v.t[:1])), uint64(len(members)))
	for _, m := range members {
		out = append(out, framed(m)...)
	}
	return out
}

// encodedItem is that of a map without the letter.
func (v val) encodedItem() []byte {
	names := slices.Clone(v.names)
	slices.Sort(names)
	out := binary.AppendUvarint(nil, uint64(len(names)))
	for _, name := range names {
		out = append(append(out, framed(name)...), v.kids[slices.Index(v.names, name)].encoded()...)
	}
	return out
}

func framed(s string) []byte { return append(binary.AppendUvarint(nil, uint64(len(s))), s...) }
