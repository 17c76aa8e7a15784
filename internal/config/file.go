// Package config reads the configuration file that people write: settings of the program, and tiers that say what tables need.
package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/yamlfile"
)

// DefaultName is the file that is read from the current folder when none is named.
const DefaultName = "restorable.yaml"

// The members that are no settings.
const (
	keyTiers   = "tiers"
	keyMatch   = "match"
	keyDefault = "default-tier"
)

// File is a configuration file: settings in the order in which they stand, and what tables need.
type File struct {
	Name       string
	Entries    []Entry
	Policy     objective.Policy
	Places     Places
	Parameters []ControlSetting   // of controls, in the order of the file
	Attested   Exceptions         // what is met by other means
	Assumed    Assumed            // of templates
	Warnings   []yamlfile.Mistake // what is no mistake and yet surely not meant, in the order of the file

	text []byte
}

// Entry is one setting; a list has several values.
type Entry struct {
	Key    string
	Values []string
	Place  yamlfile.Place
}

// Places are where the parts of the policy stand.
type Places struct {
	Tiers   map[string]yamlfile.Place
	Matches []yamlfile.Place
	Default yamlfile.Place // the zero Place: no default tier
}

// At is "file:line" of a place.
func (f *File) At(p yamlfile.Place) string { return fmt.Sprintf("%s:%d", f.Name, p.Line) }

// Mistake is what is wrong at a place of the file, as Read would tell it.
func (f *File) Mistake(at yamlfile.Place, hint, format string, args ...any) error {
	m := yamlfile.New(f.Name, f.text)
	m.Add(at, hint, format, args...)
	return m.Err()
}

// Read reads a YAML file that may hold the given settings. What is wrong in it comes as *yamlfile.Error, every mistake at once.
func Read(name string, settings []Setting) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, yamlfile.MaxBytes+1)) // a device has no size to ask for
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(name, text, settings)
}

// Parse is Read on text.
func Parse(name string, text []byte, settings []Setting) (*File, error) {
	if len(text) > yamlfile.MaxBytes {
		return nil, fmt.Errorf("read configuration: %s has more than the %d bytes that a configuration may have", name, yamlfile.MaxBytes)
	}
	if !isText(text) {
		return nil, fmt.Errorf("read configuration: %s is not text", name)
	}
	r := &reader{File: yamlfile.New(name, text), warnings: yamlfile.New(name, text), settings: settings,
		out: &File{Name: name, text: text, Places: Places{Tiers: map[string]yamlfile.Place{}}, Attested: Exceptions{name: name, text: text}}}
	if bodies, ok := r.Documents(text); ok {
		r.documents(bodies)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	r.remarks()
	r.out.Warnings = r.warnings.Found
	return r.out, nil
}

func isText(text []byte) bool { return utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 }

// reader turns nodes into a File and notes every mistake.
type reader struct {
	*yamlfile.File
	warnings *yamlfile.File
	settings []Setting
	out      *File
}

// filledBodies leaves out documents that hold nothing.
func filledBodies(bodies []ast.Node) []ast.Node {
	var full []ast.Node
	for _, body := range bodies {
		switch body.(type) {
		case *ast.CommentGroupNode, *ast.NullNode:
		default:
			full = append(full, body)
		}
	}
	return full
}

func (r *reader) documents(bodies []ast.Node) {
	full := filledBodies(bodies)
	if len(full) > 1 {
		r.Add(yamlfile.At(full[1]), "put everything into one", "want one YAML document, found %d", len(full))
		return
	}
	for _, body := range full {
		r.top(body)
	}
}

func (r *reader) top(body ast.Node) {
	switch body.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		r.Add(yamlfile.At(body), "", "want settings, one \"key: value\" a line, found %s", yamlfile.Describe(body))
		return
	}
	in, _ := r.Mapping(body, "the configuration")
	if n, ok := in.Entries[keyTiers]; ok { // first, whatever the order in the file: matches name them
		r.tiers(n)
	}
	for _, key := range in.Order {
		switch n := in.Entries[key]; key {
		case keyTiers:
		case keyMatch:
			r.matches(n)
		case keyDefault:
			r.defaultTier(n)
		case keyParameters:
			r.parameters(n)
		case keyAssume:
			r.assume(n)
		case keyAttest:
			r.exceptions(&r.out.Attested, n, attesting())
		default:
			r.setting(key, n, in.Keys[key])
		}
	}
}

func (r *reader) defaultTier(n ast.Node) {
	if name, ok := r.text(n, keyDefault); ok && r.knownTier(name, n) {
		r.out.Policy.Default, r.out.Places.Default = name, yamlfile.At(n)
	}
}

// text reads a scalar that is not empty.
func (r *reader) text(n ast.Node, what string) (string, bool) {
	text, ok := yamlfile.Scalar(n)
	if !ok {
		r.Add(yamlfile.At(n), "", "%s must be text, found %s", what, yamlfile.Describe(n))
		return "", false
	}
	if text == "" {
		r.Add(yamlfile.At(n), "", "%s is empty", what)
	}
	return text, text != ""
}

// texts reads a text, or a list of them.
func (r *reader) texts(n ast.Node, what string) ([]string, []ast.Node) {
	items := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		items = list.Values
	}
	return r.each(items, what)
}

// list reads a list of texts.
func (r *reader) list(n ast.Node, what string) ([]string, []ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Add(yamlfile.At(n), "write "+what+": [one, another]", "%s must be a list, found %s", what, yamlfile.Describe(n))
		return nil, nil
	}
	return r.each(list.Values, what)
}

// each reads texts, none of them twice.
func (r *reader) each(items []ast.Node, what string) ([]string, []ast.Node) {
	var out []string
	var nodes []ast.Node
	seen := map[string]bool{}
	for _, item := range items {
		text, ok := r.text(item, what)
		if ok && seen[text] {
			r.Add(yamlfile.At(item), "", "%s is given twice", text)
			continue
		}
		if seen[text] = true; ok {
			out, nodes = append(out, text), append(nodes, item)
		}
	}
	return out, nodes
}
