package drill

import (
	"context"
	"errors"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// Workshop has what the parts of drills are made with.
type Workshop struct {
	Account  func(id string) *awsapi.Account
	Store    *store.Store
	Tool     string
	Settle   time.Duration                // how long AWS may take to take or show one change; 0: as restores do
	Progress func(d *Drill, doing string) // nil: nobody watches
}

// Parts are the parts that ask AWS.
func (w *Workshop) Parts() Parts {
	return Parts{Restore: w.restore, Settings: w.settings, Items: w.items}
}

func (w *Workshop) tell(d *Drill, doing string) {
	if w.Progress != nil {
		w.Progress(d, doing)
	}
}

// restore lets the engine of restores make the table. Its run has an id that follows from the drill's, so that a drill that goes on finds it.
func (w *Workshop) restore(ctx context.Context, d *Drill, save func() error) error {
	if d.Watched {
		return w.made(ctx, d, save)
	}
	account := w.Account(d.Target.Account)
	source, err := w.source(ctx, d)
	if err != nil {
		return err
	}
	run, err := restore.Start(ctx, account, restore.Options{
		ID: d.Restore.ID, Request: d.request(), Source: source, Purpose: settings.ToDrill, Store: w.Store, Tool: w.Tool, Settle: w.Settle,
		Progress: func(p restore.Progress) { w.tell(d, p.Doing) },
	})
	if err != nil {
		return err
	}
	defer func() { _ = run.Close() }() // the kernel lets go of it in any case
	result, err := run.Wait(ctx)
	if result != nil {
		d.learn(result)
		err = errors.Join(err, save())
	}
	return err
}

// request is the drill's restore as the engine of restores knows it: everything as AWS carries it.
func (d *Drill) request() restore.Request {
	kind := map[string]settings.Kind{FromPITR: settings.ByPITR, FromBackup: settings.ByBackup, FromSystem: settings.ByBackup, FromPoint: settings.ByPoint}[d.From.Kind]
	r := restore.Request{Kind: kind, Table: d.Source.ARN, Region: d.From.Region, At: d.From.At, Target: d.Target.Name, TargetRegion: d.Target.Region,
		Key: restore.Key{Level: d.Key.Level, ARN: d.Key.ARN}, Role: d.From.Role}
	if kind != settings.ByPITR {
		r.ARN, r.Vault = d.From.ARN, d.From.Vault
	}
	return r
}

// learn takes over what the restore found out.
func (d *Drill) learn(r *restore.Result) {
	d.Restore.Job = r.RestoreJob
	if r.TableID != "" {
		d.Target.TableID = r.TableID
	}
	d.Times.Requested, d.Times.Active = r.Requested, r.Active
	d.Calls = d.Calls[:0]
	for _, c := range r.Asked {
		d.Calls = append(d.Calls, evidence.Call{Action: c.Call, RequestID: c.RequestID, At: estate.At(c.At), Account: d.Target.Account, Region: d.Target.Region, Resource: d.Target.ARN})
		switch c.Call {
		case string(awsapi.RestoreTableToPointInTime), string(awsapi.RestoreTableFromBackup), string(awsapi.StartRestoreJob):
			d.Restore.Call, d.Restore.RequestID = c.Call, c.RequestID
		}
	}
}

// source is the table that is brought back as it is now; of one that is gone, what was known of it when the drill was laid out.
func (w *Workshop) source(ctx context.Context, d *Drill) (restore.Source, error) {
	if d.Source.Gone {
		return restore.DecodeSource(d.Facts)
	}
	return w.read(ctx, d.Source)
}

// read reads all settings of one table. One that is not there, or is another incarnation, is one of which nothing is known.
func (w *Workshop) read(ctx context.Context, t Table) (restore.Source, error) {
	source, err := restore.Read(ctx, w.Account(t.Account), t.Region, t.Name)
	if err != nil {
		return source, err
	}
	if source.Table != nil && t.TableID != "" && source.Table.TableID.Or(t.TableID) != t.TableID {
		source.Table = nil
	}
	return source, nil
}

// settings compares both tables as they are now. The drill's own tags are not part of the comparison.
func (w *Workshop) settings(ctx context.Context, d *Drill) ([]evidence.Setting, error) {
	source, err := w.source(ctx, d)
	if err != nil {
		return nil, err
	}
	target, err := w.read(ctx, d.Target)
	if err != nil {
		return nil, err
	}
	if target.Table != nil {
		withoutOwnTags(target.Table)
	}
	request := d.request()
	route := settings.Route{Kind: request.Kind, CrossRegion: d.Source.Region != d.Target.Region}
	var out []evidence.Setting
	for _, l := range settings.Compare(source.Settings(), target.Settings(), route, settings.ToDrill) {
		out = append(out, evidence.Setting{Setting: string(l.Setting), Source: l.Source, Restored: l.Target, Outcome: evidence.Outcome(l.Outcome), Reason: l.Reason})
	}
	level, _ := target.Settings().Key() // that it has, not the one that was asked for
	if weaker, known := source.Settings().Weaker(level); d.Watched || level != "" && known && !weaker {
		excused(out, d.Watched)
	}
	return out, nil
}

func withoutOwnTags(t *estate.Table) {
	tags, ok := t.Tags.Get()
	if !ok {
		return
	}
	left := map[string]string{}
	for k, v := range tags {
		if k != ToolTag && k != RunTag && k != DrillTag && k != testTag {
			left[k] = v
		}
	}
	t.Tags = estate.KnownFact(left, t.Tags.Source())
}

// told is what an error says: AWS's code, or empty, and its message.
func told(err error) (code, message string) {
	var failed *restore.FailedError
	if errors.As(err, &failed) {
		return failed.Code, failed.Message
	}
	var call *awsapi.CallError
	if errors.As(err, &call) {
		return call.Code, call.Message
	}
	return "", err.Error()
}
