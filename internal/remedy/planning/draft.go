package planning

import (
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// draft is one account in one Region while a plan is made: as it was found, as it will be, and what its tables need.
type draft struct {
	*planner
	region  string
	found   *estate.Unit // never changed
	unit    *estate.Unit // as it will be after the actions so far
	targets []target     // one for each table, in the order of the unit
	before  []finding
	own     wants // what the Region's own findings ask for
	mirror  *previewer

	covers *protection.Index // of the unit without its history; nil when the unit changed since
	advice *backupAdvice     // once the plan is complete
}

// target is a table and what the findings ask for it.
type target struct {
	wants
	index    int // of the table in the unit
	arn      string
	name     string
	needs    objective.Assignment
	chosen   bool   // an action may act on it
	excluded string // why no action acts on it although it was chosen; empty: none
}

// wants are remedies that findings ask for: fail by a FAIL, unknown by an UNKNOWN.
type wants struct {
	fail, unknown map[string]bool
}

func newDraft(p *planner, u *estate.Unit) *draft {
	d := &draft{planner: p, region: u.Region.Or(""), found: u, unit: clone(u)}
	d.mirror = newPreviewer(d.unit)
	d.targets = make([]target, len(u.Tables.Items))
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		d.targets[i] = target{index: i, arn: t.ARN.Or(""), name: t.Name.Or(t.ID), needs: objective.Assignment{Objective: objective.Default(), Match: -1, Known: true}}
		if p.Policy != nil {
			d.targets[i].needs = p.Policy.For(u, t)
		}
		d.targets[i].chosen = p.Wants == nil || p.Wants(u, t)
		d.targets[i].excluded = excluded(t)
	}
	return d
}

// excluded says why no action may act on a table: it comes, goes, or cannot be reached.
func excluded(t *estate.Table) string {
	status, ok := t.Status.Get()
	switch {
	case !ok:
		return "whether the table is active is not known"
	case !t.ARN.IsKnown() || !t.Name.IsKnown() || !t.TableID.IsKnown():
		return "the table's description could not be read"
	case status == "ACTIVE" || status == "UPDATING":
		return ""
	case status == "INACCESSIBLE_ENCRYPTION_CREDENTIALS" || status == "ARCHIVING" || status == "ARCHIVED":
		return "DynamoDB cannot reach the table's key (" + status + "): give it back first"
	}
	return "the table is " + status
}

func (d *draft) table(t *target) *estate.Table { return &d.unit.Tables.Items[t.index] }

// wanting lists the tables for which a finding that FAILs asks for one of the remedies, and refuses those of an UNKNOWN under the first.
func (d *draft) wanting(ids ...string) []*target {
	var out []*target
	for i := range d.targets {
		t := &d.targets[i]
		if !t.chosen {
			continue
		}
		fails := slices.ContainsFunc(ids, func(id string) bool { return t.fail[id] })
		unsure := slices.ContainsFunc(ids, func(id string) bool { return t.unknown[id] })
		switch {
		case !fails && !unsure:
		case t.excluded != "":
			d.refuse(ids[0], t.arn, t.excluded, "")
		case fails:
			out = append(out, t)
		}
	}
	return out
}

// add appends an action, applies it to the estate in memory and returns its id. helps are the tables whose findings it helps to turn.
func (d *draft) add(a remedy.Action, helps ...*target) string {
	a.ID = d.next()
	if a.Region == "" {
		a.Region = d.region
	}
	d.actions = append(d.actions, a)
	list := make([]helped, len(helps))
	for i, t := range helps {
		list[i] = helped{d, t.index}
	}
	d.helped = append(d.helped, list)
	for _, other := range d.drafts {
		if other == d || a.Change.Role != nil || a.Change.RolePolicy != nil { // IAM is one for all Regions
			other.mirror.apply(&a)
			other.covers = nil
		}
	}
	return a.ID
}

// next is the id of the action that add will add.
func (p *planner) next() string { return "a" + strconv.Itoa(len(p.actions)+1) }

// last is the id of the action that was added last.
func (p *planner) last() string { return "a" + strconv.Itoa(len(p.actions)) }

// readMore gets further where a fact is missing. What restorable collect leaves out of a file that is not full, a live plan reads.
const readMore = "restorable doctor; an estate file: restorable collect --full"

// refuse says what the plan does not do, once for each remedy and resource.
func (p *planner) refuse(id, resource, reason, next string) {
	key := id + " " + resource
	if _, said := p.refusals[key]; said {
		return
	}
	p.refusals[key] = reason
	p.refused = append(p.refused, remedy.Refusal{Remedy: id, Resource: resource, Name: p.planName(resource), Reason: reason, Next: next})
}

// planName is the name of the backup plan that a resource is; empty where it is none, or has none.
func (p *planner) planName(resource string) string {
	for _, d := range p.drafts {
		if name := planName(d.unit, resource); name != "" {
			return name
		}
	}
	return ""
}

// planName is the name of a unit's backup plan by its ARN or id; empty where there is none.
func planName(u *estate.Unit, resource string) string {
	for i := range u.Plans.Items {
		if p := &u.Plans.Items[i]; resource == p.ID || resource == p.ARN.Or("") {
			return p.Name.Or("")
		}
	}
	return ""
}

// check notes something that was looked at because actions touch it.
func (p *planner) check(c remedy.Check) { p.checks = append(p.checks, c) }

// cover is how a table is covered as the draft stands: what plans declare, without any history.
func (d *draft) cover(t *target) *protection.Coverage {
	if d.covers == nil {
		d.covers = protection.NewIndex(declared(d.unit))
	}
	return protection.Cover(d.unit, d.table(t), d.covers)
}

// regionKey names the Region as a resource, as findings do.
func (d *draft) regionKey() string { return d.account + "/" + d.region }

// key names the resource of a finding: by its ARN, or its id where there is none.
func key(r control.Resource) string {
	if r.ARN != "" {
		return r.ARN
	}
	return r.ID
}

// arnName is the last part of an ARN.
func arnName(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }
