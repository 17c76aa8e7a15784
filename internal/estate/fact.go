package estate

import "fmt"

// State says what is known of a value.
type State uint8

// The three states. The zero value is Unknown: what nobody set, nobody looked at.
const (
	Unknown State = iota // could not look, or did not look
	Known                // looked, and there it is
	Absent               // looked, and there is none
)

func (s State) String() string {
	return [...]string{"unknown", "known", "absent"}[s]
}

// Source names an entry of a Unit's provenance table; 0 is "not recorded".
type Source uint32

// Ref packs a fact's state and its source into four bytes, because an account may hold millions of facts.
type Ref uint32

const (
	stateShift = 30
	sourceMask = 1<<stateShift - 1
)

func newRef(st State, src Source) Ref { return Ref(st)<<stateShift | Ref(src)&sourceMask }

// State of the fact that carries the reference.
func (r Ref) State() State { return State(r >> stateShift) }

// Source of the fact that carries the reference.
func (r Ref) Source() Source { return Source(r & sourceMask) }

// Fact is a value that is known, absent or unknown, with a reference to where that comes from.
// The zero Fact is unknown without a source.
type Fact[T any] struct {
	value T
	ref   Ref
}

// KnownFact is a value that was read.
func KnownFact[T any](v T, src Source) Fact[T] { return Fact[T]{value: v, ref: newRef(Known, src)} }

// AbsentFact says that one looked and there is none.
func AbsentFact[T any](src Source) Fact[T] { return Fact[T]{ref: newRef(Absent, src)} }

// UnknownFact says that one could not look; the source tells why.
func UnknownFact[T any](src Source) Fact[T] { return Fact[T]{ref: newRef(Unknown, src)} }

// PtrFact is KnownFact of *p, or AbsentFact when p is nil: how AWS's optional members read.
func PtrFact[T any](p *T, src Source) Fact[T] {
	if p == nil {
		return AbsentFact[T](src)
	}
	return KnownFact(*p, src)
}

// Get returns the value; ok is true only when it is known.
func (f Fact[T]) Get() (v T, ok bool) { return f.value, f.ref.State() == Known }

// Or returns the value when it is known, else the given one. For places where absent and unknown truly read alike, such as display.
func (f Fact[T]) Or(other T) T {
	if f.ref.State() == Known {
		return f.value
	}
	return other
}

// Ref returns state and source.
func (f Fact[T]) Ref() Ref { return f.ref }

// State returns what is known of the value.
func (f Fact[T]) State() State { return f.ref.State() }

// IsKnown reports whether there is a value.
func (f Fact[T]) IsKnown() bool { return f.ref.State() == Known }

// IsAbsent reports whether one looked and found none.
func (f Fact[T]) IsAbsent() bool { return f.ref.State() == Absent }

// IsUnknown reports whether nobody could look.
func (f Fact[T]) IsUnknown() bool { return f.ref.State() == Unknown }

// Source returns where the fact comes from.
func (f Fact[T]) Source() Source { return f.ref.Source() }

// IsZero reports whether nobody ever set the fact: unknown, without a source. Such facts are left out of the estate file.
func (f Fact[T]) IsZero() bool { return f.ref == 0 }

func (f Fact[T]) String() string {
	if v, ok := f.Get(); ok {
		return fmt.Sprint(v)
	}
	return f.State().String()
}

// List is a collection and whether it is whole: Whole is known (true) when every page was read, and unknown when a page failed,
// so that what stands in Items is true but more may exist.
type List[T any] struct {
	Items []T
	Whole Fact[bool]
}

// IsWhole reports whether the list is known to hold everything there is.
func (l List[T]) IsWhole() bool { whole, ok := l.Whole.Get(); return ok && whole }

// AnyFact is a fact of any type, for code that walks all facts of a resource.
type AnyFact interface {
	Ref() Ref
	// Forget turns the fact unknown, keeping its source.
	Forget()
	// Any returns the value, nil unless it is known.
	Any() any
}

// Forget turns the fact unknown, keeping its source.
func (f *Fact[T]) Forget() {
	var zero T
	f.value, f.ref = zero, newRef(Unknown, f.ref.Source())
}

// Any returns the value, nil unless it is known.
func (f *Fact[T]) Any() any {
	if v, ok := f.Get(); ok {
		return v
	}
	return nil
}

func (f *Fact[T]) target() any { return &f.value }

func (f *Fact[T]) setRef(ref Ref) { f.ref = ref }
