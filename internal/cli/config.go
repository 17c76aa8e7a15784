package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const configShowHelp = `Every setting with its value and where that comes from: a flag, an environment variable, a line of the
configuration file, or the program. Then the tiers, and which tables they are for. A flag of any
command can be given, to see what it would do.

  restorable config show
  restorable config show --region eu-west-1 --config team.yaml -o json`

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show settings and tiers, and where they come from", Example: "  restorable config show\n  restorable config schema > restorable.schema.json"}
	group(cmd)
	cmd.AddCommand(a.configShowCommand(), a.configSchemaCommand())
	return cmd
}

func (a *app) configShowCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "show", Short: "Each setting, its value and where it comes from", Long: configShowHelp, Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !a.typed["output"] { // what others make of the name is nothing to this command
				output = "text"
			}
			switch output {
			case "text":
				a.showConfig(cmd)
				return nil
			case "json":
				return a.printJSON(a.configDocument(cmd))
			}
			return misuse("-o text or -o json", "-o %s: unknown format", output)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "`format`: text or json")
	return cmd
}

func (a *app) configSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the configuration file", Example: "  restorable config schema > restorable.schema.json", Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := config.Schema(settings(cmd.Root()))
			if err != nil {
				return err
			}
			_, err = a.std.Out.Write(text)
			return err
		},
	}
}

// ConfigSchema is the JSON Schema of the configuration file, made from the flags and from what tiers may say.
func ConfigSchema() ([]byte, error) {
	a := &app{env: func(string) string { return "" }}
	return config.Schema(settings(a.root()))
}

// lendFlags gives "config show" the flags of all commands, so that it can say where their values come from.
func (a *app) lendFlags(root *cobra.Command) {
	show, _, err := root.Find([]string{"config", "show"})
	if err != nil {
		return // there is no such command to lend to
	}
	eachFlag(root, func(f *pflag.Flag) {
		if show.Flags().Lookup(f.Name) == nil && root.PersistentFlags().Lookup(f.Name) == nil {
			lent := *f
			lent.Hidden, lent.Shorthand, lent.Annotations = true, "", nil
			show.Flags().AddFlag(&lent)
		}
	})
}

// settingJSON is one setting, where it comes from and the place there.
type settingJSON struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`          // flag, environment, file or default
	Place  string `json:"place,omitempty"` // name of the variable, or file and line
}

// shown are all settings by name.
func (a *app) shown(cmd *cobra.Command) []settingJSON {
	byName := map[string]settingJSON{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Name == "output" && a.typed["output"] {
			return
		}
		from, given := a.origins[f.Name]
		if !given {
			from.kind = "default"
		}
		byName[f.Name] = settingJSON{f.Name, valueOf(f), from.kind, from.place}
	})
	if a.file != nil && a.global.config == "" {
		byName["config"] = settingJSON{Name: "config", Value: a.file.Name, Source: "default"}
	}
	out := make([]settingJSON, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}

func valueOf(f *pflag.Flag) string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), ", ")
	}
	return f.Value.String()
}

func (s settingJSON) from() string {
	if s.Place != "" {
		return s.Place
	}
	return s.Source
}

func (a *app) showConfig(cmd *cobra.Command) {
	p := printer{w: a.std.Out, screen: a.screen(a.std.Out)}
	all := a.shown(cmd)
	wide := 0
	for _, s := range all {
		wide = max(wide, len(s.Name))
	}
	for _, s := range all {
		value := s.Value
		if value == "" {
			value = "–"
		}
		p.put(terminal.Clean(fmt.Sprintf("%-*s  %s  (%s)", wide, s.Name, value, s.from())))
	}
	defer a.showAttested(p)
	policy := a.objectives()
	if len(policy.Tiers) == 0 {
		p.section("No tiers")
		p.text("  ", "every table has the built-in objective: "+words(objective.Default()))
		return
	}
	p.section("Tiers")
	for _, t := range policy.Tiers {
		p.text("  ", fmt.Sprintf("%s (%s): %s", t.Name, a.file.At(a.file.Places.Tiers[t.Name]), words(t.Objective)))
	}
	p.section("Tables, the first match wins")
	for i, m := range policy.Matches {
		p.text("  ", fmt.Sprintf("%s (%s): %s", m.Tier, a.file.At(a.file.Places.Matches[i]), m.Text()))
	}
	if policy.Default != "" {
		p.text("  ", fmt.Sprintf("%s (%s): all others", policy.Default, a.file.At(a.file.Places.Default)))
	} else {
		p.text("  ", "all others: the built-in objective, "+words(objective.Default()))
	}
}

// showAttested tells what is met by other means.
func (a *app) showAttested(p printer) {
	if a.file == nil || len(a.file.Attested.List) == 0 {
		return
	}
	p.section("Attested")
	for i := range a.file.Attested.List {
		e := &a.file.Attested.List[i]
		p.text("  ", fmt.Sprintf("%s (%s): %s; evidence %s; %s, until %s", e.Text(), e.Place(), e.Reason, e.Evidence, e.Owner, e.Day()))
	}
}

// words says what an objective asks for.
func words(o objective.Objective) string {
	parts := []string{"rpo " + objective.Span(o.RPO)}
	if o.RTO > 0 {
		parts = append(parts, "rto "+objective.Span(o.RTO))
	}
	parts = append(parts, "interval "+objective.Span(o.Interval), "retention "+objective.Days(o.Retention))
	if len(o.Scenarios) > 0 {
		parts = append(parts, "survives "+strings.Join(o.Scenarios, ", "))
	}
	for _, c := range o.Copies {
		parts = append(parts, "copy in "+c.Text())
	}
	if o.Encryption != "" {
		parts = append(parts, "encryption "+string(o.Encryption))
	}
	if o.Protection {
		parts = append(parts, "deletion protection")
	}
	if len(o.Tags) > 0 {
		parts = append(parts, "tags "+strings.Join(o.Tags, ", "))
	}
	return strings.Join(parts, "; ")
}

type configDocument struct {
	File     string         `json:"file,omitempty"`
	Settings []settingJSON  `json:"settings"`
	Tiers    []tierJSON     `json:"tiers"`
	Matches  []matchJSON    `json:"match"`
	Default  string         `json:"default_tier,omitempty"`
	Attested []attestedJSON `json:"attestations,omitempty"`
}

type attestedJSON struct {
	Covers   string `json:"covers"`
	Place    string `json:"place"`
	What     string `json:"what"`
	Evidence string `json:"evidence"`
	Owner    string `json:"owner"`
	Until    string `json:"until"`
}

type tierJSON struct {
	Name       string   `json:"name"`
	Place      string   `json:"place"`
	RPO        int64    `json:"rpo_seconds"`
	RTO        int64    `json:"rto_seconds,omitempty"`
	Interval   int64    `json:"interval_seconds"`
	Retention  int64    `json:"retention_days"`
	Survive    []string `json:"survive"`
	Copies     []string `json:"copies,omitempty"`
	Encryption string   `json:"encryption,omitempty"`
	Protection bool     `json:"deletion_protection"`
	Tags       []string `json:"tags,omitempty"`
}

type matchJSON struct {
	Tier     string            `json:"tier"`
	Place    string            `json:"place"`
	Tables   []string          `json:"table,omitempty"`
	Tags     map[string]string `json:"tag,omitempty"`
	Accounts []string          `json:"account,omitempty"`
	Regions  []string          `json:"region,omitempty"`
}

func (a *app) configDocument(cmd *cobra.Command) configDocument {
	policy := a.objectives()
	d := configDocument{Settings: a.shown(cmd), Tiers: []tierJSON{}, Matches: []matchJSON{}, Default: policy.Default}
	if a.file == nil {
		return d
	}
	d.File = a.file.Name
	for i := range a.file.Attested.List {
		e := &a.file.Attested.List[i]
		d.Attested = append(d.Attested, attestedJSON{e.Text(), e.Place(), e.Reason, e.Evidence, e.Owner, e.Day()})
	}
	for _, t := range policy.Tiers {
		o := t.Objective
		j := tierJSON{Name: t.Name, Place: a.file.At(a.file.Places.Tiers[t.Name]), RPO: int64(o.RPO.Seconds()), RTO: int64(o.RTO.Seconds()), Interval: int64(o.Interval.Seconds()),
			Retention: int64(o.Retention.Hours() / 24), Survive: o.Scenarios, Encryption: string(o.Encryption), Protection: o.Protection, Tags: o.Tags}
		for _, c := range o.Copies {
			j.Copies = append(j.Copies, c.Text())
		}
		d.Tiers = append(d.Tiers, j)
	}
	for i, m := range policy.Matches {
		d.Matches = append(d.Matches, matchJSON{m.Tier, a.file.At(a.file.Places.Matches[i]), m.Tables, m.Tags, m.Accounts, m.Regions})
	}
	return d
}
