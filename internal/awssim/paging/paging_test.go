package paging

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func self(s string) string { return s }

func TestPagesTogetherAreTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfDistinct(rapid.String(), self).Draw(t, "items")
		slices.Sort(items)
		size := rapid.IntRange(1, 7).Draw(t, "size")
		var got []string
		var token *string
		for range len(items) + 1 {
			page, next, ok := Cut(items, self, token, size)
			if !ok || len(page) > size {
				t.Fatalf("page %v, ok %v", page, ok)
			}
			got = append(got, page...)
			if token = next; next == nil {
				break
			}
		}
		if !slices.Equal(got, items) {
			t.Fatalf("got %q, want %q", got, items)
		}
	})
}

func TestAnEntryDeletedBetweenPagesSkipsNone(t *testing.T) {
	_, token, _ := Cut([]string{"a", "b", "c", "d"}, self, nil, 2)
	page, next, ok := Cut([]string{"a", "c", "d"}, self, token, 2)
	if !ok || next != nil || !slices.Equal(page, []string{"c", "d"}) {
		t.Fatalf("got %v, %v, %v", page, next, ok)
	}
}

func TestForeignTokensAreRefused(t *testing.T) {
	for _, token := range []string{"x", "bm90IG91cnM", "%%%"} {
		if _, _, ok := Cut([]string{"a"}, self, &token, 1); ok {
			t.Errorf("%q accepted", token)
		}
	}
}
