package render

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

const planIDOption = "--backup-plan-id"

// planVariable holds the id of the plan that an action makes.
func planVariable(action string) string { return "plan_" + action }

// planID is a plan's id in a request: a member of its input, or an option that takes it from a variable.
func planID(r remedy.Ref, input object) (object, []string) {
	if id, ok := r.Action(); ok {
		return input, []string{planIDOption, `"$` + planVariable(id) + `"`}
	}
	input["BackupPlanId"] = string(r)
	return input, nil
}

// findPlan finds a plan by its id, and by its name where that comes from the same plan of changes.
func findPlan(id remedy.Ref, name string) []string {
	condition := equal("BackupPlanName", name)
	if _, ok := id.Action(); id != "" && !ok {
		condition = equal("BackupPlanId", string(id))
	}
	return []string{planIDOption, "''", "backup", "list-backup-plans", "'{}'", quoted("BackupPlansList[?" + condition + "].BackupPlanId | [0]")}
}

func planKind(a *remedy.Action, b *remedy.BackupPlan) kind {
	k := kind{
		made: true, find: findPlan(b.ID, b.Name),
		see: reading{code: "ResourceNotFoundException", service: "backup", operation: "get-backup-plan", input: object{}},
		done: func(c remedy.Change) string {
			if c.Plan.Step == remedy.Delete {
				return literal(false)
			}
			return rulesFit(c.Plan.Rules)
		},
	}
	if b.Step == remedy.Delete {
		k.see.absent, k.call = answerFits, call("backup", "delete-backup-plan", object{}, planIDOption, `"$found"`)
		if _, ours := b.ID.Action(); ours && a.Change.Plan != nil && a.Change.Plan.Tags[toolTag] != "" {
			k.then = []string{fmt.Sprintf("owned backup-plan %s", quoted(a.Change.Plan.Tags[toolTag]))}
		}
		return k
	}
	k.see.absent, k.call = answerOpen, call("backup", "create-backup-plan", planRequest(b))
	k.after = []string{planVariable(a.ID) + `="$found"`}
	return k
}

// toolTag marks what restorable made.
const toolTag = "restorable:tool"

// rulesKind changes some rules of a plan: the rest of its document is put back as AWS answers it at that moment.
func rulesKind(r *remedy.PlanRules) kind {
	input, options := planID(r.Plan, object{})
	var names []string
	for _, rule := range r.Set {
		names = append(names, rule.Name)
	}
	names = append(names, r.Remove...)
	document := fmt.Sprintf("merge(BackupPlan, {Rules: [BackupPlan.Rules[?!contains(%s, RuleName)], %s][]})", literal(names), literal(ruleRequests(r.Set)))
	prepare := []string{"prepare", "''", "backup", "get-backup-plan", quoted(asciiJSON(input)), quoted(document)}
	return kind{
		see: reading{absent: answerOpen, service: "backup", operation: "get-backup-plan", input: input, options: options},
		done: func(c remedy.Change) string {
			var conditions []string
			for _, rule := range c.PlanRules.Set {
				conditions = append(conditions, ruleFits("BackupPlan.Rules", rule))
			}
			for _, name := range c.PlanRules.Remove {
				conditions = append(conditions, equal("length(BackupPlan.Rules[?"+equal("RuleName", name)+"])", 0))
			}
			return all(conditions...)
		},
		then: []string{strings.Join(append(prepare, options...), " ")},
		call: call("backup", "update-backup-plan", input, append(options, "--backup-plan", `"$document"`)...),
	}
}

func selectionKind(s *remedy.Selection) kind {
	input, options := planID(s.Plan, object{})
	condition := equal("SelectionName", s.Name)
	if _, ok := s.ID.Action(); s.ID != "" && !ok {
		condition = equal("SelectionId", string(s.ID))
	}
	find := []string{"--selection-id", "''", "backup", "list-backup-selections", quoted(asciiJSON(input)), quoted("BackupSelectionsList[?" + condition + "].SelectionId | [0]")}
	k := kind{
		made: true, find: append(find, options...),
		see: reading{code: "ResourceNotFoundException", service: "backup", operation: "get-backup-selection", input: input, options: options},
		done: func(c remedy.Change) string {
			if c.Selection.Step == remedy.Delete {
				return literal(false)
			}
			return selectionFits(c.Selection)
		},
	}
	if s.Step == remedy.Delete {
		k.see.absent, k.call = answerFits, call("backup", "delete-backup-selection", input, append(options, "--selection-id", `"$found"`)...)
		return k
	}
	request := object{"BackupSelection": selectionRequest(s)}
	for name, v := range input {
		request[name] = v
	}
	k.see.absent, k.call = answerOpen, call("backup", "create-backup-selection", request, options...)
	return k
}
