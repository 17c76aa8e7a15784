package estate

import (
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
	var units []*Unit
	e, err := LoadEach(r, func(u *Unit) error {
		units = append(units, u)
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.Units = units
	return e, nil
}

// DecodeUnit reads one unit from JSON text: what the examples of controls are written in.
func DecodeUnit(text []byte) (*Unit, error) { return ReadUnit(bytes.NewReader(text)) }

// decoder keeps its place as a stack of names, joined only when something is wrong: files hold millions of members.
type decoder struct {
	scan     *scanner
	layouts  *layouts
	interned map[string]string
	names    map[string]string // of members
	place    []segment
	seen     []string // members of the objects that are open
	farthest Source   // the greatest source that a fact of this unit refers to, and where
	farPlace string
	take     func(*Unit) error
}

// segment is a member's name, or with an empty name a position in a list.
type segment struct {
	name  string
	index int
}

func newDecoder(r io.Reader) *decoder {
	return &decoder{scan: newScanner(r), layouts: &layouts{}, interned: map[string]string{}, names: map[string]string{}}
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

// explain turns an early end into words about the file.
func (d *decoder) explain(err error) error {
	var format *FormatError
	switch {
	case errors.As(err, &format):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		end := d.scan.base + int64(len(d.scan.buf))
		return &FormatError{Offset: end, Reason: fmt.Sprintf("the file ends early, after %d bytes", end)}
	}
	return err
}

func (d *decoder) wrong(format string, args ...any) error {
	return &FormatError{Path: d.path(), Offset: d.scan.offset(), Reason: fmt.Sprintf(format, args...)}
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
			return d.units()
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
	raw, err := d.scan.value()
	if err != nil {
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

// units hands over one unit after the other. Texts are kept once within a unit alone: what one holds must not outlive it.
func (d *decoder) units() error {
	return d.array(func() error {
		u := &Unit{}
		d.interned = map[string]string{}
		if err := d.unit(u); err != nil {
			return err
		}
		return d.take(u)
	})
}

// unit reads one unit and refuses it when its facts refer to provenance that is not there.
func (d *decoder) unit(u *Unit) error {
	d.farthest, d.farPlace = 0, ""
	if err := d.record(reflect.ValueOf(u).Elem()); err != nil {
		return err
	}
	if d.farthest != 0 && int(d.farthest) >= len(u.Provenance) {
		return &FormatError{Path: d.farPlace, Offset: d.scan.offset(), Reason: fmt.Sprintf("source %d is not in the provenance table", d.farthest)}
	}
	return nil
}

// end makes sure that nothing follows.
func (d *decoder) end() error {
	_, err := d.scan.peek()
	switch {
	case err == nil:
		return d.wrong("something follows the end of the document")
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}

func (d *decoder) object(member func(key string) error) error {
	if err := d.open('{', "an object"); err != nil {
		return err
	}
	return d.members(member)
}

// members reads the rest of an object that was opened. No member may come twice.
func (d *decoder) members(member func(key string) error) error {
	opened := len(d.seen)
	for first := true; ; first = false {
		more, err := d.scan.next('}', first)
		if err != nil {
			return err
		}
		if !more {
			d.seen = d.seen[:opened]
			return nil
		}
		key, err := d.name()
		if err != nil {
			return err
		}
		err = d.in(segment{name: key}, func() error {
			if slices.Contains(d.seen[opened:], key) {
				return d.wrong("given twice")
			}
			d.seen = append(d.seen, key)
			return member(key)
		})
		if err != nil {
			return err
		}
	}
}

// name reads the name of a member and its colon.
func (d *decoder) name() (string, error) {
	if c, err := d.scan.peek(); err == nil && c != '"' {
		return "", d.scan.syntax("the name of a member")
	}
	raw, err := d.scan.value()
	if err != nil {
		return "", err
	}
	name, ok := d.names[string(raw)]
	if !ok {
		if name, err = d.newName(raw); err != nil {
			return "", err
		}
	}
	return name, d.scan.expect(':', "a colon")
}

// newName decodes a name that was not met before.
func (d *decoder) newName(raw []byte) (string, error) {
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return "", d.notJSON(raw, err)
	}
	if len(d.names) < internLimit {
		d.names[string(raw)] = name
	}
	return name, nil
}

// notJSON places a syntax error of encoding/json, which counts from the beginning of the value.
func (d *decoder) notJSON(raw []byte, err error) error {
	at := d.scan.offset() - int64(len(raw))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at += syntax.Offset
	}
	return &FormatError{Path: d.path(), Offset: at, Reason: fmt.Sprintf("not JSON at byte %d: %v", at, err)}
}

func (d *decoder) array(element func() error) error {
	if err := d.open('[', "a list"); err != nil {
		return err
	}
	return d.elements(element)
}

// elements reads the rest of a list that was opened.
func (d *decoder) elements(element func() error) error {
	for i := 0; ; i++ {
		more, err := d.scan.next(']', i == 0)
		if err != nil || !more {
			return err
		}
		if err := d.in(segment{index: i}, element); err != nil {
			return err
		}
	}
}

func (d *decoder) open(want byte, what string) error {
	c, err := d.scan.peek()
	if err != nil {
		return early(err)
	}
	if c != want {
		return d.unwanted(what)
	}
	d.scan.pos++
	return nil
}

// unwanted says what stands where something else should.
func (d *decoder) unwanted(what string) error {
	raw, err := d.scan.value()
	if err != nil {
		return err
	}
	return d.wrong("want %s, got %s", what, describe(raw))
}

func describe(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	}
	return clip(raw)
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

// list reads a list with its wrapping, or bare: a bare list is whole.
func (d *decoder) list(l listCodec) error {
	defer l.trim()
	c, err := d.scan.peek()
	switch {
	case err != nil:
		return early(err)
	case c == '[':
		d.scan.pos++
		*l.whole() = KnownFact(true, 0)
		return d.elements(func() error { return d.item(l) })
	case c == '{':
		d.scan.pos++
		return d.wrappedList(l)
	}
	return d.unwanted("a list")
}

func (d *decoder) wrappedList(l listCodec) error {
	var src Source
	var count int64
	return d.members(func(key string) error {
		switch key {
		case "src":
			return d.plain(&src)
		case "whole":
			return d.fact(l.whole(), src)
		case "count":
			return d.plain(&count)
		case "items":
			return d.array(func() error {
				l.reserve(int(count))
				return d.item(l)
			})
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
	raw, err := d.scan.value()
	if err != nil {
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
