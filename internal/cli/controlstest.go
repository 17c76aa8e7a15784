package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/restorable/restorable/internal/yamlfile"
	"github.com/spf13/cobra"
)

const controlsTestHelp = `Runs the examples of controls, and scenario files: fragments of an estate with the verdicts that they
must lead to. Without arguments: every example, and the files in the folder scenarios of each --controls
folder. With ids of controls, their examples; with files or folders, those. Talks to nobody.

  restorable controls test
  restorable controls test --controls my-controls
  restorable controls test --controls my-controls my-controls/scenarios/payments.yaml

Exit code 1 when an example or an expectation does not hold, 2 when a file cannot be read.`

// scenarioFolder is where a folder of controls keeps its scenario files.
const scenarioFolder = "scenarios"

func (a *app) controlsTestCommand(dirs *[]string) *cobra.Command {
	return &cobra.Command{
		Use: "test [ID|FILE...]", Short: "Run the examples of controls, and scenario files", Long: controlsTestHelp, Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := a.catalogue(*dirs)
			if err != nil {
				return err
			}
			t := &controlsTest{app: a, catalogue: c}
			if err := t.choose(args, *dirs); err != nil {
				return err
			}
			return t.run()
		},
	}
}

// controlsTest is one run of examples and scenario files.
type controlsTest struct {
	*app
	catalogue *control.Catalogue
	controls  []*control.Control
	scenarios []*control.Scenario
	failed    int
}

// choose reads every scenario file before anything is run, so that all mistakes are told at once.
func (t *controlsTest) choose(args, dirs []string) error {
	var ids, files []string
	for _, arg := range args {
		if isScenarioPath(arg) {
			files = append(files, arg)
		} else {
			ids = append(ids, arg)
		}
	}
	switch {
	case len(args) == 0:
		t.controls = t.catalogue.Controls()
		for _, dir := range dirs {
			if beside := filepath.Join(dir, scenarioFolder); isFolder(beside) {
				files = append(files, beside)
			}
		}
	case len(ids) > 0:
		chosen, err := t.catalogue.Select(control.Selection{Controls: ids})
		if err != nil {
			return selectionMistake(err)
		}
		t.controls = chosen
	}
	return t.read(files)
}

// isScenarioPath tells a file or a folder from the id of a control, which has neither a dot nor a slash in it.
func isScenarioPath(arg string) bool {
	ext := strings.ToLower(filepath.Ext(arg))
	return ext == ".yaml" || ext == ".yml" || strings.ContainsRune(filepath.ToSlash(arg), '/') || isFolder(arg)
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func (t *controlsTest) read(files []string) error {
	var found []yamlfile.Mistake
	for _, name := range files {
		each := []string{name}
		if isFolder(name) {
			var err error
			if each, err = yamlIn(name); err != nil {
				return err
			}
		}
		for _, file := range each {
			mistakes, err := t.readScenario(file)
			if err != nil {
				return err
			}
			found = append(found, mistakes...)
		}
	}
	if err := yamlfile.Join(found); err != nil {
		return &complaint{code: exitUsage, summary: terminal.Count(len(found), "mistake") + " in scenario files; nothing was run", excerpt: err.Error(),
			hint: "docs/schemas/scenario-v1.schema.json says what a scenario file may hold", err: err}
	}
	return nil
}

// yamlIn lists the YAML files of a folder.
func yamlIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, misuse("", "%s: %s", dir, plainCause(err))
	}
	var out []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, &complaint{code: exitNothing, summary: dir + ": holds no scenario file", hint: "name a folder that holds scenario files (.yaml)"}
	}
	slices.Sort(out)
	return out, nil
}

func (t *controlsTest) readScenario(file string) ([]yamlfile.Mistake, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &complaint{code: exitNothing, summary: file + ": no such file", hint: "name a scenario file (.yaml), or the id of a control", err: err}
	}
	if err != nil {
		return nil, misuse("", "%s: %s", file, plainCause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, yamlfile.MaxBytes+1))
	if err != nil {
		return nil, misuse("", "%s: %s", file, plainCause(err))
	}
	if controlFile.Match(text) {
		return nil, misuse("restorable controls test --controls "+filepath.Dir(file)+" runs the examples of all that stand beside it", "%s: a control, not a scenario file", file)
	}
	scenario, err := t.catalogue.ParseScenario(file, text)
	var wrong *control.LoadError
	switch {
	case errors.As(err, &wrong):
		return wrong.Mistakes, nil
	case err != nil:
		return nil, err
	}
	t.scenarios = append(t.scenarios, scenario)
	return nil, nil
}

// controlFile is what a control has and a scenario file has not.
var controlFile = regexp.MustCompile(`(?m)^passes\s*:`)

func (t *controlsTest) run() error {
	if len(t.controls) > 0 {
		t.examples()
	}
	if len(t.scenarios) > 0 {
		t.expectations()
	}
	if t.failed > 0 {
		return ended(exitFindings)
	}
	return nil
}

func (t *controlsTest) examples() {
	ran, before := 0, t.failed
	for _, k := range t.controls {
		for _, r := range t.catalogue.Test(k) {
			ran++
			t.tell(r.Err, k.ID+": "+r.Example.Name+": "+r.Finding.Reason)
		}
	}
	fmt.Fprintf(t.std.Out, "%s of %s: %d ran, %d failed\n", terminal.Count(ran, "example"), terminal.Count(len(t.controls), "control"), ran, t.failed-before)
}

func (t *controlsTest) expectations() {
	ran, before := 0, t.failed
	for _, s := range t.scenarios {
		for _, r := range t.catalogue.RunScenario(s) {
			ran++
			t.tell(r.Err, r.Place+": "+r.Case+": "+r.Finding.Control+": "+r.Finding.Reason)
		}
	}
	fmt.Fprintf(t.std.Out, "%s of %s: %d ran, %d failed\n", terminal.Count(ran, "expectation"), terminal.Count(len(t.scenarios), "scenario file"), ran, t.failed-before)
}

// tell prints what does not hold, and with --verbose what does.
func (t *controlsTest) tell(err error, held string) {
	switch {
	case err != nil:
		t.failed++
		fmt.Fprintln(t.std.Out, terminal.Line(terminal.Clean("FAIL "+err.Error())))
	case t.global.verbose:
		fmt.Fprintln(t.std.Out, terminal.Line(terminal.Clean("ok   "+held)))
	}
}
