package compare

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// plainItem turns an item's JSON text into plain values for expressions: text, bytes, truth values, null, lists and maps are themselves, and
// sets are lists. A whole number that fits 64 bits is an int and exact. Any other number is a double, the nearest there is: DynamoDB keeps
// 38 digits, a double 15 to 17, so that beyond these a comparison may err. An item nested deeper than DynamoDB allows is refused.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
func plainItem(raw []byte) (map[string]any, error) {
	var item map[string]json.RawMessage
	if err := json.Unmarshal(raw, &item); err != nil {
		return nil, fmt.Errorf("read item: %w", err)
	}
	return plainMap(item, 0)
}

const deepest = 32 // levels that DynamoDB allows

func plainMap(item map[string]json.RawMessage, depth int) (map[string]any, error) {
	out := make(map[string]any, len(item))
	for name, raw := range item {
		v, err := plainValue(raw, depth)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

func plainValue(raw json.RawMessage, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("read item: nested more than %d levels deep", deepest)
	}
	var tagged map[string]json.RawMessage
	if err := json.Unmarshal(raw, &tagged); err != nil || len(tagged) != 1 {
		return nil, fmt.Errorf("read item: a value that is none of DynamoDB's")
	}
	for tag, inner := range tagged {
		return plainOf(tag, inner, depth)
	}
	return nil, nil
}

func plainOf(tag string, raw json.RawMessage, depth int) (any, error) {
	switch tag {
	case "S":
		return decoded[string](raw)
	case "N":
		text, err := decoded[string](raw)
		if err != nil {
			return nil, err
		}
		return plainNumber(text)
	case "B":
		return decoded[[]byte](raw)
	case "BOOL":
		return decoded[bool](raw)
	case "NULL":
		return nil, nil
	case "SS", "NS", "BS":
		return plainSet(tag, raw)
	case "L":
		return plainList(raw, depth)
	case "M":
		inner, err := decoded[map[string]json.RawMessage](raw)
		if err != nil {
			return nil, err
		}
		return plainMap(inner, depth+1)
	}
	return nil, fmt.Errorf("read item: the type %q is none of DynamoDB's", tag)
}

func plainList(raw json.RawMessage, depth int) (any, error) {
	list, err := decoded[[]json.RawMessage](raw)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i := range list {
		if out[i], err = plainValue(list[i], depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func plainSet(tag string, raw json.RawMessage) (any, error) {
	list, err := decoded[[]string](raw)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, text := range list {
		switch tag {
		case "SS":
			out[i] = text
		case "NS":
			out[i], err = plainNumber(text)
		case "BS":
			out[i], err = base64.StdEncoding.DecodeString(text)
		}
		if err != nil {
			return nil, fmt.Errorf("read item: %w", err)
		}
	}
	return out, nil
}

func decoded[T any](raw json.RawMessage) (T, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read item: %w", err)
	}
	return v, nil
}

// plainNumber is an int64 where that is exact, otherwise the nearest float64.
func plainNumber(text string) (any, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !strings.Contains(err.Error(), "range") {
		return nil, fmt.Errorf("read item: a number that is none")
	}
	if strings.ContainsAny(text, "eE.") { // DynamoDB writes no exponents, other implementations do: 1E+3 is whole
		if whole, ok := new(big.Rat).SetString(text); ok && whole.IsInt() && whole.Num().IsInt64() {
			return whole.Num().Int64(), nil
		}
	}
	return f, nil
}
