package control

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// Objective is what a resource needs: values for parameters of controls, by the parameters' names.
// A value is a time.Duration, an int, an int64, a string or a []string; one that does not fit a parameter's type is passed over.
type Objective struct {
	Name       string // of the tier; empty: the defaults
	Parameters map[string]any

	// Others are what the resource may need instead, where it is not known which: a control has a verdict only if it is the same under all.
	// Doubt are the facts that keep one from knowing.
	Others []Objective
	Doubt  []estate.Reading
}

// Options of an evaluation.
type Options struct {
	Controls   []*Control                                             // those to ask, in this order; nil: all of the catalogue
	Objective  func(u *estate.Unit, t *estate.Table) Objective        // what a table needs; nil: the defaults
	Parameters map[string]any                                         // for what no objective sets, by name or ParameterKey; nil: the controls' defaults
	Sets       []string                                               // profiles that were asked for, in this order: what a parameter is in the first of them goes before its default
	Frameworks []string                                               // ids of the frameworks that findings name; nil: all
	Index      *protection.Index                                      // of the unit among its estate; nil: made from the unit alone
	Skip       func(u *estate.Unit, r Resource, t *estate.Table) bool // resources to leave out; t is nil but for tables; nil: none
}

// Run is the evaluation of one unit. It is used once, by one goroutine.
type Run struct {
	catalogue *Catalogue
	unit      *estate.Unit
	options   Options
	covers    *covers
	problems  []Problem
	spent     budget
	mappings  map[string]map[string][]string // control -> framework -> requirements
	rec       *recorder
	places    places

	pointNeeds map[string]Objective // of the tables of recovery points, by ARN

	gathered gathered
	room     []byte // for the text of a reason

	settings map[*Parameter]ref.Val // of parameters that no objective sets

	lastControl *Control // of the finding that was given last
	lastSubject *subject
}

// Evaluate prepares to ask the controls of one unit. Nothing is evaluated before Findings is read.
// A catalogue may serve any number of runs at the same time.
func (c *Catalogue) Evaluate(u *estate.Unit, o Options) *Run {
	if o.Controls == nil {
		o.Controls = c.Controls()
	}
	return &Run{catalogue: c, unit: u, options: o, covers: &covers{unit: u, index: o.Index}, mappings: c.mappings(o.Frameworks),
		rec: newRecorder(c.language.types), places: newPlaces(u)}
}

// Findings streams one finding for each control and resource: tables first, each with all its controls, then the other types. Where plans, vaults
// or recovery points could not be listed whole, each of their controls has a finding of the Region, too.
func (r *Run) Findings() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, t := range Types() {
			var asked []*Control
			for _, c := range r.options.Controls {
				if c.Resource == t {
					asked = append(asked, c)
				}
			}
			if t == TypeAccount && !r.home() {
				continue
			}
			if len(asked) == 0 {
				continue
			}
			if !eachSubject(r.unit, t, r.places, func(s *subject) bool { return r.judge(s, asked, yield) }) || !r.unseen(t, asked, yield) {
				return
			}
		}
	}
}

// home reports whether the unit may answer for its account: another one does when this one is known not to.
func (r *Run) home() bool {
	home, known := r.unit.Home.Get()
	return home || !known
}

// Problems are what kept controls from their answers, once Findings is read: evaluation errors, one entry for each control and message.
func (r *Run) Problems() []Problem { return r.problems }

func (r *Run) judge(s *subject, asked []*Control, yield func(Finding) bool) bool {
	if r.options.Skip != nil && r.options.Skip(r.unit, s.Resource, s.table) {
		return true
	}
	s.objective = r.needs(s)
	for _, c := range asked {
		if !yield(r.finding(c, s)) {
			return false
		}
	}
	return true
}

// finding asks one control of one resource.
func (r *Run) finding(c *Control, s *subject) Finding {
	e := &evaluation{run: r, control: c, subject: s}
	r.rec.reads, r.rec.off = r.rec.reads[:0], false
	f := Finding{
		Control: c.ID, Title: c.Title, Severity: c.Severity, Resource: s.Resource, Address: s.address,
		Frameworks: r.mappings[c.ID], Follows: c.Follows, Objective: s.objective.Name, Objectives: s.objective.names(),
	}
	f.Verdict = e.agreed()
	f.Location, f.Block = e.location(f.Verdict), s.block
	f.Evidence = e.evidence()
	r.rec.off = true
	f.Reason = e.reason(f.Verdict, f.Evidence)
	if f.Verdict == Fail {
		f.Remedy = c.Remedy
	}
	f.Fingerprint = fingerprint(c.ID, s)
	r.lastControl, r.lastSubject = c, s
	return f
}

// evaluation is one control on one resource: the variables that its expressions see.
type evaluation struct {
	run     *Run
	control *Control
	subject *subject
	broken  string // why an expression could not be evaluated
	missing string // the unknown facts in words, for reasons
	torn    bool   // what the resource may need leads to different verdicts
}

// verdict evaluates applies and passes. What cannot be evaluated is UNKNOWN.
func (e *evaluation) verdict() Verdict {
	if e.subject.setAside != "" && !e.control.judges(e.subject.aside) {
		return NotApplicable
	}
	switch e.truth(&e.control.applies) {
	case types.False:
		return NotApplicable
	case types.True:
	default:
		return Unknown
	}
	switch e.truth(&e.control.passes) {
	case types.True:
		return Pass
	case types.False:
		return Fail
	}
	return Unknown
}

// truth is types.True, types.False, or nil when the expression has no answer.
func (e *evaluation) truth(p *program) ref.Val {
	if e.run.spent.spent(e.control.ID) {
		e.broken = errBudget.Error()
		e.run.problem(e.control.ID, errBudget)
		return nil
	}
	out, details, err := p.eval(e)
	e.run.spent.add(e.control.ID, details, err)
	if err != nil {
		e.broken = err.Error()
		e.run.problem(e.control.ID, err)
		return nil
	}
	switch out := out.(type) {
	case types.Bool:
		return out
	case types.Null:
		e.broken = errAbsent.Error()
		e.run.problem(e.control.ID, errAbsent)
	}
	return nil
}

var errAbsent = errors.New("the expression comes to null: what it reads is absent, so compare it with null")

// problem notes what is no fact of the estate, once for each message.
func (r *Run) problem(id string, err error) {
	p := Problem{Account: r.unit.Account.Or(""), Region: r.unit.Region.Or(""), Operation: "control:" + id,
		Code: "EvaluationError", Message: err.Error(), Affects: 1}
	if strings.Contains(p.Message, "cost limit exceeded") {
		p.Code = "CostLimitExceeded"
	}
	same := func(q Problem) bool { return q.Operation == p.Operation && q.Message == p.Message }
	if i := slices.IndexFunc(r.problems, same); i >= 0 {
		r.problems[i].Affects++
		return
	}
	r.problems = append(r.problems, p)
}

// ResolveName implements interpreter.Activation.
func (e *evaluation) ResolveName(name string) (any, bool) {
	if v := e.subject.view(name); v != nil {
		return v, true
	}
	rec := e.run.rec
	switch name {
	case "unit":
		return e.subject.show(rec.rootView(name, e.run.unit)), true
	case "coverage":
		return e.subject.show(rec.rootView(name, e.run.covers.of(e.subject.table))), true
	case "review":
		return e.subject.show(rec.rootView(name, e.run.covers.review(e.subject))), true
	case "region":
		return e.subject.show(rec.rootView(name, e.run.covers.region())), true
	case "oversight":
		return e.subject.show(rec.rootView(name, e.run.covers.oversight(e.subject))), true
	case "now":
		return e.now(), true
	case "undecided":
		return rec.types.unknown, true
	case "missing":
		if e.missing == "" {
			return types.String("nothing that was read decides it"), true
		}
		return types.String(e.missing), true
	case "unread":
		return types.Bool(e.missing != ""), true
	case "resource":
		return types.String(e.subject.Name), true
	}
	if record := e.run.covers.access(name, e.subject); record != nil {
		return e.subject.show(rec.rootView(name, record)), true
	}
	if pointer, ok := e.subject.pointers[name]; ok {
		return e.subject.show(rec.rootView(name, pointer)), true
	}
	if parameter, ok := strings.CutPrefix(name, parameterPrefix); ok {
		return e.parameter(parameter)
	}
	return nil, false
}

// Parent implements interpreter.Activation.
func (e *evaluation) Parent() interpreter.Activation { return nil }

// now is AWS's time. A template has none: questions of age have no answer there, rather than an answer of "absent".
func (e *evaluation) now() ref.Val {
	unit := e.run.rec.rootView("unit", e.run.unit)
	value := unit.get(unit.typ.fields["now"]).(ref.Val)
	if value == types.NullValue {
		return e.run.rec.types.unknown
	}
	return value
}
