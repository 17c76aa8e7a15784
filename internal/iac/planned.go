package iac

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/restorable/restorable/internal/iac/terraform/config"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// Plans mostly stand beside the configuration that they are of. Then one of both is judged: a plan of the configuration as it is, for it has the
// values that Terraform worked out, at the places of the configuration; else the configuration.

// plannedFile is a plan with what is beside it.
type plannedFile struct {
	*planfile.File
	name string
	of   string // the folder of the root module whose plan it is; empty: none that is known
	left bool   // it is left out
}

// planner reads plans, and what configuration comes to where there is no plan of it.
type planner struct {
	fsys     fs.FS
	found    *Found
	options  Options
	how      config.Options
	roots    map[string]bool // whose resources are read
	outlines map[string]*resource.Outline
	plans    []*plannedFile
	mistakes []error
}

// configured is what all configuration comes to.
func (p *planner) configured() (all []resource.Resource) {
	for _, dir := range p.found.Modules {
		some, err := config.Read(p.fsys, dir, p.how)
		p.mistakes = append(p.mistakes, apart(err)...)
		for i := range some {
			p.roots[some[i].Root] = true
		}
		all = append(all, some...)
	}
	return all
}

func (p *planner) parse() {
	for _, name := range p.found.Plans {
		text, err := contents(p.fsys, name, planfile.MaxBytes)
		if err == nil {
			var f *planfile.File
			if f, err = planfile.Parse(name, text); err == nil {
				p.plans = append(p.plans, &plannedFile{File: f, name: name})
				continue
			}
		}
		p.mistakes = append(p.mistakes, err)
	}
}

// match finds the configuration of every plan: in its folder, or else the only root that is written as the plan says.
func (p *planner) match() {
	for _, f := range p.plans {
		outline := f.Outline()
		if len(outline.Resources) == 0 {
			continue
		}
		dir := path.Dir(f.name)
		if beside := p.outline(dir); beside != nil {
			p.beside(f, dir, beside.Differs(outline), beside.Shares(outline))
			continue
		}
		var same []string
		for root := range p.roots {
			if other := p.outline(root); other != nil && other.Differs(outline) == "" {
				same = append(same, root)
			}
		}
		if len(same) == 1 {
			p.beside(f, same[0], "", true)
		}
	}
}

// beside decides between a plan and a configuration with which it shares resources.
func (p *planner) beside(f *plannedFile, dir, differs string, shares bool) {
	switch {
	case !shares:
	case differs == "" && f.Partial():
		f.leave(p, dir, "it is not complete")
	case differs == "" && len(f.Resources(f.name)) == 0:
		f.leave(p, dir, "nothing is left once it is applied")
	case differs == "":
		f.of = dir
	default:
		f.leave(p, dir, differs)
	}
}

func (f *plannedFile) leave(p *planner, dir, why string) {
	if p.roots[dir] {
		f.left = true
		p.note("%s: left out, %s is judged: the plan is not one of the configuration as it is, for %s", p.shown(f.name), p.shown(dir), why)
	}
}

func (p *planner) note(format string, args ...any) {
	if p.options.Note != nil {
		p.options.Note(fmt.Sprintf(format, args...))
	}
}

func (p *planner) shown(name string) string {
	if p.options.Shown == nil {
		return name
	}
	return p.options.Shown(name)
}

// outline is what a root module declares; nil where there is none, or it cannot be read.
func (p *planner) outline(dir string) *resource.Outline {
	if o, known := p.outlines[dir]; known {
		return o
	}
	var out *resource.Outline
	if o, err := config.Outline(p.fsys, dir); err == nil && len(o.Resources)+len(o.Unread) > 0 {
		out = &o
	}
	p.outlines[dir] = out
	return out
}

// planned reports whether a plan stands for a root module.
func (p *planner) planned(root string) bool {
	return slices.ContainsFunc(p.plans, func(f *plannedFile) bool { return f.of == root && p.roots[root] })
}

// resources are those of a plan: at the places of its configuration, if that is judged as a whole, and under its addresses, if it has no other
// plan.
func (p *planner) resources(f *plannedFile) []resource.Resource {
	if f.of == "" {
		return f.Resources(f.name)
	}
	how := p.how
	how.Values, how.Declares = f.Values(), nil
	written, err := config.ReadRoot(p.fsys, f.of, how)
	if err != nil {
		written = nil // it is told when the configuration is read
	}
	if !p.roots[f.of] {
		return resource.Settled(f.Resources(f.name), written)
	}
	root, of := f.name, 0
	for _, other := range p.plans {
		if other.of == f.of {
			of++
		}
	}
	if of == 1 {
		root = f.of
	}
	all := f.Resources(root)
	if len(p.found.Only) > 0 {
		p.note("%s is a plan of %s: each table is judged once, as the plan has it", p.shown(f.name), p.shown(f.of))
		return resource.Settled(all, written)
	}
	p.note("%s is a plan of %s: each table is judged once, as the plan has it, at its place in %s", p.shown(f.name), p.shown(f.of), p.shown(f.of))
	return resource.Placed(all, written)
}
