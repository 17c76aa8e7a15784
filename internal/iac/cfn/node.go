// Package cfn reads CloudFormation templates, YAML and JSON, into an estate. What only deployment tells stays a symbol,
// ${…} within a text, or becomes unknown; it is never missing.
package cfn

import (
	"bytes"
	"fmt"

	"github.com/restorable/restorable/internal/iac/build"
)

// Bounds on one file. CloudFormation takes templates of up to 1 MB
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html); what is still to be packaged may be larger.
const (
	MaxBytes = 4 << 20
	maxDepth = 100
	maxNodes = 500_000 // with every alias written out
)

// kind is the shape of a node.
type kind uint8

const (
	scalar kind = iota
	null
	list
	mapping
)

// node is a value as it is written. Short tags are written out: !Ref X is the mapping {Ref: X}.
type node struct {
	kind    kind
	pos     build.Pos
	text    string // of a scalar, without quotes
	items   []*node
	entries []entry
}

type entry struct {
	key   string
	pos   build.Pos
	value *node
}

// get returns a mapping's value, nil where there is none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].key == key {
			return n.entries[i].value
		}
	}
	return nil
}

// Error is what keeps a file from being read, and where.
type Error struct {
	Pos     build.Pos
	Message string
}

func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

func mistake(p build.Pos, format string, args ...any) error {
	return &Error{p, fmt.Sprintf(format, args...)}
}

// parse reads a file's text: JSON when it begins with a brace, else YAML.
func parse(file string, text []byte) (*node, error) {
	if len(text) > MaxBytes {
		return nil, mistake(build.Pos{File: file}, "the file has %d bytes; the limit is %d", len(text), MaxBytes)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if looksLikeJSON(text) {
		return parseJSON(file, text)
	}
	return parseYAML(file, text)
}

func looksLikeJSON(text []byte) bool {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			return c == '{'
		}
	}
	return false
}
