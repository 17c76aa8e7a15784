package rehearse

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// deletionLag: AWS Backup deletes a recovery point at a random moment within eight hours after its expiry.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html
const deletionLag = estate.Instant(8 * time.Hour / time.Millisecond)

const day = estate.Instant(24 * time.Hour / time.Millisecond)

func (w *watch) report(p Prices) *Report {
	r := &Report{SchemaVersion: SchemaVersion, From: w.from, To: w.to, Days: w.days, Agrees: true, Tables: []Story{}}
	r.Cost.Known = true
	for _, arn := range slices.Sorted(maps.Keys(w.tables)) {
		s := w.story(w.tables[arn])
		r.Tables = append(r.Tables, s)
		r.Totals.add(s.Count)
		r.Agrees = r.Agrees && s.Agrees
		r.Cost.charge(w, w.tables[arn], p)
	}
	r.Assumed = w.assumptions(r)
	slices.SortStableFunc(r.Tables, func(a, b Story) int { return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Table, b.Table)) })
	return r
}

func (w *watch) story(f *followed) Story {
	s := Story{Table: f.table.Name.Or(f.table.ID), ARN: f.table.ARN.Or(""), Region: f.unit.Region.Or(""), Missing: []Missing{}, Failures: f.failures()}
	if s.Failures == nil {
		s.Failures = []Failure{}
	}
	s.PITR, _ = f.forecast.PITR.On.Get()
	if known, ok := f.forecast.Known.Get(); !ok || !known {
		s.Unknown = f.forecast.Known.Why
	}
	w.match(f, &s)
	w.expiries(f, &s.Count)
	s.WorstLoss = finite(f.forecast.MaxLoss)
	s.Reached = w.reached(f)
	c := s.Count
	s.Agrees = c.Missing == 0 && c.Unexpected == 0 && c.Overdue == 0 && c.Copied == c.Copies && notWorse(s)
	return s
}

// notWorse: what was reached keeps to what was forecast, as far as anything could be.
func notWorse(s Story) bool {
	return s.Unknown != "" || s.WorstLoss == nil || s.Reached != nil && *s.Reached <= *s.WorstLoss
}

func finite(a protection.Answer[int64]) *int64 {
	if v, ok := a.Get(); ok && v != protection.Forever {
		return &v
	}
	return nil
}

// match pairs what was to come with what came: a point of a plan in the vault, made within the start window.
func (w *watch) match(f *followed, s *Story) {
	taken := map[*point]bool{}
	made := slices.SortedFunc(maps.Values(f.points), func(a, b *point) int { return cmp.Compare(a.created, b.created) })
	for _, c := range f.forecast.Coming {
		if c.Scheduled > w.to {
			continue
		}
		s.Count.Forecast++
		i := slices.IndexFunc(made, func(p *point) bool {
			return !taken[p] && p.planned && !p.old && p.created >= c.Scheduled && p.created <= c.StartBy && sameVault(c.Vault, p.vault)
		})
		switch {
		case i >= 0:
			taken[made[i]] = true
			s.Count.Made++
			w.copies(f, c, made[i], &s.Count)
		case c.Latest > w.to:
			s.Count.Pending++
		default:
			s.Count.Missing++
			s.Missing = append(s.Missing, Missing{Plan: c.Plan, Rule: c.Rule, Scheduled: c.Scheduled})
		}
	}
	for _, p := range made {
		if !p.planned || p.old {
			continue
		}
		if s.First == nil {
			s.First = &p.created
		}
		if !taken[p] {
			s.Count.Unexpected++
		}
	}
}

// sameVault: the forecast names a vault by its ARN, or by its name where the ARN is not known.
func sameVault(forecast, name string) bool {
	return forecast == name || len(forecast) > len(name) && forecast[len(forecast)-len(name)-1:] == ":"+name
}

// copies counts those that had a day to arrive.
func (w *watch) copies(f *followed, c protection.ComingPoint, p *point, n *Count) {
	if p.completed+day > w.to {
		return
	}
	for _, vault := range c.Copies {
		n.Copies++
		if f.copies[vault+"@"+p.created.String()] {
			n.Copied++
		}
	}
}

// expiries counts what was to go: of the points that were there, and of those that were made.
func (w *watch) expiries(f *followed, n *Count) {
	due := func(at estate.Instant, gone estate.Instant) {
		if at+deletionLag+w.gap > w.to {
			return
		}
		n.Expiries++
		if gone > 0 {
			n.Expired++
		} else {
			n.Overdue++
		}
	}
	for _, e := range f.forecast.Existing {
		if at, ok := e.Expires.Get(); ok && at > w.from && f.points[e.ID] != nil {
			due(at, f.points[e.ID].gone)
		}
	}
	for _, c := range f.forecast.Coming {
		at, ok := c.Expires.Get()
		for _, p := range f.points {
			if ok && p.planned && !p.old && p.created >= c.Scheduled && p.created <= c.StartBy && sameVault(c.Vault, p.vault) {
				due(at+c.StartBy-c.Scheduled, p.gone)
				break
			}
		}
	}
}

// reached is the greatest loss that there was at any moment: the moment less what the newest backup then there holds. Nil: there was none.
func (w *watch) reached(f *followed) *int64 {
	if lag, on := f.lag(); on {
		return &lag
	}
	list := slices.SortedFunc(maps.Values(f.points), func(a, b *point) int { return cmp.Compare(a.completed, b.completed) })
	var worst estate.Instant
	for _, at := range w.moments(list) {
		back := estate.Instant(-1)
		for _, p := range list {
			if p.completed < at && (p.gone == 0 || p.gone >= at) {
				back = max(back, p.created)
			}
		}
		if back < 0 {
			return nil
		}
		worst = max(worst, at-back)
	}
	seconds := int64(worst) / 1000
	return &seconds
}

// lag is the most that point-in-time recovery was behind, in seconds; on is false unless it was on at every look.
func (f *followed) lag() (seconds int64, on bool) {
	var most estate.Instant
	for _, r := range f.pitr {
		if r.off {
			return 0, false
		}
		most = max(most, r.lag)
	}
	return int64(most) / 1000, len(f.pitr) > 0
}

// moments are those just before something changes: there the loss is greatest.
func (w *watch) moments(list []*point) []estate.Instant {
	end := w.from + estate.Instant(w.days)*day
	out := []estate.Instant{end}
	for _, p := range list {
		for _, at := range []estate.Instant{p.completed, p.gone} {
			if at > w.from && at < end {
				out = append(out, at)
			}
		}
	}
	return out
}

// charge adds what a table's backups cost: its size for each point and day, since DynamoDB's backups are always full.
func (c *Cost) charge(w *watch, f *followed, p Prices) {
	size, ok := f.table.SizeBytes.Get()
	if !ok {
		c.Known = false
		return
	}
	const month = 30 * float64(day)
	gigabytes := float64(size) / (1 << 30)
	if on, _ := f.forecast.PITR.On.Get(); on {
		c.Monthly += gigabytes * p.PITR
		c.Days += gigabytes * p.PITR * float64(w.to-w.from) / month
	}
	for _, x := range f.points {
		end := x.gone
		if end == 0 {
			end = w.to
			c.Monthly += gigabytes * p.Backup
		}
		c.Days += gigabytes * p.Backup * float64(max(0, end-max(x.created, w.from))) / month
	}
}
