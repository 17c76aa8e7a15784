package store

import (
	"errors"
	"fmt"
)

// What a caller may have to tell apart; they are wrapped with the record they are about.
var (
	ErrExists   = errors.New("there is such a record already")
	ErrMoved    = errors.New("the record is not in that state any more")
	ErrNotFound = errors.New("there is no such record")
	ErrBusy     = errors.New("another process works on it")
)

// NewerError says that a later version of the program wrote the store: it is left alone.
type NewerError struct {
	Path         string
	Found, Known int // versions of the schema
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("open store %s: its schema has version %d, this program knows %d", e.Path, e.Found, e.Known)
}

// CorruptError says that the file is damaged, or is something else.
type CorruptError struct {
	Path string
	Err  error
}

func (e *CorruptError) Error() string { return "open store " + e.Path + ": " + e.Err.Error() }

// Unwrap returns SQLite's error.
func (e *CorruptError) Unwrap() error { return e.Err }

// UnwritableError says that nothing can be kept: no access, no room, or somebody else writes without end.
type UnwritableError struct {
	Path string
	Err  error
}

func (e *UnwritableError) Error() string { return "write store " + e.Path + ": " + e.Err.Error() }

// Unwrap returns the operating system's error or SQLite's.
func (e *UnwritableError) Unwrap() error { return e.Err }
