package cli

import (
	"errors"
	"io"
	"sync"
	"syscall"
)

// product is standard output. A reader that went away, as in restorable scan | head, is no mistake: the rest of the
// work (reports in files, the exit code) goes on without it. Any other failure is kept, for commands that print without looking.
type product struct {
	w io.Writer

	mu   sync.Mutex
	gone bool
	err  error
}

// Write never reports a reader that went away.
func (p *product) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return len(b), nil
	}
	n, err := p.w.Write(b)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		p.gone = true
		return len(b), nil
	}
	if p.err == nil {
		p.err = err
	}
	return n, err
}

// failure is what a person is told when the product could not be written; nil when it could.
func (p *product) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		return nil
	}
	return &complaint{code: exitUsage, summary: "standard output cannot be written", detail: plainCause(p.err), hint: "make room, or send it elsewhere", err: p.err}
}

// bare is the stream itself, for what must know whether it is a terminal.
func bare(w io.Writer) io.Writer {
	if p, ok := w.(*product); ok {
		return p.w
	}
	return w
}

// plainCause is the operating system's reason, without the names of files and calls that a person did not give.
func plainCause(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
