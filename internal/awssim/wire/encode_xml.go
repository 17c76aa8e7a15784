package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"reflect"
	"strconv"
	"time"

	"github.com/restorable/restorable/internal/awssim/model"
)

type xmlWriter struct {
	bytes.Buffer
	codec *Codec
}

func (w *xmlWriter) open(name string)  { w.WriteString("<" + name + ">") }
func (w *xmlWriter) close(name string) { w.WriteString("</" + name + ">") }

func (w *xmlWriter) leaf(name, value string) {
	w.open(name)
	_ = xml.EscapeText(w, []byte(value)) // a Buffer never fails
	w.close(name)
}

func (c *Codec) xmlBody(p Protocol, op *model.Operation, v reflect.Value, requestID string) []byte {
	w := &xmlWriter{codec: c}
	w.WriteString("<" + op.Name + `Response xmlns="` + c.Model.Metadata.XMLNamespace + `">`)
	if p == EC2 {
		w.leaf("requestId", requestID)
		w.structure(op.Output, v)
	} else {
		wrapper := op.ResultWrapper
		if wrapper != "" {
			w.open(wrapper)
			w.structure(op.Output, v)
			w.close(wrapper)
		}
		w.open("ResponseMetadata")
		w.leaf("RequestId", requestID)
		w.close("ResponseMetadata")
	}
	w.close(op.Name + "Response")
	return w.Bytes()
}

func (w *xmlWriter) structure(s *model.Shape, v reflect.Value) {
	if s == nil {
		return
	}
	for _, m := range s.Members {
		field, ok := w.codec.field(v, m.Name)
		if ok && !absent(field) {
			w.value(m.Wire(), m, deref(field))
		}
	}
}

func (w *xmlWriter) value(name string, m *model.Ref, v reflect.Value) {
	switch m.Shape.Type {
	case "structure":
		if v.Kind() == reflect.Struct {
			w.open(name)
			w.structure(m.Shape, v)
			w.close(name)
		}
	case "list":
		if v.Kind() == reflect.Slice {
			w.list(name, m, v)
		}
	case "map":
		if v.Kind() == reflect.Map {
			w.mapping(name, m, v)
		}
	default:
		w.leaf(name, scalarText(v, ""))
	}
}

func (w *xmlWriter) list(name string, m *model.Ref, v reflect.Value) {
	flat := m.Shape.Flattened || m.Flattened
	item := name
	if !flat {
		item = orElse(m.Shape.Member.LocationName, "member")
		w.open(name)
	}
	for i := range v.Len() {
		w.value(item, m.Shape.Member, deref(v.Index(i)))
	}
	if !flat {
		w.close(name)
	}
}

func (w *xmlWriter) mapping(name string, m *model.Ref, v reflect.Value) {
	w.open(name)
	for _, k := range sortedKeys(v) {
		w.open("entry")
		w.leaf(orElse(m.Shape.Key.LocationName, "key"), k.String())
		w.value(orElse(m.Shape.Value.LocationName, "value"), m.Shape.Value, deref(v.MapIndex(k)))
		w.close("entry")
	}
	w.close(name)
}

// scalarText is a scalar as characters; times in the layout, or ISO 8601 when it is empty.
func scalarText(v reflect.Value, layout string) string {
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	}
	t, ok := v.Interface().(time.Time)
	switch {
	case !ok:
		return ""
	case layout == "":
		return isoTime(t)
	}
	return t.UTC().Format(layout)
}
