package report

import (
	"io"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// finding is the JSON form of an Entry; what a template does not know is null.
type finding struct {
	Control  string           `json:"control"`
	Severity control.Severity `json:"severity"`
	Verdict  control.Verdict  `json:"verdict"`
	Muted    bool             `json:"muted"`
	overlaysJSON
	Resource    resource            `json:"resource"`
	Location    *control.Location   `json:"location,omitempty"`
	Address     string              `json:"address,omitempty"`
	Reason      string              `json:"reason"`
	Evidence    []evidence          `json:"evidence"`
	Remedy      string              `json:"remedy,omitempty"`
	ByHand      *byHand             `json:"by_hand,omitempty"`
	Frameworks  map[string][]string `json:"frameworks"`
	Fingerprint string              `json:"fingerprint"`
	Objective   string              `json:"objective,omitempty"`
	Possible    []string            `json:"possible_objectives,omitempty"`
}

type resource struct {
	Type    control.Type `json:"type"`
	ARN     *string      `json:"arn"`
	Name    string       `json:"name"`
	Account *string      `json:"account"`
	Region  *string      `json:"region"`
}

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

func toJSON(e Entry) finding {
	f := finding{
		Control: e.Control, Severity: e.Severity, Verdict: e.Verdict, Muted: e.Muted, overlaysJSON: e.json(),
		Resource: resource{Type: e.Resource.Type, ARN: orNull(e.Resource.ARN), Name: e.Resource.Name, Account: orNull(e.Resource.Account), Region: orNull(e.Resource.Region)},
		Location: e.Location, Address: e.Address, Reason: e.Reason, Evidence: make([]evidence, 0, len(e.Evidence)),
		Remedy: e.Remedy, Frameworks: e.Frameworks, Fingerprint: e.Fingerprint,
	}
	f.ByHand = e.byHand()
	if f.Possible = e.Objectives; f.Possible == nil {
		f.Objective = e.Objective
	}
	if f.Frameworks == nil {
		f.Frameworks = map[string][]string{}
	}
	for _, ev := range e.Evidence {
		f.Evidence = append(f.Evidence, evidenceJSON(ev))
	}
	return f
}

func evidenceJSON(ev control.Evidence) evidence {
	out := evidence{Fact: ev.Fact, Resource: ev.Resource, State: ev.State, Value: ev.Value, Source: ev.Source, Code: ev.Code, Message: ev.Message, Location: ev.Location}
	if ev.ObservedAt != 0 {
		out.ObservedAt = &ev.ObservedAt
	}
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// jsonWriter writes one document, a finding a line, so that neither it nor a reader that streams needs it whole.
type jsonWriter struct{ stream }

// NewJSON writes the JSON report, version 1 (docs/schemas/report-v1.schema.json).
func NewJSON(w io.Writer) Writer { return &jsonWriter{newStream(w)} }

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
	j.element(toJSON(e))
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
