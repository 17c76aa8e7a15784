package control

import (
	"fmt"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
)

// outcome says in words what one scenario would cost: coverage.outcome("items-damaged", seconds(params.rpo), params.retention).
// It is written in Go because a sentence with an unknown part must still say the parts that are known.
func outcome(args ...ref.Val) ref.Val {
	coverage, ok := args[0].(*view)
	if !ok {
		return types.NewErr("outcome: no coverage")
	}
	name, rpo, retention := string(args[1].(types.String)), int64(args[2].(types.Int)), int64(args[3].(types.Int))
	c, ok := coverage.value.Addr().Interface().(*protection.Coverage)
	if !ok {
		return types.NewErr("outcome: no coverage")
	}
	return types.String(outcomeText(c, name, rpo, retention))
}

// outcomeText is one scenario in words; rpo is in seconds, retention in days.
func outcomeText(c *protection.Coverage, name string, rpo, retention int64) string {
	for i := range c.Scenarios {
		if s := &c.Scenarios[i]; s.Name == name {
			return scenarioLabel(name) + ": " + scenarioOutcome(c, s, rpo, retention)
		}
	}
	return name + ": no such scenario"
}

func scenarioLabel(name string) string {
	labels := map[string]string{
		objective.ItemsDamaged: "items damaged", objective.TableDeleted: "table deleted", objective.DamagedThenDeleted: "damaged, then deleted",
		objective.RegionLost: "Region lost", objective.AccountCompromised: "account compromised", objective.KeyLost: "key lost",
	}
	if label, ok := labels[name]; ok {
		return label
	}
	return name
}

func scenarioOutcome(c *protection.Coverage, s *protection.Scenario, rpo, retention int64) string {
	works, known := s.Recoverable.Get()
	if known && !works {
		return "everything would be lost"
	}
	least, far, unsure := bestWays(s.Ways)
	if least == nil {
		return doubtful(s.Ways, rpo, retention)
	}
	text := lossText(least, rpo)
	if least.Mechanism != far.Mechanism {
		text += " (" + mechanism(least.Mechanism) + ")"
	}
	text += ", " + reachText(far, retention) + " (" + mechanism(far.Mechanism) + ")"
	if unsure != "" {
		text += "; whether " + unsure + " works is not known"
	}
	return text + filling(c, far)
}

// doubtful says what is so when no way is known to work. What may work and would not do as asked is named: it is why the answer is no.
func doubtful(ways []protection.Way, rpo, retention int64) string {
	var short *protection.Way
	for i := range ways {
		w := &ways[i]
		if _, known := w.Works.Get(); known {
			continue
		}
		if w.WorstLoss.Or(0) <= rpo && w.ReachDays.Or(retention) >= retention {
			return "not known whether it could be got back"
		}
		if short == nil {
			short = w
		}
	}
	if short == nil {
		return "not known whether it could be got back"
	}
	if short.WorstLoss.Or(0) > rpo {
		return "at most " + mechanism(short.Mechanism) + " is there: " + lossText(short, rpo)
	}
	return "at most " + mechanism(short.Mechanism) + " is there, " + reachText(short, retention)
}

func reachText(w *protection.Way, retention int64) string {
	reach, ok := w.ReachDays.Get()
	switch {
	case !ok:
		return "how far back is not known"
	case reach >= protection.Forever:
		return "without bound back"
	case reach < retention:
		return fmt.Sprintf("only %s back of %s asked for", daysText(reach), daysText(retention))
	}
	return daysText(reach) + " back"
}

// bestWays finds, among the ways that work, the one that loses least and the one that reaches back farthest.
func bestWays(ways []protection.Way) (least, far *protection.Way, unsure string) {
	for i := range ways {
		w := &ways[i]
		works, known := w.Works.Get()
		if !known && unsure == "" {
			unsure = mechanism(w.Mechanism)
		}
		if !works {
			continue
		}
		if least == nil || w.WorstLoss.Or(protection.Forever) < least.WorstLoss.Or(protection.Forever) {
			least = w
		}
		if far == nil || w.ReachDays.Or(-1) > far.ReachDays.Or(-1) {
			far = w
		}
	}
	return least, far, unsure
}

func lossText(w *protection.Way, rpo int64) string {
	loss, ok := w.WorstLoss.Get()
	switch {
	case !ok:
		return "how much would be lost is not known"
	case loss >= protection.Forever:
		return "every change since the last backup would be lost, and no next one is scheduled"
	case loss > rpo:
		return fmt.Sprintf("up to %s would be lost, %s allowed", spanText(loss), spanText(rpo))
	case loss == 0:
		return "nothing would be lost"
	}
	return fmt.Sprintf("at most %s would be lost", spanText(loss))
}

func spanText(seconds int64) string { return durationText(time.Duration(seconds) * time.Second) }

// filling adds the day on which a window that still grows reaches back as far as it is configured to.
func filling(c *protection.Coverage, w *protection.Way) string {
	if w.Mechanism != protection.ByPITR {
		return ""
	}
	full, known := c.PITR.Full.Get()
	on, ok := c.PITR.FullOn.Get()
	if !known || full || !ok {
		return ""
	}
	return "; its window is still filling, full on " + on.Time().Format("2006-01-02")
}

func mechanism(name string) string {
	switch name {
	case protection.ByPITR:
		return "point-in-time recovery"
	case protection.BySystemBackup:
		return "the system backup of a deleted table"
	case protection.ByPlan:
		return "backup plan"
	case protection.ByPoint:
		return "a single backup"
	case protection.ByReplica:
		return "a replica"
	}
	return name
}
