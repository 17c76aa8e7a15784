package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const drillCleanupHelp = `Removes what drills left behind: tables of drills that were killed, could not clean up, or kept theirs
(those only by name). A table is removed only when its name is a drill's and either this machine's
record has its ARN and TableId, or its own tags say which drill made it. Everything else that looks
like one is listed, with the reason why it stays.

  restorable drill cleanup
  restorable drill cleanup d-20261121T120500Z-ab12cd-3f9a0c12`

type drillCleanupOptions struct {
	aws       awsOptions
	approve   bool
	olderThan time.Duration
	outputs   []string
}

func (a *app) drillCleanupCommand() *cobra.Command {
	var o drillCleanupOptions
	cmd := &cobra.Command{
		Use: "cleanup [DRILL...]", Short: "Remove what drills left behind, and only that", Long: drillCleanupHelp,
		RunE: func(cmd *cobra.Command, ids []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.cleanUpDrills(ctx, cmd.Context(), ids, o)
		},
	}
	f := cmd.Flags()
	o.aws.register(f)
	f.BoolVar(&o.approve, "auto-approve", false, "do not ask: for pipelines")
	f.DurationVar(&o.olderThan, "older-than", 24*time.Hour, "of tables that only their tags prove: leave those made more recently to the machine that made them")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
	return cmd
}

func (a *app) cleanUpDrills(ctx, user context.Context, ids []string, o drillCleanupOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	if o.olderThan < 0 {
		return misuse("--older-than 24h", "--older-than %s: want 0 or more", o.olderThan)
	}
	o.aws.writes = true
	w, err := a.openDrills(ctx, drillOptions{aws: o.aws})
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.widen(ctx, ids); err != nil {
		return err
	}
	c := &drill.Cleaner{Engine: a.drillEngine(w), Options: drill.CleanOptions{Account: w.who.Account, Regions: w.regions, IDs: ids, OlderThan: o.olderThan}}
	found, err := c.Find(ctx)
	if err != nil {
		return startFailure(err, o.aws)
	}
	if len(ids) > 0 && len(found) == 0 {
		return &complaint{code: exitNothing, summary: "nothing is left of what you named", hint: "restorable drill list"}
	}
	if err := a.confirmCleanup(ctx, w, found, o); err != nil {
		return err
	}
	stopped := a.removeLeftovers(ctx, c, found)
	if err := a.toOutputs(specs, func(out io.Writer) { a.leftoverTable(out, found) }, leftoversJSON(found)); err != nil {
		return err
	}
	switch {
	case stopped != nil && user.Err() != nil:
		return &complaint{code: exitInterrupted, summary: "interrupted", hint: "restorable drill cleanup goes on", err: stopped}
	case stopped != nil:
		return startFailure(stopped, o.aws)
	}
	for _, l := range found {
		if l.Ours && !l.Removed {
			return ended(exitIncomplete)
		}
	}
	return nil
}

// widen looks where the named drills made their tables, besides the Regions of the session.
func (w *drillWork) widen(ctx context.Context, ids []string) error {
	for _, id := range ids {
		drills, err := findDrills(ctx, w.store, id)
		if err != nil {
			continue // a table's name, or a drill of another machine: its tags must tell
		}
		for _, r := range drillRegions(drills) {
			if !contains(w.regions, r) {
				w.regions = append(w.regions, r)
			}
		}
	}
	return nil
}

func (a *app) removeLeftovers(ctx context.Context, c *drill.Cleaner, found []drill.Leftover) error {
	status := a.status()
	defer status.Clear()
	for i := range found {
		if found[i].Ours {
			status.Show("removing " + found[i].Table.Name)
		}
		if err := c.Remove(ctx, &found[i]); err != nil {
			return err
		}
	}
	return nil
}

// confirmCleanup lists what is about to be deleted, and has the account's id typed.
func (a *app) confirmCleanup(ctx context.Context, w *drillWork, found []drill.Leftover, o drillCleanupOptions) error {
	ours := 0
	for _, l := range found {
		if l.Ours {
			ours++
		}
	}
	if ours == 0 || o.approve {
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking", "nobody can be asked: standard input is no terminal")
	}
	p := a.errPrinter()
	p.title(fmt.Sprintf("Delete %s in account %s", terminal.Count(ours, "table"), w.who.Account))
	for _, l := range found {
		if l.Ours {
			p.text("  ", l.Table.Name+" ("+l.Table.Region+"): "+l.Why)
		}
	}
	if !a.confirmed(ctx, bufio.NewReader(a.std.In), fmt.Sprintf("Type the account's id, %s, to go ahead: ", w.who.Account), w.who.Account) {
		return unconfirmed(ctx, "", "not confirmed")
	}
	return nil
}

// cleanupResult is the JSON of a clean-up, version 1.
type cleanupResult struct {
	SchemaVersion string           `json:"schema_version"`
	Command       string           `json:"command"`
	Counts        map[string]int   `json:"counts"` // removed, left, not-ours
	Tables        []drill.Leftover `json:"tables"`
}

func leftoversJSON(found []drill.Leftover) cleanupResult {
	out := cleanupResult{SchemaVersion: "1", Command: "drill cleanup", Counts: map[string]int{}, Tables: append([]drill.Leftover{}, found...)}
	for _, l := range found {
		out.Counts[leftoverWord(l)]++
	}
	return out
}

func leftoverWord(l drill.Leftover) string {
	switch {
	case l.Removed:
		return "removed"
	case l.Ours:
		return "left"
	}
	return "not-ours"
}

func (a *app) leftoverTable(w io.Writer, found []drill.Leftover) {
	p := printer{w: w, screen: a.screen(w)}
	if len(found) == 0 {
		p.text("", "Nothing is left of any drill.")
		return
	}
	for _, l := range found {
		tone := map[string]terminal.Tone{"removed": terminal.Good, "left": terminal.Bad}[leftoverWord(l)]
		if tone == terminal.Normal {
			tone = terminal.Doubtful
		}
		p.put(p.screen.Paint(tone, fmt.Sprintf("%-9s", leftoverWord(l))) + " " + terminal.Clean(l.Table.Name) + "  " + terminal.Clean(l.Table.Region))
		why := l.Why
		if l.Problem != "" {
			why = l.Problem
			if l.Code != "" {
				why = l.Code + ": " + why
			}
		}
		p.text("          ", why)
	}
}

func contains(all []string, one string) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}
