package report

import (
	"io"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// evidence is the JSON form of a reading.
type evidence struct {
	Fact       string            `json:"fact"`
	Resource   string            `json:"resource,omitempty"`
	State      string            `json:"state"`
	Value      any               `json:"value"`
	Source     string            `json:"source,omitempty"`
	ObservedAt *estate.Instant   `json:"observed_at,omitempty"`
	Code       string            `json:"code,omitempty"`
	Message    string            `json:"message,omitempty"`
	Location   *control.Location `json:"location,omitempty"`
}

func evidenceJSON(ev control.Evidence) evidence {
	out := evidence{Fact: ev.Fact, Resource: ev.Resource, State: ev.State, Value: ev.Value, Source: ev.Source, Code: ev.Code, Message: ev.Message, Location: ev.Location}
	if ev.ObservedAt != 0 {
		out.ObservedAt = &ev.ObservedAt
	}
	return out
}

// jsonWriter writes one document, a finding a line, so that neither it nor a reader that streams needs it whole.
type jsonWriter struct {
	stream
	encoder encoder
}

// NewJSON writes the JSON report, version 1 (docs/schemas/report-v1.schema.json).
func NewJSON(w io.Writer) Writer { return &jsonWriter{stream: newStream(w)} }

func (j *jsonWriter) Begin(h Head) error {
	j.text("{")
	j.member("schema_version", SchemaVersion)
	j.text(",")
	j.member("tool", h.Tool)
	j.text(",")
	j.member("started_at", h.StartedAt)
	j.text(",\n")
	j.member("scope", nonNil(h.Scope))
	if len(h.LeftOut) > 0 {
		j.text(",\n")
		j.member("left_out", h.LeftOut)
	}
	if len(h.Unasked) > 0 {
		j.text(",\n")
		j.member("unasked", h.Unasked)
	}
	j.text(",\n\"findings\":[")
	return j.err
}

func (j *jsonWriter) Finding(e Entry) error {
	j.element(j.encoder.record(e))
	return j.err
}

func (j *jsonWriter) End(t Tail) error {
	j.text("\n],\n")
	j.member("problems", nonNil(t.Problems))
	j.text(",\n")
	if len(t.Exceptions) > 0 {
		j.member("exceptions", usesJSON(t.Exceptions))
		j.text(",\n")
	}
	if len(t.Frameworks) > 0 {
		j.member("frameworks", t.Frameworks)
		j.text(",\n")
	}
	j.member("summary", t.Summary)
	j.text(",\n")
	j.member("complete", t.Complete)
	j.text(",")
	j.member("finished_at", t.FinishedAt)
	j.text("}\n")
	return j.flush()
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
