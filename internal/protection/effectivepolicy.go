package protection

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// orgPlan is a plan of an effective backup policy. Members are kept raw: a policy that is not valid may hold anything.
type orgPlan struct {
	Regions []string `json:"regions"`
	Rules   map[string]struct {
		Schedule string          `json:"schedule_expression"`
		Vault    json.RawMessage `json:"target_backup_vault_name"`
		Copies   map[string]any  `json:"copy_actions"`
	} `json:"rules"`
	Selections struct {
		Tags      map[string]map[string]json.RawMessage `json:"tags"`
		Resources map[string]map[string]json.RawMessage `json:"resources"`
	} `json:"selections"`
}

// effectivePolicy reads the policy that the organisation's backup policies come to for the account: whether it has what AWS demands, and
// what it brings. A policy that lacks something brings nothing, and says so nowhere but in the organisation's console.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
func effectivePolicy(u *estate.Unit) (valid Answer[bool], brings Answer[[]string]) {
	basis := estate.Read("unit.effective_backup_policy", "", u.EffectivePlans)
	text, ok := u.EffectivePlans.Get()
	if !ok {
		state := Answer[string]{Fact: u.EffectivePlans, Why: "no backup policy of an organisation reaches the account", Basis: []estate.Reading{basis}}
		return like[bool](state), like[[]string](state)
	}
	var policy struct {
		Plans map[string]orgPlan `json:"plans"`
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return answered(no, "it is not of the form of a backup policy", basis), known([]string{}, "", basis)
	}
	faults, plans := []string{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(policy.Plans)) {
		p := policy.Plans[name]
		faults = append(faults, p.faults("plan "+quote(name))...)
		plans = append(plans, p.words(name))
	}
	if len(policy.Plans) == 0 {
		faults = append(faults, "it has no plan")
	}
	why := fmt.Sprintf("it brings %d plans", len(plans))
	if len(plans) == 1 {
		why = "it brings one plan"
	}
	if len(faults) > 0 {
		why = strings.Join(faults, "; ")
	}
	return answered(truth(len(faults) == 0), why, basis), known(plans, "", basis)
}

// faults lists what AWS demands and the plan lacks.
func (p *orgPlan) faults(where string) []string {
	var out []string
	lacks := func(lacking bool, what string) {
		if lacking {
			out = append(out, where+" lacks "+what)
		}
	}
	lacks(len(p.Regions) == 0, "regions")
	lacks(len(p.Rules) == 0, "rules")
	for _, name := range slices.Sorted(maps.Keys(p.Rules)) {
		lacks(empty(p.Rules[name].Vault), "the vault of rule "+quote(name))
	}
	tags, resources := p.Selections.Tags, p.Selections.Resources
	switch {
	case len(tags)+len(resources) == 0:
		lacks(true, "selections")
	case len(tags) > 0 && len(resources) > 0:
		out = append(out, where+" selects by tags and by resources at once")
	}
	for _, kind := range []struct {
		selections map[string]map[string]json.RawMessage
		needed     []string
	}{{tags, []string{"iam_role_arn", "tag_key", "tag_value"}}, {resources, []string{"iam_role_arn", "resource_types"}}} {
		for _, name := range slices.Sorted(maps.Keys(kind.selections)) {
			for _, key := range kind.needed {
				lacks(empty(kind.selections[name][key]), key+" of selection "+quote(name))
			}
		}
	}
	return out
}

func empty(raw json.RawMessage) bool {
	s := strings.TrimSpace(string(raw))
	return s == "" || s == "null" || s == `""` || s == "[]" || s == "{}"
}

// words is the plan in short: "daily" in eu-west-1 (2 rules, 1 with copies).
func (p *orgPlan) words(name string) string {
	copies := 0
	for _, r := range p.Rules {
		if len(r.Copies) > 0 {
			copies++
		}
	}
	out := quote(name) + " in " + strings.Join(p.Regions, ", ") + fmt.Sprintf(" (rules: %d", len(p.Rules))
	if copies > 0 {
		out += fmt.Sprintf(", with copies: %d", copies)
	}
	return out + ")"
}
