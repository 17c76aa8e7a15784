package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/control"
)

// sarifLimit is how many results of a run GitHub's code scanning stores; a file with more than 25,000 it refuses
// (https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit). It says that it keeps the
// worst; here they are chosen, so that it has no choice.
const sarifLimit = 5000

// worst keeps so many results, the worst of all, in the order in which they came.
type worst struct {
	limit   int
	kept    [sarifRanks][]numbered
	total   int // kept
	seen    int
	leftOut int
}

// numbered is a result and its place among all.
type numbered struct {
	sarifResult
	number int
}

// sarifRanks is the number of ranks: what is covered by an exception, then each severity as UNKNOWN and as FAIL.
const sarifRanks = 12

func sarifRank(e Entry) int {
	if e.Muted || e.setAside() {
		return 0
	}
	return min(max(rank(e.Verdict, e.Severity), 1), sarifRanks-1)
}

// add takes a result in, in the place of the last one of the least rank where there is no more room.
func (w *worst) add(rank int, r sarifResult) {
	w.seen++
	if w.total == w.limit {
		w.leftOut++
		least := slices.IndexFunc(w.kept[:], func(of []numbered) bool { return len(of) > 0 })
		if least < 0 || rank <= least {
			return
		}
		w.kept[least] = w.kept[least][:len(w.kept[least])-1]
		w.total--
	}
	w.kept[rank] = append(w.kept[rank], numbered{r, w.seen})
	w.total++
}

func (w *worst) all() []numbered {
	out := slices.Concat(w.kept[:]...)
	slices.SortFunc(out, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
	return out
}

// notification says what was left out.
func (w *worst) notification() sarifNotification {
	text := fmt.Sprintf("Of %d results the worst %d are here, since code scanning stores no more; the JSON report (-o json) has all.", w.seen, w.total)
	return sarifNotification{Level: "warning", Message: sarifMessage(text), Descriptor: sarifDescribe{"ResultsLeftOut"}}
}

// maxRelated bounds the places that a result points to beside its own: GitHub takes 1,000 and shows 100.
const maxRelated = 10

// sarifRelated are the other places in templates that the finding rests on.
func (s *sarifWriter) related(e Entry) []sarifRelation {
	if e.Location == nil {
		return nil
	}
	seen := map[control.Location]bool{*e.Location: true}
	var out []sarifRelation
	for _, ev := range e.Evidence {
		if ev.Location == nil || seen[*ev.Location] || len(out) == maxRelated {
			continue
		}
		seen[*ev.Location] = true
		out = append(out, sarifRelation{ID: len(out) + 1, Physical: s.physical(*ev.Location), Message: sarifMessage(evidenceText(ev))})
	}
	return out
}

// evidenceText is a fact in a few words.
func evidenceText(ev control.Evidence) string {
	if ev.Value == nil {
		return ev.Fact + ": " + ev.State
	}
	return fmt.Sprintf("%s: %v", ev.Fact, ev.Value)
}
