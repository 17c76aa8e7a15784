package wire

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
)

// checker collects the constraints that a request violates, in the words of AWS's own validation.
type checker struct {
	codec    *Codec
	problems []string
	missing  string // the first required member that is missing, as the model names it
	bad      string // the first member with a bad value
}

// validate holds a request against the model: required members, lengths, ranges, patterns and enums.
func (c *Codec) validate(op *model.Operation, tree map[string]any) *api.Error {
	k := &checker{codec: c}
	k.structure("", op.Input, tree)
	if len(k.problems) == 0 {
		return nil
	}
	noun := "errors"
	if len(k.problems) == 1 {
		noun = "error"
	}
	return c.invalid(k, fmt.Sprintf("%d validation %s detected: %s", len(k.problems), noun, strings.Join(k.problems, "; ")))
}

func (k *checker) fail(path, value, constraint string) {
	k.problems = append(k.problems, fmt.Sprintf("Value %s at '%s' failed to satisfy constraint: %s", value, path, constraint))
}

func (k *checker) structure(path string, s *model.Shape, tree map[string]any) {
	for _, m := range s.Members {
		at := join(path, lowerFirst(m.Name))
		v, ok := tree[treeKey(m)]
		if ok && v != nil {
			k.value(at, m.Shape, v)
			continue
		}
		if m.Required {
			k.fail(at, "null", "Member must not be null")
			if k.missing == "" {
				k.missing = m.Name
			}
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (k *checker) value(path string, s *model.Shape, v any) {
	if broken := k.codec.constraints(s, v); len(broken) > 0 {
		for _, b := range broken {
			k.fail(path, quote(v), b)
		}
		if k.bad == "" {
			k.bad = path
		}
	}
	switch v := v.(type) {
	case map[string]any:
		k.mapping(path, s, v)
	case []any:
		k.list(path, s, v)
	}
}

// list reports constraints on scalar members against the list itself, as AWS does, and descends into anything else.
func (k *checker) list(path string, s *model.Shape, list []any) {
	if s.Type != "list" {
		return
	}
	for i, e := range list {
		if isScalar(s.Member.Shape) {
			if broken := k.codec.constraints(s.Member.Shape, e); len(broken) > 0 {
				k.fail(path, quote(list), "Member must satisfy constraint: ["+strings.Join(k.codec.texts(s.Member.Shape), ", ")+"]")
				return
			}
			continue
		}
		if e != nil {
			k.value(path+"."+strconv.Itoa(i+1)+".member", s.Member.Shape, e)
		}
	}
}

func (k *checker) mapping(path string, s *model.Shape, tree map[string]any) {
	if s.Type == "structure" {
		k.structure(path, s, tree)
		return
	}
	if s.Type != "map" {
		return
	}
	for _, key := range keysOf(tree) {
		if len(k.codec.constraints(s.Key.Shape, key)) > 0 {
			k.fail(path, quote(tree), "Map keys must satisfy constraint: ["+strings.Join(k.codec.texts(s.Key.Shape), ", ")+"]")
			return
		}
		v := tree[key]
		if v == nil {
			continue
		}
		if len(k.codec.constraints(s.Value.Shape, v)) > 0 {
			k.fail(path, quote(tree), "Map value must satisfy constraint: ["+strings.Join(k.codec.texts(s.Value.Shape), ", ")+"]")
			return
		}
		k.value(path+"."+key+".member", s.Value.Shape, v)
	}
}

func isScalar(s *model.Shape) bool {
	return s.Type != "structure" && s.Type != "list" && s.Type != "map"
}

func keysOf(tree map[string]any) []string {
	keys := make([]string, 0, len(tree))
	for k := range tree {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// constraints lists what one value, not its parts, breaks.
func (c *Codec) constraints(s *model.Shape, v any) []string {
	var broken []string
	noun, size, ok := measure(s, v)
	if ok && s.Max != nil && size > *s.Max {
		broken = append(broken, atMost(noun, *s.Max))
	}
	if ok && s.Min != nil && size < *s.Min {
		broken = append(broken, atLeast(noun, *s.Min))
	}
	str, isString := asString(v)
	if !isString || s.Type != "string" {
		return broken
	}
	if len(s.Enum) > 0 && !contains(s.Enum, str) {
		broken = append(broken, enumText(s))
	}
	if re := c.pattern(s.Pattern); re != nil && !spaced(s, str) && !re.MatchString(str) {
		broken = append(broken, patternText(s))
	}
	return broken
}

// texts lists every constraint of a shape, for messages about members of lists and maps.
func (c *Codec) texts(s *model.Shape) []string {
	var out []string
	noun := "length"
	if isScalar(s) && s.Type != "string" && s.Type != "blob" {
		noun = "value"
	}
	if s.Max != nil {
		out = append(out, atMost(noun, *s.Max))
	}
	if s.Min != nil {
		out = append(out, atLeast(noun, *s.Min))
	}
	if len(s.Enum) > 0 {
		out = append(out, enumText(s))
	}
	if s.Pattern != "" {
		out = append(out, patternText(s))
	}
	return out
}

func atMost(noun string, n float64) string {
	return "Member must have " + noun + " less than or equal to " + strconv.FormatFloat(n, 'f', -1, 64)
}

func atLeast(noun string, n float64) string {
	return "Member must have " + noun + " greater than or equal to " + strconv.FormatFloat(n, 'f', -1, 64)
}

func enumText(s *model.Shape) string {
	return "Member must satisfy enum value set: [" + strings.Join(s.Enum, ", ") + "]"
}

func patternText(s *model.Shape) string {
	return "Member must satisfy regular expression pattern: " + s.Pattern
}

// measure gives what min and max are about: a length, or a number's value.
func measure(s *model.Shape, v any) (noun string, size float64, ok bool) {
	switch s.Type {
	case "string":
		str, ok := asString(v)
		return "length", float64(utf8.RuneCountInString(str)), ok
	case "blob":
		b, ok := asBlob(v)
		return "length", float64(len(b)), ok
	case "list":
		list, ok := v.([]any)
		return "length", float64(len(list)), ok
	case "map":
		m, ok := v.(map[string]any)
		return "length", float64(len(m)), ok
	case "integer", "long", "float", "double":
		n, ok := asNumber(v)
		return "value", n, ok
	}
	return "", 0, false
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// maxQuoted bounds a value repeated in a message.
const maxQuoted = 1024

func quote(v any) string {
	s := []rune(show(v))
	if len(s) > maxQuoted {
		s = append(s[:maxQuoted], '…')
	}
	return "'" + string(s) + "'"
}

// show prints a value as Java would.
func show(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, 0, len(v))
		for _, e := range v {
			parts = append(parts, show(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range keysOf(v) {
			parts = append(parts, k+"="+show(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []byte:
		return fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]", len(v), len(v))
	case nil:
		return "null"
	}
	return fmt.Sprint(v)
}
