package report

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/control"
)

// answer is what the headline counts of a table.
type answer int

const (
	answerYes answer = iota
	answerNo
	answerUnknown
	answerUnasked
)

func answers() []answer { return []answer{answerYes, answerNo, answerUnknown, answerUnasked} }

func (a answer) word() string {
	return [...]string{"can be got back", "cannot be got back", "not known", "not asked"}[a]
}

// class names colour and pattern, see page.css.
func (a answer) class() string { return [...]string{"yes", "no", "unk", "na"}[a] }

func answerOf(v control.Verdict) answer {
	switch v {
	case control.Pass:
		return answerYes
	case control.Fail:
		return answerNo
	case control.Unknown:
		return answerUnknown
	case control.NotApplicable:
	}
	return answerUnasked
}

// answerCounts are numbers of tables.
type answerCounts [4]int

func (c answerCounts) total() int { return c[0] + c[1] + c[2] + c[3] }

const (
	chartWidth  = 720
	chartHeight = 26
)

// chartPatterns are the hatchings: no part of a chart differs by its colour alone.
const chartPatterns = `<svg class="defs" width="0" height="0" aria-hidden="true"><defs>` +
	`<pattern id="h-no" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="no"/><rect width="2" height="6" class="paper"/></pattern>` +
	`<pattern id="h-unk" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="unk"/><circle cx="3" cy="3" r="1.3" class="paper"/></pattern>` +
	`</defs></svg>`

// barSVG is one bar of parts that add up to 100 per cent. The words stand beside it.
func barSVG(c answerCounts) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="bar" viewBox="0 0 %d %d" preserveAspectRatio="none" aria-hidden="true">`, chartWidth, chartHeight)
	x, seen := 0, 0
	for _, a := range answers() {
		seen += c[a]
		end := seen * chartWidth / max(c.total(), 1)
		if end > x {
			fmt.Fprintf(&b, `<rect class="f-%s" x="%d" width="%d" height="%d"/>`, a.class(), x, end-x, chartHeight)
		}
		x = end
	}
	b.WriteString("</svg>")
	return b.String()
}

// countsWords says a bar in words.
func countsWords(c answerCounts) string {
	var parts []string
	for _, a := range answers() {
		if c[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[a], a.word()))
		}
	}
	return strings.Join(parts, ", ")
}

// legend shows what the hatchings mean, with the numbers.
func legend(c answerCounts) string {
	var b strings.Builder
	b.WriteString(`<ul class="legend">`)
	for _, a := range answers() {
		if c[a] > 0 {
			fmt.Fprintf(&b, `<li><svg class="sw" viewBox="0 0 14 14" aria-hidden="true"><rect class="f-%s" width="14" height="14"/></svg> <b>%d</b> %s</li>`, a.class(), c[a], a.word())
		}
	}
	b.WriteString("</ul>")
	return b.String()
}

// severityRows are the failed and unknown findings by severity, each number with its bar.
func severityRows(counts map[control.Verdict]map[control.Severity]int) string {
	most := 1
	for _, v := range []control.Verdict{control.Fail, control.Unknown} {
		for _, n := range counts[v] {
			most = max(most, n)
		}
	}
	var b strings.Builder
	cell := func(n int, class string) {
		fmt.Fprintf(&b, `<td class="n">%d<td class="g"><svg class="sb" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect class="f-%s" width="%d" height="12"/></svg>`, n, class, (n*200+most-1)/most)
	}
	for _, s := range control.Severities() {
		fmt.Fprintf(&b, `<tr><th scope="row">%s`, s)
		cell(counts[control.Fail][s], "no")
		cell(counts[control.Unknown][s], "unk")
	}
	return b.String()
}
