package report

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/terminal"
)

// sarifOf writes entries and reads them back with a library that knows every name of the standard.
func sarifOf(t *testing.T, w func(*bytes.Buffer) Writer, entries ...Entry) *sarif.Run {
	t.Helper()
	var b bytes.Buffer
	if err := run(w(&b), Head{Tool: Tool{"restorable", "1"}}, entries, Tail{Complete: true}); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b.Bytes(), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

func TestSARIFKeepsTheWorstThatCodeScanningStores(t *testing.T) {
	limited := func(b *bytes.Buffer) Writer {
		w := NewSARIF(b).(*sarifWriter)
		w.results.limit = 4
		return w
	}
	muted := entry("muted", "r", "c", control.Critical, control.Fail, "x")
	muted.Muted, muted.Mute = true, &overlay.Exception{Kind: overlay.Mute}
	all := []Entry{
		muted,
		entry("low", "r", "c", control.Low, control.Fail, "x"),
		entry("high", "r", "c", control.High, control.Fail, "x"),
		entry("medium", "r", "c", control.Medium, control.Fail, "x"),
		entry("unknown", "r", "c", control.High, control.Unknown, "x"),
		entry("critical", "r", "c", control.Critical, control.Fail, "x"),
		entry("later", "r", "c", control.Low, control.Fail, "x"),
	}
	names := func(r *sarif.Run) string {
		var out []string
		for _, result := range r.Results {
			out = append(out, *result.Locations[0].LogicalLocations[0].Name)
		}
		return strings.Join(out, " ")
	}
	got := sarifOf(t, limited, all...)
	if want := "high medium unknown critical"; names(got) != want {
		t.Errorf("got %s, want %s", names(got), want)
	}
	told := got.Invocations[0].ToolExecutionNotifications
	if len(told) != 1 || *told[0].Message.Text != "Of 7 results the worst 4 are here, since code scanning stores no more; the JSON report (-o json) has all." {
		t.Errorf("told %+v", told)
	}
	few := sarifOf(t, limited, all[:4]...)
	if want := "muted low high medium"; names(few) != want || len(few.Invocations[0].ToolExecutionNotifications) > 0 {
		t.Errorf("got %s, want %s and no notification", names(few), want)
	}
}

// TestTheLimitsOfSARIFHold however findings come: never more than the limit, and nothing better is kept than what is left out.
func TestTheLimitsOfSARIFHold(t *testing.T) {
	w := worst{limit: sarifLimit}
	for i := range 3 * sarifLimit {
		w.add(i%sarifRanks, sarifResult{RuleID: fmt.Sprint(i % sarifRanks)})
	}
	if w.total != sarifLimit || len(w.all()) != sarifLimit || w.leftOut != 2*sarifLimit {
		t.Errorf("%d kept, %d left out", w.total, w.leftOut)
	}
	each := 3 * sarifLimit / sarifRanks
	if len(w.kept[11]) != each || len(w.kept[10]) != each || len(w.kept[9]) != each || len(w.kept[7]) != 0 {
		t.Errorf("of the worst ranks %d, %d and %d of %d are kept", len(w.kept[11]), len(w.kept[10]), len(w.kept[9]), each)
	}
}

func TestSARIFOfTemplatesPointsIntoTheRepository(t *testing.T) {
	e := entry("orders", "", "point-in-time-recovery", control.Medium, control.Fail, "off")
	e.Location, e.Address = &control.Location{File: "stacks/app.yaml", Line: 11, Column: 9}, "Orders"
	e.Evidence = []control.Evidence{
		{Fact: "table.pitr_status", State: "known", Value: "DISABLED", Location: &control.Location{File: "stacks/app.yaml", Line: 11, Column: 9}},
		{Fact: "rule.schedule", State: "unknown", Location: &control.Location{File: "../shared/plan.yaml", Line: 3}},
		{Fact: "unit.now", State: "absent"},
	}
	e.Muted, e.Mute = true, &overlay.Exception{Kind: overlay.Mute, Block: &overlay.Block{Name: "Orders"}, File: "stacks/app.yaml", Line: 10}
	got := sarifOf(t, func(b *bytes.Buffer) Writer {
		return NewSARIFOf(b, func(file string) string { return path.Join("services/shop", file) })
	}, e).Results[0]
	at := got.Locations[0].PhysicalLocation
	if *at.ArtifactLocation.URI != "services/shop/stacks/app.yaml" || *at.Region.StartLine != 11 || *at.Region.StartColumn != 9 {
		t.Errorf("at %s %d:%d", *at.ArtifactLocation.URI, *at.Region.StartLine, *at.Region.StartColumn)
	}
	if len(got.RelatedLocations) != 1 || *got.RelatedLocations[0].PhysicalLocation.ArtifactLocation.URI != "services/shared/plan.yaml" || *got.RelatedLocations[0].Message.Text != "rule.schedule: unknown" {
		t.Errorf("related %+v", got.RelatedLocations)
	}
	if *got.Suppressions[0].Kind != "inSource" {
		t.Errorf("an exception in a template is %v", *got.Suppressions[0].Kind)
	}
}

// TestSARIFRulesAreWithinTheLimits of https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support, and help to
// mend what an alert tells.
func TestSARIFRulesAreWithinTheLimits(t *testing.T) {
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range c.Controls() {
		r := sarifRuleOf(c)
		if len([]rune(r.Short.Text)) > 1024 || len([]rune(r.Full.Text)) > 1024 || len(r.ID) > 255 || len(r.Name) > 255 || len(r.More.Tags) > 10 {
			t.Errorf("%s: a description of %d and %d characters", c.ID, len(r.Short.Text), len(r.Full.Text))
		}
		if !strings.Contains(r.Help.Markdown, "restorable:ignore "+c.ID+" ") || c.Remedy != "" && !strings.Contains(r.Help.Markdown, "--only "+c.Remedy+"`") {
			t.Errorf("%s: help of\n%s", c.ID, r.Help.Markdown)
		}
	}
}

// TestTemplatesWithTablesOfOneNameStayApart in the formats that group findings by their resources.
func TestTemplatesWithTablesOfOneNameStayApart(t *testing.T) {
	var entries []Entry
	for _, file := range []string{"a.yaml", "b.yaml"} {
		e := entry("Orders", "", "point-in-time-recovery", control.Medium, control.Fail, "off in "+file)
		e.Resource.ARN, e.Resource.Account, e.Resource.ID = "", "", file+"#Orders"
		e.Address, e.Block, e.Location = "Orders", &control.Location{File: file, Line: 2}, &control.Location{File: file, Line: 7}
		entries = append(entries, e)
	}
	for name, w := range map[string]struct {
		open func(io.Writer) Writer
		want []string
	}{
		"table":    {func(w io.Writer) Writer { return NewTable(w, TableOptions{Screen: terminal.Screen{Width: 100}}) }, []string{"Orders  a.yaml:2\n", "Orders  b.yaml:2\n", "[point-in-time-recovery, line 7]"}},
		"junit":    {NewJUnit, []string{`classname="restorable.a.yaml.table.Orders"`, `classname="restorable.b.yaml.table.Orders"`, "off in a.yaml (a.yaml:7)"}},
		"html":     {newHTML, []string{"<small>a.yaml:2</small>", "<small>b.yaml:2</small>", ", line 7"}},
		"markdown": {NewMarkdown, []string{"a.yaml&#58;2, line 7", "b.yaml&#58;2, line 7"}},
	} {
		var b bytes.Buffer
		if err := run(w.open(&b), Head{}, entries, Tail{}); err != nil {
			t.Fatal(err)
		}
		for _, want := range w.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s does not hold %s:\n%s", name, want, b.String())
			}
		}
	}
}
