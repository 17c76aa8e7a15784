package estate

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
)

// Writer writes an estate file unit by unit, so that nobody needs all of them at once.
type Writer struct {
	enc   *encoder
	units int
}

// NewWriter begins an estate file. Errors are told by the calls that follow.
func NewWriter(w io.Writer, tool string, collected Instant) *Writer {
	enc := newEncoder(w)
	enc.head(tool, collected)
	return &Writer{enc: enc}
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: bufio.NewWriterSize(w, 1<<16), layouts: &layouts{}}
}

// Unit writes the next unit.
func (w *Writer) Unit(u *Unit) error {
	w.enc.separate(w.units)
	w.units++
	w.enc.unit(u)
	return w.failed()
}

// Text writes the next unit from what WriteUnit wrote of it.
func (w *Writer) Text(unit io.Reader) error {
	w.enc.separate(w.units)
	w.units++
	w.enc.flush()
	if w.enc.err == nil {
		_, w.enc.err = io.Copy(w.enc.w, unit)
	}
	return w.failed()
}

// Close ends the file. It does not close what it writes to.
func (w *Writer) Close() error {
	w.enc.text("\n]}\n")
	return w.enc.end()
}

func (w *Writer) failed() error {
	if w.enc.err != nil {
		return fmt.Errorf("write estate file: %w", w.enc.err)
	}
	return nil
}

func (e *encoder) end() error {
	e.flush()
	if e.err == nil {
		e.err = e.w.Flush()
	}
	if e.err != nil {
		return fmt.Errorf("write estate file: %w", e.err)
	}
	return nil
}

// WriteUnit writes one unit as it stands in an estate file.
func WriteUnit(w io.Writer, u *Unit) error {
	enc := newEncoder(w)
	enc.record(reflect.ValueOf(u).Elem())
	return enc.end()
}

// ReadUnit reads what WriteUnit wrote. Errors are as those of Load.
func ReadUnit(r io.Reader) (*Unit, error) {
	d := newDecoder(r)
	u := &Unit{}
	if err := d.unit(u); err != nil {
		return nil, d.explain(err)
	}
	if err := d.end(); err != nil {
		return nil, d.explain(err)
	}
	return u, nil
}

// ReadPart reads what WriteUnit wrote of a part of a unit, whose sources are in the provenance of the whole.
func ReadPart(r io.Reader) (*Unit, error) {
	d := newDecoder(r)
	u := &Unit{}
	if err := d.record(reflect.ValueOf(u).Elem()); err != nil {
		return nil, d.explain(err)
	}
	return u, nil
}

// LoadEach reads an estate file as a stream and hands over each unit as soon as it is read, so that nobody needs all of them at once.
// The estate returned has no units. An error of take ends the reading and is returned.
func LoadEach(r io.Reader, take func(*Unit) error) (*Estate, error) {
	d := newDecoder(r)
	d.take = take
	e := &Estate{}
	if err := d.file(e); err != nil {
		return nil, d.explain(err)
	}
	return e, nil
}
