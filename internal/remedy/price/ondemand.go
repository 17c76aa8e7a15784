package price

import (
	"fmt"

	"github.com/restorable/restorable/internal/remedy"
)

// OnDemandLifeCost is OnDemandCost of a backup that goes to cold storage on its way, and stays there for 90 days at least.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
func (l List) OnDemandLifeCost(s Size, life Lifecycle) remedy.Cost {
	if life.ColdAfterDays <= 0 {
		return l.OnDemandCost(s, life.DeleteAfterDays)
	}
	e := estimate{}
	e.size(s)
	e.once = e.gbMonth(s.gb()*float64(life.ColdAfterDays)/daysPerMonth, l.Warm)
	e.basis = fmt.Sprintf("%s for %d days at %s a GB-month", gbText(s), life.ColdAfterDays, usd(l.Warm.USD))
	if life.DeleteAfterDays <= 0 {
		e.monthly = e.gbMonth(s.gb(), l.Cold)
		e.basis += fmt.Sprintf(", then in cold storage at %s until it is deleted", usd(l.Cold.USD))
		return e.cost()
	}
	days := max(minColdDays, life.DeleteAfterDays-life.ColdAfterDays)
	e.once += e.gbMonth(s.gb()*float64(days)/daysPerMonth, l.Cold)
	e.basis += fmt.Sprintf(", then in cold storage for %d days at %s", days, usd(l.Cold.USD))
	return e.cost()
}
