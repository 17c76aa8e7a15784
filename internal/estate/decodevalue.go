package estate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// plain decodes what is no fact with encoding/json, strictly.
func (d *decoder) plain(into any) error {
	raw, err := d.scan.value()
	if err != nil {
		return err
	}
	return d.strict(raw, into)
}

func (d *decoder) strict(raw []byte, into any) error {
	if string(raw) == "null" {
		return d.wrong("must not be null")
	}
	if s, ok := into.(*string); ok {
		return d.text(raw, s)
	}
	if quick(raw, into) {
		return nil
	}
	err := unmarshal(raw, into)
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType):
		return d.wrong("want %s, got %s", kindName(wrongType.Type), wrongType.Value)
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return d.notJSON(raw, err)
	}
	return d.wrong("%s", strings.TrimPrefix(err.Error(), "json: "))
}

// quick decodes numbers, truth values and times, by far the most frequent, in their usual spelling; all else is for encoding/json.
func quick(raw []byte, into any) bool {
	switch into := into.(type) {
	case *int64:
		n, ok := integer(raw)
		*into = n
		return ok
	case *Source:
		n, ok := integer(raw)
		*into = Source(n)
		return ok && n >= 0 && n <= sourceMask
	case *bool:
		*into = string(raw) == "true"
		return *into || string(raw) == "false"
	case *Instant:
		return simple(raw) && into.UnmarshalText(raw[1:len(raw)-1]) == nil
	}
	return false
}

// integer reads a whole number as JSON writes it: no sign but minus, no zeros ahead.
func integer(raw []byte) (int64, bool) {
	digits := bytes.TrimPrefix(raw, []byte("-"))
	if len(digits) == 0 || digits[0] < '0' || digits[0] > '9' || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil
}

// unmarshal refuses unknown members, which only structs have.
func unmarshal(raw []byte, into any) error {
	switch into.(type) {
	case *int64, *bool, *Instant, *Source:
		return json.Unmarshal(raw, into)
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	inner.DisallowUnknownFields()
	return inner.Decode(into)
}

// text decodes a string and keeps one copy of each: states and the ARNs of tables, plans and recovery points recur, hundreds of
// thousands of times in a large account.
func (d *decoder) text(raw []byte, into *string) error {
	if simple(raw) {
		*into = d.once(raw[1 : len(raw)-1])
		return nil
	}
	var decoded string
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return d.wrong("want text, got %s", clip(raw))
	}
	*into = d.once([]byte(decoded))
	return nil
}

func (d *decoder) once(text []byte) string {
	if known, ok := d.interned[string(text)]; ok {
		return known
	}
	fresh := string(text)
	if len(d.interned) < internLimit {
		d.interned[fresh] = fresh
	}
	return fresh
}

// internLimit bounds the memory that keeping single copies may itself cost while a file is read, to some 40 MB.
const internLimit = 1 << 20

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}
