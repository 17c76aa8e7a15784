package report

import (
	"crypto/sha256"
	_ "embed" // the style and the script of the page
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
)

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// page writes the document.
func (h *htmlWriter) page(t Tail) {
	answer := h.titled.sentence(h.head, t)
	h.put("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
		`<meta name="referrer" content="no-referrer">`+"\n",
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '`+digest(pageStyle)+`'; script-src '`+digest(pageScript)+`'">`+"\n",
		"<title>restorable: "+xmlText(answer)+"</title>\n<style>", pageStyle, "</style>\n</head>\n<body>\n",
		`<a class="skip" href="#tables">Skip to the tables</a>`+"\n", chartPatterns, "\n")
	h.masthead(t, answer)
	h.put("<main>\n")
	h.summary(t)
	h.population()
	h.unread(t)
	h.frameworks(t.Frameworks)
	h.exceptions(t)
	h.resources()
	h.controls()
	h.put("</main>\n<footer><p>restorable ", xmlText(h.head.Tool.Version), ", ", minute(t.FinishedAt), "</footer>\n<script>", pageScript, "</script>\n</body>\n</html>\n")
}

// digest lets a browser run this style or script and no other.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (h *htmlWriter) masthead(t Tail, answer string) {
	h.put("<header>\n<p class=\"brand\">restorable</p>\n<h1>", xmlText(answer), "</h1>\n<p>Judged from ", minute(h.head.StartedAt), " to ", minute(t.FinishedAt), ".")
	if !t.Complete {
		h.put(` <strong class="doubt">`, xmlText(t.incompleteness()), `</strong>`)
	}
	h.put("</p>\n</header>\n<nav aria-label=\"Contents\"><ul>")
	links := [][2]string{{"summary", "Summary"}, {"population", "What was looked at"}}
	if len(t.Problems) > 0 {
		links = append(links, [2]string{"unread", "Could not be read"})
	}
	if len(t.Frameworks) > 0 {
		links = append(links, [2]string{"frameworks", "Frameworks"})
	}
	if len(t.Exceptions) > 0 {
		links = append(links, [2]string{"exceptions", "Exceptions"})
	}
	links = append(links, [2]string{"tables", "Tables"}, [2]string{"others", "Other resources"}, [2]string{"controls", "Controls"})
	for _, l := range links {
		h.put(`<li><a href="#`, l[0], `">`, l[1], "</a>")
	}
	h.put("</ul></nav>\n")
}

func (h *htmlWriter) summary(t Tail) {
	v := t.Summary.Verdicts
	h.put(`<section aria-labelledby="summary"><h2 id="summary">Summary</h2>`, "\n")
	if h.tables.total() > 0 {
		h.put("<figure><figcaption>Tables, by whether they can be got back as the objective asks</figcaption>", barSVG(h.tables), legend(h.tables), "</figure>\n")
	}
	h.put(`<table class="sev"><caption>Findings that count, by severity</caption><thead><tr><th scope="col">Severity<th scope="col" colspan="2">Failed<th scope="col" colspan="2">Unknown</thead><tbody>`,
		severityRows(h.counts), "</tbody></table>\n")
	h.putf("<p>%d failed, %d unknown, %d passed, %d not applicable; %d muted, %d attested", v[control.Fail], v[control.Unknown], v[control.Pass], v[control.NotApplicable], t.Summary.Muted, t.Summary.Attested)
	h.put(nonZero(t.Summary.New, ", %d new since the baseline"), nonZero(t.Summary.Known, ", %d known from the baseline"), ".</p>\n")
	h.perUnit()
	h.put("</section>\n")
}

// perUnit is a bar for each account and Region.
func (h *htmlWriter) perUnit() {
	if len(h.order) == 0 {
		return
	}
	h.put(`<table class="units"><caption>Tables by account and Region</caption><thead><tr><th scope="col">Account<th scope="col">Region<th scope="col">Tables<th scope="col">Can they be got back?</thead><tbody>`)
	for _, k := range h.order {
		c := *h.units[k]
		h.putf(`<tr><th scope="row">%s<td>%s<td class="n">%d<td>%s<span>%s</span>`+"\n", xmlText(known(k.account)), xmlText(known(k.region)), c.total(), barSVG(c), countsWords(c))
	}
	h.put("</tbody></table>\n")
}

func known(s string) string {
	if s == "" {
		return "not known"
	}
	return s
}

// population says what was looked at, so that an auditor can rely on completeness.
func (h *htmlWriter) population() {
	h.put(`<section aria-labelledby="population"><h2 id="population">What was looked at</h2>`, "\n",
		`<table><caption>Accounts and Regions, and how their tables were listed</caption><thead><tr><th scope="col">Account<th scope="col">Region<th scope="col">Tables<th scope="col">All there are?<th scope="col">Listed by<th scope="col">AWS's time</thead><tbody>`, "\n")
	for _, s := range h.head.Scope {
		whole := "yes"
		switch {
		case !s.Reached:
			whole = "could not be reached"
		case s.Filtered:
			whole = "no: those that were chosen"
		case !s.Whole:
			whole = "not known: the list could not be read to its end"
		}
		now := "not known"
		if s.Now != nil {
			now = minute(*s.Now)
		}
		h.putf(`<tr><th scope="row">%s<td>%s<td class="n">%d<td>%s<td>%s<td>%s`+"\n", xmlText(known(value(s.Account))), xmlText(known(value(s.Region))), s.Tables, whole, xmlText(s.ListedBy+" "+s.Source), now)
	}
	h.put("</tbody></table></section>\n")
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (h *htmlWriter) unread(t Tail) {
	if len(t.Problems) == 0 {
		return
	}
	h.put(`<section aria-labelledby="unread"><h2 id="unread">Could not be read</h2>`, "\n<ul>\n")
	for _, g := range Group(t.Problems) {
		h.put("<li>", xmlText(g.String()), "\n")
	}
	h.put("</ul></section>\n")
}

func (h *htmlWriter) frameworks(list []FrameworkStanding) {
	if len(list) == 0 {
		return
	}
	h.put(`<section aria-labelledby="frameworks"><h2 id="frameworks">Frameworks</h2>`, "\n")
	for _, f := range list {
		h.putf("<h3>%s</h3>\n<p>%d met, %d not met, %d not known, %d not applicable. Met means: as far as a machine can see.\n", xmlText(f.Title+" "+f.Version), f.Standings[Met], f.Standings[NotMet], f.Standings[NotKnown], f.Standings[NotApplicable])
		h.put(`<table><caption>Requirements of `, xmlText(f.Title+" "+f.Version), `</caption><thead><tr><th scope="col">Requirement<th scope="col">Standing<th scope="col">Controls, with failed and unknown findings<th scope="col">What no machine can check</thead><tbody>`, "\n")
		for _, r := range f.Requirements {
			h.putf(`<tr><th scope="row">%s %s<td><b>%s</b><td>%s<td>%s`+"\n", xmlText(r.ID), xmlText(r.Title), r.Standing, h.standings(r.Controls), xmlText(r.People))
		}
		h.put("</tbody></table>\n")
	}
	h.put("</section>\n")
}

func (h *htmlWriter) standings(controls []ControlStanding) string {
	var parts []string
	for _, c := range controls {
		text := xmlText(c.Control)
		if a := h.asked[c.Control]; a != nil {
			text = fmt.Sprintf("<a href=#c%d>%s</a>", a.number, text)
		}
		switch {
		case !c.Asked:
			text += " (not asked)"
		case c.Fail+c.Unknown > 0:
			text += fmt.Sprintf(" (%d failed, %d unknown)", c.Fail, c.Unknown)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "<br>")
}

// exceptions shows who looks away from what: nobody may take it for gone.
func (h *htmlWriter) exceptions(t Tail) {
	if len(t.Exceptions) == 0 {
		return
	}
	h.put(`<section aria-labelledby="exceptions"><h2 id="exceptions">Exceptions</h2>`, "\n",
		`<table><caption>Who looks away from what, or meets it by other means</caption><thead><tr><th scope="col">Kind<th scope="col">Covers<th scope="col">Owner<th scope="col">Reason, or what is done instead<th scope="col">Until<th scope="col">Findings<th scope="col">To look at</thead><tbody>`, "\n")
	for i := range t.Exceptions {
		u := &t.Exceptions[i]
		reason := u.Reason
		if u.Kind == overlay.Attest {
			reason += " (evidence: " + u.Evidence + ")"
		}
		h.putf(`<tr><td>%s<td>%s<td>%s<td>%s<td>%s<td class="n">%d<td>%s`+"\n", u.Kind, xmlText(u.Text()), xmlText(u.Owner), xmlText(reason), u.Day(), u.Findings, xmlText(u.Remark()))
	}
	h.put("</tbody></table></section>\n")
}

// resources are the tables, then everything else, each with a filter above that only script makes appear.
func (h *htmlWriter) resources() {
	h.filter()
	tables := h.sorted(control.TypeTable)
	h.put(`<section aria-labelledby="tables"><h2 id="tables">Tables</h2>`, "\n")
	if len(tables) == 0 {
		h.put("<p>No findings about tables.\n")
	} else {
		h.put(`<table class="list"><caption>Tables, worst first</caption><thead><tr><th scope="col">Table<th scope="col">Where<th scope="col">Can it be got back?<th scope="col">Failed<th scope="col">Unknown<th scope="col">Muted or attested</thead><tbody>`, "\n")
		for _, i := range tables {
			e := &h.entries[i]
			h.putf(`<tr data-r=%d><th scope=row><a href=#r%[1]d>%s</a><td>%s<td class=%s>%s<td class=n>%d<td class=n>%d<td class=n>%d`+"\n", i, xmlText(e.name), xmlText(e.place), e.answer.class(), e.answer.word(), e.fails, e.unknowns, e.covered)
		}
		h.put("</tbody></table>\n")
	}
	h.articles(tables)
	h.put("</section>\n", `<section aria-labelledby="others"><h2 id="others">Other resources</h2>`, "\n")
	others := 0
	for _, kind := range control.Types() {
		if kind != control.TypeTable {
			which := h.sorted(kind)
			h.articles(which)
			others += len(which)
		}
	}
	if others == 0 {
		h.put("<p>No findings about anything else.\n")
	}
	if h.spared > 0 {
		h.putf("<p>The facts behind %d further findings are in the JSON report (<code>-o json</code>): a page should stay small.\n", h.spared)
	}
	h.put("</section>\n")
}

func (h *htmlWriter) filter() {
	accounts, regions := map[string]bool{}, map[string]bool{}
	for _, s := range h.head.Scope {
		accounts[value(s.Account)], regions[value(s.Region)] = true, true
	}
	h.put(`<form id="filter" role="search" aria-label="Filter the findings" hidden>`, "\n",
		`<label>Text <input type="search" name="q"></label>`,
		`<label>Verdict <select name="v"><option value="">any<option value="F">FAIL<option value="U">UNKNOWN<option value="P">PASS<option value="N">not applicable<option value="M">muted or attested</select></label>`,
		`<label>Severity <select name="s"><option value="">any`)
	for _, s := range control.Severities() {
		h.put("<option>", string(s))
	}
	h.put(`</select></label><label>Control <select name="c"><option value="">any`)
	for _, id := range slices.Sorted(maps.Keys(h.asked)) {
		h.put("<option>", xmlText(id))
	}
	h.put(`</select></label><label>Account <select name="a"><option value="">any`, options(accounts), `</select></label><label>Region <select name="g"><option value="">any`, options(regions), `</select></label>`,
		`<label>Kind <select name="t"><option value="">any`)
	for _, kind := range control.Types() {
		h.put("<option>", string(kind))
	}
	h.put(`</select></label><button type="reset">Show all</button>`, "\n<p id=\"shown\" role=\"status\"></p></form>\n")
}

func options(set map[string]bool) string {
	var b strings.Builder
	for _, s := range slices.Sorted(maps.Keys(set)) {
		if s != "" {
			b.WriteString("<option>" + xmlText(s))
		}
	}
	return b.String()
}

// controls says of each question what it is, why it matters and how to ask it by hand.
func (h *htmlWriter) controls() {
	h.put(`<section aria-labelledby="controls"><h2 id="controls">Controls</h2>`, "\n")
	known := map[string]*control.Control{}
	for _, c := range h.head.Controls {
		known[c.ID] = c
	}
	for _, id := range slices.Sorted(maps.Keys(h.asked)) {
		a := h.asked[id]
		v := a.verdicts
		h.putf(`<article class="c" id="c%d" data-c=%s data-t=%s data-s=%.1s><h3>%s <small>%s</small></h3>`+"\n<p>%s", a.number, xmlAttribute(id), a.kind, a.severity, xmlText(id), a.severity, xmlText(sentence(a.title)))
		c := known[id]
		if c != nil && c.Description != "" {
			h.put(" ", xmlText(c.Description))
		}
		h.putf("\n<p>%d failed, %d unknown, %d passed, %d not applicable.", v[control.Fail], v[control.Unknown], v[control.Pass], v[control.NotApplicable])
		if named := requirements(Entry{Finding: control.Finding{Frameworks: a.frameworks}}); len(named) > 0 {
			h.put(" Helps with ", xmlText(strings.Join(named, ", ")), ".")
		}
		h.put("\n")
		if c != nil {
			h.byHand(c)
		}
		h.put("</article>\n")
	}
	h.put("</section>\n")
}

func (h *htmlWriter) byHand(c *control.Control) {
	if len(c.ByHand.Commands) > 0 {
		h.put("<p>By hand:")
		for _, command := range c.ByHand.Commands {
			h.put("<br><code>", xmlText(command), "</code>")
		}
		h.put("\n")
	}
	if c.ByHand.Console != "" {
		h.put("<p>In the console: ", xmlText(c.ByHand.Console), "\n")
	}
	if len(c.References) > 0 {
		h.put("<p>Rests on:")
		for _, r := range c.References {
			if strings.HasPrefix(r, "https://") {
				h.put(` <a href=`, xmlAttribute(r), ` rel="noreferrer">`, xmlText(r), "</a>")
			} else {
				h.put(" ", xmlText(r))
			}
		}
		h.put("\n")
	}
}
