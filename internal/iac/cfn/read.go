package cfn

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

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
		if n := s.root.get("Parameters"); n != nil && o.Declares != nil {
			for _, e := range n.entries {
				o.Declares(e.key)
			}
		}
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

// load parses files side by side; what comes of them keeps their order.
func load(files []File) (templates []loaded, mistakes []error) {
	roots, errs := make([]*node, len(files)), make([]error, len(files))
	var next atomic.Int64
	var work sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				roots[i], errs[i] = parseTemplate(files[i])
			}
		})
	}
	work.Wait()
	for i, f := range files {
		if errs[i] != nil {
			mistakes = append(mistakes, errs[i])
			continue
		}
		templates = append(templates, loaded{f.Name, roots[i]})
	}
	return templates, mistakes
}

func parseTemplate(f File) (*node, error) {
	root, err := parse(f.Name, f.Text)
	if err == nil && root.get("Resources") == nil {
		err = mistake(root.pos, "the template has no Resources")
	}
	return root, err
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
