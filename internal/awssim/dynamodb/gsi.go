package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
)

// indexChanges are the creations and deletions of global secondary indexes; each is a change of its own.
func (s *Service) indexChanges(t *table, in *dynamodb.UpdateTableInput) []change {
	var out []change
	for _, u := range in.GlobalSecondaryIndexUpdates {
		switch {
		case u.Create != nil:
			x := &index{indexDef: indexDef{name: aws.ToString(u.Create.IndexName)}}
			out = append(out, change{
				name: "create index " + x.name, took: indexTime + perGigabyte(t.bytes),
				apply: func() error { return s.createIndex(t, x, in.AttributeDefinitions, u.Create) },
				done:  func() { t.fill(x) },
			})
		case u.Delete != nil:
			name := aws.ToString(u.Delete.IndexName)
			out = append(out, change{
				name: "delete index " + name, took: updateTime,
				apply: func() error { return t.condemnIndex(name) },
				done:  func() { t.dropIndex(name) },
			})
		}
	}
	return out
}

// perGigabyte is how much longer work on many items takes: a minute per gigabyte.
func perGigabyte(bytes int64) time.Duration {
	return time.Duration(float64(bytes) / (1 << 30) * float64(time.Minute)).Truncate(time.Second)
}

func (s *Service) createIndex(t *table, x *index, attrs []types.AttributeDefinition, create *types.CreateGlobalSecondaryIndexAction) error {
	x.indexDef = globalIndex(types.GlobalSecondaryIndex{
		IndexName: create.IndexName, KeySchema: create.KeySchema, Projection: create.Projection, OnDemandThroughput: create.OnDemandThroughput,
		ProvisionedThroughput: create.ProvisionedThroughput, WarmThroughput: create.WarmThroughput,
	})
	if t.index(x.name) != nil {
		return invalid("Attempting to create an index which already exists")
	}
	d := t.snapshotDefinition()
	d.indexes = append(d.indexes, x.indexDef)
	d.attrs = mergeAttributes(d.attrs, attrs)
	if err := validateDefinition(d); err != nil {
		return err
	}
	t.def.attrs = d.attrs
	x.status, x.tree = types.IndexStatusCreating, store.NewIndex()
	t.indexes = append(t.indexes, x)
	return nil
}

func mergeAttributes(old, more []types.AttributeDefinition) []types.AttributeDefinition {
	d := definition{attrs: old}
	for _, a := range more {
		if d.typeOf(aws.ToString(a.AttributeName)) == "" {
			d.attrs = append(d.attrs, a)
		}
	}
	return d.attrs
}

// fill enters the existing items into a new index. Items whose attributes have another type than the key stay out, as AWS does while backfilling.
func (t *table) fill(x *index) {
	x.status = types.IndexStatusActive
	t.items.Ascend("", func(key, data string) bool {
		t.enterIndex(x, key, item.Decode(data))
		return true
	})
}

func (t *table) condemnIndex(name string) error {
	x := t.index(name)
	if x == nil || !x.global {
		return fail("ResourceNotFoundException", "Requested resource not found: Index: %s not found", name)
	}
	x.status = types.IndexStatusDeleting
	return nil
}

func (t *table) dropIndex(name string) {
	for i, x := range t.indexes {
		if x.name == name {
			t.indexes = append(t.indexes[:i:i], t.indexes[i+1:]...)
			break
		}
	}
	t.forgetUnusedAttributes()
}

func (t *table) forgetUnusedAttributes() {
	used := map[string]bool{}
	mark := func(keys []types.KeySchemaElement) {
		for _, k := range keys {
			used[*k.AttributeName] = true
		}
	}
	mark(t.def.keys)
	for _, x := range t.indexes {
		mark(x.keys)
	}
	var kept []types.AttributeDefinition
	for _, a := range t.def.attrs {
		if used[*a.AttributeName] {
			kept = append(kept, a)
		}
	}
	t.def.attrs = kept
}

// indexKey is an item's place in an index; ok is false when the item is not in it.
func (t *table) indexKey(x *index, m item.Item) (key string, ok bool) {
	hash, sort := keyNames(x.keys)
	if item.TypeOf(m[hash]) != t.def.typeOf(hash) {
		return "", false
	}
	if sort == "" {
		return string(item.TreeKey(m[hash], nil)), true
	}
	if item.TypeOf(m[sort]) != t.def.typeOf(sort) {
		return "", false
	}
	return string(item.TreeKey(m[hash], m[sort])), true
}

func (t *table) enterIndex(x *index, key string, m item.Item) {
	if at, ok := t.indexKey(x, m); ok {
		x.tree.Add(at, key)
		x.bytes += int64(item.Size(t.projected(x, m)))
	}
}

func (t *table) leaveIndex(x *index, key string, m item.Item) {
	if at, ok := t.indexKey(x, m); ok {
		x.tree.Remove(at, key)
		x.bytes -= int64(item.Size(t.projected(x, m)))
	}
}

// projected is the part of an item that an index holds.
func (t *table) projected(x *index, m item.Item) item.Item {
	if x.projection.ProjectionType == types.ProjectionTypeAll {
		return m
	}
	out := item.Item{}
	for _, name := range t.projectedNames(x) {
		if v, ok := m[name]; ok {
			out[name] = v
		}
	}
	return out
}

func (t *table) projectedNames(x *index) []string {
	var out []string
	for _, keys := range [][]types.KeySchemaElement{t.def.keys, x.keys} {
		for _, k := range keys {
			out = append(out, *k.AttributeName)
		}
	}
	return append(out, x.projection.NonKeyAttributes...)
}
