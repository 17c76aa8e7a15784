package estatebridge

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// From facts to what the services take: nil when there is no value.

func ptr[T any](f estate.Fact[T]) *T {
	if v, ok := f.Get(); ok {
		return &v
	}
	return nil
}

func when(f estate.Fact[estate.Instant]) *time.Time {
	if v, ok := f.Get(); ok {
		at := v.Time()
		return &at
	}
	return nil
}

func moment(f estate.Fact[estate.Instant]) time.Time {
	if v, ok := f.Get(); ok {
		return v.Time()
	}
	return time.Time{}
}

func orElse(t, other time.Time) time.Time {
	if t.IsZero() {
		return other
	}
	return t
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// From what the services answer to facts: AWS leaves out what there is not.

func text[T ~string](v *T, src estate.Source) estate.Fact[string] {
	if v == nil || *v == "" {
		return estate.AbsentFact[string](src)
	}
	return estate.KnownFact(string(*v), src)
}

func word[T ~string](v T, src estate.Source) estate.Fact[string] { return text(&v, src) }

func number[T int32 | int64](v *T, src estate.Source) estate.Fact[int64] {
	if v == nil || *v < 0 { // AWS writes -1 for none
		return estate.AbsentFact[int64](src)
	}
	return estate.KnownFact(int64(*v), src)
}

func positive(v int32, src estate.Source) estate.Fact[int64] {
	if v == 0 {
		return estate.AbsentFact[int64](src)
	}
	return number(&v, src)
}

func instant(v *time.Time, src estate.Source) estate.Fact[estate.Instant] {
	if v == nil || v.IsZero() {
		return estate.AbsentFact[estate.Instant](src)
	}
	return estate.KnownFact(estate.At(*v), src)
}

func whole[T any](v []T, src estate.Source) estate.Fact[[]T] {
	if v == nil {
		v = []T{}
	}
	return estate.KnownFact(v, src)
}

func mapping[T any](v map[string]T, src estate.Source) estate.Fact[map[string]T] {
	if v == nil {
		v = map[string]T{}
	}
	return estate.KnownFact(v, src)
}
