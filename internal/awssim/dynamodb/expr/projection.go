package expr

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Projection is a parsed projection expression.
type Projection struct{ paths []Path }

// Projection parses src.
func (p *Params) Projection(src string) (*Projection, error) {
	ps, err := p.parser("ProjectionExpression", src)
	if err != nil {
		return nil, err
	}
	var out Projection
	for {
		path, err := ps.path()
		if err != nil {
			return nil, err
		}
		out.paths = append(out.paths, path)
		if ps.accept(",") {
			continue
		}
		if ps.peek().kind != tokEnd {
			return nil, ps.syntax()
		}
		return &out, ps.clash(out.paths)
	}
}

// Attributes lists the top-level attributes that the projection asks for.
func (p *Projection) Attributes() []string {
	var out []string
	for _, path := range p.paths {
		out = append(out, path[0].Name)
	}
	return out
}

// Of answers the projected part of an item. Elements of lists keep their order and close up.
func (p *Projection) Of(m item.Item) item.Item {
	root := tree{}
	for _, path := range p.paths {
		root.add(path)
	}
	out := item.Item{}
	for name, sub := range root {
		if v := sub.pick(m[name.Name]); v != nil {
			out[name.Name] = v
		}
	}
	return out
}

// tree joins the paths by their common beginnings. A leaf takes the whole value.
type tree map[Step]tree

func (t tree) add(p Path) {
	for _, s := range p {
		if t[s] == nil {
			t[s] = tree{}
		}
		t = t[s]
	}
}

func (t tree) pick(v item.Value) item.Value {
	if len(t) == 0 || v == nil {
		return v
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		return t.pickMap(v.Value)
	case *types.AttributeValueMemberL:
		return t.pickList(v.Value)
	}
	return nil
}

func (t tree) pickMap(m item.Item) item.Value {
	out := item.Item{}
	for s, sub := range t {
		if s.IsIndex {
			continue
		}
		if v := sub.pick(m[s.Name]); v != nil {
			out[s.Name] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &types.AttributeValueMemberM{Value: out}
}

func (t tree) pickList(list []item.Value) item.Value {
	var out []item.Value
	for i, e := range list {
		if sub, ok := t[Step{Index: i, IsIndex: true}]; ok {
			if v := sub.pick(e); v != nil {
				out = append(out, v)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &types.AttributeValueMemberL{Value: out}
}
