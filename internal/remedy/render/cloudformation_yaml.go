package render

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// yamlMap is a mapping in the order in which it is written.
type yamlMap []yamlPair

type yamlPair struct {
	key   string
	value any // string, int64, bool, json.Number, []any, yamlMap, map[string]any, yamlCall
}

// yamlCall is an intrinsic function in its short form.
type yamlCall struct {
	name string // Ref, GetAtt, If, Equals, Not, Join
	args []any  // Ref and GetAtt: one text
}

func ref(name string) yamlCall               { return yamlCall{"Ref", []any{name}} }
func getAtt(resource, attr string) yamlCall  { return yamlCall{"GetAtt", []any{resource + "." + attr}} }
func either(condition string, a, b any) any  { return yamlCall{"If", []any{condition, a, b}} }
func equals(a, b any) yamlCall               { return yamlCall{"Equals", []any{a, b}} }
func joined(list yamlCall) yamlCall          { return yamlCall{"Join", []any{"", list}} }
func (m *yamlMap) set(key string, value any) { *m = append(*m, yamlPair{key, value}) }

// setIf leaves out what AWS has a default for.
func (m *yamlMap) setIf(present bool, key string, value any) {
	if present {
		m.set(key, value)
	}
}

// yamlOf writes a mapping as YAML, texts quoted so that no reader takes them for anything else.
func yamlOf(m yamlMap) string {
	var b strings.Builder
	writeYAMLMap(&b, m, 0)
	return b.String()
}

func writeYAMLMap(b *strings.Builder, m yamlMap, depth int) {
	for i, p := range m {
		if depth == 0 && i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat("  ", depth) + yamlText(p.key) + ":")
		writeYAMLValue(b, p.value, depth+1)
	}
}

// writeYAMLValue writes what stands behind a colon or a dash: on the same line, or indented on the next.
func writeYAMLValue(b *strings.Builder, value any, depth int) {
	if inner, ok := value.(map[string]any); ok {
		value = ordered(inner)
	}
	switch v := value.(type) {
	case yamlMap:
		if len(v) > 0 {
			b.WriteByte('\n')
			writeYAMLMap(b, v, depth)
			return
		}
	case []any:
		if len(v) > 0 {
			b.WriteByte('\n')
			writeYAMLList(b, v, depth)
			return
		}
	case yamlCall:
		if long := v.name == "If" && !v.short(); long {
			b.WriteString(" !If\n")
			writeYAMLList(b, v.args, depth)
			return
		}
	}
	b.WriteString(" " + yamlInline(value) + "\n")
}

func writeYAMLList(b *strings.Builder, list []any, depth int) {
	for _, item := range list {
		var inner strings.Builder
		writeYAMLValue(&inner, item, depth+1)
		text := inner.String()
		if strings.HasPrefix(text, "\n") { // a mapping or a list begins on the line of its dash
			text = " " + strings.TrimLeft(text, "\n ")
		}
		b.WriteString(strings.Repeat("  ", depth) + "-" + text)
	}
}

// short reports whether all arguments fit on the line.
func (c yamlCall) short() bool {
	for _, a := range c.args {
		switch a.(type) {
		case yamlMap, map[string]any, []any:
			return false
		}
	}
	return true
}

func yamlInline(value any) string {
	switch v := value.(type) {
	case string:
		return yamlText(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case nil:
		return "null"
	case yamlMap:
		return "{}"
	case []any:
		return yamlFlow(v)
	case yamlCall:
		if v.name == "Ref" || v.name == "GetAtt" {
			return "!" + v.name + " " + v.args[0].(string)
		}
		return "!" + v.name + " " + yamlFlow(v.args)
	}
	return yamlText(fmt.Sprint(value))
}

func yamlFlow(list []any) string {
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = yamlInline(item)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// ordered makes a document into a mapping.
func ordered(m map[string]any) yamlMap {
	var out yamlMap
	for _, k := range keys(m) {
		out.set(k, m[k])
	}
	return out
}

// yamlText writes a text: bare when no reader of YAML 1.1 or 1.2 can take it for anything else, in single quotes when it is printable
// ASCII, otherwise in double quotes with escapes.
func yamlText(s string) string {
	if regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*(::[A-Za-z0-9]+)*$`).MatchString(s) && !regexp.MustCompile(`(?i)^(y|yes|n|no|on|off|true|false|null)$`).MatchString(s) {
		return s
	}
	for _, r := range s {
		if r < ' ' || r > '~' {
			return yamlEscaped(s)
		}
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// yamlEscaped writes a text in double quotes, everything but printable ASCII as escapes: nothing hides in a template.
func yamlEscaped(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
