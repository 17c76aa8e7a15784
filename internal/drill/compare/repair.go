package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// What an expression may hold.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const (
	maxExpression = 4096 // bytes
	maxOperators  = 300
)

// Write is one write to the first table that makes an item what it is in the second, as long as the item is still what was seen. Nobody
// makes it here: it is for people to read and run.
type Write struct {
	Operation string          `json:"operation"` // PutItem or DeleteItem; empty: none could be made
	Why       Kind            `json:"why"`
	Key       json.RawMessage `json:"key"`
	Input     json.RawMessage `json:"input,omitempty"` // the request, as for aws dynamodb put-item --cli-input-json
	Skipped   string          `json:"skipped,omitempty"`
}

// Repaired is how many writes there are.
type Repaired struct {
	Puts    int64 `json:"puts"`
	Deletes int64 `json:"deletes"`
	Skipped int64 `json:"skipped"`        // no write could be made, or the item differs no more
	Missing int64 `json:"not_looked_at"`  // differences whose keys were not kept
	Left    int64 `json:"left_explained"` // differences that a change after the moment explains: they are no damage
}

// Repair reads each unexplained difference again, in both tables, and hands the write that would copy the second table's item back. The
// condition names every attribute that the item has, and those that it lacks of the ones to be written; an attribute that was added
// meanwhile and is in neither is the one change that it does not notice. An error of put is returned as it is; all others are *awsapi.CallError.
func (r *Result) Repair(ctx context.Context, put func(Write) error) (Repaired, error) {
	var done Repaired
	if r.c == nil {
		return done, nil
	}
	r.c.begin("reading what is damaged")
	done.Missing = r.c.out.rest + r.Unexamined
	for i := range r.c.out.list {
		d := &r.c.out.list[i]
		if d.state == explained {
			done.Left++
			continue
		}
		if d.key == "" {
			done.Missing++
			continue
		}
		w, err := r.c.write(ctx, d)
		if err != nil {
			return done, err
		}
		switch w.Operation {
		case "PutItem":
			done.Puts++
		case "DeleteItem":
			done.Deletes++
		default:
			done.Skipped++
		}
		if err := put(w); err != nil {
			return done, err
		}
	}
	return done, nil
}

// write makes one write of a difference.
func (c *comparison) write(ctx context.Context, d *difference) (Write, error) {
	w := Write{Why: d.kind, Key: json.RawMessage(d.key)}
	var now [2]json.RawMessage
	for i, r := range c.readers() {
		item, err := r.item(ctx, d.key)
		if err != nil {
			return w, err
		}
		now[i] = item
	}
	same, err := c.same(now)
	switch {
	case err != nil:
		return w, c.a.broken(err.Error())
	case same:
		w.Skipped = "it differs no more"
		return w, nil
	}
	return c.a.request(w, now[0], now[1])
}

// same reports whether an item is the same in both tables by now, or in neither.
func (c *comparison) same(now [2]json.RawMessage) (bool, error) {
	if now[0] == nil || now[1] == nil {
		return now[0] == nil && now[1] == nil, nil
	}
	var canonical [2][]byte
	for i := range now {
		text, err := fingerprint.Canonical(nil, now[i])
		if err != nil {
			return false, err
		}
		canonical[i] = text
	}
	return bytes.Equal(canonical[0], canonical[1]), nil
}

// item reads one item as DynamoDB writes it; nil: there is none.
func (r *reader) item(ctx context.Context, key string) (json.RawMessage, error) {
	values, err := keyValues([]byte(key), r.shape.keys)
	if err != nil {
		return nil, r.broken(err.Error())
	}
	in := &dynamodb.GetItemInput{TableName: aws.String(r.side.Table), Key: values, ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}
	var body bytes.Buffer
	if err := r.patiently(ctx, func() error {
		_, err := awsapi.GetItemRaw(ctx, r.side.Scope, in, &body)
		return err
	}); err != nil {
		return nil, err
	}
	var out struct {
		Item             json.RawMessage
		ConsumedCapacity struct{ CapacityUnits float64 }
	}
	if err := json.Unmarshal(body.Bytes(), &out); err != nil {
		return nil, r.broken(err.Error())
	}
	r.count(fingerprint.Page{Items: 1, CapacityUnits: out.ConsumedCapacity.CapacityUnits}, body.Len())
	if string(out.Item) == "null" {
		return nil, nil
	}
	return out.Item, nil
}

// request makes is what it should be, provided that it still is what it is.
func (r *reader) request(w Write, is, should json.RawMessage) (Write, error) {
	var has, wants map[string]json.RawMessage
	for text, to := range map[*json.RawMessage]*map[string]json.RawMessage{&is: &has, &should: &wants} {
		if *text != nil {
			if err := json.Unmarshal(*text, to); err != nil {
				return w, r.broken(err.Error())
			}
		}
	}
	x := expression{names: map[string]string{}, values: map[string]json.RawMessage{}}
	if is == nil {
		x.absent(r.shape.keys[0])
	}
	for _, name := range slices.Sorted(maps.Keys(has)) {
		x.equal(name, has[name])
	}
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		if _, there := has[name]; !there && is != nil {
			x.absent(name)
		}
	}
	condition := strings.Join(x.terms, " AND ")
	if len(condition) > maxExpression || 2*len(x.terms)-1 > maxOperators {
		w.Skipped = fmt.Sprintf("it has %d attributes, more than a condition can name", len(has))
		return w, nil
	}
	input := map[string]any{"TableName": r.side.Table, "ConditionExpression": condition, "ExpressionAttributeNames": x.names}
	if len(x.values) > 0 {
		input["ExpressionAttributeValues"] = x.values
	}
	w.Operation = "PutItem"
	if input["Item"] = should; should == nil {
		delete(input, "Item")
		w.Operation, input["Key"] = "DeleteItem", w.Key
	}
	var err error
	w.Input, err = plainJSON(input)
	return w, err
}

// expression is a condition in the making.
type expression struct {
	terms  []string
	names  map[string]string
	values map[string]json.RawMessage
}

func (x *expression) name(name string) string {
	place := fmt.Sprintf("#a%d", len(x.names))
	x.names[place] = name
	return place
}

func (x *expression) equal(name string, value json.RawMessage) {
	place := fmt.Sprintf(":v%d", len(x.values))
	x.terms = append(x.terms, x.name(name)+" = "+place)
	x.values[place] = value
}

func (x *expression) absent(name string) {
	x.terms = append(x.terms, "attribute_not_exists("+x.name(name)+")")
}

// plainJSON is one line that escapes nothing for web pages.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
