package estate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// FormatError says where a file is not an estate file of this version.
type FormatError struct {
	Path   string // for example units[0].tables[3].status; empty for the file itself
	Offset int64  // bytes read when it was noticed
	Reason string
}

func (e *FormatError) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// IsEstateFile reports whether the beginning of a file looks like an estate file, of whatever version.
func IsEstateFile(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n\ufeff")
	rest, ok := bytes.CutPrefix(head, []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"schema_version"`)) && bytes.Contains(rest, []byte(`"units"`))
}

// Load reads an estate file as a stream. The error is a *FormatError, or what the reader answered.
func Load(r io.Reader) (*Estate, error) {
	d := newDecoder(bufio.NewReaderSize(r, 1<<16))
	e := &Estate{}
	if err := d.file(e); err != nil {
		return nil, d.explain(err)
	}
	return e, nil
}

// DecodeUnit reads one unit from JSON text: what the examples of controls are written in.
func DecodeUnit(text []byte) (*Unit, error) {
	d := newDecoder(bytes.NewReader(text))
	u := &Unit{}
	if err := d.unit(u); err != nil {
		return nil, d.explain(err)
	}
	if err := d.end(); err != nil {
		return nil, d.explain(err)
	}
	return u, nil
}

// decoder keeps its place as a stack of names, joined only when something is wrong: files hold millions of members.
type decoder struct {
	json     *json.Decoder
	layouts  *layouts
	interned map[string]string
	place    []segment
	farthest Source // the greatest source that a fact of this unit refers to, and where
	farPlace string
}

// segment is a member's name, or with an empty name a position in a list.
type segment struct {
	name  string
	index int
}

func newDecoder(r io.Reader) *decoder {
	return &decoder{json: json.NewDecoder(r), layouts: &layouts{}, interned: map[string]string{}}
}

// in runs f one step further down.
func (d *decoder) in(s segment, f func() error) error {
	d.place = append(d.place, s)
	if err := f(); err != nil {
		return err
	}
	d.place = d.place[:len(d.place)-1]
	return nil
}

func (d *decoder) path() string {
	path := ""
	for _, s := range d.place {
		if s.name == "" {
			path = indexed(path, s.index)
		} else {
			path = join(path, s.name)
		}
	}
	return path
}

// explain turns what encoding/json says into words about the file.
func (d *decoder) explain(err error) error {
	var format *FormatError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &format):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &FormatError{Offset: d.json.InputOffset(), Reason: fmt.Sprintf("the file ends early, after %d bytes", d.json.InputOffset())}
	case errors.As(err, &syntax):
		return &FormatError{Offset: syntax.Offset, Reason: fmt.Sprintf("not JSON at byte %d: %v", syntax.Offset, err)}
	}
	return err
}

func (d *decoder) wrong(format string, args ...any) error {
	return &FormatError{Path: d.path(), Offset: d.json.InputOffset(), Reason: fmt.Sprintf(format, args...)}
}

func (d *decoder) file(e *Estate) error {
	versioned := false
	err := d.object(func(key string) error {
		if !versioned && key != "schema_version" {
			return errNotEstate(d)
		}
		switch key {
		case "schema_version":
			versioned = true
			return d.version()
		case "tool":
			return d.plain(&e.Tool)
		case "collected_at":
			return d.plain(&e.CollectedAt)
		case "units":
			return d.units(e)
		}
		return d.wrong("unknown member")
	})
	if err != nil {
		return err
	}
	if !versioned {
		return errNotEstate(d)
	}
	return d.end()
}

func errNotEstate(d *decoder) error {
	d.place = nil
	return d.wrong(`not an estate file: it must begin with "schema_version"`)
}

func (d *decoder) version() error {
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	switch {
	case err != nil:
		return d.wrong("want %d, got %s", Version, clip(raw))
	case n > Version:
		return d.wrong("version %d is newer than this program understands (%d): use the version of restorable that wrote it, or a newer one", n, Version)
	case n != Version:
		return d.wrong("version %d is not known: this program reads version %d", n, Version)
	}
	return nil
}

func (d *decoder) units(e *Estate) error {
	return d.array(func() error {
		u := &Unit{}
		e.Units = append(e.Units, u)
		return d.unit(u)
	})
}

// unit reads one unit and refuses it when its facts refer to provenance that is not there.
func (d *decoder) unit(u *Unit) error {
	d.farthest, d.farPlace = 0, ""
	if err := d.record(reflect.ValueOf(u).Elem()); err != nil {
		return err
	}
	if d.farthest != 0 && int(d.farthest) >= len(u.Provenance) {
		return &FormatError{Path: d.farPlace, Offset: d.json.InputOffset(), Reason: fmt.Sprintf("source %d is not in the provenance table", d.farthest)}
	}
	return nil
}

// end makes sure that nothing follows.
func (d *decoder) end() error {
	if _, err := d.json.Token(); err != io.EOF {
		return d.wrong("something follows the end of the document")
	}
	return nil
}

func (d *decoder) object(member func(key string) error) error {
	if err := d.open('{', "an object"); err != nil {
		return err
	}
	return d.members(member)
}

// members reads the rest of an object that was opened. No member may come twice.
func (d *decoder) members(member func(key string) error) error {
	seen := make([]string, 0, 24)
	for d.json.More() {
		token, err := d.json.Token()
		if err != nil {
			return err
		}
		key := token.(string)
		err = d.in(segment{name: key}, func() error {
			if slices.Contains(seen, key) {
				return d.wrong("given twice")
			}
			return member(key)
		})
		if err != nil {
			return err
		}
		seen = append(seen, key)
	}
	_, err := d.json.Token()
	return err
}

func (d *decoder) array(element func() error) error {
	if err := d.open('[', "a list"); err != nil {
		return err
	}
	return d.elements(element)
}

// elements reads the rest of a list that was opened.
func (d *decoder) elements(element func() error) error {
	for i := 0; d.json.More(); i++ {
		if err := d.in(segment{index: i}, element); err != nil {
			return err
		}
	}
	_, err := d.json.Token()
	return err
}

func (d *decoder) open(want json.Delim, what string) error {
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	if token != want {
		return d.wrong("want %s, got %s", what, describe(token))
	}
	return nil
}

func describe(token json.Token) string {
	switch t := token.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "a list"}[t]
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%.40q", t)
	}
	return fmt.Sprint(token)
}

func (d *decoder) record(v reflect.Value) error {
	fields := d.layouts.of(v.Type())
	var src Source
	return d.object(func(key string) error {
		if key == "src" {
			return d.plain(&src)
		}
		for _, f := range fields {
			if f.name == key {
				return d.member(v.Field(f.index), f, src)
			}
		}
		return d.wrong("unknown member")
	})
}

func (d *decoder) member(v reflect.Value, f field, src Source) error {
	member := v.Addr().Interface()
	switch f.kind {
	case factField:
		return d.fact(member.(factCodec), src)
	case listField:
		return d.list(member.(listCodec))
	case recordField:
		return d.record(v)
	}
	return d.plain(member)
}

// plain decodes what is no fact with encoding/json, strictly.
func (d *decoder) plain(into any) error {
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
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
	if err := unmarshal(raw, into); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return d.wrong("want %s, got %s", kindName(wrongType.Type), wrongType.Value)
		}
		return d.wrong("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// unmarshal refuses unknown members; numbers, truth values and times, by far the most frequent, need no decoder of their own.
func unmarshal(raw []byte, into any) error {
	switch into.(type) {
	case *int64, *bool, *Instant, *Source:
		return json.Unmarshal(raw, into)
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	inner.DisallowUnknownFields()
	return inner.Decode(into)
}

// text decodes a string and keeps one copy of each: states and the ARNs of tables and plans recur hundreds of thousands of times.
func (d *decoder) text(raw []byte, into *string) error {
	if known, ok := d.interned[string(raw)]; ok {
		*into = known
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return d.wrong("want text, got %s", clip(raw))
	}
	if len(d.interned) < internLimit {
		d.interned[string(raw)] = *into
	}
	return nil
}

// internLimit bounds the memory that keeping single copies may itself cost.
const internLimit = 50_000

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

// list reads a list with its wrapping, or bare: a bare list is whole.
func (d *decoder) list(l listCodec) error {
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		*l.whole() = KnownFact(true, 0)
		return d.elements(func() error { return d.item(l) })
	case json.Delim('{'):
		return d.wrappedList(l)
	}
	return d.wrong("want a list, got %s", describe(token))
}

func (d *decoder) wrappedList(l listCodec) error {
	var src Source
	return d.members(func(key string) error {
		switch key {
		case "src":
			return d.plain(&src)
		case "whole":
			return d.fact(l.whole(), src)
		case "items":
			return d.array(func() error { return d.item(l) })
		}
		return d.wrong("unknown member")
	})
}

func (d *decoder) item(l listCodec) error { return d.record(reflect.ValueOf(l.grow()).Elem()) }

// marker is one of the $ forms.
type marker struct {
	Unknown *Source         `json:"$unknown"`
	Absent  *Source         `json:"$absent"`
	Src     *Source         `json:"$src"`
	Value   json.RawMessage `json:"$value"`
}

func (d *decoder) fact(f factCodec, src Source) error {
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return err
	}
	if string(raw) == "null" {
		d.refer(f, Absent, src)
		return nil
	}
	if isMarker(raw) {
		return d.marked(f, raw)
	}
	if err := d.strict(raw, f.target()); err != nil {
		return err
	}
	d.refer(f, Known, src)
	return nil
}

func (d *decoder) refer(f factCodec, st State, src Source) {
	if src > d.farthest {
		d.farthest, d.farPlace = src, d.path()
	}
	f.setRef(newRef(st, src))
}

func isMarker(raw []byte) bool {
	rest, ok := bytes.CutPrefix(raw, []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"$`))
}

func (d *decoder) marked(f factCodec, raw []byte) error {
	var m marker
	if err := d.strict(raw, &m); err != nil {
		return err
	}
	switch {
	case m.Unknown != nil && m.Absent == nil && m.Src == nil && m.Value == nil:
		d.refer(f, Unknown, *m.Unknown)
	case m.Absent != nil && m.Unknown == nil && m.Src == nil && m.Value == nil:
		d.refer(f, Absent, *m.Absent)
	case m.Src != nil && m.Value != nil && m.Unknown == nil && m.Absent == nil:
		if err := d.strict(m.Value, f.target()); err != nil {
			return err
		}
		d.refer(f, Known, *m.Src)
	default:
		return d.wrong(`want {"$unknown":n}, {"$absent":n} or {"$src":n,"$value":…}`)
	}
	return nil
}

func clip(raw []byte) string {
	if len(raw) > 40 {
		return string(raw[:40]) + "…"
	}
	return string(raw)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
