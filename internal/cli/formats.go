package cli

import (
	"io"
	"strings"

	"github.com/restorable/restorable/internal/report"
	"github.com/spf13/cobra"
)

// reportFormat is one value of -o of the commands that report.
type reportFormat struct {
	name string
	what string // for the completion of shells
	open func(a *app, w io.Writer, o *outputs) report.Writer
}

// reportFormats are all of them, in the order of the help; what nobody asks for gets the first.
func reportFormats() []reportFormat {
	plain := func(open func(io.Writer) report.Writer) func(*app, io.Writer, *outputs) report.Writer {
		return func(_ *app, w io.Writer, _ *outputs) report.Writer { return open(w) }
	}
	return []reportFormat{
		{"table", "for people, in a terminal", func(a *app, w io.Writer, _ *outputs) report.Writer {
			return report.NewTable(w, report.TableOptions{Screen: a.screen(w), Verbose: a.global.verbose})
		}},
		{"json", "everything, for programs", plain(report.NewJSON)},
		{"jsonl", "a finding a line, as in json", plain(report.NewJSONL)},
		{"csv", "a finding a line, for spreadsheets", plain(report.NewCSV)},
		{"markdown", "a comment on a pull request", plain(report.NewMarkdown)},
		{"html", "one page to read, filter and print", func(_ *app, w io.Writer, o *outputs) report.Writer {
			return report.NewHTML(w, o.spool())
		}},
		{"junit", "test results, for CI systems", plain(report.NewJUnit)},
		{"sarif", "SARIF 2.1.0, for code scanning", plain(func(w io.Writer) report.Writer { return report.NewSARIFOf(w, inRepository) })},
		{"gitlab", "issues of code quality, for merge requests of GitLab", plain(func(w io.Writer) report.Writer { return report.NewGitLabOf(w, inRepository) })},
		{"ocsf", "OCSF 1.6 Compliance Findings, for security lakes", plain(report.NewOCSF)},
	}
}

// formats are the names of the formats of a report.
func formats() []string {
	var out []string
	for _, f := range reportFormats() {
		out = append(out, f.name)
	}
	return out
}

// formatWords are the formats in a sentence.
func formatWords() string {
	all := formats()
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// spool is room on disk until the outputs are discarded.
func (o *outputs) spool() *spoolFile {
	s := &spoolFile{}
	o.spools = append(o.spools, s)
	return s
}

func (a *app) newWriter(s outputSpec, w io.Writer, o *outputs) report.Writer {
	for _, f := range reportFormats() {
		if f.name == s.format {
			return f.open(a, w, o)
		}
	}
	return nil // parseOutputs lets no other name pass
}

// completeFormats offers the formats to a shell.
func completeFormats(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, f := range reportFormats() {
		out = append(out, cobra.CompletionWithDesc(f.name, f.what))
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
