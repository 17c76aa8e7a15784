package iac

import (
	"io/fs"
	"path"
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/terraform/config"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// readTerraform evaluates modules and plans. What is read by several ways is there once.
func readTerraform(fsys fs.FS, found *Found, o Options) (all []resource.Resource, mistakes []error) {
	seen := map[string]bool{}
	add := func(some []resource.Resource, err error) {
		for _, r := range some {
			if id := r.ID(); !seen[id] {
				seen[id] = true
				all = append(all, r)
			}
		}
		mistakes = append(mistakes, apart(err)...)
	}
	how := config.Options{Variables: o.Variables, VarFiles: o.VarFiles, Region: o.Parameters["AWS::Region"], Account: o.Parameters["AWS::AccountId"], Declares: o.declares(Terraform)}
	for _, dir := range found.Modules {
		add(config.Read(fsys, dir, how))
	}
	for _, name := range found.Plans {
		text, err := contents(fsys, name, planfile.MaxBytes)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		add(planfile.Read(name, text))
	}
	return all, mistakes
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
