package cfn

import (
	"errors"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// The types of resources that are read.
const (
	typeTable     = "AWS::DynamoDB::Table"
	typePlan      = "AWS::Backup::BackupPlan"
	typeSelection = "AWS::Backup::BackupSelection"
	typeVault     = "AWS::Backup::BackupVault"
)

// File is the text of a template and the name by which places in it are shown.
type File struct {
	Name string
	Text []byte
}

// Read adds to a unit what templates declare. They are read together: a selection of one may be of a plan, and select a table, of another.
// Templates that cannot be read are left out and named by the error, which joins one *Error for each.
func Read(b *build.Builder, files []File, o Options) error {
	p := &project{options: o, exports: map[string]*export{}}
	var mistakes []error
	for _, f := range files {
		root, err := parse(f.Name, f.Text)
		if err == nil && root.get("Resources") == nil {
			err = mistake(root.pos, "the template has no Resources")
		}
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		p.stacks = append(p.stacks, newStack(p, f.Name, root))
	}
	for _, s := range p.stacks {
		s.readExports()
	}
	p.state(b)
	a := &assembly{b: b, plans: map[string]int{}}
	for _, s := range p.stacks {
		a.declare(s)
	}
	for _, r := range a.selections {
		a.addSelection(r)
	}
	return errors.Join(mistakes...)
}

// state notes where the templates are said to be deployed.
func (p *project) state(b *build.Builder) {
	b.Unit.Partition = build.Known(b, p.partition(), build.Pos{})
	if region, ok := p.options.Parameters["AWS::Region"]; ok {
		b.Unit.Region = build.Known(b, region, build.Pos{})
	}
	if account, ok := p.options.Parameters["AWS::AccountId"]; ok {
		b.Unit.Account = build.Known(b, account, build.Pos{})
	}
}

// assembly joins resources of all templates.
type assembly struct {
	b          *build.Builder
	plans      map[string]int // by PlanID, an index into the unit's
	selections []*resource
}

// resource is one that a template declares.
type resource struct {
	stack      *stack
	id         string
	at         build.Pos
	properties block
}

// address is unique among all that is read.
func (r *resource) address() string { return r.stack.file + "#" + r.id }

func (r *resource) reference(attribute string) estate.Fact[string] {
	return build.Known(r.properties.b, r.stack.reference(r.id, attribute), r.at)
}

// declare reads the resources of a template that exist, or may.
func (a *assembly) declare(s *stack) {
	for _, e := range s.root.get("Resources").entries {
		switch s.typeOf(e.key) {
		case typeTable, typePlan, typeSelection, typeVault:
			if exists := s.exists(e.value); exists != no {
				a.add(a.resource(s, e), exists)
			}
		}
	}
}

func (a *assembly) resource(s *stack, e entry) *resource {
	r := &resource{stack: s, id: e.key, at: s.placeOf(e.key)}
	v := value{form: object, pos: r.at, open: s.macro}
	if n := e.value.get("Properties"); n != nil {
		v = s.evaluate(n)
	}
	r.properties = block{b: a.b, at: r.at, v: v}
	return r
}

// add reads one resource. Tables are judged as if their condition held; what protects them counts only if it is known to.
func (a *assembly) add(r *resource, exists truth) {
	u := a.b.Unit
	a.b.Declare(r.address(), r.id, r.at)
	if exists == maybe {
		r.properties.off = "the condition of " + r.id + " is not known"
	}
	switch r.stack.typeOf(r.id) {
	case typeTable:
		r.properties.off = ""
		u.Tables.Items = append(u.Tables.Items, r.table())
	case typePlan:
		a.plans[r.stack.reference(r.id, "")] = len(u.Plans.Items)
		u.Plans.Items = append(u.Plans.Items, r.plan())
	case typeSelection:
		a.selections = append(a.selections, r)
	case typeVault:
		if exists == yes {
			u.Vaults.Items = append(u.Vaults.Items, r.vault())
		}
	}
}
