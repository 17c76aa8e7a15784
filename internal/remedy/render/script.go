package render

import (
	_ "embed" // the shell functions of the scripts
	"fmt"
	"regexp"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

//go:embed prelude.sh
var prelude string

//go:embed prelude_apply.sh
var preludeApply string

//go:embed prelude_backout.sh
var preludeBackout string

//go:embed prelude_account.sh
var preludeAccount string

// scriptGaps: AWS CLI can do all that a plan does.
func scriptGaps(*remedy.Plan) []Gap { return nil }

// script makes a shell script for AWS CLI, and a second one that undoes what can be undone without loss.
func script(o order) (Rendering, error) {
	o.plan = folded(o.plan)
	if err := scriptable(o.plan); err != nil {
		return Rendering{}, err
	}
	apply, back := o.opts.Name+".sh", o.opts.Name+"-backout.sh"
	return Rendering{
		Files: []File{
			{Name: apply, Content: []byte(applyScript(o, back)), Executable: true},
			{Name: back, Content: []byte(backoutScript(o, apply)), Executable: true},
		},
		Alone:  true,
		Deploy: []string{"bash " + shellWord("./"+apply)},
	}, nil
}

// scriptable refuses what stands in the scripts without quotes: these come from AWS, and no others exist.
func scriptable(p *remedy.Plan) error {
	account, region := regexp.MustCompile(`^[0-9]{12}$`), regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	if !account.MatchString(p.Account) {
		return &Refusal{CLI, fmt.Sprintf("account %q has not twelve digits", p.Account)}
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		if r := regionOf(p, a); !region.MatchString(r) {
			return &Refusal{CLI, fmt.Sprintf("action %s is in a Region %q", a.ID, r)}
		}
		if !regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`).MatchString(a.ID) {
			return &Refusal{CLI, fmt.Sprintf("action id %q is none that restorable gives", a.ID)}
		}
		_, err := stepFor(a, a.Change, a.Inverse.Change)
		if err == nil && a.Inverse.Change != nil {
			_, err = stepFor(a, *a.Inverse.Change, &a.Change)
		}
		if err != nil {
			return &Refusal{CLI, fmt.Sprintf("action %s: %v", a.ID, err)}
		}
	}
	return nil
}

// regionOf is where an action's calls go. IAM is the same everywhere.
func regionOf(p *remedy.Plan, a *remedy.Action) string {
	switch {
	case a.Region != "" && a.Region != "global":
		return a.Region
	case len(p.Regions) > 0:
		return p.Regions[0]
	}
	return "us-east-1"
}

func homeRegion(p *remedy.Plan) string { return regionOf(p, &remedy.Action{}) }

func applyScript(o order, back string) string {
	var b strings.Builder
	top := o.top("Changes in AWS, by AWS CLI.")
	top = append(top, "", "Credentials, profile and endpoint come from the environment: AWS_PROFILE, AWS_ENDPOINT_URL, …",
		"Running it twice is safe: each action looks first whether it is done, and refuses what was changed since.",
		"What can be undone without loss, "+oneLine(back)+" undoes.")
	writeHead(&b, top, preludeApply)
	writeAccount(&b, o.plan)
	for i := range o.plan.Actions {
		writeApply(&b, o.plan, &o.plan.Actions[i])
	}
	b.WriteString("\nid=end\nsay " + shellWord("All is done. What it is worth: restorable scan") + "\n")
	return b.String()
}

// writeApply writes the step of an action of a plan that scriptable found fit.
func writeApply(b *strings.Builder, p *remedy.Plan, a *remedy.Action) {
	s, err := stepFor(a, a.Change, a.Inverse.Change)
	if err != nil {
		return
	}
	b.WriteString("\n" + commented(actionComment(a)))
	s.write(b, a.ID, regionOf(p, a), a.Summary)
}

func writeHead(b *strings.Builder, top []string, own string) {
	b.WriteString("#!/usr/bin/env bash\n" + commented(top))
	b.WriteString("# shellcheck disable=SC2016 # backticks in single quotes are JMESPath\n# shellcheck disable=SC2034 # not every id is used again\n")
	b.WriteString(prelude + own)
}

func writeAccount(b *strings.Builder, p *remedy.Plan) {
	b.WriteString("\n" + fmt.Sprintf(preludeAccount, p.Account, shellWord(p.Partition), homeRegion(p), shellWord(p.CreatedAt.String())))
}

// actionComment says what an action does, why, what it costs, risks and how it is undone.
func actionComment(a *remedy.Action) []string {
	lines := []string{a.ID + "  " + oneLine(a.Summary)}
	add := func(what, text string) {
		for i, line := range terminal.Wrap(oneLine(text), topWidth-10) {
			lines = append(lines, []string{"    " + what + ": ", "      "}[min(i, 1)]+line)
		}
	}
	if why := turnsText(a.Why); why != "" {
		add("why", why)
	}
	if a.Cost != (remedy.Cost{}) {
		add("cost", costText(a.Cost))
	}
	if a.Risk != "" {
		add("risk", a.Risk)
	}
	add("undo", undoText(a))
	return lines
}

// turnsText says which findings an action turns, by control.
func turnsText(turns []remedy.Turn) string {
	var order []string
	count, verdicts := map[string]int{}, map[string]string{}
	for _, t := range turns {
		if count[t.Control] == 0 {
			order = append(order, t.Control)
		}
		count[t.Control]++
		verdicts[t.Control] = t.From + " -> " + t.To
	}
	var out []string
	for _, c := range order {
		text := c + " " + verdicts[c]
		if count[c] > 1 {
			text += fmt.Sprintf(" (%s)", terminal.Count(count[c], "finding"))
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func costText(c remedy.Cost) string {
	text := remedy.USD(c.Monthly) + " a month, " + remedy.USD(c.Once) + " once"
	if !c.Known {
		text += ", as far as it is known"
	}
	return text
}

func undoText(a *remedy.Action) string {
	switch {
	case a.Inverse.Change == nil && a.Inverse.Loses != "":
		return "never: " + a.Inverse.Loses
	case a.Inverse.Change == nil:
		return "nothing undoes it"
	case a.Inverse.Drop != "":
		return fmt.Sprintf("not by the backout script, only by restorable backout --drop %s: %s", a.Inverse.Drop, a.Inverse.Loses)
	}
	return "by the backout script"
}
