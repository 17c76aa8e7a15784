package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/terminal"
)

// files is the file system by the names that users give: relative to the current folder, above it, or absolute.
type files struct{}

func (files) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }

func (files) Stat(name string) (fs.FileInfo, error) { return os.Stat(filepath.FromSlash(name)) }

func (files) ReadFile(name string) ([]byte, error) { return os.ReadFile(filepath.FromSlash(name)) }

func (files) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(filepath.FromSlash(name)) }

// find tells what the paths lead to.
func find(paths []string) (*iac.Found, error) {
	slashed := make([]string, len(paths))
	for i, p := range paths {
		slashed[i] = filepath.ToSlash(p)
	}
	found, err := iac.Find(files{}, slashed)
	var nothing *iac.NothingError
	var kind *iac.KindError
	switch {
	case errors.As(err, &nothing) && nothing.Folder:
		return nil, &complaint{code: exitNothing, summary: err.Error(), hint: "name a folder or a file that holds CloudFormation or Terraform; without a path, live AWS is read", err: err}
	case errors.As(err, &nothing):
		return nil, &complaint{code: exitNothing, summary: err.Error(), hint: "restorable collect --out FILE writes an estate file; without a path, live AWS is read", err: err}
	case errors.As(err, &kind):
		return nil, misuse("a CloudFormation template has Resources, a Terraform file ends in .tf, terraform show -json writes a plan, restorable collect an estate file", "%v", err)
	case err != nil:
		return nil, misuse("", "%v", err)
	}
	return found, nil
}

// ofTemplates are the units of all templates. Templates that cannot be read are told; when none can be, nothing is judged.
func (a *app) ofTemplates(found *iac.Found, o sourceOptions) ([]*estate.Unit, error) {
	units, mistakes := iac.Read(files{}, found, iac.Options{})
	if len(mistakes) == 0 {
		return units, nil
	}
	lines := make([]string, len(mistakes))
	for i, m := range mistakes {
		lines[i] = m.Error()
	}
	if len(mistakes) == len(found.Templates)+len(found.Modules)+len(found.Plans) {
		return nil, &complaint{code: exitUsage, summary: terminal.Count(len(mistakes), "template") + " that cannot be read; nothing was judged",
			excerpt: strings.Join(lines, "\n"), hint: "mend it, or leave it out"}
	}
	for _, line := range lines {
		a.note("not read: %s", line)
	}
	return units, nil
}

// answerable are the controls that templates can answer: those that judge what is declared, and can pass without anything deployed. Those
// that are asked for by name are asked all the same.
func answerable(c *control.Catalogue, o controlOptions, controls []*control.Control) (asked []*control.Control, unasked []string) {
	if len(o.ids) > 0 {
		return controls, nil
	}
	for _, k := range controls {
		if declarable(k.Resource) && c.Keeps(k, iac.Undeployed) {
			asked = append(asked, k)
		} else {
			unasked = append(unasked, k.ID)
		}
	}
	return asked, unasked
}

// declarable reports whether templates declare such resources as a whole. Of a Region or an account they only ever show a part.
func declarable(t control.Type) bool {
	return t == control.TypeTable || t == control.TypePlan || t == control.TypeVault
}
