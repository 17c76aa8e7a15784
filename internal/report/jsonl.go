package report

import (
	"bufio"
	"encoding/json"
	"io"

	"github.com/restorable/restorable/internal/terminal"
)

// jsonlWriter writes one finding a line, each a whole document.
type jsonlWriter struct{ w *bufio.Writer }

// NewJSONL writes one finding a line, in the form that they have in the JSON report.
func NewJSONL(w io.Writer) Writer { return &jsonlWriter{w: bufio.NewWriter(w)} }

func (j *jsonlWriter) Begin(Head) error { return nil }

func (j *jsonlWriter) Finding(e Entry) error {
	raw, err := json.Marshal(toJSON(e))
	if err != nil {
		return err
	}
	_, err = j.w.Write(append(terminal.JSON(raw), '\n'))
	return err
}

func (j *jsonlWriter) End(Tail) error { return j.w.Flush() }
