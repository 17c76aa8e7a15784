package wire

import (
	"reflect"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/restorable/restorable/internal/awssim/model"
)

func (c *Codec) cborBody(op *model.Operation, v reflect.Value) []byte {
	return cbor.Encode(c.cborStructure(op.Output, v))
}

func (c *Codec) cborStructure(s *model.Shape, v reflect.Value) cbor.Map {
	out := cbor.Map{}
	if s == nil {
		return out
	}
	for _, m := range s.Members {
		field, ok := c.field(v, m.Name)
		if ok && !absent(field) {
			out[m.Name] = c.cborValue(m, deref(field))
		}
	}
	return out
}

func (c *Codec) cborValue(m *model.Ref, v reflect.Value) cbor.Value {
	switch {
	case m.Shape.Type == "structure" && v.Kind() == reflect.Struct:
		return c.cborStructure(m.Shape, v)
	case m.Shape.Type == "list" && v.Kind() == reflect.Slice:
		list := cbor.List{}
		for i := range v.Len() {
			list = append(list, c.cborValue(m.Shape.Member, deref(v.Index(i))))
		}
		return list
	case m.Shape.Type == "map" && v.Kind() == reflect.Map:
		out := cbor.Map{}
		for _, k := range v.MapKeys() {
			out[k.String()] = c.cborValue(m.Shape.Value, deref(v.MapIndex(k)))
		}
		return out
	}
	return cborLeaf(v)
}

func cborLeaf(v reflect.Value) cbor.Value {
	switch {
	case v.Kind() == reflect.String:
		return cbor.String(v.String())
	case v.Kind() == reflect.Bool:
		return cbor.Bool(v.Bool())
	case v.CanInt():
		return cborInt(v.Int())
	case v.CanFloat():
		return cbor.Float64(v.Float())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return cbor.Slice(v.Bytes())
	}
	if t, ok := v.Interface().(time.Time); ok {
		return &cbor.Tag{ID: 1, Value: cbor.Float64(float64(t.UnixMilli()) / 1000)}
	}
	return &cbor.Nil{}
}

func cborInt(i int64) cbor.Value {
	if i < 0 {
		return cbor.NegInt(uint64(-i))
	}
	return cbor.Uint(uint64(i))
}
