package ways

import (
	"time"
)

// sourceMoment is when the recovery point of a copy was made: a copy keeps it. Zero when the point is not listed.
func (l *lister) sourceMoment(arn string) time.Time {
	for i := range l.ways {
		if arn != "" && l.ways[i].ARN == arn {
			return l.ways[i].At
		}
	}
	return time.Time{}
}

// life is from when to when one incarnation of a table is known to have been there.
type life struct {
	table    Table
	from, to time.Time // to is zero for one that is there now
}

// incarnations tells whose recovery points are: they do not say the id of their table. A point of a moment at which an incarnation was
// surely there is its own; of others it stays open.
func (l *lister) incarnations() {
	lives := map[string][]*life{}
	for i := range l.ways {
		if w := &l.ways[i]; w.Native() && w.Table.TableID != "" {
			lives[w.Table.ARN] = note(lives[w.Table.ARN], w)
		}
	}
	for i := range l.ways {
		w := &l.ways[i]
		for _, x := range lives[w.Table.ARN] {
			if w.Table.TableID == x.table.TableID {
				w.Table = x.table
				break
			}
			if w.Table.TableID == "" && !w.Native() && x.holds(w.At) {
				w.Table = x.table
				break
			}
		}
	}
}

// note takes what one way tells of its table's life into the lives of its name.
func note(lives []*life, w *Way) []*life {
	var x *life
	for _, known := range lives {
		if known.table.TableID == w.Table.TableID {
			x = known
		}
	}
	if x == nil {
		x = &life{table: w.Table}
		lives = append(lives, x)
	}
	x.table.Live = x.table.Live || w.Table.Live
	if x.table.Created.IsZero() {
		x.table.Created = w.Table.Created
	}
	x.from = earliest(x.from, w.Table.Created)
	if w.Kind != PITR {
		x.from = earliest(x.from, w.At)
		if w.At.After(x.to) {
			x.to = w.At
		}
	}
	return lives
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (x *life) holds(at time.Time) bool {
	return !at.IsZero() && !x.from.IsZero() && !at.Before(x.from) && (x.table.Live || !at.After(x.to))
}
