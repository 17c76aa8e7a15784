package awsapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

type policyDocument struct {
	Version   string
	Statement []policyStatement
}

type policyStatement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource string
}

// Policy builds the least-privilege identity policy for the calls in a partition: one statement per resource pattern, all sorted.
// Calls for which AWS demands no permission are left out.
func Policy(partition string, calls []Call) ([]byte, error) {
	byResource := map[string][]string{}
	for _, c := range calls {
		if c.Free {
			continue
		}
		resource := strings.ReplaceAll(c.Resource, "{partition}", partition)
		byResource[resource] = append(byResource[resource], string(c.ID))
		for _, d := range c.Dependent {
			byResource[resource] = append(byResource[resource], string(d))
		}
	}
	doc := policyDocument{Version: "2012-10-17", Statement: []policyStatement{}}
	for resource, actions := range byResource {
		sort.Strings(actions)
		doc.Statement = append(doc.Statement, policyStatement{Sid: sid(resource), Effect: "Allow", Action: slices.Compact(actions), Resource: resource})
	}
	sort.Slice(doc.Statement, func(i, j int) bool { return doc.Statement[i].Resource < doc.Statement[j].Resource })
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return buf.Bytes(), nil
}

// sid names a statement after its resource: letters and digits only, as IAM demands.
func sid(resource string) string {
	if resource == "*" {
		return "ReadAccountAndRegion"
	}
	parts := strings.Split(resource, ":")
	kind := strings.FieldsFunc(strings.Join(parts[5:], " "), func(r rune) bool { return strings.ContainsRune("/*- ", r) })
	name := "Read" + titled(parts[2])
	for _, k := range kind {
		name += titled(k)
	}
	return name
}

func titled(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
