package objective

import (
	"slices"
	"testing"
	"time"
)

func TestDefault(t *testing.T) {
	o := Default()
	if o.RPO != 24*time.Hour || o.Interval != 24*time.Hour || o.Retention != 840*time.Hour {
		t.Errorf("default %+v", o)
	}
	for _, s := range Scenarios() {
		if want := s == ItemsDamaged || s == TableDeleted; o.Asks(s) != want {
			t.Errorf("default asks for %s: %v", s, o.Asks(s))
		}
	}
	if slices.Contains(Scenarios(), "") || len(Scenarios()) != 6 {
		t.Errorf("scenarios %v", Scenarios())
	}
}
