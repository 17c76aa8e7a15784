package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Create keeps a new record; Created and Changed are filled in by the store. It is on the disk when it returns. Errors wrap ErrExists when
// its kind has one of that id.
func (s *Store) Create(ctx context.Context, r Record) error {
	at := s.now().UTC().UnixMicro()
	err := s.change(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", r.Kind, r.ID, r.State, text(r.Data), at, at)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrExists)
		}
		return note(ctx, tx, r, "", at)
	})
	return about("keep", r.Kind, r.ID, err)
}

// Move brings a record from one state to another and replaces its data; data of nil keeps what it has. From a state to itself only the data
// are replaced, and no step is noted. It is on the disk when it returns: what the new state announces may be done only then. Errors wrap
// ErrMoved when the record is in another state, ErrNotFound when there is none.
func (s *Store) Move(ctx context.Context, kind, id, from, to string, data json.RawMessage) error {
	at := s.now().UTC().UnixMicro()
	err := s.change(ctx, func(tx *sql.Tx) error {
		if err := expect(ctx, tx, kind, id, from); err != nil {
			return err
		}
		var kept any // NULL keeps
		if data != nil {
			kept = string(data)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE record SET state = ?, data = coalesce(?, data), changed = ? WHERE kind = ? AND id = ?", to, kept, at, kind, id); err != nil {
			return err
		}
		if from == to {
			return nil
		}
		return note(ctx, tx, Record{Kind: kind, ID: id, State: to}, from, at)
	})
	return about("move", kind, id, err)
}

// Delete forgets a record and its history, when it is in that state. Errors wrap ErrMoved and ErrNotFound as those of Move.
func (s *Store) Delete(ctx context.Context, kind, id, from string) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		if err := expect(ctx, tx, kind, id, from); err != nil {
			return err
		}
		for _, table := range []string{"transition", "record"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE kind = ? AND id = ?", kind, id); err != nil {
				return err
			}
		}
		return nil
	})
	return about("forget", kind, id, err)
}

// Get returns a record. Errors wrap ErrNotFound.
func (s *Store) Get(ctx context.Context, kind, id string) (Record, error) {
	row := s.db.QueryRowContext(ctx, "SELECT kind, id, state, data, created, changed FROM record WHERE kind = ? AND id = ?", kind, id)
	r, err := read(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return r, about("read", kind, id, s.told(err))
}

// List returns the records of a kind, oldest first.
func (s *Store) List(ctx context.Context, kind string) ([]Record, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT kind, id, state, data, created, changed FROM record WHERE kind = ? ORDER BY created, id", kind)
	if err != nil {
		return nil, fmt.Errorf("list %ss: %w", kind, s.told(err))
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		r, err := read(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list %ss: %w", kind, s.told(err))
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list %ss: %w", kind, s.told(err))
	}
	return out, nil
}

// History returns the states that a record has been in, oldest first; none for a record that is not there.
func (s *Store) History(ctx context.Context, kind, id string) ([]Transition, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT before, after, at FROM transition WHERE kind = ? AND id = ? ORDER BY seq", kind, id)
	if err != nil {
		return nil, about("read", kind, id, s.told(err))
	}
	defer rows.Close()
	var out []Transition
	for rows.Next() {
		var t Transition
		var at int64
		if err := rows.Scan(&t.From, &t.To, &at); err != nil {
			return nil, about("read", kind, id, s.told(err))
		}
		t.At = time.UnixMicro(at).UTC()
		out = append(out, t)
	}
	return out, about("read", kind, id, s.told(rows.Err()))
}

func read(scan func(...any) error) (Record, error) {
	var r Record
	var data string
	var created, changed int64
	if err := scan(&r.Kind, &r.ID, &r.State, &data, &created, &changed); err != nil {
		return Record{}, err
	}
	r.Data, r.Created, r.Changed = json.RawMessage(data), time.UnixMicro(created).UTC(), time.UnixMicro(changed).UTC()
	return r, nil
}

// note writes down that a record came into its state, from another one or from none.
func note(ctx context.Context, tx *sql.Tx, r Record, from string, at int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO transition SELECT ?1, ?2, count(*) + 1, ?3, ?4, ?5 FROM transition WHERE kind = ?1 AND id = ?2", r.Kind, r.ID, from, r.State, at)
	return err
}

// expect looks whether a record is in a state.
func expect(ctx context.Context, tx *sql.Tx, kind, id, want string) error {
	var state string
	err := tx.QueryRowContext(ctx, "SELECT state FROM record WHERE kind = ? AND id = ?", kind, id).Scan(&state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return err
	case state != want:
		return fmt.Errorf("it is %s, not %s: %w", state, want, ErrMoved)
	}
	return nil
}

func text(data json.RawMessage) string {
	if len(data) == 0 {
		return "null"
	}
	return string(data)
}

func about(what, kind, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s %s: %w", what, kind, id, err)
}
