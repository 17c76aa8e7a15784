package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/store"
)

// drillWork is what a command about drills works with.
type drillWork struct {
	session  *awsapi.Session
	store    *store.Store
	who      awsapi.Identity // of the first account
	accounts map[string]*awsapi.Account
	regions  []string
	endpoint string
	signer   evidence.Signer // nil: evidence is left unsigned

	drills []*drill.Drill
	takers map[string][]drill.Taker // of a drill, by id
}

func (w *drillWork) close() {
	w.session.Close()
	_ = w.store.Close() // every record is on the disk already
}

// scope is where a table is.
func (w *drillWork) scope(account, region string) *awsapi.Scope {
	return w.account(account).Scope(region)
}

// openDrills opens the session and the store of the place that it leads to.
func (a *app) openDrills(ctx context.Context, o drillOptions) (*drillWork, error) {
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return nil, err
	}
	w := &drillWork{session: session, accounts: map[string]*awsapi.Account{}, endpoint: a.endpoint(o.aws), takers: map[string][]drill.Taker{}}
	for i, account := range session.Accounts() {
		who, _, err := account.Identify(ctx)
		if err != nil {
			session.Close()
			return nil, startFailure(err, o.aws)
		}
		if i == 0 {
			w.who = who
			w.regions, _, err = account.Regions(ctx)
		}
		if err != nil {
			session.Close()
			return nil, startFailure(err, o.aws)
		}
		w.accounts[who.Account] = account
	}
	w.store, err = a.openStore(ctx, journal.Place{Partition: w.who.Partition, Account: w.who.Account, Endpoint: w.endpoint})
	if err != nil {
		session.Close()
		return nil, err
	}
	return w, nil
}

// layOut finds the tables and the way of each, and makes the drills. Nothing is written down yet.
func (a *app) layOut(ctx context.Context, w *drillWork, tables []string, o drillOptions) error {
	filter := filterOptions{tables: tables, tags: o.tags}
	prices, err := readPrices(o.prices)
	if err != nil {
		return err
	}
	es, err := a.drillEstate(ctx, w, filter, o)
	if err != nil {
		return err
	}
	earlier, err := drill.All(ctx, w.store)
	if err != nil {
		return storeFailure(err)
	}
	estimates := ways.Options{Prices: prices.Prices, Target: o.target, Measured: drill.Measured(earlier)}
	asked := drill.Asked{Run: newDrillRun(w), Tool: toolName, Caller: w.who.ARN, CallerID: w.who.UserID, Partition: w.who.Partition, Endpoint: w.endpoint,
		From: o.from, Region: o.target, Role: o.role, Wish: o.wish, Key: o.chosenKey()}
	l := layout{work: w, estate: es, asked: asked, estimates: estimates, options: o}
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			if !filter.wants(t) || strings.HasPrefix(t.Name.Or(""), drill.TablePrefix) {
				continue
			}
			d, err := a.layOutOne(ctx, l, u, t)
			if err != nil {
				return err
			}
			w.drills = append(w.drills, d)
		}
	}
	if err := a.layOutGone(ctx, l, tables); err != nil {
		return err
	}
	if len(w.drills) == 0 {
		return a.nothingToDrill(es, tables, o)
	}
	return nil
}

// layout is what drills are laid out from.
type layout struct {
	work      *drillWork
	estate    *estate.Estate
	asked     drill.Asked
	estimates ways.Options
	options   drillOptions
}

// layOutOne makes the drill of one table, which may be one that can only say why there is none.
func (a *app) layOutOne(ctx context.Context, l layout, u *estate.Unit, t *estate.Table) (*drill.Drill, error) {
	all, unknown, err := ways.List(l.estate, t.ARN.Or(t.ID), l.estimates)
	var way *ways.Way
	doubt := len(unknown) > 0
	if err == nil {
		var maybe bool
		way, maybe, err = drill.Choose(all, t.TableID.Or(""), l.asked.From, l.asked.Region)
		doubt = doubt || maybe
	}
	if id := t.TableID.Or(""); err == nil && way.Table.TableID != "" && id != "" && way.Table.TableID != id { // of an earlier table of the name
		return a.goneDrill(ctx, l, way)
	}
	d := drill.New(l.asked, u, t, way)
	d.Objective = drill.ObjectiveOf(a.objectives(), u, t)
	if _, refused := d.Refused(); refused && err == nil {
		return d, nil
	}
	if err != nil {
		d.Refuse(doubt, reasonFor(err, unknown))
		return d, nil
	}
	l.work.lookForTakers(l.estate, d)
	return d, nil
}

func (w *drillWork) lookForTakers(es *estate.Estate, d *drill.Drill) {
	if at := unitOf(es, d.Target.Account, d.Target.Region); at != nil {
		w.takers[d.ID] = drill.Takers(at, d.Target.Name, d.Target.ARN)
	}
}

func reasonFor(err error, unknown []ways.Unknown) string {
	var invalid *drill.Invalid
	text := err.Error()
	if errors.As(err, &invalid) {
		text = invalid.Reason
	}
	if len(unknown) > 0 {
		text += fmt.Sprintf("; %s could not be read (%s %s)", unknown[0].What, unknown[0].Operation, unknown[0].Code)
	}
	return text
}

func unitOf(es *estate.Estate, account, region string) *estate.Unit {
	for _, u := range es.Units {
		if u.Account.Or("") == account && u.Region.Or("") == region {
			return u
		}
	}
	return nil
}

// drillEstate reads the tables asked for, the ways back to them and the plans that might take a copy in.
func (a *app) drillEstate(ctx context.Context, w *drillWork, filter filterOptions, o drillOptions) (*estate.Estate, error) {
	status := a.status()
	defer status.Clear()
	es, err := collect.Collect(ctx, w.session, collect.Options{
		Tool: toolName, Tables: filter.byName(), Needs: drill.Needs(), Concurrency: o.aws.concurrency, Now: a.now,
		Progress: func(p collect.Progress) { status.Show("reading " + p.String()) },
	})
	if err != nil {
		return nil, startFailure(err, o.aws)
	}
	return es, nil
}

func (a *app) nothingToDrill(es *estate.Estate, tables []string, o drillOptions) error {
	for _, u := range es.Units {
		if !u.Tables.IsWhole() && u.Tables.Whole.IsUnknown() {
			p := u.Of(u.Tables.Whole.Source())
			return &complaint{code: exitIncomplete, summary: "the tables could not be listed", detail: p.Operation + ": " + p.Code + ": " + p.Message, hint: "restorable iam policy drill prints the policy that a drill needs"}
		}
	}
	what := strings.Join(tables, ", ")
	if len(o.tags) > 0 {
		what += " with " + strings.Join(o.tags, ", ")
	}
	return &complaint{code: exitNothing, summary: "no table is " + what, hint: "restorable scan lists the tables; --region chooses where to look"}
}

// newDrillRun is the id of a run: AWS's time, and something random.
func newDrillRun(w *drillWork) string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // it never fails
	now, _ := w.session.Accounts()[0].Home().Clock.Now()
	return "d-" + now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:])
}

// findDrills finds a drill by its id, its table's name, or all of a run.
func findDrills(ctx context.Context, s *store.Store, what string) ([]*drill.Drill, error) {
	all, err := drill.All(ctx, s)
	if err != nil {
		return nil, storeFailure(err)
	}
	var out []*drill.Drill
	for _, d := range all {
		if d.ID == what || d.Run == what || d.Target.Name == what {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return nil, &complaint{code: exitNothing, summary: "there is no drill " + what, hint: "restorable drill list"}
	}
	return out, nil
}

func drillRegions(drills []*drill.Drill) []string {
	var out []string
	for _, d := range drills {
		for _, r := range []string{d.Source.Region, d.Target.Region} {
			if r != "" && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}
