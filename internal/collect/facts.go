package collect

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// text is an optional string or enumeration value of AWS; nil and "" read as absent, since AWS sends neither where there is a value.
func text[T ~string](v *T, src estate.Source) estate.Fact[string] {
	if v == nil || *v == "" {
		return estate.AbsentFact[string](src)
	}
	return estate.KnownFact(string(*v), src)
}

// word is text for enumerations, which the SDK holds by value.
func word[T ~string](v T, src estate.Source) estate.Fact[string] { return text(&v, src) }

func number[T int | int32 | int64](v *T, src estate.Source) estate.Fact[int64] {
	if v == nil {
		return estate.AbsentFact[int64](src)
	}
	return estate.KnownFact(int64(*v), src)
}

func instant(v *time.Time, src estate.Source) estate.Fact[estate.Instant] {
	if v == nil || v.IsZero() {
		return estate.AbsentFact[estate.Instant](src)
	}
	return estate.KnownFact(estate.At(*v), src)
}

// whole turns a nil list into an empty one: the set is known, and has no members.
func whole[T any](v []T, src estate.Source) estate.Fact[[]T] {
	if v == nil {
		v = []T{}
	}
	return estate.KnownFact(v, src)
}

// words keeps one copy of each string that repeats: 350,000 recovery points name few tables, roles and keys.
type words map[string]string

func (w words) keep(v *string) *string {
	if v == nil {
		return nil
	}
	kept, ok := w[*v]
	if !ok {
		w[*v] = *v
		kept = *v
	}
	return &kept
}
