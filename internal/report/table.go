package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// TableOptions sets how the table for people looks.
type TableOptions struct {
	Screen  terminal.Screen
	Verbose bool // passed and not applicable controls too, each with its reason
}

// NewTable writes the report for people: grouped by table, worst first, leading with what would be lost.
func NewTable(w io.Writer, o TableOptions) Writer {
	return &tableWriter{w: bufio.NewWriter(w), o: o, groups: map[string]*group{}}
}

type tableWriter struct {
	w      *bufio.Writer
	o      TableOptions
	head   Head
	groups map[string]*group
	// outside: something is unknown because it may stand outside of the templates that were read.
	outside bool
	err     error
}

// group is a resource and what was found about it.
type group struct {
	resource control.Resource
	place    string
	declared string // the address in a template
	file     string // of the template
	rows     []row
	passed   []string
	covered  []row // muted or attested
	known    int   // left out, since the baseline knows them
	rank     int
	shown    int      // the rank of what is not folded
	folded   []string // controls of rows that are told of elsewhere
	many     many     // findings that are alike are counted; nil: each is shown
}

type row struct {
	verdict  control.Verdict
	severity control.Severity
	control  string
	reason   string
	spot     string // where in a template
	follows  []string
	unread   bool
	cause    cause
	byHand   []string // commands to check it by hand; only where they are shown
	word, by string   // of what is covered: how, and by whom
}

func (t *tableWriter) Begin(h Head) error {
	t.head = h
	return nil
}

func (t *tableWriter) Finding(e Entry) error {
	key := pageKey(e)
	g := t.groups[key]
	if g == nil {
		g = &group{resource: e.Resource, place: place(e)}
		if countless(e.Resource.Type) {
			g.many = many{}
		}
		if e.Block != nil {
			g.declared, g.file = e.Address, e.Block.File
		}
		t.groups[key] = g
	}
	g.add(e, t.o.Verbose)
	t.outside = t.outside || outside(e)
	return nil
}

// place is where a resource is found: its block in a template, or its account and Region.
func place(e Entry) string {
	if at := cmp.Or(e.Block, e.Location); at != nil && e.Address != "" {
		where := fmt.Sprintf("%s:%d", at.File, at.Line)
		if e.Address != e.Resource.Name {
			where = e.Address + ", " + where
		}
		return where
	}
	if e.Resource.Type == control.TypeRegion {
		return e.Resource.Account // its name is the Region already
	}
	return strings.TrimSpace(e.Resource.Region + "  " + e.Resource.Account)
}

func (g *group) add(e Entry, verbose bool) {
	if g.repeats(e) || g.cover(e) {
		return
	}
	shown := e.Verdict == control.Fail || e.Verdict == control.Unknown
	if e.Verdict == control.Pass {
		g.passed = append(g.passed, e.Control)
	}
	if shown || verbose {
		r := row{verdict: e.Verdict, severity: e.Severity, control: e.Control, reason: e.Reason, spot: e.spot(), follows: e.Follows, unread: unread(e.Evidence), byHand: e.commands(verbose)}
		if g.many == nil {
			r.cause = e.cause()
		}
		g.rows = append(g.rows, r)
	}
	if shown {
		g.rank = max(g.rank, rank(e.Verdict, e.Severity))
	}
}

// belowAll puts what is not wrong behind everything that is.
const belowAll = -100

// rank orders what is wrong: every FAIL of a severity before every UNKNOWN of it, both before the next severity.
func rank(v control.Verdict, s control.Severity) int {
	r := (s.Rank() + 1) * 2
	if v == control.Fail {
		r++
	}
	if v != control.Fail && v != control.Unknown {
		return belowAll + r
	}
	return r
}

func (t *tableWriter) End(tail Tail) error {
	t.title(tail)
	groups := t.sorted()
	folded := t.fold(groups)
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(b.shown, a.shown) })
	for _, g := range groups {
		if len(g.rows)+len(g.covered) > 0 {
			t.group(g)
		}
	}
	t.foldedRows(folded)
	t.clean(groups)
	t.problems(tail.Problems)
	t.exceptions(tail.Exceptions)
	t.standings(tail.Frameworks)
	t.footer(tail, groups)
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

// line writes one line, safe for CI logs.
func (t *tableWriter) line(parts ...string) {
	if t.err == nil {
		_, t.err = t.w.WriteString(strings.TrimRight(terminal.Line(strings.Join(parts, "")), " ") + "\n")
	}
}

func (t *tableWriter) wrapped(indent string, tone terminal.Tone, text string) {
	for _, line := range terminal.Wrap(terminal.Clean(text), t.o.Screen.Width-len(indent)-1) {
		t.line(indent, t.o.Screen.Paint(tone, terminal.Line(line)))
	}
}

// title is the answer in one sentence.
func (t *tableWriter) title(tail Tail) {
	tone := terminal.Strong
	if tail.Summary.Tables == 0 && !wholly(t.head.Scope) {
		tone = terminal.Doubtful
	}
	t.wrapped("", tone, t.headline().sentence(t.head, tail))
	for _, line := range scopeLines(t.head) {
		t.wrapped("", terminal.Faint, line)
	}
}

func (t *tableWriter) headline() headline {
	var h headline
	for _, g := range t.groups {
		for _, r := range g.rows {
			h.count(r.control, r.verdict)
		}
	}
	return h
}

func scopeLine(s Scope) string {
	var parts []string
	for _, p := range []*string{s.Account, s.Region} {
		if p != nil {
			parts = append(parts, terminal.Clean(*p))
		}
	}
	if s.Source != "" {
		parts = append(parts, terminal.Clean(s.Source))
	}
	switch {
	case !s.Reached:
		parts = append(parts, "could not be reached")
	case s.Whole:
		parts = append(parts, terminal.Count(s.Tables, "table"))
	case s.Filtered:
		parts = append(parts, terminal.Count(s.Tables, "table")+" chosen")
	default:
		parts = append(parts, terminal.Count(s.Tables, "table")+" read, there may be more")
	}
	if s.Now != nil {
		parts = append(parts, "at "+s.Now.Time().Format("2006-01-02 15:04 UTC"))
	}
	return strings.Join(parts, ", ")
}

func (t *tableWriter) sorted() []*group {
	var out []*group
	for _, g := range t.groups {
		slices.SortFunc(g.rows, func(a, b row) int {
			return cmp.Or(cmp.Compare(rank(b.verdict, b.severity), rank(a.verdict, a.severity)), cmp.Compare(a.control, b.control))
		})
		slices.Sort(g.passed)
		g.tell()
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.resource.Name, b.resource.Name), cmp.Compare(a.place, b.place), cmp.Compare(a.resource.Type, b.resource.Type))
	})
	return out
}

func (t *tableWriter) group(g *group) {
	t.line("")
	name, place := terminal.Line(terminal.Short(terminal.Clean(label(g.resource)), 60)), terminal.Clean(g.place)
	if lipgloss.Width(name)+2+lipgloss.Width(place) < t.o.Screen.Width {
		t.line(t.o.Screen.Paint(terminal.Strong, name), "  ", t.o.Screen.Paint(terminal.Faint, place))
	} else {
		t.wrapped("", terminal.Strong, name)
		t.wrapped("", terminal.Faint, place)
	}
	var consequences []string
	for _, r := range g.rows {
		if !t.o.Verbose && g.explains(r) {
			consequences = append(consequences, r.control)
			continue
		}
		t.row(r)
	}
	if len(consequences) > 0 {
		t.wrapped("  ", terminal.Normal, "and so also: "+strings.Join(consequences, ", "))
	}
	if len(g.folded) > 0 {
		t.wrapped("  ", terminal.Doubtful, "not known, as told below: "+strings.Join(g.folded, ", "))
	}
	if len(g.passed) > 0 && !t.o.Verbose {
		t.wrapped("  ", terminal.Faint, "passed: "+strings.Join(g.passed, ", "))
	}
	t.coveredRows(g)
}

// explains reports whether a row is the mere consequence of another one that is shown: a table that no plan selects
// need not be told that it is not backed up often enough.
func (g *group) explains(r row) bool {
	if r.verdict == control.Unknown && r.unread || r.verdict == control.Pass {
		return false
	}
	return slices.ContainsFunc(g.rows, func(cause row) bool {
		return cause.verdict == control.Fail && slices.Contains(r.follows, cause.control)
	})
}

func label(r control.Resource) string {
	if r.Type == control.TypeTable {
		return r.Name
	}
	if r.Type == control.TypeRegion {
		return "Region " + r.Region
	}
	if countless(r.Type) {
		return "recovery points"
	}
	return string(r.Type) + " " + r.Name
}

// rowIndent is where the reasons of rows begin.
const rowIndent = "            "

// row puts the reason first: what would be lost matters more than the name of the control.
func (t *tableWriter) row(r row) {
	const indent = rowIndent
	tone, word := tone(r)
	lines := terminal.Wrap(terminal.Clean(terminal.Short(r.reason, 600)+" ["+r.control+r.spot+"]"), t.o.Screen.Width-len(indent)-1)
	for i, text := range lines {
		lead := indent
		if i == 0 {
			lead = "  " + t.o.Screen.Paint(tone, fmt.Sprintf("%-8s", word)) + "  "
		}
		t.line(lead, terminal.Line(text))
	}
	for _, command := range r.byHand { // in one line each, so that they can be copied
		t.line(indent, t.o.Screen.Paint(terminal.Faint, "$ "+terminal.Line(terminal.Clean(command))))
	}
}

func tone(r row) (terminal.Tone, string) {
	switch r.verdict {
	case control.Fail:
		return terminal.Bad, string(r.severity)
	case control.Unknown:
		return terminal.Doubtful, "unknown"
	case control.Pass:
		return terminal.Good, "pass"
	case control.NotApplicable:
	}
	return terminal.Faint, "n/a"
}

// clean names the tables about which there is nothing to say.
func (t *tableWriter) clean(groups []*group) {
	var names []string
	what := " without a finding"
	for _, g := range groups {
		if g.rank == 0 && g.resource.Type == control.TypeTable && len(g.passed) > 0 {
			if g.known > 0 {
				what = " without a new finding"
			}
			names = append(names, terminal.Short(terminal.Clean(g.resource.Name), 40))
		}
	}
	if len(names) == 0 || t.o.Verbose {
		return
	}
	t.line("")
	t.line(t.o.Screen.Paint(terminal.Good, terminal.Count(len(names), "table")+what))
	const most = 20
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	t.wrapped("  ", terminal.Normal, strings.Join(names, ", "))
}

func (t *tableWriter) problems(problems []Problem) {
	if len(problems) == 0 {
		return
	}
	t.line("")
	t.line(t.o.Screen.Paint(terminal.Doubtful, "Could not be read"))
	const most = 15
	grouped := Group(problems)
	for i, p := range grouped {
		if i == most {
			t.line("  ", fmt.Sprintf("and %d more; all of them are in the JSON report (-o json)", len(grouped)-most))
			return
		}
		t.wrapped("  ", terminal.Normal, p.String())
	}
}

func (t *tableWriter) footer(tail Tail, groups []*group) {
	v := tail.Summary.Verdicts
	t.line("")
	t.wrapped("", terminal.Normal, fmt.Sprintf("%d failed, %d unknown, %d passed, %d not applicable", v[control.Fail], v[control.Unknown], v[control.Pass], v[control.NotApplicable])+
		nonZero(tail.Summary.Muted, ", %d muted")+nonZero(tail.Summary.Attested, ", %d attested")+nonZero(tail.Summary.New, ", %d new")+nonZero(tail.Summary.Known, ", %d known from the baseline"))
	if !tail.Complete {
		t.wrapped("", terminal.Doubtful, tail.incompleteness())
	}
	if t.outside {
		t.wrapped("", terminal.Faint, "What may stand outside of the templates: --with-live reads it from the account, and assume in restorable.yaml says it.")
	}
	for _, g := range groups {
		if how := g.explained(t.head.From); how != "" {
			t.wrapped("", terminal.Faint, "Why: restorable explain "+how)
			return
		}
	}
}

// mostPaths is how many paths are repeated to explain what was read from them.
const mostPaths = 3

// explained are the arguments by which a table's findings are explained, as it was read from paths; empty where there is nothing to explain,
// or no way to. Of many paths, the table's own template does.
func (g *group) explained(from []string) string {
	name := cmp.Or(g.declared, g.resource.Name)
	if len(from) > mostPaths {
		from = nil
	}
	if from == nil && g.file != "" {
		from = []string{g.file}
	}
	var paths strings.Builder
	for _, p := range from {
		paths.WriteString(" --from " + word(terminal.Clean(p)))
	}
	switch {
	case g.rank <= 0 || g.resource.Type != control.TypeTable:
	case g.declared != "":
		return word(terminal.Clean(name)) + paths.String()
	case paths.Len() > 0:
		return quote(name) + paths.String()
	case g.resource.Region != "":
		return quote(g.resource.Name) + " --region " + terminal.Clean(g.resource.Region)
	}
	return ""
}

// quote makes a name safe to paste into a shell; DynamoDB's own names need no quotes.
func quote(name string) string { return word(terminal.Short(terminal.Clean(name), 60)) }

func word(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

func nonZero(n int, format string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(format, n)
}
