package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"

	"github.com/restorable/restorable/internal/disk"
)

// Lock takes a record, or a name that is to become one, for this process alone, at once or not at all (ErrBusy). The operating system lets
// go of it when the process ends, however it ends. Release does nothing a second time.
func (s *Store) Lock(kind, id string) (release func() error, err error) {
	sum := sha256.Sum256([]byte(kind + "\x00" + id))
	l, err := disk.Acquire(filepath.Join(s.dir, lockFolder, hex.EncodeToString(sum[:16])))
	if errors.Is(err, disk.ErrBusy) {
		return nil, about("lock", kind, id, ErrBusy)
	}
	if err != nil {
		return nil, &UnwritableError{Path: s.dir, Err: err}
	}
	return l.Release, nil
}
