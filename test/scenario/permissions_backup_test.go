package scenario

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// backupPolicy prints a policy and takes one action out; an empty one takes none.
func backupPolicy(t *testing.T, a *auditor, without string, command ...string) (policy []byte, actions []string) {
	t.Helper()
	code, text, stderr := a.restorable(t, append([]string{"iam", "policy"}, command...)...)
	if code != 0 {
		t.Fatal(stderr)
	}
	var doc struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	kept := doc.Statement[:0]
	for _, s := range doc.Statement {
		var left []any
		for _, action := range s["Action"].([]any) {
			actions = append(actions, action.(string))
			if action != without {
				left = append(left, action)
			}
		}
		if s["Action"] = left; len(left) > 0 {
			kept = append(kept, s)
		}
	}
	doc.Statement = kept
	policy, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return policy, actions
}

// needless are actions that these backups do without, because AWS demands them in other circumstances: with --region all, after an answer
// that was lost, and where no service-linked role is yet.
func needless() []string {
	return []string{"account:ListRegions", "dynamodb:ListBackups", "iam:CreateServiceLinkedRole"}
}

// TestTheBackupPolicySufficesAndEachActionIsNeeded: with the policy that the program prints backups are made and read back; with any
// action less they are not.
func TestTheBackupPolicySufficesAndEachActionIsNeeded(t *testing.T) {
	sequential(t)
	url, root := enforcing(t)
	for name, c := range map[string]struct{ policy, backup []string }{
		"native": {[]string{"backup"}, []string{"backup", "orders", "payments", "--auto-approve"}},
		"by tag": {[]string{"backup", "--where-tag"}, []string{"backup", "--where-tag", "data-class=personal", "--auto-approve"}},
		"through AWS Backup": {[]string{"backup", "--with", "aws-backup"},
			[]string{"backup", "returns", "--auto-approve", "--with", "aws-backup", "--vault", "primary", "--role", "backup-service", "--tag", "a=b"}},
	} {
		t.Run(name, func(t *testing.T) {
			plain := strings.ReplaceAll(name, " ", "-")
			full := newAuditor(t, url, root, "full-"+plain)
			policy, actions := backupPolicy(t, full, "", c.policy...)
			full.allow(t, policy)
			if code, out, stderr := full.restorable(t, append(c.backup, "--rates", "off")...); code != 0 {
				t.Fatalf("exit code %d: %s %s", code, out, stderr)
			}
			for i, action := range actions {
				if slices.Contains(append(needless(), afterTheStart()...), action) {
					continue
				}
				less := newAuditor(t, url, root, plain+"-"+string(rune('a'+i)))
				policy, _ := backupPolicy(t, less, action, c.policy...)
				less.allow(t, policy)
				if code, out, _ := less.restorable(t, append(c.backup, "--rates", "off")...); code == 0 {
					t.Errorf("without %s all goes well: %s", action, out)
				}
			}
		})
	}
}

// TestTheBackupPolicySufficesToWait lets the clock run while the program waits for its job.
func TestTheBackupPolicySufficesToWait(t *testing.T) {
	url, root := enforcing(t)
	a := newAuditor(t, url, root, "waits")
	policy, _ := backupPolicy(t, a, "", "backup", "--with", "aws-backup")
	a.allow(t, policy)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(500 * time.Millisecond):
				if r, err := http.Post(url+"/_sim/clock", "application/json", strings.NewReader(`{"advance":"1m"}`)); err == nil {
					_ = r.Body.Close()
				}
			}
		}
	}()
	code, out, stderr := a.restorable(t, "backup", "returns", "--auto-approve", "--with", "aws-backup", "--vault", "primary", "--role", "backup-service", "--wait", "--within", "60s", "--rates", "off")
	if code != 0 || !strings.Contains(out, "1 backed up") {
		t.Errorf("exit code %d: %s %s", code, out, stderr)
	}
}

// afterTheStart are what --wait needs of AWS Backup; package backup tests that a wait without them says so.
func afterTheStart() []string {
	return []string{"backup:DescribeBackupJob", "backup:ListRecoveryPointsByResource", "backup:DescribeRecoveryPoint", "backup:ListTags"}
}
