package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// pageResource is a resource and what was found about it, while its findings come.
type pageResource struct {
	key      string
	resource control.Resource
	place    string
	name     string
	rows     []pageRow
	covered  []pageRow
	passed   []string
	spared   []string            // not applicable
	number   func(id string) int // of a control's anchor
	brief    func(n int) bool    // whether a list of so many bytes has to be told in a number
	known    int                 // left out, since the baseline knows them
	kinds    map[alike]int
	timeline *Timeline
	answer   answer
	rank     int
}

// pageRow is one finding to be seen.
type pageRow struct {
	verdict  control.Verdict
	severity control.Severity
	control  string
	spot     string // where in a template
	reason   string
	remedy   string
	by       string // by whom it is covered, and how
	word     string
	facts    string // HTML; empty: none are shown
	like     alike
}

// pageKey puts all recovery points of an account and Region into one: there may be hundreds of thousands.
func pageKey(e Entry) string {
	if !countless(e.Resource.Type) {
		return resourceKey(e)
	}
	return strings.Join([]string{string(e.Resource.Type), e.Resource.Account, e.Resource.Region}, "\x00")
}

func newPageResource(e Entry) *pageResource {
	r := &pageResource{key: pageKey(e), resource: e.Resource, place: strings.Join(strings.Fields(place(e)), " "), name: label(e.Resource), answer: answerUnasked, rank: belowAll}
	if countless(e.Resource.Type) {
		r.name, r.kinds = "Recovery points", map[alike]int{}
	}
	if e.Timeline != nil {
		r.timeline = e.Timeline()
	}
	return r
}

// add notes a finding. facts makes the HTML of what it rests on; it is asked only for what is shown whole.
func (r *pageResource) add(e Entry, facts func() string) {
	if e.Control == recoverable {
		r.answer = answerOf(e.Verdict)
	}
	k := alike{e.Control, e.Verdict, e.covered()}
	if r.kinds != nil {
		if r.kinds[k]++; r.kinds[k] > 1 {
			return
		}
	}
	wrong := e.Verdict == control.Fail || e.Verdict == control.Unknown
	row := pageRow{verdict: e.Verdict, severity: e.Severity, control: e.Control, reason: e.Reason, spot: e.spot(), remedy: e.Remedy, by: e.covered(), like: k}
	switch {
	case wrong && e.Attestation != nil:
		row.word = "attested"
		r.covered = append(r.covered, row)
	case wrong && e.Muted:
		row.word = "muted"
		r.covered = append(r.covered, row)
	case wrong && e.Excused:
		r.known++
	case wrong:
		row.facts = facts()
		r.rows = append(r.rows, row)
		r.rank = max(r.rank, rank(e.Verdict, e.Severity))
	case e.Verdict == control.Pass:
		r.passed = append(r.passed, e.Control)
	default:
		r.spared = append(r.spared, e.Control)
	}
}

// html is the resource as an article. id is its anchor.
func (r *pageResource) html(id int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<article id=r%d data-t=%s data-a=%s data-g=%s>`+"\n<h3>%s <small>%s</small></h3>\n", id, r.resource.Type,
		xmlAttribute(r.resource.Account), xmlAttribute(r.resource.Region), xmlText(terminal.Short(r.name, 255)), xmlText(r.place))
	if t := r.timeline; t != nil {
		b.WriteString(timelineSVG(t) + "<p class=tl>" + xmlText(strings.Join(t.words(), " ")) + "\n")
	}
	slices.SortStableFunc(r.rows, func(a, b pageRow) int {
		return cmp.Or(cmp.Compare(rank(b.verdict, b.severity), rank(a.verdict, a.severity)), cmp.Compare(a.control, b.control))
	})
	r.table(&b, "What is wrong, or not known", r.rows)
	r.table(&b, "Muted or attested", r.covered)
	if r.known > 0 {
		fmt.Fprintf(&b, "<p>%s that the baseline knows\n", terminal.Count(r.known, "finding"))
	}
	r.list(&b, "N", "Not applicable", r.spared, control.NotApplicable)
	r.list(&b, "P", "Passed", r.passed, control.Pass)
	b.WriteString("</article>\n")
	return b.String()
}

func (r *pageResource) table(b *strings.Builder, caption string, rows []pageRow) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, `<table><caption>%s</caption><tr><th scope=col>Verdict<th scope=col>What would be lost<th scope=col>Control`+"\n", caption)
	for _, row := range rows {
		class, word := pageVerdict(row)
		fmt.Fprintf(b, `<tr class="%s %.1s"><td><b>%s</b> %s<td>%s`, class, row.severity, word, row.severity, xmlText(terminal.Short(row.reason, 1200)))
		if n := r.kinds[row.like]; n > 1 {
			fmt.Fprintf(b, " (and %d more like it)", n-1)
		}
		if row.by != "" {
			b.WriteString(`<br><span class="by">` + xmlText(terminal.Short(row.by, 600)) + "</span>")
		}
		b.WriteString(row.facts)
		fmt.Fprintf(b, `<td><a href=#c%d>%s</a>`, r.number(row.control), xmlText(row.control))
		b.WriteString(xmlText(row.spot))
		if row.remedy != "" {
			b.WriteString("<br>remedy: " + xmlText(row.remedy))
		}
		b.WriteString("\n")
	}
	b.WriteString("</table>\n")
}

func pageVerdict(r pageRow) (class, word string) {
	class, word = "F", "FAIL"
	if r.verdict == control.Unknown {
		class, word = "U", "UNKNOWN"
	}
	if r.word != "" {
		return class + " M", word + ", " + r.word
	}
	return class, word
}

func (r *pageResource) list(b *strings.Builder, class, title string, ids []string, v control.Verdict) {
	if len(ids) == 0 {
		return
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = xmlText(id)
		if n := r.kinds[alike{control: id, verdict: v}]; n > 1 {
			words[i] += fmt.Sprintf(" (%d)", n)
		}
	}
	text := strings.Join(words, ", ")
	if v == control.Pass && r.kinds == nil && r.known == 0 && r.brief(len(text)) {
		fmt.Fprintf(b, "<p class=%s data-n=%d><b>%s:</b> the other %d of the controls asked\n", class, len(ids), title, len(ids))
		return
	}
	fmt.Fprintf(b, "<p class=%s><b>%s:</b> <span>%s</span>\n", class, title, text)
}
