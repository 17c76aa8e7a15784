package report

import (
	"bufio"
	"encoding/json"
	"io"

	"github.com/restorable/restorable/internal/terminal"
)

// stream writes a JSON document bit by bit; the first error stays.
type stream struct {
	w     *bufio.Writer
	count int
	err   error
}

func newStream(w io.Writer) stream { return stream{w: bufio.NewWriter(w)} }

func (s *stream) text(t string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(t)
	}
}

func (s *stream) value(v any) {
	raw, err := json.Marshal(v)
	if err != nil && s.err == nil {
		s.err = err
	}
	s.text(string(terminal.JSON(raw)))
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
	if s.err != nil {
		return s.err
	}
	return s.w.Flush()
}
