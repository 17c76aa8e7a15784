package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// file is what a journal needs of the disk.
type file interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
}

// Journal appends events to a run. It is safe for concurrent use.
type Journal struct {
	mu     sync.Mutex
	f      file
	size   int64
	seq    int
	sum    string
	broken error
	now    func() time.Time
	events []Event
}

// WriteError says that the disk did not take an event: what it announces must not be done.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return "write journal: " + e.Err.Error() }

// Unwrap returns the operating system's error.
func (e *WriteError) Unwrap() error { return e.Err }

// Append writes an event and forces it to the disk; only then it returns. After an error the journal takes nothing more: the disk is full or
// gone, and nothing may be called that is not in the journal. Seq and At are filled in. Errors are *WriteError.
func (j *Journal) Append(e Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return &WriteError{j.broken}
	}
	e.Seq, e.At = j.seq+1, j.now().UTC().Truncate(time.Second)
	line, sum, err := encode(e, j.sum)
	if err != nil {
		return err
	}
	if err := j.put(line); err != nil {
		j.broken = err
		return &WriteError{err}
	}
	j.seq, j.sum, j.size = e.Seq, sum, j.size+int64(len(line))
	j.events = append(j.events, e)
	return nil
}

// put writes a line whole or, as far as the disk allows, not at all.
func (j *Journal) put(line []byte) error {
	n, err := j.f.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = j.f.Sync()
	}
	if err != nil && n > 0 {
		_ = j.f.Truncate(j.size) // a torn last line is known as such: this only tidies up
	}
	return err
}

// Events are those so far, oldest first.
func (j *Journal) Events() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Event{}, j.events...)
}

// Close closes the file; the journal takes nothing afterwards.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.f == nil {
		return nil
	}
	if j.broken == nil {
		j.broken = os.ErrClosed
	}
	err := j.f.Close()
	j.f = nil
	return err
}

// reopen reads a journal and goes on writing at its end. What a killed process left of a last line is cut off first.
func reopen(name string, now func() time.Time) (*Journal, error) {
	events, sum, whole, err := readFile(name)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	err = f.Truncate(int64(whole))
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(&WriteError{err}, f.Close())
	}
	return &Journal{f: f, size: int64(whole), seq: len(events), sum: sum, now: now, events: events}, nil
}

func readFile(name string) ([]Event, string, int, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, "", 0, fmt.Errorf("read journal: %w", err)
	}
	events, sum, whole, err := decode(text)
	if err != nil {
		return nil, "", 0, fmt.Errorf("%s: %w", name, err)
	}
	return events, sum, whole, nil
}
