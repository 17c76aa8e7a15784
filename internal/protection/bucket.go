package protection

import "github.com/restorable/restorable/internal/estate"

// buckets groups many records by table in two passes over them, without a slice for each table: an account may have 350,000
// recovery points.
type buckets[T any] struct {
	at     map[string]int32 // table's ARN to its bucket
	bounds []int32          // bucket i is items[bounds[i]:bounds[i+1]]
	items  []T
	stray  []T // of a table that is not known: it may be any
}

func (b *buckets[T]) of(arn string) []T {
	i, ok := b.at[arn]
	if !ok {
		return nil
	}
	return b.items[b.bounds[i]:b.bounds[i+1]]
}

// group makes buckets of what each yields; table tells which table a record is about.
func group[T any](each func(yield func(T)), table func(T) estate.Fact[string]) buckets[T] {
	b := buckets[T]{at: map[string]int32{}}
	var owner, counts []int32
	each(func(item T) {
		arn, ok := table(item).Get()
		if !ok {
			owner = append(owner, -1)
			b.stray = append(b.stray, item)
			return
		}
		i, seen := b.at[arn]
		if !seen {
			i = int32(len(counts))
			b.at[arn] = i
			counts = append(counts, 0)
		}
		counts[i]++
		owner = append(owner, i)
	})
	b.fill(each, owner, counts)
	return b
}

func (b *buckets[T]) fill(each func(yield func(T)), owner, counts []int32) {
	b.bounds = make([]int32, len(counts)+1)
	for i, n := range counts {
		b.bounds[i+1] = b.bounds[i] + n
	}
	b.items = make([]T, b.bounds[len(counts)])
	next := append([]int32(nil), b.bounds...)
	k := 0
	each(func(item T) {
		if i := owner[k]; i >= 0 {
			b.items[next[i]] = item
			next[i]++
		}
		k++
	})
}
