package journal

import (
	"errors"
	"os"
)

var errBusy = errors.New("another process holds the lock")

// lock is held as long as its file is open. The file itself stays: taking it away would let two processes lock two files of one name.
type lock struct{ f *os.File }

func acquire(name string) (*lock, error) {
	f, err := tryLock(name)
	if err != nil {
		return nil, err
	}
	return &lock{f}, nil
}

func (l *lock) release() error {
	if l == nil || l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}
