package ways

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// Slack: the contents of a backup are consistent to within a minute of its request, those of PITR to the second.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
const (
	backupSlack = time.Minute
	pitrSlack   = time.Second
)

// ErrNoName says that the name of a table is empty.
var ErrNoName = errors.New("list ways back: no table is named")

// lister gathers the ways of one table.
type lister struct {
	es      *estate.Estate
	name    string // as asked for: a name or an ARN
	opts    Options
	ways    []Way
	unknown []Unknown
	keys    map[string]keyAt
}

// List returns the ways back to a table, given by name or ARN, in every unit of an estate: those of the table that is there first, then by
// incarnation, the newest first; and what could not be looked at.
func List(es *estate.Estate, name string, o Options) ([]Way, []Unknown, error) {
	if strings.TrimSpace(name) == "" {
		return nil, nil, ErrNoName
	}
	l := &lister{es: es, name: name, opts: o, keys: keysOf(es)}
	for _, u := range es.Units {
		l.tables(u)
		l.natives(u)
		l.vaults(u)
	}
	for _, u := range es.Units {
		l.copyJobs(u)
	}
	l.incarnations()
	for i := range l.ways {
		l.estimate(&l.ways[i])
	}
	slices.SortStableFunc(l.ways, order)
	return l.ways, l.unknown, nil
}

func order(a, b Way) int {
	away := func(w Way) bool { return w.Region != regionOf(w.Table.ARN) }
	return cmp.Or(last(!a.Table.Live, !b.Table.Live), cmp.Compare(a.Table.ARN, b.Table.ARN), cmp.Compare(a.Table.TableID, b.Table.TableID),
		newest(&b).Compare(newest(&a)), last(away(a), away(b)), cmp.Compare(a.Region, b.Region), cmp.Compare(a.ARN, b.ARN))
}

// last puts what something is true of behind what it is not true of.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// newest is the latest moment that a way leads to.
func newest(w *Way) time.Time {
	if w.Kind == PITR {
		return w.To
	}
	return w.At
}

// belongs is whether something of a table ARN is of the table asked for.
func (l *lister) belongs(arn estate.Fact[string]) Answer {
	v, ok := arn.Get()
	if !ok {
		return Maybe
	}
	if v == l.name || tableOf(v) == l.name {
		return Yes
	}
	return No
}

// cannot notes, once, a list or fact that could not be read.
func (l *lister) cannot(u *estate.Unit, what string, src estate.Source) {
	p := u.Of(src)
	one := Unknown{What: what, Account: u.Account.Or(""), Region: u.Region.Or(""), Operation: p.Operation, Code: p.Code, Message: p.Message}
	if !slices.ContainsFunc(l.unknown, func(o Unknown) bool { o.Message = one.Message; return o == one }) {
		l.unknown = append(l.unknown, one)
	}
}

// way begins one in a unit.
func (l *lister) way(u *estate.Unit, kind Kind, arn string) Way {
	return Way{Kind: kind, ARN: arn, Partition: u.Partition.Or(""), Account: u.Account.Or(""), Region: u.Region.Or(""), Slack: backupSlack, KeyState: KeyUnknown, Cold: No, Usable: Yes}
}

// judge takes one more condition into a way; the first reason that is not yes stays, and a no beats what is not known.
func (w *Way) judge(a Answer, reason string) {
	if a == Yes {
		return
	}
	if w.Reason == "" || a == No && w.Usable != No {
		w.Reason = reason
	}
	w.Usable = w.Usable.and(a)
}

func moment(f estate.Fact[estate.Instant]) time.Time {
	if v, ok := f.Get(); ok {
		return v.Time()
	}
	return time.Time{}
}

// tableOf is the name in a table's ARN.
func tableOf(arn string) string {
	_, after, ok := strings.Cut(arn, ":table/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(after, "/")
	return name
}

func part(arn string, n int) string {
	if p := strings.SplitN(arn, ":", 6); len(p) == 6 {
		return p[n]
	}
	return ""
}

func serviceOf(arn string) string { return part(arn, 2) }
func regionOf(arn string) string  { return part(arn, 3) }
func accountOf(arn string) string { return part(arn, 4) }
