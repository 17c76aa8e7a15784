package ways

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Wish says which way is wanted: exactly one of Latest, At, ARN and NewestBackup, or Before alone or with NewestBackup.
type Wish struct {
	Latest       bool      // the newest moment there is
	At           time.Time // this second, by PITR
	ARN          string    // this backup or recovery point
	NewestBackup bool
	Before       time.Time // the last moment surely before this incident
	TableID      string    // of this incarnation
}

// Choice is a way that answers a wish.
type Choice struct {
	Way
	Moment time.Time // PITR: the second to restore to; zero: the latest there is when the restore begins
	Notes  []string  // what a person should know of it before it is gone: sentences
}

// Refusal says why no way answers a wish, and what does.
type Refusal struct {
	Reason string
	Next   []string // words of the next command; nil: there is none
	Hint   string   // what to do where no command can be given
}

func (r *Refusal) Error() string { return r.Reason }

// Choose finds the way that answers a wish among those that List found. It fails with *Refusal.
func Choose(all []Way, wish Wish) (*Choice, error) {
	list := all
	if wish.TableID != "" {
		list = slices.DeleteFunc(slices.Clone(all), func(w Way) bool { return w.Table.TableID != wish.TableID })
		if len(list) == 0 {
			return nil, &Refusal{Reason: "there is no way back to a table with the id " + wish.TableID + "; known are " + orNone(ids(all)), Hint: "restorable restore TABLE --list shows them"}
		}
	}
	if len(list) == 0 {
		return nil, &Refusal{Reason: "there is no way back", Hint: "copies may lie in other Regions and accounts: --region all, --accounts with --role-arn"}
	}
	switch {
	case wish.ARN != "":
		return named(list, wish.ARN)
	case !wish.At.IsZero():
		return toSecond(list, wish.At)
	case !wish.Before.IsZero():
		return before(list, wish)
	}
	return latest(list, wish)
}

// named is the backup that the user named. One that may not serve is tried all the same: the user knows which it is.
func named(list []Way, arn string) (*Choice, error) {
	for i := range list {
		w := &list[i]
		if w.Kind == PITR || w.ARN != arn {
			continue
		}
		if w.Usable == No {
			return nil, &Refusal{Reason: "this backup cannot be restored: " + w.Reason, Next: nearest(list, w.At)}
		}
		return chosen(w, time.Time{}), nil
	}
	return nil, &Refusal{Reason: fmt.Sprintf("%s is none of the %s", arn, count(backups(list), "backup")+" of this table that could be found"), Hint: "restorable restore TABLE --list shows them; --region names other Regions"}
}

// toSecond is PITR at a moment.
func toSecond(list []Way, at time.Time) (*Choice, error) {
	at = at.UTC().Truncate(time.Second)
	var fit []Way
	for _, w := range pitrs(list) {
		if w.Usable != No && (w.From.IsZero() || !at.Before(w.From)) && (w.To.IsZero() || !at.After(w.To)) {
			fit = append(fit, w)
		}
	}
	if len(fit) == 1 {
		return chosen(&fit[0], at), nil
	}
	if len(fit) > 1 {
		return nil, several(fit)
	}
	return nil, &Refusal{Reason: noSecond(list, at) + nearestText(list, at), Next: nearest(list, at), Hint: "restorable restore TABLE --list shows every way back"}
}

// noSecond says why PITR does not reach a moment.
func noSecond(list []Way, at time.Time) string {
	why := "no table of that name is there, and point-in-time recovery ends with its table: it comes back as of its deletion alone"
	for _, w := range pitrs(list) {
		switch {
		case w.Usable == No && w.From.IsZero():
			why = "of " + w.Table.ARN + " " + w.Reason
		case w.Usable == No:
			why = w.Reason
		default:
			why = fmt.Sprintf("%s is outside the window of point-in-time recovery, which reaches from %s to %s", stamp(at), stamp(w.From), stamp(w.To))
		}
	}
	return why
}

// before is the last good moment before an incident.
func before(list []Way, wish Wish) (*Choice, error) {
	incident := wish.Before
	fit := slices.DeleteFunc(slices.Clone(list), func(w Way) bool {
		return w.Usable == No || w.Table.ARN == "" || wish.NewestBackup && w.Kind == PITR || w.Good(incident) != Yes
	})
	moment := func(w *Way) time.Time {
		if w.Kind == PITR {
			return lastGood(w, incident)
		}
		return w.At
	}
	born := func(w Way) bool { return w.Table.Created.Before(incident) } // one that is younger is not meant
	best, err := pick(fit, living(list, born), moment)
	if err != nil {
		return nil, err
	}
	if best == nil {
		return nil, &Refusal{Reason: "nothing that could be found surely holds a moment before " + stamp(incident) + reach(list, wish.NewestBackup), Hint: "restorable restore TABLE --list --as-of " + stamp(incident) + " shows every way back; copies may lie in other Regions and accounts"}
	}
	if best.Kind != PITR {
		c := chosen(best, time.Time{})
		c.Notes = append(c.Notes, fmt.Sprintf("It was whole at least a minute before the incident. What was written between %s and the incident is lost.", stamp(best.At)))
		return c, nil
	}
	c := chosen(best, lastGood(best, incident))
	if wanted := secondBefore(incident); c.Moment.Before(wanted) {
		c.Notes = append(c.Notes, fmt.Sprintf("Point-in-time recovery reaches %s as yet: in %s it reaches the second before the incident, and nothing before that is lost.", stamp(c.Moment), wanted.Sub(c.Moment)))
	}
	return c, nil
}

// lastGood is the last second of a window before an incident.
func lastGood(w *Way, incident time.Time) time.Time {
	at := secondBefore(incident)
	if at.After(w.To) {
		return w.To.Truncate(time.Second)
	}
	return at
}

// left reports whether a way is left out where backups alone are wanted.
func (w *Way) left(backupsOnly bool) bool { return backupsOnly && w.Kind == PITR }

func reach(list []Way, backupsOnly bool) string {
	var first time.Time
	for i := range list {
		w := &list[i]
		at := w.At
		if w.Kind == PITR {
			at = w.From
		}
		if w.Usable != No && !w.left(backupsOnly) {
			first = earliest(first, at)
		}
	}
	if first.IsZero() {
		return ""
	}
	return ": what is there begins at " + stamp(first)
}

// latest is the newest moment, or the newest backup.
func latest(list []Way, wish Wish) (*Choice, error) {
	fit := slices.DeleteFunc(slices.Clone(list), func(w Way) bool {
		return w.Usable == No || w.Table.ARN == "" || wish.NewestBackup && w.Kind == PITR || newest(&w).IsZero() && w.Usable != Maybe
	})
	best, err := pick(fit, living(list, func(Way) bool { return true }), newest)
	if err != nil {
		return nil, err
	}
	if best == nil {
		return nil, &Refusal{Reason: "nothing that could be found can be restored: " + reasons(list, wish.NewestBackup), Hint: "restorable restore TABLE --list shows each with its reason"}
	}
	c := chosen(best, time.Time{})
	for i := range fit {
		if w := &fit[i]; w.Usable == Maybe && best.Usable == Yes && (newest(w).After(newest(best)) || newest(w).IsZero()) {
			c.Notes = append(c.Notes, fmt.Sprintf("A newer one may serve, %s: %s.", w.Label(), w.Reason))
		}
	}
	return c, nil
}

// pick takes the way with the newest moment of those that surely serve, else of those that may; of equals the one of the table's own
// Region and not in cold storage. Ways to several tables are refused, and the table that is there may be meant even when nothing brings it
// back: a person must say which.
func pick(fit, living []Way, moment func(*Way) time.Time) (*Way, error) {
	if len(fit) == 0 {
		return nil, nil
	}
	if r := several(append(slices.Clone(fit), living...)); r != nil {
		return nil, r
	}
	rank := func(w *Way) (int, time.Time, int) {
		sure, near := 0, 0
		if w.Usable == Yes {
			sure = 1
		}
		if w.Kind == PITR {
			near += 4
		}
		if w.Region == regionOf(w.Table.ARN) {
			near += 2
		}
		if w.Cold == No {
			near++
		}
		return sure, moment(w), near
	}
	best := &fit[0]
	for i := range fit[1:] {
		w := &fit[i+1]
		s, m, n := rank(w)
		bs, bm, bn := rank(best)
		if s > bs || s == bs && (m.After(bm) || m.Equal(bm) && n > bn) {
			best = w
		}
	}
	return best, nil
}

// living are the ways to tables that are there now, usable or not.
func living(list []Way, meant func(Way) bool) []Way {
	return slices.DeleteFunc(slices.Clone(list), func(w Way) bool { return !w.Table.Live || !meant(w) })
}

// several refuses ways that lead to different tables of the name; nil for those of one.
func several(fit []Way) error {
	var tables []Table
	for i := range fit {
		t := fit[i].Table
		if !slices.ContainsFunc(tables, func(o Table) bool { return o.ARN == t.ARN && o.TableID == t.TableID }) {
			tables = append(tables, t)
		}
	}
	if len(tables) < 2 {
		return nil
	}
	var names, known []string
	otherPlace := false
	next := &Refusal{}
	for _, t := range tables {
		names = append(names, t.label())
		otherPlace = otherPlace || t.ARN != tables[0].ARN
		if t.TableID != "" {
			known = append(known, "--table-id "+t.TableID)
		}
	}
	next.Hint = strings.Join(known, ", or ")
	next.Reason = fmt.Sprintf("%d tables could be meant: %s", len(tables), strings.Join(names, "; "))
	switch {
	case otherPlace:
		next.Hint = "name the table by its ARN, such as " + tables[0].ARN
	case next.Hint == "":
		next.Hint = "name the backup: --backup ARN"
	}
	return next
}

// label tells one incarnation from another.
func (t Table) label() string {
	text := t.ARN
	if t.TableID != "" {
		text += ", id " + t.TableID
	} else {
		text += ", an incarnation of which the id is not known"
	}
	switch {
	case t.Live:
		text += ", which is there now"
	case !t.Created.IsZero():
		text += ", created " + stamp(t.Created)
	}
	return text
}

// Label names a way in a sentence.
func (w *Way) Label() string {
	switch w.Kind {
	case PITR:
		return "point-in-time recovery of " + w.Table.ARN
	case Backup:
		return "backup " + w.Name + " of " + stamp(w.At)
	case SystemBackup:
		return "the system backup of " + stamp(w.At)
	}
	return "the recovery point of " + stamp(w.At) + " in vault " + w.Vault + " of " + w.Region
}

func chosen(w *Way, at time.Time) *Choice {
	c := &Choice{Way: *w, Moment: at}
	if w.Usable == Maybe {
		c.Notes = append(c.Notes, "Whether it can be restored is not known: "+w.Reason+". AWS will say.")
	}
	return c
}

func pitrs(list []Way) []Way {
	return slices.DeleteFunc(slices.Clone(list), func(w Way) bool { return w.Kind != PITR })
}

func backups(list []Way) int { return len(list) - len(pitrs(list)) }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// closest is the usable backup before a moment, or else the first after it; nil when there is none.
func closest(list []Way, at time.Time) *Way {
	var under, over *Way
	for i := range list {
		w := &list[i]
		switch {
		case w.Kind == PITR || w.Usable == No || w.At.IsZero():
		case !w.At.After(at):
			if under == nil || w.At.After(under.At) {
				under = w
			}
		case over == nil || w.At.Before(over.At):
			over = w
		}
	}
	if under != nil {
		return under
	}
	return over
}

func nearestText(list []Way, at time.Time) string {
	w := closest(list, at)
	if w == nil {
		return "; there is no backup either"
	}
	side := "before"
	if w.At.After(at) {
		side = "after"
	}
	return fmt.Sprintf("; the nearest backup %s it is of %s", side, stamp(w.At))
}

func nearest(list []Way, at time.Time) []string {
	if w := closest(list, at); w != nil {
		return w.Args("")
	}
	return nil
}

// Args are the words of the command that goes this way, into a table of the given name; empty: the old one with -restored behind.
func (w *Way) Args(to string) []string {
	name := w.Table.Name
	if to == "" {
		const tail = "-restored"
		to = name[:min(len(name), 255-len(tail))] + tail
	}
	args := []string{"restorable", "restore", name, "--region", w.Region, "--to", to}
	if w.Kind == PITR {
		return append(args, "--latest")
	}
	return append(args, "--backup", w.ARN)
}

func ids(list []Way) []string {
	var out []string
	for i := range list {
		if id := list[i].Table.TableID; id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func reasons(list []Way, backupsOnly bool) string {
	var out []string
	for i := range list {
		if w := &list[i]; !w.left(backupsOnly) && w.Reason != "" && !slices.Contains(out, w.Reason) {
			out = append(out, w.Reason)
		}
	}
	return orNone(out)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
