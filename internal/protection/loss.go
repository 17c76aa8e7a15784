package protection

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// stay is a backup in time: there from one moment until another, holding the table as of a third.
type stay struct {
	from, until, back estate.Instant
}

// never is later than every moment.
const never = estate.Instant(1<<63 - 1)

// losses works out to what one can go back at each moment, and when the loss is greatest.
func (f *Forecast) losses(pitr tri) {
	if !f.Known.IsKnown() {
		f.MaxLoss = unknown[int64](f.Known.Why, f.Known.Basis...)
		f.MaxLossAt = unknown[estate.Instant](f.Known.Why, f.Known.Basis...)
		f.PromptMaxLoss = f.MaxLoss
		return
	}
	if pitr == yes {
		f.Loss = []LossStep{{At: f.From, PITR: true, Back: known(f.From.Add(-pitrLag*time.Second), "point-in-time recovery")}}
		f.MaxLoss = known(int64(pitrLag), "point-in-time recovery is about five minutes behind")
		f.MaxLossAt, f.PromptMaxLoss = known(f.From, ""), f.MaxLoss
		return
	}
	to := f.From.Add(time.Duration(f.Days) * hoursPerDay * time.Hour)
	f.Loss = sweep(f.stays(func(p ComingPoint) estate.Instant { return p.Latest }), f.From, to)
	worst, at := greatest(f.Loss, to)
	f.MaxLoss, f.MaxLossAt = known(worst, ""), known(at, "")
	prompt, _ := greatest(sweep(f.stays(func(p ComingPoint) estate.Instant { return p.Scheduled }), f.From, to), to)
	f.PromptMaxLoss = known(prompt, "")
}

func (f *Forecast) stays(there func(ComingPoint) estate.Instant) []stay {
	out := make([]stay, 0, len(f.Existing)+len(f.Coming))
	for i := range f.Existing {
		e := &f.Existing[i]
		out = append(out, stay{e.Created, e.Expires.Or(never), e.Created})
	}
	for _, p := range f.Coming {
		out = append(out, stay{there(p), p.Expires.Or(never), p.Scheduled})
	}
	slices.SortStableFunc(out, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
	return out
}

// newestFirst is a heap of stays by the moment that they hold.
type newestFirst []stay

func (h newestFirst) Len() int           { return len(h) }
func (h newestFirst) Less(i, k int) bool { return h[i].back > h[k].back }
func (h newestFirst) Swap(i, k int)      { h[i], h[k] = h[k], h[i] }
func (h *newestFirst) Push(v any)        { *h = append(*h, v.(stay)) }
func (h *newestFirst) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// sweep follows time over the stays, which are in order of their beginning, and notes each change of what one can go back to.
func sweep(stays []stay, from, to estate.Instant) []LossStep {
	var active newestFirst
	var steps []LossStep
	next := 0
	for at := from; at < to || len(steps) == 0; {
		for ; next < len(stays) && stays[next].from <= at; next++ {
			heap.Push(&active, stays[next])
		}
		for len(active) > 0 && active[0].until <= at {
			heap.Pop(&active)
		}
		steps = note(steps, at, active)
		at = following(stays, next, active, to)
	}
	return steps
}

// following is the next moment at which something may change.
func following(stays []stay, next int, active newestFirst, to estate.Instant) estate.Instant {
	at := to
	if next < len(stays) {
		at = min(at, stays[next].from)
	}
	if len(active) > 0 {
		at = min(at, active[0].until)
	}
	return at
}

func note(steps []LossStep, at estate.Instant, active newestFirst) []LossStep {
	back := absent[estate.Instant]("there is no backup to go back to")
	if len(active) > 0 {
		back = known(active[0].back, "")
	}
	if n := len(steps); n > 0 && steps[n-1].Back.State() == back.State() && steps[n-1].Back.Or(0) == back.Or(0) {
		return steps
	}
	return append(steps, LossStep{At: at, Back: back})
}

// greatest finds the greatest loss, just before what one can go back to changes, and when that is.
func greatest(steps []LossStep, to estate.Instant) (loss int64, at estate.Instant) {
	for i := range steps {
		end := to
		if i+1 < len(steps) {
			end = steps[i+1].At
		}
		back, ok := steps[i].Back.Get()
		if !ok {
			return Forever, steps[i].At
		}
		if l := seconds(end.Sub(back)); l > loss || i == 0 {
			loss, at = l, end
		}
	}
	return loss, at
}
