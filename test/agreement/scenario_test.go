package agreement

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
)

// wreck is the item that the damage leaves.
const wreck = "wreck"

// accident is a table into which an item was written at each of some moments, and its fate.
type accident struct {
	*company
	ticks []time.Time
	at    time.Time // of the look just before
	best  []string  // what the best way so far brought back
	tried []string
}

// TestScenarios: where the evaluator says that items can be got back, some way that AWS offers brings back all that it promises; where it says
// that they cannot, no way brings back anything.
func TestScenarios(t *testing.T) {
	h := open(t)
	says := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := h.begin(t)
		a := &accident{company: s.found(rapid.SampledFrom([]string{"", customerKey}).Draw(t, "table's key"), rapid.SampledFrom([]string{"", customerKey}).Draw(t, "vault's key"))}
		s.role("restorer")
		s.usesKeys("restorer")
		s.settings(true, rapid.Bool().Draw(t, "advanced"))
		if rapid.Bool().Draw(t, "no plan") {
			a.unselect()
		}
		a.tick()
		a.pitr("orders", rapid.SampledFrom([]int{0, 35}).Draw(t, "days"))
		for range rapid.IntRange(0, 6).Draw(t, "events") {
			a.happen()
		}
		for _, before := range []time.Duration{time.Hour, 301 * time.Second, 300 * time.Second, time.Second} {
			a.tickBefore(before)
		}
		view := s.look()
		a.at = s.sim.Now()
		fate := rapid.SampledFrom([]string{objective.ItemsDamaged, objective.TableDeleted, objective.DamagedThenDeleted}).Draw(t, "fate")
		sc := scenarioOf(view.cover["orders"], fate)
		recoverable := s.decided(fate, sc.Recoverable)
		says[fmt.Sprint(fate, " ", recoverable)]++
		a.strike(fate, view)
		a.judge(sc, recoverable)
	})
	for _, fate := range []string{objective.ItemsDamaged, objective.TableDeleted, objective.DamagedThenDeleted} {
		if twoSided() && (says[fate+" true"] == 0 || says[fate+" false"] == 0) {
			t.Errorf("one-sided: %v", says)
		}
	}
}

func scenarioOf(c *protection.Coverage, name string) *protection.Scenario {
	i := slices.IndexFunc(c.Scenarios, func(s protection.Scenario) bool { return s.Name == name })
	return &c.Scenarios[i]
}

// unselect takes the table out of the plan.
func (a *accident) unselect() {
	a.Helper()
	for _, x := range ok[backup.ListBackupSelectionsOutput](a.stage)(a.backups.ListBackupSelections(a.ctx, &backup.ListBackupSelectionsInput{BackupPlanId: &a.plan})).BackupSelectionsList {
		ok[backup.DeleteBackupSelectionOutput](a.stage)(a.backups.DeleteBackupSelection(a.ctx, &backup.DeleteBackupSelectionInput{BackupPlanId: &a.plan, SelectionId: x.SelectionId}))
	}
	a.tell("delete the selection")
}

// happen lets one thing happen to the table, and some time pass.
func (a *accident) happen() {
	a.Helper()
	switch rapid.SampledFrom([]string{"write", "write", "pitr", "native backup", "keys", "nothing"}).Draw(a.T, "event") {
	case "write":
		a.tick()
	case "pitr":
		a.pitr("orders", rapid.SampledFrom([]int{0, 1, 35}).Draw(a.T, "days"))
	case "native backup":
		ok[dynamodb.CreateBackupOutput](a.stage)(a.tables.CreateBackup(a.ctx, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("once")}))
		a.tell("native backup")
	case "keys":
		a.spoil(rapid.SampledFrom([]string{a.tableKey, a.vaultKeys}).Draw(a.T, "spoilt"))
	}
	a.wait(time.Duration(rapid.SampledFrom([]int{1, 30, 3600, 9 * 3600, 26 * 3600, 60 * 3600}).Draw(a.T, "seconds")) * time.Second)
}

// tick writes an item named after the moment; a table whose key is gone takes none.
func (a *accident) tick() {
	now := a.sim.Now()
	_, err := a.tables.PutItem(a.ctx, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: name(now)}}})
	if err == nil {
		a.ticks = append(a.ticks, now)
	}
}

func name(t time.Time) string { return t.Format(time.RFC3339Nano) }

// tickBefore writes an item some time before the look: the moments are in order, the last one second before it.
func (a *accident) tickBefore(d time.Duration) {
	a.tick()
	next := map[time.Duration]time.Duration{time.Hour: time.Hour - 301*time.Second, 301 * time.Second: time.Second, 300 * time.Second: 299 * time.Second, time.Second: time.Second}
	a.wait(next[d])
}

// strike does the damage and tries every way back.
func (a *accident) strike(fate string, v view) {
	a.Helper()
	listed, own := a.points("orders"), a.nativeBackups("orders") // what is under way now may complete, and is not promised
	a.wait(2 * time.Second)
	if fate != objective.TableDeleted {
		_, err := a.tables.PutItem(a.ctx, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: wreck}}})
		a.tell("damage: %s", code(err))
		a.wait(time.Minute)
	}
	if fate != objective.ItemsDamaged {
		a.deleteTable("orders")
		a.wait(time.Minute)
		for _, b := range a.nativeBackups("orders") {
			if !slices.ContainsFunc(own, func(o types.BackupSummary) bool { return *o.BackupArn == *b.BackupArn }) {
				own = append(own, b)
			}
		}
	}
	a.tryPITR(v)
	for _, b := range own {
		ids, refusal := a.fromNative(*b.BackupArn)
		a.gain(fmt.Sprintf("%s backup of %s", b.BackupType, b.BackupCreationDateTime), ids, refusal)
	}
	for _, p := range listed {
		// A point past its retention is not promised, though AWS takes up to eight hours to delete it.
		if p.Status != backuptypes.RecoveryPointStatusCompleted || a.past(v, *p.RecoveryPointArn) {
			continue
		}
		ids, refusal := a.fromPoint(*p.RecoveryPointArn, "arn:aws:iam::111122223333:role/restorer")
		a.gain("recovery point of "+p.CreationDate.String(), ids, refusal)
	}
}

func (a *accident) past(v view, arn string) bool {
	for i := range v.unit.Vaults.Items {
		for _, p := range v.unit.Vaults.Items[i].RecoveryPoints.Items {
			if end, ok := p.DeleteAt.Get(); ok && p.ID == arn && !end.Time().After(a.at) {
				return true
			}
		}
	}
	return false
}

// tryPITR goes back to just before the damage, and to the latest moment that could be had at the look.
func (a *accident) tryPITR(v view) {
	a.wait(6 * time.Minute)
	moments := []time.Time{a.at}
	if latest, ok := v.cover["orders"].PITR.Latest.Get(); ok {
		moments = append(moments, latest.Time())
	}
	for _, at := range moments {
		ids, refusal := a.fromPITR("orders", at)
		a.gain("point in time "+at.String(), ids, refusal)
	}
}

// gain notes what a way brought back; what holds the damage is no way back.
func (a *accident) gain(way string, ids []string, refusal string) {
	a.tried = append(a.tried, fmt.Sprintf("%s: %d items %s", way, len(ids), refusal))
	if !slices.Contains(ids, wreck) && len(ids) > len(a.best) {
		a.best = ids
	}
}

func (a *accident) judge(sc *protection.Scenario, recoverable bool) {
	a.Helper()
	for _, line := range a.tried {
		a.tell("  %s", line)
	}
	if !recoverable {
		if len(a.best) > 0 {
			a.disagree("%s: the evaluator says no (%s), and %d of %d items come back", sc.Name, sc.Recoverable.Why, len(a.best), len(a.ticks))
		}
		return
	}
	// A plan that is still to show that it works leaves the worst loss open; what would be lost now is known all the same.
	now, known := sc.LossNow.Get()
	worst := sc.WorstLoss.Or(protection.Forever)
	if !known {
		a.disagree("%s: recoverable, and what would be lost now is not known: %s", sc.Name, sc.LossNow.Why)
	}
	promised := a.at.Add(-time.Duration(min(now, worst, 1<<32)) * time.Second)
	for _, t := range a.ticks {
		if t.Before(promised) && !slices.Contains(a.best, name(t)) {
			a.disagree("%s: the evaluator says yes (%s), at %s losing %d s now and %d s at worst; the item of %s does not come back", sc.Name, sc.Recoverable.Why, a.at, now, worst, name(t))
		}
	}
}
