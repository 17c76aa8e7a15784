package render

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// Mark is in the top of every file that can hold a comment: files with it may be overwritten.
const Mark = "Made by restorable"

// topWidth is how wide the lines of a file's top are.
const topWidth = 110

// top is what stands at the top of a main file, as plain lines without line breaks or control characters: what the file is, what it
// costs, and what it cannot express with the command of the route that can.
func (o order) top(what string) []string {
	p := o.plan
	lines := append(terminal.Wrap(what, topWidth), terminal.Wrap(fmt.Sprintf(Mark+" %s from plan %s for account %s (%s), as observed at %s.",
		oneLine(p.Tool.Version), oneLine(p.ID), oneLine(p.Account), oneLine(strings.Join(p.Regions, ", ")), stamp(p.CreatedAt)), topWidth)...)
	lines = append(lines, terminal.Wrap(costLine(p), topWidth)...)
	if len(o.gaps) == 0 {
		return append(lines, "Everything that the plan does is in here.")
	}
	lines = append(lines, "", "NOT in here, because this route cannot express it:")
	for _, g := range o.gaps {
		for i, line := range terminal.Wrap(fmt.Sprintf("%s. %s", oneLine(g.What), oneLine(g.Why)), topWidth-2) {
			lines = append(lines, []string{"- ", "  "}[min(i, 1)]+line)
		}
		lines = append(lines, "  For that: "+o.command(g.By))
	}
	return lines
}

// command is the command that renders the same plan by another route.
func (o order) command(as Route) string {
	return "restorable render --as " + string(as) + " " + shellWord(oneLine(o.opts.Plan))
}

func costLine(p *remedy.Plan) string {
	cost := "Estimated cost: " + remedy.USD(p.Cost.Monthly) + " a month and " + remedy.USD(p.Cost.Once) + " once"
	if !p.Cost.Known {
		cost += ", without what could not be estimated"
	}
	if p.Prices.Date != "" {
		cost += fmt.Sprintf(" (prices of %s)", oneLine(p.Prices.Date))
	}
	return cost + "."
}

// commented makes a block of comments of lines.
func commented(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
	return b.String()
}

// oneLine makes other people's text fit for a comment: no line breaks, no control characters, nothing that reorders text.
func oneLine(s string) string { return terminal.Clean(s) }

func stamp(i estate.Instant) string { return i.Time().UTC().Format("2006-01-02 15:04 UTC") }

// ShellWord quotes a word for a POSIX shell, whatever it holds.
func ShellWord(s string) string { return shellWord(s) }

// shellWord quotes a word for a POSIX shell, whatever it holds. A word of plain characters stays as it is.
func shellWord(s string) string {
	plain := s != ""
	for _, r := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-", r) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
