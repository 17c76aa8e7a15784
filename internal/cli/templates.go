package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	rests "github.com/restorable/restorable/internal/needs"
	"github.com/restorable/restorable/internal/terminal"
)

// paths are what the paths of a command lead to, and the tree they are in.
type paths struct {
	*iac.Found
	*tree
}

// find tells what paths lead to.
func find(given []string) (*paths, error) {
	given = slices.Clone(given)
	for i := range given {
		if given[i] == "-" {
			given[i] = standardInput
		}
	}
	t, err := treeOf(given)
	if err != nil {
		return nil, err
	}
	if err := t.keep(given); err != nil {
		return nil, err
	}
	names, err := t.names(given)
	if err != nil {
		return nil, err
	}
	found, err := iac.Find(t, names)
	if err != nil {
		return nil, notFound(t, err)
	}
	for i, name := range found.Estates {
		found.Estates[i] = filepath.FromSlash(t.shown(name))
	}
	return &paths{found, t}, nil
}

func notFound(t *tree, err error) error {
	var nothing *iac.NothingError
	var kind *iac.KindError
	switch {
	case errors.As(err, &nothing) && nothing.Folder:
		return &complaint{code: exitNothing, summary: t.shown(nothing.Path) + ": the folder holds no template and no estate file",
			hint: "name a folder or a file that holds CloudFormation or Terraform; without a path, live AWS is read", err: err}
	case errors.As(err, &nothing):
		return &complaint{code: exitNothing, summary: t.shown(nothing.Path) + ": no such file or folder",
			hint: "restorable collect --out FILE writes an estate file; without a path, live AWS is read", err: err}
	case errors.As(err, &kind):
		return misuse("a CloudFormation template has Resources, a Terraform file ends in .tf, terraform show -json writes a plan, restorable collect an estate file",
			"%s: neither a template nor an estate file", t.shown(kind.Path))
	}
	return misuse("make it readable, or name the files and folders beside it", "%v", err)
}

// ofTemplates are the units of all templates. Templates that cannot be read are told; when none can be, nothing is judged.
func (a *app) ofTemplates(ctx context.Context, p *paths, o sourceOptions) ([]*estate.Unit, error) {
	how, err := a.reading(p.tree, o.templates)
	if err != nil {
		return nil, err
	}
	if o.templates.withLive {
		if err := a.beside(ctx, p, o, &how); err != nil {
			return nil, err
		}
	}
	declared := map[iac.Kind]map[string]bool{iac.CloudFormation: {}, iac.Terraform: {}}
	how.Declares = func(k iac.Kind, name string) { declared[k][name] = true }
	units, mistakes := iac.Read(p.tree, p.Found, how)
	if err := o.templates.unheard(declared); err != nil && len(mistakes) == 0 {
		return nil, err
	}
	if len(mistakes) == 0 {
		return units, nil
	}
	lines := make([]string, len(mistakes))
	for i, m := range mistakes {
		lines[i] = p.told(m.Error())
	}
	if iac.Nothing(units) {
		return nil, &complaint{code: exitUsage, summary: terminal.Count(len(mistakes), "mistake") + " in templates; nothing was judged",
			excerpt: strings.Join(lines, "\n"), hint: "mend it, or leave it out"}
	}
	for _, line := range lines {
		a.note("not read: %s", line)
	}
	return units, nil
}

// answerable are the controls that templates can answer: those that judge what is declared, and can pass without anything deployed. Those
// that are asked for by name are asked all the same.
func answerable(c *control.Catalogue, o controlOptions, controls []*control.Control) (asked []*control.Control, unasked []string, err error) {
	if len(o.ids) > 0 {
		return controls, nil, nil
	}
	answers, err := rests.Undeployed(c)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range controls {
		if declarable(k.Resource) && answers(k) {
			asked = append(asked, k)
		} else {
			unasked = append(unasked, k.ID)
		}
	}
	return asked, unasked, nil
}

// declarable reports whether templates declare such resources as a whole. Of a Region or an account they only ever show a part.
func declarable(t control.Type) bool {
	return t == control.TypeTable || t == control.TypePlan || t == control.TypeVault
}

// declaredAs are the ids of what templates declare under an address, or that of one of its instances, and the id itself.
func declaredAs(u *estate.Unit, address string) map[string]bool {
	ids := map[string]bool{address: true}
	for i := range u.Declared {
		rest, is := strings.CutPrefix(u.Declared[i].Address, address)
		if is && (rest == "" || rest[0] == '[' || rest[0] == '/') {
			ids[u.Declared[i].ID] = true
		}
	}
	return ids
}
