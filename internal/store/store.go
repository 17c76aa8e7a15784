// Package store keeps what must outlive this process: restores, drills and backups under way, each a record with a state. Every move of a
// state is on the disk before it returns, so that whatever happens to the process, the next one knows what may have been done.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	sqlite "modernc.org/sqlite" // the driver registers itself under this name

	"github.com/restorable/restorable/internal/disk"
)

// File is the name of the store in its folder.
const File = "restorable.db"

// The store's locks lie beside it: a file each.
const lockFolder = "locks"

// waitForOthers is how long a writer waits for another process's write, in milliseconds. A write takes milliseconds.
const waitForOthers = "10000"

// Record is one thing under way.
type Record struct {
	Kind  string // "restore", "drill", "backup"
	ID    string // unique in its kind
	State string
	Data  json.RawMessage // what its owner needs to go on; never empty: "null" when there is nothing
	// Created and Changed are set by the store, from its clock, to the microsecond, in UTC.
	Created, Changed time.Time
}

// Transition is one step of a record's life, oldest first in a history.
type Transition struct {
	From string // empty for the first
	To   string
	At   time.Time
}

// Store is an open store. It is safe for concurrent use, also by several processes.
type Store struct {
	db  *sql.DB
	dir string
	now func() time.Time
}

// Open opens the store in a folder, making both where they are missing; now stamps the records. A store that an earlier version of the
// program wrote is brought up to date. Errors are *NewerError, *CorruptError or *UnwritableError.
func Open(ctx context.Context, dir string, now func() time.Time) (*Store, error) {
	name := filepath.Join(dir, File)
	if err := lay(dir, name); err != nil {
		return nil, &UnwritableError{Path: dir, Err: err}
	}
	db, err := sql.Open("sqlite", source(name))
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	db.SetMaxOpenConns(1) // one writer at a time is all that SQLite has, and waiting here is cheaper than there
	s := &Store{db: db, dir: dir, now: now}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(explained(name, err), db.Close())
	}
	return s, nil
}

// Close closes the store; locks stay with their holders.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// lay makes the file, for its owner alone: SQLite gives the files beside it the same mode.
func lay(dir, name string) error {
	if err := disk.MakeFolders(filepath.Join(dir, lockFolder)); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return disk.SyncFolder(dir)
}

// source names the file as SQLite wants it. FULL forces the log to the disk with every commit: NORMAL would lose the last ones with the power.
// https://www.sqlite.org/pragma.html#pragma_synchronous
func source(name string) string {
	path := filepath.ToSlash(name)
	if filepath.VolumeName(name) != "" {
		path = "/" + path
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(" + waitForOthers + ")", "journal_mode(WAL)", "synchronous(FULL)", "trusted_schema(OFF)"}}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// prepare looks whether the file is whole and of a version that this program knows, and brings it up to date.
func (s *Store) prepare(ctx context.Context) error {
	var answer string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return &CorruptError{Path: filepath.Join(s.dir, File), Err: errors.New(answer)}
	}
	return s.migrate(ctx)
}

// explained sorts what SQLite says into what a person can do something about.
func explained(name string, err error) error {
	var known *sqlite.Error
	if !errors.As(err, &known) {
		return err
	}
	switch known.Code() & 0xff { // the upper bits only say more of the same: https://www.sqlite.org/rescode.html
	case codeCorrupt, codeNotADatabase:
		return &CorruptError{Path: name, Err: err}
	case codeReadOnly, codeIO, codeFull, codeCannotOpen, codePermission, codeBusy:
		return &UnwritableError{Path: name, Err: err}
	}
	return err
}

// SQLite's primary result codes that are told apart.
const (
	codePermission   = 3
	codeBusy         = 5
	codeReadOnly     = 8
	codeIO           = 10
	codeCorrupt      = 11
	codeFull         = 13
	codeCannotOpen   = 14
	codeNotADatabase = 26
)
