package cfn

import (
	"path"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// Bounds on nesting: AWS has none that matter, a template may nest another many times over.
const (
	maxNesting = 20
	maxNested  = 10_000
	maxWithin  = 500_000 // resources of nested stacks
)

// loaded is a template that was read.
type loaded struct {
	file string
	root *node
}

// nest makes stacks of templates: those that others nest become one for each place that nests them, since its parameters are passed there.
func (p *project) nest(files []loaded) []error {
	n := &nesting{project: p, byPath: map[string]*loaded{}, below: map[*loaded][]*loaded{}, reached: map[*loaded]bool{}, noted: map[string]bool{}}
	for i := range files {
		n.byPath[path.Clean(files[i].file)] = &files[i]
	}
	inner := map[*loaded]bool{}
	for i := range files {
		n.find(&files[i], files[i].root.get("Resources"))
		for _, child := range n.below[&files[i]] {
			inner[child] = true
		}
	}
	for i := range files {
		if f := &files[i]; !inner[f] {
			n.reach(f)
			n.add(f, nil, "")
		}
	}
	for i := range files {
		if f := &files[i]; !n.reached[f] {
			n.note(mistake(f.root.pos, "the template nests itself"))
		}
	}
	return n.mistakes
}

type nesting struct {
	project  *project
	byPath   map[string]*loaded
	below    map[*loaded][]*loaded
	reached  map[*loaded]bool
	nested   int
	within   int // resources of nested stacks
	mistakes []error
	noted    map[string]bool
}

// note takes a mistake once: a template is read for each place that nests it.
func (n *nesting) note(err error) {
	if text := err.Error(); !n.noted[text] {
		n.noted[text] = true
		n.mistakes = append(n.mistakes, err)
	}
}

// find notes the templates that one nests, in loops too.
func (n *nesting) find(f *loaded, resources *node) {
	if resources == nil {
		return
	}
	for _, e := range resources.entries {
		if child := n.nestedIn(f.file, e.value); child != nil {
			n.below[f] = append(n.below[f], child)
		}
		if args, ok := arguments(e.value, 3, 3); ok && strings.HasPrefix(e.key, loopPrefix) {
			n.find(f, args[2])
		}
	}
}

func (n *nesting) reach(f *loaded) {
	if n.reached[f] {
		return
	}
	n.reached[f] = true
	for _, child := range n.below[f] {
		n.reach(child)
	}
}

// nestedIn is the template that a resource nests, if it is among those that are read: by a path relative to the file, as templates have
// before they are packaged, or by the file that the CDK made for it.
func (n *nesting) nestedIn(file string, resource *node) *loaded {
	var at *node
	switch typeOf(resource) {
	case typeStack:
		if at = resource.get("Metadata").get("aws:asset:path"); at == nil {
			at = resource.get("Properties").get("TemplateURL")
		}
	case typeApplication:
		at = resource.get("Properties").get("Location")
	}
	if at == nil || at.kind != scalar || at.text == "" || strings.Contains(at.text, "://") {
		return nil
	}
	return n.byPath[path.Join(path.Dir(file), at.text)]
}

func (n *nesting) add(f *loaded, parent *stack, id string) *stack {
	s := newStack(n.project, f.file, f.root)
	if parent != nil {
		s.parent, s.id = parent, id
		s.label = parent.identity(id)
		s.certain = parent.exists(parent.resource(id))
	}
	if err := s.prepare(); err != nil {
		n.note(err)
		return nil
	}
	n.project.stacks = append(n.project.stacks, s)
	for _, e := range s.resources() {
		child := n.nestedIn(f.file, e.value)
		if child == nil || s.exists(e.value) == no {
			continue
		}
		if err := n.allowed(s, child, e); err != nil {
			n.note(err)
			continue
		}
		if made := n.add(child, s, e.key); made != nil {
			if s.children == nil {
				s.children = map[string]*stack{}
			}
			s.children[e.key] = made
		}
	}
	return s
}

func (n *nesting) allowed(s *stack, child *loaded, e entry) error {
	n.nested++
	n.within += len(child.root.get("Resources").entries)
	level := 0
	for up := s; up != nil; up = up.parent {
		if up.file == child.file {
			return mistake(e.pos, "the template nests itself")
		}
		level++
	}
	switch {
	case level > maxNesting:
		return mistake(e.pos, "stacks are nested deeper than %d levels", maxNesting)
	case n.nested > maxNested:
		return mistake(e.pos, "more than %d stacks are nested", maxNested)
	case n.within > maxWithin:
		return mistake(e.pos, "nested stacks have more than %d resources", maxWithin)
	}
	return nil
}

// passed is what the stack that nests this one gives for a parameter, nothing where it gives nothing.
func (s *stack) passed(name string) value {
	properties := s.parent.resource(s.id).get("Properties")
	key := "parameter " + name
	if s.open[key] {
		return unknownOf(s.parent.placeOf(s.id), "parameter "+name+" rests on itself")
	}
	s.open[key] = true
	defer delete(s.open, key)
	parameters := properties.get("Parameters")
	if v := parameters.get(name); v != nil {
		return s.parent.evaluate(v)
	}
	if parameters != nil && len(parameters.entries) == 1 && strings.HasPrefix(parameters.entries[0].key, "Fn::") {
		return unknownOf(parameters.pos, "which parameters are passed is not known")
	}
	return value{form: nothing}
}

// output is what a nested stack gives back.
func (s *stack) output(name string, p build.Pos) value {
	if v, ok := s.outputs[name]; ok {
		return v
	}
	n, key := s.root.get("Outputs").get(name), "output "+name
	if n == nil || s.open[key] || s.exists(n) != yes {
		return unknownOf(p, "output "+name+" of the nested stack is not known")
	}
	s.open[key] = true
	v := s.evaluate(n.get("Value"))
	delete(s.open, key)
	if len(s.open) == 0 {
		s.outputs[name] = v
	}
	return v
}
