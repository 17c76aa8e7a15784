package report

import (
	"bufio"
	"encoding/json"
	"io"

	"github.com/restorable/restorable/internal/terminal"
)

// stream writes a JSON document bit by bit; the first error stays. Encoding takes as long as judging, so it is done beside it, a batch behind
// at most: what is given is not changed any more.
type stream struct {
	w       *bufio.Writer
	count   int
	err     error
	batch   []part
	written chan error // of the batch that is being written; nil: none is
}

// part is a stretch of a document.
type part struct {
	text  string
	value any // encoded, where there is no text
}

const (
	// streamBatch is how many parts are written at a time.
	streamBatch = 256
	// streamRoom is how many bytes are gathered for a call of the system.
	streamRoom = 64 << 10
)

func newStream(w io.Writer) stream { return stream{w: bufio.NewWriterSize(w, streamRoom)} }

func (s *stream) text(t string) {
	if t != "" {
		s.add(part{text: t})
	}
}

func (s *stream) value(v any) { s.add(part{value: v}) }

func (s *stream) add(p part) {
	s.batch = append(s.batch, p)
	if len(s.batch) == streamBatch {
		s.hand()
	}
}

// hand gives a batch to be written once the one before it is.
func (s *stream) hand() {
	s.wait()
	batch := s.batch
	s.batch = make([]part, 0, streamBatch)
	if s.err != nil {
		return
	}
	s.written = make(chan error, 1)
	go func(written chan<- error) { written <- encode(s.w, batch) }(s.written)
}

func (s *stream) wait() {
	if s.written == nil {
		return
	}
	if err := <-s.written; s.err == nil {
		s.err = err
	}
	s.written = nil
}

func encode(w *bufio.Writer, batch []part) error {
	for _, p := range batch {
		if p.text != "" {
			if _, err := w.WriteString(p.text); err != nil {
				return err
			}
			continue
		}
		raw, err := json.Marshal(p.value)
		if err != nil {
			return err
		}
		if _, err := w.Write(terminal.JSON(raw)); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) member(name string, v any) {
	s.text(`"` + name + `":`)
	s.value(v)
}

// element writes the next element of a list, on a line of its own.
func (s *stream) element(v any) {
	if s.count++; s.count > 1 {
		s.text(",")
	}
	s.text("\n")
	s.value(v)
}

func (s *stream) flush() error {
	s.hand()
	s.wait()
	if s.err != nil {
		return s.err
	}
	return s.w.Flush()
}
