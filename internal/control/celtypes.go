package control

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// objectType is a struct of the estate or of coverage as expressions see it: a closed set of typed fields.
type objectType struct {
	name   string // "estate.Table"
	cel    *types.Type
	fields map[string]*field
	names  []string // of the fields, sorted
	idAt   int      // index of the field ID; -1 without one
	nameAt int      // index of the field Name; -1 without one
}

// field is one member of an object type.
type field struct {
	name  string
	index int
	kind  fieldKind
	elem  *objectType // of an object, or of the elements of a list
	basis int         // where an Answer has its Basis
	why   int         // where an Answer has its clause
	ft    *types.FieldType
}

type fieldKind uint8

const (
	plainField  fieldKind = iota // a value that is always known, such as an id
	factField                    // estate.Fact[T]
	answerField                  // protection.Answer[T]
	whyField                     // the clause of an Answer, under the answer's name and "_why"
	listField                    // estate.List[T]
	sliceField                   // []T of records
	objectField                  // a nested record
)

// typeTable is the type provider: CEL's own types and ours, read off the Go structs once.
type typeTable struct {
	types.Provider
	adapter types.Adapter
	byName  map[string]*objectType
	byType  map[reflect.Type]*objectType
	unknown ref.Val // the one unknown value: which fact it was stands in the evidence
}

func newTypeTable() (*typeTable, error) {
	base, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("make type registry: %w", err)
	}
	t := &typeTable{
		Provider: base, adapter: base,
		byName: map[string]*objectType{}, byType: map[reflect.Type]*objectType{},
		unknown: types.NewUnknown(1, nil),
	}
	t.object(reflect.TypeFor[estate.Unit]())
	t.object(reflect.TypeFor[protection.Coverage]())
	t.object(reflect.TypeFor[protection.PlanReview]())
	t.object(reflect.TypeFor[protection.VaultReview]())
	t.object(reflect.TypeFor[protection.TableOversight]())
	t.object(reflect.TypeFor[protection.RegionOversight]())
	t.object(reflect.TypeFor[regionCover]())
	for _, record := range accessRecords() {
		t.object(record)
	}
	return t, nil
}

// object describes a struct type, and all that it holds.
func (t *typeTable) object(rt reflect.Type) *objectType {
	if known, ok := t.byType[rt]; ok {
		return known
	}
	o := &objectType{name: rt.String(), cel: types.NewObjectType(rt.String()), fields: map[string]*field{}, idAt: -1, nameAt: -1}
	t.byType[rt], t.byName[o.name] = o, o
	for i := range rt.NumField() {
		t.addField(o, rt.Field(i))
	}
	slices.Sort(o.names)
	return o
}

func (t *typeTable) addField(o *objectType, sf reflect.StructField) {
	switch sf.Name {
	case "ID":
		o.idAt = sf.Index[0]
	case "Name":
		o.nameAt = sf.Index[0]
	}
	name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
	if !sf.IsExported() || name == "-" || name == "" {
		return
	}
	f := &field{name: name, index: sf.Index[0]}
	cel := t.describe(f, sf.Type)
	if cel == nil {
		return
	}
	o.add(f, cel)
	if f.kind == answerField {
		o.add(&field{name: name + "_why", index: f.index, kind: whyField, why: f.why}, types.StringType)
	}
}

func (o *objectType) add(f *field, cel *types.Type) {
	f.ft = &types.FieldType{
		Type:    cel,
		IsSet:   func(any) bool { return true }, // has() is not in the environment
		GetFrom: func(target any) (any, error) { return get(f, target) },
	}
	o.fields[f.name] = f
	o.names = append(o.names, f.name)
}

// describe sets the kind of a field and returns its CEL type; nil for what expressions cannot see.
func (t *typeTable) describe(f *field, rt reflect.Type) *types.Type {
	if value, kind, ok := factOf(rt); ok {
		f.kind = kind
		if kind == answerField {
			f.basis, f.why = memberAt(rt, "Basis"), memberAt(rt, "Why")
		}
		cel := t.valueType(value)
		if cel != nil && nullable(cel) {
			return types.NewNullableType(cel)
		}
		return cel
	}
	if element, ok := listOf(rt); ok {
		f.kind, f.elem = listField, t.object(element)
		return types.NewListType(f.elem.cel)
	}
	switch {
	case rt == reflect.TypeFor[[]estate.Provenance](), rt == reflect.TypeFor[[]estate.Declared]():
		return nil // expressions judge facts, not where they come from
	case rt.Kind() == reflect.Struct:
		f.kind, f.elem = objectField, t.object(rt)
		return f.elem.cel
	case rt.Kind() == reflect.Slice && rt.Elem().Kind() == reflect.Struct:
		f.kind, f.elem = sliceField, t.object(rt.Elem())
		return types.NewListType(f.elem.cel)
	}
	return t.valueType(rt)
}

func memberAt(rt reflect.Type, name string) int {
	member, _ := rt.FieldByName(name)
	return member.Index[0]
}

// nullable reports whether a type needs a wrapper to be compared with null: lists and maps that are absent are empty instead.
func nullable(t *types.Type) bool {
	switch t.Kind() {
	case types.StringKind, types.BoolKind, types.IntKind, types.DoubleKind:
		return true
	}
	return false
}

// factOf returns the T of a Fact[T] or an Answer[T].
func factOf(rt reflect.Type) (value reflect.Type, kind fieldKind, ok bool) {
	if !reflect.PointerTo(rt).Implements(reflect.TypeFor[estate.AnyFact]()) {
		return nil, 0, false
	}
	if fact, embedded := rt.FieldByName("Fact"); embedded && fact.Anonymous {
		value, _, ok = factOf(fact.Type)
		return value, answerField, ok
	}
	get, _ := rt.MethodByName("Get")
	return get.Type.Out(0), factField, true
}

// listOf returns the T of a List[T].
func listOf(rt reflect.Type) (reflect.Type, bool) {
	if rt.Kind() != reflect.Struct || rt.NumField() != 2 || rt.Field(0).Name != "Items" || rt.Field(1).Name != "Whole" {
		return nil, false
	}
	return rt.Field(0).Type.Elem(), true
}

// valueType is the CEL type of a value of which all parts are known; nil when expressions cannot see it.
func (t *typeTable) valueType(rt reflect.Type) *types.Type {
	switch rt {
	case reflect.TypeFor[estate.Instant]():
		return types.TimestampType
	case reflect.TypeFor[time.Duration]():
		return types.DurationType
	}
	switch rt.Kind() {
	case reflect.String:
		return types.StringType
	case reflect.Bool:
		return types.BoolType
	case reflect.Int, reflect.Int64:
		return types.IntType
	case reflect.Float64:
		return types.DoubleType
	case reflect.Slice:
		if elem := t.valueType(rt.Elem()); elem != nil {
			return types.NewListType(elem)
		}
	case reflect.Map:
		if elem := t.valueType(rt.Elem()); elem != nil && rt.Key().Kind() == reflect.String {
			return types.NewMapType(types.StringType, elem)
		}
	case reflect.Struct:
		return t.object(rt).cel
	}
	return nil
}

// FindStructType implements types.Provider.
func (t *typeTable) FindStructType(name string) (*types.Type, bool) {
	if o, ok := t.byName[name]; ok {
		return types.NewTypeTypeWithParam(o.cel), true
	}
	return t.Provider.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (t *typeTable) FindStructFieldNames(name string) ([]string, bool) {
	if o, ok := t.byName[name]; ok {
		return o.names, true
	}
	return t.Provider.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (t *typeTable) FindStructFieldType(name, fieldName string) (*types.FieldType, bool) {
	if o, ok := t.byName[name]; ok {
		if f, ok := o.fields[fieldName]; ok {
			return f.ft, true
		}
		return nil, false
	}
	return t.Provider.FindStructFieldType(name, fieldName)
}

// NewValue implements types.Provider: expressions read resources, they make none.
func (t *typeTable) NewValue(name string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("cannot make a value of type %s", name)
}

// NativeToValue implements types.Adapter.
func (t *typeTable) NativeToValue(value any) ref.Val {
	if v, ok := value.(ref.Val); ok {
		return v
	}
	return t.adapter.NativeToValue(value)
}
