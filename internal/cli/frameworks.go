package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/spf13/cobra"
)

// frameworkIDs are those that findings name: the chosen ones, or all (nil) when the user chose none.
func frameworkIDs(list []*control.Framework) []string {
	var ids []string
	for _, f := range list {
		ids = append(ids, f.ID)
	}
	return ids
}

// chosenFrameworks are those that the user named, in the order of the catalogue.
func chosenFrameworks(c *control.Catalogue, ids []string) []*control.Framework {
	var out []*control.Framework
	for _, f := range c.Frameworks() {
		if slices.Contains(ids, f.ID) {
			out = append(out, f)
		}
	}
	return out
}

func (a *app) frameworksCommand() *cobra.Command {
	var dirs []string
	cmd := &cobra.Command{
		Use: "frameworks [ID]", Short: "List frameworks, or show what one maps to", Args: atMostOne("the id of a framework"),
		Example: "  restorable frameworks nist-csf-1.1",
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := a.catalogue(dirs)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return a.showFramework(c, args[0])
			}
			width := longest(c.Frameworks(), func(f *control.Framework) string { return f.ID })
			for _, f := range c.Frameworks() {
				fmt.Fprintf(a.std.Out, "%-*s %s %s (%s)\n", width, f.ID, f.Title, f.Version, f.Publisher)
			}
			return nil
		},
	}
	registerDirs(cmd.Flags(), &dirs)
	return cmd
}

func (a *app) showFramework(c *control.Catalogue, id string) error {
	if _, err := c.Select(control.Selection{Frameworks: []string{id}}); err != nil {
		return selectionMistake(err)
	}
	f, _ := c.Framework(id)
	p := printer{w: a.std.Out, screen: a.screen(a.std.Out)}
	p.title(fmt.Sprintf("%s %s", f.Title, f.Version))
	p.lines("", f.URL)
	p.text("", f.Publisher+"; the titles are in our words. scan --framework "+f.ID+" says how far it is met.")
	for _, r := range f.Requirements {
		p.section(r.ID + "  " + r.Title)
		for _, m := range r.Mappings {
			p.text("  ", m.Control+" (mapped by "+strings.Join(m.Sources, ", ")+") "+m.Reason)
		}
		if r.People != "" {
			p.text("  ", "for people to show: "+r.People)
		}
	}
	p.mappers(f)
	return nil
}

// mappers says whose mappings the letters stand for.
func (p *printer) mappers(f *control.Framework) {
	used := map[string]bool{}
	for _, r := range f.Requirements {
		for _, m := range r.Mappings {
			for _, letter := range m.Sources {
				used[letter] = true
			}
		}
	}
	p.section("Mapped by")
	named := control.MappingSources()
	for _, letter := range slices.Sorted(maps.Keys(used)) {
		p.text("  ", letter+": "+named[letter])
	}
}

// longest is the width of the longest text.
func longest[T any](list []T, text func(T) string) int {
	width := 0
	for _, each := range list {
		width = max(width, len(text(each)))
	}
	return width
}
