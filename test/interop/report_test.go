package interop

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/cli"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/report"
)

// reports are files of a scan of the demo's company in every format that others have a schema for, and of hostile findings.
func reports(t *testing.T) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: demo.Start()}, Load: demo.Load})
	env := map[string]string{"AWS_ACCESS_KEY_ID": demo.Account, "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true", "XDG_STATE_HOME": dir,
		"AWS_CONFIG_FILE": at("none"), "AWS_SHARED_CREDENTIALS_FILE": at("none")}
	for name, value := range env {
		t.Setenv(name, value)
	}
	args := []string{"scan", "--endpoint-url", sim.URL, "--region", "eu-west-1,us-east-1", "--fail-on", "none",
		"-o", "sarif=" + at("scan.sarif"), "-o", "ocsf=" + at("scan.ocsf"), "-o", "junit=" + at("scan.junit"), "-o", "html=" + at("scan.html")}
	var errs bytes.Buffer
	if code := cli.Run(t.Context(), args, os.Getenv, cli.Stdio{In: strings.NewReader(""), Out: io.Discard, Err: &errs}); code != 0 {
		t.Fatalf("scan ended with %d: %s", code, errs.Bytes())
	}
	for name, open := range map[string]func(io.Writer) report.Writer{"hostile.sarif": report.NewSARIF, "hostile.ocsf": report.NewOCSF, "hostile.junit": report.NewJUnit} {
		var b bytes.Buffer
		hostileReport(t, open(&b))
		if err := os.WriteFile(at(name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return map[string][]string{"sarif": {at("scan.sarif"), at("hostile.sarif")}, "ocsf": {at("scan.ocsf"), at("hostile.ocsf")}, "junit": {at("scan.junit"), at("hostile.junit")}, "html": {at("scan.html")}}
}

// hostileReport holds findings of every verdict, muted or not, of a template and of a live account, with names that would break a format.
func hostileReport(t *testing.T, w report.Writer) {
	t.Helper()
	const hostile = "\x1b[31m\"'<b>&\x00\u202e ::error:: ]]> [a](b) \\ {0} \uffff"
	account, region := "111122223333", "eu-west-1"
	if err := w.Begin(report.Head{Tool: report.Tool{Name: "restorable", Version: "1.0.0"}, StartedAt: 1_795_248_000_000, Scope: []report.Scope{{Account: &account, Region: &region, Tables: 1}}}); err != nil {
		t.Fatal(err)
	}
	tally := report.NewTally(1)
	for i, v := range control.Verdicts() {
		for _, muted := range []bool{false, true} {
			f := control.Finding{Control: "recoverable", Title: hostile, Severity: control.Severities()[i], Verdict: v, Reason: hostile, Fingerprint: "0123456789abcdef",
				Frameworks: map[string][]string{"nist-csf-1.1": {"PR.IP-4"}}, Resource: control.Resource{Type: control.TypeTable, Name: hostile, Account: account, Region: region, ARN: "arn:aws:dynamodb:eu-west-1:111122223333:table/" + hostile},
				Evidence: []control.Evidence{{Fact: "table.tags", State: "known", Value: map[string]string{hostile: hostile}}}}
			if muted {
				f.Resource.Account, f.Resource.Region, f.Resource.ARN = "", "", ""
				f.Location, f.Address = &control.Location{File: "infra/" + hostile + ".tf", Line: 3, Column: 1}, "aws_dynamodb_table."+hostile
			}
			e := report.Entry{Finding: f, Muted: muted}
			tally.Add(e)
			if err := w.Finding(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	tail := report.Tail{FinishedAt: 1_795_248_000_000, Summary: tally.Summary, Problems: []report.Problem{{Account: account, Region: region, Operation: "dynamodb:ListTables", Code: hostile, Message: hostile, Affects: 1}}}
	if err := w.End(tail); err != nil {
		t.Fatal(err)
	}
}

// TestOthersSchemasTakeTheReports: OCSF's own of the class Compliance Finding, the SARIF committee's, and that of Jenkins for JUnit XML.
func TestOthersSchemasTakeTheReports(t *testing.T) {
	interpreter := python(t)
	schemas := map[string][]string{"ocsf": nil, "junit": {counterpart(t, "junit", "junit-10.xsd")}, "sarif": {counterpart(t, multitool("sarif-2.1.0.json")...)}}
	for format, files := range reports(t) {
		if format == "html" {
			continue
		}
		for _, file := range files {
			cmd := exec.CommandContext(t.Context(), interpreter, append([]string{"py/report_check.py", format, file}, schemas[format]...)...)
			cmd.Env = environment(t)
			lines := strings.Split(strings.TrimSpace(string(output(t, cmd))), "\n")
			if len(lines) != 1 || lines[0] == "0" {
				t.Errorf("%s: %s", filepath.Base(file), clip([]byte(strings.Join(lines, "\n"))))
			}
		}
	}
}

func multitool(name string) []string {
	return []string{"sarif-multitool", "node_modules", "@microsoft", "sarif-multitool-linux", name}
}

// TestMicrosoftsValidatorTakesSARIF as GitHub's code scanning wants it, without an error or a warning; and refuses it without its locations,
// so that its silence means something.
func TestMicrosoftsValidatorTakesSARIF(t *testing.T) {
	tool := counterpart(t, multitool("Sarif.Multitool")...)
	validate := func(file string) []string {
		said := filepath.Join(t.TempDir(), "said.sarif")
		cmd := exec.CommandContext(t.Context(), tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--output", said, "--quiet")
		cmd.Env = environment(t, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
		_ = cmd.Run() // the exit code says whether it found anything; what counts is in the file
		raw, err := os.ReadFile(said)
		if err != nil {
			t.Fatal(err)
		}
		var log struct {
			Runs []struct {
				Results []struct{ RuleID, Level string }
			}
		}
		if err := json.Unmarshal(raw, &log); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range log.Runs[0].Results {
			if r.Level != "note" {
				out = append(out, r.RuleID)
			}
		}
		return out
	}
	files := append(reports(t)["sarif"], templateReport(t))
	for _, file := range files {
		if found := validate(file); len(found) > 0 {
			t.Errorf("%s: %v", filepath.Base(file), found)
		}
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.sarif")
	if err := os.WriteFile(broken, regexp.MustCompile(`"locations":\[[^\]]*\]\}\],`).ReplaceAll(raw, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := validate(broken); len(found) == 0 {
		t.Error("a file without locations is taken too")
	}
}

// chromium is the browser that pages are looked at with.
func chromium(t *testing.T) string {
	t.Helper()
	if os.Getenv(folderVariable) == "" {
		absent(t, folderVariable+" is not set; .ci/counterparts FOLDER installs the counterparts")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		absent(t, "missing counterpart: chromium")
	}
	return browser
}

// TestTheFilterOfAPageWorksInABrowser: its script runs under the page's own policy, counts, and hides what is not asked for.
func TestTheFilterOfAPageWorksInABrowser(t *testing.T) {
	browser := chromium(t)
	page := reports(t)["html"][0]
	for fragment, want := range map[string][]string{
		"":                       {"resources</p>"},
		"#?q=coupons&t=table":    {"1 of "},
		"#?v=F&s=critical":       {" of their findings below"},
		"#?q=no-such-table-here": {"0 of "},
	} {
		cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", "file://"+page+fragment)
		cmd.Env = environment(t)
		dom := string(output(t, cmd))
		start := strings.Index(dom, `<p id="shown" role="status">`)
		if start < 0 || strings.Contains(dom, `<form id="filter" role="search" aria-label="Filter the findings" hidden`) {
			t.Fatalf("%s: the script did not run", fragment)
		}
		status := dom[start:min(start+150, len(dom))]
		for _, text := range want {
			if !strings.Contains(status, text) {
				t.Errorf("%s: no %q in %q", fragment, text, status)
			}
		}
	}
}
