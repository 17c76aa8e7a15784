package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// MarkdownMark is the first line of every Markdown report: by it a bot finds the comment that it wrote last time.
const MarkdownMark = "<!-- restorable report -->"

// Bounds of a Markdown report. GitHub takes 65,536 characters as a comment.
const (
	markdownLimit  = 60_000
	markdownReason = 400
	markdownKept   = 400 // rows held of each rank: more than fit
)

// markdownWriter holds the worst findings and counts the rest.
type markdownWriter struct {
	w      *bufio.Writer
	size   int
	head   Head
	ranks  map[int][]markdownRow // FAIL and UNKNOWN, by rank; without their evidence
	muted  []Entry
	alike  map[string]int // recovery points that are told of by the first of their kind
	folded map[cause]*folded
	counts map[control.Verdict]map[control.Severity]int
	titled headline
	err    error
}

// markdownRow is a finding and, where it is not known, those that say the same of others.
type markdownRow struct {
	Entry
	also *folded
}

// NewMarkdown writes a comment for a pull request: what cannot be got back, worst first, in at most 60,000 characters.
// What does not fit is counted, and is in the other formats.
func NewMarkdown(w io.Writer) Writer {
	return &markdownWriter{w: bufio.NewWriter(w), ranks: map[int][]markdownRow{}, alike: map[string]int{}, folded: map[cause]*folded{}, counts: map[control.Verdict]map[control.Severity]int{}}
}

func (m *markdownWriter) Begin(h Head) error {
	m.head = h
	return nil
}

func (m *markdownWriter) Finding(e Entry) error {
	m.titled.add(e)
	if e.Verdict != control.Fail && e.Verdict != control.Unknown {
		return nil
	}
	if countless(e.Resource.Type) {
		if m.alike[likeness(e)]++; m.alike[likeness(e)] > 1 {
			m.tally(e)
			return nil
		}
	}
	if e.Excused && !e.Muted && e.Attestation == nil {
		return nil // what the baseline knows is counted in the last line
	}
	told := e.cause()
	e.Evidence = nil
	if e.Muted || e.Attestation != nil {
		if len(m.muted) < markdownKept {
			m.muted = append(m.muted, e)
		}
		return nil
	}
	m.tally(e)
	row := markdownRow{Entry: e}
	if told != (cause{}) && !countless(e.Resource.Type) {
		if f := m.folded[told]; f != nil {
			f.add(markdownCode(terminal.Short(label(e.Resource), 60)))
			return nil
		}
		row.also = &folded{}
		m.folded[told] = row.also
	}
	if r := rank(e.Verdict, e.Severity); len(m.ranks[r]) < markdownKept {
		m.ranks[r] = append(m.ranks[r], row)
	}
	return nil
}

// likeness is what findings of recovery points share that one line tells of.
func likeness(e Entry) string {
	return strings.Join([]string{pageKey(e), e.Control, string(e.Verdict), e.covered()}, "\x00")
}

// tally counts what is neither muted, attested nor known.
func (m *markdownWriter) tally(e Entry) {
	if e.Muted || e.setAside() {
		return
	}
	if m.counts[e.Verdict] == nil {
		m.counts[e.Verdict] = map[control.Severity]int{}
	}
	m.counts[e.Verdict][e.Severity]++
}

func (m *markdownWriter) End(t Tail) error {
	m.line(MarkdownMark)
	m.line("## " + m.titled.sentence(m.head, t))
	m.line("")
	for _, line := range scopeLines(m.head) {
		m.line("- " + markdownText(line))
	}
	m.totals()
	m.problems(t.Problems)
	if !t.Complete {
		m.line("\n**" + t.incompleteness() + "**")
	}
	m.frameworks(t.Frameworks)
	m.findings()
	m.mutedOnes(t.Summary.Muted + t.Summary.Attested)
	v := t.Summary.Verdicts
	m.line(fmt.Sprintf("\n%d failed, %d unknown, %d passed, %d not applicable", v[control.Fail], v[control.Unknown], v[control.Pass], v[control.NotApplicable]) +
		nonZero(t.Summary.Muted, ", %d muted") + nonZero(t.Summary.Attested, ", %d attested") + nonZero(t.Summary.Known, ", %d known from the baseline") + ". restorable " + markdownText(m.head.Tool.Version))
	if m.err != nil {
		return m.err
	}
	return m.w.Flush()
}

func (m *markdownWriter) line(s string) {
	s = terminal.Line(s) + "\n"
	m.size += len(s)
	if m.err == nil {
		_, m.err = m.w.WriteString(s)
	}
}

func (m *markdownWriter) totals() {
	if len(m.counts) == 0 {
		return
	}
	m.line("\n|  | " + strings.Join(severityWords(), " | ") + " |\n| :-- |" + strings.Repeat(" --: |", len(severityWords())))
	for _, v := range []control.Verdict{control.Fail, control.Unknown} {
		cells := []string{map[control.Verdict]string{control.Fail: "failed", control.Unknown: "unknown"}[v]}
		for _, s := range control.Severities() {
			cells = append(cells, fmt.Sprint(m.counts[v][s]))
		}
		m.line("| " + strings.Join(cells, " | ") + " |")
	}
}

func severityWords() []string {
	var out []string
	for _, s := range control.Severities() {
		out = append(out, string(s))
	}
	return out
}

// findings are the worst, as many as there is room for.
func (m *markdownWriter) findings() {
	total := 0
	for _, counts := range m.counts {
		for _, n := range counts {
			total += n
		}
	}
	if total == 0 {
		return
	}
	m.line("\n| | resource | what would be lost |\n| :-- | :-- | :-- |")
	shown := 0
	for r := 2*len(control.Severities()) + 1; r > belowAll; r-- {
		rows := m.ranks[r]
		slices.SortStableFunc(rows, func(a, b markdownRow) int {
			return cmp.Or(cmp.Compare(a.Resource.Name, b.Resource.Name), cmp.Compare(place(a.Entry), place(b.Entry)), cmp.Compare(a.Control, b.Control))
		})
		for _, e := range rows {
			row := m.row(e)
			if m.size+len(row) > markdownLimit {
				m.more(total - shown)
				return
			}
			m.line(row)
			shown += max(m.alike[likeness(e.Entry)], 1)
			if e.also != nil {
				shown += e.also.others
			}
		}
	}
	m.more(total - shown)
}

func (m *markdownWriter) more(left int) {
	if left > 0 {
		m.line(fmt.Sprintf("\nand %d more, all of them in the JSON report (`-o json`).", left))
	}
}

func (m *markdownWriter) row(e markdownRow) string {
	word := "**" + string(e.Severity) + "**"
	if e.Verdict == control.Unknown {
		word = "unknown, " + string(e.Severity)
	}
	where := markdownText(terminal.Short(place(e.Entry)+e.spot(), 160))
	by := ""
	if n := m.alike[likeness(e.Entry)]; n > 1 {
		by = fmt.Sprintf("<br>and %d more like it", n-1)
	}
	if e.also != nil && e.also.others > 0 {
		by += "<br>" + also(e.also.names, e.also.others)
	}
	if how := e.covered(); how != "" {
		by += "<br>" + markdownText(terminal.Short(how, markdownReason))
	}
	return fmt.Sprintf("| %s | %s<br>%s | %s %s%s |", word, markdownCode(terminal.Short(label(e.Resource), 100)), where, markdownText(terminal.Short(e.Reason, markdownReason)), markdownCode(e.Control), by)
}

func (m *markdownWriter) mutedOnes(all int) {
	if len(m.muted) == 0 {
		return
	}
	m.line(fmt.Sprintf("\n<details><summary>%d muted or attested</summary>\n\n| | resource | what would be lost |\n| :-- | :-- | :-- |", all))
	shown := 0
	for _, e := range m.muted {
		if row := m.row(markdownRow{Entry: e}); m.size+len(row) <= markdownLimit {
			m.line(row)
			shown++
		}
	}
	m.more(all - shown)
	m.line("\n</details>")
}

func (m *markdownWriter) problems(problems []Problem) {
	const most = 10
	grouped := Group(problems)
	if len(grouped) > 0 {
		m.line("\nCould not be read:\n")
	}
	for i, p := range grouped {
		if i == most {
			m.line(fmt.Sprintf("- and %d more", len(grouped)-most))
			return
		}
		m.line("- " + markdownText(p.String()))
	}
}
