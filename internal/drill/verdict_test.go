package drill

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/restore/settings"
)

// sound is a drill in which nothing is wrong.
func sound() *Drill {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	d := &Drill{Times: Times{Planned: at, Requested: at, Active: at.Add(2 * time.Minute), Completed: at.Add(3 * time.Minute), Verified: at.Add(9 * time.Minute)},
		Items: &evidence.Items{Verdict: evidence.ItemsEqual}, Objective: Objective{Tier: "gold", RTO: 300}}
	for _, name := range settings.All() {
		d.Settings = append(d.Settings, evidence.Setting{Setting: string(name), Outcome: evidence.Same})
	}
	return d
}

func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Drill)
		want   Verdict
		says   string
	}{
		"sound":                                 {func(*Drill) {}, Passed, ""},
		"what no restore carries":               {func(d *Drill) { d.Settings[6].Outcome = evidence.ExpectedLoss }, Passed, ""},
		"drift that was allowed":                {func(d *Drill) { d.Items.Verdict = evidence.ItemsWithinDrift }, Passed, ""},
		"a setting differs":                     {func(d *Drill) { d.Settings[2].Outcome = evidence.Differs }, Refuted, "global indexes differs"},
		"a setting is not known":                {func(d *Drill) { d.Settings[2].Outcome = evidence.NotKnown }, Unknown, "global indexes is not known"},
		"a setting says nothing":                {func(d *Drill) { d.Settings[2].Outcome = "" }, Unknown, "global indexes is not known"},
		"no settings":                           {func(d *Drill) { d.Settings = nil }, Unknown, "the settings were not compared"},
		"items differ":                          {func(d *Drill) { d.Items.Verdict = evidence.ItemsDiffer }, Refuted, "items differ"},
		"items are not known":                   {func(d *Drill) { d.Items.Verdict = evidence.ItemsUnknown }, Unknown, "not known"},
		"items say nothing":                     {func(d *Drill) { d.Items.Verdict = "" }, Unknown, "not known"},
		"items were not compared":               {func(d *Drill) { d.Items = nil }, Unknown, "the items were not compared"},
		"an invariant is broken":                {func(d *Drill) { d.Invariants = []evidence.Invariant{{Expression: "x", Verdict: evidence.Broken}} }, Refuted, "invariant x does not hold"},
		"an invariant is not decided":           {func(d *Drill) { d.Invariants = []evidence.Invariant{{Expression: "x"}} }, Unknown, "invariant x holds is not known"},
		"too slow":                              {func(d *Drill) { d.Objective.RTO = 179 }, Refuted, "tier gold allows"},
		"verified late, and back in time":       {func(d *Drill) { d.Objective.RTO = 180 }, Passed, ""},
		"the tier is not known":                 {func(d *Drill) { d.Objective.Unknown = "no tags" }, Unknown, "fast enough is not known"},
		"how long it took is not known":         {func(d *Drill) { d.Times.Completed = time.Time{} }, Unknown, "how long"},
		"nothing was restored":                  {func(d *Drill) { *d = Drill{} }, Unknown, "nothing was restored"},
		"what is wrong beats what is not known": {func(d *Drill) { d.Settings[0].Outcome, d.Items.Verdict = evidence.NotKnown, evidence.ItemsDiffer }, Refuted, "items differ"},
	} {
		t.Run(name, func(t *testing.T) {
			d := sound()
			c.change(d)
			d.judge()
			first := len(d.Reasons)
			d.judge()
			if d.Verdict != c.want || len(d.Reasons) != first {
				t.Errorf("%s (%d, then %d reasons): %+v", d.Verdict, first, len(d.Reasons), d.Reasons)
			}
			if c.says != "" && !slices.ContainsFunc(d.Reasons, func(r Reason) bool { return strings.Contains(r.Text, c.says) }) {
				t.Errorf("no reason says %q: %+v", c.says, d.Reasons)
			}
		})
	}
}

// TestEverySettingIsCompared: a setting that nobody compared, time to live above all, keeps a drill from having passed.
func TestEverySettingIsCompared(t *testing.T) {
	for i, name := range settings.All() {
		d := sound()
		d.Settings = slices.Delete(d.Settings, i, i+1)
		if d.judge(); d.Verdict == Passed {
			t.Errorf("the setting %s was forgotten, and the drill passed", name)
		}
	}
}

// TestStatesOnlyGoForwards: every state leads on, and none back.
func TestStatesOnlyGoForwards(t *testing.T) {
	all := States()
	for i, from := range all {
		for j, to := range all {
			if mayFollow(from, to) && (j <= i || from.Ended()) {
				t.Errorf("%s goes back to %s", from, to)
			}
			if to.Ended() && mayFollow(from, to) && from != Cleaning && from != Planned {
				t.Errorf("%s ends in %s without a clean-up", from, to)
			}
		}
	}
}

func TestNamesAreOnesOwn(t *testing.T) {
	id, table := Name("d-20261121T120000Z-ab12cd", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders")
	_, other := Name("d-20261121T120000Z-ab12cd", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders")
	if !strings.HasPrefix(table, TablePrefix) || table == other || TablePrefix+strings.TrimPrefix(id, "d-") != table || strings.HasPrefix(table, "awsbackup-restore-test") {
		t.Errorf("%s %s %s", id, table, other)
	}
}
