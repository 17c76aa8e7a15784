package estate

import (
	"bufio"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Write writes the estate file: one JSON document, one resource a line, never held in memory as a whole.
//
// A record's "src" is the source of its facts. A bare value is a known fact of that source, null an absent one;
// A long list says its count ahead of its items, so that a reader can make room once; the items are what holds.
// {"$unknown":n}, {"$absent":n} and {"$src":n,"$value":v} carry a source of their own, and a member left out was never looked at.
func Write(w io.Writer, e *Estate) error {
	out := NewWriter(w, e.Tool, e.CollectedAt)
	for _, u := range e.Units {
		if err := out.Unit(u); err != nil {
			return err
		}
	}
	return out.Close()
}

type encoder struct {
	w       *bufio.Writer
	layouts *layouts
	buf     []byte
	err     error
}

func (e *encoder) head(tool string, at Instant) {
	e.text(`{"schema_version":` + strconv.Itoa(Version) + `,"tool":`)
	e.value(tool)
	e.text(`,"collected_at":`)
	e.value(at)
	e.text(`,"units":[`)
}

func (e *encoder) text(s string) { e.buf = append(e.buf, s...) }

// separate begins the i-th element of an array on a line of its own and hands what came before to the writer.
func (e *encoder) separate(i int) {
	if i > 0 {
		e.text(",")
	}
	e.text("\n")
	e.flush()
}

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.buf)
	}
	e.buf = e.buf[:0]
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case bool:
		e.buf = strconv.AppendBool(e.buf, v)
	case int64:
		e.buf = strconv.AppendInt(e.buf, v, 10)
	default:
		raw, err := json.Marshal(v)
		if err != nil && e.err == nil {
			e.err = err
		}
		e.buf = append(e.buf, raw...)
	}
}

func (e *encoder) unit(u *Unit) {
	e.record(reflect.ValueOf(u).Elem())
}

// record writes a struct of facts. Its source is that of the first fact that was set.
func (e *encoder) record(v reflect.Value) {
	fields := e.layouts.of(v.Type())
	src := commonSource(v, fields)
	e.text("{")
	first := true
	name := func(n string) {
		if !first {
			e.text(",")
		}
		first = false
		e.text(`"` + n + `":`)
	}
	for _, f := range fields {
		if f.kind == plainField {
			e.plain(v.Field(f.index), f, name)
		}
	}
	if src != 0 {
		name("src")
		e.value(int64(src))
	}
	for _, f := range fields {
		e.member(v.Field(f.index), f, src, name)
	}
	e.text("}")
}

func commonSource(v reflect.Value, fields []field) Source {
	for _, f := range fields {
		if f.kind != factField {
			continue
		}
		if ref := v.Field(f.index).Addr().Interface().(factCodec).Ref(); ref != 0 {
			return ref.Source()
		}
	}
	return 0
}

func (e *encoder) plain(v reflect.Value, f field, name func(string)) {
	if v.Kind() == reflect.Slice {
		if v.Len() == 0 {
			return
		}
		name(f.name)
		e.text("[")
		for i := range v.Len() {
			e.separate(i)
			e.value(v.Index(i).Interface())
		}
		e.text("]")
		return
	}
	name(f.name)
	e.value(v.Interface())
}

func (e *encoder) member(v reflect.Value, f field, src Source, name func(string)) {
	member := v.Addr().Interface()
	switch f.kind {
	case factField:
		if fact := member.(factCodec); fact.Ref() != 0 {
			name(f.name)
			e.fact(fact, src)
		}
	case listField:
		if list := member.(listCodec); list.length() > 0 || list.whole().Ref() != 0 {
			name(f.name)
			e.list(list)
		}
	case recordField:
		name(f.name)
		e.record(v)
	}
}

func (e *encoder) list(l listCodec) {
	e.text("{")
	if whole := l.whole(); whole.Ref() != 0 {
		if whole.Source() != 0 {
			e.text(`"src":` + strconv.Itoa(int(whole.Source())) + ",")
		}
		e.text(`"whole":`)
		e.fact(whole, whole.Source())
		e.text(",")
	}
	if l.length() >= sure { // so that a reader makes room once
		e.text(`"count":` + strconv.Itoa(l.length()) + ",")
	}
	e.text(`"items":[`)
	for i := range l.length() {
		e.separate(i)
		e.record(reflect.ValueOf(l.at(i)).Elem())
	}
	e.text("]}")
}

func (e *encoder) fact(f factCodec, src Source) {
	own := f.Ref().Source()
	switch f.Ref().State() {
	case Unknown:
		e.text(`{"$unknown":` + strconv.Itoa(int(own)) + `}`)
	case Absent:
		if own == src {
			e.text("null")
			return
		}
		e.text(`{"$absent":` + strconv.Itoa(int(own)) + `}`)
	case Known:
		e.known(f, own, src)
	}
}

func (e *encoder) known(f factCodec, own, src Source) {
	v := presentable(f.Any())
	if own == src && !hasMarker(v) {
		e.value(v)
		return
	}
	e.text(`{"$src":` + strconv.Itoa(int(own)) + `,"$value":`)
	e.value(v)
	e.text("}")
}

// presentable turns nil slices and maps into empty ones: null is the spelling of an absent fact.
func presentable(v any) any {
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Slice && r.IsNil():
		return reflect.MakeSlice(r.Type(), 0, 0).Interface()
	case r.Kind() == reflect.Map && r.IsNil():
		return reflect.MakeMap(r.Type()).Interface()
	}
	return v
}

// hasMarker reports whether a bare map could be taken for one of the $ forms: tag keys are other people's text.
func hasMarker(v any) bool {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Map {
		return false
	}
	for _, k := range r.MapKeys() {
		if strings.HasPrefix(k.String(), "$") {
			return true
		}
	}
	return false
}
