package compare

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// damaged is a pair of tables of which the first was harmed in every way.
func damaged(t *testing.T) *stage {
	s := newStage(t)
	s.twins(20, nil)
	x, y := order(2), order(3)
	x["total"], x["more"] = num(0), str("$(touch harm) `id` 'x' \n REQUEST")
	delete(y, "address")
	s.put("orders", x, y, order(200))
	s.remove("orders", order(4))
	return s
}

func writes(t *testing.T, r *Result) ([]Write, Repaired) {
	t.Helper()
	var all []Write
	done, err := r.Repair(t.Context(), func(w Write) error { all = append(all, w); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return all, done
}

// apply makes a write of a repair file, as its reader would.
func (s *stage) apply(w Write) error {
	var in struct {
		TableName, ConditionExpression string
		ExpressionAttributeNames       map[string]string
		Item, Key                      map[string]map[string]json.RawMessage
		ExpressionAttributeValues      map[string]map[string]json.RawMessage
	}
	s.check(json.Unmarshal(w.Input, &in))
	values := attributes(s.t, in.ExpressionAttributeValues)
	if len(values) == 0 {
		values = nil
	}
	if w.Operation == "DeleteItem" {
		_, err := s.db.DeleteItem(s.t.Context(), &dynamodb.DeleteItemInput{TableName: &in.TableName, Key: attributes(s.t, in.Key),
			ConditionExpression: &in.ConditionExpression, ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: values})
		return err
	}
	_, err := s.db.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &in.TableName, Item: attributes(s.t, in.Item),
		ConditionExpression: &in.ConditionExpression, ExpressionAttributeNames: in.ExpressionAttributeNames, ExpressionAttributeValues: values})
	return err
}

func attributes(t testing.TB, m map[string]map[string]json.RawMessage) item {
	out := item{}
	for name, tagged := range m {
		out[name] = attribute(t, tagged)
	}
	return out
}

func attribute(t testing.TB, tagged map[string]json.RawMessage) types.AttributeValue {
	get := func(raw json.RawMessage, to any) {
		if err := json.Unmarshal(raw, to); err != nil {
			t.Fatal(err)
		}
	}
	for tag, raw := range tagged {
		switch tag {
		case "S":
			v := &types.AttributeValueMemberS{}
			get(raw, &v.Value)
			return v
		case "N":
			v := &types.AttributeValueMemberN{}
			get(raw, &v.Value)
			return v
		case "B":
			v := &types.AttributeValueMemberB{}
			get(raw, &v.Value)
			return v
		case "BOOL":
			v := &types.AttributeValueMemberBOOL{}
			get(raw, &v.Value)
			return v
		case "NULL":
			return &types.AttributeValueMemberNULL{Value: true}
		case "SS":
			v := &types.AttributeValueMemberSS{}
			get(raw, &v.Value)
			return v
		case "NS":
			v := &types.AttributeValueMemberNS{}
			get(raw, &v.Value)
			return v
		case "L":
			var list []map[string]json.RawMessage
			get(raw, &list)
			v := &types.AttributeValueMemberL{Value: []types.AttributeValue{}}
			for _, one := range list {
				v.Value = append(v.Value, attribute(t, one))
			}
			return v
		case "M":
			var m map[string]map[string]json.RawMessage
			get(raw, &m)
			return &types.AttributeValueMemberM{Value: attributes(t, m)}
		}
	}
	t.Fatalf("value %v", tagged)
	return nil
}

func TestARepairMakesTheTablesEqual(t *testing.T) {
	s := damaged(t)
	before := s.sim.Calls()
	r := s.items(Options{})
	all, done := writes(t, r)
	if done != (Repaired{Puts: 3, Deletes: 1}) || len(all) != 4 {
		t.Fatalf("%+v, %d writes", done, len(all))
	}
	for _, call := range []string{"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"} {
		if s.sim.Calls()[call] != before[call] {
			t.Errorf("%s was called", call)
		}
	}
	for _, w := range all {
		if err := s.apply(w); err != nil {
			t.Errorf("%s: %v", w.Input, err)
		}
	}
	wants(t, s.items(Options{}), Equal, Exact)
}

// TestARepairDoesNothingToWhatHasMoved: each write fails when its item is no more what was seen.
func TestARepairDoesNothingToWhatHasMoved(t *testing.T) {
	s := damaged(t)
	r := s.items(Options{})
	all, _ := writes(t, r)
	for _, i := range []int{2, 3, 200, 4} {
		x := order(i)
		x["paid"] = str("changed since")
		s.put("orders", x)
	}
	for _, w := range all {
		if err := s.apply(w); err == nil || !strings.Contains(err.Error(), "ConditionalCheckFailed") {
			t.Errorf("%s: %v", w.Input, err)
		}
	}
	if _, done := writes(t, s.items(Options{})); done.Puts+done.Deletes != 4 {
		t.Errorf("%+v", done)
	}
	s.put("orders", order(2))
	if _, done := writes(t, r); done.Skipped != 1 {
		t.Errorf("an item that differs no more is not written: %+v", done)
	}
}

func TestAnItemWithTooManyAttributesIsSkipped(t *testing.T) {
	s := newStage(t)
	s.twins(3, nil)
	x := order(1)
	for i := range 400 {
		x["attribute-"+strings.Repeat("x", i%20)+string(rune('a'+i%26))+strings.Repeat("y", i/20)] = num(i)
	}
	s.put("orders", x)
	all, done := writes(t, s.items(Options{}))
	if done.Skipped != 1 || !strings.Contains(all[0].Skipped, "more than a condition can name") {
		t.Errorf("%+v %+v", done, all)
	}
}

func TestRepairFiles(t *testing.T) {
	s := damaged(t)
	r := s.items(Options{})
	for _, script := range []bool{false, true} {
		var b bytes.Buffer
		f, err := NewRepairFile(&b, script, RepairHead{Tool: "restorable\nrm -rf", Table: r.A.ARN, From: r.B.ARN, Region: "eu-west-1"})
		s.check(err)
		done, err := r.Repair(t.Context(), f.Put)
		s.check(err)
		s.check(f.End(done))
		if !script {
			lines := strings.Split(strings.TrimSpace(b.String()), "\n")
			for _, line := range lines {
				if !json.Valid([]byte(line)) {
					t.Errorf("line %s", line)
				}
			}
			if len(lines) != 6 {
				t.Errorf("%d lines", len(lines))
			}
			continue
		}
		runs(t, b.String())
	}
}

// runs lets a shell run the script with an aws that only notes what it is given: other people's text is never run.
func runs(t *testing.T, script string) {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"aws": "#!/bin/sh\necho \"$@\" >> calls\nfor last; do :; done\ncat \"${last#file://}\" >> requests\n", "repair.sh": script} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), shell, "./repair.sh")
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil || strings.Count(string(calls), "put-item") != 3 || strings.Count(string(calls), "delete-item") != 1 {
		t.Errorf("%s %v", calls, err)
	}
	requests, err := os.ReadFile(filepath.Join(dir, "requests"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(requests)), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("request %s", line)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 4 {
		t.Errorf("%v, %v", files, err)
	}
}
