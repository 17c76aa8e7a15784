package compare

import (
	"encoding/json"
	"slices"
	"strings"
)

// difference is one item that differs, as it is kept.
type difference struct {
	id      digest // of the primary key
	inA     digest // of the item; zero where there is none
	inB     digest
	changed int64 // milliseconds since 1970 at which the source's item says that it was changed; 0: it does not
	key     string
	bucket  int32
	kind    Kind
	state   explanation
	why     string
}

// explanation says whether a difference is explained.
type explanation int8

const (
	unexplained explanation = iota
	explained
	contradicted // the stream says that the item was otherwise at the moment
)

// both is an item that is in both tables.
func both(id digest, x, y waiting) difference {
	if x.side == 1 {
		x, y = y, x
	}
	return difference{id: id, inA: x.value, inB: y.value, changed: x.changed, key: x.key, bucket: x.bucket, kind: Changed}
}

// alone is an item that is in one table.
func alone(id digest, w waiting) difference {
	d := difference{id: id, changed: w.changed, key: w.key, bucket: w.bucket, kind: OnlyA, inA: w.value}
	if w.side == 1 {
		d.kind, d.inA, d.inB, d.changed = OnlyB, digest{}, w.value, 0
	}
	return d
}

// ledger keeps differences as far as there is room, and counts the rest. Of most it does not keep the key: its hash is enough to explain them.
type ledger struct {
	room  int
	keyed int
	list  []difference
	count map[Kind]int64
	rest  int64 // counted and not kept
}

func newLedger(l limits) *ledger {
	return &ledger{room: l.tracked, keyed: l.keyed, count: map[Kind]int64{}}
}

func (l *ledger) add(d difference) {
	l.count[d.kind]++
	if len(l.list) >= l.room {
		l.rest++
		return
	}
	if len(l.list) >= l.keyed {
		d.key = ""
	}
	l.list = append(l.list, d)
}

// take adds many. The first ones are taken over as they are: there may be no room for a copy.
func (l *ledger) take(found []difference) {
	if len(l.list) > 0 || len(found) > l.room {
		for _, d := range found {
			l.add(d)
		}
		return
	}
	for i := range found {
		l.count[found[i].kind]++
		if i >= l.keyed {
			found[i].key = ""
		}
	}
	l.list = found
}

// more counts differences of which nothing is kept.
func (l *ledger) more(k Kind, n int64) {
	l.count[k] += n
	l.rest += n
}

// left is how many more can be kept.
func (l *ledger) left() int { return l.room - len(l.list) }

// explainedCount is how many are explained.
func (l *ledger) explainedCount() (n int64) {
	for i := range l.list {
		if l.list[i].state == explained {
			n++
		}
	}
	return n
}

// named are the first differences for a report: unexplained ones before the others, and in the order of their keys.
func (l *ledger) named(most int) []Difference {
	slices.SortFunc(l.list, func(a, b difference) int { return strings.Compare(a.key, b.key) })
	out := []Difference{}
	for _, wantExplained := range []bool{false, true} {
		for i := range l.list {
			d := &l.list[i]
			if len(out) < most && d.key != "" && (d.state == explained) == wantExplained {
				out = append(out, Difference{Kind: d.kind, Key: json.RawMessage(d.key), Explained: wantExplained, Why: d.why})
			}
		}
	}
	return out
}
