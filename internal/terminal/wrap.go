package terminal

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Wrap breaks text into lines of at most width columns, at spaces where it can.
func Wrap(text string, width int) []string {
	if width < 8 {
		width = 8
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for lipgloss.Width(word) > width {
			var head string
			head, word = splitAt(word, width)
			lines, line = append(flush(lines, line), head), ""
		}
		switch {
		case word == "":
		case line == "":
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return flush(lines, line)
}

func flush(lines []string, line string) []string {
	if line == "" {
		return lines
	}
	return append(lines, line)
}

func splitAt(word string, width int) (head, tail string) {
	used := 0
	for i, r := range word {
		w := lipgloss.Width(string(r))
		if used+w > width && i > 0 {
			return word[:i], word[i:]
		}
		used += w
	}
	return word, ""
}
