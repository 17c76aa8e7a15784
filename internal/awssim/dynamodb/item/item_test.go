package item

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNumberText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"1.0", "1"}, {"01.500", "1.5"}, {"-0", "0"}, {"0.000", "0"}, {"1e3", "1000"}, {"1.5e2", "150"}, {"123e-5", "0.00123"},
		{"+5", "5"}, {".5", "0.5"}, {"5.", "5"}, {"0e500", "0"}, {"-12.50", "-12.5"},
		{"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
		{"1E+100", "1" + strings.Repeat("0", 100)},
		{"9.9999999999999999999999999999999999999E+125", strings.Repeat("9", 38) + strings.Repeat("0", 88)},
		{"1e-130", "0." + strings.Repeat("0", 129) + "1"},
		{strings.Repeat("0", 60) + "1", "1"},
	}
	for _, tt := range tests {
		n, err := ParseNumber(tt.in)
		if err != nil || n.String() != tt.want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %s", tt.in, n, err, tt.want)
		}
	}
}

func TestNumberRefused(t *testing.T) {
	tests := []struct {
		in   string
		want string
	}{
		{"", "cannot be converted"}, {"abc", "cannot be converted to a numeric value: abc"}, {" 1", "cannot be converted"}, {"0x10", "cannot be"},
		{"1_0", "cannot be"}, {"NaN", "cannot be"}, {"Infinity", "cannot be"}, {"1e", "cannot be"}, {".", "cannot be"}, {"-", "cannot be"}, {"--1", "cannot be"},
		{"1e99999999999", "cannot be"}, {"1e126", "overflow"}, {"-1e126", "overflow"}, {"1e-131", "underflow"}, {strings.Repeat("1", 39), "38 significant digits"},
	}
	for _, tt := range tests {
		_, err := ParseNumber(tt.in)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseNumber(%q) error = %v; want %q", tt.in, err, tt.want)
		}
	}
}

func drawNumber(t *rapid.T, label string) Number {
	digits := rapid.StringMatching(`-?[0-9]{1,19}(\.[0-9]{1,19})?(e-?[0-9]{1,2})?`).Draw(t, label)
	n, err := ParseNumber(digits)
	if err != nil {
		t.Skip(err)
	}
	return n
}

func rat(n Number) *big.Rat {
	r, _ := new(big.Rat).SetString(n.String())
	return r
}

// The text of a number parses to the same number, and compares, sorts and adds as the rational it stands for.
func TestNumberProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNumber(t, "a"), drawNumber(t, "b")
		if again, err := ParseNumber(a.String()); err != nil || again != a {
			t.Fatalf("%v reparsed as %v, %v", a, again, err)
		}
		want := rat(a).Cmp(rat(b))
		if got := a.Compare(b); got != want {
			t.Fatalf("Compare(%v, %v) = %d, want %d", a, b, got, want)
		}
		if got := bytes.Compare(a.appendOrdered(nil), b.appendOrdered(nil)); got != want {
			t.Fatalf("order of encodings of %v, %v = %d, want %d", a, b, got, want)
		}
		if sum, err := a.Add(b); err == nil && rat(sum).Cmp(new(big.Rat).Add(rat(a), rat(b))) != 0 {
			t.Fatalf("%v + %v = %v", a, b, sum)
		}
		if sum, err := a.Add(a.Negate()); err != nil || sum != (Number{}) {
			t.Fatalf("%v - itself = %v, %v", a, sum, err)
		}
	})
}

func TestAddTooManyDigits(t *testing.T) {
	a, b := number(strings.Repeat("9", 38)), number("0.5")
	if _, err := a.Add(b); !errors.Is(err, errPrecision) {
		t.Errorf("error = %v, want %v", err, errPrecision)
	}
	c := number("9e125")
	if _, err := c.Add(c); !errors.Is(err, errOverflow) {
		t.Errorf("error = %v, want %v", err, errOverflow)
	}
}

func drawValue(t *rapid.T, depth int) Value {
	kinds := 8
	if depth > 0 {
		kinds = 10
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return &types.AttributeValueMemberN{Value: drawNumber(t, "n").String()}
	case 1:
		return &types.AttributeValueMemberB{Value: rapid.SliceOf(rapid.Byte()).Draw(t, "b")}
	case 2:
		return &types.AttributeValueMemberBOOL{Value: rapid.Bool().Draw(t, "bool")}
	case 3:
		return &types.AttributeValueMemberNULL{Value: true}
	case 4:
		return &types.AttributeValueMemberSS{Value: rapid.SliceOfNDistinct(rapid.String(), 1, 4, rapid.ID).Draw(t, "ss")}
	case 5:
		return &types.AttributeValueMemberNS{Value: []string{"1", "2.5"}}
	case 6:
		return &types.AttributeValueMemberBS{Value: [][]byte{{1}, {0, 2}}}
	case 8:
		return &types.AttributeValueMemberL{Value: []Value{drawValue(t, depth-1), drawValue(t, depth-1)}}
	case 9:
		return &types.AttributeValueMemberM{Value: Item{"k": drawValue(t, depth-1), "": &types.AttributeValueMemberS{}}}
	}
	return &types.AttributeValueMemberS{Value: rapid.String().Draw(t, "s")}
}

func TestEncodingRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Item{"p": drawValue(t, 2), "ü": drawValue(t, 2)}
		for _, name := range []string{"p", "ü"} {
			if s, ok := m[name].(*types.AttributeValueMemberSS); ok {
				m[name], _ = stringSet(s.Value)
			}
		}
		packed := Encode(m)
		if EncodedSize(packed) != Size(m) {
			t.Fatalf("size %d, want %d", EncodedSize(packed), Size(m))
		}
		if diff := cmp.Diff(packed, Encode(Decode(packed))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestKeyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOf(rapid.ByteRange(0, 2)).Draw(t, "a"), rapid.SliceOf(rapid.ByteRange(0, 2)).Draw(t, "b")
		va, vb := &types.AttributeValueMemberB{Value: a}, &types.AttributeValueMemberB{Value: b}
		ka, kb := AppendOrdered(nil, va), AppendOrdered(nil, vb)
		if bytes.Compare(a, b) != bytes.Compare(ka, kb) {
			t.Fatalf("%v %v", a, b)
		}
		if !bytes.Equal(a, b) && (bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka)) {
			t.Fatalf("%v is a prefix of %v", ka, kb)
		}
	})
}

func TestNormaliseRefuses(t *testing.T) {
	deep := Value(&types.AttributeValueMemberS{Value: "x"})
	for range MaxDepth - 1 {
		deep = &types.AttributeValueMemberL{Value: []Value{deep}}
	}
	tests := []struct {
		name string
		v    Value
		want string
	}{
		{"nothing", nil, "Supplied AttributeValue is empty"},
		{"empty string set", &types.AttributeValueMemberSS{}, "may not be empty"},
		{"empty number set", &types.AttributeValueMemberNS{}, "may not be empty"},
		{"empty binary set", &types.AttributeValueMemberBS{}, "should not be empty"},
		{"twice the same string", &types.AttributeValueMemberSS{Value: []string{"a", "a"}}, "[a, a] contains duplicates"},
		{"the same number written twice", &types.AttributeValueMemberNS{Value: []string{"1", "1.0"}}, "contains duplicates"},
		{"twice the same bytes", &types.AttributeValueMemberBS{Value: [][]byte{{1}, {1}}}, "duplicates"},
		{"false null", &types.AttributeValueMemberNULL{}, "must have the value of true"},
		{"33 levels", &types.AttributeValueMemberL{Value: []Value{deep}}, "Nesting Levels"},
		{"empty name in a map", &types.AttributeValueMemberM{Value: Item{"": deep}}, "Empty attribute name"},
	}
	for _, tt := range tests {
		_, err := Normalise(Item{"v": tt.v})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := Normalise(Item{"v": deep}); err != nil {
		t.Errorf("32 levels: %v", err)
	}
}

func TestOfTwoMistakesTheFirstByNameIsTold(t *testing.T) {
	for range 50 { // maps are walked in any order
		_, err := Normalise(Item{"a": &types.AttributeValueMemberN{Value: "1E126"}, "b": &types.AttributeValueMemberN{Value: "x"}, "c": &types.AttributeValueMemberN{Value: "1E-131"}})
		if err == nil || !strings.Contains(err.Error(), "overflow") {
			t.Fatal(err)
		}
	}
}

func TestSize(t *testing.T) {
	m := Item{
		"ab": &types.AttributeValueMemberS{Value: "é"},                                                                                    // 2 + 2
		"n":  &types.AttributeValueMemberN{Value: "-123.4"},                                                                               // 1 + 3 (01 23 40) + 1 + 1
		"z":  &types.AttributeValueMemberNULL{Value: true},                                                                                // 1 + 1
		"l":  &types.AttributeValueMemberL{Value: []Value{&types.AttributeValueMemberBOOL{}, &types.AttributeValueMemberS{Value: "abc"}}}, // 1 + 3 + 2 + 1 + 3
		"m":  &types.AttributeValueMemberM{Value: Item{"k": &types.AttributeValueMemberB{Value: []byte{1, 2}}}},                           // 1 + 3 + 1 + 1 + 2
	}
	if got := Size(m); got != 4+6+2+10+8 {
		t.Errorf("Size = %d", got)
	}
}
