package control

import "testing"

func TestFactNames(t *testing.T) {
	for path, want := range map[string]string{
		"now":                                   "unit.now",
		"tables.whole":                          "unit.tables",
		"tables[3].pitr_status":                 "table.pitr_status",
		"vaults[0].recovery_points.whole":       "vault.recovery_points",
		"vaults[0].recovery_points[12].status":  "recovery_point.status",
		"plans[0].rules[1].copies[0].vault_arn": "copy.vault_arn",
		"settings.opt_in":                       "settings.opt_in",
	} {
		if got := FactName(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestDependenceOfControlsOnCalls(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		control, fact string
		want          bool
	}{
		{"point-in-time-recovery", "table.pitr_status", true},
		{"point-in-time-recovery", "table.deletion_protection", false},
		{"deletion-protection", "table.deletion_protection", true},
		{"backup-plan-membership", "selection.resources", true},
		{"backup-plan-membership", "unit.vaults", false},
		{"backup-plan-effective", "unit.vaults", true},
		{"last-backup-job", "backup_job.state", true},
	} {
		k, ok := c.Control(test.control)
		if !ok {
			t.Fatalf("no control %s", test.control)
		}
		if got, err := c.DependsOn(k, []string{test.fact}); err != nil || got != test.want {
			t.Errorf("%s on %s: got %v, want %v", test.control, test.fact, got, test.want)
		}
	}
}
