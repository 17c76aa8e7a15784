package report

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/terminal"
)

// xmlText makes other people's text the text of an XML element: cleaned, without the characters that XML 1.0 forbids even escaped.
func xmlText(s string) string { return html.EscapeString(xmlChars(s)) }

// xmlAttribute is xmlText with its quotes.
func xmlAttribute(s string) string { return `"` + xmlText(s) + `"` }

// xmlChars leaves out what no XML document may have (https://www.w3.org/TR/xml/#charsets).
func xmlChars(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff || !utf8.ValidRune(r) {
			return -1
		}
		return r
	}, terminal.Clean(s))
}

// markdownText makes other people's text plain text of a GitHub comment. Punctuation that may be syntax becomes an entity, which
// CommonMark takes for text; the signs of which GitHub makes mentions and references stand in code, where it does not.
func markdownText(s string) string {
	var b strings.Builder
	s = terminal.Clean(s)
	for i, r := range s {
		switch {
		case r == ':' && strings.HasPrefix(s[i:], ": "):
			b.WriteRune(r) // neither an address nor an emoji
		case r == '@' || r == '#':
			b.WriteString("<code>")
			writeEntity(&b, r)
			b.WriteString("</code>")
		case isMarkdownSyntax(r) || r == '.' && linksAlone(s):
			writeEntity(&b, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// markdownCode is a name in code, where nothing is a mention.
func markdownCode(s string) string {
	var b strings.Builder
	for _, r := range terminal.Clean(s) {
		if isMarkdownSyntax(r) || r == '@' || r == '#' || r == '.' && linksAlone(s) {
			writeEntity(&b, r)
			continue
		}
		b.WriteRune(r)
	}
	return "<code>" + b.String() + "</code>"
}

// isMarkdownSyntax: punctuation that acts in the middle of a line. What acts only at its beginning may stay: lines begin with our words.
func isMarkdownSyntax(r rune) bool { return strings.ContainsRune("\\`*_{}[]<>&|~:$^", r) }

// linksAlone: GitHub makes a link of what begins with "www." without being asked.
func linksAlone(s string) bool { return strings.Contains(strings.ToLower(s), "www.") }

func writeEntity(b *strings.Builder, r rune) {
	b.WriteString("&#")
	b.WriteString(strconv.Itoa(int(r)))
	b.WriteByte(';')
}
