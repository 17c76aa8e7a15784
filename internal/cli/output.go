package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/report"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
)

// outputSpec is one -o FORMAT[=FILE].
type outputSpec struct{ format, file string }

func parseOutputs(specs []string) ([]outputSpec, error) { return parseOutputsOf(specs, formats()) }

// parseOutputsOf is parseOutputs for a command that has other formats; the first of them is what nobody asks for gets.
func parseOutputsOf(specs, known []string) ([]outputSpec, error) {
	if len(specs) == 0 {
		specs = known[:1]
	}
	var out []outputSpec
	toStdout := ""
	for _, text := range specs {
		format, file, named := strings.Cut(text, "=")
		if err := knownFormat(format, known); err != nil {
			return nil, err
		}
		if named && file == "" {
			return nil, misuse("-o "+format+"=FILE", "-o %s: no file after =", text)
		}
		if !named && toStdout != "" {
			return nil, misuse("-o "+format+"=FILE", "-o %s and -o %s would both go to standard output", toStdout, format)
		}
		if !named {
			toStdout = format
		}
		out = append(out, outputSpec{format, file})
	}
	return out, nil
}

func knownFormat(format string, known []string) error {
	if slices.Contains(known, format) {
		return nil
	}
	hint := "-o " + strings.Join(known, ", -o ")
	if near := suggest.Nearest(format, known); near != "" {
		hint = "did you mean -o " + near + "?"
	}
	return misuse(hint, "-o %s: unknown format", format)
}

// outputs writes one report in several formats. Files are written aside and only take their name when the report is whole.
type outputs struct {
	writers []report.Writer
	files   []*asideFile
	spools  []*spoolFile
}

func (a *app) openOutputs(specs []outputSpec) (*outputs, error) {
	o := &outputs{}
	for _, s := range specs {
		w := a.std.Out
		if s.file != "" {
			f, err := createAside(s.file)
			if err != nil {
				o.discard()
				return nil, misuse("choose another file", "%v", err)
			}
			o.files = append(o.files, f)
			w = f
		}
		o.writers = append(o.writers, a.newWriter(s, w, o))
	}
	return o, nil
}

// Begin begins every report.
func (o *outputs) Begin(h report.Head) error {
	return o.each(func(w report.Writer) error { return w.Begin(h) })
}

// Finding hands a finding to every report.
func (o *outputs) Finding(e report.Entry) error {
	return o.each(func(w report.Writer) error { return w.Finding(e) })
}

// End ends every report and gives the files their names.
func (o *outputs) End(t report.Tail) error {
	if err := o.each(func(w report.Writer) error { return w.End(t) }); err != nil {
		return err
	}
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.commit())
	}
	o.files = nil
	return errors.Join(errs...)
}

func (o *outputs) each(do func(report.Writer) error) error {
	for _, w := range o.writers {
		if err := do(w); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// discard removes what was not finished; after End there is nothing to remove.
func (o *outputs) discard() {
	for _, f := range o.files {
		f.discard()
	}
	for _, s := range o.spools {
		s.discard()
	}
}

// printJSON writes an indented document to standard output.
func (a *app) printJSON(v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = a.std.Out.Write(append(terminal.JSON(raw), '\n'))
	return err
}

// asideFile is a file that appears under its name only when it is whole.
type asideFile struct {
	*os.File
	name string // empty: written in place
	done bool   // nothing is left to tidy up
}

func createAside(name string) (*asideFile, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0) // a device or a pipe cannot be renamed onto
		if err != nil {
			return nil, fmt.Errorf("write %s: %s", name, plainCause(err))
		}
		return &asideFile{File: f}, nil
	}
	forgetUnfinished(name)
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+unfinished+"*")
	if err != nil {
		return nil, fmt.Errorf("write %s: %s", name, plainCause(err))
	}
	return &asideFile{File: f, name: name}, nil
}

func (f *asideFile) commit() error { return f.commitAs(0o644) }

// commitPrivate is commit for what only its owner may read.
func (f *asideFile) commitPrivate() error { return f.commitAs(0o600) }

func (f *asideFile) commitAs(mode os.FileMode) error {
	f.done = true
	if f.name == "" {
		return f.Close()
	}
	err := errors.Join(f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one to tell
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	return nil
}

// discard removes what was not finished; of a nil file, or one that was, nothing.
func (f *asideFile) discard() {
	if f == nil || f.done {
		return
	}
	_ = f.Close()
	if f.name != "" {
		_ = os.Remove(f.Name()) // best effort: the failure that led here is told
	}
}
