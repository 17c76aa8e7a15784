package wire

import (
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/restorable/restorable/internal/awssim/model"
)

// Encode writes an answer. out is a pointer to the operation's output struct; requestID goes into the XML protocols' bodies.
func (c *Codec) Encode(p Protocol, op *model.Operation, out any, requestID string) (Response, error) {
	v := reflect.ValueOf(out)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return Response{}, fmt.Errorf("encode %s: the answer is %T, not a struct", op.Name, out)
	}
	r := Response{Status: http.StatusOK, Header: http.Header{}}
	c.contentType(p, r.Header)
	switch p {
	case Query, EC2:
		r.Body = c.xmlBody(p, op, v, requestID)
	case CBOR:
		r.Body = c.cborBody(op, v)
	case RESTJSON:
		c.restResponse(&r, op, v)
	default:
		r.Body = c.appendStructure(nil, op.Output, v)
	}
	return r, nil
}

func (c *Codec) contentType(p Protocol, h http.Header) {
	switch p {
	case Query, EC2:
		h.Set("Content-Type", "text/xml;charset=UTF-8")
	case CBOR:
		h.Set("Content-Type", "application/cbor")
		h.Set("Smithy-Protocol", "rpc-v2-cbor")
	case RESTJSON:
		h.Set("Content-Type", "application/json")
	default:
		h.Set("Content-Type", "application/x-amz-json-"+orElse(c.Model.Metadata.JSONVersion, "1.1"))
	}
}

func (c *Codec) restResponse(r *Response, op *model.Operation, v reflect.Value) {
	if op.HTTP.ResponseCode != 0 {
		r.Status = op.HTTP.ResponseCode
	}
	if op.Output != nil {
		for _, m := range op.Output.Members {
			if m.Location == "header" {
				c.putHeader(r.Header, m, v)
			}
		}
	}
	if r.Status == http.StatusNoContent {
		r.Header.Del("Content-Type")
		return
	}
	if op.Output == nil {
		return
	}
	if op.Output.Payload != "" {
		m := op.Output.Lookup(op.Output.Payload)
		if field, ok := c.field(v, m.Name); ok && !absent(field) {
			r.Body = c.appendValue(nil, m, field)
		}
		return
	}
	r.Body = c.appendStructure(nil, op.Output, v)
}

func (c *Codec) putHeader(h http.Header, m *model.Ref, v reflect.Value) {
	field, ok := c.field(v, m.Name)
	if !ok || absent(field) {
		return
	}
	h.Set(m.Wire(), scalarText(deref(field), http.TimeFormat))
}

// absent answers whether a field holds nothing to write: a nil pointer, slice, map or interface, an empty string, the zero time.
// Numbers and booleans that are not behind a pointer are always written.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		t, ok := v.Interface().(time.Time)
		return ok && t.IsZero()
	default:
		return false
	}
}

func deref(v reflect.Value) reflect.Value {
	for (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
	}
	return v
}
