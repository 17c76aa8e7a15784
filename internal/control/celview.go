package control

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/restorable/restorable/internal/estate"
)

// view is a record as an expression sees it. Reading a field of it goes into the recorder: that record is the evidence.
type view struct {
	typ    *objectType
	value  reflect.Value // an addressable struct
	rec    *recorder
	root   string // variable name; set only where parent is nil
	parent *view
	via    *field // of parent
	index  int    // position in a list; -1 when via is no list

	lists map[*field]ref.Val // elements that were shown before: a vault has tens of thousands of recovery points
}

// read is one field of one record that an expression looked at.
type read struct {
	view  *view
	field *field
}

// recorder notes what one evaluation reads.
type recorder struct {
	types *typeTable
	off   bool // texts are rendered without leaving evidence
	reads []read

	members map[*field]string // what fields of variables are called
}

func newRecorder(types *typeTable) *recorder {
	return &recorder{types: types, members: map[*field]string{}}
}

func (r *recorder) note(v *view, f *field) {
	if !r.off {
		r.reads = append(r.reads, read{v, f})
	}
}

// rootView shows a pointer to a struct under a variable name.
func (r *recorder) rootView(name string, pointer any) *view {
	value := reflect.ValueOf(pointer).Elem()
	return &view{typ: r.types.byType[value.Type()], value: value, rec: r, root: name, index: -1}
}

// get reads a field; it is what CEL calls for a selection.
func get(f *field, target any) (any, error) {
	switch v := target.(type) {
	case *view:
		return v.get(f), nil
	case *types.Unknown:
		return v, nil
	}
	return nil, fmt.Errorf("%s of something that is absent", f.name)
}

func (v *view) get(f *field) any {
	member := v.value.Field(f.index)
	switch f.kind {
	case factField, answerField:
		v.rec.note(v, f)
		return v.rec.types.factValue(member.Addr().Interface().(estate.AnyFact), f)
	case whyField:
		return types.String(member.Field(f.why).String())
	case listField:
		v.rec.note(v, f)
		if whole := member.Field(1).Addr().Interface().(*estate.Fact[bool]); !whole.Or(false) {
			return newPartial(v.rec.types, v.elements(f, member.Field(0)))
		}
		return v.elements(f, member.Field(0))
	case sliceField:
		return v.elements(f, member)
	case objectField:
		return &view{typ: f.elem, value: member, rec: v.rec, parent: v, via: f, index: -1}
	}
	return v.rec.types.plainValue(member)
}

func (v *view) elements(f *field, items reflect.Value) ref.Val {
	if shown, ok := v.lists[f]; ok {
		return shown
	}
	views := make([]view, items.Len())
	values := make([]ref.Val, items.Len())
	for i := range views {
		views[i] = view{typ: f.elem, value: items.Index(i), rec: v.rec, parent: v, via: f, index: i}
		values[i] = &views[i]
	}
	if v.lists == nil {
		v.lists = map[*field]ref.Val{}
	}
	v.lists[f] = types.NewRefValList(v.rec.types, values)
	return v.lists[f]
}

// factValue is unknown, null, an empty list or map for what is absent, or the value.
func (t *typeTable) factValue(fact estate.AnyFact, f *field) ref.Val {
	switch fact.Ref().State() {
	case estate.Unknown:
		return t.unknown
	case estate.Absent:
		return t.absent(f)
	}
	switch fact := fact.(type) { // the kinds that are read most, without a detour by any
	case *estate.Fact[string]:
		return types.String(fact.Or(""))
	case *estate.Fact[bool]:
		return types.Bool(fact.Or(false))
	case *estate.Fact[int64]:
		return types.Int(fact.Or(0))
	}
	switch value := fact.Any().(type) {
	case string:
		return types.String(value)
	case bool:
		return types.Bool(value)
	case int64:
		return types.Int(value)
	case estate.Instant:
		return types.Timestamp{Time: value.Time()}
	default:
		return t.plainValue(reflect.ValueOf(value))
	}
}

func (t *typeTable) absent(f *field) ref.Val {
	switch f.ft.Type.Kind() {
	case types.ListKind:
		return types.NewRefValList(t, nil)
	case types.MapKind:
		return types.NewRefValMap(t, nil)
	}
	return types.NullValue
}

// plainValue converts a value of which all parts are known.
func (t *typeTable) plainValue(v reflect.Value) ref.Val {
	switch value := v.Interface().(type) {
	case estate.Instant:
		return types.Timestamp{Time: value.Time()}
	case time.Duration:
		return types.Duration{Duration: value}
	}
	switch v.Kind() {
	case reflect.String:
		return types.String(v.String())
	case reflect.Bool:
		return types.Bool(v.Bool())
	case reflect.Int, reflect.Int64:
		return types.Int(v.Int())
	case reflect.Float64:
		return types.Double(v.Float())
	case reflect.Slice:
		return t.plainList(v)
	case reflect.Map:
		return t.plainMap(v)
	case reflect.Struct:
		return &view{typ: t.byType[v.Type()], value: v, rec: &recorder{types: t, off: true}, index: -1}
	}
	return types.NewErr("cannot show a %s", v.Type())
}

func (t *typeTable) plainList(v reflect.Value) ref.Val {
	values := make([]ref.Val, v.Len())
	for i := range values {
		values[i] = t.plainValue(v.Index(i))
	}
	return types.NewRefValList(t, values)
}

func (t *typeTable) plainMap(v reflect.Value) ref.Val {
	values := make(map[ref.Val]ref.Val, v.Len())
	for each := v.MapRange(); each.Next(); {
		values[types.String(each.Key().String())] = t.plainValue(each.Value())
	}
	return types.NewRefValMap(t, values)
}

// path names the record as an expression would, with names instead of positions: "plan[daily].selection".
func (v *view) path() string {
	if v.parent == nil {
		return v.root
	}
	path := v.via.name
	if up := v.parent.path(); up != "" {
		path = up + "." + path
	}
	if v.index < 0 {
		return path
	}
	return path + "[" + v.label() + "]"
}

// member names a field of the record. The names of a variable's own fields are put together once.
func (v *view) member(f *field) string {
	if v.parent != nil {
		return v.path() + "." + f.name
	}
	known := v.rec.members[f]
	if known == "" || len(known) != len(v.root)+1+len(f.name) || known[:len(v.root)] != v.root {
		known = v.root + "." + f.name
		v.rec.members[f] = known
	}
	return known
}

// label is the record's name, or its id, or its position.
func (v *view) label() string {
	if v.typ.nameAt >= 0 {
		switch name := v.value.Field(v.typ.nameAt).Interface().(type) {
		case estate.Fact[string]:
			if s, ok := name.Get(); ok {
				return s
			}
		case string:
			return name
		}
	}
	if id := v.id(); id != "" {
		return id
	}
	return strconv.Itoa(v.index)
}

// id is the record's own id; empty when it has none.
func (v *view) id() string {
	if v.typ.idAt < 0 {
		return ""
	}
	return v.value.Field(v.typ.idAt).String()
}

// resource is the id of the nearest record that has one.
func (v *view) resource() string {
	for at := v; at != nil; at = at.parent {
		if id := at.id(); id != "" {
			return id
		}
	}
	return ""
}

// readings are what was read, for the evidence: the basis of an answer, or the fact itself.
func (r read) readings() []estate.Reading {
	if basis := r.basis(); basis != nil {
		return basis
	}
	return []estate.Reading{r.own()}
}

// basis is what an answer rests on; nil when that is the fact itself.
func (r read) basis() []estate.Reading {
	if r.field.kind != answerField {
		return nil
	}
	basis := r.view.value.Field(r.field.index).Field(r.field.basis).Addr().Interface().(*[]estate.Reading)
	if len(*basis) == 0 {
		return nil
	}
	return *basis
}

// own is the fact itself.
func (r read) own() estate.Reading {
	member := r.view.value.Field(r.field.index)
	own := estate.Reading{Fact: r.view.member(r.field), Resource: r.view.resource()}
	if r.field.kind == listField {
		whole := member.Field(1).Interface().(estate.Fact[bool])
		own.Ref = whole.Ref()
		if whole.IsKnown() {
			own.Value = strconv.Itoa(member.Field(0).Len()) + " items"
		}
		return own
	}
	fact := member.Addr().Interface().(estate.AnyFact)
	own.Value, own.Ref = fact.Any(), fact.Ref()
	return own
}

// ConvertToNative implements ref.Val.
func (v *view) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("cannot convert %s", v.typ.name)
}

// ConvertToType implements ref.Val.
func (v *view) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("cannot convert %s to %s", v.typ.name, t.TypeName())
}

// Equal implements ref.Val. Records are never compared: with unknown fields the answer would be wrong. The loader refuses such expressions.
func (v *view) Equal(ref.Val) ref.Val { return types.NewErr("cannot compare %s", v.typ.name) }

// Type implements ref.Val.
func (v *view) Type() ref.Type { return v.typ.cel }

// Value implements ref.Val.
func (v *view) Value() any { return v }
