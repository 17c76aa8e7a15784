package expr

import (
	"bytes"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// added is ADD: a sum of numbers, or a union of sets. A missing attribute counts as zero or as the empty set.
func added(old, v item.Value) (item.Value, error) {
	if old == nil {
		return v, nil
	}
	if item.TypeOf(old) != item.TypeOf(v) {
		return nil, errOperand
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberN:
		return sum(literal{old}, literal{v}, nil, false)
	case *types.AttributeValueMemberSS:
		return item.NormaliseValue(&types.AttributeValueMemberSS{Value: union(old.(*types.AttributeValueMemberSS).Value, v.Value)})
	case *types.AttributeValueMemberNS:
		return item.NormaliseValue(&types.AttributeValueMemberNS{Value: union(old.(*types.AttributeValueMemberNS).Value, v.Value)})
	case *types.AttributeValueMemberBS:
		a := old.(*types.AttributeValueMemberBS).Value
		return item.NormaliseValue(&types.AttributeValueMemberBS{Value: append(minusBytes(a, v.Value), v.Value...)})
	}
	return nil, errOperand
}

func union(a, b []string) []string { return append(minusStrings(a, b), b...) }

func minusStrings(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(e string) bool { return slices.Contains(b, e) })
}

func minusBytes(a, b [][]byte) [][]byte {
	return slices.DeleteFunc(slices.Clone(a), func(e []byte) bool {
		return slices.ContainsFunc(b, func(x []byte) bool { return bytes.Equal(x, e) })
	})
}

// without is DELETE: the set less the given elements; nil when nothing is left or nothing was there.
func without(old, v item.Value) (item.Value, error) {
	if old == nil {
		return nil, nil
	}
	if item.TypeOf(old) != item.TypeOf(v) {
		return nil, errOperand
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		left := minusStrings(old.(*types.AttributeValueMemberSS).Value, v.Value)
		return unlessEmpty(&types.AttributeValueMemberSS{Value: left}, len(left)), nil
	case *types.AttributeValueMemberNS:
		left := minusStrings(old.(*types.AttributeValueMemberNS).Value, v.Value)
		return unlessEmpty(&types.AttributeValueMemberNS{Value: left}, len(left)), nil
	case *types.AttributeValueMemberBS:
		left := minusBytes(old.(*types.AttributeValueMemberBS).Value, v.Value)
		return unlessEmpty(&types.AttributeValueMemberBS{Value: left}, len(left)), nil
	}
	return nil, errOperand
}

func unlessEmpty(v item.Value, n int) item.Value {
	if n == 0 {
		return nil
	}
	return v
}
