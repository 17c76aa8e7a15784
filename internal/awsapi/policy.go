package awsapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Permission is one action on one resource, as an identity policy allows it.
type Permission struct {
	Action    CallID
	Resource  string // ARN or pattern; {partition} is filled in when a policy is written
	Condition Condition
}

// Permissions are what AWS demands for the calls, whatever they are about: with a customer's key, with tags. Calls for which AWS demands nothing are left out.
func Permissions(calls []Call) []Permission {
	var all []Permission
	for _, c := range calls {
		all = append(all, c.Permissions()...)
	}
	return all
}

// Permissions are what AWS demands for the call, whatever it is about.
func (c Call) Permissions() []Permission {
	if c.Free {
		return nil
	}
	all := []Permission{{Action: c.ID, Resource: c.Resource, Condition: c.Condition}}
	for _, g := range c.Dependent {
		resource := g.Resource
		if g.On == OnOwn {
			resource = c.Resource
		}
		all = append(all, Permission{Action: g.Action, Resource: resource, Condition: g.Condition})
	}
	return all
}

// Policy builds the least-privilege identity policy for the calls in a partition, whatever they are about.
func Policy(partition string, calls []Call) ([]byte, error) {
	return Document(partition, Permissions(calls))
}

type policyDocument struct {
	Version   string
	Statement []policyStatement
}

type policyStatement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  oneOrMore
	Condition map[string]map[string]string `json:",omitempty"`
}

// oneOrMore is written as a string when it holds one.
type oneOrMore []string

// MarshalJSON writes one string, or the list.
func (l oneOrMore) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return plainJSON(l[0])
	}
	return plainJSON([]string(l))
}

func plainJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(buf.Bytes(), "\n"), err
}

// Document writes the identity policy that allows exactly the permissions in a partition. Actions that share their resources and
// their condition share a statement; statements, actions and resources are sorted.
func Document(partition string, permissions []Permission) ([]byte, error) {
	doc := policyDocument{Version: "2012-10-17", Statement: statements(partition, permissions)}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return buf.Bytes(), nil
}

// allowance is a statement in the making: what an action may be done to under one condition.
type allowance struct {
	actions   []string
	resources []string
	condition Condition
}

func (a allowance) key() string {
	return strings.Join(a.resources, "\x00") + "\x01" + a.condition.Operator + "\x00" + a.condition.Key + "\x00" + a.condition.Value
}

func statements(partition string, permissions []Permission) []policyStatement {
	merged := map[string]*allowance{}
	for _, a := range perAction(partition, permissions) {
		if same, ok := merged[a.key()]; ok {
			same.actions = append(same.actions, a.actions...)
		} else {
			merged[a.key()] = a
		}
	}
	all := []policyStatement{}
	for _, a := range merged {
		slices.Sort(a.actions)
		s := policyStatement{Sid: sid(a), Effect: "Allow", Action: slices.Compact(a.actions), Resource: a.resources}
		if a.condition != (Condition{}) {
			s.Condition = map[string]map[string]string{a.condition.Operator: {a.condition.Key: a.condition.Value}}
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y policyStatement) int {
		return cmp.Or(slices.Compare(x.Resource, y.Resource), cmp.Compare(x.Sid, y.Sid), slices.Compare(x.Action, y.Action), cmp.Compare(fmt.Sprint(x.Condition), fmt.Sprint(y.Condition)))
	})
	return numbered(all)
}

// perAction gathers for each action and condition the resources; a resource that another pattern covers is left out.
func perAction(partition string, permissions []Permission) []*allowance {
	type place struct {
		action    CallID
		condition Condition
	}
	found := map[place]*allowance{}
	var all []*allowance
	for _, p := range permissions {
		c := p.Condition
		c.Value = strings.ReplaceAll(c.Value, "{partition}", partition)
		at := place{p.Action, c}
		a, ok := found[at]
		if !ok {
			a = &allowance{actions: []string{string(p.Action)}, condition: c}
			found[at], all = a, append(all, a)
		}
		a.resources = append(a.resources, strings.ReplaceAll(p.Resource, "{partition}", partition))
	}
	for _, a := range all {
		slices.Sort(a.resources)
		a.resources = slices.Compact(a.resources)
		if slices.Contains(a.resources, "*") {
			a.resources = []string{"*"}
		}
	}
	return all
}

// numbered makes the names of statements unique, as IAM demands.
func numbered(all []policyStatement) []policyStatement {
	seen := map[string]int{}
	for i := range all {
		seen[all[i].Sid]++
		if n := seen[all[i].Sid]; n > 1 {
			all[i].Sid = fmt.Sprintf("%s%d", all[i].Sid, n)
		}
	}
	return all
}

// sid names a statement after what it allows and on what: letters and digits only, as IAM demands.
func sid(a *allowance) string {
	verb := "Read"
	for _, action := range a.actions {
		if !isRead(action) {
			verb = "Change"
		}
	}
	if a.condition.Key == "iam:PassedToService" {
		verb = "Pass"
	}
	if a.resources[0] == "*" {
		return verb + "AccountAndRegion"
	}
	return verb + subject(a.resources[0])
}

func isRead(action string) bool {
	_, verb, _ := strings.Cut(action, ":")
	return strings.HasPrefix(verb, "List") || strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "Describe") || verb == "Scan" || verb == "Query" || verb == "Decrypt"
}

// subject is the service and the kind of thing that an ARN names: "DynamodbTable", "BackupBackupVault".
func subject(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "Other"
	}
	name := titled(parts[2])
	kind := parts[5][:kindLength(parts[5])]
	for _, k := range strings.FieldsFunc(kind, func(r rune) bool { return !isAlphanumeric(r) }) {
		name += titled(k)
	}
	if parts[2] == "dynamodb" && strings.Contains(parts[5], "/backup/") {
		name += "Backup"
	}
	return name
}

// kindLength is how much of an ARN's resource says of which kind it is.
func kindLength(resource string) int {
	if i := strings.IndexAny(resource, "/:*"); i >= 0 {
		return i
	}
	return len(resource)
}

func isAlphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func titled(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
