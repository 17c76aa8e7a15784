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

// Spool keeps what is written to it until it is read back: a page begins with what is known only at its end.
type Spool interface {
	io.Writer
	io.ReaderAt
}

// Bounds of what a page spends on details, in bytes: a page of a thousand tables should stay below 5 MB. What is left out is said, and is
// in the JSON report.
const (
	pageFacts  = 150_000 // facts behind findings
	pagePassed = 100_000 // names of the controls that passed
	mostFacts  = 8       // of one finding
	mostByHand = 6       // commands of one finding
)

// htmlWriter renders each resource when the next one comes, into the spool, and keeps a line about it. The order, worst first, and
// everything above it are made at the end.
type htmlWriter struct {
	w       *bufio.Writer
	spool   *bufio.Writer
	back    io.ReaderAt
	at      int64 // bytes in the spool
	head    Head
	titled  headline
	current *pageResource
	entries []pageEntry
	counts  map[control.Verdict]map[control.Severity]int
	tables  answerCounts
	units   map[unitKey]*answerCounts
	order   []unitKey
	asked   map[string]*askedControl
	budget  int
	names   int // bytes left for the names of controls that passed
	spared  int // findings whose facts are not in the page
	err     error
}

// pageEntry is what is kept of a resource.
type pageEntry struct {
	kind            control.Type
	rank            int
	name, place     string
	answer          answer
	fails, unknowns int
	covered         int
	offset, length  int64
}

type unitKey struct{ account, region string }

// askedControl counts the findings of a control.
type askedControl struct {
	number     int // of its anchor
	kind       control.Type
	title      string
	severity   control.Severity
	frameworks map[string][]string
	verdicts   map[control.Verdict]int
}

// NewHTML writes one page that needs nothing else: it can be read without script, printed, and filtered where script runs. It keeps a
// line for each resource in memory; what is said of it goes through the spool.
func NewHTML(w io.Writer, spool Spool) Writer {
	return &htmlWriter{w: bufio.NewWriter(w), spool: bufio.NewWriter(spool), back: spool, counts: map[control.Verdict]map[control.Severity]int{},
		units: map[unitKey]*answerCounts{}, asked: map[string]*askedControl{}, budget: pageFacts, names: pagePassed}
}

func (h *htmlWriter) Begin(head Head) error {
	h.head = head
	return nil
}

func (h *htmlWriter) Finding(e Entry) error {
	h.titled.add(e)
	h.count(e)
	if h.current == nil || h.current.key != pageKey(e) {
		h.flush()
		h.current = newPageResource(e)
		h.current.number, h.current.brief = h.number, h.brief
	}
	h.current.add(e, func() string { return h.facts(e) })
	return h.err
}

func (h *htmlWriter) count(e Entry) {
	a := h.asked[e.Control]
	if a == nil {
		a = &askedControl{number: len(h.asked), kind: e.Resource.Type, title: e.Title, severity: e.Severity, frameworks: e.Frameworks, verdicts: map[control.Verdict]int{}}
		h.asked[e.Control] = a
	}
	a.verdicts[e.Verdict]++
	if e.setAside() || e.Muted {
		return
	}
	if h.counts[e.Verdict] == nil {
		h.counts[e.Verdict] = map[control.Severity]int{}
	}
	h.counts[e.Verdict][e.Severity]++
}

// flush renders the resource whose findings are over.
func (h *htmlWriter) flush() {
	r := h.current
	if r == nil {
		return
	}
	text := r.html(len(h.entries))
	if h.err == nil {
		_, h.err = h.spool.WriteString(text)
	}
	entry := pageEntry{kind: r.resource.Type, rank: r.rank, name: terminal.Short(r.name, 255), place: r.place, answer: r.answer, covered: len(r.covered), offset: h.at, length: int64(len(text))}
	for _, row := range r.rows {
		if row.verdict == control.Fail {
			entry.fails++
		} else {
			entry.unknowns++
		}
	}
	h.at += entry.length
	h.entries = append(h.entries, entry)
	h.current = nil
	if r.resource.Type != control.TypeTable {
		return
	}
	h.tables[r.answer]++
	k := unitKey{r.resource.Account, r.resource.Region}
	if h.units[k] == nil {
		h.units[k] = &answerCounts{}
		h.order = append(h.order, k)
	}
	h.units[k][r.answer]++
}

// facts are what a finding rests on and how to check it by hand, as long as there is room.
func (h *htmlWriter) facts(e Entry) string {
	var b strings.Builder
	if len(e.Evidence) > 0 {
		b.WriteString("<ul>")
		for i, ev := range e.Evidence {
			if i == mostFacts {
				fmt.Fprintf(&b, "<li>and %d more", len(e.Evidence)-mostFacts)
				break
			}
			b.WriteString("<li>" + factHTML(ev))
		}
		b.WriteString("</ul>")
	}
	if commands := e.commands(true); len(commands) > 0 {
		b.WriteString("By hand:")
		for i, c := range commands {
			if i == mostByHand {
				fmt.Fprintf(&b, "<br>and %d more", len(commands)-mostByHand)
				break
			}
			b.WriteString("<br><code>" + xmlText(terminal.Short(c, 600)) + "</code>")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	text := "<details><summary>Facts</summary>" + b.String() + "</details>"
	if len(text) > h.budget {
		h.spared++
		return ""
	}
	h.budget -= len(text)
	return text
}

func (h *htmlWriter) number(id string) int { return h.asked[id].number }

// brief spends on the names of what passed, and says whether they are too many.
func (h *htmlWriter) brief(bytes int) bool {
	if bytes > h.names {
		return true
	}
	h.names -= bytes
	return false
}

func factHTML(ev control.Evidence) string {
	value := fmt.Sprint(ev.Value)
	if ev.State != "known" {
		value = ev.State
	}
	text := "<b>" + xmlText(ev.Fact) + "</b> " + xmlText(terminal.Short(value, 300))
	var from []string
	if ev.Source != "" {
		from = append(from, ev.Source)
	}
	if ev.ObservedAt != 0 {
		from = append(from, minute(ev.ObservedAt))
	}
	if ev.Code != "" {
		from = append(from, ev.Code)
	}
	if ev.Location != nil {
		from = append(from, fmt.Sprintf("%s:%d", ev.Location.File, ev.Location.Line))
	}
	if len(from) > 0 {
		text += " (" + xmlText(strings.Join(from, ", ")) + ")"
	}
	return text
}

func (h *htmlWriter) End(t Tail) error {
	h.flush()
	if h.err == nil {
		h.err = h.spool.Flush()
	}
	h.page(t)
	if h.err != nil {
		return h.err
	}
	return h.w.Flush()
}

func (h *htmlWriter) put(parts ...string) {
	for _, s := range parts {
		if h.err == nil {
			_, h.err = h.w.WriteString(s)
		}
	}
}

func (h *htmlWriter) putf(format string, args ...any) { h.put(fmt.Sprintf(format, args...)) }

// sorted are the resources of one type, worst first.
func (h *htmlWriter) sorted(kind control.Type) []int {
	var out []int
	for i := range h.entries {
		if h.entries[i].kind == kind {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		x, y := &h.entries[a], &h.entries[b]
		return cmp.Or(cmp.Compare(y.rank, x.rank), cmp.Compare(x.name, y.name), cmp.Compare(x.place, y.place))
	})
	return out
}

// articles copies what was said of some resources from the spool.
func (h *htmlWriter) articles(which []int) {
	for _, i := range which {
		if h.err != nil {
			return
		}
		_, h.err = io.Copy(h.w, io.NewSectionReader(h.back, h.entries[i].offset, h.entries[i].length))
	}
}
