package iampolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what Parse accepts. AWS's largest document is a role's 10,240 characters of inline policies, or a resource policy of 20 KB
// to 32 KB depending on the service; whoever sends more is not AWS.
const (
	MaxBytes = 256 << 10
	maxDepth = 16
)

// ParseError is a document that AWS would refuse. Line and Column count from 1, in bytes.
type ParseError struct {
	Line, Column int
	Reason       string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("parse policy: line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// node is a JSON value that remembers where it stood.
type node struct {
	at     int // offset of its first byte
	value  any // string, json.Number, bool, nil; []node for an array; []field for an object
	object bool
	array  bool
}

type field struct {
	name string
	at   int
	node node
}

func (n node) fields() []field { f, _ := n.value.([]field); return f }
func (n node) items() []node   { i, _ := n.value.([]node); return i }

type reader struct {
	text string
	dec  *json.Decoder
}

func (r *reader) fail(at int, format string, args ...any) error {
	at = min(max(at, 0), len(r.text))
	before := r.text[:at]
	line := strings.Count(before, "\n") + 1
	column := at - strings.LastIndexByte(before, '\n')
	return &ParseError{Line: line, Column: column, Reason: fmt.Sprintf(format, args...)}
}

// next reads one token and says where it begins: the decoder knows only where it ended.
func (r *reader) next() (json.Token, int, error) {
	at := r.ahead()
	tok, err := r.dec.Token()
	if err == nil {
		return tok, at, nil
	}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, at, r.fail(at, "not JSON: %s", syntax.Error())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, at, r.fail(len(r.text), "the document ends too early")
	}
	return nil, at, r.fail(at, "not JSON: %s", err.Error())
}

// ahead is where the next token begins.
func (r *reader) ahead() int {
	at := int(r.dec.InputOffset())
	for at < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[at]) >= 0 {
		at++
	}
	return at
}

func readTree(text string) (*reader, node, error) {
	r := &reader{text: text, dec: json.NewDecoder(bytes.NewReader([]byte(text)))}
	r.dec.UseNumber()
	if len(text) > MaxBytes {
		return r, node{}, r.fail(0, "the document has %d bytes, more than %d", len(text), MaxBytes)
	}
	root, err := r.value(0)
	if err != nil {
		return r, node{}, err
	}
	end := r.ahead()
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return r, node{}, r.fail(end, "text after the end of the document")
	}
	return r, root, nil
}

func (r *reader) value(depth int) (node, error) {
	tok, at, err := r.next()
	if err != nil {
		return node{}, err
	}
	if depth > maxDepth {
		return node{}, r.fail(at, "nested more than %d levels deep", maxDepth)
	}
	switch tok {
	case json.Delim('{'):
		return r.objectAt(at, depth)
	case json.Delim('['):
		return r.arrayAt(at, depth)
	}
	if _, stray := tok.(json.Delim); stray {
		return node{}, r.fail(at, "a value is missing")
	}
	return node{at: at, value: tok}, nil
}

func (r *reader) objectAt(at, depth int) (node, error) {
	fields := []field{}
	seen := map[string]bool{}
	for r.dec.More() {
		tok, keyAt, err := r.next()
		if err != nil {
			return node{}, err
		}
		name, ok := tok.(string)
		if !ok {
			return node{}, r.fail(keyAt, "a member name is missing")
		}
		if seen[name] {
			return node{}, r.fail(keyAt, "%q is given twice", name)
		}
		seen[name] = true
		value, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		fields = append(fields, field{name: name, at: keyAt, node: value})
	}
	_, _, err := r.next()
	return node{at: at, value: fields, object: true}, err
}

func (r *reader) arrayAt(at, depth int) (node, error) {
	items := []node{}
	for r.dec.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		items = append(items, item)
	}
	_, _, err := r.next()
	return node{at: at, value: items, array: true}, err
}
