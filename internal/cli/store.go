package cli

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"

	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/store"
)

// stateFolder is $XDG_STATE_HOME/restorable, or the default place.
// https://specifications.freedesktop.org/basedir-spec/latest/
func (a *app) stateFolder() (string, error) {
	base := a.env("XDG_STATE_HOME")
	if base == "" && runtime.GOOS == "windows" {
		base = a.env("LOCALAPPDATA")
	}
	if base == "" && a.env("HOME") != "" {
		base = filepath.Join(a.env("HOME"), ".local", "state")
	}
	if !filepath.IsAbs(base) {
		return "", misuse("set XDG_STATE_HOME to a folder that stays", "there is no folder to keep runs in: neither XDG_STATE_HOME nor HOME names one")
	}
	return filepath.Join(base, "restorable"), nil
}

// openStore opens the embedded store of a place: what restores, drills and backups under way must not lose with this process.
func (a *app) openStore(ctx context.Context, place journal.Place) (*store.Store, error) {
	base, err := a.stateFolder()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, filepath.Join(base, place.Folder()), a.now)
	if err != nil {
		return nil, storeFailure(err)
	}
	return s, nil
}

// storeFailure says what is wrong with the store; other errors are returned as they are.
func storeFailure(err error) error {
	var (
		newer   *store.NewerError
		corrupt *store.CorruptError
		shut    *store.UnwritableError
	)
	switch {
	case errors.As(err, &newer):
		return &complaint{code: exitUsage, summary: "a later version of restorable wrote the store of what is under way", detail: err.Error(), hint: "use that version, or set XDG_STATE_HOME to another folder", err: err}
	case errors.As(err, &corrupt):
		return &complaint{code: exitUsage, summary: "the store of what is under way is damaged", detail: err.Error(), hint: "restore " + corrupt.Path + " from a copy; or move it away, and look at AWS for what ran: it is no longer known here", err: err}
	case errors.As(err, &shut):
		return &complaint{code: exitUsage, summary: "what is under way cannot be kept, so nothing was called", detail: shut.Path + ": " + plainCause(shut.Err), hint: "make room or give write access, or set XDG_STATE_HOME to another folder", err: err}
	case errors.Is(err, store.ErrBusy):
		return &complaint{code: exitStale, summary: "another process works on it", detail: err.Error(), hint: "wait until it ends", err: err}
	}
	return err
}
