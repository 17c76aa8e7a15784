package control

import (
	"strings"

	"cel.dev/cel-go/cel"
)

// template is the text of a reason. What stands in braces is an expression: "PITR is {table.pitr_status}".
// A doubled brace is a brace. An expression that meets an unknown fact shows as "unknown", an absent one as "none".
type template struct{ parts []templatePart }

type templatePart struct {
	text string
	expr *program // nil: plain text
}

// textTypes are the types that can be shown.
func textTypes() []*cel.Type {
	return []*cel.Type{cel.StringType, cel.IntType, cel.BoolType, cel.DoubleType, cel.TimestampType, cel.DurationType, cel.ListType(cel.StringType)}
}

// template compiles a reason.
func (s *scope) template(m *mistakes, from source) *template {
	out := &template{}
	pieces, bad := splitTemplate(from.text)
	if bad >= 0 {
		m.Add(m.placeAtOffset(from, bad), "write {{ for a brace", "a brace is never closed, or never opened")
		return out
	}
	for _, piece := range pieces {
		if !piece.expr {
			out.parts = append(out.parts, templatePart{text: piece.text})
			continue
		}
		inner := from
		inner.text, inner.skip = piece.text, from.skip+piece.offset
		if compiled, ok := s.compile(m, inner, textTypes()...); ok {
			out.parts = append(out.parts, templatePart{expr: &compiled})
		}
	}
	return out
}

// render fills the template in.
func (t *template) render(eval func(*program) string) string {
	if len(t.parts) == 1 && t.parts[0].expr == nil {
		return t.parts[0].text
	}
	var b strings.Builder
	for _, part := range t.parts {
		if part.expr == nil {
			b.WriteString(part.text)
		} else {
			b.WriteString(eval(part.expr))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// piece is a stretch of a template.
type piece struct {
	text   string
	expr   bool
	offset int // characters before it
}

// splitTemplate cuts a template into text and expressions; bad is the position of a brace without a partner, or -1.
func splitTemplate(text string) (pieces []piece, bad int) {
	runes := []rune(text)
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			pieces = append(pieces, piece{text: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		doubled := i+1 < len(runes) && runes[i+1] == r
		switch {
		case (r == '{' || r == '}') && doubled:
			plain.WriteRune(r)
			i++
		case r == '}':
			return nil, i
		case r == '{':
			end := closingBrace(runes, i+1)
			if end < 0 {
				return nil, i
			}
			flush()
			pieces = append(pieces, piece{text: string(runes[i+1 : end]), expr: true, offset: i + 1})
			i = end
		default:
			plain.WriteRune(r)
		}
	}
	flush()
	return pieces, -1
}

// closingBrace finds the end of an expression, past nested braces and string literals.
func closingBrace(runes []rune, from int) int {
	depth, quote := 0, rune(0)
	for i := from; i < len(runes); i++ {
		r := runes[i]
		switch {
		case quote != 0 && r == '\\':
			i++
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '{':
			depth++
		case r == '}' && depth == 0:
			return i
		case r == '}':
			depth--
		}
	}
	return -1
}
