package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// issues writes entries, lets GitLab's demands judge them, and reads them back.
func issues(t *testing.T, entries ...Entry) []gitlabIssue {
	t.Helper()
	var b bytes.Buffer
	if err := run(NewGitLab(&b), Head{}, entries, Tail{}); err != nil {
		t.Fatal(err)
	}
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "gitlab-codequality.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	validate(t, s, b.Bytes())
	var out []gitlabIssue
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, issue := range out {
		if seen[issue.Fingerprint] {
			t.Errorf("GitLab drops the second of one fingerprint: %+v", issue)
		}
		seen[issue.Fingerprint] = true
	}
	return out
}

func TestGitLabTakesTheReport(t *testing.T) {
	_, entries, _ := sample()
	if got := issues(t, entries...); len(got) != 5 {
		t.Errorf("%d issues of 3 FAIL and 2 UNKNOWN", len(got))
	}
	if got := issues(t); got == nil || len(got) != 0 {
		t.Errorf("without a finding: %v", got)
	}
}

func TestSeveritiesOfGitLab(t *testing.T) {
	of := func(v control.Verdict, s control.Severity) Entry { return entry("orders", "r", "c", s, v, "x") }
	muted := of(control.Fail, control.Critical)
	muted.Muted, muted.Mute = true, &overlay.Exception{Kind: overlay.Mute, Owner: "jane", Reason: "rebuilt nightly"}
	known := of(control.Fail, control.Critical)
	known.Baseline, known.Excused = KnownFinding, true
	var got []string
	for _, issue := range issues(t, of(control.Fail, control.Critical), of(control.Fail, control.High), of(control.Fail, control.Medium), of(control.Fail, control.Low),
		of(control.Fail, control.Info), of(control.Unknown, control.Critical), of(control.Pass, control.Critical), of(control.NotApplicable, control.Critical), muted, known) {
		got = append(got, issue.Severity)
	}
	if want := []string{"blocker", "critical", "major", "minor", "info", "info", "info", "info"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if text := issues(t, muted)[0].Description; !strings.HasPrefix(text, "muted until") || !strings.Contains(text, "rebuilt nightly (jane)") {
		t.Error(text)
	}
}

func TestAnIssueIsInItsFileElseInThePathOfTheResource(t *testing.T) {
	e := entry("orders", "eu-west-1", "c", control.High, control.Fail, "x")
	if got := issues(t, e)[0].Location; got != (gitlabLocation{"aws/123456789012/eu-west-1/table/orders", gitlabLines{1}}) {
		t.Errorf("%+v", got)
	}
	e.Location = &control.Location{File: "infra/my tables.yaml", Line: 12, Column: 7}
	if got := issues(t, e)[0].Location; got != (gitlabLocation{"infra/my tables.yaml", gitlabLines{12}}) {
		t.Errorf("%+v", got)
	}
}

// TestFingerprintsOfIssuesAreThoseOfFindings, wherever in the file they are and whatever is around them.
func TestFingerprintsOfIssuesAreThoseOfFindings(t *testing.T) {
	e := func(n, line int) Entry {
		out := entry("orders", "eu-west-1", "c", control.High, control.Fail, "x")
		out.Fingerprint, out.Location = fmt.Sprintf("%016x", n), &control.Location{File: "a.yaml", Line: line}
		return out
	}
	before, after := issues(t, e(1, 3), e(2, 9)), issues(t, e(3, 2), e(2, 20), e(1, 40))
	if before[0].Fingerprint != after[2].Fingerprint || before[1].Fingerprint != after[1].Fingerprint || before[0].Fingerprint != e(1, 0).Fingerprint {
		t.Errorf("%+v %+v", before, after)
	}
}
