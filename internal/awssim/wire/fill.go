package wire

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
)

type fieldKey struct {
	t      reflect.Type
	member string
}

// field finds the exported field that bears a member's name, first letter upper case; ok is false when the struct has none.
func (c *Codec) field(v reflect.Value, member string) (reflect.Value, bool) {
	key := fieldKey{v.Type(), member}
	if index, ok := c.fields.Load(key); ok {
		i := index.(int)
		if i < 0 {
			return reflect.Value{}, false
		}
		return v.Field(i), true
	}
	i := fieldIndex(v.Type(), member)
	c.fields.Store(key, i)
	if i < 0 {
		return reflect.Value{}, false
	}
	return v.Field(i), true
}

func fieldIndex(t reflect.Type, member string) int {
	f, ok := t.FieldByName(upperFirst(member))
	if !ok || len(f.Index) != 1 || !f.IsExported() {
		return -1
	}
	return f.Index[0]
}

// fill sets the struct dst from a tree. Members that the struct lacks are passed over: Missing reports those in a test.
func (c *Codec) fill(dst reflect.Value, s *model.Shape, tree map[string]any) *api.Error {
	for _, m := range s.Members {
		v, ok := tree[treeKey(m)]
		if !ok || v == nil {
			continue
		}
		field, ok := c.field(dst, m.Name)
		if !ok {
			continue
		}
		if err := c.set(field, m, v); err != nil {
			return err
		}
	}
	return nil
}

func (c *Codec) set(dst reflect.Value, m *model.Ref, v any) *api.Error {
	if isAttribute(dst.Type()) {
		return setAttribute(dst, v)
	}
	if dst.Kind() == reflect.Pointer {
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		return c.set(dst.Elem(), m, v)
	}
	switch m.Shape.Type {
	case "structure":
		return c.setStructure(dst, m.Shape, v)
	case "list":
		return c.setList(dst, m.Shape, v)
	case "map":
		return c.setMap(dst, m.Shape, v)
	default:
		return setScalar(dst, m, v)
	}
}

func (c *Codec) setStructure(dst reflect.Value, s *model.Shape, v any) *api.Error {
	tree, ok := v.(map[string]any)
	if !ok {
		return mismatch(v, "Structure")
	}
	if dst.Kind() != reflect.Struct {
		return nil // a union that the SDK models as an interface, reported by Missing
	}
	return c.fill(dst, s, tree)
}

func (c *Codec) setList(dst reflect.Value, s *model.Shape, v any) *api.Error {
	list, ok := v.([]any)
	if !ok {
		return mismatch(v, "List")
	}
	if dst.Kind() != reflect.Slice {
		return nil
	}
	out := reflect.MakeSlice(dst.Type(), len(list), len(list))
	for i, e := range list {
		if e == nil {
			continue
		}
		if err := c.set(out.Index(i), s.Member, e); err != nil {
			return err
		}
	}
	dst.Set(out)
	return nil
}

func (c *Codec) setMap(dst reflect.Value, s *model.Shape, v any) *api.Error {
	tree, ok := v.(map[string]any)
	if !ok {
		return mismatch(v, "Map")
	}
	if dst.Kind() != reflect.Map {
		return nil
	}
	out := reflect.MakeMapWithSize(dst.Type(), len(tree))
	for k, e := range tree {
		value := reflect.New(dst.Type().Elem()).Elem()
		if e != nil {
			if err := c.set(value, s.Value, e); err != nil {
				return err
			}
		}
		out.SetMapIndex(reflect.ValueOf(k).Convert(dst.Type().Key()), value)
	}
	dst.Set(out)
	return nil
}

func setScalar(dst reflect.Value, m *model.Ref, v any) *api.Error {
	switch m.Shape.Type {
	case "string":
		return setString(dst, v)
	case "boolean":
		return setBool(dst, v)
	case "timestamp":
		return setTime(dst, v)
	case "blob":
		return setBlob(dst, v)
	default:
		return setNumber(dst, v)
	}
}

func setString(dst reflect.Value, v any) *api.Error {
	s, ok := asString(v)
	if !ok {
		return mismatch(v, "String")
	}
	if dst.Kind() == reflect.String {
		dst.SetString(s)
	}
	return nil
}

func asString(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case text:
		return string(v), true
	}
	return "", false
}

func setBool(dst reflect.Value, v any) *api.Error {
	b, ok := v.(bool)
	if t, isText := v.(text); isText {
		var err error
		b, err = strconv.ParseBool(strings.ToLower(string(t)))
		ok = err == nil
	}
	if !ok {
		return mismatch(v, "Boolean")
	}
	if dst.Kind() == reflect.Bool {
		dst.SetBool(b)
	}
	return nil
}

func setNumber(dst reflect.Value, v any) *api.Error {
	n, ok := asNumber(v)
	if !ok {
		return mismatch(v, "Number")
	}
	switch {
	case dst.CanFloat():
		dst.SetFloat(n)
	case dst.CanInt():
		i := int64(n)
		if exact, err := strconv.ParseInt(numberText(v), 10, 64); err == nil {
			i = exact
		}
		if n < math.MinInt64 || n >= math.MaxInt64 || dst.OverflowInt(i) {
			return serialization("NUMBER_VALUE cannot be converted to Integer")
		}
		dst.SetInt(i)
	}
	return nil
}

func numberText(v any) string {
	switch v := v.(type) {
	case json.Number:
		return string(v)
	case text:
		return string(v)
	}
	return ""
}

func asNumber(v any) (float64, bool) {
	s := numberText(v)
	if s == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

func setTime(dst reflect.Value, v any) *api.Error {
	t, ok := asTime(v)
	if !ok {
		return mismatch(v, "Timestamp")
	}
	if dst.Type() == reflect.TypeFor[time.Time]() {
		dst.Set(reflect.ValueOf(t))
	}
	return nil
}

// asTime takes seconds since 1970 and ISO 8601 in every place: AWS's own services are as lenient.
func asTime(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t, true
	}
	if n, ok := asNumber(v); ok {
		return epoch(n), math.Abs(n) < 1e12
	}
	s, _ := asString(v)
	for _, layout := range []string{time.RFC3339Nano, http.TimeFormat, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func setBlob(dst reflect.Value, v any) *api.Error {
	b, ok := asBlob(v)
	if !ok {
		return mismatch(v, "Blob")
	}
	if dst.Kind() == reflect.Slice && dst.Type().Elem().Kind() == reflect.Uint8 {
		dst.SetBytes(b)
	}
	return nil
}

func asBlob(v any) ([]byte, bool) {
	if b, ok := v.([]byte); ok {
		return b, true
	}
	s, ok := asString(v)
	if !ok {
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil
}

// mismatch is the SerializationException for a value of the wrong kind, in the words of DynamoDB.
func mismatch(v any, want string) *api.Error {
	switch v := v.(type) {
	case map[string]any:
		return serialization("Start of structure or map found where not expected.")
	case []any:
		return serialization("Start of list found where not expected")
	case bool:
		return serialization(strings.ToUpper(strconv.FormatBool(v)) + "_VALUE cannot be converted to " + want)
	case json.Number:
		return serialization("NUMBER_VALUE cannot be converted to " + want)
	default:
		return serialization("STRING_VALUE cannot be converted to " + want)
	}
}
