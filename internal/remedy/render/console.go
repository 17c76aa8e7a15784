package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

// consoleGaps are what AWS's console does not offer.
func consoleGaps(p *remedy.Plan) []Gap {
	return gapsOf(p, []limit{
		{func(a *remedy.Action) bool {
			r := a.Change.Role
			return r != nil && r.Step == remedy.Create && r.Name != defaultRole && r.Path != "" && r.Path != "/"
		}, "make", "role", "The console makes roles without a path.", CLI},
		{func(a *remedy.Action) bool { return a.Change.VaultNotifications != nil }, "make, for vaults,", "notification",
			"AWS's guide gives no page of the console for the notifications of a vault.", CLI},
		{func(a *remedy.Action) bool {
			s := a.Change.Selection
			return s != nil && s.Step == remedy.Create && !byHand(s)
		}, "assign by", "selection", "The console narrows by tags and cannot select by one tag or another, and it offers only whole types and single tables.", CLI},
	})
}

// defaultRole is made by AWS Backup's console itself, when it is first chosen.
const defaultRole = "AWSBackupDefaultServiceRole"

// byHand reports whether the console can make a selection: tables by name or all of them, narrowed by tags that must all fit
// (aws-semantics 1.2: what the console calls refining is written as conditions).
func byHand(s *remedy.Selection) bool {
	if len(s.Resources) == 0 {
		return len(s.ListOfTags) == 1 && len(s.NotResources) == 0
	}
	for _, r := range append(slices.Clone(s.Resources), s.NotResources...) {
		if r != "*" && !strings.HasSuffix(r, ":table/*") && strings.Contains(r, "*") {
			return false
		}
	}
	return len(s.ListOfTags) == 0
}

// guide is one step for a person: where, what, how to see that it worked and how to undo it.
type guide struct {
	title string
	where string   // page of the console
	steps []string // Markdown
	check string
	undo  string
}

// console writes the steps as Markdown.
func console(o order) (Rendering, error) {
	left := map[string]bool{}
	for _, g := range o.gaps {
		for _, id := range g.Actions {
			left[id] = true
		}
	}
	var b strings.Builder
	b.WriteString("# Steps for the AWS console\n\n")
	for _, line := range o.top("Steps for a person.") {
		b.WriteString(markdown(line) + "\n")
	}
	fmt.Fprintf(&b, "\nSign in to account %s. The Region is chosen at the top right of the console. Names of pages and buttons are those of late 2026;\nAWS changes them now and then.\n", code(o.plan.Account))
	region, n := "", 0
	for _, group := range grouped(o.plan, left) {
		a := group[0]
		if r := regionOf(o.plan, a); r != region {
			region = r
			fmt.Fprintf(&b, "\n## In %s\n", markdown(oneLine(region)))
		}
		n++
		guideFor(o.plan, group).write(&b, n, group)
	}
	if n == 0 {
		return Rendering{}, &Refusal{Console, "it can express nothing of this plan: use " + o.command(CLI)}
	}
	b.WriteString("\n## At the end\n\nSee what it is worth:\n\n" + block("sh", "restorable scan") + "\n")
	return Rendering{Files: []File{{Name: o.opts.Name + "-console.md", Content: []byte(b.String())}}}, nil
}

// grouped puts actions together that are the same but for the table, in the order of their first.
func grouped(p *remedy.Plan, left map[string]bool) [][]*remedy.Action {
	var out [][]*remedy.Action
	at := map[string]int{}
	for i := range p.Actions {
		a := &p.Actions[i]
		if left[a.ID] {
			continue
		}
		key := a.ID
		switch c := a.Change; {
		case c.PITR != nil:
			key = fmt.Sprintf("pitr %s %v %d", regionOf(p, a), c.PITR.Enabled, c.PITR.PeriodDays)
		case c.DeletionProtection != nil:
			key = fmt.Sprintf("protection %s %v", regionOf(p, a), c.DeletionProtection.On)
		}
		if g, seen := at[key]; seen {
			out[g] = append(out[g], a)
			continue
		}
		at[key] = len(out)
		out = append(out, []*remedy.Action{a})
	}
	return out
}

func (g guide) write(b *strings.Builder, n int, group []*remedy.Action) {
	fmt.Fprintf(b, "\n### %d. %s\n\n%s\n\n", n, g.title, g.where)
	for i, s := range g.steps {
		lines := strings.Split(s, "\n")
		fmt.Fprintf(b, "%d. %s\n", i+1, lines[0])
		for _, line := range lines[1:] {
			b.WriteString(strings.TrimRight("   "+line, " ") + "\n")
		}
	}
	fmt.Fprintf(b, "\n- Check: %s\n", g.check)
	fmt.Fprintf(b, "- Undo: %s\n", g.undoing(group[0]))
	if why := turnsText(group[0].Why); why != "" {
		fmt.Fprintf(b, "- Why: %s\n", markdown(oneLine(why)))
	}
	var cost remedy.Cost
	for _, a := range group {
		cost.Monthly, cost.Once, cost.Known = cost.Monthly+a.Cost.Monthly, cost.Once+a.Cost.Once, a.Cost.Known
	}
	if cost.Monthly+cost.Once >= 0.005 {
		fmt.Fprintf(b, "- Cost: %s\n", costText(cost))
	}
	if group[0].Risk != "" {
		fmt.Fprintf(b, "- Risk: %s\n", markdown(oneLine(group[0].Risk)))
	}
}

// undoing says how it is undone, and what that would cost.
func (g guide) undoing(a *remedy.Action) string {
	loses := markdown(oneLine(a.Inverse.Loses))
	switch {
	case g.undo == "" || a.Inverse.Change == nil && loses != "":
		return strings.TrimSpace("nothing to undo. " + loses)
	case loses != "":
		return g.undo + " What it would cost: " + loses
	}
	return g.undo
}

// names of tables, one a line below a step.
func tableList(group []*remedy.Action, name func(*remedy.Action) string) string {
	if len(group) == 1 {
		return code(name(group[0]))
	}
	lines := []string{terminal.Count(len(group), "table") + ", one after the other:"}
	for _, a := range group {
		lines = append(lines, "- "+code(name(a)))
	}
	return strings.Join(lines, "\n")
}
