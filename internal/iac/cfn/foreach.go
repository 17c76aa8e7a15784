package cfn

import "strings"

const loopPrefix = "Fn::ForEach::"

// expander writes out the loops of a template (AWS::LanguageExtensions).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
type expander struct {
	stack *stack
	made  int // nodes
}

// Bounds on what the loops of all templates make together.
const (
	maxMade     = 4 * maxNodes
	maxExpanded = 16 * MaxBytes
)

// expand writes out every loop whose collection is known; the others stay, and what holds them is not whole. Outer loops come first, since
// the collection of an inner one may name what the outer one runs over.
func (s *stack) expand() error {
	x := &expander{stack: s}
	if !hasLoop(s.root) {
		return nil
	}
	root := *s.root
	root.entries = append([]entry(nil), root.entries...)
	defer func() { // what was asked of the template as it was is not the last word
		clear(s.references)
		clear(s.conditions)
	}()
	s.root = &root
	for i, section := range root.entries {
		switch section.key {
		case "Conditions", "Resources", "Outputs":
			n, err := x.node(section.value)
			if err != nil {
				return err
			}
			root.entries[i].value = n
		}
	}
	return nil
}

func hasLoop(n *node) bool {
	for _, e := range n.entries {
		if strings.HasPrefix(e.key, loopPrefix) || hasLoop(e.value) {
			return true
		}
	}
	for _, item := range n.items {
		if hasLoop(item) {
			return true
		}
	}
	return false
}

// node is a copy with its loops written out, or the node itself where it has none.
func (x *expander) node(n *node) (*node, error) {
	if !hasLoop(n) {
		return n, nil
	}
	out := *n
	out.items, out.entries = nil, nil
	for _, item := range n.items {
		v, err := x.node(item)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, v)
	}
	seen := map[string]bool{}
	for _, e := range n.entries {
		if err := x.entry(&out, e, seen); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (x *expander) entry(out *node, e entry, seen map[string]bool) error {
	if strings.HasPrefix(e.key, loopPrefix) {
		if l, ok := x.loop(e.value); ok {
			return x.turns(out, l, seen)
		}
	}
	if seen[e.key] {
		return mistake(e.pos, "%s is given twice", e.key)
	}
	seen[e.key] = true
	if strings.HasPrefix(e.key, loopPrefix) { // not known: nothing in it can be
		out.entries = append(out.entries, e)
		return nil
	}
	v, err := x.node(e.value)
	out.entries = append(out.entries, entry{e.key, e.pos, v})
	return err
}

// loop is a loop: what it runs over, and what it makes each time.
type loop struct {
	name  string
	items []string
	body  *node
}

func (x *expander) loop(n *node) (loop, bool) {
	args, ok := arguments(n, 3, 3)
	if !ok || args[0].kind != scalar || args[0].text == "" || args[2].kind != mapping {
		return loop{}, false
	}
	items := x.stack.evaluate(args[1])
	if items.form != listing {
		return loop{}, false
	}
	l := loop{name: args[0].text, body: args[2]}
	for _, item := range items.items {
		s, ok := item.flat()
		if !ok {
			return loop{}, false
		}
		l.items = append(l.items, s)
	}
	return l, true
}

func (x *expander) turns(out *node, l loop, seen map[string]bool) error {
	for _, item := range l.items {
		body, err := x.turn(l.body, newTurn(l.name, item))
		if err != nil {
			return err
		}
		for _, e := range body.entries {
			if err := x.entry(out, e, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn is one time round: &{Name} leaves all but letters and digits out.
type turn struct {
	name, item string
	texts      *strings.Replacer
}

func newTurn(name, item string) turn {
	plain := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' {
			return r
		}
		return -1
	}, item)
	return turn{name, item, strings.NewReplacer("${"+name+"}", item, "&{"+name+"}", plain)}
}

// turn copies the body with the name replaced.
func (x *expander) turn(n *node, t turn) (*node, error) {
	if err := x.count(n); err != nil {
		return nil, err
	}
	if len(n.entries) == 1 && n.entries[0].key == "Ref" && n.entries[0].value.kind == scalar && n.entries[0].value.text == t.name {
		return &node{kind: scalar, pos: n.pos, text: t.item}, nil
	}
	out := &node{kind: n.kind, pos: n.pos, text: t.texts.Replace(n.text)}
	x.stack.project.bytes += len(out.text) - len(n.text)
	for _, item := range n.items {
		v, err := x.turn(item, t)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, v)
	}
	for _, e := range n.entries {
		v, err := x.turn(e.value, t)
		if err != nil {
			return nil, err
		}
		key := t.texts.Replace(e.key)
		x.stack.project.bytes += len(key)
		out.entries = append(out.entries, entry{key, e.pos, v})
	}
	return out, nil
}

func (x *expander) count(n *node) error {
	p := x.stack.project
	x.made++
	p.made++
	p.bytes += len(n.text)
	switch {
	case x.made > maxNodes:
		return mistake(n.pos, "loops make more than %d values", maxNodes)
	case p.made > maxMade:
		return mistake(n.pos, "loops of all templates make more than %d values", maxMade)
	case p.bytes > maxExpanded:
		return mistake(n.pos, "loops make more than %d bytes", maxExpanded)
	}
	return nil
}
