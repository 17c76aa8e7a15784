package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// readKeys reads the keys of the table and its indexes.
func readKeys(t *estate.Table, k block) {
	t.KeySchema = keySchema(k)
	t.Attributes = items(k, "attribute", func(a block) (estate.Attribute, estate.Ref) {
		name, kind := a.word("name"), a.word("type")
		return estate.Attribute{Name: name.Or(""), Type: kind.Or("")}, doubt(name.Ref(), kind.Ref())
	})
	t.GSIs = items(k, "global_secondary_index", index)
	t.LSIs = items(k, "local_secondary_index", index)
	if keys, ok := t.KeySchema.Get(); ok && len(keys) > 0 {
		if list, ok := t.LSIs.Get(); ok { // a local index has the table's partition key
			for i := range list {
				list[i].Key = append([]estate.KeyElement{keys[0]}, list[i].Key...)
			}
		}
	}
}

// doubt is the first reference to a fact that is not known; the zero Ref where all are.
func doubt(refs ...estate.Ref) estate.Ref {
	for _, r := range refs {
		if r.State() == estate.Unknown {
			return r
		}
	}
	return 0
}

// items reads all blocks of a name into a list, which is not known unless all of it is.
func items[T any](k block, name string, of func(block) (T, estate.Ref)) estate.Fact[[]T] {
	blocks, whole := k.blocks(name)
	if !whole.IsKnown() {
		return estate.UnknownFact[[]T](whole.Source())
	}
	out := make([]T, 0, len(blocks))
	for _, inner := range blocks {
		item, unsure := of(inner)
		if unsure != 0 {
			return estate.UnknownFact[[]T](unsure.Source())
		}
		out = append(out, item)
	}
	pos := k.at()
	if len(blocks) > 0 {
		pos = blocks[0].at()
	}
	return build.Known(k.b, out, pos)
}

// keySchema: a block may name its keys by hash_key and range_key, or by key_schema blocks.
func keySchema(k block) estate.Fact[[]estate.KeyElement] {
	written := items(k, "key_schema", func(e block) (estate.KeyElement, estate.Ref) {
		name, kind := e.word("attribute_name"), e.word("key_type")
		return estate.KeyElement{Attribute: name.Or(""), Type: kind.Or("")}, doubt(name.Ref(), kind.Ref())
	})
	if list, ok := written.Get(); !ok || len(list) > 0 {
		return written
	}
	hash, sort := k.word("hash_key"), k.word("range_key")
	if unsure := doubt(hash.Ref(), sort.Ref()); unsure != 0 {
		return estate.UnknownFact[[]estate.KeyElement](unsure.Source())
	}
	keys := []estate.KeyElement{}
	source := hash.Source()
	if name, ok := hash.Get(); ok {
		keys = append(keys, estate.KeyElement{Attribute: name, Type: "HASH"})
	}
	if name, ok := sort.Get(); ok {
		keys = append(keys, estate.KeyElement{Attribute: name, Type: "RANGE"})
	}
	return estate.KnownFact(keys, source)
}

func index(k block) (estate.Index, estate.Ref) {
	name, projection, keys := k.word("name"), k.word("projection_type"), keySchema(k)
	nonKey, reads, writes := k.names("non_key_attributes"), k.number("read_capacity"), k.number("write_capacity")
	i := estate.Index{Name: name.Or(""), Key: keys.Or(nil), Projection: projection.Or(""), ReadCapacity: reads.Or(0), WriteCapacity: writes.Or(0)}
	if list := nonKey.Or(nil); len(list) > 0 {
		i.NonKey = list
	}
	return i, doubt(name.Ref(), projection.Ref(), keys.Ref(), nonKey.Ref())
}
