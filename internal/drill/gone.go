package drill

import (
	"fmt"

	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/ways"
)

// NewGone makes the drill of a table that is there no more, or no more as the incarnation that the way brings back: its items can be compared
// with nothing, and its settings with what is known of it from elsewhere, which may be nothing. own is the key that the point tells of; empty:
// that of known. w of nil makes one that can only say why there is none. Nothing is written down.
func NewGone(a Asked, t ways.Table, known restore.Source, own restore.Key, w *ways.Way) (*Drill, error) {
	source := tableAt(t.ARN)
	source.TableID, source.Created, source.Gone = t.TableID, t.Created, true
	d := lay(a, source, w)
	if w == nil {
		return d, nil
	}
	var err error
	if d.Facts, err = known.Encode(); err != nil {
		return nil, err
	}
	s := known.Settings()
	key := Key{Level: own.Level, ARN: own.ARN}
	if level, arn := s.Key(); key.Level == "" {
		key = Key{Level: level, ARN: arn}
	}
	d.encrypt(a, s, key)
	return d, nil
}

// counted is what the point itself says of its items, beside what was read: the one thing that a copy of a table that is gone can be held
// against. DynamoDB counts about every six hours, so that another number proves nothing.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
func (d *Drill) counted(r *compare.Result) string {
	if r.Cause != nil {
		return r.Reason
	}
	text := fmt.Sprintf("%d items were restored", r.B.Count)
	if d.Wish.Sample > 0 {
		text = fmt.Sprintf("a sample of %d items was read of what was restored", r.B.Count)
	}
	switch n := d.From.Items; {
	case d.Wish.Sample > 0 && n != nil:
		text += fmt.Sprintf(" (the backup says that it holds %d)", *n)
	case n == nil:
		text += " (the backup does not say how many it holds)"
	case *n == r.B.Count:
		text += ", as many as the backup says"
	default:
		text += fmt.Sprintf(" (the backup says %d, as DynamoDB last counted, which may be six hours earlier)", *n)
	}
	text += "; the table is gone, and there is nothing to compare them with"
	for _, i := range r.Invariants {
		if i.Outcome == compare.Fails {
			return "the invariant " + i.Name + " fails; " + text
		}
	}
	return text
}
