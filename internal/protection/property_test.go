package protection

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"pgregory.net/rapid"
)

// verdicts lists every yes or no of a coverage by a name that stays the same when a fact is forgotten.
func verdicts(c *Coverage) map[string]tri {
	out := map[string]tri{
		"selected": triOf(c.Selected), "effective": triOf(c.Effective), "pitr": triOf(c.PITR.On), "full": triOf(c.PITR.Full),
		"all": triOf(c.Observed.All.Any), "backup": triOf(c.Observed.Backup.Any), "native": triOf(c.Observed.Native.Any),
		"running": triOf(c.Observed.Running), "job": triOf(c.Observed.LastJob.Succeeded),
	}
	for i := range c.Deviations {
		d := &c.Deviations[i]
		out[fmt.Sprint("deviation ", d.Plan, d.Rule, d.Selection)] = triOf(d.Deviates)
	}
	for i := range c.Considered {
		out[fmt.Sprint("decision ", c.Considered[i].sel.sel.ID)] = holds(c.Considered[i].Selects)
	}
	for i := range c.Scenarios {
		s := &c.Scenarios[i]
		out["scenario "+s.Name] = triOf(s.Recoverable)
		for _, rpo := range []time.Duration{hour, 27 * hour, 300 * hour} {
			for _, days := range []time.Duration{7, 35, 365} {
				o := objective.Objective{RPO: rpo, Retention: days * 24 * hour}
				out[fmt.Sprint("meets ", s.Name, rpo, days)] = triOf(s.Meets(o))
			}
		}
	}
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		out["plan "+p.ID] = triOf(p.Effective)
		out["plan selects "+p.ID] = triOf(p.Selects)
		for k := range p.Rules {
			r := &p.Rules[k]
			v := reflect.ValueOf(r).Elem()
			for f := range v.NumField() {
				if !v.Type().Field(f).IsExported() {
					continue
				}
				if a, ok := v.Field(f).Addr().Interface().(*Answer[bool]); ok && !a.IsAbsent() {
					out[fmt.Sprintf("rule %s %s %s %s", p.ID, r.sel.sel.ID, r.ID, v.Type().Field(f).Name)] = triOf(*a)
				}
			}
		}
	}
	return out
}

// numbers lists every figure that is known.
func numbers(c *Coverage) map[string]int64 {
	out := map[string]int64{}
	add := func(name string, a Answer[int64]) {
		if v, ok := a.Get(); ok {
			out[name] = v
		}
	}
	add("interval", c.LongestInterval)
	add("gap", c.WorstGap)
	add("retention", c.RetentionDays)
	add("count", c.Observed.All.Count)
	add("age", c.Observed.All.NewestAge)
	add("leftovers", c.Observed.Leftovers)
	add("failed", c.Observed.FailedInARow)
	add("available", c.PITR.AvailableSeconds)
	for i := range c.Plans.Items {
		p := &c.Plans.Items[i]
		add("interval of "+p.ID, p.Interval)
		add("gap of "+p.ID, p.WorstGap)
		add("retention of "+p.ID, p.RetentionDays)
	}
	for i := range c.Scenarios {
		s := &c.Scenarios[i]
		add("loss "+s.Name, s.LossNow)
		add("worst "+s.Name, s.WorstLoss)
		add("reach "+s.Name, s.ReachDays)
	}
	return out
}

// TestForgettingDecidesNothing: a fact that is not known any more may only turn an answer unknown.
func TestForgettingDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := drawUnit(t)
		e := &estate.Estate{Units: []*estate.Unit{u}}
		if rapid.Bool().Draw(t, "other Region") {
			e.Units = append(e.Units, drawFar(t))
		}
		cover := func() *Coverage { return Cover(u, &u.Tables.Items[0], NewIndexes(e)[u]) }
		before := cover()
		truths, figures := verdicts(before), numbers(before)
		var facts []estate.AnyFact
		var paths []string
		for _, u := range e.Units {
			estate.EachFact(u, func(path string, f estate.AnyFact) {
				if f.Ref().State() != estate.Unknown {
					facts, paths = append(facts, f), append(paths, path)
				}
			})
		}
		forgotten := ""
		for range rapid.IntRange(1, 3).Draw(t, "how many") {
			i := rapid.IntRange(0, len(facts)-1).Draw(t, "which")
			facts[i].Forget()
			forgotten += " " + paths[i]
		}
		after := cover()
		for name, v := range verdicts(after) {
			if was, ok := truths[name]; ok && v != maybe && v != was {
				t.Fatalf("%s: %s became %s by forgetting%s", name, word(was), word(v), forgotten)
			}
		}
		for name, v := range numbers(after) {
			if was, ok := figures[name]; ok && was != v {
				t.Fatalf("%s: %d became %d by forgetting%s", name, was, v, forgotten)
			}
		}
	})
}

// drawUnit makes a small estate in which everything that decides varies.
func drawUnit(t *rapid.T) *estate.Unit {
	coin := func(name string) bool { return rapid.Bool().Draw(t, name) }
	tab := testTable("orders", "stage", rapid.SampledFrom([]string{"prod", "test"}).Draw(t, "stage"))
	if coin("pitr") {
		tab = withPITR(tab, "2026-11-20T12:00:00Z")
	}
	if coin("table key") {
		tab.KeyARN, tab.SSEType = kn(tableKeyARN), kn("KMS")
	}
	if coin("replica") {
		tab.Replicas = kn([]estate.Replica{{Region: "eu-west-1", Status: "ACTIVE"}})
	}
	if coin("recreated") {
		tab.CreatedAt = kn(testNow.Add(-10 * hour))
	}
	var plans []estate.Plan
	for i := range rapid.IntRange(0, 2).Draw(t, "plans") {
		plans = append(plans, drawPlan(t, fmt.Sprint("p", i)))
	}
	u := testUnit([]estate.Table{tab}, plans...)
	v := &u.Vaults.Items[0]
	for i := range rapid.IntRange(0, 3).Draw(t, "points") {
		p := testPoint("orders", time.Duration(rapid.SampledFrom([]int{5, 30, 400}).Draw(t, "age"))*hour, "p0", "r0")
		p.ID += fmt.Sprint("-", i)
		p.Status = kn(rapid.SampledFrom([]string{"COMPLETED", "EXPIRED"}).Draw(t, "status"))
		v.RecoveryPoints.Items = append(v.RecoveryPoints.Items, p)
	}
	if coin("locked") {
		v.Locked, v.MinRetention = kn(true), kn(int64(30))
		if coin("compliance") {
			v.LockDate = kn(testNow.Add(-hour))
		}
	}
	if coin("plain") {
		u.Settings.Management = kn(map[string]bool{})
	}
	if coin("opted out") {
		u.Settings.OptIn = kn(map[string]bool{})
	}
	if coin("role gone") {
		u.Roles.Items[0].Exists = kn(false)
	}
	u.Keys.Items[0].State = kn(rapid.SampledFrom([]string{"Enabled", "Disabled"}).Draw(t, "vault key"))
	u.Keys.Items[1].State = kn(rapid.SampledFrom([]string{"Enabled", "PendingDeletion"}).Draw(t, "state of the table's key"))
	if coin("native") {
		u.Backups = all(testNative("orders", rapid.SampledFrom([]string{"id-orders", "id-old"}).Draw(t, "id"), hour))
	}
	if coin("jobs") {
		u.BackupJobs = all(testJob("orders", "FAILED", 20*hour, ""), testJob("orders", rapid.SampledFrom([]string{"COMPLETED", "RUNNING", "FAILED"}).Draw(t, "job"), hour, ""))
	}
	if coin("copies") {
		region := rapid.SampledFrom([]string{"eu-west-1", testRegion}).Draw(t, "copy Region")
		u.CopyJobs = all(estate.CopyJob{ID: "copy", ResourceARN: kn(tableARN("orders")), State: kn(rapid.SampledFrom([]string{"COMPLETED", "FAILED"}).Draw(t, "copied")),
			CreatedAt: kn(testNow.Add(-6 * hour)), SourcePoint: kn(backupARN("recovery-point", fmt.Sprintf("orders-%d-0", rapid.SampledFrom([]int{5, 30}).Draw(t, "copied from")*int(hour)))),
			DestinationVault: kn("arn:aws:backup:" + region + ":" + testAccount + ":backup-vault:main")})
	}
	return u
}

// drawFar is the Region to which copies go.
func drawFar(t *rapid.T) *estate.Unit {
	u := testUnit(nil)
	u.Region = kn("eu-west-1")
	v := testVault(rapid.SampledFrom([]string{"main", "none"}).Draw(t, "far vault"))
	v.ID = "arn:aws:backup:eu-west-1:" + testAccount + ":backup-vault:" + v.Name.Or("")
	v.ARN = kn(v.ID)
	if rapid.Bool().Draw(t, "arrived") {
		v.RecoveryPoints = all(testPoint("orders", 6*hour, "p0", "r0"))
	}
	u.Vaults = all(v)
	tab := testTable("orders")
	if rapid.Bool().Draw(t, "far pitr") {
		tab = withPITR(tab, "2026-11-01T00:00:00Z")
	}
	u.Tables = all(tab)
	return u
}

func drawPlan(t *rapid.T, name string) estate.Plan {
	var rules []estate.Rule
	for i := range rapid.IntRange(0, 2).Draw(t, "rules") {
		r := testRule(fmt.Sprint("r", i))
		r.Schedule = kn(rapid.SampledFrom([]string{"cron(0 5 ? * * *)", "cron(0 0/6 ? * * *)", "cron(0 5 ? * * 2020)", "rate(1 day)"}).Draw(t, "cron"))
		r.Vault = kn(rapid.SampledFrom([]string{"main", "main", "none"}).Draw(t, "vault"))
		r.DeleteAfterDays = rapid.SampledFrom([]estate.Fact[int64]{kn(int64(7)), kn(int64(35)), ab[int64]()}).Draw(t, "keep")
		if rapid.Bool().Draw(t, "copy") {
			dest := rapid.SampledFrom([]string{"eu-west-1", testRegion}).Draw(t, "to")
			r.Copies = all(estate.Copy{ID: "c", VaultARN: kn("arn:aws:backup:" + dest + ":" + testAccount + ":backup-vault:none"), ColdAfterDays: ab[int64](), DeleteAfterDays: ab[int64]()})
		}
		rules = append(rules, r)
	}
	var sels []estate.Selection
	for i := range rapid.IntRange(0, 2).Draw(t, "selections") {
		s := testSelection(fmt.Sprint(name, "-s", i))
		if rapid.Bool().Draw(t, "by ARN") {
			s.Resources = kn([]string{rapid.SampledFrom([]string{"*", typed, tableARN("orders"), tableARN("x")}).Draw(t, "pattern")})
		}
		if rapid.Bool().Draw(t, "by tag") {
			s.ListOfTags = pairs("stage", "prod")
		}
		if rapid.Bool().Draw(t, "not") {
			s.NotResources = kn([]string{tableARN("ord*")})
		}
		if rapid.Bool().Draw(t, "condition") {
			s.StringNotEquals = pairs(tagPrefix+rapid.SampledFrom([]string{"stage", "none"}).Draw(t, "key"), "test")
		}
		sels = append(sels, s)
	}
	p := testPlan(name, sels, rules...)
	p.FromOrganization = kn(rapid.Bool().Draw(t, "organisation"))
	return p
}

// TestHostileText: names and values that try to break out of a sentence do not, and nothing panics.
func TestHostileText(t *testing.T) {
	evil := "\x1b[31m::error::=cmd()\x00\n<script>" + strings.Repeat("ä", 2000)
	u := daily()
	u.Tables.Items[0].Tags = kn(map[string]string{evil: evil, "stage": evil})
	u.Tables.Items[0].Name = kn(evil)
	p := &u.Plans.Items[0]
	p.Name, p.Rules.Items[0].Name, p.Rules.Items[0].Vault = kn(evil), kn(evil), kn(evil)
	p.Rules.Items[0].Timezone = kn(evil)
	s := testSelection("s", evil, "arn:aws:dynamodb:*")
	s.Name, s.ListOfTags, s.StringEquals = kn(evil), pairs(evil, evil), pairs(tagPrefix+"stage", "prod")
	s.StringLike = pairs(tagPrefix+"stage", strings.Repeat("*a", 1000))
	p.Selections = all(s)
	u.BackupJobs = all(testJob("orders", evil, hour, evil))
	e := Explain(coverFirst(u))
	var texts []string
	for _, p := range e.Plans {
		for _, d := range p.Selections {
			texts = append(texts, d.Sentence)
		}
		for _, r := range p.Rules {
			for _, q := range r.Prerequisites {
				texts = append(texts, q.Answer.Why)
			}
		}
	}
	for _, w := range e.Warnings {
		texts = append(texts, w.Text)
	}
	for _, v := range e.Timeline {
		texts = append(texts, v.Text)
	}
	for _, s := range e.Coverage.Scenarios {
		texts = append(texts, s.Recoverable.Why)
	}
	for _, text := range texts {
		if strings.ContainsAny(text, "\x1b\x00\n") || len(text) > 4000 {
			t.Errorf("text of %d bytes: %.200q", len(text), text)
		}
	}
	if len(texts) < 5 {
		t.Errorf("only %d texts", len(texts))
	}
}

// TestFiguresAreExactInJSON: Forever survives what reads JSON numbers as floating point.
func TestFiguresAreExactInJSON(t *testing.T) {
	var f float64
	text, _ := json.Marshal(Forever)
	if err := json.Unmarshal(text, &f); err != nil || int64(f) != Forever {
		t.Errorf("%s is read as %v", text, f)
	}
}
