package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/price"
	"github.com/restorable/restorable/internal/remedy/render"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/spf13/pflag"
)

// wayOptions are the flags that list the ways back and choose one.
type wayOptions struct {
	list         bool
	print        string
	output       string
	latest       bool
	at           string
	backup       string
	newestBackup bool
	asOf         string
	tableID      string
	target       string
}

func (o *wayOptions) register(f *pflag.FlagSet) {
	f.BoolVar(&o.list, "list", false, "list every way back, and change nothing")
	f.StringVar(&o.print, "print", "", "print the steps instead of doing them: `cli` (a shell script) or console (Markdown)")
	f.StringVarP(&o.output, "output", "o", "table", "`format`: table or json")
	f.BoolVar(&o.latest, "latest", false, "the newest moment there is")
	f.StringVar(&o.at, "at", "", "this `time`, by point-in-time recovery: 2026-11-20T14:30:00Z, a date, or -2h by AWS's clock")
	f.StringVar(&o.backup, "backup", "", "this backup or recovery point, by `ARN`")
	f.BoolVar(&o.newestBackup, "newest-backup", false, "the newest backup or recovery point")
	f.StringVar(&o.asOf, "as-of", "", "the last good moment before an incident at this `time`, as for --at; with --list what each way would lose of that moment")
	f.StringVar(&o.tableID, "table-id", "", "the incarnation with this `id`, where several tables had the name")
	f.StringVar(&o.target, "target-region", "", "`Region` of the new table (default: where the backup lies)")
}

// validate looks at the form alone.
func (o *wayOptions) validate() error {
	switch {
	case o.list && o.print != "":
		return misuse("one of them", "--list and --print exclude each other")
	case o.print != "" && o.print != "cli" && o.print != "console":
		return misuse("--print cli or --print console", "--print %s: unknown", o.print)
	case o.output != "table" && o.output != "json":
		return misuse("-o table or -o json", "-o %s: unknown format", o.output)
	case o.target != "" && (o.target == "all" || !isRegionName(o.target)):
		return misuse("--target-region eu-central-1", "--target-region %q: not the name of a Region", o.target)
	}
	return o.validateChoice()
}

// validateChoice: one way is chosen, or all are listed.
func (o *wayOptions) validateChoice() error {
	chosen := 0
	for _, on := range []bool{o.latest, o.at != "", o.backup != "", o.newestBackup} {
		if on {
			chosen++
		}
	}
	switch {
	case o.list && chosen > 0:
		return misuse("leave out the choice: --list shows every way", "--list shows every way back, and chooses none")
	case chosen > 1:
		return misuse("one of them", "--latest, --at, --backup and --newest-backup exclude each other")
	case o.asOf != "" && (o.latest || o.at != "" || o.backup != ""):
		return misuse("--as-of alone, or with --newest-backup", "--as-of chooses the last good moment itself")
	case chosen == 0 && o.asOf == "" && !o.list:
		return misuse("restorable restore TABLE --list shows what there is", "which way back? --latest, --at TIME, --backup ARN, --newest-backup or --as-of TIME")
	}
	return nil
}

// waysBack is what could be found of a table.
type waysBack struct {
	estate  *estate.Estate
	name    string // as asked for
	now     time.Time
	asOf    time.Time // zero: not given
	prices  price.List
	ways    []ways.Way
	unknown []ways.Unknown
	names   []string // of all tables that collection came across
}

// findWays reads what there is of a table. more are groups to be read besides.
func (a *app) findWays(ctx, user context.Context, o restoreOptions, name string, more map[awsapi.Group]bool) (*waysBack, error) {
	plain := name
	if _, after, ok := strings.Cut(name, ":table/"); ok {
		plain = after
		if parts := strings.Split(name, ":"); len(o.aws.regions) == 0 && len(parts) > 4 && isRegionName(parts[3]) {
			o.aws.regions = []string{parts[3]}
		}
	}
	if !isTableName(plain) {
		return nil, misuse("restorable scan shows the tables there are", "%q is not the name or ARN of a table", name)
	}
	prices, err := readPrices(o.prices)
	if err != nil {
		return nil, err
	}
	needs := awsapi.Ways()
	for g := range more {
		needs[g] = true
	}
	s := &seen{}
	es, err := a.obtain(ctx, sourceOptions{aws: o.aws, needs: needs, match: s.match(plain), backups: plain})
	if err != nil {
		return nil, err
	}
	if user.Err() != nil {
		return nil, interrupted(user.Err())
	}
	w := &waysBack{estate: es, name: name, now: clockOf(es), prices: prices.Prices, names: s.names}
	if o.ways.asOf != "" {
		if w.asOf, err = a.moment("--as-of", o.ways.asOf, w.now); err != nil {
			return nil, err
		}
	}
	w.ways, w.unknown, err = ways.List(es, name, ways.Options{Prices: w.prices, Target: o.ways.target, Measured: a.measured(ctx, es, o.aws)})
	return w, err
}

// isTableName: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
func isTableName(s string) bool {
	return len(s) >= 3 && len(s) <= 255 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == ""
}

// clockOf is the latest that AWS said of the time; zero when nobody answered.
func clockOf(es *estate.Estate) time.Time {
	var now time.Time
	for _, u := range es.Units {
		if t, ok := u.Now.Get(); ok && t.Time().After(now) {
			now = t.Time()
		}
	}
	return now
}

func (a *app) moment(flag, text string, now time.Time) (time.Time, error) {
	t, err := ways.Moment(text, now)
	if err != nil {
		return t, misuse(flag+" 2026-11-20T14:30:00Z, or "+flag+" -2h", "%s: %v", flag, err)
	}
	if !now.IsZero() && t.After(now) {
		return t, misuse("", "%s: %s is yet to come: AWS's clock says %s", flag, t.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	return t, nil
}

// choose takes the way that the flags ask for.
func (a *app) choose(w *waysBack, o wayOptions) (*ways.Choice, error) {
	if len(w.ways) == 0 {
		return nil, w.none()
	}
	wish := ways.Wish{Latest: o.latest, ARN: o.backup, NewestBackup: o.newestBackup, Before: w.asOf, TableID: o.tableID}
	if o.at != "" {
		at, err := a.moment("--at", o.at, w.now)
		if err != nil {
			return nil, err
		}
		wish.At = at
	}
	c, err := ways.Choose(w.ways, wish)
	var refusal *ways.Refusal
	if errors.As(err, &refusal) {
		return nil, w.refused(refusal)
	}
	return c, err
}

// refused turns a refusal into what a person is told, with what could not be looked at: it may be the reason.
func (w *waysBack) refused(r *ways.Refusal) error {
	c := &complaint{code: exitStale, summary: "no such way back to " + w.name, detail: r.Reason, hint: strings.ReplaceAll(r.Hint, "TABLE", render.ShellWord(w.name))}
	if len(r.Next) > 0 {
		c.hint = shellLine(r.Next)
	}
	for _, u := range w.unknown {
		c.detail += "\nnot looked at: " + unknownText(u)
	}
	return c
}

func shellLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = render.ShellWord(word)
	}
	return strings.Join(quoted, " ")
}

func unknownText(u ways.Unknown) string {
	return u.What + " in " + u.Region + ": " + strings.TrimSpace(u.Operation+" "+u.Code)
}

// none says that there is nothing of that name at all.
func (w *waysBack) none() error {
	if len(w.unknown) == 0 {
		err := noSuchTable(w.estate, w.names, w.name)
		var c *complaint
		if errors.As(err, &c) && c.code == exitNothing {
			c.summary = "no table " + w.name + ", and no backup of one"
			c.hint = strings.TrimSuffix(c.hint, "; --region names other Regions") + "; copies may lie in other Regions: --region all"
		}
		return err
	}
	c := &complaint{code: exitIncomplete, summary: "no way back to " + w.name + " could be found, and not everything could be looked at", hint: "restorable doctor says which permission is missing"}
	for i, u := range w.unknown {
		if i > 0 {
			c.detail += "\n"
		}
		c.detail += unknownText(u)
	}
	return c
}

// listWays shows every way back.
func (a *app) listWays(ctx, user context.Context, o restoreOptions, name string) error {
	w, err := a.findWays(ctx, user, o, name, nil)
	if err != nil {
		return err
	}
	if len(w.ways) == 0 {
		return w.none()
	}
	if id := o.ways.tableID; id != "" {
		if w.only(id); len(w.ways) == 0 {
			return &complaint{code: exitNothing, summary: "no way back to a table " + w.name + " with the id " + id, hint: "leave out --table-id: the list names the ids there are"}
		}
	}
	code := exitClean
	if len(w.unknown) > 0 {
		code = exitIncomplete
	}
	if o.ways.output == "json" {
		if err := a.printJSON(waysDocument(w, o.aws)); err != nil {
			return err
		}
		return ended(code)
	}
	v := wayView{printer: printer{w: a.std.Out, screen: a.screen(a.std.Out)}, found: w, aws: o.aws, verbose: a.global.verbose}
	v.show()
	return ended(code)
}

// only keeps the ways to one incarnation.
func (w *waysBack) only(id string) {
	var kept []ways.Way
	for _, one := range w.ways {
		if one.Table.TableID == id {
			kept = append(kept, one)
		}
	}
	w.ways = kept
}
