package control

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// byHand are the commands for the first finding of a control in a unit.
func byHand(t *testing.T, id, unit string) []string {
	t.Helper()
	c := catalogue(t)
	k, ok := c.Control(id)
	if !ok {
		t.Fatalf("there is no control %s", id)
	}
	run := c.Evaluate(decode(t, []byte(unit)), Options{Controls: []*Control{k}})
	for range run.Findings() {
		return run.ByHand().Commands
	}
	t.Fatal("no finding")
	return nil
}

func TestCommandsByHandAreFilledInAndQuoted(t *testing.T) {
	got := byHand(t, "deletion-protection", `{"region":"eu-west-1","tables":[{"id":"t","name":"a; rm -rf 'x' {region}","deletion_protection":false}]}`)
	want := `aws dynamodb describe-table --table-name 'a; rm -rf '\''x'\'' {region}' --region eu-west-1 --query Table.DeletionProtectionEnabled`
	if len(got) != 1 || got[0] != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := byHand(t, "deletion-protection", `{"tables":[{"id":"t","name":"a"}]}`); !strings.Contains(got[0], "--region {region}") {
		t.Errorf("what is not known must stay a placeholder: %s", got)
	}
}

const twoSelections = `{"region":"eu-west-1","tables":[],"plans":[{"id":"p","name":"p","plan_id":"1-2","selections":[
	{"id":"s1","role_arn":"arn:aws:iam::123456789012:role/service-role/R"},{"id":"s2","role_arn":null}]}]}`

func TestACommandIsRepeatedForWhatTheResourceGoesBy(t *testing.T) {
	want := []string{
		"aws backup list-backup-selections --backup-plan-id 1-2 --region eu-west-1",
		"aws backup get-backup-selection --backup-plan-id 1-2 --selection-id s1 --region eu-west-1",
		"aws backup get-backup-selection --backup-plan-id 1-2 --selection-id s2 --region eu-west-1",
	}
	if d := cmp.Diff(want, byHand(t, "plan-selects-something", twoSelections)[:3]); d != "" {
		t.Error(d)
	}
	const table = `{"region":"r","tables":[{"id":"t","name":"t","arn":"arn:aws:dynamodb:r:1:table/t"}],"plans":`
	for plans, want := range map[string]string{
		`[]`:                                  "", // a Region without plans: nothing to ask
		`{"whole":{"$unknown":0},"items":[]}`: "--backup-plan-id {plan.id}",
		`[{"id":"p","plan_id":"9"}]`:          "--backup-plan-id 9",
	} {
		all := strings.Join(byHand(t, "backup-plan-membership", table+plans+"}"), "\n")
		if want == "" && strings.Contains(all, "--backup-plan-id") || !strings.Contains(all, want) {
			t.Errorf("with plans %s:\n%s", plans, all)
		}
	}
}

func TestACommandIsNotRepeatedWithoutEnd(t *testing.T) {
	var plans []string
	for range 3 * maxRepeats {
		plans = append(plans, `{"id":"p","plan_id":"`+strings.Repeat("x", len(plans)+1)+`","selections":[]}`)
	}
	n := 0
	for _, command := range byHand(t, "backup-plan-membership", `{"tables":[{"id":"t","name":"t"}],"plans":[`+strings.Join(plans, ",")+`]}`) {
		if strings.Contains(command, "list-backup-selections") {
			n++
		}
	}
	if n != maxRepeats {
		t.Errorf("printed %d times", n)
	}
}
