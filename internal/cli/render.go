package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/render"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const renderHelp = `Writes the actions of a plan as files, for people who do not let a tool write. PLAN is a saved plan; without
one it plans first, live or from estate files, with the flags of restorable plan. Never writes to AWS.

  restorable render --as cli plan.json > mend.sh          a shell script for AWS CLI
  restorable render --as terraform plan.json --out mend   files in a folder; how to use them on standard output
  restorable render --as console --region eu-west-1       steps for a person, of a plan made now

What a route cannot express stands at the top of its main file, with the command of the route that can.

Routes:
`

type renderOptions struct {
	plan  planOptions
	as    string
	out   string
	name  string
	force bool
}

func (a *app) renderCommand() *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:     "render --as ROUTE [PLAN|PATH...]",
		Short:   "The actions of a plan as files: script, templates, policies, steps. Never writes to AWS",
		Long:    renderHelp + routeList(),
		Example: "  restorable render --as cloudformation plan.json --out mend",
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.render(ctx, cmd.Context(), paths, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "`route`: "+strings.Join(routeNames(), ", "))
	f.StringVar(&o.out, "out", "-", "`folder` for the files; - is standard output, for a route that makes one file")
	f.StringVar(&o.name, "name", "restorable", "`name` of the files, the stack and the policies")
	f.BoolVar(&o.force, "force", false, "overwrite files that restorable has not made")
	o.plan.register(f)
	return cmd
}

func routeNames() []string {
	var out []string
	names, _ := render.Routes()
	for _, n := range names {
		out = append(out, string(n))
	}
	return out
}

func routeList() string {
	var lines []string
	names, short := render.Routes()
	for _, n := range names {
		lines = append(lines, fmt.Sprintf("  %-18s %s", n, short[n]))
	}
	return strings.Join(lines, "\n")
}

func (o renderOptions) validate() error {
	hint := "--as " + strings.Join(routeNames(), ", --as ")
	if o.as == "" {
		return misuse(hint, "render needs --as")
	}
	if near := suggest.Nearest(o.as, routeNames()); near != o.as {
		if near != "" {
			hint = "did you mean --as " + near + "?"
		}
		return misuse(hint, "--as %s: unknown route", o.as)
	}
	if o.name == "" || strings.ContainsAny(o.name, "/\\") || !isStackName(o.name) {
		return misuse("--name restorable", "--name %q: want a letter first, then letters, digits and -, at most 64", o.name)
	}
	return nil
}

// isStackName: what names a CloudFormation stack may name the other files as well.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
func isStackName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return len(s) <= 64
}

// render collects under ctx, which a --timeout may end, and tells an interruption by the user from it by user.
func (a *app) render(ctx, user context.Context, paths []string, o renderOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	plan, file, es, err := a.planToRender(ctx, user, paths, &o)
	if err != nil {
		return err
	}
	if len(plan.Actions) == 0 {
		a.note("the plan has nothing to do: no files are made")
		return ended(a.renderCode(o, es, plan))
	}
	made, err := render.Render(plan, render.Route(o.as), render.Options{Plan: file, Name: o.name})
	var refusal *render.Refusal
	if errors.As(err, &refusal) {
		others := slices.DeleteFunc(routeNames(), func(n string) bool { return n == o.as })
		return misuse("another route: --as "+strings.Join(others, ", --as "), "%s", refusal.Error())
	}
	if err != nil {
		return err
	}
	if es != nil && o.out != "-" {
		if made.Files, err = withPlan(made.Files, plan); err != nil {
			return err
		}
	}
	if err := a.deliver(o, made); err != nil {
		return err
	}
	for _, g := range made.Gaps {
		a.note("not in these files: %s. %s For that: restorable render --as %s %s", g.What, g.Why, g.By, file)
	}
	return ended(a.renderCode(o, es, plan))
}

func (a *app) renderCode(o renderOptions, es *estate.Estate, p *remedy.Plan) int {
	if es == nil {
		return exitClean
	}
	return a.planCode(o.plan, es, p)
}

// planToRender loads a saved plan, or makes one; the estate is nil for one that was loaded. file is the name under which the plan lies,
// or will lie beside the files.
func (a *app) planToRender(ctx, user context.Context, paths []string, o *renderOptions) (plan *remedy.Plan, file string, es *estate.Estate, err error) {
	if len(paths) == 1 && isSavedPlan(paths[0]) {
		plan, err = loadPlan(paths[0])
		return plan, paths[0], nil, err
	}
	o.plan.sort(append(paths, o.plan.from...))
	if err = a.liveOnly(o.plan.source); err != nil {
		return nil, "", nil, err
	}
	if err = o.plan.validate(a.typed); err != nil {
		return nil, "", nil, err
	}
	plan, es, err = a.makePlan(ctx, user, o.plan)
	return plan, "plan.json", es, err
}

// isSavedPlan looks at the beginning of a file. One that cannot be read is none: whoever opens it next says why.
func isSavedPlan(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4096))
	return err == nil && remedy.IsPlan(head)
}

// withPlan puts the plan that was made now beside the files, for apply and for the other routes.
func withPlan(files []render.File, p *remedy.Plan) ([]render.File, error) {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return nil, err
	}
	return append(files, render.File{Name: "plan.json", Content: b.Bytes()}), nil
}

// deliver writes the files, or prints the one. How they come to work goes to standard output where that is not the file itself.
func (a *app) deliver(o renderOptions, made render.Rendering) error {
	if o.out == "-" {
		if len(made.Files) > 1 && !made.Alone {
			return misuse("--out FOLDER", "--as %s makes %s", o.as, terminal.Count(len(made.Files), "file"))
		}
		if len(made.Files) > 1 {
			a.note("--out FOLDER makes %s too", strings.Join(fileNames(made.Files[1:]), ", "))
		}
		if _, err := a.std.Out.Write(made.Files[0].Content); err != nil {
			return unwritten(err)
		}
		return nil
	}
	if err := writeFiles(o.out, made.Files, o.force); err != nil {
		return err
	}
	a.note("%s in %s: %s", terminal.Count(len(made.Files), "file"), o.out, strings.Join(fileNames(made.Files), ", "))
	lines := append([]string{"cd " + render.ShellWord(o.out)}, made.Deploy...)
	_, err := fmt.Fprintln(a.std.Out, strings.Join(lines, "\n"))
	return err
}

func fileNames(files []render.File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

// writeFiles writes all files aside and gives them their names when all are written. Files that restorable has not made stay unless forced.
func writeFiles(folder string, files []render.File, force bool) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return misuse("choose another folder with --out", "write %s: %s", folder, plainCause(err))
	}
	var aside []*asideFile
	defer func() {
		for _, f := range aside {
			f.discard()
		}
	}()
	for _, f := range files {
		name := filepath.Join(folder, f.Name)
		if !force && foreign(name, f.Content) {
			return misuse("--force, or another folder", "%s is there already, and restorable has not made it", name)
		}
		w, err := createAside(name)
		if err != nil {
			return misuse("choose another folder with --out", "%v", err)
		}
		aside = append(aside, w)
		if _, err := w.Write(f.Content); err != nil {
			return unwritten(err)
		}
	}
	for i, w := range aside {
		if err := w.commit(); err != nil {
			return unwritten(err)
		}
		if files[i].Executable {
			if err := os.Chmod(filepath.Join(folder, files[i].Name), 0o755); err != nil {
				return unwritten(err)
			}
		}
	}
	return nil
}

// foreign reports whether a file is there that restorable has not made: without its mark, and other than what is to be written.
func foreign(name string, content []byte) bool {
	old, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	return err != nil || !bytes.Equal(old, content) && !bytes.Contains(old[:min(len(old), 4096)], []byte(render.Mark)) && !remedy.IsPlan(old[:min(len(old), 4096)])
}
