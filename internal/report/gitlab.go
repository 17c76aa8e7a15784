package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// gitlabWriter writes an array of issues.
type gitlabWriter struct {
	stream
	called func(file string) string
	seen   map[[8]byte]int
}

// NewGitLab writes what GitLab shows in a merge request as code quality
// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format): an issue for each FAIL and each UNKNOWN. GitLab knows no issue
// that is set aside: what is muted or attested is one of the least severity, and says by whom; so is UNKNOWN.
//
// Each issue has a path, without which GitLab drops it. Of a resource in a live account it is that of SARIF.
func NewGitLab(w io.Writer) Writer {
	return NewGitLabOf(w, func(file string) string { return file })
}

// NewGitLabOf is NewGitLab where files are called otherwise from the root of their repository, where GitLab looks for them.
func NewGitLabOf(w io.Writer, called func(file string) string) Writer {
	return &gitlabWriter{stream: newStream(w), called: called, seen: map[[8]byte]int{}}
}

type (
	gitlabIssue struct {
		Description string         `json:"description"`
		Check       string         `json:"check_name"`
		Fingerprint string         `json:"fingerprint"`
		Severity    string         `json:"severity"`
		Location    gitlabLocation `json:"location"`
	}
	gitlabLocation struct {
		Path  string      `json:"path"`
		Lines gitlabLines `json:"lines"`
	}
	gitlabLines struct {
		Begin int `json:"begin"`
	}
)

// gitlabText bounds a description: it is one line of a list.
const gitlabText = 1000

func (g *gitlabWriter) Begin(Head) error {
	g.text("[")
	return g.err
}

func (g *gitlabWriter) Finding(e Entry) error {
	if e.Verdict != control.Fail && e.Verdict != control.Unknown {
		return g.err
	}
	text := cmp.Or(e.Reason, e.Control)
	if how := e.covered(); how != "" {
		text = how + ": " + text
	}
	g.element(gitlabIssue{
		Description: terminal.Short(terminal.Line(terminal.Clean(text)), gitlabText), Check: e.Control, Fingerprint: g.fingerprint(e), Severity: gitlabSeverity(e), Location: g.location(e),
	})
	return g.err
}

// fingerprint is the finding's own. GitLab keeps one issue of each: where several are told apart by nothing, they are numbered.
func (g *gitlabWriter) fingerprint(e Entry) string {
	sum := sha256.Sum256([]byte(e.Fingerprint))
	key := [8]byte(sum[:8])
	g.seen[key]++
	if n := g.seen[key]; n > 1 {
		sum = sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", e.Fingerprint, n))
		return hex.EncodeToString(sum[:16])
	}
	return e.Fingerprint
}

func (g *gitlabWriter) location(e Entry) gitlabLocation {
	if e.Location == nil {
		return gitlabLocation{Path: livePath(e.Resource), Lines: gitlabLines{1}}
	}
	return gitlabLocation{Path: g.called(e.Location.File), Lines: gitlabLines{max(e.Location.Line, 1)}}
}

func gitlabSeverity(e Entry) string {
	if e.Verdict == control.Unknown || e.Muted || e.setAside() {
		return "info"
	}
	switch e.Severity {
	case control.Critical:
		return "blocker"
	case control.High:
		return "critical"
	case control.Medium:
		return "major"
	case control.Low:
		return "minor"
	case control.Info:
	}
	return "info"
}

func (g *gitlabWriter) End(Tail) error {
	g.text("\n]\n")
	return g.flush()
}
