package price

import (
	"math"
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

func TestTheCostOfOneBackupThatGoesCold(t *testing.T) {
	l := Default()
	for name, c := range map[string]struct {
		got           remedy.Cost
		monthly, once float64
	}{
		"kept warm":                       {l.OnDemandLifeCost(gbs(100), Lifecycle{0, 35}), 0, 100 * 35 / daysPerMonth * 0.1},
		"cold after 30 days, kept 180":    {l.OnDemandLifeCost(gbs(100), Lifecycle{30, 180}), 0, 100 * (30*0.1 + 150*0.03) / daysPerMonth},
		"cold after 30 days, for ever":    {l.OnDemandLifeCost(gbs(100), Lifecycle{30, 0}), 3, 100 * 30 / daysPerMonth * 0.1},
		"cold is charged for 90 days":     {l.OnDemandLifeCost(gbs(100), Lifecycle{30, 31}), 0, 100 * (30*0.1 + 90*0.03) / daysPerMonth},
		"an empty table costs nothing":    {l.OnDemandLifeCost(gbs(0), Lifecycle{30, 180}), 0, 0},
		"for ever and never cold, a year": {l.OnDemandLifeCost(gbs(100), Lifecycle{}), 10, 0},
	} {
		if math.Abs(c.got.Monthly-c.monthly) > 1e-5 || math.Abs(c.got.Once-c.once) > 1e-5 || !c.got.Known {
			t.Errorf("%s: %+v, want $%v a month and $%v once", name, c.got, c.monthly, c.once)
		}
	}
	if got := l.OnDemandLifeCost(Size{Why: "its size is not known"}, Lifecycle{30, 180}); got.Known {
		t.Errorf("the cost of a table of unknown size is known: %+v", got)
	}
}
