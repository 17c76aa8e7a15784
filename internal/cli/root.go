package cli

import (
	"errors"
	"maps"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootHelp = `restorable proves that every DynamoDB table can be got back: it finds the tables
that cannot, and says exactly why.

Start with:
  restorable demo                 a small company in a simulated AWS, no account needed
  restorable scan                 judge the tables of your own account; never writes
  restorable explain TABLE        why a table is, or is not, recoverable

Every flag can also be given as RESTORABLE_FLAG_NAME in the environment or as
flag-name in the file of --config; a flag beats the environment, which beats the file.`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "restorable",
		Short:         "Prove that every DynamoDB table can be got back",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	group(root)
	a.globalFlags(root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return a.settle(cmd) }
	root.SetFlagErrorFunc(flagMistake)
	root.SetUsageTemplate(root.UsageTemplate() + "\n" + exitHelp + "\n")
	root.AddCommand(a.demoCommand(), a.scanCommand(), a.explainCommand(), a.collectCommand(), a.doctorCommand(),
		a.applyCommand(), a.backoutCommand(), a.runsCommand(), a.controlsCommand(), a.frameworksCommand(), a.iamCommand(), a.simCommand(), a.versionCommand())
	root.SetOut(a.std.Out) // the completion commands take hold of it when they are made
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			group(cmd)
		case "help":
			helpTopics(cmd)
		}
	}
	return root
}

func (a *app) globalFlags(f *pflag.FlagSet) {
	f.StringVar(&a.global.config, "config", "", "configuration `file` (YAML)")
	f.BoolVarP(&a.global.quiet, "quiet", "q", false, "only the product and errors")
	f.BoolVarP(&a.global.verbose, "verbose", "v", false, "more detail")
	f.BoolVar(&a.global.noColor, "no-color", false, "no colour, also by NO_COLOR")
	f.BoolVar(&a.global.noProgress, "no-progress", false, "no status line")
	f.DurationVar(&a.global.timeout, "timeout", 0, "stop after this long with what there is, for example 10m (default none)")
}

// helpTopics makes "help" refuse a command that does not exist.
func helpTopics(help *cobra.Command) {
	help.RunE, help.Run = func(cmd *cobra.Command, args []string) error {
		found, rest, err := cmd.Root().Find(args)
		if err == nil && len(rest) == 0 {
			found.InitDefaultHelpFlag()
			return found.Help()
		}
		if found == nil || !found.HasSubCommands() {
			return misuse(cmd.Root().Name()+" --help", "there is no help on %q", strings.Join(args, " "))
		}
		return unknownCommand(found, rest[0])
	}, nil
}

// group makes a command that only holds others: without one of them it prints its help, with a wrong one it says so.
func group(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownCommand(cmd, args[0])
	}
}

func unknownCommand(parent *cobra.Command, name string) error {
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := parent.CommandPath() + " --help"
	if near := suggest.Nearest(name, names); near != "" {
		hint = "did you mean " + parent.CommandPath() + " " + near + "?"
	}
	return misuse(hint, "unknown command %q for %s", name, parent.CommandPath())
}

// flagMistake adds what was probably meant to pflag's complaint.
func flagMistake(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	hint := cmd.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := suggest.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		return misuse(hint, "--%s %q: want %s", f.Name, invalid.GetValue(), wanted(f.Value.Type()))
	}
	return misuse(hint, "%s", err.Error())
}

// wanted says what a flag of pflag's types takes.
func wanted(kind string) string {
	switch kind {
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	case "duration":
		return "a time with its unit, for example 90s or 10m"
	}
	return "another value"
}

// exactArgs is cobra.ExactArgs in our words; what names the arguments.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return misuse(cmd.UseLine(), "%s takes %s, got %s", cmd.CommandPath(), what, given(args))
		}
		return nil
	}
}

// atMostOne is for an argument that may be left out.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return misuse(cmd.UseLine(), "%s takes %s or nothing, got %s", cmd.CommandPath(), what, given(args))
		}
		return nil
	}
}

// given says what arguments there are.
func given(args []string) string {
	if len(args) == 0 {
		return "none"
	}
	return strconv.Quote(strings.Join(args, " "))
}

// settle fills in what neither flags gave: first the environment, then the configuration file.
func (a *app) settle(cmd *cobra.Command) error {
	flags := cmd.Flags()
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	a.typed = maps.Clone(given)
	if err := a.fromEnvironment(flags, given); err != nil {
		return err
	}
	if a.global.config == "" {
		return a.global.validate()
	}
	file, err := config.Read(a.global.config)
	if err != nil {
		return misuse("--config with a YAML file, one \"key: value\" a line, keys as in restorable scan --help", "%v", err)
	}
	if err := fromFile(file, cmd, given); err != nil {
		return err
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
		given[f.Name] = true
		if err := set(flags, f, strings.Split(value, ",")); err != nil && mistake == nil {
			mistake = misuse("unset "+name+", or give it a value that --"+f.Name+" takes", "%s=%q: %v", name, value, err)
		}
	})
	return mistake
}

// fromFile takes the flags of any command as keys: a file serves all commands, and each takes what it knows.
func fromFile(file *config.File, cmd *cobra.Command, given map[string]bool) error {
	known := map[string]bool{}
	for _, c := range append(cmd.Root().Commands(), cmd.Root()) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	for _, entry := range file.Entries {
		if !known[entry.Key] || entry.Key == "config" || entry.Key == "help" {
			return unknownKey(file, entry, known)
		}
		f := cmd.Flags().Lookup(entry.Key)
		if f == nil || given[entry.Key] {
			continue
		}
		if err := set(cmd.Flags(), f, entry.Values); err != nil {
			return misuse("", "%s:%d: %s: %v", file.Name, entry.Line, entry.Key, err)
		}
	}
	return nil
}

func unknownKey(file *config.File, entry config.Entry, known map[string]bool) error {
	var names []string
	for name := range known {
		names = append(names, name)
	}
	hint := "restorable scan --help lists what can be set"
	if near := suggest.Nearest(entry.Key, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return misuse(hint, "%s:%d:%d: unknown key %q", file.Name, entry.Line, entry.Column, entry.Key)
}

func set(flags *pflag.FlagSet, f *pflag.Flag, values []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	return flags.Set(f.Name, strings.Join(values, ","))
}
