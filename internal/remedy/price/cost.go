package price

import (
	"fmt"
	"math"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
)

// Lifecycle is how long recovery points are kept.
type Lifecycle struct {
	ColdAfterDays   int64 // 0: never
	DeleteAfterDays int64 // 0: kept for ever
}

// minColdDays is for how long cold storage is charged at least.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
const minColdDays = 90

// PITRCost is what point-in-time recovery of a table costs. The period makes no difference.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
func (l List) PITRCost(s Size) remedy.Cost {
	e := estimate{}
	e.size(s)
	e.monthly = e.gbMonth(s.gb(), l.PITR)
	e.basis = fmt.Sprintf("%s at %s a GB-month", gbText(s), usd(l.PITR.USD))
	if s.Indexes > 0 {
		e.miss("local indexes are charged too, and their size is not known")
	}
	return e.cost()
}

// RuleCost is what the recovery points of one rule cost for one table once as many are kept as ever will be. AWS Backup's backups of tables
// are always full, so that every point costs as much as the table is large. cold says whether cold storage takes effect.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
func (l List) RuleCost(s Size, schedule, timezone string, life Lifecycle, cold bool) remedy.Cost {
	e := estimate{}
	e.size(s)
	perDay, ok := PerDay(schedule, timezone)
	if !ok {
		e.miss("how often the rule runs is not known")
		return e.cost()
	}
	e.monthly += l.kept(&e, s, perDay, life, cold)
	return e.cost()
}

// CopiesCost is what copying each recovery point of a rule costs: they are kept again in the destination, and travel there.
func (l List) CopiesCost(s Size, perDay float64, life Lifecycle, cold, otherRegion bool) remedy.Cost {
	e := estimate{}
	e.size(s)
	e.monthly += l.kept(&e, s, perDay, life, cold)
	if otherRegion {
		e.monthly += e.gbMonth(s.gb()*perDay*daysPerMonth, l.Transfer)
		e.basis += fmt.Sprintf(", and %s a GB for the way", usd(l.Transfer.USD))
	}
	return e.cost()
}

// kept is what points cost a month in the steady state.
func (l List) kept(e *estimate, s Size, perDay float64, life Lifecycle, cold bool) float64 {
	warmDays, coldDays := life.DeleteAfterDays, int64(0)
	forever := warmDays <= 0
	if forever {
		warmDays = 365
		e.miss("kept for ever: the cost grows without end, and this is what it is after one year")
	}
	if cold && life.ColdAfterDays > 0 && life.ColdAfterDays < warmDays {
		coldDays = warmDays - life.ColdAfterDays
		if !forever {
			coldDays = max(coldDays, minColdDays)
		}
		warmDays = life.ColdAfterDays
	}
	warm, frozen := perDay*float64(warmDays), perDay*float64(coldDays)
	e.basis = fmt.Sprintf("%s × %s kept at %s a GB-month", gbText(s), points(warm), usd(l.Warm.USD))
	if frozen > 0 {
		e.basis += fmt.Sprintf(" and × %s in cold storage at %s", points(frozen), usd(l.Cold.USD))
		return e.gbMonth(s.gb()*warm, l.Warm) + e.gbMonth(s.gb()*frozen, l.Cold)
	}
	return e.gbMonth(s.gb()*warm, l.Warm)
}

// OnDemandCost is what one backup through AWS Backup costs: once, for the days that it is kept, or every month when it is kept for ever.
func (l List) OnDemandCost(s Size, deleteAfterDays int64) remedy.Cost {
	e := estimate{}
	e.size(s)
	if deleteAfterDays <= 0 {
		e.monthly = e.gbMonth(s.gb(), l.Warm)
		e.basis = fmt.Sprintf("%s at %s a GB-month until it is deleted", gbText(s), usd(l.Warm.USD))
		return e.cost()
	}
	e.once = e.gbMonth(s.gb()*float64(deleteAfterDays)/daysPerMonth, l.Warm)
	e.basis = fmt.Sprintf("%s for %d days at %s a GB-month", gbText(s), deleteAfterDays, usd(l.Warm.USD))
	return e.cost()
}

// NativeCost is what one of DynamoDB's own backups costs: AWS never deletes it.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backup-restore-billing.html
func (l List) NativeCost(s Size) remedy.Cost {
	e := estimate{}
	e.size(s)
	e.monthly = e.gbMonth(s.gb(), l.NativeBackup)
	e.basis = fmt.Sprintf("%s at %s a GB-month until it is deleted", gbText(s), usd(l.NativeBackup.USD))
	return e.cost()
}

// RestoreCost is what one restore costs; the restored table's own storage and capacity come on top for as long as it stands.
func (l List) RestoreCost(s Size, cold bool) remedy.Cost {
	e := estimate{}
	e.size(s)
	p := l.Restore
	if cold {
		p = l.ColdRestore
	}
	e.once = e.gbMonth(s.gb(), p)
	e.basis = fmt.Sprintf("%s at %s a GB", gbText(s), usd(p.USD))
	return e.cost()
}

// RestoreTestsCost is what testing one recovery point of a table on a schedule costs. The restored table's storage until it is deleted, a
// few hours, is left out.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
func (l List) RestoreTestsCost(s Size, schedule, timezone string) remedy.Cost {
	e := estimate{}
	e.size(s)
	perDay, ok := PerDay(schedule, timezone)
	if !ok {
		e.miss("how often the test runs is not known")
		return e.cost()
	}
	runs := perDay * daysPerMonth
	e.monthly = e.gbMonth(s.gb()*runs, l.Restore)
	if l.RestoreTest.Known {
		e.monthly += runs * l.RestoreTest.USD
	} else {
		e.miss("AWS's fee for each point tested is not in the price table")
	}
	e.basis = fmt.Sprintf("%s × %.3g restores a month at %s a GB", gbText(s), runs, usd(l.Restore.USD))
	return e.cost()
}

// Free is the cost of what AWS does not charge for.
func Free(basis string) remedy.Cost { return remedy.Cost{Known: true, Basis: basis} }

// NotKnown is the cost of what nobody could reckon.
func NotKnown(basis string) remedy.Cost { return remedy.Cost{Basis: basis} }

// Sum adds costs. It is known when all are; the basis is left to the caller.
func Sum(costs ...remedy.Cost) remedy.Cost {
	total := remedy.Cost{Known: true}
	for _, c := range costs {
		total.Monthly += c.Monthly
		total.Once += c.Once
		total.Known = total.Known && c.Known
	}
	total.Monthly, total.Once = round(total.Monthly), round(total.Once)
	return total
}

// Negative is the cost of taking away what costs that much. What was paid once is not paid back.
func Negative(c remedy.Cost) remedy.Cost {
	c.Once = 0
	if c.Monthly != 0 { // -0 is a number nobody wants to read
		c.Monthly = -c.Monthly
	}
	return c
}

// estimate is a cost in the making.
type estimate struct {
	monthly, once float64
	basis         string
	missing       []string
}

func (e *estimate) miss(what string) { e.missing = append(e.missing, what) }

func (e *estimate) size(s Size) {
	if !s.Known {
		e.miss(s.Why)
	}
}

func (e *estimate) gbMonth(gb float64, p Price) float64 {
	if !p.Known {
		e.miss("a price is missing")
		return 0
	}
	return gb * p.USD
}

func (e *estimate) cost() remedy.Cost {
	parts := e.missing
	if e.basis != "" {
		parts = append([]string{e.basis}, parts...)
	}
	return remedy.Cost{Monthly: round(e.monthly), Once: round(e.once), Known: len(e.missing) == 0, Basis: strings.Join(parts, "; ")}
}

// round keeps a millionth of a dollar: sums of ten thousand small tables stay right to the cent.
func round(usd float64) float64 { return math.Round(usd*1e6) / 1e6 }

func usd(v float64) string {
	text := fmt.Sprintf("%.2f", v)
	if math.Abs(v*100-math.Round(v*100)) > 1e-9 {
		text = fmt.Sprintf("%g", v)
	}
	return "$" + text
}

func points(n float64) string {
	if n == math.Round(n) {
		return fmt.Sprintf("%.0f points", n)
	}
	return fmt.Sprintf("%.1f points", n)
}

func gbText(s Size) string {
	switch gb := s.gb(); {
	case !s.Known:
		return "a table"
	case gb > 0 && gb < 0.01:
		return "less than 0.01 GB"
	default:
		return fmt.Sprintf("%.4g GB", gb)
	}
}
