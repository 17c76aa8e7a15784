package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/report"
	"github.com/restorable/restorable/internal/store"
)

// drillsRecord is where the drills of this machine come from; codeUnreadable marks those of a store that is there and cannot be read.
const (
	drillsRecord   = "restorable:drills"
	codeUnreadable = "StoreUnreadable"
)

// drillBook is what the drills of this machine found, read once for each place.
type drillBook struct {
	app  *app
	aws  awsOptions
	read map[journal.Place]drillsRead
}

// tell says, once for each place, that its drills could not be read.
func (b *drillBook) tell() {
	if b == nil { // nothing was read from AWS
		return
	}
	for _, found := range b.read {
		if found.err != nil {
			b.app.noteDrills(found.err.Error())
		}
	}
}

func (a *app) noteDrills(why string) {
	a.note("the drills of this machine do not count, they cannot be read: %s", why)
}

type drillsRead struct {
	results []drill.Result
	err     error
}

func (a *app) drillBook(o awsOptions) *drillBook {
	return &drillBook{app: a, aws: o, read: map[journal.Place]drillsRead{}}
}

// fill gives a unit that was read from AWS the drills of its tables that this machine did: a scan learns from them what AWS does not keep.
func (b *drillBook) fill(ctx context.Context, u *estate.Unit) {
	place := journal.Place{Partition: u.Partition.Or(""), Account: u.Account.Or(""), Endpoint: b.app.endpoint(b.aws)}
	region, ok := u.Region.Get()
	if place.Account == "" || !ok {
		u.Drills.Whole = estate.UnknownFact[bool](u.Account.Source())
		return
	}
	found, done := b.read[place]
	if !done {
		found.results, found.err = b.app.drillsOf(ctx, place)
		b.read[place] = found
	}
	p := estate.Provenance{Operation: drillsRecord, ObservedAt: u.Now.Or(0)}
	if found.err != nil {
		p.Code, p.Message = codeUnreadable, found.err.Error()
		u.Drills.Whole = estate.UnknownFact[bool](u.Record(p))
		return
	}
	src := u.Record(p)
	u.Drills.Whole = estate.KnownFact(true, src)
	for i := range found.results {
		if r := &found.results[i]; strings.HasPrefix(r.TableARN, "arn:"+place.Partition+":dynamodb:"+region+":"+place.Account+":") {
			u.Drills.Items = append(u.Drills.Items, drillFact(r, src))
		}
	}
}

// drillsMissed is what kept a finding from its answer when it rests on drills that could not be read. Where nothing rests on them they are
// no problem: a machine without a place for them has done none that anybody asked about.
func drillsMissed(u *estate.Unit, f *control.Finding) (report.Problem, bool) {
	if f.Verdict != control.Unknown {
		return report.Problem{}, false
	}
	for _, e := range f.Evidence {
		if e.Source == drillsRecord && e.Code == codeUnreadable {
			return report.Problem{Account: u.Account.Or(""), Region: u.Region.Or(""), Operation: drillsRecord, Code: codeUnreadable, Message: e.Message, Affects: 1}, true
		}
	}
	return report.Problem{}, false
}

// drillsOf reads what the drills in the store of a place found, and makes no store.
func (a *app) drillsOf(ctx context.Context, place journal.Place) ([]drill.Result, error) {
	base, err := a.stateFolder()
	if err != nil {
		return nil, err // where drills would be kept is not known, so neither is whether some were
	}
	if _, err := os.Stat(filepath.Join(base, place.Folder(), store.File)); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	s, err := a.openStore(ctx, place)
	if err != nil {
		return nil, err
	}
	results, err := drill.Results(ctx, s)
	return results, errors.Join(err, s.Close())
}

func drillFact(r *drill.Result, src estate.Source) estate.Drill {
	d := estate.Drill{
		ID: r.Drill, TableARN: orAbsent(r.TableARN, src), TableID: orAbsent(r.TableID, src), FinishedAt: estate.UnknownFact[estate.Instant](src),
		Outcome:  estate.KnownFact(estate.DrillInconclusive, src),
		Restored: estate.KnownFact(r.Restored, src), Compared: estate.KnownFact(r.Method != "" && r.Method != evidence.Nothing, src),
		ActiveSeconds: tookFact(r.Active, src), CompleteSeconds: tookFact(r.Complete, src),
		Method: orAbsent(string(r.Method), src), Way: orAbsent(r.Point.Kind, src), Evidence: orAbsent(r.Evidence, src), SignedBy: estate.AbsentFact[string](src),
	}
	if !r.Finished.IsZero() {
		d.FinishedAt = estate.KnownFact(estate.At(r.Finished), src)
	}
	switch r.Verdict {
	case drill.Passed:
		d.Outcome = estate.KnownFact(estate.DrillPassed, src)
	case drill.Refuted:
		d.Outcome = estate.KnownFact(estate.DrillFailed, src)
	}
	return d
}

func orAbsent(s string, src estate.Source) estate.Fact[string] {
	if s == "" {
		return estate.AbsentFact[string](src)
	}
	return estate.KnownFact(s, src)
}

func tookFact(d time.Duration, src estate.Source) estate.Fact[int64] {
	if d < 0 {
		return estate.AbsentFact[int64](src)
	}
	return estate.KnownFact(int64(d.Seconds()), src)
}
