package render

import (
	"strings"
)

// step is one action of a script: how to find what it is about, how to see whether it is done, and the call.
type step struct {
	before []string // lines
	find   []string // words of locate; nil: nothing has to be found
	look   []string // words of look
	then   []string // lines between look and act
	call   []string // words of act
	after  []string // lines
}

// reading is a read of AWS that shows whether something is as wanted.
type reading struct {
	absent    string // what it means when there is nothing: open or fits
	code      string // AWS's error code for nothing; empty: it has none
	service   string
	operation string
	input     object
	options   []string // words, quoted already, such as --backup-plan-id "$plan_a1"
}

// words are those of look; the query is put in last because it depends on what is wanted.
func (r reading) words(query string) []string {
	return append([]string{r.absent, shellWord(r.code), r.service, r.operation, quoted(asciiJSON(r.input)), quoted(query)}, r.options...)
}

// quoted is a word in single quotes, always: documents and queries read better so.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func call(service, operation string, input object, options ...string) []string {
	return append([]string{service, operation, quoted(asciiJSON(input))}, options...)
}

func (s step) write(b *strings.Builder, id, region, summary string) {
	command(b, "begin", id, region, shellWord(oneLine(summary)))
	for _, line := range s.before {
		b.WriteString(line + "\n")
	}
	if s.find != nil {
		command(b, "locate", s.find...)
	}
	command(b, "look", s.look...)
	for _, line := range s.then {
		b.WriteString(line + "\n")
	}
	command(b, "act", s.call...)
	for _, line := range s.after {
		b.WriteString(line + "\n")
	}
}

// lineWidth is where a command is broken into one word a line.
const lineWidth = 140

func command(b *strings.Builder, name string, words ...string) {
	line := name + " " + strings.Join(words, " ")
	if len(line) <= lineWidth {
		b.WriteString(line + "\n")
		return
	}
	b.WriteString(name)
	room := lineWidth - len(name)
	for _, w := range words {
		if len(w)+1 > room {
			b.WriteString(" \\\n   ")
			room = lineWidth - 3
		}
		b.WriteString(" " + w)
		room -= len(w) + 1
	}
	b.WriteString("\n")
}
