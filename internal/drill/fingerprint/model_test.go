package fingerprint

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// texts draws texts that are easily confused: composed and decomposed, with characters that JSON escapes, in several planes.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "a", "b", "ab", "é", "e\u0301", "\u0000", "a\u0000", "\"", "\\", "/", "\u2028", "😀", "\ufffd", "S", "N", "1", "1.0", "AQ=="}),
		rapid.StringMatching(`[a-zA-Z0-9 ]{0,40}`), rapid.String())
}

// numbers draws numbers in the form 12E-3.
func numbers() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		digits := rapid.OneOf(rapid.StringMatching(`[1-9]`), rapid.StringMatching(`[1-9][0-9]{0,5}[1-9]`), rapid.StringMatching(`[1-9][0-9]{36}[1-9]`)).Draw(t, "digits")
		low, high := -130-len(digits)+1, 125-len(digits)+1
		exponent := rapid.OneOf(rapid.IntRange(-8, 3), rapid.IntRange(low, high)).Draw(t, "exponent")
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return "0"
		}
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + digits + "E" + strconv.Itoa(exponent)
	})
}

// values draws attribute values.
func values(depth int) *rapid.Generator[val] {
	return rapid.Custom(func(t *rapid.T) val {
		kinds := []string{"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}
		if depth == 0 {
			kinds = kinds[:8]
		}
		v := val{t: rapid.SampledFrom(kinds).Draw(t, "type")}
		switch v.t {
		case "S":
			v.s = texts().Draw(t, "text")
		case "N":
			v.s = numbers().Draw(t, "number")
		case "B":
			v.s = string(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes"))
		case "BOOL":
			v.b = rapid.Bool().Draw(t, "bool")
		case "NULL":
			v.b = true
		case "SS":
			v.kids = members("S", rapid.SliceOfNDistinct(texts(), 0, 40, rapid.ID[string]).Draw(t, "texts"))
		case "NS":
			v.kids = members("N", rapid.SliceOfNDistinct(numbers(), 0, 5, rapid.ID[string]).Draw(t, "numbers"))
		case "BS":
			v.kids = members("B", rapid.SliceOfNDistinct(rapid.StringN(0, 9, 20), 0, 5, rapid.ID[string]).Draw(t, "binaries"))
		case "L":
			v.kids = rapid.SliceOfN(values(depth-1), 0, 4).Draw(t, "list")
		case "M":
			return maps(depth-1, 4).Draw(t, "map")
		}
		return v
	})
}

func members(kind string, of []string) []val {
	out := make([]val, len(of))
	for i, s := range of {
		out[i] = val{t: kind, s: s}
	}
	return out
}

func maps(depth, n int) *rapid.Generator[val] {
	return rapid.Custom(func(t *rapid.T) val {
		names := rapid.SliceOfNDistinct(texts(), 0, n, rapid.ID[string]).Draw(t, "names")
		v := val{t: "M", names: names}
		for range names {
			v.kids = append(v.kids, values(depth).Draw(t, "value"))
		}
		return v
	})
}

// items draws items with the key attributes pk and sk.
func items() *rapid.Generator[val] {
	return rapid.Custom(func(t *rapid.T) val {
		n := rapid.SampledFrom([]int{3, 8, 40}).Draw(t, "most")
		v := maps(3, n).Draw(t, "item")
		for _, name := range []string{"pk", "sk"} {
			if !slices.Contains(v.names, name) {
				v.names, v.kids = append(v.names, name), append(v.kids, val{t: "S", s: texts().Draw(t, name)})
			}
		}
		return v
	})
}

// writer writes values as JSON in one of the many ways.
type writer struct {
	*rand.Rand
	b strings.Builder
}

func written(v val, seed uint64) []byte {
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 1))}
	w.members(v)
	return []byte(w.b.String())
}

func (w *writer) put(parts ...string) {
	for _, p := range parts {
		w.b.WriteString(p)
		if w.IntN(12) == 0 {
			w.b.WriteString([]string{" ", "\n", "\t", "\r", "  "}[w.IntN(5)])
		}
	}
}

func (w *writer) members(v val) {
	w.put("{")
	for n, i := range w.Perm(len(v.kids)) {
		if n > 0 {
			w.put(",")
		}
		w.put(w.text(v.names[i]), ":")
		w.value(v.kids[i])
	}
	w.put("}")
}

func (w *writer) value(v val) {
	w.put("{", w.text(v.t), ":")
	switch v.t {
	case "S", "N", "B":
		w.scalar(v)
	case "BOOL", "NULL":
		w.put(strconv.FormatBool(v.b))
	case "M":
		w.members(v)
	default:
		w.put("[")
		order := w.Perm(len(v.kids))
		if v.t == "L" {
			slices.Sort(order)
		}
		for n, i := range order {
			if n > 0 {
				w.put(",")
			}
			if v.t == "L" {
				w.value(v.kids[i])
			} else {
				w.scalar(v.kids[i])
			}
		}
		w.put("]")
	}
	w.put("}")
}

func (w *writer) scalar(v val) {
	switch v.t {
	case "S":
		w.put(w.text(v.s))
	case "N":
		w.put(w.text(w.number(v.s)))
	case "B":
		coding := base64.StdEncoding
		if w.IntN(4) == 0 {
			coding = base64.RawStdEncoding
		}
		w.put(w.text(coding.EncodeToString([]byte(v.s))))
	}
}

func (w *writer) text(s string) string {
	often := w.IntN(8) // 0: as few escapes as possible
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		short := strings.IndexRune("\"\\/\b\f\n\r\t", r)
		switch {
		case r < ' ' || r == '"' || r == '\\' || often > 5 && w.IntN(3) == 0:
			if short >= 0 && w.IntN(2) == 0 {
				b.WriteString(`\` + `"\/bfnrt`[short:short+1])
				continue
			}
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, []string{`\u%04x`, `\u%04X`}[w.IntN(2)], unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// number writes 12E-3 in another way.
func (w *writer) number(s string) string {
	if s == "0" {
		return []string{"0", "-0", "0.0", "0E5", "00", "+0", "0e-7", "-0.000"}[w.IntN(8)]
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	} else if w.IntN(6) == 0 {
		sign = "+"
	}
	digits, exponent, _ := strings.Cut(s, "E")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		panic(err)
	}
	sign += strings.Repeat("0", w.IntN(3))
	switch w.IntN(4) {
	case 0: // more zeros at the end
		zeros := w.IntN(60)
		return fmt.Sprintf("%s%sE%d", sign, digits+strings.Repeat("0", zeros), e-zeros)
	case 1: // a point somewhere
		at := w.IntN(len(digits)) + 1
		return fmt.Sprintf("%s%s.%s%se%+d", sign, digits[:at], digits[at:], strings.Repeat("0", w.IntN(3)), e+len(digits)-at)
	case 2:
		return fmt.Sprintf("%s.%s%sE%+04d", sign, strings.Repeat("0", 5), digits, e+len(digits)+5)
	}
	return plain(sign, digits, e)
}

// plain has no exponent, as DynamoDB answers.
func plain(sign, digits string, e int) string {
	switch {
	case e >= 0:
		return sign + digits + strings.Repeat("0", e)
	case -e >= len(digits):
		return sign + "0." + strings.Repeat("0", -e-len(digits)) + digits
	}
	return sign + digits[:len(digits)+e] + "." + digits[len(digits)+e:]
}

// normal orders what has no order, so that equal values are deeply equal.
func (v val) normal() val {
	out := val{t: v.t, s: v.s, b: v.b}
	order := make([]int, len(v.kids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch v.t {
		case "M":
			return strings.Compare(v.names[i], v.names[j])
		case "L":
			return i - j
		}
		return strings.Compare(v.kids[i].s, v.kids[j].s)
	})
	for _, i := range order {
		out.kids = append(out.kids, v.kids[i].normal())
		if v.t == "M" {
			out.names = append(out.names, v.names[i])
		}
	}
	return out
}

// mutated changes one thing somewhere below a map. Rarely the change changes nothing.
func mutated(t *rapid.T, v val) val {
	v.kids, v.names = slices.Clone(v.kids), slices.Clone(v.names)
	n := len(v.kids)
	if n > 0 && rapid.IntRange(0, 3).Draw(t, "deeper") > 0 {
		i := rapid.IntRange(0, n-1).Draw(t, "which")
		if v.t == "L" || v.t == "M" {
			v.kids[i] = mutated(t, v.kids[i])
		} else { // no member of another type, nor twice
			v.kids[i] = mutatedContent(t, v.kids[i])
			for j := range v.kids {
				if i != j && v.kids[i].s == v.kids[j].s {
					v.kids = slices.Delete(v.kids, j, j+1)
					break
				}
			}
		}
		return v
	}
	switch v.t {
	case "S", "N", "B":
		return mutatedScalar(t, v)
	case "BOOL":
		return val{t: "BOOL", b: !v.b}
	case "NULL":
		return rapid.SampledFrom([]val{{t: "BOOL", b: true}, {t: "S"}, {t: "L"}, {t: "M"}, {t: "SS"}}).Draw(t, "instead")
	case "M":
		return mutatedMap(t, v)
	}
	return mutatedMembers(t, v)
}

func mutatedScalar(t *rapid.T, v val) val {
	switch how := rapid.SampledFrom([]string{"type", "list", "content"}).Draw(t, "how"); {
	case how == "list":
		return rapid.SampledFrom([]val{{t: "L", kids: []val{v}}, {t: v.t + "S", kids: []val{v}}, {t: "M", names: []string{""}, kids: []val{v}}}).Draw(t, "in")
	case how == "type" && v.t != "S":
		return val{t: "S", s: v.s}
	case how == "type":
		return val{t: "B", s: v.s}
	}
	return mutatedContent(t, v)
}

func mutatedContent(t *rapid.T, v val) val {
	switch {
	case v.t == "N":
		return val{t: "N", s: numberBeside(v.s)}
	case v.s == "" || rapid.Bool().Draw(t, "longer"):
		return val{t: v.t, s: v.s + rapid.SampledFrom([]string{"\x00", "a", " "}).Draw(t, "more")}
	}
	runes := []rune(v.s)
	i := rapid.IntRange(0, len(runes)-1).Draw(t, "at")
	if v.t == "B" {
		b := []byte(v.s)
		b[i%len(b)] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		return val{t: "B", s: string(b)}
	}
	return val{t: v.t, s: string(slices.Delete(runes, i, i+1))}
}

// numberBeside differs in the last digit.
func numberBeside(s string) string {
	if s == "0" {
		return "1E-130"
	}
	at := strings.IndexByte(s, 'E') - 1
	digit := byte('1')
	if s[at] == '1' {
		digit = '2'
	}
	return s[:at] + string(digit) + s[at+1:]
}

func mutatedMap(t *rapid.T, v val) val {
	n := len(v.kids)
	i := rapid.IntRange(0, max(n-1, 0)).Draw(t, "which")
	name := rapid.SampledFrom([]string{"", "zz", "pk2"}).Draw(t, "name")
	fresh := !slices.Contains(v.names, name)
	switch how := rapid.IntRange(0, 2).Draw(t, "how"); {
	case how == 0 && n > 0:
		v.names, v.kids = slices.Delete(v.names, i, i+1), slices.Delete(v.kids, i, i+1)
	case how == 1 && fresh && n > 0:
		v.names[i] = name
	case fresh:
		v.names, v.kids = append(v.names, name), append(v.kids, val{t: "M"})
	}
	return v
}

func mutatedMembers(t *rapid.T, v val) val {
	n := len(v.kids)
	switch how := rapid.IntRange(0, 3).Draw(t, "how"); {
	case how == 0 && n > 0:
		v.kids = v.kids[:n-1]
	case how == 1 && n > 1 && v.t == "L":
		v.kids[0], v.kids[n-1] = v.kids[n-1], v.kids[0]
	case how == 2 && n == 0:
		v.t = map[string]string{"L": "SS", "SS": "NS", "NS": "BS", "BS": "L"}[v.t]
	case v.t == "L":
		v.kids = append(v.kids, val{t: "L"})
	default:
		kind := v.t[:1]
		s := map[string]string{"S": "new", "B": "new", "N": "4242E17"}[kind]
		if slices.ContainsFunc(v.kids, func(o val) bool { return o.s == s }) {
			return val{t: v.t}
		}
		v.kids = append(v.kids, val{t: kind, s: s})
	}
	return v
}
