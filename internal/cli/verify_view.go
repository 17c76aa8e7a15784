package cli

import (
	"io"
	"strings"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/terminal"
)

func (a *app) writeVerification(s outputSpec, v verification) error {
	switch {
	case s.format == "table" || s.format == "json":
		return a.toOutput(s, func(w io.Writer) { a.verificationTable(w, v) }, evidence.NewVerification(v.file, v.drill, v.report, v.now))
	case v.drill == nil:
		a.note("%s: no page is written of what is invalid: %s", v.file, v.report.Reason)
		return nil
	case s.format == "html":
		return a.writeText(s, func(w io.Writer) error { return evidence.WriteHTML(w, evidence.PageOf(v.drill, v.report)) })
	}
	return a.writeText(s, func(w io.Writer) error { return evidence.WriteMarkdown(w, evidence.PageOf(v.drill, v.report)) })
}

// writeText writes to standard output, or to a file that only takes its name when it is whole.
func (a *app) writeText(s outputSpec, write func(io.Writer) error) error {
	if s.file == "" {
		return write(a.std.Out)
	}
	f, err := createAside(s.file)
	if err != nil {
		return misuse("choose another file", "%v", err)
	}
	defer f.discard()
	if err := write(f); err != nil {
		return err
	}
	return f.commit()
}

func (a *app) verificationTable(w io.Writer, v verification) {
	p := printer{w: w, screen: a.screen(w)}
	if v.drill == nil {
		p.toned("", terminal.Bad, "INVALID: "+v.report.Reason)
		p.put("")
		p.text("", "Nothing in "+v.file+" can be relied on.")
		p.steps(v.report.Steps)
		return
	}
	page := evidence.PageOf(v.drill, v.report)
	tone := terminal.Bad
	if page.Good {
		tone = terminal.Good
	}
	p.title(page.Title)
	p.toned("", tone, page.Headline)
	for _, line := range page.Lines {
		p.text("  ", line)
	}
	for _, s := range page.Sections {
		if len(s.Head) > 0 && len(s.Rows) > 0 && !a.global.verbose && !p.short(s) {
			continue
		}
		p.part(s, !a.global.verbose)
	}
	p.section("What was checked")
	p.steps(v.report.Steps)
	if !a.global.verbose {
		p.put("")
		p.text("", "All of it: restorable verify -v, or -o html=FILE for a page to print.")
	}
}

// short says whether a table belongs to the short form: how long it took. The others are long.
func (p printer) short(s evidence.Section) bool { return len(s.Head) == 3 && len(s.Rows) < 10 }

// part prints a section: names and values side by side, or one entry per row. A brief one leaves digests to the long form.
func (p printer) part(s evidence.Section, brief bool) {
	p.section(s.Title)
	for _, note := range s.Notes {
		p.text("", note)
	}
	for _, row := range s.Rows {
		if s.Head == nil {
			if brief && isDigest(row[1]) {
				continue
			}
			p.hanging(pad(terminal.Clean(row[0]), 26)+"  ", terminal.Normal, row[1])
			continue
		}
		var said []string
		for i, cell := range row[1:] {
			switch head := s.Head[i+1]; {
			case cell == "":
			case head == "when":
				said = append(said, cell)
			case strings.HasPrefix(head, "after "):
				said = append(said, cell+" "+head)
			default:
				said = append(said, head+" "+cell)
			}
		}
		p.hanging(pad(terminal.Clean(row[0]), 26)+"  ", terminal.Normal, strings.Join(said, " · "))
	}
}

func (p printer) steps(steps []evidence.Step) {
	for _, s := range steps {
		word, tone := "ok     ", terminal.Good
		if !s.OK {
			word, tone = "FAILED ", terminal.Bad
		}
		p.hanging(word+pad(s.Name, 10)+" ", tone, s.Detail)
	}
}

// hanging wraps text beside what leads it, or below it where a digest or an ARN would have to be broken; the tone is the lead's.
func (p printer) hanging(lead string, tone terminal.Tone, text string) {
	blank := strings.Repeat(" ", len([]rune(lead)))
	for _, word := range strings.Fields(text) {
		if len(word) > p.screen.Width-len(blank) {
			p.put(p.screen.Paint(tone, lead))
			p.text("    ", text)
			return
		}
	}
	for i, line := range terminal.Wrap(terminal.Clean(terminal.Short(text, 2000)), p.screen.Width-len([]rune(lead))) {
		if i == 0 {
			p.put(p.screen.Paint(tone, lead) + line)
		} else {
			p.put(blank + line)
		}
	}
}

// isDigest: 32 bytes in hex, which mean nothing to the eye.
func isDigest(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// pad fills text up to a width.
func pad(text string, width int) string {
	if n := width - len([]rune(text)); n > 0 {
		return text + strings.Repeat(" ", n)
	}
	return text
}
