package cfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/iac/build"
)

// jsonReader reads tokens with their places.
type jsonReader struct {
	file  string
	text  []byte
	dec   *json.Decoder
	lines []int // offsets at which lines begin
	nodes int
}

func parseJSON(file string, text []byte) (*node, error) {
	r := &jsonReader{file: file, text: text, dec: json.NewDecoder(bytes.NewReader(text)), lines: []int{0}}
	r.dec.UseNumber()
	for i, c := range text {
		if c == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if at := r.next(); at < len(text) {
		return nil, mistake(r.place(at), "something follows the end of the template")
	}
	return n, nil
}

// next is the offset of the token to come.
func (r *jsonReader) next() int {
	at := int(r.dec.InputOffset())
	for at < len(r.text) {
		switch r.text[at] {
		case ' ', '\t', '\n', '\r', ',', ':':
			at++
		default:
			return at
		}
	}
	return at
}

func (r *jsonReader) place(at int) build.Pos {
	line := sort.SearchInts(r.lines, at+1)
	begin := r.lines[line-1]
	return build.Pos{File: r.file, Line: line, Column: utf8.RuneCount(r.text[begin:min(at, len(r.text))]) + 1}
}

func (r *jsonReader) token() (json.Token, build.Pos, error) {
	pos := r.place(r.next())
	t, err := r.dec.Token()
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return t, pos, nil
	case errors.As(err, &syntax):
		pos = r.place(max(0, int(syntax.Offset)-1))
	case errors.Is(err, io.EOF):
		err = errors.New("the file ends too soon")
	}
	return nil, pos, mistake(pos, "not JSON: %s", err)
}

func (r *jsonReader) value(depth int) (*node, error) {
	t, pos, err := r.token()
	if err != nil {
		return nil, err
	}
	if r.nodes++; r.nodes > maxNodes {
		return nil, mistake(pos, "more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, mistake(pos, "nested deeper than %d levels", maxDepth)
	}
	n := &node{pos: pos}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			n.kind = mapping
			return n, r.object(n, depth)
		}
		n.kind = list
		return n, r.array(n, depth)
	case nil:
		n.kind = null
	default:
		n.text = fmt.Sprint(t)
	}
	return n, nil
}

func (r *jsonReader) object(n *node, depth int) error {
	seen := map[string]bool{}
	for r.dec.More() {
		t, pos, err := r.token()
		if err != nil {
			return err
		}
		key := fmt.Sprint(t)
		if seen[key] {
			return mistake(pos, "%s is given twice", key)
		}
		seen[key] = true
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.entries = append(n.entries, entry{key, pos, v})
	}
	_, _, err := r.token()
	return err
}

func (r *jsonReader) array(n *node, depth int) error {
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, v)
	}
	_, _, err := r.token()
	return err
}
