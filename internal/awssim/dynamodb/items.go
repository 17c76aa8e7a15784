package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/expr"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// write is a request to change one item, as PutItem, DeleteItem, UpdateItem and their transactional forms make it.
type write struct {
	table     *string
	names     map[string]string
	values    map[string]types.AttributeValue
	condition *string
	item      item.Item // put
	key       item.Item // delete, update, check
	update    *string
	updating  *expr.Update // of an update, empty when it has no expression
	check     bool         // only the condition counts
	misfit    error        // why key or item do not fit the schema: in a transaction a reason to cancel it
	onFailure types.ReturnValuesOnConditionCheckFailure

	t        *table
	treeKey  string
	cond     *expr.Condition
	old, new string
}

// prepare parses and checks a write, and works out what it would leave behind, without changing anything.
func (s *Service) prepare(c *api.Call, w *write) error {
	if err := s.locate(c, w); err != nil {
		return err
	}
	if err := w.fit(); err != nil {
		return err
	}
	return w.mayTouch()
}

// locate parses expressions and values and finds the table.
func (s *Service) locate(c *api.Call, w *write) error {
	if err := w.parse(); err != nil {
		return answer(err)
	}
	var err error
	if w.item != nil {
		if w.item, err = item.Normalise(w.item); err != nil {
			return answer(err)
		}
	}
	w.t, err = s.findData(c, w.table)
	return err
}

// fit finds the item's key and holds it, and an item to put, against the table's schema.
func (w *write) fit() error {
	if w.item != nil {
		return w.preparePut()
	}
	var err error
	w.treeKey, w.key, err = w.t.requestKey(w.key)
	return err
}

func (w *write) parse() error {
	p, err := expr.NewParams(w.names, w.values)
	if err != nil {
		return err
	}
	if w.update != nil {
		if w.updating, err = p.Update(*w.update); err != nil {
			return err
		}
	}
	if w.condition != nil {
		if w.cond, err = p.Condition("ConditionExpression", *w.condition); err != nil {
			return err
		}
	}
	return p.Unused("ConditionExpression")
}

func (w *write) preparePut() error {
	var err error
	if w.treeKey, err = w.t.itemKey(w.item); err != nil {
		return err
	}
	if err := w.t.indexValues(w.item, false); err != nil {
		return err
	}
	if item.Size(w.item) > item.MaxSize {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	w.new = item.Encode(w.item)
	return nil
}

// mayTouch refuses updates of key attributes.
func (w *write) mayTouch() error {
	if w.updating == nil {
		return nil
	}
	touched := w.updating.Touches()
	for _, k := range w.t.def.keys {
		if slices.Contains(touched, *k.AttributeName) {
			return wrong("Cannot update attribute %s. This attribute is part of the key", *k.AttributeName)
		}
	}
	return nil
}

// decide reads the present item, tests the condition and computes the new state.
func (w *write) decide() error {
	w.old = w.t.items.Get(w.treeKey)
	var before item.Item
	if w.old != "" {
		before = item.Decode(w.old)
	}
	if w.cond != nil && !w.cond.Holds(before) {
		e := &api.Error{Code: "ConditionalCheckFailedException", Message: "The conditional request failed"}
		if w.onFailure == types.ReturnValuesOnConditionCheckFailureAllOld && before != nil {
			e.Fields = map[string]any{"Item": before}
		}
		return e
	}
	if w.updating == nil {
		return nil
	}
	return w.applyUpdate(before)
}

func (w *write) applyUpdate(before item.Item) error {
	after, err := w.updating.Apply(before)
	if err != nil {
		return answer(err)
	}
	for k, v := range w.key {
		after[k] = v
	}
	if _, err := item.Normalise(after); err != nil {
		return answer(err)
	}
	if err := w.t.indexValues(after, true); err != nil {
		return err
	}
	if item.Size(after) > item.MaxSize {
		return invalid("Item size to update has exceeded the maximum allowed size")
	}
	w.new = item.Encode(after)
	return nil
}

// commit carries a decided write out.
func (s *Service) commit(w *write) {
	if !w.check {
		s.apply(w.t, w.treeKey, w.new, byRequest)
	}
}

func (s *Service) one(c *api.Call, w *write) error {
	if err := s.prepare(c, w); err != nil {
		return err
	}
	if err := w.decide(); err != nil {
		return err
	}
	s.commit(w)
	return nil
}

func (w *write) consumed(want types.ReturnConsumedCapacity) *types.ConsumedCapacity {
	c := newConsumed(w.t)
	c.write(w.old, w.new)
	return c.answer(want)
}

// metrics is the size of the item collection, known only for tables with local secondary indexes.
func (w *write) metrics(want types.ReturnItemCollectionMetrics) *types.ItemCollectionMetrics {
	if want != types.ReturnItemCollectionMetricsSize || !slices.ContainsFunc(w.t.indexes, func(x *index) bool { return !x.global }) {
		return nil
	}
	m := w.key
	if m == nil {
		m = w.item
	}
	hash, _ := keyNames(w.t.def.keys)
	return &types.ItemCollectionMetrics{ItemCollectionKey: item.Item{hash: m[hash]}, SizeEstimateRangeGB: []float64{0, 1}}
}

func (w *write) allOld(want types.ReturnValue) item.Item {
	if want != types.ReturnValueAllOld || w.old == "" {
		return nil
	}
	return item.Decode(w.old)
}

func onlyOld(want types.ReturnValue) error {
	if want == "" || want == types.ReturnValueNone || want == types.ReturnValueAllOld {
		return nil
	}
	return invalid("ReturnValues can only be ALL_OLD or NONE")
}

func (s *Service) putItem(c *api.Call, in *dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error) {
	if len(in.Expected) > 0 || in.ConditionalOperator != "" {
		return nil, unsupported("PutItem", "Expected")
	}
	if err := onlyOld(in.ReturnValues); err != nil {
		return nil, err
	}
	m := in.Item
	if m == nil {
		m = item.Item{}
	}
	w := &write{table: in.TableName, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues, condition: in.ConditionExpression,
		item: m, onFailure: in.ReturnValuesOnConditionCheckFailure}
	if err := s.one(c, w); err != nil {
		return nil, err
	}
	return &dynamodb.PutItemOutput{Attributes: w.allOld(in.ReturnValues), ConsumedCapacity: w.consumed(in.ReturnConsumedCapacity),
		ItemCollectionMetrics: w.metrics(in.ReturnItemCollectionMetrics)}, nil
}

func (s *Service) deleteItem(c *api.Call, in *dynamodb.DeleteItemInput) (*dynamodb.DeleteItemOutput, error) {
	if len(in.Expected) > 0 || in.ConditionalOperator != "" {
		return nil, unsupported("DeleteItem", "Expected")
	}
	if err := onlyOld(in.ReturnValues); err != nil {
		return nil, err
	}
	w := &write{table: in.TableName, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues, condition: in.ConditionExpression,
		key: in.Key, onFailure: in.ReturnValuesOnConditionCheckFailure}
	if err := s.one(c, w); err != nil {
		return nil, err
	}
	return &dynamodb.DeleteItemOutput{Attributes: w.allOld(in.ReturnValues), ConsumedCapacity: w.consumed(in.ReturnConsumedCapacity),
		ItemCollectionMetrics: w.metrics(in.ReturnItemCollectionMetrics)}, nil
}

func (s *Service) updateItem(c *api.Call, in *dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error) {
	if len(in.AttributeUpdates) > 0 || len(in.Expected) > 0 || in.ConditionalOperator != "" {
		return nil, unsupported("UpdateItem", "AttributeUpdates or Expected")
	}
	w := &write{table: in.TableName, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues, condition: in.ConditionExpression,
		key: in.Key, update: in.UpdateExpression, updating: &expr.Update{}, onFailure: in.ReturnValuesOnConditionCheckFailure}
	if err := s.one(c, w); err != nil {
		return nil, err
	}
	return &dynamodb.UpdateItemOutput{Attributes: w.returned(in.ReturnValues), ConsumedCapacity: w.consumed(in.ReturnConsumedCapacity),
		ItemCollectionMetrics: w.metrics(in.ReturnItemCollectionMetrics)}, nil
}

func (w *write) returned(want types.ReturnValue) item.Item {
	var out item.Item
	switch want {
	case types.ReturnValueAllOld:
		return w.allOld(want)
	case types.ReturnValueAllNew:
		return item.Decode(w.new)
	case types.ReturnValueUpdatedNew:
		out = w.updating.Changed(item.Decode(w.new))
	case types.ReturnValueUpdatedOld:
		if w.old != "" {
			out = w.updating.Changed(item.Decode(w.old))
		}
	default:
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (s *Service) getItem(c *api.Call, in *dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
	if len(in.AttributesToGet) > 0 {
		return nil, unsupported("GetItem", "AttributesToGet")
	}
	projection, err := projectionOf(in.ExpressionAttributeNames, in.ProjectionExpression)
	if err != nil {
		return nil, err
	}
	t, err := s.findData(c, in.TableName)
	if err != nil {
		return nil, err
	}
	key, _, err := t.requestKey(in.Key)
	if err != nil {
		return nil, err
	}
	data := t.items.Get(key)
	use := newConsumed(t)
	use.table = readUnits(sizeOf(data), aws.ToBool(in.ConsistentRead))
	return &dynamodb.GetItemOutput{Item: projected(projection, data), ConsumedCapacity: use.answer(in.ReturnConsumedCapacity)}, nil
}

// projectionOf parses a projection expression; nil means everything.
func projectionOf(names map[string]string, src *string) (*expr.Projection, error) {
	p, err := expr.NewParams(names, nil)
	if err != nil {
		return nil, answer(err)
	}
	var out *expr.Projection
	if src != nil {
		if out, err = p.Projection(*src); err != nil {
			return nil, answer(err)
		}
	}
	return out, answer(p.Unused("ProjectionExpression"))
}

func projected(p *expr.Projection, data string) item.Item {
	if data == "" {
		return nil
	}
	m := item.Decode(data)
	if p != nil {
		return p.Of(m)
	}
	return m
}
