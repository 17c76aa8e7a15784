package cli

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/restorable/restorable/internal/yamlfile"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noFile is the --config that reads no file at all.
const noFile = "none"

// origin is where the value of a setting comes from.
type origin struct {
	kind  string // flag, environment, file or default
	place string // name of the variable, or file and line; may be empty
}

// settle fills in what flags did not say: first the environment, then the configuration file.
func (a *app) settle(cmd *cobra.Command) error {
	flags := cmd.Flags()
	a.origins = map[string]origin{}
	a.typed = map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { a.typed[f.Name], a.origins[f.Name] = true, origin{kind: "flag"} })
	given := maps.Clone(a.typed)
	if err := a.fromEnvironment(flags, given); err != nil {
		return err
	}
	if err := a.readFile(cmd); err != nil {
		return err
	}
	if a.file != nil {
		if err := a.fromFile(cmd, given); err != nil {
			return err
		}
	}
	return a.global.validate()
}

func (o globalOptions) validate() error {
	if o.timeout < 0 {
		return misuse("--timeout 10m", "--timeout %s: want 0 or more", o.timeout)
	}
	return nil
}

func (a *app) fromEnvironment(flags *pflag.FlagSet, given map[string]bool) error {
	var mistake error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "RESTORABLE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := a.env(name)
		if value == "" || given[f.Name] || f.Name == "help" {
			return
		}
		given[f.Name], a.origins[f.Name] = true, origin{"environment", name}
		if err := set(flags, f, strings.Split(value, ",")); err != nil && mistake == nil {
			mistake = misuse("unset "+name+", or give it a value that --"+f.Name+" takes", "%s=%q: %v", name, value, err)
		}
	})
	return mistake
}

// readFile reads the file that was named, or the one of the current folder.
func (a *app) readFile(cmd *cobra.Command) error {
	name, named := a.global.config, true
	switch {
	case name == noFile:
		return nil
	case name == "" && takesNoFile(cmd):
		return nil
	case name == "":
		if _, err := os.Stat(config.DefaultName); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name, named = config.DefaultName, false
	}
	file, err := config.Read(name, settings(cmd.Root()))
	if err != nil {
		return badConfig(err)
	}
	if !named {
		if err := trusted(file); err != nil {
			return err
		}
	}
	a.file, a.policy = file, &file.Policy
	return nil
}

// takesNoFile: these tell stories of their own, or must work whatever a file says.
func takesNoFile(cmd *cobra.Command) bool {
	for c := cmd; c.HasParent(); c = c.Parent() {
		if slices.Contains([]string{"demo", "sim", "init", "version", "completion", "help"}, c.Name()) {
			return true
		}
	}
	return false
}

func badConfig(err error) error {
	var wrong *yamlfile.Error
	if !errors.As(err, &wrong) {
		return misuse("--config with a YAML file, or --config none", "%v", err)
	}
	return &complaint{code: exitUsage, summary: terminal.Count(len(wrong.Mistakes), "mistake") + " in " + wrong.Mistakes[0].File + "; nothing was done",
		excerpt: wrong.Error(), hint: "restorable config show lists what can be set; --config none goes on without the file", err: err}
}

// trusted refuses settings that say where to send requests, what to overwrite and what to do without asking, when nobody named the file:
// whoever wrote the folder that one happens to stand in must not decide that.
func trusted(file *config.File) error {
	for _, e := range file.Entries {
		guarded := slices.Contains([]string{"endpoint-url", "out", "force", "auto-approve", "leave-uncovered", "drop", "repair", "read-stream"}, e.Key)
		writes := e.Key == "output" && slices.ContainsFunc(e.Values, func(v string) bool { return strings.Contains(v, "=") })
		if guarded || writes {
			return badConfig(file.Mistake(e.Place, "--config "+file.Name+" takes it, if you trust the file",
				"%s is not taken from a file that nobody named", e.Key))
		}
	}
	return nil
}

// fromFile sets the flags of this command: a file serves all commands, and each takes what it knows.
func (a *app) fromFile(cmd *cobra.Command, given map[string]bool) error {
	for _, entry := range a.file.Entries {
		f := cmd.Flags().Lookup(entry.Key)
		if f == nil || given[entry.Key] {
			continue
		}
		if err := set(cmd.Flags(), f, entry.Values); err != nil {
			return badConfig(a.file.Mistake(entry.Place, "", "%s: %v", entry.Key, err))
		}
		a.origins[entry.Key] = origin{"file", a.file.At(entry.Place)}
	}
	return nil
}

func set(flags *pflag.FlagSet, f *pflag.Flag, values []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	return flags.Set(f.Name, strings.Join(values, ","))
}

// settings are the flags of all commands, as a file may set them, by name.
func settings(root *cobra.Command) []config.Setting {
	byName := map[string]config.Setting{}
	eachFlag(root, func(f *pflag.Flag) {
		s := settingOf(f)
		if known, ok := byName[s.Name]; ok { // commands may differ in what they take under one name
			s.List = s.List || known.List
			if s.Kind != known.Kind {
				s.Kind = config.Text
			}
			s.Help = known.Help
		}
		byName[s.Name] = s
	})
	out := make([]config.Setting, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}

// eachFlag visits the flags of every command, some names several times.
func eachFlag(cmd *cobra.Command, visit func(*pflag.Flag)) {
	keep := func(f *pflag.Flag) {
		if !slices.Contains(notInFile(), f.Name) && !f.Hidden {
			visit(f)
		}
	}
	cmd.PersistentFlags().VisitAll(keep)
	cmd.LocalNonPersistentFlags().VisitAll(keep)
	for _, sub := range cmd.Commands() {
		if sub.Name() != "completion" {
			eachFlag(sub, visit)
		}
	}
}

// notInFile are flags that a file does not set: "parameters" are those of controls there, and assume has those of templates.
func notInFile() []string {
	return []string{"config", "help", "version", "no-descriptions", "parameters"}
}

func settingOf(f *pflag.Flag) config.Setting {
	_, help := pflag.UnquoteUsage(f)
	s := config.Setting{Name: f.Name, Kind: config.Text, Help: help}
	_, s.List = f.Value.(pflag.SliceValue)
	switch f.Value.Type() {
	case "bool":
		s.Kind = config.Bool
	case "int", "int64":
		s.Kind = config.Whole
	case "float64":
		s.Kind = config.Number
	case "duration":
		s.Kind = config.Duration
	}
	return s
}
