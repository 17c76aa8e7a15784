package planfile

import (
	"bytes"
	"encoding/json"
	"sort"

	"github.com/restorable/restorable/internal/iac/build"
)

// lines turns offsets into places.
type lines struct {
	name   string
	starts []int
}

func newLines(name string, text []byte) *lines {
	l := &lines{name: name, starts: []int{0}}
	for i, c := range text {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

func (l *lines) at(offset int) build.Pos {
	line := sort.SearchInts(l.starts, max(offset, 0)+1)
	return build.Pos{File: l.name, Line: line, Column: max(offset, 0) - l.starts[line-1] + 1}
}

// place is where a value of the JSON begins, or the key of a member. The nil place is not known.
type place struct {
	offset  int
	members map[string]*place
	items   []*place
}

func (p *place) child(key string) *place {
	if p == nil {
		return nil
	}
	return p.members[key]
}

func (p *place) item(i int) *place {
	if p == nil || i >= len(p.items) {
		return nil
	}
	return p.items[i]
}

// places are those of the changes of resources; nothing else is shown.
type places struct {
	*lines
	changes []*place
}

func (p *places) change(i int) *place {
	if i >= len(p.changes) {
		return nil
	}
	return p.changes[i]
}

func (p *places) pos(at *place) build.Pos {
	if at == nil {
		return build.Pos{File: p.name, Line: 1, Column: 1}
	}
	return p.at(at.offset)
}

// newPlaces reads the text once more: the decoder of plans keeps no places. The text was decoded before, so that errors end the reading.
func newPlaces(name string, text []byte) *places {
	p := &places{lines: newLines(name, text)}
	w := &walker{text: text, decoder: json.NewDecoder(bytes.NewReader(text))}
	if token, err := w.decoder.Token(); err != nil || token != json.Delim('{') {
		return p
	}
	for w.decoder.More() {
		key, err := w.decoder.Token()
		if err != nil {
			return p
		}
		if key != "resource_changes" {
			if w.skip() != nil {
				return p
			}
			continue
		}
		changes, err := w.value(0)
		if err != nil {
			return p
		}
		p.changes = changes.items
	}
	return p
}

type walker struct {
	text    []byte
	decoder *json.Decoder
}

func (w *walker) skip() error {
	var raw json.RawMessage
	return w.decoder.Decode(&raw)
}

// shownDepth is how deep places are told apart: blocks of resources do not nest deeper than that.
const shownDepth = 16

// value reads a value with the places in it. Of a change only what comes after it is of interest.
func (w *walker) value(depth int) (*place, error) {
	at := &place{offset: w.next()}
	if depth > shownDepth || w.text[at.offset] != '{' && w.text[at.offset] != '[' {
		return at, w.skip()
	}
	open, err := w.decoder.Token()
	if err != nil {
		return nil, err
	}
	for w.decoder.More() {
		if open == json.Delim('[') {
			item, err := w.value(depth + 1)
			if err != nil {
				return nil, err
			}
			at.items = append(at.items, item)
			continue
		}
		if err := w.member(at, depth); err != nil {
			return nil, err
		}
	}
	_, err = w.decoder.Token()
	return at, err
}

// member reads a member of an object. Its place is that of its key, but for objects and lists in it.
func (w *walker) member(at *place, depth int) error {
	offset := w.next()
	key, err := w.decoder.Token()
	if err != nil {
		return err
	}
	name, _ := key.(string)
	if name == "before" || name == "after_unknown" || name == "before_sensitive" || name == "after_sensitive" {
		return w.skip()
	}
	inner, err := w.value(depth + 1)
	if err != nil {
		return err
	}
	inner.offset = offset
	if at.members == nil {
		at.members = map[string]*place{}
	}
	at.members[name] = inner
	return nil
}

// next is where the next value begins, or the next key.
func (w *walker) next() int {
	i := int(w.decoder.InputOffset())
	for i < len(w.text)-1 && bytes.IndexByte([]byte(" \t\r\n,:"), w.text[i]) >= 0 {
		i++
	}
	return i
}
