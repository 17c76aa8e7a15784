package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/restorable/restorable/internal/terminal"
)

// printer writes text for people: cleaned, wrapped, with headings.
type printer struct {
	w      io.Writer
	screen terminal.Screen
	said   func(string) string // puts names that people know in the place of others; nil: there are none
}

// clean is a text as it may be shown.
func (p printer) clean(text string) string {
	if p.said != nil {
		text = p.said(text)
	}
	return terminal.Clean(text)
}

func (p printer) put(line string) { fmt.Fprintln(p.w, strings.TrimRight(terminal.Line(line), " ")) }

func (p printer) title(text string) {
	for _, line := range terminal.Wrap(p.clean(text), p.screen.Width) {
		p.put(p.screen.Paint(terminal.Strong, line))
	}
}

func (p printer) section(text string) {
	p.put("")
	p.title(text)
}

// text wraps a paragraph; following lines are indented a little more.
func (p printer) text(indent, text string) { p.toned(indent, terminal.Normal, text) }

func (p printer) toned(indent string, tone terminal.Tone, text string) {
	for i, line := range terminal.Wrap(p.clean(terminal.Short(text, 2000)), p.screen.Width-len(indent)-2) {
		if i == 1 && indent != "" {
			indent += "  "
		}
		p.put(indent + p.screen.Paint(tone, terminal.Line(line)))
	}
}

// lines keeps line breaks, for commands and expressions, which must stay as they are.
func (p printer) lines(indent, text string) {
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		p.put(indent + terminal.Clean(line))
	}
}
