package terraform

import (
	"os"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/planfile"
)

func catalogue(t *testing.T) *control.Catalogue {
	t.Helper()
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// judged is the finding of a control on a resource of a unit.
func judged(t *testing.T, c *control.Catalogue, u *estate.Unit, id, resource string) control.Finding {
	t.Helper()
	chosen, err := c.Select(control.Selection{Controls: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	for f := range c.Evaluate(u, control.Options{Controls: chosen}).Findings() {
		if f.Address == resource || strings.HasSuffix(f.Address, "#"+resource) {
			return f
		}
	}
	t.Fatalf("no finding of %s on %s", id, resource)
	return control.Finding{}
}

// added is what a plan's text comes to.
func added(t *testing.T, text []byte) *build.Builder {
	t.Helper()
	resources, err := planfile.Read("plan.json", text)
	if err != nil {
		t.Fatal(err)
	}
	b := build.New()
	Add(b, resources)
	return b
}

// shop is a plan that Terraform 1.11 and version 5.100 of the provider made of planfile/testdata/shop.
func shop(t *testing.T) *build.Builder {
	t.Helper()
	text, err := os.ReadFile("planfile/testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	return added(t, text)
}

func TestControlsOnAPlan(t *testing.T) {
	c := catalogue(t)
	u := shop(t).Unit
	for _, row := range []struct {
		control, resource string
		want              control.Verdict
	}{
		{"point-in-time-recovery", "aws_dynamodb_table.orders", control.Pass},
		{"point-in-time-recovery", `aws_dynamodb_table.users["a"]`, control.Fail},
		{"point-in-time-recovery", "aws_dynamodb_table.made", control.Fail},
		{"point-in-time-recovery", "module.store[0].aws_dynamodb_table.this", control.Pass},
		{"backup-plan-membership", "aws_dynamodb_table.orders", control.Pass},
		{"backup-plan-membership", `aws_dynamodb_table.users["a"]`, control.Unknown},
		{"vault-locked", "aws_backup_vault.main", control.Pass},
	} {
		if f := judged(t, c, u, row.control, row.resource); f.Verdict != row.want {
			t.Errorf("%s of %s: %s, want %s: %s", row.control, row.resource, f.Verdict, row.want, f.Reason)
		}
	}
}
