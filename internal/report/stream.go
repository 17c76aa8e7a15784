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
	w       *sink
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

// appender is a value that knows its own JSON, harmless to look at.
type appender interface {
	appendTo([]byte) ([]byte, error)
}

// sink encodes parts into what is written.
type sink struct {
	*bufio.Writer
	room []byte // for one part at a time
}

const (
	// streamBatch is how many parts are written at a time.
	streamBatch = 256
	// streamRoom is how many bytes are gathered for a call of the system.
	streamRoom = 64 << 10
)

func newStream(w io.Writer) stream {
	return stream{w: &sink{Writer: bufio.NewWriterSize(w, streamRoom)}}
}

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
	go func(written chan<- error) { written <- s.w.encode(batch) }(s.written)
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

func (s *sink) encode(batch []part) error {
	for _, p := range batch {
		if p.text != "" {
			if _, err := s.WriteString(p.text); err != nil {
				return err
			}
			continue
		}
		raw, err := s.json(p.value)
		if err != nil {
			return err
		}
		if _, err := s.Write(raw); err != nil {
			return err
		}
	}
	return nil
}

// json is the JSON of a value until the next one is asked for.
func (s *sink) json(v any) ([]byte, error) {
	if v, ok := v.(appender); ok {
		raw, err := v.appendTo(s.room[:0])
		s.room = raw
		return raw, err
	}
	raw, err := json.Marshal(v)
	return terminal.JSON(raw), err
}

func (s *stream) member(name string, v any) {
	s.text(`"` + name + `":`)
	s.value(v)
}

// element writes the next element of a list, on a line of its own.
func (s *stream) element(v any) {
	if s.count++; s.count > 1 {
		s.text(",\n")
	} else {
		s.text("\n")
	}
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
