package remedy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// State is what is observed of a thing, reduced to what an action rests on or changes: flat, so that a difference can be named.
// The functions of this file alone make states: whoever plans from an estate and whoever reads AWS again meet in them.
type State map[string]string

// Values of states.
const (
	Yes  = "yes"
	No   = "no"
	None = "none"
)

// Fingerprint is the sha256, in hex, of the state.
func (s State) Fingerprint() string {
	h := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(h, "%q=%q\n", k, s[k])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Moved lists how other differs in the keys of s, one clause each, such as "pitr was DISABLED, is ENABLED". Empty: it does not.
func (s State) Moved(other State) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(s)) {
		if now, ok := other[k]; !ok {
			out = append(out, fmt.Sprintf("%s was %s, is gone", words(k), s[k]))
		} else if now != s[k] {
			out = append(out, fmt.Sprintf("%s was %s, is %s", words(k), s[k], now))
		}
	}
	return out
}

func words(key string) string { return strings.ReplaceAll(key, "_", " ") }

// PITRState is point-in-time recovery of one incarnation of a table. status is ENABLED or DISABLED; the period counts only when enabled.
func PITRState(tableID, status string, periodDays int64) State {
	s := State{"table_id": tableID, "pitr": status, "period_days": None}
	if status == "ENABLED" {
		s["period_days"] = strconv.FormatInt(periodDays, 10)
	}
	return s
}

// SettingsState is what a Region's settings say of DynamoDB: other services' settings may move without making a plan stale.
func SettingsState(optIn, management map[string]bool) State {
	return State{"dynamodb_opt_in": onOff(optIn["DynamoDB"]), "dynamodb_advanced_features": onOff(management["DynamoDB"])}
}

// RoleState is whether a role exists and who may assume it. trust is the policy's text; it is compared in its canonical form.
func RoleState(exists bool, trust string) State {
	if !exists {
		return State{"role": None}
	}
	return State{"role": "exists", "trust": digest(Canonical(trust))}
}

// AttachedState is whether a managed policy is attached to a role.
func AttachedState(attached bool) State { return State{"attached": yesNo(attached)} }

// VaultState is whether a vault exists, and under which key. An empty key is not compared: AWS's own key has an ARN of its own.
func VaultState(exists bool, keyARN string) State {
	if !exists {
		return State{"vault": None}
	}
	s := State{"vault": "exists"}
	if keyARN != "" {
		s["key"] = keyARN
	}
	return s
}

// VaultPolicyState is a vault's access policy, compared in its canonical form. An empty text stands for none.
func VaultPolicyState(policy string) State {
	if policy == "" {
		return State{"policy": None}
	}
	return State{"policy": digest(Canonical(policy))}
}

// VaultLockState is a vault's lock. Days of 0 stand for none; final is whether the lock has a date after which nobody can undo it.
func VaultLockState(locked bool, minDays, maxDays int64, final bool) State {
	if !locked {
		return State{"lock": None}
	}
	mode := "governance"
	if final {
		mode = "compliance"
	}
	return State{"lock": mode, "min_retention": days(minDays), "max_retention": days(maxDays)}
}

// NotificationsState is where a vault's events go. An empty topic stands for none.
func NotificationsState(topic string, events []string) State {
	if topic == "" {
		return State{"topic": None}
	}
	sorted := slices.Clone(events)
	slices.Sort(sorted)
	return State{"topic": topic, "events": strings.Join(sorted, ",")}
}

// PlanNameState is whether a plan of a name exists: AWS allows several, we make none beside another.
func PlanNameState(exists bool) State {
	if exists {
		return State{"plan": "exists"}
	}
	return State{"plan": None}
}

// PlanRulesState is what some rules of a plan say, by name. A rule that is not there is none.
func PlanRulesState(rules []Rule, names []string) State {
	s := State{"plan": "exists"}
	for _, name := range names {
		s["rule_"+name] = None
		for _, r := range rules {
			if r.Name == name {
				s["rule_"+name] = digest(jsonText(r.normal()))
			}
		}
	}
	return s
}

// SelectionState is what a selection says. Nil stands for none of that name.
func SelectionState(found *Selection) State {
	if found == nil {
		return State{"selection": None}
	}
	return State{"selection": "exists", "document": digest(jsonText(found.document()))}
}

// TableTagsState is what a table's tags say for some keys.
func TableTagsState(tableID string, tags map[string]string, keys []string) State {
	s := State{"table_id": tableID}
	for _, k := range keys {
		s["tag_"+k] = None
		if v, ok := tags[k]; ok {
			s["tag_"+k] = "=" + v
		}
	}
	return s
}

// ProtectionState is a table's deletion protection.
func ProtectionState(tableID string, on bool) State {
	return State{"table_id": tableID, "deletion_protection": onOff(on)}
}

// TableKeyState is the key of a table: its ARN, or aws-owned.
func TableKeyState(tableID, key string) State {
	if key == "" {
		key = "aws-owned"
	}
	return State{"table_id": tableID, "key": key}
}

// TableState is that a table of that incarnation stands and can be backed up.
func TableState(tableID string) State { return State{"table_id": tableID, "table": "exists"} }

// TestingPlanState is whether a restore testing plan of that name exists.
func TestingPlanState(exists bool) State {
	if exists {
		return State{"restore_testing_plan": "exists"}
	}
	return State{"restore_testing_plan": None}
}

// TestingSelectionState is whether a selection of a restore testing plan exists.
func TestingSelectionState(exists bool) State {
	if exists {
		return State{"restore_testing_selection": "exists"}
	}
	return State{"restore_testing_selection": None}
}

// document is what a selection says, without what names it, its lists in an order of their own.
func (s *Selection) document() Selection {
	d := Selection{Name: s.Name, RoleARN: s.RoleARN}
	d.Resources, d.NotResources = sorted(s.Resources), sorted(s.NotResources)
	d.ListOfTags, d.StringEquals, d.StringNotEquals = sortedTags(s.ListOfTags), sortedTags(s.StringEquals), sortedTags(s.StringNotEquals)
	d.StringLike, d.StringNotLike = sortedTags(s.StringLike), sortedTags(s.StringNotLike)
	return d
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

func sortedTags(list []TagMatch) []TagMatch {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b TagMatch) int { return strings.Compare(a.Key+"\x00"+a.Value, b.Key+"\x00"+b.Value) })
	return out
}

// normal is the rule with AWS's defaults filled in, so that what was left out and what AWS echoes compare as equal.
func (r Rule) normal() Rule {
	if r.Schedule == "" {
		r.Schedule = "cron(0 5 ? * * *)"
	}
	if r.Timezone == "Etc/UTC" || r.Timezone == "UTC" {
		r.Timezone = ""
	}
	if r.StartWindow == 0 {
		r.StartWindow = 480
	}
	if r.CompletionWindow == 0 {
		r.CompletionWindow = 10_080
	}
	if len(r.Tags) == 0 {
		r.Tags = nil
	}
	r.Copies = slices.Clone(r.Copies)
	slices.SortFunc(r.Copies, func(a, b Copy) int { return strings.Compare(a.VaultARN, b.VaultARN) })
	return r
}

// Canonical is a JSON document with sorted keys and without white space; what is no JSON stays as it is.
func Canonical(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return jsonText(v)
}

func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%#v", v) // plain data always marshals; if it ever did not, states would still differ where values do
	}
	return string(raw)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:8])
}

func days(n int64) string {
	if n == 0 {
		return None
	}
	return strconv.FormatInt(n, 10) + " days"
}

func yesNo(b bool) string {
	if b {
		return Yes
	}
	return No
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
