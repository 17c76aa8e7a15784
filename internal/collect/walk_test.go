package collect_test

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// seen is a fact as the tests compare it.
type seen struct {
	state     estate.State
	value     string
	operation string // of its source
	code      string
}

// facts lists every fact of a unit by path; items of lists go by their ids.
func facts(u *estate.Unit) map[string]seen {
	out := map[string]seen{}
	walk(u, reflect.ValueOf(u).Elem(), "", out)
	return out
}

func walk(u *estate.Unit, v reflect.Value, path string, out map[string]seen) {
	if v.CanAddr() {
		if f, ok := v.Addr().Interface().(estate.AnyFact); ok {
			p := u.Of(f.Ref().Source())
			out[path] = seen{state: f.Ref().State(), value: fmt.Sprint(f.Any()), operation: p.Operation, code: p.Code}
			return
		}
	}
	if v.Kind() != reflect.Struct {
		return
	}
	if items := v.FieldByName("Items"); items.IsValid() {
		walk(u, v.FieldByName("Whole"), path+".whole", out)
		for i := range items.Len() {
			item := items.Index(i)
			walk(u, item, path+"["+item.FieldByName("ID").String()+"]", out)
		}
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || field.Name == "Provenance" {
			continue
		}
		walk(u, v.Field(i), path+"."+strings.Split(field.Tag.Get("json"), ",")[0], out)
	}
}

// listOf is the path of the wholeness of the innermost list that a fact's item stands in, given what is left of the estate.
func listsOf(path string) []string {
	var lists []string
	for i, r := range path {
		if r == '[' {
			lists = append(lists, path[:i]+".whole")
		}
	}
	return lists
}
