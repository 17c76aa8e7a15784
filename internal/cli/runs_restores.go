package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/restore"
	setting "github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// listedRestore is a restore in the list of runs.
type listedRestore struct {
	Kind      string        `json:"kind"` // restore
	ID        string        `json:"id"`
	Partition string        `json:"partition"`
	Account   string        `json:"account"`
	Regions   []string      `json:"regions"` // of the new table
	Caller    string        `json:"caller,omitempty"`
	StartedAt time.Time     `json:"started_at"` // AWS's time; before AWS was asked, the machine's
	State     restore.State `json:"state"`
	Table     string        `json:"table"`  // ARN of the one that is restored
	Target    string        `json:"target"` // name of the new one
}

// listedPlan is a plan that was applied, in the list of runs.
type listedPlan struct {
	Kind string `json:"kind"` // plan
	journal.Summary
}

// keptRestores are the restores in every store of this machine, for use and not of drills, which drill list shows. What could be read is
// returned beside the error of a store that cannot be.
func (a *app) keptRestores(ctx context.Context) ([]listedRestore, error) {
	base, err := a.stateFolder()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(base, "*", "*", "*", store.File))
	if err != nil {
		return nil, err
	}
	var out []listedRestore
	var unread error
	for _, file := range files {
		found, err := a.restoresIn(ctx, filepath.Dir(file))
		unread = errors.Join(unread, err)
		out = append(out, found...)
	}
	return out, unread
}

func (a *app) restoresIn(ctx context.Context, folder string) ([]listedRestore, error) {
	s, err := store.Open(ctx, folder, a.now)
	if err != nil {
		return nil, storeFailure(err)
	}
	defer func() { _ = s.Close() }() // it was only read
	all, err := restore.All(ctx, s)
	if err != nil {
		return nil, storeFailure(err)
	}
	var out []listedRestore
	for _, r := range all {
		if r.Purpose != setting.ToDrill {
			out = append(out, listed(r))
		}
	}
	return out, nil
}

func listed(r *restore.Record) listedRestore {
	started := r.Requested
	if started.IsZero() {
		started = r.Intent
	}
	if started.IsZero() {
		started = r.Created
	}
	return listedRestore{Kind: "restore", ID: r.ID, Partition: r.Partition, Account: r.Account, Regions: []string{r.Request.TargetRegion}, Caller: r.Caller,
		StartedAt: started.UTC(), State: r.State, Table: r.Request.Table, Target: r.Request.Target}
}

// listedRuns are plans and restores in one list, newest last.
func listedRuns(plans []journal.Summary, restores []listedRestore) []any {
	out := []any{}
	for _, p := range plans {
		out = append(out, listedPlan{"plan", p})
	}
	for _, r := range restores {
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(x, y any) int { return startOf(x).Compare(startOf(y)) })
	return out
}

func startOf(run any) time.Time {
	if r, ok := run.(listedRestore); ok {
		return r.StartedAt
	}
	return run.(listedPlan).StartedAt
}
