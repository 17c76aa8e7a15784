package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
)

// migrations are the steps from an empty file to the schema of today; the file's user_version says how many it has had. Steps are only ever
// added. Times are microseconds since 1970 UTC.
func migrations() []string {
	return []string{
		`CREATE TABLE record (
			kind TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, data TEXT NOT NULL,
			created INTEGER NOT NULL, changed INTEGER NOT NULL,
			PRIMARY KEY (kind, id)
		) STRICT;
		CREATE TABLE transition (
			kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, at INTEGER NOT NULL,
			PRIMARY KEY (kind, id, seq), FOREIGN KEY (kind, id) REFERENCES record (kind, id)
		) STRICT;`,
	}
}

// migrate does what is missing, all of it or nothing.
func (s *Store) migrate(ctx context.Context) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		steps, found := migrations(), 0
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil {
			return err
		}
		if found > len(steps) {
			return &NewerError{Path: filepath.Join(s.dir, File), Found: found, Known: len(steps)}
		}
		if found == len(steps) {
			return nil
		}
		for _, step := range steps[found:] {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "PRAGMA user_version = "+strconv.Itoa(len(steps)))
		return err
	})
}

// change does something in one transaction. Nothing is changed when it returns an error.
func (s *Store) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.told(err)
	}
	if err := do(tx); err != nil {
		return errors.Join(s.told(err), tx.Rollback())
	}
	return s.told(tx.Commit())
}

// told sorts an error of a store that was opened well.
func (s *Store) told(err error) error {
	if err == nil {
		return nil
	}
	return explained(filepath.Join(s.dir, File), err)
}
