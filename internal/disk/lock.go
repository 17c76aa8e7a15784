package disk

import (
	"errors"
	"os"
)

// ErrBusy says that another process, or another holder in this one, has the lock.
var ErrBusy = errors.New("another process holds the lock")

// Lock is held as long as its file is open. The file itself stays: taking it away would let two processes lock two files of one name.
type Lock struct{ f *os.File }

// Acquire takes the lock of a file at once or not at all (ErrBusy). The operating system lets go of it when the process ends, however it ends.
func Acquire(name string) (*Lock, error) {
	f, err := tryLock(name)
	if err != nil {
		return nil, err
	}
	return &Lock{f}, nil
}

// Release lets go of it; a second time does nothing.
func (l *Lock) Release() error {
	if l == nil || l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}
