package report

import (
	"cmp"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// sarifLongest is how many characters code scanning takes of a rule's descriptions
// (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support).
const sarifLongest = 1000

func cut(s string) string { return terminal.Short(s, sarifLongest) }

// sarifHelp is what a reader of an alert needs: what the control asks, how it is met, how to check it by hand, and how to look away from it.
func sarifHelp(c *control.Control) sarifHelpText {
	return sarifHelpText{Text: sarifMessage(sentence(helpText(c))).Text, Markdown: helpMarkdown(c)}
}

func helpText(c *control.Control) string {
	parts := []string{cmp.Or(c.Description, c.Title)}
	if len(c.ByHand.Commands) > 0 {
		parts = append(parts, "By hand: "+strings.Join(c.ByHand.Commands, "; "))
	}
	if c.ByHand.Console != "" {
		parts = append(parts, "In the console: "+c.ByHand.Console)
	}
	return strings.Join(parts, "\n")
}

// helpMarkdown is what GitHub shows in the place of the text.
func helpMarkdown(c *control.Control) string {
	var b strings.Builder
	part := func(title, text string) {
		if title != "" {
			b.WriteString("\n\n**" + title + "**\n\n")
		}
		b.WriteString(text)
	}
	part("", sentence(strings.TrimSpace(markdownText(cmp.Or(c.Description, c.Title)))))
	if c.Remedy != "" {
		part("Mend it", "In a template: at the place that the alert points to. In an account: `restorable plan --only "+c.Remedy+"` shows the steps.")
	}
	if len(c.ByHand.Commands) > 0 {
		part("Check it by hand", fenced("sh", strings.Join(c.ByHand.Commands, "\n")))
	}
	part("Look away from it until a day", "In the block of the resource, or right above:\n\n"+
		fenced("", `# restorable:ignore `+c.ID+` reason="rebuilt nightly" owner=jane@example.com expires=2026-12-31`))
	if len(c.References) > 0 {
		part("References", "- "+strings.Join(c.References, "\n- "))
	}
	return b.String()
}

// fenced is text as it stands.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + text + "\n" + fence
}
