package cfn

import (
	"bytes"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"github.com/restorable/restorable/internal/iac/build"
)

// Outline is a template as people write it: where its resources stand, what comments there are, and what Metadata says to this program.
type Outline struct {
	Resources []Outlined
	Comments  []Comment
}

// Outlined is a resource's place: from its logical id to the next one, or to the end of the section.
type Outlined struct {
	ID       string
	From, To build.Pos // To is the zero Pos where nothing follows
	Ignore   []Entry   // of Metadata: restorable: ignore
}

// Comment is one of YAML's, without its sign.
type Comment struct {
	At   build.Pos // of the sign
	Text string
}

// Entry is a mapping of texts, or of lists of texts.
type Entry struct {
	At      build.Pos
	Members []Member
	Wrong   string // why it is not understood; empty: it is
}

// Member is one member of an Entry.
type Member struct {
	Key    string
	At     build.Pos // of the key
	Values []Value
}

// Value is a text and where it stands.
type Value struct {
	Text string
	At   build.Pos
}

// OutlineOf reads a template without evaluating it. The error is an *Error.
func OutlineOf(f File) (*Outline, error) {
	root, err := parse(f.Name, f.Text)
	if err != nil {
		return nil, err
	}
	out := &Outline{}
	if resources := root.get("Resources"); resources != nil {
		end := following(root, "Resources")
		for i, e := range resources.entries {
			next := end
			if i+1 < len(resources.entries) {
				next = resources.entries[i+1].pos
			}
			out.Resources = append(out.Resources, Outlined{ID: e.key, From: e.pos, To: next, Ignore: ignores(e.value)})
		}
	}
	if !looksLikeJSON(bytes.TrimPrefix(f.Text, []byte("\ufeff"))) {
		out.Comments = comments(f)
	}
	return out, nil
}

// following is where the section behind the named one begins.
func following(root *node, name string) build.Pos {
	for i, e := range root.entries {
		if e.key == name && i+1 < len(root.entries) {
			return root.entries[i+1].pos
		}
	}
	return build.Pos{}
}

func comments(f File) []Comment {
	var out []Comment
	for _, t := range lexer.Tokenize(hideColons(strings.ReplaceAll(string(f.Text), "\r\n", "\n"))) {
		if t.Type == token.CommentType && t.Position != nil {
			out = append(out, Comment{At: build.Pos{File: f.Name, Line: t.Position.Line, Column: t.Position.Column}, Text: showColons(t.Value)})
		}
	}
	return out
}

// ignores reads Metadata: {restorable: {ignore: [{control: …, reason: …}]}}.
func ignores(resource *node) []Entry {
	n := resource.get("Metadata").get("restorable")
	if n == nil {
		return nil
	}
	all := n.get("ignore")
	switch {
	case all == nil:
		return []Entry{{At: n.pos, Wrong: "restorable in Metadata holds a list under ignore"}}
	case all.kind == mapping:
		return []Entry{entryOf(all)}
	case all.kind != list:
		return []Entry{{At: all.pos, Wrong: "ignore is a list of mappings"}}
	}
	var out []Entry
	for _, item := range all.items {
		out = append(out, entryOf(item))
	}
	return out
}

func entryOf(n *node) Entry {
	e := Entry{At: n.pos}
	if n.kind != mapping {
		e.Wrong = "an entry is a mapping"
		return e
	}
	for _, member := range n.entries {
		m := Member{Key: member.key, At: member.pos}
		texts := []*node{member.value}
		if member.value.kind == list {
			texts = member.value.items
		}
		for _, v := range texts {
			if v.kind != scalar {
				e.Wrong = strings.TrimSpace(member.key) + " is a text"
				return e
			}
			m.Values = append(m.Values, Value{v.text, v.pos})
		}
		e.Members = append(e.Members, m)
	}
	return e
}
