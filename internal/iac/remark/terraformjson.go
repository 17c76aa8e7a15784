package remark

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/iac/build"
)

// commentMember holds a comment of JSON: a member of this name is for people
// (https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties).
const commentMember = "//"

// maxNesting is how deep a file is looked into: resources stand near its top.
const maxNesting = 16

// OfTerraformJSON reads a .tf.json file: what its resources say under "//", where that is a text. One that cannot be read says nothing.
func OfTerraformJSON(name string, text []byte) []Remark {
	if !bytes.Contains(text, []byte(Sign)) || len(text) > maxTerraform || !json.Valid(text) {
		return nil
	}
	w := &walker{file: name, text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	w.dec.UseNumber()
	w.value(nil, 0)
	for i := range w.found {
		r := &w.found[i]
		if b := slices.IndexFunc(w.blocks, func(b Block) bool { return order(b.From, r.At) < 0 && order(r.At, b.To) < 0 }); b >= 0 {
			r.Block = w.blocks[b]
		}
	}
	return w.found
}

// walker visits a valid document.
type walker struct {
	file   string
	text   []byte
	dec    *json.Decoder
	blocks []Block
	found  []Remark
}

// next is the offset of the token to come.
func (w *walker) next() int {
	at := int(w.dec.InputOffset())
	for at < len(w.text) && bytes.IndexByte([]byte(" \t\r\n,:"), w.text[at]) >= 0 {
		at++
	}
	return at
}

func (w *walker) place(at int) build.Pos {
	before := w.text[:at]
	return build.Pos{File: w.file, Line: bytes.Count(before, []byte("\n")) + 1, Column: utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1}
}

// value reads one value under a path of names; the last of them stands at an offset. It is false where it ends early.
func (w *walker) value(path []string, named int) bool {
	at := w.next()
	t, err := w.dec.Token()
	if err != nil || len(path) > maxNesting {
		return false
	}
	switch t := t.(type) {
	case json.Delim:
		if !w.members(path, t, named) {
			return false
		}
	case string:
		if len(path) == 4 && path[0] == "resource" && path[3] == commentMember {
			w.found = append(w.found, Remark{At: w.place(at + 1), Text: t}) // behind the quote
		}
	}
	if len(path) == 3 && path[0] == "resource" {
		w.blocks = append(w.blocks, Block{Name: path[1] + "." + path[2], File: w.file, From: w.place(named), To: w.place(int(w.dec.InputOffset()))})
	}
	return true
}

// members reads an object or a list to its end. The elements of a list stand under the list's own path.
func (w *walker) members(path []string, open json.Delim, named int) bool {
	for w.dec.More() {
		inner, at := path, named
		if open == '{' {
			at = w.next()
			key, err := w.dec.Token()
			if err != nil {
				return false
			}
			name, _ := key.(string)
			inner = append(slices.Clone(path), name)
		}
		if !w.value(inner, at) {
			return false
		}
	}
	_, err := w.dec.Token()
	return err == nil
}
