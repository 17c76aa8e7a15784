package wire

import (
	"reflect"
	"sort"
	"time"

	"github.com/restorable/restorable/internal/awssim/model"
)

// Missing lists the members of a model shape that a struct type cannot hold, as "Path.Member: reason".
// A service's structs must hold them all: a test walks every registered operation.
func (c *Codec) Missing(t reflect.Type, s *model.Shape) []string {
	w := &walker{seen: map[walked]bool{}}
	w.structure("", t, s)
	sort.Strings(w.found)
	return w.found
}

type walked struct {
	t reflect.Type
	s *model.Shape
}

type walker struct {
	seen  map[walked]bool
	found []string
}

func (w *walker) structure(path string, t reflect.Type, s *model.Shape) {
	key := walked{t, s}
	if w.seen[key] || s == nil {
		return
	}
	w.seen[key] = true
	for _, m := range s.Members {
		at := join(path, m.Name)
		i := fieldIndex(t, m.Name)
		if i < 0 {
			w.found = append(w.found, at+": no such field in "+t.String())
			continue
		}
		w.value(at, t.Field(i).Type, m.Shape)
	}
}

func (w *walker) value(path string, t reflect.Type, s *model.Shape) {
	if isAttribute(t) {
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !holds(t, s) {
		w.found = append(w.found, path+": a "+s.Type+" does not fit "+t.String())
		return
	}
	switch s.Type {
	case "structure":
		w.structure(path, t, s)
	case "list":
		w.value(path+"[]", t.Elem(), s.Member.Shape)
	case "map":
		w.value(path+"{}", t.Elem(), s.Value.Shape)
	}
}

func holds(t reflect.Type, s *model.Shape) bool {
	switch s.Type {
	case "structure":
		return t.Kind() == reflect.Struct
	case "list":
		return t.Kind() == reflect.Slice
	case "map":
		return t.Kind() == reflect.Map && t.Key().Kind() == reflect.String
	case "string":
		return t.Kind() == reflect.String
	case "boolean":
		return t.Kind() == reflect.Bool
	case "timestamp":
		return t == reflect.TypeFor[time.Time]()
	case "blob":
		return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
	case "float", "double":
		return t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64
	default:
		return t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64
	}
}
