package cloudtrail

import (
	"reflect"
	"time"
	"unicode"
	"unicode/utf8"
)

// parameters writes a request as a record tells it: members begin with a small letter, what was not given is left out.
func parameters(in any) any {
	if in == nil {
		return nil
	}
	return plain(reflect.ValueOf(in))
}

func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.UTC().Format(time.RFC3339)
		}
		return members(v)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return "HIDDEN_DUE_TO_SECURITY_REASONS"
		}
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plain(v.Index(i))
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for each := v.MapRange(); each.Next(); {
			out[each.Key().String()] = plain(each.Value())
		}
		return out
	case reflect.String:
		return v.String()
	}
	if v.CanInterface() {
		return v.Interface()
	}
	return nil
}

func members(v reflect.Value) any {
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		if value := plain(v.Field(i)); value != nil {
			out[small(f.Name)] = value
		}
	}
	return out
}

func small(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:]
}
