package terminal

import (
	"io"
	"os"
	"strconv"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// Screen is where text is shown: how wide it is and whether it shows colour.
type Screen struct {
	Width int
	Color bool
	Live  bool // a person watches: a status line may be redrawn
}

// PlainWidth is the width of what is no terminal: files and pipes read well, and alike everywhere.
const PlainWidth = 80

// Narrowest is the least width that text is wrapped to.
const Narrowest = 40

// Look finds out about a stream. lookup reads the environment: NO_COLOR and TERM=dumb switch colour off, and COLUMNS, when it is set to a
// number, is the width of terminals, files and pipes alike.
func Look(w io.Writer, lookup func(string) string, noColor bool) Screen {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return Screen{Width: width(lookup("COLUMNS"), PlainWidth)}
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil || columns <= 0 {
		columns = PlainWidth
	}
	dumb := lookup("TERM") == "dumb"
	return Screen{Width: width(lookup("COLUMNS"), columns), Color: !noColor && !dumb && lookup("NO_COLOR") == "", Live: !dumb}
}

// width is what somebody asked for, or what there is.
func width(asked string, there int) int {
	if n, err := strconv.Atoi(asked); err == nil && n > 0 {
		there = n
	}
	return max(there, Narrowest)
}

// Tone is what a piece of text means; colour only repeats what the words say.
type Tone int

// The tones.
const (
	Normal Tone = iota
	Good
	Bad
	Doubtful
	Faint
	Strong
)

// Paint colours text when the screen shows colour.
func (s Screen) Paint(t Tone, text string) string {
	if !s.Color || t == Normal || text == "" {
		return text
	}
	return style(t).Render(text)
}

func style(t Tone) lipgloss.Style {
	plain := lipgloss.NewStyle()
	switch t {
	case Good:
		return plain.Foreground(lipgloss.Green)
	case Bad:
		return plain.Foreground(lipgloss.Red).Bold(true)
	case Doubtful:
		return plain.Foreground(lipgloss.Yellow)
	case Faint:
		return plain.Faint(true)
	case Strong:
		return plain.Bold(true)
	}
	return plain
}
