package baseline

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/restorable/restorable/internal/control"
)

// SchemaVersion is the version of the reports that this package reads.
const SchemaVersion = "1"

// FormatError says what is wrong with a file that should be a report, and where.
type FormatError struct {
	Line, Column int // 1-based; 0 where the place is not known
	Reason       string
}

func (e *FormatError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
	}
	return e.Reason
}

// Read reads a JSON report (docs/schemas/report-v1.schema.json) one finding at a time, so that what it rests on never is in memory
// whole. The error is a *FormatError, or one of the reader's.
func Read(r io.ReadSeeker) (*Report, error) {
	counted := &counter{r: r}
	in := &reader{dec: json.NewDecoder(bufio.NewReaderSize(counted, 1<<16)), out: &Report{Findings: map[string]Record{}}, words: map[string]string{}}
	err := in.document()
	if counted.err != nil {
		return nil, counted.err
	}
	if err != nil {
		return nil, in.placed(err, r)
	}
	return in.out, nil
}

// counter keeps an error of the disk apart from one of the text.
type counter struct {
	r   io.Reader
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

type reader struct {
	dec   *json.Decoder
	out   *Report
	words map[string]string // texts that come again and again, each kept once
	seen  []string
}

func (r *reader) document() error {
	if t, err := r.dec.Token(); err != nil || t != json.Delim('{') {
		if err == nil {
			err = errors.New("a report is an object, found " + describe(t))
		}
		return err
	}
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if slices.Contains(r.seen, name) {
			return fmt.Errorf("%s is given twice", name)
		}
		r.seen = append(r.seen, name)
		if err := r.member(name); err != nil {
			return err
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end of the report: of -o jsonl no baseline can be made, only of -o json")
	}
	for _, name := range []string{"schema_version", "findings"} {
		if !slices.Contains(r.seen, name) {
			return fmt.Errorf("this is no report: it has no member %s", name)
		}
	}
	return nil
}

func (r *reader) member(name string) error {
	switch name {
	case "schema_version":
		return r.schemaVersion()
	case "tool":
		var tool struct{ Name, Version string }
		err := r.dec.Decode(&tool)
		r.out.Tool = tool.Name + " " + tool.Version
		return err
	case "started_at":
		return r.dec.Decode(&r.out.StartedAt)
	case "finished_at":
		return r.dec.Decode(&r.out.FinishedAt)
	case "complete":
		return r.dec.Decode(&r.out.Complete)
	case "scope":
		return r.dec.Decode(&r.out.Scope)
	case "findings":
		return r.findings()
	}
	return r.dec.Decode(&ignored{})
}

// ignored is a value that nobody needs.
type ignored struct{}

// UnmarshalJSON keeps nothing.
func (*ignored) UnmarshalJSON([]byte) error { return nil }

func (r *reader) schemaVersion() error {
	var version any
	if err := r.dec.Decode(&version); err != nil {
		return err
	}
	switch version {
	case SchemaVersion:
		return nil
	case float64(1):
		return errors.New("this is no report: an estate file has its version as a number")
	}
	return fmt.Errorf("the report is of version %v; this program reads version %s", version, SchemaVersion)
}

func (r *reader) findings() error {
	t, err := r.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return errors.New("findings must be a list, found " + describe(t))
	}
	for r.dec.More() {
		var f Record
		if err := r.dec.Decode(&f); err != nil {
			return err
		}
		if err := f.check(); err != nil {
			return err
		}
		r.keep(f)
	}
	_, err = r.dec.Token()
	return err
}

func (r *Record) check() error {
	switch {
	case r.Fingerprint == "":
		return errors.New("a finding without a fingerprint")
	case r.Control == "":
		return errors.New("a finding without its control")
	case !slices.Contains(control.Verdicts(), r.Verdict):
		return fmt.Errorf("a finding with the verdict %q", r.Verdict)
	case r.Severity.Rank() < 0:
		return fmt.Errorf("a finding of the severity %q", r.Severity)
	}
	return nil
}

// keep takes a finding in; where two have one fingerprint, the worse of them.
func (r *reader) keep(f Record) {
	if other, twice := r.out.Findings[f.Fingerprint]; twice && weight(&other) >= weight(&f) && other.Open() {
		return
	}
	if !f.Open() {
		f.Reason, f.Address, f.Resource.ARN = "", "", ""
	}
	f.Control, f.Resource.Account, f.Resource.Region = r.once(f.Control), r.once(f.Resource.Account), r.once(f.Resource.Region)
	f.Severity, f.Verdict, f.Resource.Type = control.Severity(r.once(string(f.Severity))), control.Verdict(r.once(string(f.Verdict))), control.Type(r.once(string(f.Resource.Type)))
	f.Resource.Name = r.once(f.Resource.Name)
	r.out.Findings[f.Fingerprint] = f
}

func (r *reader) once(s string) string {
	if kept, ok := r.words[s]; ok {
		return kept
	}
	r.words[s] = s
	return s
}

func describe(t json.Token) string {
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return "a list"
		}
		return "an object"
	case string:
		return "text"
	case nil:
		return "null"
	}
	return "a value"
}

// placed says where a mistake is.
func (r *reader) placed(err error, in io.ReadSeeker) error {
	offset := r.dec.InputOffset()
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	out := &FormatError{Reason: err.Error()}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		out.Reason = "the file ends early: it is not a whole report"
		if offset == 0 {
			out.Reason = "the file is empty"
		}
	case errors.As(err, &syntax):
		offset, out.Reason = max(offset, syntax.Offset), "not JSON: "+syntax.Error()
	case errors.As(err, &kind):
		out.Reason = fmt.Sprintf("%s cannot be %s", kind.Field, kind.Value)
	}
	if _, err := in.Seek(0, io.SeekStart); err == nil {
		out.Line, out.Column = position(in, offset)
	}
	return out
}

// position counts lines and columns up to an offset.
func position(in io.Reader, offset int64) (line, column int) {
	line = 1
	limited := io.LimitReader(in, offset)
	chunk := make([]byte, 1<<16)
	for {
		n, err := limited.Read(chunk)
		if lines := bytes.Count(chunk[:n], []byte("\n")); lines > 0 {
			line += lines
			column = n - bytes.LastIndexByte(chunk[:n], '\n') - 1
		} else {
			column += n
		}
		if err != nil || n == 0 {
			return line, column + 1
		}
	}
}
