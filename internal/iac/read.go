package iac

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/cfn"
	"github.com/restorable/restorable/internal/iac/terraform"
)

// Options of a reading.
type Options struct {
	Parameters map[string]string   // of CloudFormation templates, by name; AWS::Region and its like, which hold for Terraform too, may be among them
	Tags       map[string]string   // of the stacks that are made of CloudFormation templates
	Variables  map[string]string   // of Terraform's root modules, by name
	VarFiles   []string            // of Terraform
	Workspace  string              // of Terraform; "": the one that is selected
	Getenv     func(string) string // what Terraform takes of the environment; may be nil
	Note       func(string)        // told of choices between files; may be nil
	Declares   func(Kind, string)  // told of each parameter of CloudFormation and variable of Terraform that a template has; may be nil

	Live   []*estate.Unit           // what is deployed, by Region, of one account; used up. None: it is not known
	Assume *Assumption              // nil: nothing is said
	Shown  func(name string) string // how people call a file; nil: by its name
}

// declares tells of what one language declares.
func (o Options) declares(k Kind) func(string) {
	if o.Declares == nil {
		return nil
	}
	return func(name string) { o.Declares(k, name) }
}

// NotParsed is why a unit does not hold all that its templates declare: some could not be read.
const NotParsed = "NotParsed"

// Read makes an estate of all templates that were found: a plan of one selects tables of another, whatever language each is written in.
// It has a unit for what the templates do not say the Region of, and one for each Region that they name. mistakes are the templates that
// could not be read; the estate holds the others, and its lists of tables say that they are short.
func Read(fsys fs.FS, found *Found, o Options) (units []*estate.Unit, mistakes []error) {
	b := build.New()
	files, mistakes := load(fsys, found.Templates)
	for _, e := range environments(fsys, files) {
		mistakes = append(mistakes, apart(cfn.Read(e.builder(b), e.files, e.options(o)))...)
	}
	resources, wrong := readTerraform(fsys, found, o)
	terraform.Add(b, resources)
	mistakes = append(append(mistakes, wrong...), found.Closed...)
	for _, u := range b.Units() {
		if u == b.Unit && len(b.Units()) > 1 && empty(u) {
			continue
		}
		finish(u, mistakes)
		narrow(u, found)
		show(u, o.Shown)
		for _, live := range o.Live {
			if live.Region.Or("") == u.Region.Or("-") && !differ(live.Account, u.Account) {
				join(u, live)
			}
		}
		assume(u, o.Assume)
		units = append(units, u)
	}
	return units, mistakes
}

// differ reports whether two facts are known not to be of one thing.
func differ(a, b estate.Fact[string]) bool { return a.IsKnown() && b.IsKnown() && a.Or("") != b.Or("") }

// finish says of a unit what is so of all that templates declare.
func finish(u *estate.Unit, mistakes []error) {
	src := u.Record(estate.Provenance{Operation: build.Operation})
	u.Reached, u.Home = estate.KnownFact(true, src), estate.KnownFact(false, src)
	if len(mistakes) > 0 {
		why := fmt.Sprintf("%s could not be read, the first is %v", count(len(mistakes)), mistakes[0])
		u.Tables.Whole = estate.UnknownFact[bool](u.Record(estate.Provenance{Operation: build.Operation, Code: NotParsed, Message: why}))
	}
	settle(u)
}

// Nothing reports whether templates declare nothing that can be judged.
func Nothing(units []*estate.Unit) bool {
	return !slices.ContainsFunc(units, func(u *estate.Unit) bool { return !empty(u) })
}

// show calls files as people do.
func show(u *estate.Unit, shown func(string) string) {
	if shown == nil {
		return
	}
	known := map[string]string{"": ""}
	call := func(name *string) {
		if _, ok := known[*name]; !ok {
			known[*name] = shown(*name)
		}
		*name = known[*name]
	}
	for i := range u.Provenance {
		call(&u.Provenance[i].File)
	}
	for i := range u.Declared {
		call(&u.Declared[i].File)
	}
}

// empty reports whether templates declare nothing in a unit.
func empty(u *estate.Unit) bool {
	return len(u.Tables.Items)+len(u.Plans.Items)+len(u.Vaults.Items)+len(u.RestoreTestingPlans.Items) == 0
}

func count(n int) string {
	if n == 1 {
		return "a template"
	}
	return fmt.Sprintf("%d templates", n)
}

// apart takes joined errors apart.
func apart(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

func load(fsys fs.FS, names []string) (files []cfn.File, mistakes []error) {
	for _, name := range names {
		text, err := contents(fsys, name, cfn.MaxBytes)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		files = append(files, cfn.File{Name: name, Text: text})
	}
	return files, mistakes
}

// contents reads a byte more than the limit, for whoever parses it to say that it is too long.
func contents(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return build.Text(text), nil
}
