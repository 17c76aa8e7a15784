// Package config reads Terraform's configuration, HCL and .tf.json: what it comes to as far as that can be known without deploying it. What
// cannot is unknown, with the reason; it never runs a provider, and reads no file but those of the tree that it is given.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// Options of a reading.
type Options struct {
	Variables map[string]string    // of root modules, by name, written as on Terraform's command line; those that a root does not declare are left out
	Values    map[string]cty.Value // of root modules' variables, as a plan has them: they win over all
	VarFiles  []string             // .tfvars or .tfvars.json, paths within the tree; later ones win, Variables win over all
	Region    string               // of providers that state none; "": not known
	Account   string               // of providers that state none; "": not known
	Workspace string               // terraform.workspace; "": the one that is selected in the root's folder
	Getenv    func(string) string  // TF_VAR_name, for variables that have no other value, and TF_WORKSPACE; nil: none is set
	Declares  func(name string)    // told of each variable that a root module has; may be nil
}

// Read returns the resources of every root module in a folder of a tree, or beneath it, in order of their addresses' declaration. Modules that
// others call are read where they are called. What can be read is returned even with an error, which names file and line; what goes beyond
// the bounds of a reading ends it. It neither writes nor connects; of the tree it reads several files at a time.
func Read(fsys fs.FS, dir string, o Options) ([]resource.Resource, error) {
	p := newProject(fsys, o)
	roots, err := p.roots(dir)
	if err != nil {
		return nil, err
	}
	var all []resource.Resource
	var mistakes []error
	for _, root := range roots {
		found, err := p.read(root)
		delete(p.modules, root) // few roots are called by others, and all of them together are large
		all = append(all, found...)
		if err != nil {
			mistakes = append(mistakes, err)
		}
		if p.budget.err != nil {
			return all, p.budget.err
		}
	}
	return all, errors.Join(mistakes...)
}

// ReadRoot is like Read, of the root module in the folder itself alone.
func ReadRoot(fsys fs.FS, dir string, o Options) ([]resource.Resource, error) {
	return newProject(fsys, o).read(dir)
}

func newProject(fsys fs.FS, o Options) *project {
	p := &project{fsys: fsys, options: o, modules: map[string]*module{}, known: map[string]bool{}, budget: &budget{limit: maxWork}}
	p.pureFunctions()
	return p
}

// project is all that is read together.
type project struct {
	fsys    fs.FS
	options Options
	modules map[string]*module // by folder
	pure    map[string]function.Function
	budget  *budget

	counting sync.Mutex
	known    map[string]bool // files that were read
}

// run is the reading of one root module.
type run struct {
	*project
	root      string
	workspace string // empty: not known
	functions map[string]function.Function
	templates map[string]hclsyntax.Expression // by file
	installed map[string]string               // folders of installed modules, by their path of calls: a.b
	loose     map[string]bool                 // attributes that are asked of values that may be resources
	found     []resource.Resource
	mistakes  []error
}

func (p *project) read(dir string) ([]resource.Resource, error) {
	m, err := p.module(dir)
	if err != nil {
		return nil, err
	}
	if p.options.Declares != nil {
		for name := range m.variables {
			p.options.Declares(name)
		}
	}
	r := &run{project: p, root: dir, installed: p.installedModules(dir), loose: map[string]bool{}}
	r.workspace = r.selected(m)
	r.functions, r.templates = r.functionTable(), map[string]hclsyntax.Expression{}
	r.reachable(m, "", map[*module]bool{})
	given, err := r.given(m)
	if err != nil {
		return nil, err
	}
	s := newScope(r, m)
	for name, v := range given {
		s.variables[name] = &memo{done: true, value: v}
	}
	s.declare()
	return r.found, errors.Join(r.mistakes...)
}

// mistake notes what is wrong with what is read, at a place.
func (r *run) mistake(p build.Pos, format string, args ...any) {
	r.mistakes = append(r.mistakes, fmt.Errorf("%s: %s", p, fmt.Sprintf(format, args...)))
}
