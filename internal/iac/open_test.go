package iac_test

import (
	"testing"
	"testing/fstest"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/iac/build"
)

// A module that is not installed may declare plans: neither what is deployed nor what a person says closes the list of them.
func TestWhatCouldNotBeReadLeavesListsOpen(t *testing.T) {
	const table = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n}\n"
	const module = "module \"backups\" {\n  source = \"example/backups/aws\"\n}\n"
	live := func() []*estate.Unit {
		u := &estate.Unit{}
		src := u.Record(estate.Provenance{Operation: "backup:ListBackupPlans"})
		u.Region, u.Plans.Whole = estate.KnownFact("eu-west-1", src), estate.KnownFact(true, src)
		return []*estate.Unit{u}
	}
	for _, row := range []struct {
		name, text string
		options    iac.Options
		whole      bool
	}{
		{"nothing else is said", table, iac.Options{}, false},
		{"what is deployed is known", table, iac.Options{Live: live()}, true},
		{"a person says it", table, iac.Options{Assume: &iac.Assumption{PlansSaid: true}}, true},
		{"a module is not installed, and what is deployed is known", table + module, iac.Options{Live: live()}, false},
		{"a module is not installed, and a person says it", table + module, iac.Options{Assume: &iac.Assumption{PlansSaid: true}}, false},
	} {
		fsys := fstest.MapFS{"main.tf": {Data: []byte(row.text)}}
		found, err := iac.Find(fsys, []string{"."})
		if err != nil {
			t.Fatal(err)
		}
		units, mistakes := iac.Read(fsys, found, row.options)
		if len(mistakes) > 0 || len(units) != 1 {
			t.Fatalf("%s: %d units, %v", row.name, len(units), mistakes)
		}
		if u := units[0]; u.Plans.IsWhole() != row.whole {
			t.Errorf("%s: the plans are whole: %v, %+v", row.name, u.Plans.IsWhole(), u.Of(u.Plans.Whole.Source()))
		}
		if u := units[0]; row.text != table && u.Of(u.Plans.Whole.Source()).Code != build.NotResolved {
			t.Errorf("%s: %+v", row.name, u.Of(u.Plans.Whole.Source()))
		}
	}
}
