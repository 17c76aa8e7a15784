package control

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

const runaway = `id: runaway
title: Points are compared with all others
description: As a careless author writes it.
severity: low
level: 1
kind: detective
resource: recovery-point
passes: vault.recovery_points.all(p, !vault.recovery_points.exists(q, p.id != q.id && q.size_bytes == -1))
reasons: {pass: a, fail: b, unknown: "not known: {missing}"}
by_hand: {commands: ["aws backup list-backup-vaults"], console: Backup}
references: ["https://docs.aws.amazon.com/"]
examples:
  - {name: one, verdict: PASS, resource: p, unit: {vaults: [{id: v, recovery_points: []}]}}
  - {name: two, verdict: FAIL, resource: p, unit: {vaults: [{id: v, recovery_points: [{id: p, size_bytes: 1}]}]}}
  - {name: three, verdict: UNKNOWN, resource: p, unit: {vaults: [{id: v, recovery_points: [{id: p}]}]}}
`

// TestAControlCannotRunAway: a hundred million comparisons for each of ten thousand points end soon, as UNKNOWN with a problem.
func TestAControlCannotRunAway(t *testing.T) {
	c, err := loadOwn(t, map[string]string{"own.yaml": runaway})
	if err != nil {
		t.Fatal(err)
	}
	var points []map[string]any
	for i := range 10_000 {
		points = append(points, map[string]any{"id": fmt.Sprintf("p%d", i), "size_bytes": i})
	}
	text, err := json.Marshal(map[string]any{"vaults": []any{map[string]any{"id": "v", "recovery_points": points}}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := estate.DecodeUnit(text)
	if err != nil {
		t.Fatal(err)
	}
	k, _ := c.Control("runaway")
	run, began, unknown := c.Evaluate(u, Options{Controls: []*Control{k}}), time.Now(), 0
	for f := range run.Findings() {
		if f.Verdict == Unknown {
			unknown++
		}
	}
	if unknown != len(points) {
		t.Errorf("%d of %d are UNKNOWN", unknown, len(points))
	}
	affected := 0
	for _, p := range run.Problems() {
		if p.Code != "CostLimitExceeded" || p.Operation != "control:runaway" {
			t.Errorf("%+v", p)
		}
		affected += p.Affects
	}
	if affected != len(points) {
		t.Errorf("the problems affect %d findings", affected)
	}
	t.Logf("%s", time.Since(began))
	if took := time.Since(began); took > time.Minute { // without the budget: hours
		t.Errorf("it took %s", took)
	}
}

// TestExpressionsReadNothingButTheEstate: whatever a function could reach beyond it would have to be one of these.
func TestExpressionsReadNothingButTheEstate(t *testing.T) {
	l, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	pure := strings.Fields(`bool bytes contains double duration endsWith getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours
		getMilliseconds getMinutes getMonth getSeconds int matches size startsWith string timestamp uint
		copies date days in join keys longest_gap missing_tags outcome outside replicas restores seconds span testing`)
	known := map[string]bool{}
	for _, name := range pure {
		known[name] = true
	}
	for name := range l.base.Functions() {
		operator := strings.HasPrefix(name, "_") || strings.HasPrefix(name, "@") || strings.HasPrefix(name, "!") || strings.HasPrefix(name, "-")
		if !operator && !known[name] {
			t.Errorf("%s: say here that it reads nothing but its arguments", name)
		}
	}
	for _, forbidden := range []string{`dyn(1) == 1`, `has(table.name)`, `env("HOME") == ""`, `file("/etc/passwd") == ""`, `http("https://example.com") == ""`} {
		text := strings.Replace(own, `passes: |
  "owner" in table.tags`, "passes: |\n  "+forbidden+` && "owner" in table.tags`, 1)
		if text == own {
			t.Fatal("nothing was replaced")
		}
		if _, err := loadOwn(t, map[string]string{"own.yaml": text}); err == nil {
			t.Errorf("%s is accepted", forbidden)
		}
	}
}
