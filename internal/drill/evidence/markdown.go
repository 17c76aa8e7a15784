package evidence

import (
	"fmt"
	"io"
	"strings"

	"github.com/restorable/restorable/internal/terminal"
)

// WriteMarkdown writes a page as GitHub's Markdown. Nothing that comes from the evidence can format, link or run anything.
func WriteMarkdown(w io.Writer, p Page) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n**%s**\n", plain(p.Title), plain(p.Headline))
	for _, line := range p.Lines {
		fmt.Fprintf(&b, "\n- %s", plain(line))
	}
	if len(p.Lines) > 0 {
		b.WriteString("\n")
	}
	for _, s := range p.Sections {
		fmt.Fprintf(&b, "\n## %s\n", plain(s.Title))
		for _, note := range s.Notes {
			fmt.Fprintf(&b, "\n%s\n", paragraph(note))
		}
		if len(s.Rows) > 0 {
			b.WriteString("\n")
			head := s.Head
			if head == nil {
				head = []string{"", ""}
			}
			markdownRow(&b, head)
			b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
			for _, row := range s.Rows {
				markdownRow(&b, row)
			}
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

// paragraph is plain text at the beginning of a line, where a dash would begin a list and two colons a command to a CI system.
func paragraph(text string) string {
	text = terminal.Line(plain(text))
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "=") {
		return "\\" + text
	}
	return text
}

func markdownRow(b *strings.Builder, cells []string) {
	for _, cell := range cells {
		b.WriteString("| " + plain(cell) + " ")
	}
	b.WriteString("|\n")
}

// plain makes text mean itself in Markdown: one line, every character that has a meaning there escaped.
func plain(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(terminal.Clean(text)), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@': // a mention would call somebody
			b.WriteString("&#64;")
		case strings.ContainsRune("\\`*_{}[]()#!|~", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "://", "&#58;//") // no link is made of an address that somebody else wrote
}
