package cfn

import (
	"errors"

	"github.com/restorable/restorable/internal/iac/build"
)

// File is the text of a template and the name by which places in it are shown.
type File struct {
	Name string
	Text []byte
}

// Read adds to a unit what templates declare, and to units of other Regions what they declare there. They are read together: a selection
// of one may be of a plan, and select a table, of another, and one may nest another.
// Templates that cannot be read are left out and named by the error, which joins one *Error for each.
func Read(b *build.Builder, files []File, o Options) error {
	p := &project{options: o, exports: map[string]*export{}}
	templates, mistakes := load(files)
	mistakes = append(mistakes, p.nest(templates)...)
	for _, s := range p.stacks {
		s.readExports()
	}
	p.state(b)
	a := newAssembly(b, p)
	for _, s := range p.stacks {
		a.nameKeys(s)
	}
	for _, s := range p.stacks {
		a.declare(s)
	}
	for _, finish := range a.later {
		finish()
	}
	a.finishScaling()
	return errors.Join(mistakes...)
}

func load(files []File) (templates []loaded, mistakes []error) {
	for _, f := range files {
		root, err := parse(f.Name, f.Text)
		if err == nil && root.get("Resources") == nil {
			err = mistake(root.pos, "the template has no Resources")
		}
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		templates = append(templates, loaded{f.Name, root})
	}
	return templates, mistakes
}

// state notes where the templates are said to be deployed.
func (p *project) state(b *build.Builder) {
	b.Unit.Partition = build.Known(b, p.partition(), build.Pos{})
	if region, ok := p.options.Parameters["AWS::Region"]; ok {
		b.Unit.Region = build.Known(b, region, build.Pos{})
	}
	if account, ok := p.options.Parameters["AWS::AccountId"]; ok {
		b.Unit.Account = build.Known(b, account, build.Pos{})
	}
}
