package estate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// scanner takes JSON apart without keeping it: what it returns lies in its buffer and holds until the next call. encoding/json's own
// token stream allocates for every member, which for a file of 500 MB came to several gigabytes.
type scanner struct {
	in   io.Reader
	buf  []byte
	pos  int   // of the next byte to use, within buf
	base int64 // where buf begins in the input
	err  error // what in answered last, io.EOF at its end
}

const scanBuffer = 1 << 16

func newScanner(in io.Reader) *scanner { return &scanner{in: in, buf: make([]byte, 0, scanBuffer)} }

// offset is how many bytes were used.
func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// fill reads on and keeps what is not used yet, which then begins at 0. It answers false when there is no more.
func (s *scanner) fill() bool {
	n := copy(s.buf[:cap(s.buf)], s.buf[s.pos:])
	s.base += int64(s.pos)
	s.buf, s.pos = s.buf[:n], 0
	if n == cap(s.buf) {
		grown := make([]byte, n, 2*n)
		copy(grown, s.buf)
		s.buf = grown
	}
	for range 100 {
		if s.err != nil {
			return false
		}
		var got int
		got, s.err = s.in.Read(s.buf[n:cap(s.buf)])
		if got > 0 {
			s.buf = s.buf[:n+got]
			return true
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// peek is the next byte that is not white space. The error is io.EOF when there is none.
func (s *scanner) peek() (byte, error) {
	for {
		for ; s.pos < len(s.buf); s.pos++ {
			if c := s.buf[s.pos]; !isSpace(c) {
				return c, nil
			}
		}
		if !s.fill() {
			return 0, s.err
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// at is the n-th byte that was not used yet.
func (s *scanner) at(n int) (byte, error) {
	for s.pos+n >= len(s.buf) {
		if !s.fill() {
			return 0, early(s.err)
		}
	}
	return s.buf[s.pos+n], nil
}

// early is the error of an input that ends within a value.
func early(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take uses n bytes.
func (s *scanner) take(n int) []byte {
	s.pos += n
	return s.buf[s.pos-n : s.pos]
}

// expect uses one byte that must be c.
func (s *scanner) expect(c byte, what string) error {
	got, err := s.peek()
	if err != nil {
		return early(err)
	}
	if got != c {
		return s.syntax(what)
	}
	s.pos++
	return nil
}

func (s *scanner) syntax(want string) error {
	return &FormatError{Offset: s.offset(), Reason: fmt.Sprintf("not JSON at byte %d: want %s, got %q", s.offset(), want, s.buf[s.pos])}
}

// next goes to the next element of an object or a list that was opened, or closes it.
func (s *scanner) next(closing byte, first bool) (more bool, err error) {
	c, err := s.peek()
	switch {
	case err != nil:
		return false, early(err)
	case c == closing:
		s.pos++
		return false, nil
	case first:
		return true, nil
	}
	return true, s.expect(',', "a comma or the end of what was opened")
}

// value is the next value as it is written. Whether it is JSON within is for who decodes it to say.
func (s *scanner) value() ([]byte, error) {
	c, err := s.peek()
	if err != nil {
		return nil, early(err)
	}
	switch c {
	case '"':
		n, err := s.quoted(0)
		if err != nil {
			return nil, err
		}
		return s.take(n), nil
	case '{', '[':
		return s.composite()
	case '}', ']', ',', ':':
		return nil, s.syntax("a value")
	}
	return s.literal()
}

// quoted finds the end of the string that begins at the n-th byte.
func (s *scanner) quoted(n int) (end int, err error) {
	for n++; ; n++ {
		c, err := s.at(n)
		switch {
		case err != nil:
			return 0, err
		case c == '"':
			return n + 1, nil
		case c == '\\':
			n++
		}
	}
}

func (s *scanner) composite() ([]byte, error) {
	for n, depth := 0, 0; ; {
		c, err := s.at(n)
		if err != nil {
			return nil, err
		}
		n++
		switch c {
		case '"':
			if n, err = s.quoted(n - 1); err != nil {
				return nil, err
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return s.take(n), nil
			}
		}
	}
}

// literal is a number, true, false or null. The end of the input ends it too, where it is whole.
func (s *scanner) literal() ([]byte, error) {
	for n := 0; ; n++ {
		c, err := s.at(n)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF) && json.Valid(s.buf[s.pos:]):
			return s.take(n), nil
		case err != nil:
			return nil, err
		case isSpace(c), c == ',', c == ']', c == '}', c == ':', c == '"', c == '{', c == '[':
			return s.take(n), nil
		}
	}
}

// simple reports whether a string, with its quotes, stands for its own bytes.
func simple(raw []byte) bool {
	if len(raw) < 2 || raw[0] != '"' {
		return false
	}
	for _, c := range raw[1 : len(raw)-1] {
		if c < ' ' || c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}
