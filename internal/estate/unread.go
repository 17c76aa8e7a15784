package estate

import "reflect"

// Unread makes every fact and list of the unit itself that was never set unknown for the reason that a source tells: nobody could look.
func Unread(u *Unit, src Source) { unread(&layouts{}, reflect.ValueOf(u).Elem(), newRef(Unknown, src)) }

func unread(l *layouts, v reflect.Value, ref Ref) {
	for _, f := range l.of(v.Type()) {
		member := v.Field(f.index)
		switch f.kind {
		case factField:
			if fact := member.Addr().Interface().(factCodec); fact.Ref() == 0 {
				fact.setRef(ref)
			}
		case listField:
			if whole := member.Addr().Interface().(listCodec).whole(); whole.Ref() == 0 {
				whole.setRef(ref)
			}
		case recordField:
			unread(l, member, ref)
		}
	}
}
