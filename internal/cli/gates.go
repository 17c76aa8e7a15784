package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/restorable/restorable/internal/baseline"
	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/report"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/restorable/restorable/internal/yamlfile"
	"github.com/spf13/pflag"
)

// gateOptions say what lets a pipeline pass.
type gateOptions struct {
	failOn        string
	failOnUnknown bool
	ignoreFile    string
	baseline      string
	newOnly       bool
	inline        bool
}

func (o *gateOptions) register(f *pflag.FlagSet) {
	registerFailOn(f, &o.failOn)
	f.BoolVar(&o.failOnUnknown, "fail-on-unknown", false, "count an UNKNOWN as a failure")
	registerIgnoreFile(f, &o.ignoreFile)
	f.BoolVar(&o.inline, "inline-ignores", true, "heed restorable:ignore in templates; =false judges as if nobody had written any")
	f.StringVar(&o.baseline, "baseline", "", "an earlier JSON report (`file`): each FAIL and UNKNOWN is marked as new, or known by it")
	f.BoolVar(&o.newOnly, "new-only", false, "only what the --baseline does not know counts for the exit code and is shown in the table")
}

func registerIgnoreFile(f *pflag.FlagSet, to *string) {
	f.StringVar(to, "ignore-file", "", "`file` of findings to look away from until a day; none: no file (default "+config.IgnoreName+" beside the configuration, if it is there)")
}

func registerFailOn(f *pflag.FlagSet, to *string) {
	f.StringVar(to, "fail-on", "low", "lowest `severity` that makes exit code 1: critical, high, medium, low, or none")
}

// failOnNothing is the --fail-on that lets everything pass.
const failOnNothing = "none"

func validFailOn(value string) error {
	levels := []string{string(control.Critical), string(control.High), string(control.Medium), string(control.Low), failOnNothing}
	for _, level := range levels {
		if value == level {
			return nil
		}
	}
	hint := "--fail-on critical, high, medium, low or none"
	switch near := suggest.Nearest(value, levels); {
	case value == string(control.Info):
		hint += "; controls of severity info never count"
	case near != "":
		hint = "did you mean --fail-on " + near + "?"
	}
	return misuse(hint, "--fail-on %s: unknown severity", value)
}

func (o gateOptions) validate() error {
	if o.newOnly && o.baseline == "" {
		return misuse("--baseline FILE --new-only, where FILE is an earlier report: restorable scan -o json=FILE", "--new-only needs a --baseline to be new against")
	}
	return validFailOn(o.failOn)
}

// code is the one place where the findings of a scan become its exit code.
func (o gateOptions) code(t *report.Tally) int {
	reached := func(worst control.Severity) bool {
		return o.failOn != failOnNothing && worst != "" && worst.AtLeast(control.Severity(o.failOn))
	}
	unknown := reached(t.WorstUnknown) || o.failOn != failOnNothing && t.Unlisted
	switch {
	case reached(t.WorstFail), o.failOnUnknown && unknown:
		return exitFindings
	case unknown:
		return exitIncomplete
	}
	return exitClean
}

// ignored reads the ignore file: the one that was named, or the one beside the configuration file.
func (a *app) ignored(o gateOptions) (*config.Exceptions, error) {
	name := o.ignoreFile
	switch {
	case name == noFile:
		return &config.Exceptions{}, nil
	case name == "" && a.global.config == noFile:
		return &config.Exceptions{}, nil
	case name == "":
		if name = config.IgnoreName; a.file != nil {
			name = filepath.Join(filepath.Dir(a.file.Name), config.IgnoreName)
		}
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return &config.Exceptions{}, nil
		}
	}
	x, err := config.ReadIgnore(name)
	if err != nil {
		return nil, badIgnore(name, err)
	}
	return x, nil
}

func badIgnore(name string, err error) error {
	var wrong *yamlfile.Error
	if !errors.As(err, &wrong) {
		return misuse("--ignore-file with a YAML file, or --ignore-file none", "%s: %s", name, plainCause(err))
	}
	return &complaint{code: exitUsage, summary: terminal.Count(len(wrong.Mistakes), "mistake") + " in " + wrong.Mistakes[0].File + "; none of it is applied, and nothing was judged",
		excerpt: wrong.Error(), hint: "mend it, or --ignore-file none goes on without it", err: err}
}

// earlier reads a report of before.
func earlier(flag, name string) (*baseline.Report, error) {
	const hint = "restorable scan -o json=FILE writes one"
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, misuse(hint, "%s%s: no such file", flag, name)
	}
	if err != nil {
		return nil, misuse(hint, "%s%s: %s", flag, name, plainCause(err))
	}
	defer f.Close()
	b, err := baseline.Read(f)
	var wrong *baseline.FormatError
	switch {
	case err == nil:
		return b, nil
	case errors.As(err, &wrong) && wrong.Line > 0:
		return nil, misuse(hint, "%s%s:%d:%d: %s", flag, name, wrong.Line, wrong.Column, wrong.Reason)
	}
	return nil, misuse(hint, "%s%s: %s", flag, name, plainCause(err))
}
