package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
)

// wanted names the objective by which a finding was judged; several where it is not known which.
func wanted(e Entry) string {
	if e.Objectives == nil {
		return e.Objective
	}
	names := make([]string, len(e.Objectives))
	for i, name := range e.Objectives {
		if names[i] = name; name == "" {
			names[i] = "none"
		}
	}
	return strings.Join(names, " or ")
}

// requirements lists those of frameworks that a finding's control helps to meet, as "nist-csf-1.1 PR.IP-4".
func requirements(e Entry) []string {
	var out []string
	for _, framework := range slices.Sorted(maps.Keys(e.Frameworks)) {
		for _, id := range e.Frameworks[framework] {
			out = append(out, framework+" "+id)
		}
	}
	return out
}

// verdictWord is a verdict for people.
func verdictWord(v control.Verdict) string {
	if v == control.NotApplicable {
		return "not applicable"
	}
	return strings.ToLower(string(v))
}

// resourceKey tells resources apart within a report. All findings of a resource come one after another.
func resourceKey(e Entry) string {
	r := e.Resource
	return strings.Join([]string{string(r.Type), r.Account, r.Region, r.ARN, r.Name, e.Address}, "\x00")
}

// indexByID says where each control is in a list.
func indexByID(controls []*control.Control) map[string]int {
	out := make(map[string]int, len(controls))
	for i, c := range controls {
		out[c.ID] = i
	}
	return out
}

// homePage is where the product is explained.
const homePage = "https://restorable.dev"

// sentence ends in a full stop.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// pascal writes "point-in-time-recovery" as PointInTimeRecovery.
func pascal(id string) string {
	var b strings.Builder
	for _, word := range strings.Split(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
