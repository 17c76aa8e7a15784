package render

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// hclRaw is an expression that is written as it stands: ours alone, never a text of others.
type hclRaw string

// hclPair is a key of an object with its value.
type hclPair struct {
	key   string
	value any // hclRaw, string, int64, bool, json.Number, []any, hclObject, map[string]any
}

// hclObject is an object in the order in which it is written.
type hclObject []hclPair

// hclBody is what stands between the braces of a block, or in a file.
type hclBody struct{ items []hclItem }

type hclItem struct {
	name  string // of an argument; empty for a block
	value any
	head  string // of a block, such as `resource "aws_backup_vault" "vault"`
	body  *hclBody
}

func (b *hclBody) set(name string, value any) {
	b.items = append(b.items, hclItem{name: name, value: value})
}

// setIf leaves out what the provider has the right default for.
func (b *hclBody) setIf(present bool, name string, value any) {
	if present {
		b.set(name, value)
	}
}

// block opens a block. Labels are ours: identifiers without anything to quote.
func (b *hclBody) block(kind string, labels ...string) *hclBody {
	head := kind
	for _, l := range labels {
		head += ` "` + l + `"`
	}
	inner := &hclBody{}
	b.items = append(b.items, hclItem{head: head, body: inner})
	return inner
}

// hclText writes a body as `terraform fmt` would.
func hclText(b *hclBody) string {
	var out strings.Builder
	writeHCL(&out, b, 0)
	return out.String()
}

func writeHCL(out *strings.Builder, b *hclBody, depth int) {
	pad := strings.Repeat("  ", depth)
	width := hclWidths(b.items, depth)
	for i, item := range b.items {
		if item.body == nil {
			fmt.Fprintf(out, "%s%s = %s\n", pad, item.name+strings.Repeat(" ", max(0, width[i]-len(item.name))), hclValue(item.value, depth))
			continue
		}
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(pad + item.head + " {\n")
		writeHCL(out, item.body, depth+1)
		out.WriteString(pad + "}\n")
		if i+1 < len(b.items) && b.items[i+1].body == nil {
			out.WriteByte('\n')
		}
	}
}

// hclWidths is how wide each name is written: those on lines that follow each other are aligned, and whatever takes several lines
// stands for itself.
func hclWidths(items []hclItem, depth int) []int {
	out := make([]int, len(items))
	start, widest := 0, 0
	for i := range len(items) + 1 {
		single := i < len(items) && items[i].body == nil && !strings.Contains(hclValue(items[i].value, depth), "\n")
		if single {
			widest = max(widest, len(items[i].name))
			continue
		}
		for ; start < i; start++ {
			out[start] = widest
		}
		start, widest = i+1, 0
	}
	return out
}

// hclValue writes an expression that begins on a line indented by depth.
func hclValue(value any, depth int) string {
	switch v := value.(type) {
	case hclRaw:
		return string(v)
	case string:
		return hclQuote(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case nil:
		return "null"
	case []any:
		return hclList(v, depth)
	case map[string]any:
		var o hclObject
		for _, k := range keys(v) {
			o = append(o, hclPair{k, v[k]})
		}
		return hclObjectText(o, depth)
	case map[string]string:
		var o hclObject
		for _, k := range keys(v) {
			o = append(o, hclPair{k, v[k]})
		}
		return hclObjectText(o, depth)
	case hclObject:
		return hclObjectText(v, depth)
	}
	return hclQuote(fmt.Sprint(value))
}

// lineLimit is how long a list may be to stand on one line.
const lineLimit = 90

func hclList(list []any, depth int) string {
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = hclValue(item, depth+1)
	}
	if line := "[" + strings.Join(parts, ", ") + "]"; len(line) <= lineLimit && !strings.Contains(line, "\n") {
		return line
	}
	pad := strings.Repeat("  ", depth+1)
	return "[\n" + pad + strings.Join(parts, ",\n"+pad) + ",\n" + strings.Repeat("  ", depth) + "]"
}

func hclObjectText(o hclObject, depth int) string {
	if len(o) == 0 {
		return "{}"
	}
	var b hclBody
	for _, p := range o {
		b.set(hclKey(p.key), p.value)
	}
	var out strings.Builder
	out.WriteString("{\n")
	writeHCL(&out, &b, depth+1)
	return out.String() + strings.Repeat("  ", depth) + "}"
}

// hclKey writes the key of an object: bare when it is an identifier, otherwise quoted in ASCII alone, so that its width is its length.
func hclKey(key string) string {
	plain := key != ""
	for i, r := range key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		plain = plain && (letter || i > 0 && r >= '0' && r <= '9')
	}
	switch key {
	case "for", "null", "true", "false":
		plain = false
	}
	if plain {
		return key
	}
	return hclQuote(key)
}

// hclQuote writes a text as a template without anything to evaluate. What is not printable ASCII is escaped: nothing hides in a file.
// https://developer.hashicorp.com/terraform/language/expressions/strings
func hclQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && next == '{': // would open a template; an escape is never looked at again
			fmt.Fprintf(&b, `\u%04x`, r)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
