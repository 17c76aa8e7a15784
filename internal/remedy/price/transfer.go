package price

import (
	"fmt"

	"github.com/restorable/restorable/internal/remedy"
)

// TransferCost is what taking a table's contents to another Region costs, once. UNCONFIRMED: the figure is from a secondary source.
func (l List) TransferCost(s Size) remedy.Cost {
	e := estimate{}
	e.size(s)
	e.once = e.gbMonth(s.gb(), l.Transfer)
	e.basis = fmt.Sprintf("%s a GB for the way to another Region", usd(l.Transfer.USD))
	return e.cost()
}
