package config

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
)

// value is what an expression comes to. why tells of what is not known in it.
type value struct {
	v   cty.Value
	why string
}

func unknown(why string) value { return value{cty.DynamicVal, why} }

// memo is something that is evaluated once, when it is first asked for.
type memo struct {
	done, open bool
	value      value
}

// get evaluates it, unless that is being done: then it rests on itself.
func (m *memo) get(name string, evaluate func() value) value {
	switch {
	case m.done:
		return m.value
	case m.open:
		return unknown(name + " rests on itself")
	}
	m.open = true
	v := evaluate()
	m.value, m.done, m.open = v, true, false
	return v
}

// scope is one instance of a module.
type scope struct {
	*run
	module    *module
	parent    *scope
	call      *hclsyntax.Block
	instance  *instance // of the call
	address   string    // module.a["x"], empty for the root
	steps     string    // a.b: the names of its calls
	level     int
	variables map[string]*memo
	locals    map[string]*memo
	outputs   map[string]*memo
	declared  map[string]*declaration // resources and data sources, by address within the module
	children  map[string]*children
	providers map[string]*provider
}

func newScope(r *run, m *module) *scope {
	return &scope{run: r, module: m, variables: map[string]*memo{}, locals: map[string]*memo{}, outputs: map[string]*memo{},
		declared: map[string]*declaration{}, children: map[string]*children{}, providers: map[string]*provider{}}
}

// declare evaluates what a module declares, and what the modules that it calls do.
func (s *scope) declare() {
	for _, b := range s.module.order {
		for _, i := range s.declaration(b, "").all() {
			if s.budget.err != nil {
				return
			}
			s.found = append(s.found, *i.resource())
		}
	}
	for _, b := range s.module.calls {
		s.declareModule(b)
	}
}

func (s *scope) declareModule(call *hclsyntax.Block) {
	c := s.child(call)
	if c.missing != "" {
		s.found = append(s.found, unread(s, call, c.missing))
		return
	}
	for _, inner := range c.scopes {
		if s.budget.err != nil {
			return
		}
		inner.declare()
	}
}

// qualified is an address within the module as Terraform prints it.
func (s *scope) qualified(address string) string {
	if s.address == "" {
		return address
	}
	return s.address + "." + address
}

func memoOf(m map[string]*memo, name string) *memo {
	known := m[name]
	if known == nil {
		known = &memo{}
		m[name] = known
	}
	return known
}

func (s *scope) local(name string) value {
	a := s.module.locals[name]
	if a == nil {
		return unknown("local." + name + " is not declared")
	}
	return memoOf(s.locals, name).get("local."+name, func() value { return s.evaluate(a.Expr, frame{}) })
}

func (s *scope) output(name string) value {
	b := s.module.outputs[name]
	if b == nil {
		return unknown(s.address + " has no output " + name)
	}
	a := b.Body.Attributes["value"]
	if a == nil {
		return unknown("output " + name + " has no value")
	}
	return memoOf(s.outputs, name).get("output."+name, func() value { return s.evaluate(a.Expr, frame{}) })
}

// header is where a block begins.
func header(b *hclsyntax.Block) build.Pos { return place(b.TypeRange) }
