package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// itemKey is the tree key of an item to be put.
func (t *table) itemKey(m item.Item) (string, error) {
	hash, sort := keyNames(t.def.keys)
	for _, name := range []string{hash, sort} {
		if name == "" {
			continue
		}
		v, ok := m[name]
		if !ok {
			return "", wrong("Missing the key %s in the item", name)
		}
		if want := t.def.typeOf(name); item.TypeOf(v) != want {
			return "", wrong("Type mismatch for key %s expected: %s actual: %s", name, want, item.TypeOf(v))
		}
		if err := keyValue(name, v, name == hash); err != nil {
			return "", err
		}
	}
	return t.treeKey(m), nil
}

// requestKey is the tree key of a Key parameter, which holds the key attributes and nothing else.
func (t *table) requestKey(key item.Item) (string, item.Item, error) {
	if len(key) != len(t.def.keys) {
		return "", nil, invalid("The provided key element does not match the schema")
	}
	key, err := item.Normalise(key)
	if err != nil {
		return "", nil, answer(err)
	}
	hash, _ := keyNames(t.def.keys)
	for _, k := range t.def.keys {
		v := key[*k.AttributeName]
		if item.TypeOf(v) != t.def.typeOf(*k.AttributeName) {
			return "", nil, invalid("The provided key element does not match the schema")
		}
		if err := keyValue(*k.AttributeName, v, *k.AttributeName == hash); err != nil {
			return "", nil, err
		}
	}
	return t.treeKey(key), key, nil
}

func (t *table) treeKey(m item.Item) string {
	hash, sort := keyNames(t.def.keys)
	if sort == "" {
		return string(item.TreeKey(m[hash], nil))
	}
	return string(item.TreeKey(m[hash], m[sort]))
}

// keyValue checks that a key is neither empty nor too long.
func keyValue(name string, v item.Value, isHash bool) error {
	if empty, kind := emptyKey(v); empty {
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", kind, name)
	}
	limit, which := item.MaxRangeKey, "rangekey"
	if isHash {
		limit, which = item.MaxHashKey, "hashkey"
	}
	if item.ValueSize(v) > limit {
		return wrong("Size of %s has exceeded the maximum size limit of%d bytes", which, limit)
	}
	return nil
}

func emptyKey(v item.Value) (empty bool, kind string) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value == "", "string"
	case *types.AttributeValueMemberB:
		return len(v.Value) == 0, "binary"
	}
	return false, ""
}

// emptyIndexKey refuses an empty value for an index's key; AWS puts it in other words when an update has set it.
func emptyIndexKey(updating bool, kind, index, name string) error {
	if updating {
		return invalid("One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. "+
			"The AttributeValue for a key attribute cannot contain an empty %s value.", kind)
	}
	return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "+
		"The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s", kind, index, name)
}

// indexValues checks the item's attributes that are keys of an index.
func (t *table) indexValues(m item.Item, updating bool) error {
	for _, x := range t.indexes {
		hash, _ := keyNames(x.keys)
		for _, k := range x.keys {
			name := *k.AttributeName
			v, ok := m[name]
			if !ok {
				continue
			}
			if want := t.def.typeOf(name); item.TypeOf(v) != want {
				return wrong("Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", name, want, item.TypeOf(v), x.name)
			}
			if empty, kind := emptyKey(v); empty {
				return emptyIndexKey(updating, kind, x.name, name)
			}
			if err := keyValue(name, v, name == hash); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyPart is an item's key attributes, with those of the index when x is not nil.
func (t *table) keyPart(x *index, m item.Item) item.Item {
	out := item.Item{}
	for _, k := range t.def.keys {
		out[*k.AttributeName] = m[*k.AttributeName]
	}
	if x != nil {
		for _, k := range x.keys {
			out[*k.AttributeName] = m[*k.AttributeName]
		}
	}
	return out
}
