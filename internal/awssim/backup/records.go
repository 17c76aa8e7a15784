package backup

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"time"
)

// rank orders what is listed: newest first, by time and then by order of making.
type rank struct {
	At  int64  `json:"t"` // nanoseconds
	Seq uint64 `json:"s"`
}

func (r rank) before(o rank) bool { return r.At < o.At || r.At == o.At && r.Seq < o.Seq }

// record is a job record: listed newest first, dropped some time after its end.
type record interface {
	rank() rank
	ended() (at time.Time, over bool)
}

// records keeps job records in the order of their making.
type records[T record] struct {
	list []T
	byID map[string]T
	ids  []string
}

func newRecords[T record]() records[T] { return records[T]{byID: map[string]T{}} }

func (r *records[T]) add(id string, x T) {
	r.list, r.ids = append(r.list, x), append(r.ids, id)
	r.byID[id] = x
}

// prune drops the oldest records that ended before the moment.
func (r *records[T]) prune(before time.Time) {
	for len(r.list) > 0 {
		if at, over := r.list[0].ended(); !over || !at.Before(before) {
			return
		}
		delete(r.byID, r.ids[0])
		var none T
		r.list[0] = none
		r.list, r.ids = r.list[1:], r.ids[1:]
	}
}

// newest yields the records from the newest on.
func (r *records[T]) newest() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := len(r.list) - 1; i >= 0; i-- {
			if !yield(r.list[i]) {
				return
			}
		}
	}
}

const maxPage = 1000

// page is one page of a listing: the token names the rank of the last entry shown, so that entries that come and go between pages do not shift it.
// items must come in falling rank.
func page[T any](limit *int32, token *string, items iter.Seq[T], of func(T) rank, keep func(T) bool) ([]T, *string, error) {
	size := maxPage
	if limit != nil {
		size = int(*limit)
	}
	if size < 1 || size > maxPage {
		return nil, nil, invalid("Invalid MaxResults. It must be between 1 and %d.", maxPage)
	}
	after, err := decodeToken(token)
	if err != nil {
		return nil, nil, err
	}
	var out []T
	for x := range items {
		if after != nil && !of(x).before(*after) || keep != nil && !keep(x) {
			continue
		}
		if len(out) == size {
			return out, encodeToken(of(out[size-1])), nil
		}
		out = append(out, x)
	}
	return out, nil, nil
}

func encodeToken(r rank) *string {
	raw, _ := json.Marshal(r) // two integers
	text := base64.URLEncoding.EncodeToString(raw)
	return &text
}

func decodeToken(token *string) (*rank, error) {
	if token == nil || *token == "" {
		return nil, nil
	}
	raw, err := base64.URLEncoding.DecodeString(*token)
	if err != nil {
		return nil, invalid("Provided nextToken is invalid.")
	}
	var r rank
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, invalid("Provided nextToken is invalid.")
	}
	return &r, nil
}
