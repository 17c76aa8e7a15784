package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// policyLimit is the greatest length of a backup policy, in characters.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const policyLimit = 10_000

// organisationGaps are what no backup policy can say: it holds plans, with their rules and selections by tag or by type, and nothing else.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
func organisationGaps(p *remedy.Plan) []Gap {
	kind := func(is func(remedy.Change) bool) func(*remedy.Action) bool {
		return func(a *remedy.Action) bool { return is(a.Change) }
	}
	const plansAlone = "A backup policy holds backup plans and nothing else."
	const perAccount = "A backup policy makes no roles and vaults: every account needs them before, see below."
	sayable := sayableSelections(p)
	return gapsOf(p, []limit{
		{takesAway, "make", "removal", "A policy takes away only the plans that it has made.", CLI},
		{kind(func(c remedy.Change) bool { return c.RegionSettings != nil }), "make, in AWS Backup's settings of a Region,", "change",
			"For plans of an organisation the management account's opt-in counts: run it there too. Advanced features are set in each account.", CLI},
		{kind(func(c remedy.Change) bool { return c.Role != nil || c.RolePolicy != nil }), "make", "role or policy attachment", perAccount, CLI},
		{kind(func(c remedy.Change) bool { return c.Vault != nil }), "make", "vault", perAccount, CLI},
		{kind(func(c remedy.Change) bool {
			return c.VaultPolicy != nil || c.VaultLock != nil || c.VaultNotifications != nil
		}), "make", "vault setting", plansAlone, CLI},
		{kind(func(c remedy.Change) bool { return c.PITR != nil }), "set point-in-time recovery of", "table", plansAlone, CLI},
		{kind(func(c remedy.Change) bool {
			return c.TableTags != nil || c.DeletionProtection != nil || c.TableKey != nil
		}), "change tags, protection or key of", "table", plansAlone, CLI},
		{kind(func(c remedy.Change) bool { return c.Backup != nil }), "make", "on-demand backup", plansAlone, CLI},
		{kind(func(c remedy.Change) bool { return c.TestingPlan != nil || c.TestingSelection != nil }), "set up", "restore test", plansAlone, CLI},
		{kind(changesStandingPlan), "change", "existing plan", "A policy makes plans of its own beside those of the account.", CLI},
		{func(a *remedy.Action) bool { return a.Change.Selection != nil && !takesAway(a) && !sayable[a.ID] }, "assign by", "selection",
			"A policy selects by tags alone, or by resource type with conditions, one of the two in a plan; not single tables, and not for a plan that it has not made.", CLI},
		{func(a *remedy.Action) bool { return a.Change.Plan != nil && policySelections(p, a.ID) == nil }, "make", "backup plan",
			"A plan of a policy needs a selection, and the policy can express none of this one's.", CLI},
	})
}

// sayableSelections are the ids of the selections that a policy can express. The first one of a plan settles whether the plan selects by tags or by type.
func sayableSelections(p *remedy.Plan) map[string]bool {
	out, byTags := map[string]bool{}, map[string]bool{}
	for i := range p.Actions {
		s := p.Actions[i].Change.Selection
		if s == nil || s.Step == remedy.Delete {
			continue
		}
		plan, ours := s.Plan.Action()
		tags, ok := policyKind(s)
		if before, seen := byTags[plan]; !ours || !ok || seen && before != tags {
			continue
		}
		byTags[plan], out[p.Actions[i].ID] = tags, true
	}
	return out
}

// policyKind tells a selection by tags from one by type; ok is false for what is neither.
func policyKind(s *remedy.Selection) (tags, ok bool) {
	conditions := len(s.StringEquals) + len(s.StringNotEquals) + len(s.StringLike) + len(s.StringNotLike)
	if len(s.Resources) == 0 {
		return true, len(s.ListOfTags) > 0 && conditions == 0 && len(s.NotResources) == 0
	}
	for _, r := range append(slices.Clone(s.Resources), s.NotResources...) {
		if r != "*" && !strings.HasSuffix(r, ":table/*") {
			return false, false
		}
	}
	return false, len(s.ListOfTags) == 0
}

// organisation writes backup policies, a text that says what they need and cannot do, and a script that makes what each account needs.
func organisation(o order) (Rendering, error) {
	o.plan = folded(o.plan)
	plans := policyPlans(o.plan)
	if len(plans) == 0 {
		return Rendering{}, &Refusal{OrgBackupPolicy, "the plan makes no backup plan whose selection a backup policy can express: use " + o.command(CLI)}
	}
	parts, err := splitPolicy(plans)
	if err != nil {
		return Rendering{}, err
	}
	var made Rendering
	for i, part := range parts {
		name := o.opts.Name + "-backup-policy"
		if len(parts) > 1 {
			name += "-" + strconv.Itoa(i+1)
		}
		made.Files = append(made.Files, File{Name: name + ".json", Content: policyText(part)})
		made.Deploy = append(made.Deploy,
			fmt.Sprintf("policy=$(aws organizations create-policy --type BACKUP_POLICY --name %s --description %s --content %s --query Policy.PolicySummary.Id --output text)",
				shellWord(name), shellWord("backup plans of "+o.opts.Name), shellWord("file://"+name+".json")),
			fmt.Sprintf(`aws organizations attach-policy --policy-id "$policy" --target-id %s # or the id of a unit, or of the root`, shellWord(o.plan.Account)))
	}
	readme := File{Name: "README.md", Content: []byte(organisationReadme(o, made))}
	made.Files = append([]File{readme}, made.Files...)
	if script, ok := accountScript(o); ok {
		made.Files = append(made.Files, script)
		made.Deploy = append([]string{"bash " + shellWord("./"+script.Name) + " # with credentials of each account that the policy will reach"}, made.Deploy...)
	}
	return made, nil
}

// policyPlan is a plan of the policy with its name in it.
type policyPlan struct {
	name string
	body object
}

// policyPlans are the backup plans that the plan makes and of which a policy can say at least one selection. Two of one name that
// say the same become one in several Regions; two that do not get their Region into the name.
func policyPlans(p *remedy.Plan) []policyPlan {
	var out []policyPlan
	regions := map[string][]string{}
	for i := range p.Actions {
		a := &p.Actions[i]
		b := a.Change.Plan
		if b == nil || b.Step != remedy.Create {
			continue
		}
		selections := policySelections(p, a.ID)
		if selections == nil {
			continue
		}
		body := object{"rules": policyRules(p, b.Rules), "selections": selections}
		with(body, "backup_plan_tags", policyTags(b.Tags), len(b.Tags) > 0)
		name := b.Name
		if same := slices.IndexFunc(out, func(q policyPlan) bool { return q.name == name }); same >= 0 && asciiJSON(out[same].body) != asciiJSON(body) {
			name += "-" + regionOf(p, a)
		}
		if len(regions[name]) == 0 {
			out = append(out, policyPlan{name, body})
		}
		regions[name] = append(regions[name], regionOf(p, a))
	}
	for _, q := range out {
		q.body["regions"] = assign(regions[q.name])
	}
	return out
}

// assign wraps a value: a child policy may override it, and the effective policy does without the operator.
func assign(v any) object { return object{"@@assign": v} }

func assignDays(n int64) object { return assign(strconv.FormatInt(n, 10)) }

func policyRules(p *remedy.Plan, rules []remedy.Rule) object {
	out := object{}
	for _, r := range rules {
		one := object{"target_backup_vault_name": assign(r.Vault)}
		with(one, "schedule_expression", assign(r.Schedule), r.Schedule != "")
		with(one, "schedule_expression_timezone", assign(r.Timezone), r.Timezone != "") // UNCONFIRMED, see what is assumed
		with(one, "start_backup_window_minutes", assignDays(r.StartWindow), r.StartWindow > 0)
		with(one, "complete_backup_window_minutes", assignDays(r.CompletionWindow), r.CompletionWindow > 0)
		with(one, "enable_continuous_backup", assign("true"), r.Continuous)
		with(one, "target_logically_air_gapped_backup_vault_arn", assign(anyAccount(p, r.AirGappedVault)), r.AirGappedVault != "")
		with(one, "lifecycle", policyLifecycle(r.ColdAfterDays, r.DeleteAfterDays), r.ColdAfterDays > 0 || r.DeleteAfterDays > 0)
		copies := object{}
		for _, c := range r.Copies {
			to := anyAccount(p, c.VaultARN)
			copies[to] = with(object{"target_backup_vault_arn": assign(to)}, "lifecycle", policyLifecycle(c.ColdAfterDays, c.DeleteAfterDays), c.ColdAfterDays > 0 || c.DeleteAfterDays > 0)
		}
		with(one, "copy_actions", copies, len(copies) > 0)
		with(one, "recovery_point_tags", policyTags(r.Tags), len(r.Tags) > 0)
		out[r.Name] = one
	}
	return out
}

func policyLifecycle(cold, del int64) object {
	return with(with(object{}, "move_to_cold_storage_after_days", assignDays(cold), cold > 0), "delete_after_days", assignDays(del), del > 0)
}

func policyTags(tags map[string]string) object {
	out := object{}
	for k, v := range tags {
		out[k] = object{"tag_key": assign(k), "tag_value": assign(v)}
	}
	return out
}

// anyAccount puts AWS's variable in the place of the plan's account: each account that the policy reaches has its own.
func anyAccount(p *remedy.Plan, arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && parts[4] == p.Account {
		parts[4] = "$account"
	}
	return strings.Join(parts, ":")
}

// policySelections are the selections of a plan that a policy can express; nil when there are none.
func policySelections(p *remedy.Plan, plan string) object {
	byTags, byType := object{}, object{}
	sayable := sayableSelections(p)
	for i := range p.Actions {
		a := &p.Actions[i]
		s := a.Change.Selection
		if !sayable[a.ID] {
			continue
		}
		if id, _ := s.Plan.Action(); id != plan {
			continue
		}
		if tags, _ := policyKind(s); tags {
			addTagSelections(byTags, p, s)
			continue
		}
		one := object{"iam_role_arn": assign(anyAccount(p, s.RoleARN)), "resource_types": assign(s.Resources)}
		with(one, "not_resource_types", assign(s.NotResources), len(s.NotResources) > 0)
		conditions := policyConditions(s)
		byType[s.Name] = with(one, "conditions", conditions, len(conditions) > 0)
	}
	switch {
	case len(byTags) > 0:
		return object{"tags": byTags}
	case len(byType) > 0:
		return object{"resources": byType}
	}
	return nil
}

// addTagSelections adds one selection for each key: any one of them selects, as in a selection's list.
func addTagSelections(into object, p *remedy.Plan, s *remedy.Selection) {
	values := map[string][]string{}
	var order []string
	for _, t := range s.ListOfTags {
		if values[t.Key] == nil {
			order = append(order, t.Key)
		}
		values[t.Key] = append(values[t.Key], t.Value)
	}
	for i, key := range order {
		name := s.Name
		if i > 0 {
			name += "-" + strconv.Itoa(i+1)
		}
		into[name] = object{"iam_role_arn": assign(anyAccount(p, s.RoleARN)), "tag_key": assign(key), "tag_value": assign(values[key])}
	}
}

func policyConditions(s *remedy.Selection) object {
	out := object{}
	for _, c := range []struct {
		operator string
		list     []remedy.TagMatch
	}{{"string_equals", s.StringEquals}, {"string_not_equals", s.StringNotEquals}, {"string_like", s.StringLike}, {"string_not_like", s.StringNotLike}} {
		conditions := object{}
		for i, t := range c.list {
			conditions[fmt.Sprintf("condition%d", i+1)] = object{"condition_key": assign(t.Key), "condition_value": assign(t.Value)}
		}
		with(out, c.operator, conditions, len(conditions) > 0)
	}
	return out
}

// splitPolicy puts as many plans into one document as its limit allows. Policies attached to one target are merged by AWS.
func splitPolicy(plans []policyPlan) ([][]policyPlan, error) {
	var out [][]policyPlan
	for _, q := range plans {
		if n := len(compactPolicy([]policyPlan{q})); n > policyLimit {
			return nil, &Refusal{OrgBackupPolicy, fmt.Sprintf("backup plan %s alone takes %d of the %d characters that a backup policy may have: plan fewer rules, tags or selections", q.name, n, policyLimit)}
		}
		last := len(out) - 1
		if last >= 0 && len(compactPolicy(append(slices.Clone(out[last]), q))) <= policyLimit {
			out[last] = append(out[last], q)
			continue
		}
		out = append(out, []policyPlan{q})
	}
	return out, nil
}

func policyDocument(plans []policyPlan) object {
	all := object{}
	for _, q := range plans {
		all[q.name] = q.body
	}
	return object{"plans": all}
}

func compactPolicy(plans []policyPlan) string { return asciiJSON(policyDocument(plans)) }

// policyText is the document, indented where its limit allows that.
func policyText(plans []policyPlan) []byte {
	compact := compactPolicy(plans)
	var b bytes.Buffer
	if json.Indent(&b, []byte(compact), "", "  ") != nil || b.Len() > policyLimit {
		return []byte(compact)
	}
	return b.Bytes()
}
