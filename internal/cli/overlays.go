package cli

import (
	"errors"
	"strings"

	"github.com/restorable/restorable/internal/baseline"
	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/inline"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/report"
	"github.com/restorable/restorable/internal/terminal"
)

// overlays is what people say of the findings to come: who looks away from them, what is met by other means, what was known before.
type overlays struct {
	set      *overlay.Set
	ignored  *config.Exceptions
	written  []overlay.Exception // of the ignore file and of the configuration
	inline   *inline.Exceptions  // of templates; nil: none are read
	baseline *baseline.Report    // nil: none was given
	newOnly  bool
	asked    []string // ids of the controls that are asked
	filtered bool     // the user chose tables: an exception that describes none of them may describe others
	uses     []overlay.Use
}

// overlays reads everything before anything is judged.
func (a *app) overlays(o gateOptions, c *control.Catalogue, controls []*control.Control, filtered bool) (*overlays, error) {
	ignored, err := a.ignored(o)
	if err != nil {
		return nil, err
	}
	out := &overlays{ignored: ignored, newOnly: o.newOnly, filtered: filtered}
	if err := ignored.Resolve(idsOf(c)); err != nil {
		return nil, badIgnore("", err)
	}
	all := ignored.List
	if a.file != nil {
		if err := a.file.Attested.Resolve(idsOf(c)); err != nil {
			return nil, badConfig(err)
		}
		all = append(all, a.file.Attested.List...)
	}
	if o.baseline != "" {
		if out.baseline, err = earlier("--baseline ", o.baseline); err != nil {
			return nil, err
		}
	}
	for _, k := range controls {
		out.asked = append(out.asked, k.ID)
	}
	out.written, out.set = all, overlay.NewSet(all)
	return out, nil
}

// idsOf finds controls by their ids, and by what other scanners call them.
func idsOf(c *control.Catalogue) func(name string) ([]string, string) {
	return func(name string) (ids []string, hint string) {
		found, err := c.Select(control.Selection{Controls: []string{name}})
		var unknown *control.SelectionError
		if errors.As(err, &unknown) && unknown.Hint != "" {
			return nil, unknown.Hint
		}
		for _, k := range found {
			ids = append(ids, k.ID)
		}
		return ids, "restorable controls list shows the ids; --controls DIR names a folder of your own"
	}
}

// unit prepares for the findings of one unit. Days are judged by the unit's own time, and by started where it has none, as a template.
func (o *overlays) unit(u *estate.Unit, started estate.Instant) (func(report.Entry) report.Entry, error) {
	if o == nil {
		return func(e report.Entry) report.Entry { return e }, nil
	}
	if err := o.tooFar(u.Now.Or(started)); err != nil {
		return nil, err
	}
	view := o.set.Unit(u, started, !o.filtered && scopeOf(u).Listed())
	return func(e report.Entry) report.Entry {
		e.Mute, e.Attestation = view.Of(&e.Finding)
		e.Muted = e.Mute != nil
		if o.baseline != nil && (e.Verdict == control.Fail || e.Verdict == control.Unknown) {
			e.Baseline = report.NewFinding
			if o.baseline.Knows(&e.Finding) {
				e.Baseline, e.Excused = report.KnownFinding, o.newOnly
			}
		}
		return e
	}, nil
}

// all is what came of every exception, once every unit was judged.
func (o *overlays) all() []overlay.Use {
	if o == nil {
		return nil
	}
	o.uses = o.set.Uses(o.asked)
	return o.uses
}

// tellOverlays says on stderr what a person should look at.
func (a *app) tellOverlays(o *overlays, t *report.Tally) {
	var places []string
	for i := range o.uses {
		if o.uses[i].Remark() != "" {
			places = append(places, o.uses[i].Place()+" ("+headword(&o.uses[i])+")")
		}
	}
	if len(places) > 0 {
		a.note("%s to look at, the report says why: %s", terminal.Count(len(places), "exception"), few(places))
	}
	switch {
	case o.baseline == nil:
	case t.Known == 0 && t.New > 0 && len(o.baseline.Findings) > 0:
		a.note("The baseline knows none of what was found: is it of other accounts or Regions?")
	case !o.baseline.Complete:
		a.note("The baseline is incomplete: what could not be read then may show as new.")
	}
}

// headword is one word for what to look at.
func headword(u *overlay.Use) string {
	var words []string
	if u.Duplicate != nil {
		words = append(words, "duplicate")
	} else if u.State != overlay.Applied && u.State != overlay.Unasked {
		words = append(words, string(u.State))
	}
	if u.EndsSoon {
		words = append(words, "ends "+u.Day())
	}
	if len(words) == 0 {
		words = append(words, "in doubt")
	}
	return strings.Join(words, ", ")
}
