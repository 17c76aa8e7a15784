package scenario

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// What the files for CI systems judge in these tests.
const (
	guarded = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}\n"
	open    = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n"
	unsure  = "Parameters:\n  On: {Type: String}\nResources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: !Ref On}\n"
)

// muted is a template with an exception that ends in a month.
func muted() string {
	return strings.Replace(open, "Orders:", `Orders: # restorable:ignore point-in-time-recovery reason="rebuilt nightly" owner=jane@example.com expires=`+
		time.Now().AddDate(0, 1, 0).Format(time.DateOnly), 1)
}

// job is a folder in which a CI system runs a shell, with the program on PATH.
type job struct {
	dir string
	env []string
}

// newJob holds files by their names.
func newJob(t *testing.T, files map[string]string) *job {
	t.Helper()
	j := &job{dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(j.dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(j.dir, "bin", "restorable")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := os.Mkdir(filepath.Join(j.dir, "work"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		file := filepath.Join(j.dir, "work", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j.env = []string{"PATH=" + filepath.Join(j.dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + j.dir}
	return j
}

// sh runs a script as GitLab does, and pre-commit.
func (j *job) sh(t *testing.T, script string, env ...string) (printed string, code int) {
	t.Helper()
	return j.shell(t, script, []string{"sh", "-e"}, env...)
}

func (j *job) shell(t *testing.T, script string, shell []string, env ...string) (printed string, code int) {
	t.Helper()
	file := filepath.Join(j.dir, "script.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell[0], append(slices.Clone(shell[1:]), file)...)
	cmd.Dir, cmd.Env = filepath.Join(j.dir, "work"), append(slices.Clone(j.env), env...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatalf("%s: %v", script, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// inRoot is a file of the repository.
func inRoot(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(inRoot(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// action is action.yml, with all members that it may have here.
type action struct {
	Name, Description string
	Branding          struct{ Icon, Color string }
	Inputs            map[string]struct{ Description, Default string }
	Outputs           map[string]struct{ Description, Value string }
	Runs              struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	Name, ID, If, Uses, Shell, Run string
	With, Env                      map[string]string
}

// runner does what GitHub's runner does with an action, for the expressions that ours uses.
type runner struct {
	*job
	action  action
	inputs  map[string]string
	outputs map[string]string // as steps.ID.outputs.NAME
	used    []string          // actions of others
	printed string
	summary string
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)

// expand puts values in the place of expressions.
func (r *runner) expand(t *testing.T, text string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		return r.value(t, expression.FindStringSubmatch(found)[1])
	})
}

func (r *runner) value(t *testing.T, name string) string {
	t.Helper()
	switch {
	case name == "github.action_path":
		return inRoot(t, ".")
	case name == "runner.temp":
		return filepath.Join(r.dir, "temp folder")
	case strings.HasPrefix(name, "inputs."):
		input, declared := r.action.Inputs[strings.TrimPrefix(name, "inputs.")]
		if !declared {
			t.Errorf("%s is not declared", name)
		}
		if given, ok := r.inputs[strings.TrimPrefix(name, "inputs.")]; ok {
			return given
		}
		return input.Default
	case strings.HasPrefix(name, "steps."):
		return r.outputs[name]
	}
	t.Errorf("${{ %s }} is not understood", name)
	return ""
}

// holds evaluates a condition: comparisons with texts, joined by &&.
func (r *runner) holds(t *testing.T, condition string) bool {
	t.Helper()
	for _, part := range strings.Split(condition, "&&") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 || words[1] != "==" && words[1] != "!=" {
			t.Fatalf("if: %s is not understood", condition)
		}
		if (r.value(t, words[0]) == strings.Trim(words[2], "'")) != (words[1] == "==") {
			return false
		}
	}
	return true
}

// run does the steps until one fails, and returns its exit code.
func (r *runner) run(t *testing.T) int {
	t.Helper()
	for _, step := range r.action.Runs.Steps {
		if !r.holds(t, step.If) {
			continue
		}
		for _, v := range step.With {
			r.expand(t, v)
		}
		if step.Uses != "" {
			r.used = append(r.used, step.Uses)
			continue
		}
		if code := r.step(t, step); code != 0 {
			return code
		}
	}
	return 0
}

func (r *runner) step(t *testing.T, step actionStep) int {
	t.Helper()
	if step.Shell != "bash" || expression.MatchString(step.Run) {
		t.Errorf("step %s: what people write must reach the shell by its environment alone", step.Name)
	}
	output, summary := filepath.Join(r.dir, "output"), filepath.Join(r.dir, "summary")
	env := []string{"GITHUB_OUTPUT=" + output, "GITHUB_STEP_SUMMARY=" + summary}
	for name, value := range step.Env {
		env = append(env, name+"="+r.expand(t, value))
	}
	printed, code := r.shell(t, step.Run, []string{"bash", "--noprofile", "--norc", "-eo", "pipefail"}, env...)
	r.printed += printed
	text, _ := os.ReadFile(output) // a step without outputs has no such file
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		r.outputs["steps."+step.ID+".outputs."+name] = value
	}
	said, _ := os.ReadFile(summary)
	r.summary = string(said)
	_ = os.Remove(output)
	return code
}

func newRunner(t *testing.T, files, inputs map[string]string) *runner {
	t.Helper()
	r := &runner{job: newJob(t, files), inputs: map[string]string{"binary": "restorable", "arguments": "--control\npoint-in-time-recovery"}, outputs: map[string]string{}}
	maps.Copy(r.inputs, inputs)
	readYAML(t, "action.yml", &r.action)
	return r
}

func TestTheActionEndsAsTheScanDoes(t *testing.T) {
	t.Parallel()
	_, err := exec.LookPath("jq")
	annotated := err == nil // without it the action annotates nothing, as its script says
	for _, row := range []struct {
		name   string
		files  map[string]string
		inputs map[string]string
		code   int
		prints string
	}{
		{"nothing wrong", map[string]string{"a.yaml": guarded}, nil, 0, "1 table without a finding"},
		{"a failure", map[string]string{"a b.yaml": open}, nil, 1, "::warning file=a b.yaml,line=2,title=point-in-time-recovery::point-in-time recovery of Orders is off: every change since its last backup would be lost\n"},
		{"without annotations", map[string]string{"a.yaml": open}, map[string]string{"annotate": "false"}, 1, "1 failed"},
		{"above the failure", map[string]string{"a.yaml": open}, map[string]string{"arguments": "--control=point-in-time-recovery\n--fail-on=high"}, 0, "1 failed"},
		{"not known, and told", map[string]string{"a.yaml": unsure}, nil, 0, "::warning title=restorable::nothing fails, but something is not known"},
		{"not known, and refused", map[string]string{"a.yaml": unsure}, map[string]string{"unknown": "fail"}, 3, "1 unknown"},
		{"not known, and let pass", map[string]string{"a.yaml": unsure}, map[string]string{"unknown": "ignore"}, 0, "1 unknown"},
		{"a wrong word", map[string]string{"a.yaml": guarded}, map[string]string{"unknown": "maybe"}, 2, "unknown: maybe is none of warn, fail and ignore"},
		{"no template", map[string]string{"readme.txt": "x"}, nil, 7, "the folder holds no template"},
		{"one of several paths", map[string]string{"a.yaml": guarded, "b c/b.yaml": open}, map[string]string{"paths": "a.yaml\nb c"}, 1, "b c/b.yaml,line=2"},
		{"a path that looks like a flag", map[string]string{"a.yaml": guarded}, map[string]string{"paths": "--help"}, 7, "--help: no such file"},
		{"what a shell would run", map[string]string{"a.yaml": guarded}, map[string]string{"paths": "$(touch pwned)"}, 7, "$(touch pwned): no such file"},
		{"an argument that a shell would run", map[string]string{"a.yaml": guarded}, map[string]string{"arguments": "--control=point-in-time-recovery\n--table=`touch pwned`;$(touch pwned)"}, 7, "no table matches --table `touch pwned`;$(touch pwned)"},
		{"a name with quotes", map[string]string{`it's "a" $b/\x .yaml`: open}, map[string]string{"paths": `it's "a" $b/\x .yaml`}, 1, `::warning file=it's "a" $b/\x .yaml,line=2`},
		{"a name of letters beyond ASCII", map[string]string{"é/100% ∑ 表🙂:,.yaml": open}, nil, 1, "::warning file=é/100%25 ∑ 表🙂%3A%2C.yaml,line=2,"},
		{"a star that is one", map[string]string{"a.yaml": open}, map[string]string{"paths": "*.yaml"}, 7, "*.yaml: no such file"},
		{"what GitHub would take for a command", map[string]string{"a.yaml": "Resources:\n  A:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: \"a%0A::error::b\\n::error::c\"}\n"}, nil, 1, "point-in-time recovery of a%250A::error::b"},
		{"a mistake", map[string]string{"a.yaml": "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table # restorable:ignore pitr-window\n"}, nil, 2, "a.yaml:3:32: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t, row.files, row.inputs)
			if strings.HasPrefix(row.prints, "::warning file") && !annotated {
				t.Skip("jq is not installed")
			}
			if code := r.run(t); code != row.code || !strings.Contains(strings.Join(strings.Fields(r.printed), " "), strings.Join(strings.Fields(row.prints), " ")) {
				t.Errorf("ends with %d, want %d, and prints\n%s\nwant %s", code, row.code, r.printed, row.prints)
			}
			if strings.Contains(r.printed, "\n::error::c") {
				t.Errorf("prints a command that a name holds:\n%s", r.printed)
			}
			if _, err := os.Stat(filepath.Join(r.dir, "work", "pwned")); err == nil {
				t.Error("the shell ran what a path says")
			}
			if row.inputs["annotate"] == "false" && strings.Contains(r.printed, "::warning") {
				t.Errorf("annotates without being asked to:\n%s", r.printed)
			}
			if got := r.outputs["steps.scan.outputs.exit-code"]; row.name != "not known, and told" && row.inputs["unknown"] == "" && got != strconv.Itoa(row.code) {
				t.Errorf("the output exit-code is %q", got)
			}
		})
	}
}

func TestTheActionHandsItsReportsOn(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq, which GitHub's runners have, is not installed")
	}
	r := newRunner(t, map[string]string{"a.yaml": open, "b.yaml": muted(), "c.yaml": unsure}, map[string]string{"upload": "true"})
	if code := r.run(t); code != 1 {
		t.Fatalf("ends with %d:\n%s", code, r.printed)
	}
	for name, output := range r.action.Outputs {
		if r.expand(t, output.Value) == "" {
			t.Errorf("the output %s is empty", name)
		}
	}
	if !slices.Equal(r.used, []string{"github/codeql-action/upload-sarif@v4"}) {
		t.Errorf("with a binary it uses %v", r.used)
	}
	if got := r.outputs["steps.scan.outputs.failed"] + " " + r.outputs["steps.scan.outputs.unknown"]; got != "2 1" {
		t.Errorf("FAIL and UNKNOWN: %s", got)
	}
	if !strings.Contains(r.summary, "<!-- restorable report -->") || !strings.Contains(r.summary, "a.yaml&#58;2") {
		t.Errorf("the summary is\n%s", r.summary)
	}
	all, sent := r.results(t, "sarif"), r.results(t, "upload")
	if !slices.Equal(all, []string{"a.yaml fail", "b.yaml fail suppressed", "c.yaml open"}) || !slices.Equal(sent, []string{"a.yaml fail", "c.yaml open"}) {
		t.Errorf("of %q, %q go to code scanning", all, sent)
	}
}

// results are the results of a SARIF file that the scan put out.
func (r *runner) results(t *testing.T, output string) []string {
	t.Helper()
	text, err := os.ReadFile(r.outputs["steps.scan.outputs."+output])
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Kind         string
				Suppressions []any
				Locations    []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, result := range log.Runs[0].Results {
		line := result.Locations[0].PhysicalLocation.ArtifactLocation.URI + " " + result.Kind
		if len(result.Suppressions) > 0 {
			line += " suppressed"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// TestTheActionBuildsAndScans with the real Go, from its own sources, as on a runner that has all modules. Go's caches stay where they are.
func TestTheActionBuildsAndScans(t *testing.T) {
	sequential(t)
	if os.Getenv("CGO_ENABLED") != "0" {
		t.Skip("Go would compile everything once more: set CGO_ENABLED=0, as the action does")
	}
	t.Parallel()
	r := newRunner(t, map[string]string{"a.yaml": open}, map[string]string{"binary": ""})
	if err := os.Remove(filepath.Join(r.dir, "bin", "restorable")); err != nil {
		t.Fatal(err)
	}
	caches, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(caches)), "\n")
	r.env = append(r.env, "GOCACHE="+lines[0], "GOMODCACHE="+lines[1], "GOPROXY=off", "GOTOOLCHAIN=local")
	if code := r.run(t); code != 1 || !strings.Contains(r.printed, "1 failed") {
		t.Errorf("ends with %d:\n%s", code, r.printed)
	}
	if info, err := os.Stat(filepath.Join(r.dir, "temp folder", "restorable", "bin", "restorable")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("built nothing: %v", err)
	}
}

// TestTheActionUsesTheActionsOfKnownOwners, by their major version at least, and tells code scanning under which category.
func TestTheActionUsesTheActionsOfKnownOwners(t *testing.T) {
	t.Parallel()
	r := newRunner(t, nil, nil)
	uses := regexp.MustCompile(`^(actions|github)/[a-z/-]+@(v\d+(\.\d+)*|[0-9a-f]{40})$`)
	for _, step := range r.action.Runs.Steps {
		if step.Uses != "" && !uses.MatchString(step.Uses) {
			t.Errorf("%s uses %s", step.Name, step.Uses)
		}
		if strings.Contains(step.Uses, "upload-sarif") && step.With["category"] != "${{ inputs.category }}" {
			t.Errorf("%s has the category %q", step.Name, step.With["category"])
		}
	}
}

// TestTheActionBuildsItself: without a binary, Go is set up and the action's own sources are built.
func TestTheActionBuildsItself(t *testing.T) {
	t.Parallel()
	r := newRunner(t, map[string]string{"a.yaml": guarded}, map[string]string{"binary": ""})
	stub := "#!/bin/sh\nset -e\n[ \"$1 $2\" = 'build -buildvcs=false' ] && [ \"$3\" = -o ] && [ \"$5\" = ./cmd/restorable ] && [ -d \"$5\" ]\nmkdir -p \"${4%/*}\"\nln -s \"$(command -v restorable)\" \"$4\"\n"
	if err := os.WriteFile(filepath.Join(r.dir, "bin", "go"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	if code := r.run(t); code != 0 || !slices.Equal(r.used, []string{"actions/setup-go@v6"}) {
		t.Errorf("ends with %d after %v:\n%s", code, r.used, r.printed)
	}
}

func TestGitLabsJobRuns(t *testing.T) {
	t.Parallel()
	var file struct {
		Restorable struct {
			Stage, Image string
			Variables    map[string]string
			BeforeScript []string `yaml:"before_script"`
			Script       []string `yaml:"script"`
			AllowFailure struct {
				ExitCodes []int `yaml:"exit_codes"`
			} `yaml:"allow_failure"`
			Artifacts struct {
				When, ExpireIn string `yaml:",omitempty"`
				Paths          []string
				Reports        struct{ Junit, Codequality string }
			}
		}
	}
	text, err := os.ReadFile(inRoot(t, "ci/gitlab.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	of := file.Restorable
	for _, row := range []struct {
		files     map[string]string
		variables map[string]string
		code      int
	}{
		{map[string]string{"a.yaml": guarded}, nil, 0},
		{map[string]string{"a.yaml": open}, nil, 1},
		{map[string]string{"a.yaml": unsure}, nil, of.AllowFailure.ExitCodes[0]},
		{map[string]string{"infra/a.yaml": guarded, "b.yaml": open}, map[string]string{"SCAN_PATHS": "infra"}, 0},
	} {
		j := newJob(t, row.files)
		variables := maps.Clone(of.Variables)
		variables["SCAN_ARGUMENTS"] = "--control point-in-time-recovery"
		maps.Copy(variables, row.variables)
		var env []string
		for name, value := range variables {
			env = append(env, name+"="+value)
		}
		printed, code := j.sh(t, strings.Join(append(slices.Clone(of.BeforeScript), of.Script...), "\n"), env...)
		if code != row.code {
			t.Errorf("%v ends with %d, want %d:\n%s", row.files, code, row.code, printed)
		}
		for _, name := range append(slices.Clone(of.Artifacts.Paths), of.Artifacts.Reports.Junit, of.Artifacts.Reports.Codequality) {
			if info, err := os.Stat(filepath.Join(j.dir, "work", name)); err != nil || info.Size() == 0 {
				t.Errorf("the artifact %s: %v", name, err)
			}
		}
	}
}

func TestHooksOfPreCommitRun(t *testing.T) {
	sequential(t)
	t.Parallel()
	var hooks []struct {
		ID, Name, Description, Language, Entry, Files string
		Args                                          []string
		PassFilenames                                 bool `yaml:"pass_filenames"`
		RequireSerial                                 bool `yaml:"require_serial"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 2 || hooks[0].ID != "restorable" || hooks[1].ID != "restorable-system" {
		t.Fatalf("%+v", hooks)
	}
	for _, hook := range hooks {
		for name, want := range map[string]bool{"a.yaml": true, "b/c.yml": true, "d.template": true, "e.tf": true, "e.tf.json": true, "f.tfvars": true, "g.go": false, "yaml": false} {
			if got := regexp.MustCompile(hook.Files).MatchString(name); got != want || hook.PassFilenames {
				t.Errorf("%s runs for %s: %v", hook.ID, name, got)
			}
		}
		for text, want := range map[string]int{guarded: 0, open: 1, unsure: 0, "Resources: [": 2} {
			j := newJob(t, map[string]string{"infra/a.yaml": text + "\n# AWS::DynamoDB::Table\n"})
			// Entry and arguments become one command line: pre-commit parts the entry as a shell does.
			printed, code := j.sh(t, hook.Entry+" --control point-in-time-recovery "+strings.Join(hook.Args, " "))
			if code != want {
				t.Errorf("%s on %q ends with %d, want %d:\n%s", hook.ID, text, code, want, printed)
			}
		}
	}
}
