package cli

import (
	"errors"
	"strconv"
	"strings"

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
  restorable plan                 what would make every table recoverable; never writes

Every flag can also be given as RESTORABLE_FLAG_NAME in the environment or as
flag-name in a file: restorable.yaml of the current folder, or the one that
--config names (none: no file). A flag beats the environment, which beats the
file. The file also says what each table needs: restorable init writes one.`

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
		a.applyCommand(), a.backoutCommand(), a.unassignCommand(), a.runsCommand(), a.controlsCommand(), a.frameworksCommand(), a.iamCommand(), a.simCommand(), a.versionCommand())
	root.AddCommand(a.compareCommand(), a.diffCommand())
	root.AddCommand(a.accessCommand())
	root.AddCommand(a.drillCommand())
	root.AddCommand(a.planCommand(), a.backupCommand(), a.rehearseCommand(), a.restoreCommand(), a.renderCommand(), a.initCommand(), a.objectivesCommand(), a.configCommand())
	root.AddCommand(a.keysCommand(), a.verifyCommand(), a.evidenceCommand())
	root.SetOut(a.std.Out) // the completion commands take hold of it when they are made
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	a.lendFlags(root)
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
	f.StringVar(&a.global.config, "config", "", "configuration `file` (YAML); none: no file (default restorable.yaml, if it is there)")
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
		if near := meant(unknown.GetSpecifiedName(), names); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		return misuse(hint, "--%s %q: want %s", f.Name, invalid.GetValue(), wanted(f.Value.Type()))
	}
	return misuse(hint, "%s", err.Error())
}

// meant names the flags that a person may have meant: the most like one, or for a single letter those that begin with it.
func meant(given string, names []string) string {
	if len(given) > 1 {
		if near := suggest.Nearest(given, names); near != "" {
			return "--" + near
		}
		return ""
	}
	var begin []string
	for _, name := range names {
		if strings.HasPrefix(name, given) {
			begin = append(begin, "--"+name)
		}
	}
	return strings.Join(begin, " or ")
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
