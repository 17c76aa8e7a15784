package ways

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/price"
)

// What restores of nearly empty tables were seen to take. AWS promises nothing, and says that the time is not always related to the size.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_howitworks.html
const (
	leastHere, mostHere     = 81 * time.Second, 721 * time.Second
	leastAcross, mostAcross = 4 * time.Minute, 13 * time.Minute
	coldLonger              = 4 * time.Hour // https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html
)

// smallBytes is up to what size a table counts as nearly empty.
const smallBytes = 1 << 30

// estimate reckons time and price of a way.
func (l *lister) estimate(w *Way) {
	target := l.opts.Target
	if target == "" {
		target = w.Region
	}
	across := target != w.Region
	w.Estimate = l.seen(w, across)
	size := price.Size{Why: "its size is not known"}
	if bytes, ok := w.Bytes.Get(); ok && bytes >= 0 {
		size.Bytes, size.Known = bytes, true
	}
	w.Estimate.Price = l.cost(w, size, across)
	if one := l.cost(w, price.Size{Bytes: 1 << 30, Known: true}, across); one.Known {
		w.Estimate.PerGB = one.Once
	}
}

// seen is the time: of own restores of this table, else of what others saw.
func (l *lister) seen(w *Way, across bool) Estimate {
	var own Estimate
	n := 0
	for _, m := range l.opts.Measured {
		if m.TableARN != w.Table.ARN || m.OtherRegion != across || m.Cold != (w.Cold == Yes) || m.Took <= 0 {
			continue
		}
		if n == 0 || m.Took < own.Least {
			own.Least = m.Took
		}
		own.Most = max(own.Most, m.Took)
		n++
	}
	if n > 0 {
		own.Basis = fmt.Sprintf("%d earlier restores of this table took as long", n)
		if n == 1 {
			own.Basis = "an earlier restore of this table took as long"
		}
		if across && !w.Native() {
			own.Open, own.Basis = true, own.Basis+", without the copy to the other Region before it"
		}
		return own
	}
	e := Estimate{Least: leastHere, Most: mostHere, Assumed: true, Basis: "assumed: what nearly empty tables took; AWS promises no time"}
	if across {
		e.Least, e.Most = leastAcross, mostAcross
	}
	if across && !w.Native() {
		e.Open, e.Basis = true, e.Basis+"; the copy to the other Region comes before it, and takes nobody knows how long"
	}
	if bytes, ok := w.Bytes.Get(); !ok || bytes > smallBytes {
		e.Open, e.Basis = true, e.Basis+"; a larger table may take longer"
	}
	if w.Cold != No {
		e.Least, e.Most, e.Basis = e.Least+coldLonger, e.Most+coldLonger, e.Basis+"; cold storage adds about four hours"
	}
	return e
}

func (l *lister) cost(w *Way, size price.Size, across bool) remedy.Cost {
	cost := l.opts.Prices.RestoreCost(size, w.Cold == Yes)
	if w.Cold == Maybe {
		cost.Known, cost.Basis = false, cost.Basis+"; whether it lies in cold storage is not known"
	}
	if !across {
		return cost
	}
	way := l.opts.Prices.TransferCost(size)
	total := price.Sum(cost, way)
	total.Basis = cost.Basis + "; and " + way.Basis
	return total
}
