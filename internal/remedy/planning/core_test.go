package planning

import (
	"os"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

func TestDemo(t *testing.T) {
	f, err := os.Open(os.Getenv("ESTATE"))
	if err != nil {
		t.Skip()
	}
	es, err := estate.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Make(Input{Estate: es, Catalogue: c, Tool: remedy.Tool{Name: "restorable"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range p.Actions {
		t.Log(a.ID, a.Region, a.Remedy, a.Summary, a.Needs)
	}
	for _, a := range p.Checks {
		t.Log(a)
	}
	for _, a := range p.Refused {
		t.Log(a)
	}
	for _, s := range p.Outcome.Stays {
		t.Log(s)
	}
	t.Log(len(p.Outcome.Turns), p.Outcome.Before, p.Outcome.After, p.Outcome.Tables, p.Outcome.FirstPoint)
}
