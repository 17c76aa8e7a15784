package protection

import (
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// start is one scheduled start of a rule with its start window.
type start struct {
	at   time.Time
	end  time.Time // of the start window
	rule *ruleIndex
}

// planRule is a rule in the order in which overlaps are settled.
type planRule struct {
	rule   *ruleIndex
	window time.Duration
	days   int64
}

// ranked orders rules: the one that keeps longer wins; which of equals wins is not documented, the first is taken.
// It is false when a window or a retention is not known.
func ranked(rules []*ruleIndex) ([]planRule, bool) {
	out := make([]planRule, 0, len(rules))
	for _, r := range rules {
		minutes, ok := r.cover.StartWindow.Get()
		days, ok2 := r.cover.RetentionDays.Get()
		if !ok || !ok2 || minutes > maxStartWindow {
			return nil, false
		}
		out = append(out, planRule{r, time.Duration(minutes) * time.Minute, days})
	}
	sort.SliceStable(out, func(i, k int) bool { return out[i].days > out[k].days })
	return out, true
}

// settle lists the starts of a plan's rules from one moment to another that really make a backup: of rules whose start windows overlap
// the one that keeps longer is taken, and the whole start window counts
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html, semantics 1.9).
// That a start which is itself dropped drops no other is assumed.
func settle(rules []planRule, from, to time.Time, limit int) []start {
	var kept [][]start
	// What begins before or after may reach into the time asked for, and what drops that, in turn.
	margin := time.Duration(len(rules)-1) * longestWindow(rules)
	for _, r := range rules {
		var mine []start
		for _, at := range r.rule.schedule.cron.Between(from.Add(-margin), to.Add(margin), r.rule.schedule.zone, limit) {
			s := start{at, at.Add(r.window), r.rule}
			if !slices.ContainsFunc(kept, func(longer []start) bool { return overlapsAny(longer, s) }) {
				mine = append(mine, s)
			}
		}
		kept = append(kept, mine)
	}
	all := slices.Concat(kept...)
	all = slices.DeleteFunc(all, func(s start) bool { return s.at.Before(from) || !s.at.Before(to) })
	sort.SliceStable(all, func(i, k int) bool { return all[i].at.Before(all[k].at) })
	return all
}

func longestWindow(rules []planRule) time.Duration {
	var w time.Duration
	for _, r := range rules {
		w = max(w, r.window)
	}
	return min(w, 366*24*time.Hour)
}

// overlapsAny reports whether a start window meets one of a rule's, which are in order and equally long. Windows that only touch do not overlap.
func overlapsAny(sorted []start, s start) bool {
	i := sort.Search(len(sorted), func(i int) bool { return sorted[i].end.After(s.at) })
	return i < len(sorted) && sorted[i].at.Before(s.end)
}

// sets are rules of a plan, by their number as bits: those that run, and those of them whose backups count.
type sets struct{ running, counted uint64 }

// overlapMemo remembers the interval of each pair of sets of a plan's rules.
type overlapMemo struct {
	mu   sync.Mutex
	seen map[sets]Answer[int64]
}

// maxRules is far above AWS's limit of 10 for a plan.
const maxRules = 64

// interval is the longest time between two backups that count, when some of the plan's rules run and drop each other's starts.
func (p *planIndex) interval(m sets, now estate.Fact[estate.Instant]) Answer[int64] {
	p.memo.mu.Lock()
	defer p.memo.mu.Unlock()
	if a, ok := p.memo.seen[m]; ok {
		return a
	}
	a := p.measure(m, now)
	if p.memo.seen == nil {
		p.memo.seen = map[sets]Answer[int64]{}
	}
	p.memo.seen[m] = a
	return a
}

func (p *planIndex) numbered(mask uint64) []*ruleIndex {
	var rules []*ruleIndex
	for i, r := range p.rules {
		if i < maxRules && mask&(1<<i) != 0 {
			rules = append(rules, r)
		}
	}
	return rules
}

func (p *planIndex) measure(m sets, now estate.Fact[estate.Instant]) Answer[int64] {
	rules := p.numbered(m.running)
	if at := slices.IndexFunc(rules, func(r *ruleIndex) bool { return r.schedule.state != yes }); at >= 0 {
		return unknown[int64](rules[at].schedule.problem, rules[at].schedule.basis...)
	}
	if len(rules) == 1 {
		return rules[0].cover.Interval
	}
	from := standardYear()
	if slices.ContainsFunc(rules, func(r *ruleIndex) bool { return !r.schedule.forever }) {
		at, ok := now.Get()
		if !ok {
			return unknown[int64]("a schedule ends one day, and the present is not known", estate.Read("unit.now", "", now))
		}
		from = at.Time()
	}
	order, ok := ranked(rules)
	if !ok {
		return unknown[int64]("a retention or a start window is not known, so overlaps cannot be settled")
	}
	counted := p.numbered(m.counted)
	starts := settle(order, from, from.AddDate(1, 1, 0), 0)
	starts = slices.DeleteFunc(starts, func(s start) bool { return !slices.Contains(counted, s.rule) })
	return longestGap(starts, counted, from)
}

// longestGap is the longest time between two starts. Rules that have fewer in a year either run more rarely than that, and the one that
// runs most often is a bound, or lose their starts to others.
func longestGap(starts []start, rules []*ruleIndex, from time.Time) Answer[int64] {
	if len(starts) < 2 {
		best := rules[0].cover.Interval
		scheduled := 0
		for _, r := range rules {
			scheduled += len(r.schedule.cron.Between(from, from.AddDate(1, 1, 0), r.schedule.zone, 2))
			if r.cover.Interval.Or(Forever) < best.Or(Forever) {
				best = r.cover.Interval
			}
		}
		if scheduled > len(starts) {
			return known(Forever, "rules of the plan that keep longer take the starts", rules[0].schedule.basis...)
		}
		return best
	}
	var longest time.Duration
	at := 0
	for i := 1; i < len(starts); i++ {
		if gap := starts[i].at.Sub(starts[i-1].at); gap > longest {
			longest, at = gap, i
		}
	}
	return known(seconds(longest), "longest time between two starts of the plan's rules, overlaps settled", starts[at].rule.schedule.basis...)
}
