package evidence

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/restorable/restorable/internal/terminal"
)

//go:embed page.html
var pageTemplate string

// WriteHTML writes a page as one file that needs nothing else: no script, no picture, nothing fetched; it prints on paper.
func WriteHTML(w io.Writer, p Page) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"clean": func(s string) string { return terminal.Clean(s) },
		"tone":  tone,
	}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("read page template: %w", err)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return nil
}

// tone is the class of a cell: colour only repeats what the word says.
func tone(cell string) string {
	switch cell {
	case string(Differs), string(Broken), "nothing", string(Missed):
		return "bad"
	case string(NotKnown), string(NotPossible):
		return "doubt"
	}
	if len(cell) >= 32 && !strings.Contains(cell, " ") {
		return "code"
	}
	return ""
}
