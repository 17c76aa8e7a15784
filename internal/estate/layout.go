package estate

import (
	"reflect"
	"slices"
	"sync"
)

// The file codec, the schema and the walker share one view of the resource types: a record is a struct whose fields are
// facts, lists of records, nested records, or plain text (its id).

// field is one member of a record.
type field struct {
	name  string // its name in the file
	index int
	kind  fieldKind
}

type fieldKind uint8

const (
	plainField  fieldKind = iota // string, []Provenance or []Declared, written as encoding/json does
	factField                    // Fact[T]
	listField                    // List[T]
	recordField                  // a nested struct of facts
)

// factCodec is what the codec needs of a *Fact[T].
type factCodec interface {
	AnyFact
	target() any
	setRef(Ref)
}

// listCodec is what the codec needs of a *List[T].
type listCodec interface {
	whole() *Fact[bool]
	grow() any
	length() int
	at(i int) any
	reserve(n int)
	trim()
}

func (l *List[T]) whole() *Fact[bool] { return &l.Whole }
func (l *List[T]) grow() any {
	var zero T
	l.Items = append(l.Items, zero)
	return &l.Items[len(l.Items)-1]
}
func (l *List[T]) length() int { return len(l.Items) }

// sure is how many records must have been read before a file's word is taken for how many there are, and ahead how many times
// as many it is then taken for at most: a small file must not claim much memory.
const sure, ahead = 4096, 128

// reserve makes room for n records in all when the room is used up and enough of them were really there.
func (l *List[T]) reserve(n int) {
	if have := len(l.Items); have == cap(l.Items) && have >= sure && n > have {
		l.Items = slices.Grow(l.Items, min(n, ahead*have)-have)
	}
}

// trim gives back the room that growing left over, when it is much.
func (l *List[T]) trim() {
	if cap(l.Items)-len(l.Items) > len(l.Items)/8 {
		l.Items = slices.Clone(l.Items)
	}
}

func (l *List[T]) at(i int) any { return &l.Items[i] }

// layouts caches the fields of each record type for one run of the codec.
type layouts struct{ byType sync.Map }

func (l *layouts) of(t reflect.Type) []field {
	if known, ok := l.byType.Load(t); ok {
		return known.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, ok := f.Tag.Lookup("json")
		if !ok {
			continue
		}
		fields = append(fields, field{name: name, index: i, kind: kindOf(f.Type)})
	}
	l.byType.Store(t, fields)
	return fields
}

func kindOf(t reflect.Type) fieldKind {
	switch p := reflect.PointerTo(t); {
	case p.Implements(reflect.TypeFor[factCodec]()):
		return factField
	case p.Implements(reflect.TypeFor[listCodec]()):
		return listField
	case t.Kind() == reflect.Struct:
		return recordField
	}
	return plainField
}

// EachFact visits every fact below a pointer to a record (a *Unit, a *Table, …) that was ever set, with its path, for example
// "tables[3].pitr_status". The facts may be changed.
func EachFact(record any, visit func(path string, f AnyFact)) {
	eachFact(&layouts{}, reflect.ValueOf(record).Elem(), "", visit)
}

func eachFact(l *layouts, v reflect.Value, path string, visit func(string, AnyFact)) {
	for _, f := range l.of(v.Type()) {
		member, at := v.Field(f.index).Addr().Interface(), join(path, f.name)
		switch f.kind {
		case factField:
			if fact := member.(factCodec); fact.Ref() != 0 {
				visit(at, fact)
			}
		case listField:
			list := member.(listCodec)
			if list.whole().Ref() != 0 {
				visit(at+".whole", list.whole())
			}
			for i := range list.length() {
				eachFact(l, reflect.ValueOf(list.at(i)).Elem(), indexed(at, i), visit)
			}
		case recordField:
			eachFact(l, v.Field(f.index), at, visit)
		}
	}
}

// UnknownBySource counts the facts and lists below a unit that are unknown, by the source that says why.
func UnknownBySource(u *Unit) map[Source]int {
	counts := map[Source]int{}
	countUnknown(&layouts{}, reflect.ValueOf(u).Elem(), counts)
	return counts
}

func countUnknown(l *layouts, v reflect.Value, counts map[Source]int) {
	for _, f := range l.of(v.Type()) {
		member := v.Field(f.index)
		switch f.kind {
		case factField:
			countFact(member.Addr().Interface().(factCodec).Ref(), counts)
		case listField:
			list := member.Addr().Interface().(listCodec)
			countFact(list.whole().Ref(), counts)
			for i := range list.length() {
				countUnknown(l, reflect.ValueOf(list.at(i)).Elem(), counts)
			}
		case recordField:
			countUnknown(l, member, counts)
		}
	}
}

func countFact(r Ref, counts map[Source]int) {
	if r != 0 && r.State() == Unknown {
		counts[r.Source()]++
	}
}
