package report

import (
	"cmp"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
)

// sarifWriter writes a log of one run. Its objects are our own: libraries hold the whole log in memory.
type sarifWriter struct {
	stream
	called  func(file string) string
	head    Head
	rules   map[string]int
	results worst
}

// NewSARIF writes SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) as GitHub code scanning reads it:
// FAIL as a result of kind fail, UNKNOWN as one of kind open, so that no alert closes because something could not be read; what
// is muted is there, suppressed. PASS and NOT_APPLICABLE are counted only: GitHub makes an alert of every result, whatever its kind.
//
// Each result has a physical location, without which GitHub refuses the file. Of a resource in a live account, which has no file, it
// is aws/ACCOUNT/REGION/TYPE/NAME; the ARN is its logical location. Of more than 5,000 results, which is all that GitHub stores, the worst
// are written, and a notification says so.
func NewSARIF(w io.Writer) Writer {
	return NewSARIFOf(w, func(file string) string { return file })
}

// NewSARIFOf is NewSARIF where files are called otherwise from the root of their repository, where code scanning looks for them.
func NewSARIFOf(w io.Writer, called func(file string) string) Writer {
	return &sarifWriter{stream: newStream(w), called: called, results: worst{limit: sarifLimit}}
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type (
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelpText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string            `json:"id"`
		Name     string            `json:"name,omitempty"`
		Short    sarifText         `json:"shortDescription"`
		Full     sarifText         `json:"fullDescription"`
		HelpURI  string            `json:"helpUri,omitempty"`
		Help     sarifHelpText     `json:"help"`
		Defaults sarifDefaults     `json:"defaultConfiguration"`
		More     sarifRuleProperty `json:"properties"`
	}
	sarifDefaults struct {
		Level string `json:"level"`
	}
	sarifRuleProperty struct {
		Tags      []string `json:"tags"`
		Precision string   `json:"precision"`
		Severity  string   `json:"security-severity"` // a number of CVSS, by which GitHub names the severity
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    *int               `json:"ruleIndex,omitempty"`
		Kind         string             `json:"kind"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifRelation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Baseline     string             `json:"baselineState,omitempty"`
		More         sarifProperty      `json:"properties"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifRelation struct {
		ID       int           `json:"id"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  sarifText     `json:"message"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName,omitempty"`
		Kind string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification,omitempty"`
	}
	sarifProperty struct {
		Verdict    string              `json:"verdict"`
		Severity   string              `json:"severity"`
		Account    string              `json:"account,omitempty"`
		Region     string              `json:"region,omitempty"`
		Remedy     string              `json:"remedy,omitempty"`
		Objective  string              `json:"objective,omitempty"`
		Frameworks map[string][]string `json:"frameworks,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Start         string              `json:"startTimeUtc"`
		End           string              `json:"endTimeUtc"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level      string        `json:"level"`
		Message    sarifText     `json:"message"`
		Descriptor sarifDescribe `json:"descriptor"`
	}
	sarifDescribe struct {
		ID string `json:"id"`
	}
)

func (s *sarifWriter) Begin(h Head) error {
	s.head, s.rules = h, indexByID(h.Controls)
	driver := sarifDriver{Name: h.Tool.Name, Version: h.Tool.Version, InformationURI: homePage, Rules: []sarifRule{}}
	for _, c := range h.Controls {
		driver.Rules = append(driver.Rules, sarifRuleOf(c))
	}
	s.text("{")
	s.member("$schema", sarifSchema)
	s.text(",\n")
	s.member("version", "2.1.0")
	s.text(",\n\"runs\":[{")
	s.member("tool", map[string]sarifDriver{"driver": driver})
	s.text(",\n")
	s.member("columnKind", "unicodeCodePoints")
	s.text(",\n\"results\":[")
	return s.err
}

func sarifRuleOf(c *control.Control) sarifRule {
	r := sarifRule{
		ID: c.ID, Name: pascal(c.ID), Short: sarifMessage(cut(sentence(c.Title))), Full: sarifMessage(cut(sentence(cmp.Or(c.Description, c.Title)))), Help: sarifHelp(c),
		Defaults: sarifDefaults{sarifLevel(c.Severity)},
		More:     sarifRuleProperty{Tags: []string{"security", "dynamodb", "recoverability", c.Kind}, Precision: "very-high", Severity: securitySeverity(c.Severity)},
	}
	if strings.EqualFold(r.Name, r.ID) {
		r.Name = "" // a name that says nothing more is not wanted
	}
	if c.Kind == "" {
		r.More.Tags = r.More.Tags[:3]
	}
	if len(c.References) > 0 {
		r.HelpURI = c.References[0]
	}
	return r
}

func (s *sarifWriter) Finding(e Entry) error {
	if e.Verdict != control.Fail && e.Verdict != control.Unknown {
		return s.err
	}
	s.results.add(sarifRank(e), s.result(e))
	return s.err
}

func (s *sarifWriter) result(e Entry) sarifResult {
	r := sarifResult{
		RuleID: e.Control, Kind: "fail", Level: sarifLevel(e.Severity), Message: sarifMessage(cmp.Or(e.Reason, e.Control)), Locations: []sarifLocation{s.location(e)}, Related: s.related(e),
		// The second is the one by which GitHub tells alerts apart; without it the upload would make one from the lines of a file that is not there.
		Fingerprints: map[string]string{"restorable/v1": e.Fingerprint, "primaryLocationLineHash": e.Fingerprint + ":1"},
		More: sarifProperty{Verdict: string(e.Verdict), Severity: string(e.Severity), Account: e.Resource.Account, Region: e.Resource.Region, Remedy: e.Remedy,
			Objective: wanted(e), Frameworks: e.Frameworks},
	}
	if i, ok := s.rules[e.Control]; ok {
		r.RuleIndex = &i
	}
	if e.Verdict == control.Unknown {
		r.Kind, r.Level = "open", "none" // the standard wants none of what is no fail
	}
	if e.Muted || e.Attestation != nil {
		r.Suppressions = []sarifSuppression{{Kind: e.coveredWhere(), Status: "accepted", Justification: sarifMessage(e.covered()).Text}}
	}
	switch e.Baseline {
	case NewFinding:
		r.Baseline = "new"
	case KnownFinding:
		r.Baseline = "unchanged"
	}
	return r
}

func (s *sarifWriter) location(e Entry) sarifLocation {
	r := e.Resource
	logical := []sarifLogical{{Name: cmp.Or(terminal.Clean(r.Name), string(r.Type)), Full: terminal.Clean(cmp.Or(r.ARN, e.Address)), Kind: "resource"}}
	if e.Location != nil {
		return sarifLocation{Physical: s.physical(*e.Location), Logical: logical}
	}
	return sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{livePath(r)}, Region: sarifRegion{Line: 1}}, Logical: logical}
}

// livePath stands for the file of a resource that is in none.
func livePath(r control.Resource) string {
	where := "aws"
	for _, part := range []string{r.Account, r.Region, string(r.Type), r.Name} {
		if part != "" {
			where += "/" + segment(part)
		}
	}
	return where
}

func (s *sarifWriter) physical(at control.Location) sarifPhysical {
	return sarifPhysical{Artifact: sarifArtifact{fileURI(s.called(at.File))}, Region: sarifRegion{Line: max(at.Line, 1), Column: max(at.Column, 0)}}
}

// fileURI is the reference of a file: relative as it was given, or absolute.
func fileURI(file string) string {
	parts := strings.Split(file, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	if strings.HasPrefix(file, "/") {
		return "file://" + strings.Join(parts, "/")
	}
	return strings.Join(parts, "/")
}

// segment is one part of a path: a name that would lead elsewhere stays a name.
func segment(name string) string {
	if strings.Trim(name, ".") == "" {
		return strings.ReplaceAll(name, ".", "%252E")
	}
	return url.PathEscape(name)
}

// sarifMessage is plain text; square brackets would make links of it.
func sarifMessage(s string) sarifText {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(terminal.Line(terminal.Clean(line)))
	}
	return sarifText{strings.Join(lines, "\n")}
}

func sarifLevel(s control.Severity) string {
	switch s {
	case control.Critical, control.High:
		return "error"
	case control.Medium:
		return "warning"
	case control.Low, control.Info:
	}
	return "note"
}

func securitySeverity(s control.Severity) string {
	switch s {
	case control.Critical:
		return "9.5"
	case control.High:
		return "8.0"
	case control.Medium:
		return "5.5"
	case control.Low:
		return "2.5"
	case control.Info:
	}
	return "0.1"
}

func (s *sarifWriter) End(t Tail) error {
	for _, r := range s.results.all() {
		s.element(r.sarifResult)
	}
	s.text("\n],\n")
	run := sarifInvocation{Successful: t.Complete, Start: sarifTime(s.head.StartedAt), End: sarifTime(t.FinishedAt), Notifications: []sarifNotification{}}
	for _, p := range Group(t.Problems) {
		run.Notifications = append(run.Notifications, sarifNotification{Level: "error", Message: sarifMessage(sentence(p.String())), Descriptor: sarifDescribe{cmp.Or(terminal.Clean(p.Code), "problem")}})
	}
	if s.results.leftOut > 0 {
		run.Notifications = append(run.Notifications, s.results.notification())
	}
	s.member("invocations", []sarifInvocation{run})
	s.text(",\n")
	s.member("properties", map[string]any{"scope": nonNil(s.head.Scope), "summary": t.Summary, "complete": t.Complete})
	s.text("}]}\n")
	return s.flush()
}

func sarifTime(at estate.Instant) string { return at.Time().UTC().Format(time.RFC3339) }
