package protection

import "github.com/restorable/restorable/internal/estate"

// tri is the three-valued truth of a decision under way. The zero value is maybe.
type tri uint8

const (
	maybe tri = iota
	no
	yes
)

func truth(b bool) tri {
	if b {
		return yes
	}
	return no
}

func (t tri) and(o tri) tri {
	switch {
	case t == no || o == no:
		return no
	case t == yes && o == yes:
		return yes
	}
	return maybe
}

func (t tri) or(o tri) tri {
	switch {
	case t == yes || o == yes:
		return yes
	case t == no && o == no:
		return no
	}
	return maybe
}

func (t tri) not() tri {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

// choose is a where the condition holds and b where it does not; where that is not known, what both agree on.
func (t tri) choose(a, b tri) tri {
	switch {
	case t == yes:
		return a
	case t == no:
		return b
	case a == b:
		return a
	}
	return maybe
}

// holds is the truth of a fact: absent reads as no.
func holds(f estate.Fact[bool]) tri {
	if v, ok := f.Get(); ok {
		return truth(v)
	}
	if f.IsAbsent() {
		return no
	}
	return maybe
}

// triOf is the truth of an answer.
func triOf(a Answer[bool]) tri { return holds(a.Fact) }

// answered makes an answer of a truth.
func answered(t tri, why string, basis ...estate.Reading) Answer[bool] {
	src := sourceOf(basis)
	if t == maybe {
		return Answer[bool]{Fact: estate.UnknownFact[bool](src), Why: why, Basis: basis}
	}
	return Answer[bool]{Fact: estate.KnownFact(t == yes, src), Why: why, Basis: basis}
}

func known[T any](v T, why string, basis ...estate.Reading) Answer[T] {
	return Answer[T]{Fact: estate.KnownFact(v, sourceOf(basis)), Why: why, Basis: basis}
}

func absent[T any](why string, basis ...estate.Reading) Answer[T] {
	return Answer[T]{Fact: estate.AbsentFact[T](sourceOf(basis)), Why: why, Basis: basis}
}

func unknown[T any](why string, basis ...estate.Reading) Answer[T] {
	return Answer[T]{Fact: estate.UnknownFact[T](sourceOf(basis)), Why: why, Basis: basis}
}

// like is an answer with the state, reason and basis of another, which is not known.
func like[T, S any](a Answer[S]) Answer[T] {
	if a.IsAbsent() {
		return absent[T](a.Why, a.Basis...)
	}
	return unknown[T](a.Why, a.Basis...)
}

func sourceOf(basis []estate.Reading) estate.Source {
	if len(basis) == 0 {
		return 0
	}
	return basis[0].Ref.Source()
}

// missing keeps the readings that are unknown; all of them when none is.
func missing(basis []estate.Reading) []estate.Reading {
	n := 0
	for i := range basis {
		if basis[i].Ref.State() == estate.Unknown {
			n++
		}
	}
	if n == 0 || n == len(basis) {
		return basis
	}
	out := make([]estate.Reading, 0, n)
	for i := range basis {
		if basis[i].Ref.State() == estate.Unknown {
			out = append(out, basis[i])
		}
	}
	return out
}
