package wire

import (
	"encoding/base64"
	"reflect"
	"sort"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// The SDK models DynamoDB's attribute value as an interface, and items are the bulk of all traffic: it is read and written without reflection.
func isAttribute(t reflect.Type) bool { return t == reflect.TypeFor[types.AttributeValue]() }

func setAttribute(dst reflect.Value, v any) *api.Error {
	a, err := attribute(v)
	if err != nil {
		return err
	}
	dst.Set(reflect.ValueOf(&a).Elem())
	return nil
}

func attribute(v any) (types.AttributeValue, *api.Error) {
	tree, ok := v.(map[string]any)
	if !ok {
		return nil, mismatch(v, "AttributeValue")
	}
	kind, err := onlyKey(tree)
	if err != nil {
		return nil, err
	}
	v = tree[kind]
	switch kind {
	case "S", "N", "B", "BOOL", "NULL":
		return scalarAttribute(kind, v)
	case "SS", "NS", "BS", "L":
		list, ok := v.([]any)
		if !ok {
			return nil, mismatch(v, "List")
		}
		return listAttribute(kind, list)
	default:
		m, ok := v.(map[string]any)
		if !ok {
			return nil, mismatch(v, "Map")
		}
		return mapAttribute(m)
	}
}

// onlyKey finds the one known type letter. Unknown ones are ignored, as everywhere.
func onlyKey(tree map[string]any) (string, *api.Error) {
	found := ""
	for _, k := range [...]string{"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"} {
		v, ok := tree[k]
		if !ok || v == nil {
			continue
		}
		if found != "" {
			return "", &api.Error{Code: "ValidationException", Message: "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"}
		}
		found = k
	}
	if found == "" {
		return "", &api.Error{Code: "ValidationException", Message: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"}
	}
	return found, nil
}

func scalarAttribute(kind string, v any) (types.AttributeValue, *api.Error) {
	switch kind {
	case "BOOL", "NULL":
		b, ok := v.(bool)
		if !ok {
			return nil, mismatch(v, "Boolean")
		}
		if kind == "NULL" {
			return &types.AttributeValueMemberNULL{Value: b}, nil
		}
		return &types.AttributeValueMemberBOOL{Value: b}, nil
	case "B":
		b, err := binary(v)
		return &types.AttributeValueMemberB{Value: b}, err
	}
	s, ok := v.(string)
	if !ok {
		return nil, mismatch(v, "String")
	}
	if kind == "N" {
		return &types.AttributeValueMemberN{Value: s}, nil
	}
	return &types.AttributeValueMemberS{Value: s}, nil
}

func binary(v any) ([]byte, *api.Error) {
	s, ok := v.(string)
	if !ok {
		return nil, mismatch(v, "Blob")
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, serialization("Invalid base64 in a binary value")
	}
	return b, nil
}

func listAttribute(kind string, list []any) (types.AttributeValue, *api.Error) {
	switch kind {
	case "L":
		values, err := convert(list, attribute)
		return &types.AttributeValueMemberL{Value: values}, err
	case "BS":
		values, err := convert(list, binary)
		return &types.AttributeValueMemberBS{Value: values}, err
	}
	values, err := convert(list, func(v any) (string, *api.Error) {
		s, ok := v.(string)
		if !ok {
			return "", mismatch(v, "String")
		}
		return s, nil
	})
	if kind == "NS" {
		return &types.AttributeValueMemberNS{Value: values}, err
	}
	return &types.AttributeValueMemberSS{Value: values}, err
}

func convert[T any](list []any, f func(any) (T, *api.Error)) ([]T, *api.Error) {
	out := make([]T, 0, len(list))
	for _, e := range list {
		v, err := f(e)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func mapAttribute(m map[string]any) (types.AttributeValue, *api.Error) {
	out := make(map[string]types.AttributeValue, len(m))
	for k, e := range m {
		v, err := attribute(e)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return &types.AttributeValueMemberM{Value: out}, nil
}

func appendAttribute(b []byte, v types.AttributeValue) []byte {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return append(appendString(append(b, `{"S":`...), v.Value), '}')
	case *types.AttributeValueMemberN:
		return append(appendString(append(b, `{"N":`...), v.Value), '}')
	case *types.AttributeValueMemberB:
		return append(appendBlob(append(b, `{"B":`...), v.Value), '}')
	case *types.AttributeValueMemberBOOL:
		return append(appendBool(append(b, `{"BOOL":`...), v.Value), '}')
	case *types.AttributeValueMemberNULL:
		return append(appendBool(append(b, `{"NULL":`...), v.Value), '}')
	case *types.AttributeValueMemberSS:
		return append(appendEach(append(b, `{"SS":`...), v.Value, appendString), '}')
	case *types.AttributeValueMemberNS:
		return append(appendEach(append(b, `{"NS":`...), v.Value, appendString), '}')
	case *types.AttributeValueMemberBS:
		return append(appendEach(append(b, `{"BS":`...), v.Value, appendBlob), '}')
	case *types.AttributeValueMemberL:
		return append(appendEach(append(b, `{"L":`...), v.Value, appendAttribute), '}')
	case *types.AttributeValueMemberM:
		return append(appendItem(append(b, `{"M":`...), v.Value), '}')
	}
	return append(b, "null"...)
}

func appendItem(b []byte, item map[string]types.AttributeValue) []byte {
	names := make([]string, 0, len(item))
	for name := range item {
		names = append(names, name)
	}
	sort.Strings(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':')
		b = appendAttribute(b, item[name])
	}
	return append(b, '}')
}

func appendEach[T any](b []byte, list []T, f func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = f(b, e)
	}
	return append(b, ']')
}
