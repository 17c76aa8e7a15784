package iac

import (
	"io/fs"
	"path"
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/terraform/config"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// readTerraform evaluates modules and plans. What is read by several ways is there once.
func readTerraform(fsys fs.FS, found *Found, o Options) (all []resource.Resource, mistakes []error) {
	p := &planner{fsys: fsys, found: found, options: o, roots: map[string]bool{}, outlines: map[string]*resource.Outline{},
		how: config.Options{Variables: o.Variables, VarFiles: o.VarFiles, Region: o.Parameters["AWS::Region"], Account: o.Parameters["AWS::AccountId"],
			Workspace: o.Workspace, Getenv: o.Getenv, Declares: o.declares(Terraform)}}
	written := p.configured()
	p.parse()
	p.match()
	seen := map[string]bool{}
	add := func(some []resource.Resource) {
		for _, r := range some {
			if id := r.ID(); !seen[id] {
				seen[id] = true
				all = append(all, r)
			}
		}
	}
	add(slices.DeleteFunc(written, func(r resource.Resource) bool { return p.planned(r.Root) }))
	for _, f := range p.plans {
		if !f.left {
			add(p.resources(f))
		}
	}
	return all, p.mistakes
}

// narrow takes out of a unit the tables of files that stand beside those that were named: they are read for what they refer to alone.
func narrow(u *estate.Unit, found *Found) {
	if len(found.Only) == 0 {
		return
	}
	beside := map[string]bool{}
	for _, d := range u.Declared {
		beside[d.ID] = found.Beside(d.File)
	}
	u.Tables.Items = slices.DeleteFunc(u.Tables.Items, func(t estate.Table) bool { return beside[t.ID] })
}

// Beside reports whether a file is of a module of which other files were named, and not it.
func (f *Found) Beside(name string) bool {
	if len(f.Only) == 0 || slices.Contains(f.Only, name) || slices.Contains(f.Templates, name) || slices.Contains(f.Plans, name) {
		return false
	}
	return !slices.ContainsFunc(f.Modules, func(dir string) bool {
		partial := slices.ContainsFunc(f.Only, func(only string) bool { return path.Dir(only) == dir })
		return !partial && (dir == "." || len(name) > len(dir) && name[:len(dir)+1] == dir+"/")
	})
}
