package restore

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/settings"
)

// Pointer is something that points at the old table, and has to be turned to the new one if that takes its place.
type Pointer struct {
	Kind string `json:"kind"` // alarm, stream, kinesis, replica, event-source-mapping, backup-selection, role-policy
	Name string `json:"name"`
	Do   string `json:"do"` // a sentence
}

// CutOver lists what is seen to point at the old table, and what cannot be seen from here. Nothing of it is changed.
func CutOver(source Source, es *estate.Estate, r *Request) (points []Pointer, unseen []string) {
	points = append(points, ofTable(source, r)...)
	readers := "event source mappings of Lambda, and other readers of the stream: they were not looked for"
	if es != nil {
		for _, u := range es.Units {
			points = append(points, mappings(u, r)...)
			points = append(points, selections(u, r)...)
			points = append(points, roles(u, r)...)
		}
		readers = unseenReaders(es, r)
	}
	return points, []string{
		"applications and their configuration: whatever names the table " + nameOf(r.Table) + " in its code or environment",
		readers,
		"IAM policies of users, groups and roles other than those that AWS Backup works with",
		"dashboards, and alarms of other Regions and accounts",
	}
}

// mappings are the Lambda functions that read a stream of the old table.
func mappings(u *estate.Unit, r *Request) []Pointer {
	var out []Pointer
	for i := range u.StreamReaders.Items {
		m := &u.StreamReaders.Items[i]
		if !strings.HasPrefix(m.Stream.Or(""), r.Table+"/stream/") {
			continue
		}
		function := m.Function.Or("")
		out = append(out, Pointer{Kind: "event-source-mapping", Name: m.ID,
			Do: fmt.Sprintf("It feeds function %s from the stream of %s (%s): make one on the stream of %s, and delete this one.",
				function[strings.LastIndex(function, ":")+1:], nameOf(r.Table), strings.ToLower(m.State.Or("state not known")), r.Target)})
	}
	return out
}

// unseenReaders says which readers of the old table's stream cannot be seen, and why.
func unseenReaders(es *estate.Estate, r *Request) string {
	for _, u := range es.Units {
		if home := strings.Split(r.Table, ":"); len(home) < 5 || u.Region.Or("") != home[3] || u.Account.Or("") != home[4] {
			continue
		}
		if u.StreamReaders.IsWhole() {
			return "readers of the stream other than Lambda's event source mappings"
		}
		if p := u.Of(u.StreamReaders.Whole.Source()); p.Code != "" {
			return "event source mappings of Lambda (" + p.Operation + ": " + p.Code + "), and other readers of the stream"
		}
	}
	return "event source mappings of Lambda, and other readers of the stream: they were not looked for"
}

func ofTable(source Source, r *Request) []Pointer {
	t := source.Table
	if t == nil {
		return nil
	}
	var out []Pointer
	add := func(kind, name, do string, args ...any) {
		out = append(out, Pointer{Kind: kind, Name: name, Do: fmt.Sprintf(do, args...)})
	}
	for _, a := range t.Alarms.Or(nil) {
		if r.Alarms {
			add("alarm", a.Name, "It watches %s still; delete it when that table is gone. Its twin watches %s.", nameOf(r.Table), r.Target)
		} else {
			add("alarm", a.Name, "It watches %s; make one for %s (--alarms does).", nameOf(r.Table), r.Target)
		}
	}
	if arn, ok := t.StreamARN.Get(); ok && t.StreamEnabled.Or(false) {
		add("stream", arn, "Its readers, such as event source mappings, have to read the stream of %s, which has another ARN and begins empty.", r.Target)
	}
	for _, k := range t.KinesisStreams.Or(nil) {
		add("kinesis", k.ARN, "It is fed by both tables while both are there: its readers can tell them apart by the name of the table in each record alone.")
	}
	for _, x := range t.Replicas.Or(nil) {
		add("replica", x.Region, "Add this replica to %s when it has taken over; a restored table has none.", r.Target)
	}
	return out
}

// selections that name the table by its ARN do not take the new one in.
func selections(u *estate.Unit, r *Request) []Pointer {
	var out []Pointer
	for i := range u.Plans.Items {
		p := &u.Plans.Items[i]
		for j := range p.Selections.Items {
			s := &p.Selections.Items[j]
			for _, arn := range s.Resources.Or(nil) {
				if arn == r.Table {
					out = append(out, Pointer{Kind: "backup-selection", Name: p.Name.Or(p.ID) + "/" + s.Name.Or(s.ID),
						Do: "It names the old table by its ARN: " + r.Target + " is in this backup plan only when a selection takes it in (restorable plan)."})
				}
			}
		}
	}
	return out
}

// roles are those that AWS Backup works with, as far as their policies were read.
func roles(u *estate.Unit, r *Request) []Pointer {
	var out []Pointer
	for i := range u.Roles.Items {
		role := &u.Roles.Items[i]
		for _, p := range role.Policies.Items {
			if text := p.Text.Or(""); text != settings.Renamed(text, r.Table, "") {
				out = append(out, Pointer{Kind: "role-policy", Name: role.Name.Or(role.ID) + "/" + p.Name.Or(p.ID),
					Do: "It allows something on " + r.Table + " by name: say the same of " + r.Target + "."})
			}
		}
	}
	return out
}
