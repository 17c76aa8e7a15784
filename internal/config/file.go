// Package config reads the configuration file that people write.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// sizeLimit keeps a file that is no configuration from being read whole.
const sizeLimit = 1 << 20

// File is a configuration file: settings in the order in which they stand.
type File struct {
	Name    string
	Entries []Entry
}

// Entry is one setting; a list has several values.
type Entry struct {
	Key          string
	Values       []string
	Line, Column int
}

// Read reads a YAML file of settings. Its errors name file, line and column.
func Read(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, sizeLimit+1)) // a device has no size to ask for
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if len(text) > sizeLimit {
		return nil, fmt.Errorf("read configuration: %s has more than the %d bytes that a configuration may have", name, sizeLimit)
	}
	return Parse(name, text)
}

// Parse is Read on text.
func Parse(name string, text []byte) (*File, error) {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, fmt.Errorf("read configuration: %s is not text", name)
	}
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, mistake(name, err)
	}
	f := &File{Name: name}
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue
		}
		if err := f.body(d.Body); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func mistake(name string, err error) error {
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		at := syntax.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, at.Line, at.Column, syntax.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (f *File) body(body ast.Node) error {
	var values []*ast.MappingValueNode
	switch b := body.(type) {
	case *ast.MappingNode:
		values = b.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{b}
	case *ast.CommentGroupNode, *ast.NullNode:
		return nil
	default:
		return f.at(body, "want settings, one \"key: value\" a line")
	}
	for _, v := range values {
		if err := f.entry(v); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) entry(v *ast.MappingValueNode) error {
	at := v.Key.GetToken().Position
	e := Entry{Key: v.Key.GetToken().Value, Line: at.Line, Column: at.Column}
	if list, ok := v.Value.(*ast.SequenceNode); ok {
		for _, item := range list.Values {
			text, err := f.scalar(item)
			if err != nil {
				return err
			}
			e.Values = append(e.Values, text)
		}
	} else {
		text, err := f.scalar(v.Value)
		if err != nil {
			return err
		}
		e.Values = []string{text}
	}
	f.Entries = append(f.Entries, e)
	return nil
}

func (f *File) scalar(n ast.Node) (string, error) {
	if _, ok := n.(ast.ScalarNode); !ok {
		return "", f.at(n, "want a value or a list of values")
	}
	return n.GetToken().Value, nil
}

func (f *File) at(n ast.Node, reason string) error {
	p := n.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", f.Name, p.Line, p.Column, reason)
}
