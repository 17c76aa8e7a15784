package report

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/terminal"
)

// ProblemGroup is one cause that made several operations of a unit fail.
type ProblemGroup struct {
	Problem          // the first of them; Affects is that of all
	More    []string // the other operations
}

// Group puts together what failed with the same code and message in the same account and Region, in the order of the first:
// expired credentials or a Region that is not enabled are one problem, not one for each call.
func Group(problems []Problem) []ProblemGroup {
	var out []ProblemGroup
	at := map[Problem]int{}
	for _, p := range problems {
		key := p
		key.Operation, key.Affects = "", 0
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, ProblemGroup{Problem: p})
			continue
		}
		out[i].More = append(out[i].More, p.Operation)
		out[i].Affects += p.Affects
	}
	return out
}

// String says it in one sentence. The texts in it are AWS's and not cleaned.
func (g ProblemGroup) String() string {
	operations := g.Operation
	const named = 2
	switch {
	case len(g.More) > named:
		operations += fmt.Sprintf(" and %d other operations", len(g.More))
	case len(g.More) > 0:
		operations = strings.Join(append([]string{operations}, g.More...), ", ")
	}
	where := strings.TrimSpace(g.Region + " " + g.Account)
	if where != "" { // templates may not say theirs
		where += ", "
	}
	return fmt.Sprintf("%s %s: %s (%s%s unknown)", operations, g.Code, terminal.Short(g.Message, 200), where, terminal.Count(g.Affects, "fact"))
}
