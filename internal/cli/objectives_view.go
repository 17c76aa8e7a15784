package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/terminal"
)

// objectivesView prints what tables need: those that miss it first, the rest in a line each.
type objectivesView struct {
	printer
	verbose bool
	file    *config.File // nil: none
}

func (v objectivesView) show(r *needing) {
	v.title(r.headline())
	order := []string{"no", "unknown", "yes"}
	sorted := slices.SortedStableFunc(slices.Values(r.tables), func(a, b needs) int {
		return cmp.Compare(slices.Index(order, a.meets), slices.Index(order, b.meets))
	})
	quiet := false
	for _, n := range sorted {
		if n.meets != "yes" || v.verbose || !quiet {
			v.put("")
		}
		quiet = n.meets == "yes" && !v.verbose
		v.table(n)
	}
}

// headline is the whole answer in a sentence.
func (r *needing) headline() string {
	have := r.counts["yes"]
	if len(r.tables) == 1 {
		have = 1 // "0 of 1 table has"
	}
	text := fmt.Sprintf("%d of %s %s what is needed.", r.counts["yes"], terminal.Count(len(r.tables), "table"), verb(have, "has", "have"))
	if n := r.counts["no"]; n > 0 {
		text += fmt.Sprintf(" %d %s not.", n, verb(n, "does", "do"))
	}
	if n := r.counts["unknown"]; n > 0 {
		text += fmt.Sprintf(" Of %d it is not known.", n)
	}
	if r.unlisted {
		text += " There may be more tables: a list could not be read whole."
	}
	return text
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (v objectivesView) table(n needs) {
	v.said = control.Readable(n.unit)
	lead := v.mark(n.meets) + "  "
	text := fmt.Sprintf("%s  %s %s  %s", n.table.Name.Or(n.table.ID), n.unit.Region.Or(""), n.unit.Account.Or(""), v.tier(n))
	for i, line := range terminal.Wrap(v.clean(terminal.Short(text, 600)), v.screen.Width-len("unknown  ")) {
		if i > 0 {
			lead = strings.Repeat(" ", len("unknown  "))
		}
		v.put(lead + v.screen.Paint(terminal.Strong, line))
	}
	told := ""
	for _, a := range n.aims {
		if v.verbose || n.meets != "yes" {
			v.aim(a, a.Met.Why != told)
			told = a.Met.Why
		}
	}
}

func (v objectivesView) mark(met string) string {
	switch met {
	case "yes":
		return v.screen.Paint(terminal.Good, "yes    ")
	case "no":
		return v.screen.Paint(terminal.Bad, "no     ")
	}
	return v.screen.Paint(terminal.Doubtful, "unknown")
}

// tier names the tier and what gave it.
func (v objectivesView) tier(n needs) string {
	if !n.Known {
		return "tier " + possible(n) + ": " + strings.Join(doubts(n), ", ") + " not known"
	}
	if n.Tier == "" {
		return "built-in objective"
	}
	return n.Tier + " (" + v.given(n) + ")"
}

// given is where the file says so.
func (v objectivesView) given(n needs) string {
	switch {
	case v.file == nil:
		return ""
	case n.Match >= 0:
		return v.file.At(v.file.Places.Matches[n.Match])
	}
	return "default, " + v.file.At(v.file.Places.Default)
}

// possible names the tiers that a table may have.
func possible(n needs) string {
	var names []string
	for _, c := range n.Candidates {
		names = append(names, cmp.Or(c.Name, "built-in"))
	}
	return strings.Join(names, " or ")
}

// doubts are the facts that keep one from knowing the tier.
func doubts(n needs) []string {
	var facts []string
	for _, r := range n.Doubt {
		facts = append(facts, r.Fact)
	}
	return facts
}

// aim is one line: what is asked for, what is promised, what there is; and why, unless the line before said the same.
func (v objectivesView) aim(a protection.Attainment, why bool) {
	text := a.Aim + ": asked " + a.Asked
	if d := declaredText(a); d != "" {
		text += ", declared " + d
	}
	if o := observedText(a); o != "" {
		text += ", observed " + o
	}
	if why && a.Met.Why != "" && (word(a.Met) != "yes" || a.Limit == 0) {
		text += "; " + a.Met.Why
	}
	const column = 9
	lead := "  " + v.mark(word(a.Met)) + "  "
	for i, line := range terminal.Wrap(terminal.Clean(terminal.Short(text, 1200)), v.screen.Width-column-3) {
		if i > 0 {
			lead = "  " + strings.Repeat(" ", column)
		}
		v.put(lead + line)
	}
}

func declaredText(a protection.Attainment) string {
	s, ok := a.Declared.Get()
	switch {
	case a.Limit == 0 || a.Aim == protection.AimRTO:
		return ""
	case a.Declared.IsUnknown():
		return "not known"
	case !ok:
		return "nothing"
	case s == protection.Forever && a.Aim == protection.AimRPO:
		return "no next backup"
	case s == protection.Forever:
		return "for ever"
	}
	return seconds(s)
}

func observedText(a protection.Attainment) string {
	s, ok := a.Observed.Get()
	switch {
	case a.Limit == 0:
		return ""
	case a.Observed.IsUnknown() && a.Aim == protection.AimRTO:
		return "" // the reason says so
	case a.Observed.IsUnknown():
		return "not known"
	case !ok:
		return "nothing"
	case s == protection.Forever:
		return "for ever"
	}
	return seconds(s)
}

// objectivesDocument is the JSON form.
type objectivesDocument struct {
	SchemaVersion string      `json:"schema_version"`
	File          string      `json:"file,omitempty"`
	Tables        []needsJSON `json:"tables"`
	Unmatched     []string    `json:"unmatched"` // ARNs of tables that no match and no default tier gives anything
	Complete      bool        `json:"complete"`
}

type needsJSON struct {
	Account  string     `json:"account"`
	Region   string     `json:"region"`
	Table    string     `json:"table"`
	ARN      string     `json:"arn"`
	Tier     *string    `json:"tier"`                     // null: none, or not known
	Possible []string   `json:"possible_tiers,omitempty"` // where it is not known; "" is the built-in objective
	Unknown  []string   `json:"unknown_facts,omitempty"`  // that keep one from knowing the tier
	Given    string     `json:"given_by,omitempty"`       // file and line
	Meets    string     `json:"meets"`                    // yes, no or unknown
	Aims     []aimsJSON `json:"aims"`
}

type aimsJSON struct {
	Aim      string `json:"aim"`
	Asked    string `json:"asked"`
	Limit    *int64 `json:"asked_seconds"`
	Declared *int64 `json:"declared_seconds"` // null: nothing, without bound, or not known; why says which
	Observed *int64 `json:"observed_seconds"`
	Met      string `json:"met"` // yes, no or unknown
	Why      string `json:"why"`
}

func (r *needing) document(file *config.File) objectivesDocument {
	v := objectivesView{file: file}
	d := objectivesDocument{SchemaVersion: "1", Tables: make([]needsJSON, 0, len(r.tables)), Unmatched: []string{}, Complete: !r.unlisted && r.counts["unknown"] == 0}
	if file != nil {
		d.File = file.Name
	}
	for _, n := range r.tables {
		t := needsJSON{Account: n.unit.Account.Or(""), Region: n.unit.Region.Or(""), Table: n.table.Name.Or(""), ARN: n.table.ARN.Or(n.table.ID), Meets: n.meets, Aims: aimsOf(n.aims)}
		switch {
		case !n.Known:
			for _, c := range n.Candidates {
				t.Possible = append(t.Possible, c.Name)
			}
			t.Unknown = doubts(n)
		case n.Tier == "":
			d.Unmatched = append(d.Unmatched, t.ARN)
		default:
			t.Tier, t.Given = &n.Tier, v.given(n)
		}
		d.Tables = append(d.Tables, t)
	}
	return d
}

func aimsOf(list []protection.Attainment) []aimsJSON {
	out := make([]aimsJSON, 0, len(list))
	for _, a := range list {
		j := aimsJSON{Aim: a.Aim, Asked: a.Asked, Declared: bounded(a.Declared), Observed: bounded(a.Observed), Met: word(a.Met), Why: a.Met.Why}
		if a.Limit > 0 {
			j.Limit = &a.Limit
		}
		out = append(out, j)
	}
	return out
}
