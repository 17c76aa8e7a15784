package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
)

// parseJSON reads a body that must be one JSON object; an empty body is an empty object.
func parseJSON(body []byte) (map[string]any, *api.Error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, serialization("Unexpected token or end of the request body")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, serialization("Unexpected token after the end of the request")
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, serialization("Start of structure or map expected")
	}
	return object, nil
}

// parseREST puts the members found in the path, the query string and the headers beside those of the body.
func parseREST(input *model.Shape, r Request) (map[string]any, *api.Error) {
	tree, err := restBody(input, r)
	if err != nil {
		return nil, err
	}
	for _, m := range input.Members {
		switch m.Location {
		case "uri":
			if v, ok := r.Path[m.Wire()]; ok {
				tree[treeKey(m)] = text(v)
			}
		case "querystring":
			putValues(tree, m, r.Query[m.Wire()])
		case "header":
			putValues(tree, m, r.Header[http.CanonicalHeaderKey(m.Wire())])
		}
	}
	return tree, nil
}

func restBody(input *model.Shape, r Request) (map[string]any, *api.Error) {
	if input.Payload == "" {
		return parseJSON(r.Body)
	}
	payload := input.Lookup(input.Payload)
	if payload.Shape.Type == "blob" {
		return map[string]any{treeKey(payload): r.Body}, nil
	}
	body, err := parseJSON(r.Body)
	return map[string]any{treeKey(payload): any(body)}, err
}

func putValues(tree map[string]any, m *model.Ref, values []string) {
	if len(values) == 0 {
		return
	}
	if m.Shape.Type != "list" {
		tree[treeKey(m)] = text(values[0])
		return
	}
	var list []any
	for _, v := range values {
		list = append(list, text(v))
	}
	tree[treeKey(m)] = list
}

// treeKey is the key of a member in a tree. Members outside the body get keys that no body member can have.
func treeKey(m *model.Ref) string {
	if m.Location == "" {
		return m.Wire()
	}
	return m.Location + "\x00" + m.Wire()
}

func parseCBOR(body []byte) (map[string]any, *api.Error) {
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	v, err := cbor.Decode(body)
	if err != nil {
		return nil, serialization("The request body is not valid CBOR")
	}
	object, ok := cborTree(v).(map[string]any)
	if !ok {
		return nil, serialization("Start of structure or map expected")
	}
	return object, nil
}

func cborTree(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Map:
		object := make(map[string]any, len(v))
		for k, e := range v {
			object[k] = cborTree(e)
		}
		return object
	case cbor.List:
		list := make([]any, 0, len(v))
		for _, e := range v {
			list = append(list, cborTree(e))
		}
		return list
	case *cbor.Tag:
		return cborTime(v)
	default:
		return cborScalar(v)
	}
}

func cborScalar(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.String:
		return string(v)
	case cbor.Slice:
		return []byte(v)
	case cbor.Bool:
		return bool(v)
	case cbor.Uint:
		return jsonNumber(uint64(v))
	case cbor.NegInt:
		return jsonNumber(-int64(v))
	case cbor.Float32:
		return jsonNumber(float64(v))
	case cbor.Float64:
		return jsonNumber(float64(v))
	}
	return nil
}

// cborTime reads tag 1, seconds since 1970.
func cborTime(t *cbor.Tag) any {
	n, ok := cborTree(t.Value).(json.Number)
	if t.ID != 1 || !ok {
		return nil
	}
	seconds, err := n.Float64()
	if err != nil {
		return nil
	}
	return epoch(seconds)
}

func epoch(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
}

func jsonNumber[T uint64 | int64 | float64](v T) json.Number {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // NaN and infinities are no numbers here
	}
	return json.Number(b)
}
