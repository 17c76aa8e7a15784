package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// Limits of BatchGetItem and BatchWriteItem in the API reference.
const (
	maxBatchKeys   = 100
	maxBatchWrites = 25
	maxBatchBytes  = 16 << 20
)

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (s *Service) batchGetItem(c *api.Call, in *dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
	total := 0
	for _, r := range in.RequestItems {
		total += len(r.Keys)
	}
	if total == 0 {
		return nil, invalid("1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	if total > maxBatchKeys {
		return nil, invalid("Too many items requested for the BatchGetItem call")
	}
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]map[string]types.AttributeValue{}, UnprocessedKeys: map[string]types.KeysAndAttributes{}}
	b := &batchRead{in: in, out: out, left: maxBatchBytes}
	for _, ref := range sortedKeys(in.RequestItems) {
		if err := s.batchGetFrom(c, b, ref); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// batchRead is a BatchGetItem under way; left is how many bytes its answer may still take.
type batchRead struct {
	in   *dynamodb.BatchGetItemInput
	out  *dynamodb.BatchGetItemOutput
	left int
}

// batchGetFrom reads from one table; what no longer fits into the answer's 16 MB stays unprocessed.
func (s *Service) batchGetFrom(c *api.Call, b *batchRead, ref string) error {
	r := b.in.RequestItems[ref]
	if len(r.AttributesToGet) > 0 {
		return unsupported("BatchGetItem", "AttributesToGet")
	}
	projection, err := projectionOf(r.ExpressionAttributeNames, r.ProjectionExpression)
	if err != nil {
		return err
	}
	t, err := s.findData(c, &ref)
	if err != nil {
		return err
	}
	keys, err := t.distinctKeys(r.Keys)
	if err != nil {
		return err
	}
	use := newConsumed(t)
	found := []map[string]types.AttributeValue{}
	for i, key := range keys {
		data := t.items.Get(key)
		if b.left -= sizeOf(data); b.left < 0 {
			rest := r
			rest.Keys = r.Keys[i:]
			b.out.UnprocessedKeys[ref] = rest
			break
		}
		use.table += readUnits(sizeOf(data), aws.ToBool(r.ConsistentRead))
		if m := projected(projection, data); m != nil {
			found = append(found, m)
		}
	}
	b.out.Responses[ref] = found
	if used := use.answer(b.in.ReturnConsumedCapacity); used != nil {
		b.out.ConsumedCapacity = append(b.out.ConsumedCapacity, *used)
	}
	return nil
}

func (t *table) distinctKeys(keys []map[string]types.AttributeValue) ([]string, error) {
	out := make([]string, len(keys))
	seen := map[string]bool{}
	for i, k := range keys {
		key, _, err := t.requestKey(k)
		if err != nil {
			return nil, err
		}
		if seen[key] {
			return nil, invalid("Provided list of item keys contains duplicates")
		}
		seen[key] = true
		out[i] = key
	}
	return out, nil
}

func (s *Service) batchWriteItem(c *api.Call, in *dynamodb.BatchWriteItemInput) (*dynamodb.BatchWriteItemOutput, error) {
	total := 0
	for _, r := range in.RequestItems {
		total += len(r)
	}
	if total == 0 {
		return nil, invalid("1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	if total > maxBatchWrites {
		return nil, invalid("Too many items requested for the BatchWriteItem call")
	}
	writes, err := s.prepareBatch(c, in.RequestItems)
	if err != nil {
		return nil, err
	}
	out := &dynamodb.BatchWriteItemOutput{UnprocessedItems: map[string][]types.WriteRequest{}}
	uses := map[*table]*consumed{}
	for _, w := range writes {
		if err := w.decide(); err != nil {
			return nil, err
		}
		s.commit(w)
		if uses[w.t] == nil {
			uses[w.t] = newConsumed(w.t)
		}
		uses[w.t].write(w.old, w.new)
		if m := w.metrics(in.ReturnItemCollectionMetrics); m != nil {
			if out.ItemCollectionMetrics == nil {
				out.ItemCollectionMetrics = map[string][]types.ItemCollectionMetrics{}
			}
			out.ItemCollectionMetrics[w.t.name] = append(out.ItemCollectionMetrics[w.t.name], *m)
		}
	}
	out.ConsumedCapacity = consumedBy(writes, uses, in.ReturnConsumedCapacity)
	return out, nil
}

func consumedBy(writes []*write, uses map[*table]*consumed, want types.ReturnConsumedCapacity) []types.ConsumedCapacity {
	var out []types.ConsumedCapacity
	seen := map[*table]bool{}
	for _, w := range writes {
		if seen[w.t] {
			continue
		}
		seen[w.t] = true
		if used := uses[w.t].answer(want); used != nil {
			out = append(out, *used)
		}
	}
	return out
}

// prepareBatch checks all writes before the first is done.
func (s *Service) prepareBatch(c *api.Call, requests map[string][]types.WriteRequest) ([]*write, error) {
	var writes []*write
	seen := map[*table]map[string]bool{}
	bytes := 0
	for _, ref := range sortedKeys(requests) {
		for _, r := range requests[ref] {
			w := &write{table: &ref}
			switch {
			case (r.PutRequest == nil) == (r.DeleteRequest == nil):
				return nil, invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
			case r.PutRequest != nil:
				w.item = item.Item{}
				if r.PutRequest.Item != nil {
					w.item = r.PutRequest.Item
				}
			default:
				w.key = r.DeleteRequest.Key
			}
			if err := s.prepare(c, w); err != nil {
				return nil, err
			}
			if seen[w.t] == nil {
				seen[w.t] = map[string]bool{}
			}
			if seen[w.t][w.treeKey] {
				return nil, invalid("Provided list of item keys contains duplicates")
			}
			seen[w.t][w.treeKey] = true
			bytes += sizeOf(w.new)
			writes = append(writes, w)
		}
	}
	if bytes > maxBatchBytes {
		return nil, invalid("Request size has exceeded the maximum of 16 MB")
	}
	return writes, nil
}
