package price

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

func gbs(n float64) Size { return Size{Bytes: int64(n * gigabyte), Known: true} }

const daily = "cron(0 5 ? * * *)"

func TestCosts(t *testing.T) {
	l := Default()
	for name, c := range map[string]struct {
		got           remedy.Cost
		monthly, once float64
	}{
		"point-in-time recovery of 100 GB":                     {l.PITRCost(gbs(100)), 20, 0},
		"point-in-time recovery of an empty table":             {l.PITRCost(gbs(0)), 0, 0},
		"100 GB daily, kept 35 days":                           {l.RuleCost(gbs(100), daily, "", Lifecycle{DeleteAfterDays: 35}, false), 350, 0},
		"100 GB by AWS's default schedule, kept 35 days":       {l.RuleCost(gbs(100), "", "", Lifecycle{DeleteAfterDays: 35}, false), 350, 0},
		"100 GB every six hours, kept 7 days":                  {l.RuleCost(gbs(100), "cron(0 0/6 ? * * *)", "", Lifecycle{DeleteAfterDays: 7}, false), 280, 0},
		"100 GB every Sunday, kept 5 weeks":                    {l.RuleCost(gbs(100), "cron(0 5 ? * SUN *)", "", Lifecycle{DeleteAfterDays: 35}, false), 100 * 0.1 * 35 * 209 / 1461, 0},
		"cold after 30 days that takes effect, kept 180":       {l.RuleCost(gbs(100), daily, "", Lifecycle{30, 180}, true), 30*10 + 150*3, 0},
		"cold after 30 days that does not take effect":         {l.RuleCost(gbs(100), daily, "", Lifecycle{30, 180}, false), 180 * 10, 0},
		"cold is charged for 90 days whatever the rule says":   {l.RuleCost(gbs(100), daily, "", Lifecycle{30, 40}, true), 30*10 + 90*3, 0},
		"a copy in another Region":                             {l.CopiesCost(gbs(100), 1, Lifecycle{DeleteAfterDays: 35}, false, true), 350 + 100*daysPerMonth*0.02, 0},
		"a copy in another account of the same Region":         {l.CopiesCost(gbs(100), 1, Lifecycle{DeleteAfterDays: 35}, false, false), 350, 0},
		"one backup through AWS Backup, kept 35 days":          {l.OnDemandCost(gbs(100), 35), 0, 100 * 35 / daysPerMonth * 0.1},
		"one backup through AWS Backup, kept for ever":         {l.OnDemandCost(gbs(100), 0), 10, 0},
		"one of DynamoDB's own":                                {l.NativeCost(gbs(100)), 10, 0},
		"one restore":                                          {l.RestoreCost(gbs(100), false), 0, 15},
		"one restore from cold storage":                        {l.RestoreCost(gbs(100), true), 0, 20},
		"switching point-in-time recovery of 100 GB off again": {Negative(l.PITRCost(gbs(100))), -20, 0},
	} {
		if math.Abs(c.got.Monthly-c.monthly) > 1e-5 || math.Abs(c.got.Once-c.once) > 1e-5 || !c.got.Known {
			t.Errorf("%s: %+v, want $%v a month and $%v once", name, c.got, c.monthly, c.once)
		}
	}
}

func TestCostsThatAreNotWholeSayWhatIsMissing(t *testing.T) {
	l := Default()
	unknown := Size{Why: "its size is not known"}
	for name, c := range map[string]struct {
		got  remedy.Cost
		want string
	}{
		"a table of unknown size":              {l.PITRCost(unknown), "its size is not known"},
		"a rule for a table of unknown size":   {l.RuleCost(unknown, daily, "", Lifecycle{DeleteAfterDays: 35}, false), "its size is not known"},
		"point-in-time recovery with an index": {l.PITRCost(Size{Bytes: gigabyte, Known: true, Indexes: 1}), "local indexes are charged too"},
		"a rule that keeps for ever":           {l.RuleCost(gbs(1), daily, "", Lifecycle{}, false), "kept for ever"},
		"a rule of unknown schedule":           {l.RuleCost(gbs(1), "rate(1 day)", "", Lifecycle{DeleteAfterDays: 1}, false), "how often the rule runs is not known"},
		"a rule in no time zone":               {l.RuleCost(gbs(1), daily, "Mars/Olympus", Lifecycle{DeleteAfterDays: 1}, false), "how often the rule runs is not known"},
		"a restore test, whose fee is unknown": {l.RestoreTestsCost(gbs(1), daily, ""), "fee for each point tested"},
		"a list without prices":                {List{}.PITRCost(gbs(1)), "a price is missing"},
	} {
		if c.got.Known || !strings.Contains(c.got.Basis, c.want) {
			t.Errorf("%s: %+v, want it to be unknown for %q", name, c.got, c.want)
		}
	}
}

func TestTheMonthlyFeeOfRestoreTestsCountsOnceItIsGiven(t *testing.T) {
	l := Default()
	l.RestoreTest = confirmed(2)
	got := l.RestoreTestsCost(gbs(10), "cron(0 5 1 * ? *)", "")
	if want := 10*0.15 + 2; !got.Known || math.Abs(got.Monthly-want) > 0.01 {
		t.Errorf("%+v, want about $%v", got, want)
	}
}

func TestPerDay(t *testing.T) {
	for expression, want := range map[string]float64{
		"cron(0 5 ? * * *)":     1,
		"cron(0 * ? * * *)":     24,
		"cron(0 5 1 * ? *)":     48.0 / 1461,
		"cron(0 5 1 1 ? *)":     4.0 / 1461,
		"cron(0/5 * ? * * *)":   24, // AWS makes no more
		"cron(0 13/12 ? * * *)": 1,
	} {
		if got, ok := PerDay(expression, ""); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, %v; want %v", expression, got, ok, want)
		}
	}
	for _, bad := range []string{"cron(0 5 ? * * 2027)", "cron(0 5 * * * *)", "daily"} {
		if got, ok := PerDay(bad, ""); ok {
			t.Errorf("%s has a rate of %v for ever", bad, got)
		}
	}
}

func TestSizeOf(t *testing.T) {
	now := estate.At(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	u := &estate.Unit{Now: estate.KnownFact(now, 0)}
	table := func(size estate.Fact[int64], age time.Duration) *estate.Table {
		return &estate.Table{SizeBytes: size, CreatedAt: estate.KnownFact(now.Add(-age), 0)}
	}
	for name, c := range map[string]struct {
		table *estate.Table
		want  Size
	}{
		"a table that AWS has counted":         {table(estate.KnownFact[int64](7, 0), time.Hour), Size{Bytes: 7, Known: true}},
		"an old table that is empty":           {table(estate.KnownFact[int64](0, 0), 7*time.Hour), Size{Known: true}},
		"a new table that reads as empty":      {table(estate.KnownFact[int64](0, 0), 5*time.Hour), Size{Why: "AWS has not counted it yet"}},
		"a table of unknown age that is empty": {&estate.Table{SizeBytes: estate.KnownFact[int64](0, 0)}, Size{Why: "AWS has not counted it yet"}},
		"a table whose size could not be read": {table(estate.Fact[int64]{}, time.Hour), Size{Why: "its size is not known"}},
	} {
		if got := SizeOf(u, c.table); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestAGreaterTableNeverCostsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(0, 1<<44).Draw(t, "small")
		great := small + rapid.Int64Range(0, 1<<44).Draw(t, "more")
		life := Lifecycle{rapid.Int64Range(0, 100).Draw(t, "cold"), rapid.Int64Range(0, 400).Draw(t, "delete")}
		cold := rapid.Bool().Draw(t, "cold takes effect")
		perDay := rapid.Float64Range(0, 24).Draw(t, "per day")
		l := Default()
		of := func(bytes int64) []remedy.Cost {
			s := Size{Bytes: bytes, Known: true}
			return []remedy.Cost{l.PITRCost(s), l.RuleCost(s, daily, "", life, cold), l.CopiesCost(s, perDay, life, cold, true),
				l.OnDemandCost(s, life.DeleteAfterDays), l.NativeCost(s), l.RestoreCost(s, cold), l.RestoreTestsCost(s, daily, "")}
		}
		a, b := of(small), of(great)
		for i := range a {
			if a[i].Monthly > b[i].Monthly || a[i].Once > b[i].Once {
				t.Errorf("cost %d falls from %+v to %+v as the table grows from %d to %d bytes", i, a[i], b[i], small, great)
			}
		}
	})
}

func TestKeepingLongerNeverCostsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.Int64Range(1, 3000).Draw(t, "days")
		more := days + rapid.Int64Range(0, 3000).Draw(t, "more")
		l, s := Default(), gbs(3)
		a := l.RuleCost(s, daily, "", Lifecycle{DeleteAfterDays: days}, false)
		b := l.RuleCost(s, daily, "", Lifecycle{DeleteAfterDays: more}, false)
		if a.Monthly > b.Monthly {
			t.Errorf("%d days cost %v, %d days %v", days, a.Monthly, more, b.Monthly)
		}
	})
}
