package wire

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/model"
)

// appendStructure writes a struct as a JSON object; a nil shape gives an empty one.
func (c *Codec) appendStructure(b []byte, s *model.Shape, v reflect.Value) []byte {
	b = append(b, '{')
	first := true
	if s != nil {
		for _, m := range s.Members {
			if m.Location != "" {
				continue
			}
			field, ok := c.field(v, m.Name)
			if !ok || absent(field) {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(appendString(b, m.Wire()), ':')
			b = c.appendValue(b, m, field)
		}
	}
	return append(b, '}')
}

func (c *Codec) appendValue(b []byte, m *model.Ref, v reflect.Value) []byte {
	if isAttribute(v.Type()) {
		a, _ := v.Interface().(types.AttributeValue)
		return appendAttribute(b, a)
	}
	v = deref(v)
	switch m.Shape.Type {
	case "structure":
		if v.Kind() == reflect.Struct {
			return c.appendStructure(b, m.Shape, v)
		}
	case "list":
		if v.Kind() == reflect.Slice {
			return c.appendList(b, m.Shape, v)
		}
	case "map":
		if v.Kind() == reflect.Map {
			return c.appendMap(b, m.Shape, v)
		}
	default:
		return appendScalar(b, m, v)
	}
	return append(b, "null"...)
}

func (c *Codec) appendList(b []byte, s *model.Shape, v reflect.Value) []byte {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = c.appendValue(b, s.Member, v.Index(i))
	}
	return append(b, ']')
}

func (c *Codec) appendMap(b []byte, s *model.Shape, v reflect.Value) []byte {
	if item, ok := v.Interface().(map[string]types.AttributeValue); ok {
		return appendItem(b, item)
	}
	b = append(b, '{')
	for i, k := range sortedKeys(v) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, k.String()), ':')
		b = c.appendValue(b, s.Value, v.MapIndex(k))
	}
	return append(b, '}')
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	return keys
}

func appendScalar(b []byte, m *model.Ref, v reflect.Value) []byte {
	switch {
	case v.Kind() == reflect.String:
		return appendString(b, v.String())
	case v.Kind() == reflect.Bool:
		return appendBool(b, v.Bool())
	case v.CanInt():
		return strconv.AppendInt(b, v.Int(), 10)
	case v.CanFloat():
		return appendFloat(b, v.Float())
	case m.Shape.Type == "blob" && v.Kind() == reflect.Slice:
		return appendBlob(b, v.Bytes())
	}
	if t, ok := v.Interface().(time.Time); ok {
		if timeFormat(m) == "iso8601" {
			return appendString(b, isoTime(t))
		}
		return append(b, epochText(t)...)
	}
	return append(b, "null"...)
}

func timeFormat(m *model.Ref) string { return orElse(m.TimestampFormat, m.Shape.TimestampFormat) }

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z") }

// epochText is seconds since 1970, to the millisecond.
func epochText(t time.Time) string {
	ms := t.UnixMilli()
	s := strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func appendBool(b []byte, v bool) []byte { return strconv.AppendBool(b, v) }

func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if f == math.Trunc(f) {
		b = append(b, ".0"...) // AWS writes doubles as such, and typed clients tell 1.0 from 1
	}
	return b
}

func appendBlob(b []byte, v []byte) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, v)
	return append(b, '"')
}

func appendString(b []byte, s string) []byte {
	if !plain(s) {
		quoted, err := json.Marshal(s)
		if err != nil {
			return append(b, `""`...)
		}
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// plain answers whether s needs no escaping.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}
