package cli

import (
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/terminal"
)

// byHandJSON is how to look at the same without us, as reports have it.
type byHandJSON struct {
	Commands []string `json:"commands"` // read-only, for AWS CLI and a POSIX shell
	Console  string   `json:"console"`
}

// explainedControls ask what an explanation answers: their commands show what it rests on.
func explainedControls() []string {
	return []string{"recoverable", "backup-plan-effective", "point-in-time-recovery"}
}

// byHand are the commands behind an explanation, each once. A table of a template has none: nobody can be asked about it yet.
func (e explained) byHand(c *control.Catalogue) byHandJSON {
	out := byHandJSON{Commands: []string{}}
	if iac.Declared(e.unit) {
		return out
	}
	var asked []*control.Control
	for _, id := range explainedControls() {
		if k, ok := c.Control(id); ok {
			asked = append(asked, k)
		}
	}
	run := c.Evaluate(e.unit, control.Options{Controls: asked, Index: e.index,
		Skip: func(_ *estate.Unit, _ control.Resource, t *estate.Table) bool { return t != e.table }})
	for range run.Findings() {
		how := run.ByHand()
		if out.Console == "" {
			out.Console = how.Console
		}
		for _, command := range how.Commands {
			if !slices.Contains(out.Commands, command) {
				out.Commands = append(out.Commands, command)
			}
		}
	}
	return out
}

// byHand shows the commands in one line each, so that they can be copied.
func (v explainView) byHand(e explained) {
	if !v.verbose {
		return
	}
	how := e.byHand(v.catalogue)
	if len(how.Commands) == 0 {
		return
	}
	v.section("Check by hand")
	for _, command := range how.Commands {
		v.put("  $ " + terminal.Clean(command))
	}
	v.text("  ", "Console: "+how.Console)
}
