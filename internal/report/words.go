package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/iac/build"
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
	key := []string{string(r.Type), r.Account, r.Region, r.ARN, r.Name, e.Address}
	if e.Block != nil { // other templates may declare one of the same name
		key = append(key, r.ID, e.Block.File)
	}
	return strings.Join(key, "\x00")
}

// spot is where in a template a finding points to, where that is not the first line of the block: ", line 12".
func (e Entry) spot() string {
	at := e.Location
	switch {
	case at == nil || e.Block == nil || at.File == e.Block.File && at.Line == e.Block.Line:
		return ""
	case at.File == e.Block.File:
		return fmt.Sprintf(", line %d", at.Line)
	}
	return fmt.Sprintf(", %s:%d", at.File, at.Line)
}

// at is the place in a template that a finding points to, behind its reason.
func (e Entry) at() string {
	if e.Location == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", e.Location.File, e.Location.Line)
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

// outside reports whether a finding is unknown because templates do not tell what stands elsewhere.
func outside(e Entry) bool {
	return e.Verdict == control.Unknown && slices.ContainsFunc(e.Evidence, func(v control.Evidence) bool { return v.Code == build.NotInTemplate })
}
