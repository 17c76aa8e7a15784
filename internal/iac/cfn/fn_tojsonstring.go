package cfn

import (
	"encoding/json"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// toJSONString evaluates Fn::ToJsonString.
func (s *stack) toJSONString(n *node, p build.Pos) value {
	var b strings.Builder
	if !writeJSON(&b, s.evaluate(n)) {
		return unknownOf(p, "what Fn::ToJsonString writes is not wholly known")
	}
	return made(b.String(), p)
}

// writeJSON writes a value that is wholly known as JSON. Scalars are texts: their type is not kept.
func writeJSON(b *strings.Builder, v value) bool {
	switch v.form {
	case text:
		quoted, err := json.Marshal(v.text)
		b.Write(quoted)
		return err == nil && b.Len() <= maxText
	case listing:
		return writeList(b, v)
	case object:
		return writeObject(b, v)
	}
	return false
}

func writeList(b *strings.Builder, v value) bool {
	b.WriteByte('[')
	for i, item := range v.items {
		if i > 0 {
			b.WriteByte(',')
		}
		if !writeJSON(b, item) {
			return false
		}
	}
	b.WriteByte(']')
	return true
}

func writeObject(b *strings.Builder, v value) bool {
	if v.open != "" {
		return false
	}
	b.WriteByte('{')
	for i, f := range v.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		if !writeJSON(b, textOf(f.key, f.pos)) {
			return false
		}
		b.WriteByte(':')
		if !writeJSON(b, f.value) {
			return false
		}
	}
	b.WriteByte('}')
	return true
}
