package compare

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// watch checks invariants while the restored table's items pass. It is safe for concurrent use.
type watch struct{ all []*invariant }

func newWatch(list []Invariant) (*watch, error) {
	w := &watch{}
	for i, in := range list {
		one, err := parseInvariant(in, i)
		if err != nil {
			return nil, err
		}
		w.all = append(w.all, one)
	}
	return w, nil
}

// samples are a few items, and one error.
type samples struct {
	mu    sync.Mutex
	keys  []string
	first string
}

func (s *samples) add(key, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == "" {
		s.first = problem
	}
	if problem == "" && len(s.keys) < examples {
		s.keys = append(s.keys, key)
	}
}

// page evaluates every invariant over the items of an answer.
func (w *watch) page(raw []byte, keys []string) error {
	if len(w.all) == 0 {
		return nil
	}
	_, err := fingerprint.Each(raw, func(item []byte) error { return w.item(item, keys) })
	return err
}

func (w *watch) item(raw []byte, keys []string) error {
	plain, err := plainItem(raw)
	if err != nil {
		return err
	}
	variables := map[string]any{"item": plain}
	for _, one := range w.all {
		if one.item != nil {
			one.each(variables, raw, keys)
			continue
		}
		one.checked.Add(1)
		for i, condition := range one.counted {
			switch yes, err := truth(condition, variables); {
			case err != nil:
				one.broken.Add(1)
				one.seen.add("", err.Error())
			case yes:
				one.tallies[i].Add(1)
			}
		}
	}
	return nil
}

// each evaluates an invariant that must hold of every item.
func (v *invariant) each(variables map[string]any, raw []byte, keys []string) {
	v.checked.Add(1)
	yes, err := truth(v.item, variables)
	switch {
	case err != nil:
		v.broken.Add(1)
		v.seen.add("", err.Error())
	case !yes:
		v.failed.Add(1)
		var item map[string]json.RawMessage
		if json.Unmarshal(raw, &item) == nil { // it was read a moment ago
			v.seen.add(keyText(item, keys), "")
		}
	}
}

// results are the outcomes. unread says that reading broke off: then only what has failed already is decided. Of a sample nothing that
// counts is decided.
func (w *watch) results(unread, sampled bool) []InvariantResult {
	out := []InvariantResult{}
	for _, one := range w.all {
		r := InvariantResult{Name: one.Name, Expr: one.Expr, Checked: one.checked.Load(), Failed: one.failed.Load(), Errors: one.broken.Load(), Examples: []Named{}}
		for _, key := range one.seen.keys {
			r.Examples = append(r.Examples, Named{Key: key})
		}
		r.Outcome, r.Reason = one.outcome(unread, sampled)
		out = append(out, r)
	}
	return out
}

func (v *invariant) outcome(unread, sampled bool) (Outcome, string) {
	failed, broken := v.failed.Load(), v.broken.Load()
	switch {
	case failed > 0:
		return Fails, fmt.Sprintf("false for %d of %d items", failed, v.checked.Load())
	case unread:
		return Undecided, "not all items were read"
	case broken > 0:
		return Undecided, fmt.Sprintf("%d items gave an error: %s", broken, v.seen.first)
	case sampled && v.total != nil:
		return Undecided, "only a sample was read, and nothing can be counted in it"
	case sampled:
		return Holds, fmt.Sprintf("true for %d items of a sample", v.checked.Load())
	case v.total == nil:
		return Holds, fmt.Sprintf("true for %d items", v.checked.Load())
	}
	variables := map[string]any{"count": v.checked.Load()}
	told := []string{fmt.Sprintf("count is %d", v.checked.Load())}
	for i := range v.tallies {
		variables[countName(i)] = v.tallies[i].Load()
		told = append(told, fmt.Sprintf("count(…) number %d is %d", i+1, v.tallies[i].Load()))
	}
	yes, err := truth(v.total, variables)
	switch {
	case err != nil:
		return Undecided, err.Error()
	case yes:
		return Holds, strings.Join(told, ", ")
	}
	return Fails, strings.Join(told, ", ")
}
