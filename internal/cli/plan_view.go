package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// fewNames is how many things of a kind are named before the rest is counted.
const fewNames = 3

// planView shows a plan to a person: what it does first, then what it leaves, what comes of it and what it costs.
type planView struct {
	screen  func(io.Writer) terminal.Screen
	verbose bool
	specs   []outputSpec
	printer
}

func (v planView) show(w io.Writer, p *remedy.Plan) {
	v.printer = printer{w: w, screen: v.screen(w)}
	v.head(p)
	v.actions(p)
	v.checks(p)
	v.refused(p)
	v.outcome(p)
	v.cost(p)
	v.backout(p)
	v.next(p)
}

func (v planView) head(p *remedy.Plan) {
	if len(p.Actions) == 0 {
		v.title(fmt.Sprintf("Plan %s for account %s: nothing to do", p.ID, p.Account))
		return
	}
	v.title(fmt.Sprintf("Plan %s for account %s in %s: %s", p.ID, p.Account, strings.Join(p.Regions, ", "), terminal.Count(len(p.Actions), "change")))
	v.text("  ", fmt.Sprintf("made at %s, can be applied until %s; nothing is changed yet", minute(p.CreatedAt), minute(p.ExpiresAt)))
}

// actions shows each remedy with its count, and a few of its actions: all with --verbose.
func (v planView) actions(p *remedy.Plan) {
	for _, id := range inOrder(p.Actions, func(a remedy.Action) string { return a.Remedy }) {
		var group []remedy.Action
		for _, a := range p.Actions {
			if a.Remedy == id {
				group = append(group, a)
			}
		}
		v.section(fmt.Sprintf("%s: %s", id, terminal.Count(len(group), "change")))
		shown := group[:min(len(group), v.few())]
		for _, a := range shown {
			v.text("  ", a.Summary+" ("+a.Region+")")
		}
		if rest := group[len(shown):]; len(rest) > 0 {
			v.text("  ", fmt.Sprintf("and %d more: %s", len(rest), names(rest, 8)))
		}
		for _, risk := range inOrder(group, func(a remedy.Action) string { return a.Risk }) {
			v.toned("  ", terminal.Doubtful, "mind: "+risk)
		}
	}
}

func (v planView) few() int {
	if v.verbose {
		return 1 << 30
	}
	return fewNames
}

// inOrder lists the values that a list has, in the order in which they come; empty ones are left out.
func inOrder[T any](list []T, of func(T) string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, x := range list {
		if s := of(x); !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func names(list []remedy.Action, most int) string {
	var out []string
	for _, a := range list[:min(len(list), most)] {
		out = append(out, a.Resource.Name)
	}
	if len(list) > most {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// checks shows what breaks or is not known; what is well is counted.
func (v planView) checks(p *remedy.Plan) {
	if len(p.Checks) == 0 {
		return
	}
	v.section("Looked at, because the changes touch it")
	ok := map[string]int{}
	for _, c := range p.Checks {
		switch {
		case c.Verdict == "breaks":
			v.toned("  ", terminal.Bad, fmt.Sprintf("%s, %s: %s", c.About, short(c.Resource), c.Detail))
		case c.Verdict == "unknown":
			v.toned("  ", terminal.Doubtful, fmt.Sprintf("%s, %s, not known: %s", c.About, short(c.Resource), c.Detail))
		case v.verbose || ok[c.About] < fewNames:
			v.text("  ", fmt.Sprintf("%s, %s: %s", c.About, short(c.Resource), c.Detail))
			ok[c.About]++
		default:
			ok[c.About]++
		}
	}
	for _, about := range inOrder(p.Checks, func(c remedy.Check) string { return c.About }) {
		if n := ok[about] - fewNames; n > 0 && !v.verbose {
			v.text("  ", fmt.Sprintf("%s: and %d more, all well", about, n))
		}
	}
}

// short is the name at the end of an ARN.
func short(resource string) string {
	if strings.HasPrefix(resource, "arn:") {
		return resource[strings.LastIndexAny(resource, ":/")+1:]
	}
	return resource
}

// refused groups what is not done by its reason. Reasons that differ in the name of their resource only are told of the first.
func (v planView) refused(p *remedy.Plan) {
	if len(p.Refused) == 0 {
		return
	}
	v.section("Not done")
	var groups folds
	for _, r := range p.Refused {
		name := called(r.Name, r.Resource)
		groups.add(r.Remedy+"\x00"+nameless(r.Reason, r.Resource, name)+"\x00"+nameless(r.Next, r.Resource, name), name, r.Remedy, r.Reason, r.Next)
	}
	for _, g := range groups.list {
		v.text("  ", fmt.Sprintf("%s of %s: %s%s", g.said[0], v.list(g.names), g.said[1], g.likewise(1)))
		if g.said[2] != "" {
			v.toned("    ", terminal.Faint, "next: "+g.said[2]+g.likewise(2))
		}
	}
}

// list names a few and counts the rest.
func (v planView) list(names []string) string {
	if n := len(names) - v.few(); n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:v.few()], ", "), n)
	}
	return strings.Join(names, ", ")
}

// outcome says what the controls will say.
func (v planView) outcome(p *remedy.Plan) {
	o := &p.Outcome
	v.section("Afterwards")
	if o.Tables.Tables > 0 {
		v.text("  ", fmt.Sprintf("recoverable: %d of %s now, %d then", o.Tables.Before, terminal.Count(o.Tables.Tables, "table"), o.Tables.After))
	}
	v.text("  ", fmt.Sprintf("findings: FAIL %d now, %d then; UNKNOWN %d now, %d then; PASS %d now, %d then",
		o.Before["FAIL"], o.After["FAIL"], o.Before["UNKNOWN"], o.After["UNKNOWN"], o.Before["PASS"], o.After["PASS"]))
	v.turns(o)
	v.stays(o)
	if o.Ignored > 0 {
		v.text("  ", "left out: "+terminal.Count(o.Ignored, "finding")+" that somebody looks away from: nothing is done for their sake (restorable scan shows who, and until when)")
	}
	if f := o.FirstPoint; f != nil {
		v.text("  ", fmt.Sprintf("first recovery points: of %s, between %s and %s", terminal.Count(f.Tables, "table"), minute(f.Earliest), minute(f.Latest)))
	}
}

func (v planView) turns(o *remedy.Outcome) {
	counts := map[[2]string]int{}
	for _, t := range o.Turns {
		counts[[2]string{t.Control, t.To}]++
	}
	keys := make([][2]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[1], b[1]), cmp.Compare(a[0], b[0])) })
	for _, k := range keys {
		tone := terminal.Good
		if k[1] != "PASS" {
			tone = terminal.Bad
		}
		v.toned("  ", tone, fmt.Sprintf("turns %s: %s of %s", k[1], k[0], terminal.Count(counts[k], "resource")))
	}
}

// stays groups what is not turned by control and reason. Reasons of one kind that differ in names only are told of the first of them.
func (v planView) stays(o *remedy.Outcome) {
	var groups folds
	for _, s := range o.Stays {
		name := called(s.Name, s.Resource)
		groups.add(s.Control+"\x00"+s.Verdict+"\x00"+kindOf(nameless(s.Why, s.Resource, name)), name, s.Control, s.Verdict, s.Why)
	}
	slices.SortStableFunc(groups.list, func(a, b *fold) int {
		return cmp.Or(cmp.Compare(a.said[0], b.said[0]), cmp.Compare(a.said[1], b.said[1]))
	})
	for _, g := range groups.list {
		v.text("  ", fmt.Sprintf("stays %s: %s of %s: %s%s", g.said[1], g.said[0], v.list(g.names), g.said[2], g.likewise(2)))
	}
}

// kindOf is the beginning of a reason, up to what names single things or times.
func kindOf(why string) string {
	for _, lead := range []string{"until its first recovery point", "until it has had", "not known: ", "the changes do not reach it: "} {
		if strings.HasPrefix(why, lead) {
			return lead
		}
	}
	return why
}

func (v planView) cost(p *remedy.Plan) {
	if len(p.Actions) == 0 {
		return
	}
	v.section("Cost, estimated")
	if p.Prices.Source == "" {
		v.text("  ", "not estimated")
		return
	}
	v.text("  ", remedy.USD(p.Cost.Monthly)+" a month once backups have filled up to their retention, and "+remedy.USD(p.Cost.Once)+" once")
	if !p.Cost.Known {
		v.toned("  ", terminal.Doubtful, "that is a part of it: of some changes the cost is not known")
	}
	v.text("  ", fmt.Sprintf("prices of %s, %s, as of %s; docs/costs.md says how they are used", p.Prices.Region, p.Prices.Source, p.Prices.Date))
	const dear = 5
	list := slices.Clone(p.Actions)
	slices.SortStableFunc(list, func(a, b remedy.Action) int { return cmp.Compare(b.Cost.Monthly, a.Cost.Monthly) })
	for i, a := range list {
		if i >= dear && !v.verbose || a.Cost.Monthly < 0.01 {
			break
		}
		v.text("  ", remedy.USD(a.Cost.Monthly)+": "+a.Summary)
	}
}

func (v planView) next(p *remedy.Plan) {
	if len(p.Actions) == 0 {
		return
	}
	for _, s := range v.specs {
		if s.format == "json" && s.file != "" {
			v.section("Next: restorable apply " + s.file)
			return
		}
	}
	v.section("Next: restorable plan -o json=plan.json, then restorable apply plan.json")
}
