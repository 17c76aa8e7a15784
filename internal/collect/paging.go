package collect

import (
	"context"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// pages describes the reading of a paged list.
type pages[O any] struct {
	fetch func(ctx context.Context, q question, token *string) (*O, estate.Source, error)
	add   func(page *O, src estate.Source)
	// lacks tells that the member which holds the list is missing: AWS always sends it, and {} must not read as "there are none".
	// nil: AWS may leave it out.
	lacks func(page *O) bool
	next  func(page *O) *string // nil or empty: that was the last page
}

// read reads all pages and says whether the list is whole: known true with the source of the first page, or unknown with the source of the failure.
// A token that comes back unchanged would never end; it counts as a malformed answer.
func (p pages[O]) read(ctx context.Context, q question) estate.Fact[bool] {
	var token *string
	var first estate.Source
	for {
		page, src, err := p.fetch(ctx, q, token)
		if err != nil {
			return estate.UnknownFact[bool](src)
		}
		if p.lacks != nil && p.lacks(page) {
			return estate.UnknownFact[bool](q.u.missing(src, "list"))
		}
		if first == 0 {
			first = src
		}
		p.add(page, src)
		next := p.next(page)
		if next == nil || *next == "" || q.u.trials != nil {
			return estate.KnownFact(true, first)
		}
		if token != nil && *token == *next {
			return estate.UnknownFact[bool](q.u.missing(src, "further page: its token repeats"))
		}
		token = next
	}
}

// skipped is the wholeness of a list that nobody asked for.
func (u *unitRun) skipped(call awsapi.CallID) estate.Fact[bool] {
	return estate.UnknownFact[bool](u.notCollected(call))
}
