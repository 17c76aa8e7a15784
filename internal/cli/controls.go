package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// controlOptions choose what is asked.
type controlOptions struct {
	ids        []string
	skip       []string
	frameworks []string
	dirs       []string
}

func (o *controlOptions) register(f *pflag.FlagSet) {
	f.StringSliceVar(&o.ids, "control", nil, "only these `controls`; ids of other scanners are understood")
	f.StringSliceVar(&o.skip, "skip-control", nil, "leave these `controls` out")
	f.StringSliceVar(&o.frameworks, "framework", nil, "the controls that a `framework` maps to, for example nist-csf-1.1, and how far it is met; aws-best-practices asks all controls; with --control, of those alone")
	registerDirs(f, &o.dirs)
}

func registerDirs(f *pflag.FlagSet, dirs *[]string) {
	f.StringArrayVar(dirs, "controls", nil, "`folder` with controls of your own; repeatable")
}

// catalogue is the built-in one with the user's folders.
func (a *app) catalogue(dirs []string) (*control.Catalogue, error) {
	c, err := control.Load()
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, &complaint{code: exitNothing, summary: "--controls " + dir + ": no such folder", hint: "name a folder that holds control files (.yaml)"}
		}
		if c, err = c.LoadDir(os.DirFS(dir), dir); err != nil {
			return nil, badControls(err)
		}
	}
	return c, nil
}

func badControls(err error) error {
	var load *control.LoadError
	if errors.As(err, &load) {
		return &complaint{code: exitUsage, summary: terminal.Count(len(load.Mistakes), "mistake") + " in control files; nothing was judged", excerpt: load.Error(),
			hint: "restorable controls test --controls DIR checks them; restorable controls show ID shows a working one", err: err}
	}
	if errors.Is(err, control.ErrNoFiles) {
		return &complaint{code: exitNothing, summary: err.Error(), hint: "name the folder that the control files (.yaml) stand in", err: err}
	}
	return misuse("", "%v", err)
}

func (a *app) selectControls(o controlOptions) (*control.Catalogue, []*control.Control, error) {
	c, err := a.catalogue(o.dirs)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := c.Select(control.Selection{Controls: o.ids, Skip: o.skip, Frameworks: o.frameworks})
	if err != nil {
		return nil, nil, selectionMistake(err)
	}
	if len(chosen) == 0 {
		return nil, nil, &complaint{code: exitNothing, summary: "--skip-control leaves no control to ask", hint: "restorable controls list"}
	}
	return c, chosen, nil
}

func selectionMistake(err error) error {
	var unknown *control.SelectionError
	if !errors.As(err, &unknown) {
		return misuse("restorable controls list", "%v", err)
	}
	hint := unknown.Hint
	switch {
	case hint != "":
	case unknown.What == "framework":
		hint = "restorable frameworks lists them"
	default:
		hint = "restorable controls list"
	}
	return misuse(hint, "unknown %s %q", unknown.What, unknown.Name)
}

func (a *app) controlsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "controls", Short: "List, show and test controls", Example: "  restorable controls list\n  restorable controls show recoverable\n  restorable controls test --controls my-controls"}
	group(cmd)
	var dirs []string
	registerDirs(cmd.PersistentFlags(), &dirs)
	cmd.AddCommand(a.controlsListCommand(&dirs), a.controlsShowCommand(&dirs), a.controlsTestCommand(&dirs))
	return cmd
}

func (a *app) controlsListCommand(dirs *[]string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List all controls", Example: "  restorable controls list --controls my-controls", Args: exactArgs(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			c, err := a.catalogue(*dirs)
			if err != nil {
				return err
			}
			if asJSON {
				return a.listJSON(c)
			}
			width := longest(c.Controls(), func(k *control.Control) string { return k.ID })
			for _, k := range c.Controls() {
				fmt.Fprintf(a.std.Out, "%-9s %-14s %-*s %s\n", k.Severity, k.Resource, width, k.ID, terminal.Clean(k.Title))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

type controlJSON struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Severity control.Severity `json:"severity"`
	Level    int              `json:"level"`
	Kind     string           `json:"kind"`
	Resource control.Type     `json:"resource"`
	Profiles []string         `json:"profiles"`
	Remedy   string           `json:"remedy,omitempty"`
	Passes   string           `json:"passes"`
}

func (a *app) listJSON(c *control.Catalogue) error {
	out := []controlJSON{}
	for _, k := range c.Controls() {
		out = append(out, controlJSON{k.ID, k.Title, k.Severity, k.Level, k.Kind, k.Resource, k.Profiles, k.Remedy, k.Passes})
	}
	return a.printJSON(out)
}

func (a *app) controlsShowCommand(dirs *[]string) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Example: "  restorable controls show recoverable", Short: "Show one control: question, parameters, how to check by hand", Args: exactArgs(1, "the id of a control"),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := a.catalogue(*dirs)
			if err != nil {
				return err
			}
			found, err := c.Select(control.Selection{Controls: args})
			if err != nil {
				return selectionMistake(err)
			}
			for _, k := range found {
				showControl(a.std.Out, a.screen(a.std.Out), c, k)
			}
			return nil
		},
	}
}

// showControl prints everything that a person may want to know of a control.
func showControl(w io.Writer, screen terminal.Screen, c *control.Catalogue, k *control.Control) {
	p := printer{w: w, screen: screen}
	p.title(k.ID + ": " + k.Title)
	p.text("", k.Description)
	p.text("", fmt.Sprintf("%s, level %d, %s, judges each %s", k.Severity, k.Level, k.Kind, k.Resource))
	p.section("Passes when")
	p.lines("  ", k.Passes)
	if k.Applies != "true" {
		p.section("Applies when")
		p.lines("  ", k.Applies)
	}
	if len(k.Parameters) > 0 {
		p.section("Parameters")
		for _, param := range k.Parameters {
			p.text("  ", fmt.Sprintf("%s (%s, default %s): %s", param.Name, param.Type, param.Defaults(), param.Description))
		}
	}
	p.section("Check by hand")
	for _, command := range k.ByHand.Commands {
		p.lines("  ", "$ "+command)
	}
	p.text("  ", "Console: "+k.ByHand.Console)
	if len(k.Aliases) > 0 {
		p.section("Elsewhere")
		for _, alias := range k.Aliases {
			p.text("  ", alias.Peer+": "+strings.Join(alias.IDs, ", "))
		}
	}
	if mapped := c.RequirementsOf(k.ID); len(mapped) > 0 {
		p.section("Frameworks")
		for _, f := range c.Frameworks() {
			if ids := mapped[f.ID]; len(ids) > 0 {
				p.text("  ", f.ID+": "+strings.Join(ids, ", "))
			}
		}
	}
	p.section("References")
	for _, ref := range k.References {
		p.lines("  ", ref)
	}
}
