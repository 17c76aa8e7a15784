package cli

import (
	"fmt"
	"os"
)

// spoolFile is room on disk for what a report can only write at its end. It has no name as soon as it is there, where the system allows
// that, so that nothing is left of it however the program ends.
type spoolFile struct {
	f *os.File
}

func (s *spoolFile) Write(p []byte) (int, error) {
	if s.f == nil {
		f, err := os.CreateTemp("", "restorable-report-*")
		if err != nil {
			return 0, fmt.Errorf("make room for a report: %w", err)
		}
		_ = os.Remove(f.Name()) // where an open file cannot be removed, discard does it
		s.f = f
	}
	return s.f.Write(p)
}

func (s *spoolFile) ReadAt(p []byte, at int64) (int, error) {
	if s.f == nil {
		return 0, os.ErrClosed
	}
	return s.f.ReadAt(p, at)
}

func (s *spoolFile) discard() {
	if s.f != nil {
		_ = s.f.Close()
		_ = os.Remove(s.f.Name()) // it is gone already, or nothing can be done
		s.f = nil
	}
}
