package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// declaration is a resource or a data source of a module, with its instances.
type declaration struct {
	scope     *scope
	block     *hclsyntax.Block
	address   string // within the module
	repeated  *repetition
	opened    bool
	instances []*declared
	reference memo
}

// declared is one instance.
type declared struct {
	*declaration
	instance *instance
	whole    *resource.Resource
	open     bool
}

// declaration finds or makes the declaration of a block; prefix is "data." for data sources.
func (s *scope) declaration(b *hclsyntax.Block, prefix string) *declaration {
	address := prefix + b.Labels[0] + "." + b.Labels[1]
	d := s.declared[address]
	if d == nil {
		d = &declaration{scope: s, block: b, address: address}
		s.declared[address] = d
	}
	return d
}

// all are its instances.
func (d *declaration) all() []*declared {
	if d.repeated != nil {
		return d.instances
	}
	if d.opened {
		return nil
	}
	d.opened = true
	r := d.scope.repeats(d.block)
	d.repeated = &r
	for _, i := range r.instances {
		d.instances = append(d.instances, &declared{declaration: d, instance: i})
	}
	return d.instances
}

// resource is one instance as it is handed over.
func (i *declared) resource() *resource.Resource {
	if i.whole != nil || i.open {
		return i.whole
	}
	i.open = true
	s, b := i.scope, i.block
	provider := s.providerOf(b)
	r := &resource.Resource{Root: s.root, Address: s.qualified(i.address) + i.instance.key, Type: b.Labels[0], At: header(b),
		Maybe: maybe(s, i.instance), Region: provider.region, Account: provider.account}
	f := frame{instance: i.instance}
	r.Body = s.body(b.Body, header(b), f, metaArguments)
	if region, _, set := r.Body.Value("region"); set && strings.HasPrefix(r.Type, "aws_") {
		r.Region = regionOf(region, r)
	}
	s.tagged(r, provider)
	i.whole, i.open = r, false
	return r
}

// maybe is why it is not known whether an instance exists: its own repetition, or that of a module around it.
func maybe(s *scope, i *instance) string {
	if i.why != "" {
		return i.why
	}
	for ; s != nil; s = s.parent {
		if s.instance != nil && s.instance.why != "" {
			return s.instance.why
		}
	}
	return ""
}

// metaArguments are not the provider's
// (https://developer.hashicorp.com/terraform/language/meta-arguments).
func metaArguments(name string) bool {
	switch name {
	case "count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection":
		return true
	}
	return false
}

// regionOf is the argument that provider 6 gives every resource
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support).
func regionOf(v cty.Value, r *resource.Resource) string {
	if v.IsKnown() && v.Type() == cty.String {
		return v.AsString()
	}
	return resource.Symbol(r.ID() + ".region")
}

// references is what a reference to a resource or a data source comes to: what is written, and symbols for the rest that is asked for.
func (s *scope) references(address string) value {
	b, prefix := s.module.resources[address], ""
	if name, is := strings.CutPrefix(address, "data."); is {
		b, prefix = s.module.data[name], "data."
	}
	if b == nil {
		return unknown(address + " is not declared")
	}
	d := s.declaration(b, prefix)
	return d.reference.get(address, func() value { return d.collect() })
}

func (d *declaration) collect() value {
	d.all()
	if d.repeated == nil {
		return unknown(d.address + " rests on itself")
	}
	next := 0
	return d.repeated.collect(func(*instance) value {
		i := d.instances[next]
		next++
		return i.object()
	})
}

// object is an instance as expressions see it.
func (i *declared) object() value {
	r := i.resource()
	if r == nil {
		return unknown(i.address + " rests on itself")
	}
	if strings.HasPrefix(i.address, "data.") {
		if v, is := i.scope.dataSource(r, i); is {
			return v
		}
	}
	fields, why := r.Body.Fields()
	i.scope.module.wanted().each(i.address, i.scope.loose, func(name string) {
		if v, has := fields[name]; has && !v.IsNull() {
			return
		}
		if fields[name] = i.deployed(r, name); why == "" {
			why = i.address + "." + name + " is known after deployment"
		}
	})
	for name, v := range fields {
		if bodies, _ := r.Body.Blocks(name); len(bodies) > 0 {
			fields[name] = nested(v, i.scope.loose)
		}
	}
	if why == "" {
		why = i.address + " is known after deployment"
	}
	return value{cty.ObjectVal(fields), why}
}
