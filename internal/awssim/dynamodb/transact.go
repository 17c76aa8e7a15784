package dynamodb

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/expr"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// transactWriteItems does all of up to 100 writes or none. Client tokens are not remembered: a repeated request is carried out again.
func (s *Service) transactWriteItems(c *api.Call, in *dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
	writes, err := s.prepareTransaction(c, in.TransactItems)
	if err != nil {
		return nil, err
	}
	reasons := make([]types.CancellationReason, len(writes))
	cancelled := false
	for i, w := range writes {
		reasons[i] = types.CancellationReason{Code: aws.String("None")}
		err := w.misfit
		if err == nil {
			err = w.decide()
		}
		if err != nil {
			cancelled = true
			reasons[i] = reason(err)
		}
	}
	if cancelled {
		return nil, cancellation(reasons)
	}
	uses := map[*table]*consumed{}
	for _, w := range writes {
		s.commit(w)
		if uses[w.t] == nil {
			uses[w.t] = newConsumed(w.t)
		}
		for range 2 { // a transactional write costs twice
			uses[w.t].write(w.old, w.new)
		}
	}
	return &dynamodb.TransactWriteItemsOutput{ConsumedCapacity: consumedBy(writes, uses, in.ReturnConsumedCapacity)}, nil
}

func (s *Service) prepareTransaction(c *api.Call, items []types.TransactWriteItem) ([]*write, error) {
	if len(items) == 0 || len(items) > 100 {
		return nil, invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and 100")
	}
	var writes []*write
	seen := map[*table]map[string]bool{}
	for _, it := range items {
		w := transactWrite(it)
		if w == nil {
			return nil, invalid("TransactItems can only contain one of Check, Put, Update or Delete")
		}
		if err := s.locate(c, w); err != nil {
			return nil, err
		}
		if w.misfit = w.fit(); w.misfit == nil {
			w.misfit = w.mayTouch()
		}
		writes = append(writes, w)
		if w.misfit != nil {
			continue
		}
		if seen[w.t] == nil {
			seen[w.t] = map[string]bool{}
		}
		if seen[w.t][w.treeKey] {
			return nil, invalid("Transaction request cannot include multiple operations on one item")
		}
		seen[w.t][w.treeKey] = true
	}
	return writes, nil
}

func transactWrite(it types.TransactWriteItem) *write {
	switch {
	case it.Put != nil && it.Delete == nil && it.Update == nil && it.ConditionCheck == nil:
		p := it.Put
		m := p.Item
		if m == nil {
			m = item.Item{}
		}
		return &write{table: p.TableName, item: m, names: p.ExpressionAttributeNames, values: p.ExpressionAttributeValues, condition: p.ConditionExpression, onFailure: p.ReturnValuesOnConditionCheckFailure}
	case it.Delete != nil && it.Put == nil && it.Update == nil && it.ConditionCheck == nil:
		d := it.Delete
		return &write{table: d.TableName, key: d.Key, names: d.ExpressionAttributeNames, values: d.ExpressionAttributeValues, condition: d.ConditionExpression, onFailure: d.ReturnValuesOnConditionCheckFailure}
	case it.Update != nil && it.Put == nil && it.Delete == nil && it.ConditionCheck == nil:
		u := it.Update
		return &write{table: u.TableName, key: u.Key, names: u.ExpressionAttributeNames, values: u.ExpressionAttributeValues, condition: u.ConditionExpression, update: u.UpdateExpression,
			updating: &expr.Update{}, onFailure: u.ReturnValuesOnConditionCheckFailure}
	case it.ConditionCheck != nil && it.Put == nil && it.Delete == nil && it.Update == nil:
		k := it.ConditionCheck
		return &write{table: k.TableName, key: k.Key, names: k.ExpressionAttributeNames, values: k.ExpressionAttributeValues, condition: k.ConditionExpression, check: true, onFailure: k.ReturnValuesOnConditionCheckFailure}
	}
	return nil
}

func reason(err error) types.CancellationReason {
	var e *api.Error
	if !errors.As(err, &e) {
		return types.CancellationReason{Code: aws.String("ValidationError"), Message: aws.String(err.Error())}
	}
	code := "ValidationError"
	if e.Code == "ConditionalCheckFailedException" {
		code = "ConditionalCheckFailed"
	}
	r := types.CancellationReason{Code: aws.String(code), Message: aws.String(e.Message)}
	r.Item, _ = e.Fields["Item"].(item.Item)
	return r
}

func cancellation(reasons []types.CancellationReason) error {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = *r.Code
	}
	return &api.Error{
		Code:    "TransactionCanceledException",
		Message: "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]",
		Fields:  map[string]any{"CancellationReasons": reasons},
	}
}

func (s *Service) transactGetItems(c *api.Call, in *dynamodb.TransactGetItemsInput) (*dynamodb.TransactGetItemsOutput, error) {
	if len(in.TransactItems) == 0 || len(in.TransactItems) > 100 {
		return nil, invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and 100")
	}
	out := &dynamodb.TransactGetItemsOutput{Responses: []types.ItemResponse{}}
	uses, seen := map[*table]*consumed{}, map[*table]map[string]bool{}
	var order []*table
	reasons := make([]types.CancellationReason, len(in.TransactItems))
	cancelled := false
	for i, it := range in.TransactItems {
		reasons[i] = types.CancellationReason{Code: aws.String("None")}
		g := it.Get
		projection, err := projectionOf(g.ExpressionAttributeNames, g.ProjectionExpression)
		if err != nil {
			return nil, err
		}
		t, err := s.findData(c, g.TableName)
		if err != nil {
			return nil, err
		}
		key, _, err := t.requestKey(g.Key)
		if err != nil {
			cancelled, reasons[i] = true, reason(err)
			continue
		}
		if uses[t] == nil {
			uses[t] = newConsumed(t)
			order = append(order, t)
			seen[t] = map[string]bool{}
		}
		if seen[t][key] {
			return nil, invalid("Transaction request cannot include multiple operations on one item")
		}
		seen[t][key] = true
		data := t.items.Get(key)
		uses[t].table += 2 * readUnits(sizeOf(data), true)
		out.Responses = append(out.Responses, types.ItemResponse{Item: projected(projection, data)})
	}
	if cancelled {
		return nil, cancellation(reasons)
	}
	for _, t := range order {
		if used := uses[t].answer(in.ReturnConsumedCapacity); used != nil {
			out.ConsumedCapacity = append(out.ConsumedCapacity, *used)
		}
	}
	return out, nil
}
