package control

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
)

// template is the text of a reason. What stands in braces is an expression: "PITR is {table.pitr_status}".
// A doubled brace is a brace. An expression that meets an unknown fact shows as "unknown", an absent one as "none".
type template struct{ parts []templatePart }

type templatePart struct {
	text string
	expr *program // nil: plain text
	none string   // what is said in the place of an unknown value; empty: that it is unknown
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
			part := templatePart{expr: &compiled}
			if strings.TrimSpace(piece.text) == "unit.region" {
				part.none = "a Region that is not known" // templates seldom say theirs
			}
			out.parts = append(out.parts, part)
		}
	}
	out.tidy()
	return out
}

// tidy leaves one space of each stretch of white space, so that what is rendered seldom has more.
func (t *template) tidy() {
	for i := range t.parts {
		part := &t.parts[i]
		if part.expr != nil || len(t.parts) == 1 {
			continue
		}
		text := strings.Join(strings.Fields(part.text), " ")
		if i > 0 && startsWithSpace(part.text) {
			text = " " + text
		}
		if last := len(t.parts) - 1; i < last && text != " " && endsWithSpace(part.text) {
			text += " "
		}
		part.text = text
	}
}

func startsWithSpace(s string) bool { return strings.TrimLeftFunc(s, unicode.IsSpace) != s }

func endsWithSpace(s string) bool { return strings.TrimRightFunc(s, unicode.IsSpace) != s }

// render fills the template in. It writes into room, which it returns grown to be used again.
func (t *template) render(room []byte, eval func(*program) string) (text string, grown []byte) {
	if len(t.parts) == 1 && t.parts[0].expr == nil {
		return t.parts[0].text, room
	}
	for _, part := range t.parts {
		if part.expr == nil {
			room = append(room, part.text...)
		} else {
			said := eval(part.expr)
			if said == unknownText && part.none != "" {
				said = part.none
			}
			room = append(room, said...)
		}
	}
	return singleSpaced(string(room)), room
}

// singleSpaced is a text with one space wherever there was white space, and none around it.
func singleSpaced(s string) string {
	space := true // before the character
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == ' ' && space {
			return strings.Join(strings.Fields(s), " ")
		}
		space = c == ' '
	}
	return strings.TrimSuffix(s, " ")
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
