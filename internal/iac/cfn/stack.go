package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// Options of a reading.
type Options struct {
	Parameters map[string]string // by name; AWS::Region and its like may be among them
	Declares   func(name string) // told of each parameter that a template has; may be nil
	Tags       map[string]string // of the stacks, which pass them on to their resources
	Stacks     map[string]Said   // by file: what is said of one stack alone, as by the CDK
}

// Said are parameters and tags of one stack; those of Options outrule them.
type Said struct {
	Parameters map[string]string
	Tags       map[string]string
}

// project is what is read together: exports of one template reach the others.
type project struct {
	options Options
	stacks  []*stack
	exports map[string]*export
	steps   int
	made    int // nodes that loops made
	bytes   int // of their texts
}

// maxSteps bounds the evaluation of one project: a template of the greatest size needs far less.
const maxSteps = 20_000_000

// export is an output that other templates may import, evaluated once.
type export struct {
	stack *stack
	node  *node
	value *value
	open  bool // being evaluated
}

// stack is one template, or a template in one of the places where others nest it.
type stack struct {
	project    *project
	label      string // what tells it apart: the file, or the resource that nests it
	file       string
	root       *node
	parent     *stack // nil: it is not nested
	id         string // of the parent's resource
	depth      int
	children   map[string]*stack // by the resource that nests them
	certain    truth             // whether it is deployed at all
	conditions map[string]truth
	outputs    map[string]value
	open       map[string]bool // conditions and names being evaluated
	macro      string          // why blocks may come to hold more than they say; empty: they do not
	places     map[string]build.Pos
	addresses  map[string]string
	references map[string]string
	tagged     *stackTags // nil: not asked yet
}

func newStack(p *project, file string, root *node) *stack {
	s := &stack{project: p, label: file, file: file, root: root, certain: yes, conditions: map[string]truth{}, outputs: map[string]value{},
		open: map[string]bool{}, places: map[string]build.Pos{}, addresses: map[string]string{}, references: map[string]string{}}
	if macro := foreignMacro(root.get("Transform")); macro != "" {
		s.macro = "the macro " + macro + " may change the template"
	}
	return s
}

// prepare writes loops out, and finds the resources.
func (s *stack) prepare() error {
	err := s.expand()
	s.placeResources()
	return err
}

// foreignMacro names a macro of which it is not known what it does to resources; AWS's own language extensions and SAM leave those that
// are not theirs as they are.
func foreignMacro(n *node) string {
	switch {
	case n == nil:
		return ""
	case n.kind == scalar && n.text != "AWS::LanguageExtensions" && !strings.HasPrefix(n.text, "AWS::Serverless-"):
		return n.text
	case n.kind == mapping:
		return "of the template"
	}
	for _, item := range n.items {
		if macro := foreignMacro(item); macro != "" {
			return macro
		}
	}
	return ""
}

func (s *stack) resource(id string) *node { return s.root.get("Resources").get(id) }

// own is a symbol of this template alone.
func (s *stack) own(name string) string { return symbol(s.identity(name)) }

// declared is the symbol of a resource that the template declares: no other resource has it.
func (s *stack) declared(name string) string { return symbol("!" + s.identity(name)) }

// evaluate is what a node comes to.
func (s *stack) evaluate(n *node) value {
	if n == nil {
		return value{form: nothing}
	}
	s.project.steps++
	if s.depth > 3*maxDepth || s.project.steps > maxSteps {
		return unknownOf(n.pos, "what it comes to takes too many steps")
	}
	s.depth++
	defer func() { s.depth-- }()
	switch n.kind {
	case null:
		return value{form: nothing, pos: n.pos}
	case scalar:
		return textOf(dynamic(n.text), n.pos)
	case list:
		return s.list(n)
	}
	if len(n.entries) == 1 {
		if v, is := s.function(n.entries[0].key, n.entries[0].value, n.pos); is {
			v.pos = n.pos
			return v
		}
	}
	return s.object(n)
}

func (s *stack) list(n *node) value {
	out := value{form: listing, pos: n.pos}
	for _, item := range n.items {
		if v := s.evaluate(item); v.form != nothing {
			out.items = append(out.items, v)
		}
	}
	return out
}

func (s *stack) object(n *node) value {
	out := value{form: object, pos: n.pos, open: s.macro}
	for _, e := range n.entries {
		if e.key == "Fn::Transform" || strings.HasPrefix(e.key, "Fn::ForEach") {
			out.open = e.key + " is not expanded"
			continue
		}
		if v := s.evaluate(e.value); v.form != nothing {
			out.fields = append(out.fields, field{e.key, e.pos, v})
		}
	}
	return out
}

// function evaluates an intrinsic function; is tells whether the key names one.
func (s *stack) function(key string, n *node, p build.Pos) (v value, is bool) {
	switch key {
	case "Ref":
		return s.ref(n, p), true
	case "Fn::GetAtt":
		return s.getAtt(n, p), true
	case "Fn::Sub":
		return s.sub(n, p), true
	case "Fn::Join":
		return s.join(n, p), true
	case "Fn::Select":
		return s.selectItem(n, p), true
	case "Fn::Split":
		return s.split(n, p), true
	case "Fn::FindInMap":
		return s.findInMap(n, p), true
	case "Fn::If":
		return s.ifThen(n, p), true
	case "Fn::ImportValue":
		return s.importValue(n, p), true
	case "Fn::Base64":
		return s.base64(n, p), true
	case "Fn::Length":
		return s.length(n, p), true
	case "Fn::ToJsonString":
		return s.toJSONString(n, p), true
	case "Fn::Cidr":
		return s.cidr(n, p), true
	case "Fn::GetAZs":
		return unknownOf(p, "which Availability Zones there are differs between accounts"), true
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Condition":
		return s.conditionValue(key, n, p)
	}
	if strings.HasPrefix(key, "Fn::") {
		return unknownOf(p, key+" is not evaluated"), true
	}
	return value{}, false
}

// arguments are the entries of a function's list; a wrong number of them is not understood.
func arguments(n *node, least, most int) ([]*node, bool) {
	if n == nil || n.kind != list || len(n.items) < least || len(n.items) > most {
		return nil, false
	}
	return n.items, true
}

func malformed(p build.Pos, name string) value {
	return unknownOf(p, name+" is not written as it takes its arguments")
}
