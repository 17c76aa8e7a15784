package planning

import (
	"fmt"
	"maps"

	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// dynamoDB is the resource type in AWS Backup's settings.
const dynamoDB = "DynamoDB"

// planOptIn opts DynamoDB in where a selection misses a table for want of it. It acts on the whole Region, so it is not done for
// tables that were chosen one by one: those are named by their ARN instead.
func planOptIn(d *draft) error {
	if !d.own.fail[OptIn] {
		if d.own.unknown[OptIn] {
			d.refuse(OptIn, d.regionKey(), "whether DynamoDB is opted in, and whether a selection needs it, is not known", readMore)
		}
		return nil
	}
	optIn, ok := d.unit.Settings.OptIn.Get()
	management, ok2 := d.unit.Settings.Management.Get()
	if !ok || !ok2 && !d.unit.Settings.Management.IsAbsent() {
		d.refuse(OptIn, d.regionKey(), "the Region's AWS Backup settings could not be read whole", readMore)
		return nil
	}
	with, before := maps.Clone(optIn), map[string]bool{dynamoDB: false} // a key left out might be left as it is
	with[dynamoDB] = true
	maps.Copy(before, optIn)
	if management[dynamoDB] && !d.advancedToo() {
		return nil
	}
	missed := d.missed()
	id := d.add(remedy.Action{
		Remedy: OptIn, Resource: remedy.Resource{Type: "region", Name: d.region},
		Summary: fmt.Sprintf("opt DynamoDB in to AWS Backup in %s", d.region),
		Call:    "backup:UpdateRegionSettings",
		Change:  remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: with}},
		Before:  remedy.SettingsState(optIn, management),
		After:   remedy.SettingsState(with, management),
		Risk:    "every plan of the Region that selects by tag, by * or by service begins to back up the tables that it matches",
		Inverse: remedy.Inverse{
			Change: &remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: before}}, Drop: remedy.DropOptIn,
			Loses: "plans that select tables by tag, by * or by service would stop backing them up",
		},
	}, missed...)
	d.checkOptIn(id, missed)
	return nil
}

// advancedToo looks at what advanced features touch, which take effect with the opt-in where they were turned on before. It answers false,
// with a refusal, when backups that work now would fail from then on.
func (d *draft) advancedToo() bool {
	v := newAdvancedView(d)
	id := d.next()
	for i := range v.checks {
		v.checks[i].Actions = []string{id}
	}
	if reason, next := v.objection(d.Options.AcceptUnknown); reason != "" {
		d.refuse(OptIn, d.regionKey(), "advanced features would take effect with it: "+reason, next)
		return false
	}
	d.noteAll(v.checks)
	return true
}

// missed lists all tables, chosen or not, that some selection misses for want of the opt-in.
func (d *draft) missed() []*target {
	var out []*target
	for i := range d.targets {
		t := &d.targets[i]
		for _, c := range d.cover(t).Considered {
			if c.Reason == protection.NotOptedIn {
				out = append(out, t)
				break
			}
		}
	}
	return out
}

// checkOptIn says, plan by plan, what the opt-in makes each back up, and whether that would work.
func (d *draft) checkOptIn(id string, missed []*target) {
	type touched struct {
		id              string
		tables, failing int
		why             string
	}
	seen := map[string]*touched{}
	var order []*touched
	for _, t := range missed {
		for _, p := range d.cover(t).Plans.Items {
			if seen[p.ID] == nil {
				seen[p.ID] = &touched{id: p.Plan}
				order = append(order, seen[p.ID])
			}
			seen[p.ID].tables++
			if works, ok := p.Effective.Get(); !ok || !works {
				seen[p.ID].failing++
				seen[p.ID].why = p.Effective.Why
			}
		}
	}
	for _, x := range order {
		c := remedy.Check{About: "opt-in", Resource: x.id, Verdict: "ok", Actions: []string{id},
			Detail: fmt.Sprintf("selects %s from now on", terminal.Count(x.tables, "table"))}
		if x.failing > 0 {
			c.Verdict, c.Detail = "breaks", fmt.Sprintf("selects %s from now on, but its jobs would fail for %d: %s", terminal.Count(x.tables, "table"), x.failing, x.why)
		}
		d.check(c)
	}
	if !d.found.Tables.IsWhole() {
		d.check(remedy.Check{About: "opt-in", Resource: d.region, Verdict: "unknown", Actions: []string{id},
			Detail: "the list of tables is not whole: plans may begin to back up tables that were not looked at"})
	}
}
