package report

import (
	"bufio"
	"io"
)

// jsonlWriter writes one finding a line, each a whole document.
type jsonlWriter struct {
	w       *bufio.Writer
	encoder encoder
	room    []byte
}

// NewJSONL writes one finding a line, in the form that they have in the JSON report.
func NewJSONL(w io.Writer) Writer { return &jsonlWriter{w: bufio.NewWriter(w)} }

func (j *jsonlWriter) Begin(Head) error { return nil }

func (j *jsonlWriter) Finding(e Entry) error {
	raw, err := j.encoder.record(e).appendTo(j.room[:0])
	if err != nil {
		return err
	}
	j.room = append(raw, '\n')
	_, err = j.w.Write(j.room)
	return err
}

func (j *jsonlWriter) End(Tail) error { return j.w.Flush() }
