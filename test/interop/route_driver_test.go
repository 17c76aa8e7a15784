package interop

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/remedy/render"
)

// fastCLI runs AWS CLI without loading it anew for each command: `aws` in a folder that comes first on PATH hands its words on to one
// server (py/aws_server.py). `aws cloudformation` is a deployer of our own (py/cfn_deploy.py).
type fastCLI struct {
	folder string // of the program aws
	socket string
}

// newFastCLI starts the server until the test ends.
func newFastCLI(t *testing.T) fastCLI {
	t.Helper()
	interpreter := python(t)
	here, err := filepath.Abs("py")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "aws") // short: the path of a socket has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	c := fastCLI{folder, filepath.Join(folder, "socket")}
	program := "#!/bin/sh\nif [ \"$1\" = cloudformation ]; then exec '" + interpreter + "' '" + here + "/cfn_deploy.py' \"$@\"; fi\n" +
		"exec '" + interpreter + "' -S -E '" + here + "/aws_client.py' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(folder, "aws"), []byte(program), 0o700); err != nil { //nolint:gosec // a program must be executable
		t.Fatal(err)
	}
	c.serve(t, interpreter, here)
	return c
}

func (c fastCLI) serve(t *testing.T, interpreter, here string) {
	t.Helper()
	cmd := exec.Command(interpreter, filepath.Join(here, "aws_server.py"), c.socket)
	cmd.Env = environment(t)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // the server's sign to end
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("start AWS CLI's server: %v\n%s", err, clip(errs.Bytes()))
	}
}

// workplace is a folder with rendered files, in which their commands run against one simulated AWS.
type workplace struct {
	t   *testing.T
	dir string
	env []string
}

// place writes the files of a route into a folder of its own. key is the access key of whoever deploys them.
func place(t *testing.T, sim *simtest.Sim, cli fastCLI, made render.Rendering, key, secret string) workplace {
	t.Helper()
	dir := t.TempDir()
	for _, f := range made.Files {
		mode := os.FileMode(0o600)
		if f.Executable {
			mode = 0o700
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, mode); err != nil {
			t.Fatal(err)
		}
	}
	env := environment(t, "AWS_ENDPOINT_URL="+sim.URL, "AWS_ACCESS_KEY_ID="+key, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_CLI_SOCKET="+cli.socket,
		"PATH="+cli.folder+string(os.PathListSeparator)+os.Getenv("PATH"),
		"AWS_DEFAULT_REGION="+simtest.Region, "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "TF_CLI_ARGS_init=-plugin-dir="+terraformPlugins())
	return workplace{t, dir, env}
}

// run performs a command line of a shell in the folder and returns what it printed and its exit code.
func (w workplace) run(line string) (string, int) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "bash", "-c", line)
	cmd.Dir, cmd.Env = w.dir, w.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

func (w workplace) must(lines ...string) {
	w.t.Helper()
	for _, line := range lines {
		if out, code := w.run(line); code != 0 {
			w.t.Fatalf("%s: exit code %d\n%s", line, code, tail([]byte(out)))
		}
	}
}

func terraformPlugins() string {
	if folder := os.Getenv("TERRAFORM_PLUGIN_DIR"); folder != "" {
		return folder
	}
	return "/opt/tf-plugins"
}

// needTerraform skips without the binary or the AWS provider; RESTORABLE_COUNTERPARTS_REQUIRED does not ask for Terraform.
func needTerraform(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("no terraform binary on PATH")
	}
	if _, err := os.Stat(filepath.Join(terraformPlugins(), "registry.terraform.io", "hashicorp", "aws")); err != nil {
		t.Skipf("no AWS provider in TERRAFORM_PLUGIN_DIR: %v", err)
	}
}

// lint lets cfn-lint judge a template; whatever it says, information included, is a failure.
func lint(t *testing.T, w workplace, files []render.File) {
	t.Helper()
	linter := counterpart(t, "venv", "bin", "cfn-lint")
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".yaml") {
			if out, code := w.run("'" + linter + "' -c I -r eu-west-1 us-east-1 -- '" + f.Name + "'"); code != 0 || strings.TrimSpace(out) != "" {
				t.Errorf("cfn-lint of %s: %d\n%s", f.Name, code, out)
			}
		}
	}
}
