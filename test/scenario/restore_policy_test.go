package scenario

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestTheRestorePolicyOfOneTable suffices to restore into that table, and allows to write to no other.
func TestTheRestorePolicyOfOneTable(t *testing.T) {
	sequential(t)
	t.Parallel()
	url, root := hurried(t)
	a := newAuditor(t, url, root, "restorer")
	code, text, stderr := a.restorable(t, "iam", "policy", "restore", "--to", "orders-2")
	if code != 0 {
		t.Fatal(stderr)
	}
	a.attach(t, []byte(text))
	if code, out, stderr := a.restorable(t, "restore", "orders", "--to", "orders-3", "--latest", "--rates", "off", "--auto-approve"); code != 4 || !strings.Contains(stderr, "not permitted") {
		t.Errorf("into another table: exit code %d\n%s%s", code, out, stderr)
	}
	if code, out, stderr := a.restorable(t, "restore", "orders", "--to", "orders-2", "--latest", "--rates", "off", "--auto-approve"); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
	for _, write := range writesElsewhere(t, text) {
		t.Errorf("the policy allows %s on any table", write)
	}
}

// writesElsewhere are the actions that change tables and are not confined to the new one; asking for a restore is demanded of its source too.
func writesElsewhere(t *testing.T, text string) []string {
	t.Helper()
	var policy struct {
		Statement []struct{ Action, Resource any }
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range policy.Statement {
		resources, _ := json.Marshal(s.Resource)
		if !strings.Contains(string(resources), `:table/*"`) {
			continue
		}
		for _, action := range s.Action.([]any) {
			_, verb, _ := strings.Cut(action.(string), ":")
			if !strings.HasPrefix(verb, "Describe") && !strings.HasPrefix(verb, "List") && !strings.HasPrefix(verb, "GetResourcePolicy") && !strings.HasPrefix(verb, "RestoreTable") {
				out = append(out, action.(string))
			}
		}
	}
	return out
}
