package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/terminal"
)

// finding is the JSON form of an Entry as encoding/json would write it: what the encoder is held against.
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

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// TestFindingsAreEncodedAsEncodingJSONWould draws entries with texts of every kind.
func TestFindingsAreEncodedAsEncodingJSONWould(t *testing.T) {
	var x encoder
	rapid.Check(t, func(t *rapid.T) {
		e := drawnEntry(t)
		want, err := json.Marshal(toJSON(e))
		if err != nil {
			t.Fatal(err)
		}
		got, err := x.record(e).appendTo(nil)
		if err != nil {
			t.Fatal(err)
		}
		if want = terminal.JSON(want); !bytes.Equal(got, want) {
			t.Fatalf("\n%s\nwant\n%s", got, want)
		}
	})
}

func TestWhatCannotBeEncodedIsAnError(t *testing.T) {
	var e Entry
	e.Evidence = []control.Evidence{{Value: make(chan int)}}
	if _, err := new(encoder).record(e).appendTo(nil); err == nil {
		t.Error("a channel has become JSON")
	}
}

// drawnText is of anything, and often of characters that mean something to JSON, HTML or a terminal.
func drawnText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.StringOf(rapid.RuneFrom([]rune("ab \"\\/<>&{}\n\t\x00\x1f\x7f\u0085é\u2028\u202e\U000e0001\U0001f600"))),
		rapid.StringMatching(`[ -~]{0,40}`),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) }), // hardly ever UTF-8
		rapid.Just(""),
	).Draw(t, label)
}

func drawnKey(t *rapid.T) string { return drawnText(t, "text") }

func drawnTexts(t *rapid.T, label string) []string {
	if rapid.Bool().Draw(t, label+" nil") {
		return nil
	}
	out := make([]string, rapid.IntRange(0, 3).Draw(t, label))
	for i := range out {
		out[i] = drawnText(t, label)
	}
	return out
}

func drawnLocation(t *rapid.T) *control.Location {
	if rapid.Bool().Draw(t, "nowhere") {
		return nil
	}
	return &control.Location{File: drawnText(t, "file"), Line: rapid.Int().Draw(t, "line"), Column: rapid.IntRange(-1, 1).Draw(t, "column")}
}

func drawnValue(t *rapid.T) any {
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		return drawnText(t, "value")
	case 1:
		return rapid.Bool().Draw(t, "value")
	case 2:
		return rapid.Int64().Draw(t, "value")
	case 3:
		return drawnTexts(t, "value")
	case 4:
		return rapid.OneOf(rapid.Just(map[string]string(nil)), rapid.MapOfN(rapid.Custom(drawnKey), rapid.Custom(drawnKey), 0, 3)).Draw(t, "value")
	case 5:
		return estate.Instant(rapid.Int64Range(0, 4e12).Draw(t, "value"))
	case 6:
		return rapid.Float64Range(-1e9, 1e9).Draw(t, "value")
	case 7:
		return []estate.Replica{{Region: drawnText(t, "region")}}
	}
	return nil
}

func drawnException(t *rapid.T) *overlay.Exception {
	if rapid.Bool().Draw(t, "no exception") {
		return nil
	}
	return &overlay.Exception{Kind: rapid.SampledFrom([]overlay.Kind{overlay.Mute, overlay.Attest}).Draw(t, "kind of exception"),
		Owner: drawnText(t, "owner"), Reason: drawnText(t, "reason"), Evidence: drawnText(t, "evidence")}
}

func drawnEntry(t *rapid.T) Entry {
	text := func(label string) string { return drawnText(t, label) }
	f := control.Finding{
		Control: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "control"), Severity: control.Severity(text("severity")), Verdict: control.Verdict(text("verdict")),
		Resource: control.Resource{Type: control.TypeTable, ID: text("id"), ARN: text("arn"), Name: text("name"), Account: text("account"), Region: text("region")},
		Location: drawnLocation(t), Address: text("address"), Reason: text("reason"), Remedy: text("remedy"), Fingerprint: text("fingerprint"),
		Objective: text("objective"), Objectives: drawnTexts(t, "objectives"),
	}
	if rapid.Bool().Draw(t, "mapped") {
		f.Frameworks = map[string][]string{text("framework"): drawnTexts(t, "requirements"), "z": {"1"}}
	}
	for range rapid.IntRange(0, 3).Draw(t, "readings") {
		f.Evidence = append(f.Evidence, control.Evidence{Fact: text("fact"), Resource: text("of"), State: text("state"), Value: drawnValue(t), Source: text("source"),
			ObservedAt: estate.Instant(rapid.Int64Range(0, 2).Draw(t, "observed")), Code: text("code"), Message: text("message"), Location: drawnLocation(t)})
	}
	e := Entry{Finding: f, Muted: rapid.Bool().Draw(t, "muted"), Overlays: Overlays{Mute: drawnException(t), Attestation: drawnException(t), Baseline: Baseline(text("baseline"))}}
	if rapid.Bool().Draw(t, "by hand") {
		how := control.ByHand{Commands: drawnTexts(t, "commands"), Console: text("console")}
		e.ByHand = func() control.ByHand { return how }
	}
	return e
}
