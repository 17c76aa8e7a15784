package resource

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// Placed are a plan's resources at the places of their configuration, of which its resources are those. What the plan could not tell of dynamic
// blocks is taken from the configuration; all else that it says stays.
func Placed(planned, written []Resource) []Resource {
	return joined(planned, written, func(p, w *Resource) {
		p.At = w.At
		p.Body = p.Body.at(w.Body)
	})
}

// Settled are a plan's resources with what it could not tell of dynamic blocks taken from their configuration.
func Settled(planned, written []Resource) []Resource {
	return joined(planned, written, func(*Resource, *Resource) {})
}

func joined(planned, written []Resource, join func(p, w *Resource)) []Resource {
	exact, rough := map[string]*Resource{}, map[string]*Resource{}
	for i := range written {
		w := &written[i]
		exact[w.Address] = w
		if key := Unkeyed(w.Address); rough[key] == nil {
			rough[key] = w
		}
	}
	out := make([]Resource, len(planned))
	for i, p := range planned {
		w := exact[p.Address]
		if w == nil {
			w = rough[Unkeyed(p.Address)]
		}
		if w != nil {
			p.Body.settle(w.Body)
			join(&p, w)
		}
		out[i] = p
	}
	return out
}

// Unkeyed is an address without keys: aws_vpc.main of aws_vpc.main["a"]. References are taken likewise.
func Unkeyed(address string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(address); i++ {
		c := address[i]
		switch {
		case quoted && c == '\\':
			i++
			continue
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
			continue
		}
		if depth == 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// settle takes over whether there are blocks that the provider computes otherwise.
func (b Body) settle(written Body) {
	for _, name := range computed() {
		bodies, whole := written.Blocks(name)
		g := b.blocks[name]
		_, attribute := b.attributes[name]
		switch {
		case g != nil && g.open == PerhapsDynamic && whole && len(bodies) == 0:
			delete(b.blocks, name)
		case g != nil && g.open == PerhapsDynamic && !whole && written.WhyUnknown(name) != "":
			b.Leave(name, written.WhyUnknown(name))
		case g == nil && !attribute && !whole:
			b.Leave(name, written.WhyUnknown(name))
		}
	}
}

// at is the body with the places of another one.
func (b Body) at(written Body) Body {
	out := NewBody(written.At)
	out.open = b.open
	for name, a := range b.attributes {
		a.pos = written.placeOf(name)
		out.attributes[name] = a
	}
	for name, g := range b.blocks {
		others, _ := written.Blocks(name)
		group := &group{open: g.open}
		for _, inner := range g.bodies {
			group.bodies = append(group.bodies, inner.at(inner.likest(others, written)))
		}
		out.blocks[name] = group
	}
	return out
}

func (b Body) placeOf(name string) build.Pos {
	if a, has := b.attributes[name]; has {
		return a.pos
	}
	if g := b.blocks[name]; g != nil && len(g.bodies) > 0 {
		return g.bodies[0].At
	}
	return b.At
}

// likest is the body among some that says most of what this one says: plans have sets in an order of their own. Without one, the places are those
// of the block around it.
func (b Body) likest(some []Body, around Body) Body {
	best, most := NewBody(around.At), -1
	for _, other := range some[:min(len(some), 100)] {
		same := 0
		for name, a := range other.attributes {
			if mine, has := b.attributes[name]; has && mine.value.RawEquals(a.value) {
				same++
			}
		}
		if same > most {
			best, most = other, same
		}
	}
	return best
}
