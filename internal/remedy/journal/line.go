package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// A line is the JSON of an event whose last member is "sum": 16 hex digits of the sha256 of the sum of the line before and of the event.
// So a line that was cut, edited, lost or moved is known by itself or by the next one.
const (
	sumDigits = 16
	sumStart  = `,"sum":"`
	sumEnd    = `"}`
)

// CorruptError says where a journal is not what was written.
type CorruptError struct {
	Line   int // from 1
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("read journal: line %d %s", e.Line, e.Reason)
}

// encode returns the line of an event, with its end of line, and its sum.
func encode(e Event, before string) (line []byte, sum string, err error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, "", fmt.Errorf("write journal: %w", err)
	}
	sum = sumOf(raw, before)
	line = append(raw[:len(raw)-1:len(raw)-1], sumStart+sum+sumEnd+"\n"...)
	return line, sum, nil
}

func sumOf(raw []byte, before string) string {
	h := sha256.New()
	h.Write([]byte(before))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil))[:sumDigits]
}

// decode reads a journal. A last line without its end was being written when the process ended: its call was never made, and it is left
// out; whole says how many bytes are good. Everything else that does not fit is a *CorruptError.
func decode(text []byte) (events []Event, sum string, whole int, err error) {
	for whole < len(text) {
		end := bytes.IndexByte(text[whole:], '\n')
		if end < 0 {
			return events, sum, whole, nil
		}
		e, next, reason := decodeLine(text[whole:whole+end], sum)
		if reason == "" && e.Seq != len(events)+1 {
			reason = fmt.Sprintf("has number %d: lines are missing", e.Seq)
		}
		if reason == "" && len(events) == 0 {
			reason = unreadable(e)
		}
		if reason != "" {
			return events, sum, whole, &CorruptError{Line: len(events) + 1, Reason: reason}
		}
		events, sum, whole = append(events, e), next, whole+end+1
	}
	return events, sum, whole, nil
}

func decodeLine(line []byte, before string) (e Event, sum, reason string) {
	tail := len(sumStart) + sumDigits + len(sumEnd)
	if len(line) < tail || !bytes.HasPrefix(line[len(line)-tail:], []byte(sumStart)) || !bytes.HasSuffix(line, []byte(sumEnd)) {
		return e, "", "is torn or was edited: it has no checksum"
	}
	raw := append(bytes.Clone(line[:len(line)-tail]), '}')
	sum = string(line[len(line)-len(sumEnd)-sumDigits : len(line)-len(sumEnd)])
	if sumOf(raw, before) != sum {
		return e, "", "is torn or was edited: its checksum does not fit"
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, "", "is no event: " + err.Error()
	}
	return e, sum, ""
}

// unreadable says why a first line does not begin a journal that this program can read.
func unreadable(e Event) string {
	switch {
	case e.Kind != Begin || e.Head == nil:
		return "does not begin a run"
	case e.Head.Version != Version:
		return fmt.Sprintf("says version %q, and this program reads %q", e.Head.Version, Version)
	}
	return ""
}
