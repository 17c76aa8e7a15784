package interop

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/restorable/restorable/internal/iampolicy"
)

// policyCase is a question to moto and to the evaluator: may a user with these policies do that?
type policyCase struct {
	Name      string            `json:"name"`
	Documents []json.RawMessage `json:"documents"` // inline policies
	Managed   []json.RawMessage `json:"managed"`
	Groups    []json.RawMessage `json:"groups"`
	Table     string            `json:"table"`
	Action    string            `json:"action"`
}

func documents(texts ...string) []json.RawMessage {
	out := []json.RawMessage{}
	for _, t := range texts {
		out = append(out, json.RawMessage(`{"Version":"2012-10-17","Statement":[`+t+`]}`))
	}
	return out
}

// motoCases keep to what moto evaluates: Action, NotAction and Resource with wildcards, explicit denials, groups and managed policies.
// It reads no conditions and no NotResource, and knows boundaries of nobody (moto/iam/access_control.py).
func motoCases() []policyCase {
	const (
		readAll  = `{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query","dynamodb:DescribeTable"],"Resource":"*"}`
		every    = `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}`
		noWrites = `{"Effect":"Deny","Action":["dynamodb:PutItem","dynamodb:Delete*"],"Resource":"*"}`
		orders   = `{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}`
		butIAM   = `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`
		butRead  = `{"Effect":"Allow","NotAction":"dynamodb:Get*","Resource":"*"}`
		someGet  = `{"Effect":"Allow","Action":"dynamodb:G?tI*","Resource":"*"}`
		ordersO  = `{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/o*"}`
	)
	var out []policyCase
	for _, row := range []policyCase{
		{Name: "no policy"}, {Name: "read", Documents: documents(readAll)}, {Name: "all", Documents: documents(every)},
		{Name: "all but writes", Documents: documents(every, noWrites)}, {Name: "one document", Documents: documents(every + "," + noWrites)},
		{Name: "one table", Documents: documents(orders)}, {Name: "tables by a star", Documents: documents(ordersO)},
		{Name: "not iam", Documents: documents(butIAM)}, {Name: "not get", Documents: documents(butRead)}, {Name: "question mark", Documents: documents(someGet)},
		{Name: "by a group", Groups: documents(readAll)}, {Name: "denied by a group", Documents: documents(every), Groups: documents(noWrites)},
		{Name: "by a managed policy", Managed: documents(readAll)}, {Name: "denied by a managed policy", Documents: documents(every), Managed: documents(noWrites)},
	} {
		for _, action := range []string{"GetItem", "PutItem", "Scan", "DeleteItem", "DescribeTable"} {
			for _, table := range []string{"orders", "payments"} {
				c := row
				c.Action, c.Table = action, table
				if c.Documents == nil {
					c.Documents = documents()
				}
				out = append(out, c)
			}
		}
	}
	return out
}

func (c policyCase) evaluated(t *testing.T) bool {
	t.Helper()
	var p iampolicy.Policies
	for _, list := range [][]json.RawMessage{c.Documents, c.Managed, c.Groups} {
		for _, text := range list {
			doc, err := iampolicy.Parse(iampolicy.Identity, string(text))
			if err != nil {
				t.Fatal(err)
			}
			p.Identity = append(p.Identity, iampolicy.Named{Document: doc})
		}
	}
	d := iampolicy.Evaluate(iampolicy.Request{Action: "dynamodb:" + c.Action, Resource: "arn:aws:dynamodb:eu-west-1:123456789012:table/" + c.Table,
		Principal: iampolicy.Principal{ARN: "arn:aws:iam::123456789012:user/u", Account: "123456789012"}, Complete: true}, p)
	return d.Answer == iampolicy.Yes
}

// motoRefuses are policies, by the case's name, that moto takes for less than AWS's evaluation logic does, and why.
func motoRefuses() map[string]string {
	return map[string]string{
		"one table":        "moto asks about DynamoDB without a resource, so that only statements about * allow anything",
		"tables by a star": "likewise",
		"question mark":    "moto knows no question mark in an action",
	}
}

// TestMotoDecidesAlike puts the same policies and requests to moto's DynamoDB, policies enforced, and to the evaluator.
func TestMotoDecidesAlike(t *testing.T) {
	cases := motoCases()
	raw, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	serve(t, port, "", "env", "INITIAL_NO_AUTH_ACTION_COUNT=1000", counterpart(t, "venv", "bin", "moto_server"), "-H", "127.0.0.1", "-p", port)
	cmd := exec.CommandContext(t.Context(), python(t), "py/moto_policies.py", "http://127.0.0.1:"+port, file)
	cmd.Env = environment(t)
	var allowed []bool
	if err := json.Unmarshal(output(t, cmd), &allowed); err != nil {
		t.Fatal(err)
	}
	yes, refused := 0, map[string]bool{}
	for i, c := range cases {
		mine := c.evaluated(t)
		if mine {
			yes++
		}
		_, known := motoRefuses()[c.Name]
		switch {
		case mine == allowed[i]:
		case known && mine:
			refused[c.Name] = true
		default:
			t.Errorf("%s %s %s: evaluated %v, moto %v", c.Name, c.Action, c.Table, mine, allowed[i])
		}
	}
	if len(refused) != len(motoRefuses()) {
		t.Errorf("moto refuses %v: take the others off the list", refused)
	}
	if len(allowed) < 100 || yes < 30 || yes > len(allowed)-30 {
		t.Errorf("%d cases, %d of them allowed: too few to tell anything", len(allowed), yes)
	}
}
