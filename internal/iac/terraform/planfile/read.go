// Package planfile reads what terraform show -json writes of a plan.
package planfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// MaxBytes is the greatest plan that is read.
const MaxBytes = 64 << 20

// Error is a plan that cannot be read.
type Error struct {
	Pos build.Pos
	Err error
}

func (e *Error) Error() string { return e.Pos.String() + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Read is Resources of a plan that is its own root.
func Read(name string, text []byte) ([]resource.Resource, error) {
	f, err := Parse(name, text)
	if err != nil {
		return nil, err
	}
	return f.Resources(name), nil
}

// File is a plan that was parsed.
type File struct {
	name string
	text []byte
	plan *tfjson.Plan
}

// Parse takes the text of a plan in. The name shows places. An error is an *Error
// (https://developer.hashicorp.com/terraform/internals/json-format).
func Parse(name string, text []byte) (*File, error) {
	if len(text) > MaxBytes {
		return nil, &Error{build.Pos{File: name}, fmt.Errorf("the plan is larger than %d MiB", MaxBytes>>20)}
	}
	var p tfjson.Plan
	p.UseJSONNumber(true)
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, &Error{faultAt(name, text, err), fmt.Errorf("read the plan: %w", err)}
	}
	if p.PlannedValues == nil && len(p.ResourceChanges) == 0 && p.Config == nil {
		return nil, &Error{build.Pos{File: name, Line: 1, Column: 1}, errors.New("this is no plan: it says neither what is planned nor what changes; write one with terraform plan -out=FILE and terraform show -json FILE")}
	}
	return &File{name, text, &p}, nil
}

// Resources are the managed resources of AWS's provider as they will be once the plan is applied. What is to be destroyed is left out; what
// only applying tells is not known, or a symbol where the configuration that the plan carries refers to an attribute of a resource. The root
// is what its addresses are unique within.
func (f *File) Resources(root string) []resource.Resource {
	r := newReader(f.name, f.text, f.plan)
	r.root = root
	for i, change := range f.plan.ResourceChanges {
		r.add(change, r.places.change(i), "")
	}
	for _, deferred := range f.plan.DeferredChanges {
		if deferred != nil {
			r.add(deferred.ResourceChange, nil, "Terraform defers it: "+deferred.Reason)
		}
	}
	return r.resources()
}

// faultAt is the place of a mistake in the JSON, as far as the decoder tells it.
func faultAt(name string, text []byte, err error) build.Pos {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return newLines(name, text).at(int(syntax.Offset) - 1)
	}
	return build.Pos{File: name, Line: 1, Column: 1}
}

// planned is a resource of the plan, with what its configuration says of it.
type planned struct {
	resource.Resource
	change *tfjson.ResourceChange
	place  *place
	said   map[string]*tfjson.Expression // by attribute; nil: not known
	scope  scope

	provider string // key of its configuration
	tagged   bool   // by its provider, with default tags
}

// reader makes resources of one plan.
type reader struct {
	name   string
	root   string
	plan   *tfjson.Plan
	places *places
	all    []*planned
	found  map[string]*planned // by address
	steps  int                 // of references followed for one expression
	spent  int                 // for all before it
	hidden *bool               // see hides; nil: not looked at

	instances map[string][]*planned // by address without their own keys

	configs map[*tfjson.ConfigModule]map[string]*tfjson.ConfigResource // by type and name
}

func newReader(name string, text []byte, p *tfjson.Plan) *reader {
	return &reader{name: name, plan: p, places: newPlaces(name, text), found: map[string]*planned{}, instances: map[string][]*planned{},
		configs: map[*tfjson.ConfigModule]map[string]*tfjson.ConfigResource{}}
}

// stays reports whether a change leaves a resource behind it.
func stays(c *tfjson.ResourceChange) bool {
	if c == nil || c.Change == nil || c.DeposedKey != "" || c.Mode != tfjson.ManagedResourceMode {
		return false
	}
	if _, ok := c.Change.After.(map[string]any); !ok {
		return false
	}
	return !slices.Equal(c.Change.Actions, tfjson.Actions{tfjson.ActionDelete})
}

func (r *reader) add(c *tfjson.ResourceChange, at *place, maybe string) {
	if !stays(c) || !strings.HasPrefix(c.Type, "aws_") {
		return
	}
	p := &planned{change: c, place: at, scope: scope{module: c.ModuleAddress}}
	p.Root, p.Address, p.Type, p.Maybe = r.root, c.Address, c.Type, maybe
	p.At = r.places.pos(at)
	if config := r.configured(c); config != nil {
		p.said = config.Expressions
		if p.said == nil {
			p.said = map[string]*tfjson.Expression{}
		}
		r.locate(p, config)
	}
	r.all = append(r.all, p)
	r.found[c.Address] = p
	base := p.scope.address(c.Type + "." + c.Name)
	r.instances[base] = append(r.instances[base], p)
}

// resources fills all bodies: first what is known, so that references to it find it, then the symbols.
func (r *reader) resources() []resource.Resource {
	for _, p := range r.all {
		p.Body = resource.NewBody(p.At)
		r.know(p)
	}
	r.shareAccounts()
	for _, p := range r.all {
		b := body{reader: r, owner: p, at: p.At}
		p.Body = b.of(p.change.Change.After.(map[string]any), unknowns(p.change.Change.AfterUnknown), p.place.child("change").child("after"), p.said)
	}
	out := make([]resource.Resource, len(r.all))
	for i, p := range r.all {
		out[i] = p.Resource
	}
	return out
}
