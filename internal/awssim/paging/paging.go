// Package paging cuts sorted lists into pages for the simulated services. A token names the last key that was given out,
// so that a listing neither repeats nor skips entries when others come and go between its pages.
package paging

import (
	"encoding/base64"
	"strings"
)

const prefix = "after:"

// Cut returns the page of at most size items that follows the token, and the token for the next page, nil at the end.
// items are sorted by key, which is unique. An empty or nil token means the first page; ok is false when the token is not one of ours.
func Cut[T any](items []T, key func(T) string, token *string, size int) (page []T, next *string, ok bool) {
	start := 0
	if token != nil && *token != "" {
		after, valid := open(*token)
		if !valid {
			return nil, nil, false
		}
		for start < len(items) && key(items[start]) <= after {
			start++
		}
	}
	end := min(start+size, len(items))
	page = items[start:end:end]
	if end < len(items) && end > start {
		t := base64.RawURLEncoding.EncodeToString([]byte(prefix + key(items[end-1])))
		next = &t
	}
	return page, next, true
}

func open(token string) (after string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(string(raw), prefix)
}

// Size is the page size that a request asks for: its own, or the default when it gives none; never more than most.
func Size(asked *int32, standard, most int) int {
	if asked == nil || *asked <= 0 {
		return standard
	}
	return min(int(*asked), most)
}
