package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the repository.
func root(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestSchemasTakeTheFilesForPipelines: those that editors know them by, and pre-commit's own; a file with a mistake is refused, so that their
// silence means something.
func TestSchemasTakeTheFilesForPipelines(t *testing.T) {
	check, precommit := counterpart(t, "venv", "bin", "check-jsonschema"), counterpart(t, "venv", "bin", "pre-commit")
	for _, c := range []struct {
		file, right, wrong string
		command            []string
	}{
		{"action.yml", "using: composite", "using: composed", []string{check, "--builtin-schema", "vendor.github-actions"}},
		{"ci/gitlab.yml", "codequality:", "code_quality:", []string{check, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"}},
		{".pre-commit-hooks.yaml", "language: golang", "language: gopher", []string{precommit, "validate-manifest"}},
	} {
		text, err := os.ReadFile(root(t, c.file))
		if err != nil {
			t.Fatal(err)
		}
		broken := filepath.Join(t.TempDir(), filepath.Base(c.file))
		if err := os.WriteFile(broken, []byte(strings.Replace(string(text), c.right, c.wrong, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		for file, taken := range map[string]bool{root(t, c.file): true, broken: false} {
			cmd := exec.CommandContext(t.Context(), c.command[0], append(c.command[1:], file)...)
			cmd.Env = environment(t)
			if said, err := cmd.CombinedOutput(); (err == nil) != taken {
				t.Errorf("%s, taken should be %v: %v\n%s", file, taken, err, said)
			}
		}
	}
}

// TestPreCommitRunsTheHooks: pre-commit itself clones this repository as it was last committed, builds the program where the hook says so, and calls
// it. What it builds comes from Go's caches: nothing is fetched.
func TestPreCommitRunsTheHooks(t *testing.T) {
	precommit := counterpart(t, "venv", "bin", "pre-commit")
	home, folder := t.TempDir(), t.TempDir()
	modules := strings.TrimSpace(string(output(t, exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE"))))
	env := environment(t, "PRE_COMMIT_HOME="+home, "GOPROXY=off", "GOFLAGS=-mod=mod", "CGO_ENABLED=0", "GOMODCACHE="+modules)
	run := func(name string, args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = folder, env
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	if said, err := run("git", "init", "--quiet"); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	revision := strings.TrimSpace(string(output(t, exec.CommandContext(t.Context(), "git", "-C", root(t, "."), "rev-parse", "HEAD"))))
	hooked := func(hook, template string) (string, error) {
		config := fmt.Sprintf("repos: [{repo: %q, rev: %s, hooks: [{id: %s}]}]\n", root(t, "."), revision, hook)
		for name, text := range map[string]string{"a b.yaml": template, ".pre-commit-config.yaml": config} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if said, err := run("git", "add", "--all"); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		return run(precommit, "run", "--all-files")
	}
	const declared = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n"
	guarded := declared + "    Properties:\n      DeletionProtectionEnabled: true\n      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}\n"
	for _, hook := range []string{"restorable", "restorable-system"} {
		if said, err := hooked(hook, guarded); err != nil || !strings.Contains(said, "Passed") {
			t.Errorf("%s stops what is well, or not known: %v\n%s", hook, err, said)
		}
		if said, err := hooked(hook, declared); err == nil || !strings.Contains(said, "[point-in-time-recovery]") {
			t.Errorf("%s lets a table pass that nothing guards: %v\n%s", hook, err, said)
		}
		built, err := filepath.Glob(filepath.Join(home, "*", "golangenv-*", "bin", "restorable"))
		if err != nil || len(built) == 0 {
			t.Fatalf("pre-commit built nothing: %v", err)
		}
		env = append(env, "PATH="+filepath.Dir(built[0])+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
}
