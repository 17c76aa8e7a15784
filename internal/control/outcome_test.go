package control

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
)

const hour = 3600

func knownAnswer[T any](v T) protection.Answer[T] {
	return protection.Answer[T]{Fact: estate.KnownFact(v, 0)}
}

func way(mechanism string, loss, reach int64) protection.Way {
	return protection.Way{Mechanism: mechanism, Works: knownAnswer(true), WorstLoss: knownAnswer(loss), ReachDays: knownAnswer(reach)}
}

func TestOutcomesInWords(t *testing.T) {
	pitr := way(protection.ByPITR, 300, 35)
	plan := way(protection.ByPlan, 28*hour, 90)
	unsure := protection.Way{Mechanism: protection.ByReplica}
	rows := []struct {
		name string
		ways []protection.Way
		want string
	}{
		{"one mechanism does it all", []protection.Way{pitr}, "items damaged: at most 5m would be lost, 35 days back (point-in-time recovery)"},
		{"one loses least, another reaches farther", []protection.Way{plan, pitr},
			"items damaged: at most 5m would be lost (point-in-time recovery), 90 days back (backup plan)"},
		{"too much is lost", []protection.Way{plan}, "items damaged: up to 28h would be lost, 24h allowed, 90 days back (backup plan)"},
		{"not far enough back", []protection.Way{way(protection.ByPITR, 300, 7)},
			"items damaged: at most 5m would be lost, only 7 days back of 35 days asked for (point-in-time recovery)"},
		{"a single backup", []protection.Way{way(protection.ByPoint, protection.Forever, protection.Forever)},
			"items damaged: every change since the last backup would be lost, and no next one is scheduled, without bound back (a single backup)"},
		{"one works, of another it is not known", []protection.Way{plan, unsure},
			"items damaged: up to 28h would be lost, 24h allowed, 90 days back (backup plan); whether a replica works is not known"},
		{"what may be there loses too much", []protection.Way{{Mechanism: protection.ByPoint, WorstLoss: knownAnswer(protection.Forever)}},
			"items damaged: at most a single backup is there: every change since the last backup would be lost, and no next one is scheduled"},
		{"what may be there does not reach back", []protection.Way{{Mechanism: protection.ByReplica, WorstLoss: knownAnswer(int64(60)), ReachDays: knownAnswer(int64(1))}},
			"items damaged: at most a replica is there, only 1 day back of 35 days asked for"},
		{"what may be there would do", []protection.Way{{Mechanism: protection.ByPoint, WorstLoss: knownAnswer(protection.Forever)}, {Mechanism: protection.ByReplica, WorstLoss: knownAnswer(int64(60))}},
			"items damaged: not known whether it could be got back"},
		{"nothing is known", []protection.Way{unsure}, "items damaged: not known whether it could be got back"},
	}
	for _, row := range rows {
		c := &protection.Coverage{Scenarios: []protection.Scenario{{Name: objective.ItemsDamaged, Ways: row.ways}}}
		if got := outcomeText(c, objective.ItemsDamaged, 24*hour, 35); got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.name, got, row.want)
		}
	}
	lost := &protection.Coverage{Scenarios: []protection.Scenario{{Name: objective.KeyLost, Recoverable: knownAnswer(false)}}}
	if got := outcomeText(lost, objective.KeyLost, 1, 1); got != "key lost: everything would be lost" {
		t.Error(got)
	}
}

func TestEveryScenarioHasALabel(t *testing.T) {
	for _, name := range objective.Scenarios() {
		if scenarioLabel(name) == name {
			t.Errorf("%s has no label", name)
		}
	}
}
