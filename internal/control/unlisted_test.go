package control

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/estate"
)

// What could not be listed is not judged, and each control of it says so of the Region; what was listed is judged all the same.
func TestAListThatCouldNotBeReadIsNoEmptyOne(t *testing.T) {
	const head = `{"account":"111122223333","region":"eu-west-1","now":"2026-11-21T12:00:00Z","reached":true,`
	const denied = `"provenance":[{},{"operation":"backup:List","code":"AccessDeniedException","message":"no"}],`
	rows := []struct {
		name, unit string
		want       []string
	}{
		{"no plans", head + `"plans":[],"vaults":[]}`, nil},
		{"plans denied", head + denied + `"plans":{"whole":{"$unknown":1},"items":[]},"vaults":[]}`, []string{"plan-schedule region eu-west-1 UNKNOWN"}},
		{"vaults denied, and with them what they hold", head + denied + `"plans":[],"vaults":{"whole":{"$unknown":1},"items":[]}}`,
			[]string{"recovery-point-encrypted region eu-west-1 UNKNOWN", "vault-locked region eu-west-1 UNKNOWN"}},
		{"recovery points of one vault denied", head + denied + `"plans":[],"vaults":[
			{"id":"a","name":"a","locked":true,"type":"BACKUP_VAULT","recovery_points":{"whole":{"$unknown":1},"items":[]}},
			{"id":"b","name":"b","locked":true,"type":"BACKUP_VAULT","recovery_points":[{"id":"p","encrypted":true}]}]}`,
			[]string{"recovery-point-encrypted recovery-point p PASS", "recovery-point-encrypted region eu-west-1 UNKNOWN", "vault-locked vault a UNKNOWN", "vault-locked vault b PASS"}},
		{"short by choice", head + `"plans":{"whole":false,"items":[]},"vaults":[]}`, nil},
	}
	c := catalogue(t)
	controls, err := c.Select(Selection{Controls: []string{"plan-schedule", "vault-locked", "recovery-point-encrypted"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			u, err := estate.DecodeUnit([]byte(row.unit))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			seen := map[string]bool{}
			for f := range c.Evaluate(u, Options{Controls: controls}).Findings() {
				got = append(got, fmt.Sprintf("%s %s %s %s", f.Control, f.Resource.Type, f.Resource.Name, f.Verdict))
				if seen[f.Fingerprint] {
					t.Errorf("%s %s: its fingerprint is another's", f.Control, f.Resource.Name)
				}
				seen[f.Fingerprint] = true
				if f.Resource.Type == TypeRegion && (!strings.Contains(f.Reason, "AccessDeniedException") || len(f.Evidence) != 1 || f.Evidence[0].Code == "") {
					t.Errorf("%s: %s %+v", f.Control, f.Reason, f.Evidence)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
			run := c.Evaluate(u, Options{Controls: controls, Skip: func(_ *estate.Unit, r Resource, _ *estate.Table) bool { return r.Type != TypeTable }})
			for f := range run.Findings() {
				t.Errorf("skipped, and yet: %s %s", f.Control, f.Resource.Name)
			}
		})
	}
}
