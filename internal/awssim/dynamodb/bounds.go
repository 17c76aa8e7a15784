package dynamodb

import (
	"encoding/binary"
	"math/bits"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// bounds is the range of tree keys that the key condition or the segment allows: from is inclusive, to exclusive and empty for the end.
func (r *reading) bounds() (from, to string, err error) {
	if r.keys == nil {
		return r.segmentBounds()
	}
	hash, sort := keyNames(r.schema())
	if err := r.keyType(hash, r.keys.Hash); err != nil {
		return "", "", err
	}
	prefix := item.PartitionPrefix(r.keys.Hash)
	if r.keys.Op == "" {
		return string(prefix), after(prefix), nil
	}
	for _, v := range []item.Value{r.keys.A, r.keys.B} {
		if v == nil {
			continue
		}
		if err := r.keyType(sort, v); err != nil {
			return "", "", err
		}
	}
	from, to = sortBounds(prefix, r.keys.Op, r.keys.A, r.keys.B)
	return from, to, nil
}

func (r *reading) keyType(name string, v item.Value) error {
	if item.TypeOf(v) != r.t.def.typeOf(name) {
		return wrong("Condition parameter type does not match schema type")
	}
	if empty, kind := emptyKey(v); empty {
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", kind, name)
	}
	return nil
}

func sortBounds(prefix []byte, op string, a, b item.Value) (from, to string) {
	if op == "begins_with" {
		p := beginning(prefix, a)
		return string(p), after(p)
	}
	enc := item.AppendOrdered(prefix[:len(prefix):len(prefix)], a)
	switch op {
	case "=":
		return string(enc), after(enc)
	case "<":
		return string(prefix), string(enc)
	case "<=":
		return string(prefix), after(enc)
	case ">":
		return after(enc), after(prefix)
	case ">=":
		return string(enc), after(prefix)
	}
	return string(enc), after(item.AppendOrdered(prefix[:len(prefix):len(prefix)], b)) // BETWEEN
}

func beginning(prefix []byte, v item.Value) []byte {
	p := prefix[:len(prefix):len(prefix)]
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return item.AppendPrefix(p, v.Value)
	case *types.AttributeValueMemberB:
		return item.AppendPrefix(p, string(v.Value))
	}
	return p
}

// after is the first string behind all those that begin with p; empty when there is none.
func after(p []byte) string {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] != 0xff {
			out := append([]byte(nil), p[:i+1]...)
			out[i]++
			return string(out)
		}
	}
	return ""
}

// segmentBounds cuts the space of hashes into equal parts.
func (r *reading) segmentBounds() (from, to string, err error) {
	switch {
	case r.segment == nil && r.totalSegments == nil:
		return "", "", nil
	case r.totalSegments == nil:
		return "", "", invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case r.segment == nil:
		return "", "", invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case *r.totalSegments < 1 || *r.totalSegments > 1000000:
		return "", "", invalid("1 validation error detected: Value '%d' at 'totalSegments' failed to satisfy constraint: Member must have value between 1 and 1000000", *r.totalSegments)
	case *r.segment < 0 || *r.segment >= *r.totalSegments:
		return "", "", invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *r.segment, *r.totalSegments)
	}
	n := uint64(*r.totalSegments)
	from = segmentStart(uint64(*r.segment), n)
	if next := uint64(*r.segment) + 1; next < n {
		to = segmentStart(next, n)
	}
	return from, to, nil
}

func segmentStart(i, n uint64) string {
	q, _ := bits.Div64(i, 0, n) // floor(i × 2^64 / n), i < n
	return string(binary.BigEndian.AppendUint64(nil, q))
}

// afterStart moves the range behind the exclusive start key.
func (r *reading) afterStart(from, to string) (string, string, error) {
	if len(r.start) == 0 {
		return from, to, nil
	}
	at, err := r.startKey()
	if err != nil {
		return "", "", err
	}
	if at < from || to != "" && at >= to {
		if r.keys != nil {
			return "", "", invalid("The provided starting key is outside query boundaries based on provided conditions")
		}
		return "", "", invalid("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment")
	}
	if r.backward {
		return from, at, nil
	}
	return at + "\x00", to, nil // no tree key lies between
}

// startKey is the tree key of an exclusive start key, which names the item and, for an index, its place there.
func (r *reading) startKey() (string, error) {
	key, err := item.Normalise(r.start)
	if err != nil {
		return "", answer(err)
	}
	want := map[string]bool{}
	schemas := [][]types.KeySchemaElement{r.t.def.keys}
	if r.x != nil {
		schemas = append(schemas, r.x.keys)
	}
	for _, keys := range schemas {
		for _, k := range keys {
			want[*k.AttributeName] = true
			if item.TypeOf(key[*k.AttributeName]) != r.t.def.typeOf(*k.AttributeName) {
				return "", invalid("The provided starting key is invalid: The provided key element does not match the schema")
			}
		}
	}
	if len(want) != len(key) {
		return "", invalid("The provided starting key is invalid")
	}
	if r.x == nil {
		return r.t.treeKey(key), nil
	}
	at, _ := r.t.indexKey(r.x, key)
	return at + r.t.treeKey(key), nil
}
