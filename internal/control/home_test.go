package control

import "testing"

const accountControl = `id: account-question
title: Accounts are numbered
description: A question of the whole account.
severity: low
level: 1
kind: preventative
resource: account
passes: unit.region == "eu-west-1"
reasons: {pass: "{unit.account}", fail: none, unknown: "{missing}", not_applicable: never}
by_hand:
  commands: [aws sts get-caller-identity]
  console: IAM
references: [https://example.com/]
examples:
  - {name: known, verdict: PASS, resource: "1", unit: {account: "1", region: eu-west-1}}
  - {name: other, verdict: FAIL, resource: "1", unit: {account: "1", region: eu-west-2}}
  - {name: denied, verdict: UNKNOWN, resource: "1", unit: {account: "1"}}
`

// A control of the account is asked once for each account: not in units that are known not to be its home, but in those that do not say.
func TestAnAccountIsJudgedAtHome(t *testing.T) {
	c, err := loadOwn(t, map[string]string{"account-question.yaml": accountControl})
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := c.Select(Selection{Controls: []string{"account-question"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		home string
		want int
	}{{`,"home":true`, 1}, {`,"home":false`, 0}, {``, 1}, {`,"home":{"$unknown":0}`, 1}} {
		u := decode(t, []byte(`{"account":"111122223333","region":"eu-west-1"`+row.home+`}`))
		got := 0
		for range c.Evaluate(u, Options{Controls: chosen}).Findings() {
			got++
		}
		if got != row.want {
			t.Errorf("home %q: %d findings, want %d", row.home, got, row.want)
		}
	}
}
