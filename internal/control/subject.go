package control

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// subject is one resource about to be judged, with what expressions may name.
type subject struct {
	Resource

	block     *Location     // that declares it; nil: it is no template's
	address   string        // of the declaration
	identity  string        // of the declaration, the same on every run
	table     *estate.Table // for tables only
	pointers  map[string]any
	objective Objective
	setAside  string // why controls do not judge it; empty: they do
	aside     string // evenCreating or evenDrill
	views     []*view
}

// view returns what was shown under a name before; nil when nothing was.
func (s *subject) view(name string) *view {
	for _, v := range s.views {
		if v.root == name {
			return v
		}
	}
	return nil
}

// show remembers a view for the other expressions on the same resource.
func (s *subject) show(v *view) *view {
	s.views = append(s.views, v)
	return v
}

// DrillTag is the key of the tag on every table that a drill restored; DrillPrefix begins its name. Both together prove it.
const (
	DrillTag    = "restorable:drill"
	DrillPrefix = "restorable-drill-"
)

func tableSubject(u *estate.Unit, t *estate.Table, at places) *subject {
	s := &subject{Resource: resource(u, TypeTable, t.ID, t.ARN, t.Name), table: t, pointers: map[string]any{"table": t}}
	at.put(s, t.Name.Source())
	switch {
	case t.Status.Or("") == "CREATING":
		// Only a status that was read sets a table aside; an unknown one does not, since nothing was seen that would excuse it.
		s.aside, s.setAside = evenCreating, "the table is still being created"
	case isDrill(t):
		s.aside, s.setAside = evenDrill, "the table was restored by a drill and will be deleted"
	}
	return s
}

func isDrill(t *estate.Table) bool {
	_, tagged := t.Tags.Or(nil)[DrillTag]
	return tagged && strings.HasPrefix(t.Name.Or(""), DrillPrefix)
}

func resource(u *estate.Unit, t Type, id string, arn, name estate.Fact[string]) Resource {
	return Resource{Type: t, ID: id, ARN: arn.Or(""), Name: name.Or(id), Account: u.Account.Or(""), Region: u.Region.Or("")}
}

// eachSubject visits the resources of a type; it stops when visit answers false.
func eachSubject(u *estate.Unit, t Type, at places, visit func(*subject) bool) bool {
	switch t {
	case TypeTable:
		return each(u.Tables.Items, func(x *estate.Table) bool { return visit(tableSubject(u, x, at)) })
	case TypePlan:
		return each(u.Plans.Items, func(p *estate.Plan) bool { return visit(planSubject(u, p, at)) })
	case TypeVault:
		return each(u.Vaults.Items, func(v *estate.Vault) bool { return visit(vaultSubject(u, v, at)) })
	case TypeRecoveryPoint:
		return each(u.Vaults.Items, func(v *estate.Vault) bool {
			return each(v.RecoveryPoints.Items, func(p *estate.RecoveryPoint) bool { return visit(pointSubject(u, v, p)) })
		})
	}
	return visit(unitSubject(u, t, at))
}

func each[T any](items []T, visit func(*T) bool) bool {
	for i := range items {
		if !visit(&items[i]) {
			return false
		}
	}
	return true
}

func planSubject(u *estate.Unit, p *estate.Plan, at places) *subject {
	s := &subject{Resource: resource(u, TypePlan, p.ID, p.ARN, p.Name), pointers: map[string]any{"plan": p}}
	at.put(s, p.Name.Source())
	return s
}

func vaultSubject(u *estate.Unit, v *estate.Vault, at places) *subject {
	s := &subject{Resource: resource(u, TypeVault, v.ID, v.ARN, v.Name), pointers: map[string]any{"vault": v}}
	at.put(s, v.Name.Source())
	return s
}

func pointSubject(u *estate.Unit, v *estate.Vault, p *estate.RecoveryPoint) *subject {
	arn := estate.KnownFact(p.ID, p.CreatedAt.Source())
	return &subject{Resource: resource(u, TypeRecoveryPoint, p.ID, arn, arn), pointers: map[string]any{"vault": v, "point": p}}
}

// unitSubject is the Region, or the account, that a unit stands for.
func unitSubject(u *estate.Unit, t Type, at places) *subject {
	r := Resource{Type: t, Account: u.Account.Or(""), Region: u.Region.Or("")}
	if t == TypeRegion {
		r.ID, r.Name = r.Account+"/"+r.Region, r.Region
	} else {
		r.ID, r.Name = r.Account, r.Account
	}
	return &subject{Resource: r, block: at.first(), pointers: map[string]any{}}
}
