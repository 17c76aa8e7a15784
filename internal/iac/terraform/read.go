// Package terraform makes facts of what Terraform declares, in configuration or in plans.
package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// Add adds to a unit what Terraform declares. All is read together: a selection of one module may be of a plan, and select a table, of
// another. Resources of several stated Regions come into the units of these Regions; see build.Builder.In. What is stated of the builder's
// account must be stated before.
func Add(b *build.Builder, resources []resource.Resource) {
	a := newAssembly(b)
	a.locate(resources)
	for i := range resources {
		a.declare(&resources[i])
	}
	for _, d := range a.selections {
		a.addSelection(d)
	}
	a.resolve()
	a.attach()
	a.addShared()
}

// assembly joins resources of all that is read together.
type assembly struct {
	root     *build.Builder
	spread   bool           // resources are of several Regions, or accounts
	wanted   map[where]bool // in which of them there is something to judge
	nowhere  *build.Builder
	builders []*build.Builder
	accounts map[*build.Builder]string // as resources state them; empty: they do not, or all the same

	plans      map[nameIn]int // an index into the unit's
	selections []*declaration
	tests      map[nameIn]int // restore testing plans
	endpoints  map[nameIn]int
	targets    []*target
	target     map[nameIn]*target // by resource and dimension
	managed    map[nameIn]string

	byName      map[nameIn][]int // tables of a unit
	byARN       map[string][]tableRef
	later       []*declaration // what says more of other resources
	attachments []attachment

	unread                  []*resource.Resource // modules
	roles, trails, policies []*declaration
	said                    map[tableRef]*declaration // what declares a table
}

func newAssembly(b *build.Builder) *assembly {
	return &assembly{root: b, plans: map[nameIn]int{}, tests: map[nameIn]int{}, endpoints: map[nameIn]int{}, target: map[nameIn]*target{},
		accounts: map[*build.Builder]string{}, wanted: map[where]bool{}, nowhere: build.New(),
		managed: map[nameIn]string{}, byName: map[nameIn][]int{}, byARN: map[string][]tableRef{}, said: map[tableRef]*declaration{}}
}

// nameIn is a text that names something within a unit.
type nameIn struct {
	b    *build.Builder
	name string
}

type tableRef struct {
	b     *build.Builder
	index int
}

func (r tableRef) table() *estate.Table { return &r.b.Unit.Tables.Items[r.index] }

// declaration is a resource whose facts are read into a unit. What only may exist is not known there, although it is said.
type declaration struct {
	*resource.Resource
	block
	said block
}

func (a *assembly) declaration(r *resource.Resource) *declaration {
	b := a.place(r)
	d := &declaration{Resource: r, said: block{b: b, body: r.Body, managed: a.managed}}
	if d.block = d.said; r.Maybe != "" {
		d.body = resource.Unread(r.At, r.Maybe)
	}
	return d
}

// unsure is the declaration with nothing known of it.
func (d *declaration) unsure(why string) *declaration {
	r := *d.Resource
	r.Maybe = why
	return &declaration{Resource: &r, said: d.said, block: d.within(resource.Unread(r.At, why))}
}

// in is the declaration read into another unit.
func (d *declaration) in(b *build.Builder) *declaration {
	other := *d
	other.b, other.said.b = b, b
	return &other
}

// attribute is the text that names the resource, or is known of it, wherever it is used.
func (d *declaration) attribute(name string) estate.Fact[string] {
	return build.Known(d.b, d.Text(name), d.At)
}

// fact is a value that the resource has by being there.
func fact[T any](d *declaration, v T) estate.Fact[T] {
	if d.Maybe != "" {
		return unknownFact[T](d.b, d.At, d.Maybe)
	}
	return build.Known(d.b, v, d.At)
}

// declare reads one resource. Tables are judged as if they existed; what protects them counts only if it is known to.
func (a *assembly) declare(r *resource.Resource) {
	if r.Type == resource.TypeModule {
		a.unread = append(a.unread, r)
		return
	}
	d := a.declaration(r)
	u := d.b.Unit
	switch r.Type {
	case "aws_dynamodb_table":
		d.block = d.said
		a.addTable(d)
	case "aws_backup_plan":
		a.plans[nameIn{d.b, r.Text("id")}] = len(u.Plans.Items)
		u.Plans.Items = append(u.Plans.Items, d.plan())
	case "aws_backup_selection":
		a.selections = append(a.selections, d)
	case "aws_backup_vault":
		if sure(d, &u.Vaults.Whole) {
			u.Vaults.Items = append(u.Vaults.Items, d.vault())
		}
	case "aws_backup_logically_air_gapped_vault":
		if sure(d, &u.Vaults.Whole) {
			u.Vaults.Items = append(u.Vaults.Items, d.airGappedVault())
		}
	default:
		if !a.declareOther(d) {
			return
		}
	}
	if r.Type != "aws_dynamodb_table_replica" { // declared in the unit of its Region
		d.b.Declare(d.ID(), d.Address, d.At)
	}
}

// addUnread notes of modules that could not be read that they may declare anything, in any Region.
func (a *assembly) addUnread() {
	for _, r := range a.unread {
		for _, b := range append(a.builders, a.root) {
			u, more := b.Unit, unknownFact[bool](b, r.At, r.Maybe)
			u.Tables.Whole, u.Plans.Whole, u.Vaults.Whole, u.Keys.Whole, u.Roles.Whole = more, more, more, more, more
			u.RestoreTestingPlans.Whole, u.Trails.Whole, u.StreamReaders.Whole, u.VPCs.Whole, u.VPCEndpoints.Whole = more, more, more, more, more
		}
	}
}

func (a *assembly) addTable(d *declaration) {
	u := d.b.Unit
	t := d.table()
	at := tableRef{d.b, len(u.Tables.Items)}
	u.Tables.Items = append(u.Tables.Items, t)
	a.said[at] = d
	a.know(at)
	a.addReplicas(d, at)
}

// know lets a table be found by its name and ARN.
func (a *assembly) know(at tableRef) {
	t := at.table()
	key := nameIn{at.b, t.Name.Or("")}
	a.byName[key] = append(a.byName[key], at.index)
	arn := t.ARN.Or("")
	a.byARN[arn] = append(a.byARN[arn], at)
}
