package cli

import (
	"cmp"
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/report"
)

// judgement is everything that evaluation needs.
type judgement struct {
	stock      *stock
	catalogue  *control.Catalogue
	controls   []*control.Control
	sets       []string // profiles and frameworks that were asked for
	frameworks []string
	started    estate.Instant
	onlyTables bool                                                // the user chose tables: what concerns a whole Region is not asked
	objective  func(*estate.Unit, *estate.Table) control.Objective // nil: the controls' defaults
	parameters map[string]any                                      // of controls, by the configuration
	overlays   *overlays                                           // nil: nobody says anything of the findings
	templates  []*control.Control                                  // of controls, those that are asked of templates
	unasked    []string                                            // ids of the others
	from       []string                                            // paths that were read instead of live AWS
}

// skip: the user chose tables, or templates do not declare it. What concerns a whole Region is asked of templates when it is asked for by name.
func (j judgement) skip(u *estate.Unit) func(*estate.Unit, control.Resource, *estate.Table) bool {
	judged := iac.Judged(u)
	return func(_ *estate.Unit, r control.Resource, _ *estate.Table) bool {
		return j.onlyTables && r.Type != control.TypeTable || declarable(r.Type) && !judged(r.ID)
	}
}

// judge asks every control of every resource, unit by unit, and streams the findings into the reports.
func (a *app) judge(j judgement, out report.Writer) (*report.Tally, error) {
	head := report.Head{Tool: report.Tool{Name: "restorable", Version: Version}, StartedAt: j.started, Controls: j.controls, Scope: j.stock.scopes, From: j.from, LeftOut: j.stock.leftOut, Some: j.onlyTables}
	if j.stock.declares {
		head.Unasked = j.unasked
	}
	if j.parameters == nil {
		set, err := a.parameters(j.catalogue)
		if err != nil {
			return nil, err
		}
		j.parameters = set
	}
	if err := out.Begin(head); err != nil {
		return nil, err
	}
	tally, problems := report.NewTally(j.stock.tables()), []report.Problem{}
	for _, s := range head.Scope {
		tally.Unlisted = tally.Unlisted || !s.Listed()
	}
	err := j.stock.each(func(place int, u *estate.Unit, x *protection.Index) error {
		unanswered, err := j.unit(u, x, tally, out)
		problems = append(append(problems, j.stock.problems[place]...), unanswered...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(problems, func(p report.Problem) bool { return p.Operation == drillsRecord }); i >= 0 {
		a.noteDrills(problems[i].Message)
	}
	tail := report.Tail{FinishedAt: estate.At(a.now()), Complete: !tally.Unread && !tally.Unlisted && len(problems) == 0, Summary: tally.Summary, Problems: problems, Exceptions: j.overlays.all()}
	return tally, out.End(tail)
}

// unit judges one unit and returns what kept controls from their answers.
func (j judgement) unit(u *estate.Unit, x *protection.Index, tally *report.Tally, out report.Writer) ([]report.Problem, error) {
	controls := j.controls
	if iac.Declared(u) {
		controls = j.templates
	}
	run := j.catalogue.Evaluate(u, control.Options{Index: x, Controls: controls, Sets: j.sets, Frameworks: j.frameworks, Skip: j.skip(u), Objective: j.objective, Parameters: j.parameters})
	dress, err := j.overlays.unit(u, j.started)
	if err != nil {
		return nil, err
	}
	look := timelinesOf(u, x)
	var problems []report.Problem
	byHand := run.ByHand
	if iac.Declared(u) { // the commands ask AWS, which knows nothing of it yet; file and line say where to look
		byHand = nil
	}
	for f := range run.Findings() {
		e := dress(report.Entry{Finding: f, ByHand: byHand, Timeline: look.of(f.Resource)})
		tally.Add(e)
		if missed, ok := drillsMissed(u, &f); ok && len(problems) == 0 {
			problems = append(problems, missed)
		}
		if err := out.Finding(e); err != nil {
			return nil, err
		}
	}
	for _, p := range run.Problems() {
		problems = append(problems, report.Problem(p))
	}
	return problems, nil
}

func scopeOf(u *estate.Unit) report.Scope {
	s := report.Scope{Tables: len(u.Tables.Items), Whole: u.Tables.IsWhole(), Filtered: filtered(u), Reached: u.Reached.Or(false), ListedBy: u.Of(u.Tables.Whole.Source()).Operation}
	if iac.Declared(u) {
		s.Source, s.Whole = "templates", iac.Whole(u)
	}
	if iac.Joined(u) {
		s.Source = "templates and what is deployed beside them"
	}
	if v, ok := u.Account.Get(); ok {
		s.Account = &v
	}
	if v, ok := u.Region.Get(); ok {
		s.Region = &v
	}
	if v, ok := u.Now.Get(); ok {
		s.Now = &v
	}
	return s
}

// filtered reports whether the list of tables is known to be short, because the user asked for some of them.
func filtered(u *estate.Unit) bool {
	whole, known := u.Tables.Whole.Get()
	return known && !whole
}

// codeNotCollected marks facts that nobody asked for: they are unknown, and no problem.
const codeNotCollected = "NotCollected"

// problemsOf groups what could not be read in a unit by operation and code.
func problemsOf(u *estate.Unit) []report.Problem {
	if !slices.ContainsFunc(u.Provenance, func(p estate.Provenance) bool { return p.Failed() && p.Code != codeNotCollected }) {
		return nil
	}
	type key struct{ operation, code string }
	grouped := map[key]*report.Problem{}
	for source, n := range estate.UnknownBySource(u) {
		p := u.Of(source)
		if !p.Failed() || p.Code == codeNotCollected || p.Operation == drillsRecord || iac.Expected(u, source) {
			continue
		}
		k := key{p.Operation, p.Code}
		if grouped[k] == nil {
			grouped[k] = &report.Problem{Account: u.Account.Or(""), Region: u.Region.Or(""), Operation: p.Operation, Code: p.Code, Message: p.Message}
		}
		grouped[k].Message = min(grouped[k].Message, p.Message)
		grouped[k].Affects += n
	}
	var out []report.Problem
	for _, p := range grouped {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b report.Problem) int {
		return cmp.Or(cmp.Compare(b.Affects, a.Affects), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// problemsIn reports whether anything of an estate could not be read.
func problemsIn(es *estate.Estate) bool {
	return slices.ContainsFunc(es.Units, func(u *estate.Unit) bool { return len(problemsOf(u)) > 0 || !scopeOf(u).Listed() })
}
