package render

import (
	"strings"
)

// markdown makes a line of text fit for Markdown: nothing in it is taken for markup.
func markdown(line string) string {
	for _, c := range []string{`\`, "`", "*", "_", "<", "[", "|", "#"} {
		line = strings.ReplaceAll(line, c, `\`+c)
	}
	if head := strings.TrimLeft(line, " "); strings.HasPrefix(head, `- `) {
		return line
	}
	return line
}

// code is a value to be typed as it stands. One that does not fit on a line, or does not show, is written as JSON.
func code(value string) string {
	if value != oneLine(value) || value == "" {
		value = asciiJSON(value)
	}
	fence, run := 1, 0
	for _, r := range value {
		if r == '`' {
			run++
			fence = max(fence, run+1)
		} else {
			run = 0
		}
	}
	marks := strings.Repeat("`", fence)
	if strings.HasPrefix(value, "`") || strings.HasSuffix(value, "`") {
		value = " " + value + " "
	}
	return marks + value + marks
}

// block is a document to be pasted, in a fence that it does not contain.
func block(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}
