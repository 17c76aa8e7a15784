package estate

import "reflect"

// Hollow is a copy of a unit with its own facts, and of its lists only whether they are whole. It has no provenance: its sources name none.
func Hollow(u *Unit) *Unit {
	h := *u
	h.Provenance, h.Declared = nil, nil
	v := reflect.ValueOf(&h).Elem()
	for i := range v.NumField() {
		if _, ok := v.Field(i).Addr().Interface().(listCodec); ok {
			v.Field(i).FieldByName("Items").SetZero()
		}
	}
	return &h
}
