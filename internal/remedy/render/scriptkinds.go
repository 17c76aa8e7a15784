package render

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// kind is how a script sees one thing, and how it makes one change of it: the same for making it and for undoing it.
type kind struct {
	see    reading
	over   string                     // where the query looks, with %s for the verdict; empty: at the answer itself
	done   func(remedy.Change) string // condition that it is as a change wants it, where there is something
	find   []string
	before []string
	then   []string
	call   []string
	after  []string
	made   bool // a thing that is made or taken away: when it is there and not as expected, it is left alone
}

// stepFor is the step of a change of an action. back is the opposite change, which says how it should be before; nil: that does not count.
func stepFor(a *remedy.Action, c remedy.Change, back *remedy.Change) (step, error) {
	k, err := kindOf(a, c, back)
	if err != nil {
		return step{}, err
	}
	before := ""
	switch {
	case back != nil:
		before = k.done(*back)
	case k.made && k.see.absent == answerOpen:
		before = literal(false)
	}
	query := verdictQuery(k.done(c), before)
	if k.over != "" {
		query = fmt.Sprintf(k.over, query)
	}
	return step{before: k.before, find: k.find, look: k.see.words(query), then: k.then, call: k.call, after: k.after}, nil
}

// Answers of a look, and so what it means when a read finds nothing.
const (
	answerOpen = "open"
	answerFits = "fits"
)

var errNoKind = errors.New("no script can make such a change")

func kindOf(a *remedy.Action, c remedy.Change, back *remedy.Change) (kind, error) {
	switch {
	case c.RegionSettings != nil:
		return settingsKind(c.RegionSettings, back), nil
	case c.Role != nil:
		return roleKind(c.Role), nil
	case c.RolePolicy != nil:
		return rolePolicyKind(c.RolePolicy), nil
	case c.Vault != nil:
		return vaultKind(c.Vault), nil
	case c.VaultPolicy != nil:
		return vaultPolicyKind(c.VaultPolicy), nil
	case c.VaultLock != nil:
		return lockKind(c.VaultLock), nil
	case c.VaultNotifications != nil:
		return notifyKind(c.VaultNotifications), nil
	case c.Plan != nil:
		return planKind(a, c.Plan), nil
	case c.PlanRules != nil:
		return rulesKind(c.PlanRules), nil
	case c.Selection != nil:
		return selectionKind(c.Selection), nil
	}
	return tableKindOf(c, back)
}

func settingsKind(s *remedy.RegionSettings, back *remedy.Change) kind {
	optIn, management := changed(s.OptIn, back, func(r *remedy.RegionSettings) map[string]bool { return r.OptIn }),
		changed(s.Management, back, func(r *remedy.RegionSettings) map[string]bool { return r.Management })
	const optInPath, managementPath = "ResourceTypeOptInPreference", "ResourceTypeManagementPreference"
	var members []string
	for _, m := range []struct {
		path string
		set  map[string]bool
	}{{optInPath, optIn}, {managementPath, management}} {
		if len(m.set) > 0 {
			members = append(members, fmt.Sprintf("%s: merge(%s || %s, %s)", m.path, m.path, literal(object{}), literal(m.set)))
		}
	}
	see := reading{absent: answerOpen, service: "backup", operation: "describe-region-settings", input: object{}}
	return kind{
		see: see,
		done: func(c remedy.Change) string {
			var conditions []string
			for _, k := range slices.Sorted(maps.Keys(optIn)) {
				conditions = append(conditions, preference(optInPath, k, c.RegionSettings.OptIn[k]))
			}
			for _, k := range slices.Sorted(maps.Keys(management)) {
				conditions = append(conditions, preference(managementPath, k, c.RegionSettings.Management[k]))
			}
			return all(conditions...)
		},
		// The whole of both maps, as they are now, with the change in it: so it does not matter whether AWS merges or replaces.
		then: []string{"prepare '' backup describe-region-settings '{}' " + quoted("{"+strings.Join(members, ", ")+"}")},
		call: []string{"backup", "update-region-settings", `"$document"`},
	}
}

// preference is a condition on a service's preference. What is not there is off.
func preference(path, service string, on bool) string {
	return equal(fmt.Sprintf("(%s.%s || %s)", path, asciiJSON(service), literal(false)), on)
}

// changed are the preferences that a change is about: those that differ from the opposite change, and else DynamoDB's.
func changed(set map[string]bool, back *remedy.Change, of func(*remedy.RegionSettings) map[string]bool) map[string]bool {
	out := map[string]bool{}
	for k, v := range set {
		if back != nil && back.RegionSettings != nil && of(back.RegionSettings) != nil {
			if of(back.RegionSettings)[k] != v {
				out[k] = v
			}
		} else if k == "DynamoDB" {
			out[k] = v
		}
	}
	return out
}

func roleKind(r *remedy.Role) kind {
	k := kind{
		made: true,
		see:  reading{code: "NoSuchEntity", service: "iam", operation: "get-role", input: object{"RoleName": r.Name}},
		done: func(c remedy.Change) string {
			if c.Role.Step == remedy.Delete {
				return literal(false)
			}
			return equal("Role.AssumeRolePolicyDocument", decoded(c.Role.Trust))
		},
	}
	if r.Step == remedy.Delete {
		k.see.absent, k.call = answerFits, call("iam", "delete-role", object{"RoleName": r.Name})
		return k
	}
	in := object{"RoleName": r.Name, "AssumeRolePolicyDocument": r.Trust}
	with(in, "Path", r.Path, r.Path != "")
	with(in, "Description", r.Description, r.Description != "")
	with(in, "Tags", tagList(r.Tags), len(r.Tags) > 0)
	k.see.absent, k.call = answerOpen, call("iam", "create-role", in)
	return k
}

func rolePolicyKind(r *remedy.RolePolicy) kind {
	in := object{"RoleName": r.Role, "PolicyArn": r.PolicyARN}
	k := kind{
		see: reading{absent: answerOpen, service: "iam", operation: "list-attached-role-policies", input: object{"RoleName": r.Role}},
		done: func(c remedy.Change) string {
			count := "length(AttachedPolicies[?" + equal("PolicyArn", c.RolePolicy.PolicyARN) + "])"
			return map[bool]string{true: count + " > " + literal(0), false: equal(count, 0)}[c.RolePolicy.Attached]
		},
		call: call("iam", "attach-role-policy", in),
	}
	if !r.Attached {
		k.see.absent, k.see.code, k.call = answerFits, "NoSuchEntity", call("iam", "detach-role-policy", in)
	}
	return k
}
