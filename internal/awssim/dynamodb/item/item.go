// Package item holds what DynamoDB says about items: values, numbers, sizes, keys, and a compact encoding for the store.
package item

import (
	"bytes"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Value is one attribute's value.
type Value = types.AttributeValue

// Item is a set of named values.
type Item = map[string]types.AttributeValue

// Error is a message for a ValidationException.
type Error string

func (e Error) Error() string { return string(e) }

// Limits of "Quotas in Amazon DynamoDB".
const (
	MaxSize      = 400 * 1024
	MaxDepth     = 32
	MaxHashKey   = 2048
	MaxRangeKey  = 1024
	maxNameBytes = 65535
)

// TypeOf is the type's name on the wire: S, N, B, BOOL, NULL, SS, NS, BS, L or M; empty for no value.
func TypeOf(v Value) string {
	switch v.(type) {
	case *types.AttributeValueMemberS:
		return "S"
	case *types.AttributeValueMemberN:
		return "N"
	case *types.AttributeValueMemberB:
		return "B"
	case *types.AttributeValueMemberBOOL:
		return "BOOL"
	case *types.AttributeValueMemberNULL:
		return "NULL"
	case *types.AttributeValueMemberSS:
		return "SS"
	case *types.AttributeValueMemberNS:
		return "NS"
	case *types.AttributeValueMemberBS:
		return "BS"
	case *types.AttributeValueMemberL:
		return "L"
	case *types.AttributeValueMemberM:
		return "M"
	}
	return ""
}

// Normalise checks an item and answers a copy of it as DynamoDB would store it: canonical numbers, ordered sets.
// The size limit is checked by the caller, who may have more to add. The error is an Error.
func Normalise(in Item) (Item, error) { return normaliseMap(in, 0) }

// NormaliseValue does the same for one value.
func NormaliseValue(v Value) (Value, error) { return normalise(v, 1) }

func normaliseMap(in Item, depth int) (Item, error) {
	out := make(Item, len(in))
	for name, v := range in {
		n, err := normaliseMember(name, v, depth)
		if err != nil {
			return nil, firstMistake(in, depth)
		}
		out[name] = n
	}
	return out, nil
}

func normaliseMember(name string, v Value, depth int) (Value, error) {
	if name == "" {
		return nil, Error("One or more parameter values were invalid: Empty attribute name")
	}
	if len(name) > maxNameBytes {
		return nil, Error("One or more parameter values were invalid: Attribute name is too large, must be less than 65535 bytes")
	}
	return normalise(v, depth+1)
}

// firstMistake is the error of the first wrong member in the order of names: of two mistakes, always the same is told.
func firstMistake(in Item, depth int) error {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if _, err := normaliseMember(name, in[name], depth); err != nil {
			return err
		}
	}
	return nil
}

func normalise(v Value, depth int) (Value, error) {
	if depth > MaxDepth {
		return nil, Error("Nesting Levels have exceeded supported limits")
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberS, *types.AttributeValueMemberB, *types.AttributeValueMemberBOOL:
		return v, nil
	case *types.AttributeValueMemberN:
		n, err := ParseNumber(v.Value)
		return &types.AttributeValueMemberN{Value: n.String()}, err
	case *types.AttributeValueMemberNULL:
		if !v.Value {
			return nil, Error("One or more parameter values were invalid: Null attribute value types must have the value of true")
		}
		return v, nil
	case *types.AttributeValueMemberL:
		return normaliseList(v.Value, depth)
	case *types.AttributeValueMemberM:
		m, err := normaliseMap(v.Value, depth)
		return &types.AttributeValueMemberM{Value: m}, err
	}
	return normaliseSet(v)
}

func normaliseList(in []Value, depth int) (Value, error) {
	out := make([]Value, len(in))
	for i, v := range in {
		n, err := normalise(v, depth+1)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return &types.AttributeValueMemberL{Value: out}, nil
}

func normaliseSet(v Value) (Value, error) {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		return stringSet(v.Value)
	case *types.AttributeValueMemberNS:
		return numberSet(v.Value)
	case *types.AttributeValueMemberBS:
		return binarySet(v.Value)
	}
	return nil, Error("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
}

func stringSet(in []string) (Value, error) {
	if len(in) == 0 {
		return nil, Error("One or more parameter values were invalid: An string set  may not be empty")
	}
	out := slices.Sorted(slices.Values(in))
	if len(slices.Compact(slices.Clone(out))) != len(in) {
		return nil, Error("One or more parameter values were invalid: Input collection [" + strings.Join(in, ", ") + "] contains duplicates.")
	}
	return &types.AttributeValueMemberSS{Value: out}, nil
}

func numberSet(in []string) (Value, error) {
	if len(in) == 0 {
		return nil, Error("One or more parameter values were invalid: An number set  may not be empty")
	}
	numbers := make([]Number, len(in))
	for i, s := range in {
		n, err := ParseNumber(s)
		if err != nil {
			return nil, err
		}
		numbers[i] = n
	}
	slices.SortFunc(numbers, Number.Compare)
	out := make([]string, len(numbers))
	for i, n := range numbers {
		if i > 0 && n == numbers[i-1] {
			return nil, Error("Input collection contains duplicates")
		}
		out[i] = n.String()
	}
	return &types.AttributeValueMemberNS{Value: out}, nil
}

func binarySet(in [][]byte) (Value, error) {
	if len(in) == 0 {
		return nil, Error("One or more parameter values were invalid: Binary sets should not be empty")
	}
	out := slices.Clone(in)
	slices.SortFunc(out, bytes.Compare)
	for i := 1; i < len(out); i++ {
		if bytes.Equal(out[i], out[i-1]) {
			return nil, Error("One or more parameter values were invalid: Input collection of type BS contains duplicates.")
		}
	}
	return &types.AttributeValueMemberBS{Value: out}, nil
}

// Equal answers whether two normalised values are the same.
func Equal(a, b Value) bool {
	if TypeOf(a) != TypeOf(b) || a == nil {
		return a == nil && b == nil
	}
	return bytes.Equal(appendValue(nil, a), appendValue(nil, b))
}

// Compare orders two normalised values; ok is false unless both are of one type among S, N and B.
func Compare(a, b Value) (order int, ok bool) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		if b, is := b.(*types.AttributeValueMemberS); is {
			return strings.Compare(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberB:
		if b, is := b.(*types.AttributeValueMemberB); is {
			return bytes.Compare(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberN:
		if b, is := b.(*types.AttributeValueMemberN); is {
			return number(a.Value).Compare(number(b.Value)), true
		}
	}
	return 0, false
}

// number parses what is known to be canonical.
func number(s string) Number {
	n, _ := ParseNumber(s)
	return n
}

func sortedNames(m Item) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
