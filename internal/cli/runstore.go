package cli

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// runStore is where runs are kept: $XDG_STATE_HOME/restorable/runs.
func (a *app) runStore() (journal.Store, error) {
	base, err := a.stateFolder()
	if err != nil {
		return journal.Store{}, err
	}
	return journal.Store{Root: filepath.Join(base, "runs"), Now: a.now}, nil
}

// endpoint is where requests go when not to AWS itself: the flag, or the environment's for all services.
func (a *app) endpoint(o awsOptions) string {
	if o.endpoint != "" {
		return strings.TrimRight(o.endpoint, "/")
	}
	return strings.TrimRight(a.env("AWS_ENDPOINT_URL"), "/")
}

// findRun finds a run by its id, or by the file of its plan.
func (a *app) findRun(store journal.Store, what string) (*journal.Record, error) {
	id := what
	if strings.HasPrefix(what, "rt-") {
		return nil, misuse("restorable restore --runs -o json, or restorable restore --resume "+what, "%s is a restore, not a run of apply", what)
	}
	if !strings.HasPrefix(what, "r-") {
		plan, err := loadPlan(what)
		if err != nil {
			return nil, err
		}
		id, err = runOf(store, plan.ID)
		if err != nil {
			return nil, err
		}
		if id == "" {
			return nil, &complaint{code: exitNothing, summary: "no run applied " + what, hint: "restorable apply " + what}
		}
	}
	record, err := store.Show(id)
	if err != nil {
		return nil, unreadableRun(id, err)
	}
	return record, nil
}

// unreadableRun says why a run that is there cannot be read. Without its plan nobody knows what its journal speaks of.
func unreadableRun(id string, err error) error {
	if known := runFailure(err); known != nil {
		return known
	}
	why := plainCause(err)
	var format *remedy.FormatError
	if errors.As(err, &format) {
		why = format.Reason
	}
	return &complaint{code: exitUsage, summary: "the plan of run " + id + " cannot be read, so nobody can say what the run did", detail: why,
		hint: "restore plan.json in the run's folder from a copy, or look at AWS: restorable scan", err: err}
}

// runOf is the newest run of a plan; empty: none. Runs that cannot be read are not of it, as far as one can tell.
func runOf(store journal.Store, plan string) (string, error) {
	list, err := store.List()
	found := ""
	for _, one := range list {
		if one.Plan == plan {
			found = one.ID
		}
	}
	if found == "" && err != nil {
		return "", unreadableRun(plan, err)
	}
	return found, nil
}

// runFailure says what is wrong with the store of runs; nil when the error is about something else.
func runFailure(err error) error {
	var (
		none    *journal.NotFoundError
		busy    *journal.BusyError
		corrupt *journal.CorruptError
		shut    *journal.UnwritableError
		disk    *journal.WriteError
	)
	switch {
	case errors.As(err, &none):
		return &complaint{code: exitNothing, summary: "there is no run " + none.ID, hint: "restorable runs list", err: err}
	case errors.As(err, &busy):
		return &complaint{code: exitStale, summary: "another process works on plan " + busy.Plan, hint: "restorable runs list shows it as running; wait until it ends", err: err}
	case errors.As(err, &corrupt):
		return &complaint{code: exitUsage, summary: "the journal of the run is damaged, so nobody can say what it did", detail: err.Error(), hint: "restore the file from a copy, or look at AWS: restorable scan, and restorable plan for what is missing", err: err}
	case errors.As(err, &shut):
		return &complaint{code: exitUsage, summary: "runs cannot be kept, so nothing was called", detail: shut.Folder + ": " + plainCause(shut.Err), hint: "make room or give write access, or set XDG_STATE_HOME to another folder", err: err}
	case errors.As(err, &disk):
		return &complaint{code: exitUsage, summary: "the journal cannot be written, so nothing was called", detail: plainCause(disk), hint: "make room or give write access", err: err}
	}
	return nil
}

// moment writes a time for people.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
