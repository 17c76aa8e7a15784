package control

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// partial is a list that may be longer than what is known of it: what it holds answers, how long it is and what else it holds is unknown.
// exists is true for an element that is there, all is false; everything that depends on the rest is unknown.
type partial struct {
	known traits.Lister
	rest  ref.Val // the one unknown value
	typ   *types.Type
}

// partialType has no size: the language asks such a value itself what size() comes to.
func partialType() *types.Type {
	return types.NewObjectType("partial", traits.AdderType, traits.ContainerType, traits.IndexerType, traits.IterableType, traits.ReceiverType)
}

func newPartial(t *typeTable, known ref.Val) ref.Val {
	list, ok := known.(traits.Lister)
	if !ok || list.Size() == types.IntZero {
		return t.unknown
	}
	return &partial{list, t.unknown, partialType()}
}

// Receive implements traits.Receiver: of size.
func (p *partial) Receive(string, string, []ref.Val) ref.Val { return p.rest }

// Add implements traits.Adder.
func (p *partial) Add(ref.Val) ref.Val { return p.rest }

// Contains implements traits.Container.
func (p *partial) Contains(v ref.Val) ref.Val {
	if found := p.known.Contains(v); found == types.True {
		return found
	}
	return p.rest
}

// Get implements traits.Indexer.
func (p *partial) Get(index ref.Val) ref.Val {
	if i, ok := index.(types.Int); ok && i >= 0 && i < p.known.Size().(types.Int) {
		return p.known.Get(index)
	}
	return p.rest
}

// Iterator gives what is known, and one element of which nothing is.
func (p *partial) Iterator() traits.Iterator {
	return &partialIterator{Iterator: p.known.Iterator(), rest: p.rest}
}

// ConvertToNative implements ref.Val.
func (p *partial) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("cannot convert a list that is short")
}

// ConvertToType implements ref.Val.
func (p *partial) ConvertToType(ref.Type) ref.Val { return p.rest }

// Equal implements ref.Val.
func (p *partial) Equal(ref.Val) ref.Val { return p.rest }

// Type implements ref.Val.
func (p *partial) Type() ref.Type { return p.typ }

// Value implements ref.Val.
func (p *partial) Value() any { return p.known.Value() }

type partialIterator struct {
	traits.Iterator
	rest ref.Val
	over bool
}

// HasNext implements traits.Iterator.
func (i *partialIterator) HasNext() ref.Val { return types.Bool(!i.over) }

// Next implements traits.Iterator.
func (i *partialIterator) Next() ref.Val {
	if i.Iterator.HasNext() == types.True {
		return i.Iterator.Next()
	}
	i.over = true
	return i.rest
}
