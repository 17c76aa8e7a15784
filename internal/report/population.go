package report

import (
	"fmt"

	"github.com/restorable/restorable/internal/terminal"
)

// LeftOut is an account or a Region that is not in the scope by its nature: an account that is closed, a Region that is not enabled.
type LeftOut struct {
	Account string `json:"account"`
	Region  string `json:"region"` // empty: the account as a whole
	Reason  string `json:"reason"`
}

// leftOutLine sums up what was left out; all of it is in the JSON report.
func leftOutLine(all []LeftOut) string {
	accounts, regions := 0, 0
	for _, l := range all {
		if l.Region == "" {
			accounts++
		} else {
			regions++
		}
	}
	switch {
	case accounts == 0:
		return terminal.Count(regions, "Region") + " left out: not enabled"
	case regions == 0:
		return terminal.Count(accounts, "account") + " left out: not active"
	}
	return terminal.Count(accounts, "account") + " left out: not active; " + terminal.Count(regions, "Region") + ": not enabled"
}

// scopesShown is how many units a report for people lists one by one; of more it lists those that were not read whole.
const scopesShown = 12

// scopeLines say where was looked, and what was left out.
func scopeLines(h Head) []string {
	var lines []string
	units, tables, accounts := 0, 0, map[string]bool{}
	for _, s := range h.Scope {
		if len(h.Scope) <= scopesShown || !s.Listed() {
			lines = append(lines, scopeLine(s))
			continue
		}
		units++
		tables += s.Tables
		if s.Account != nil {
			accounts[*s.Account] = true
		}
	}
	if units > 0 {
		whole := fmt.Sprintf("%s, %s: %s, all listed", terminal.Count(len(accounts), "account"), terminal.Count(units, "unit")+" of account and Region", terminal.Count(tables, "table"))
		lines = append([]string{whole}, lines...)
	}
	if len(h.LeftOut) > 0 {
		lines = append(lines, leftOutLine(h.LeftOut))
	}
	if len(h.Unasked) > 0 {
		lines = append(lines, terminal.Count(len(h.Unasked), "control")+" that only what is deployed answers: not asked of templates")
	}
	return lines
}
