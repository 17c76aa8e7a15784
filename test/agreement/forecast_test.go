package agreement

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// deletionSpread is within what AWS deletes a point after its expiry.
const deletionSpread = 8 * time.Hour

// starts are days shortly before clocks change in Berlin or New York, and one far from any change.
func starts() *rapid.Generator[time.Time] {
	on := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 9, 17, 0, 0, time.UTC) }
	return rapid.SampledFrom([]time.Time{on(1, 10), on(3, 5), on(3, 26), on(10, 22), on(10, 29)})
}

func scheduledRules(name string) *rapid.Generator[backuptypes.BackupRuleInput] {
	return rapid.Custom(func(t *rapid.T) backuptypes.BackupRuleInput {
		cron := rapid.SampledFrom([]string{"0 5 ? * * *", "30 2 ? * * *", "30 1 ? * * *", "0 0/12 ? * * *", "15 6,18 ? * * *", "0 3 ? * MON-FRI *", "0 4 1,15 * ? *",
			"0 22 L * ? *", "0 0/4 ? * * *", "45 23 ? * 1#2 *", "0 * ? * * *", "0 20-2 ? * * *"}).Draw(t, "cron")
		window := rapid.SampledFrom([]int64{60, 90, 240, 480}).Draw(t, "start window")
		r := rule(name, "main", "cron("+cron+")", window, rapid.SampledFrom([]int64{0, 1, 2, 3, 7, 35}).Draw(t, "days"))
		r.CompletionWindowMinutes = aws.Int64(max(window, rapid.SampledFrom([]int64{60, 180, 600}).Draw(t, "completion window")))
		if zone := rapid.SampledFrom([]string{"", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}).Draw(t, "zone"); zone != "" {
			r.ScheduleExpressionTimezone = &zone
		}
		return r
	})
}

// run is one start of a rule.
type run struct {
	rule string
	at   estate.Instant
}

// watch follows a forecast while the clock moves on.
type watch struct {
	*stage
	forecast protection.Forecast
	before   estate.Instant                      // a job from before the forecast is none of its business
	coming   map[run]protection.ComingPoint      // what was forecast
	window   map[string]time.Duration            // start window by rule
	names    map[string]string                   // of rules, by id
	jobs     map[string]backuptypes.BackupJob    // all that were seen, by id: AWS forgets them after 30 days
	lost     bool                                // a job found no start beside another one of the table: the forecast does not count on that
	checked  map[string]int                      // how often each claim was put to the test
	existing map[string]protection.ExistingPoint // by ARN
}

// TestForecast: what a forecast says of points to come, of their expiry and of the loss is what then happens.
func TestForecast(t *testing.T) {
	h := open(t)
	checked := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := h.begin(t)
		s.until(starts().Draw(t, "start"))
		role := s.role("backup")
		s.table("orders", "", nil)
		s.vault("main", "")
		s.settings(true, rapid.Bool().Draw(t, "advanced"))
		if rapid.IntRange(0, 4).Draw(t, "pitr") == 0 {
			s.pitr("orders", 35)
		}
		for i := range rapid.IntRange(1, 2).Draw(t, "plans") {
			var rules []backuptypes.BackupRuleInput
			for k := range rapid.IntRange(1, 3).Draw(t, "rules") {
				rules = append(rules, scheduledRules(fmt.Sprintf("rule-%d-%d", i, k)).Draw(t, "rule"))
			}
			id := s.plan(fmt.Sprint("plan-", i), rules...)
			s.selection(id, backuptypes.BackupSelection{SelectionName: aws.String("all"), IamRoleArn: &role, Resources: []string{"*"}})
		}
		// A rule drops no other's start by a run from before the plan was made, which the forecast of the first hours cannot know.
		s.wait(time.Duration(rapid.IntRange(9*60, 3*24*60).Draw(t, "minutes before the forecast")) * time.Minute)
		w := s.watch(s.look(), rapid.IntRange(7, 35).Draw(t, "days"), checked)
		w.follow(rapid.SliceOfN(rapid.IntRange(0, w.forecast.Days*24*60-1), 3, 6).Draw(t, "moments"))
	})
	for _, claim := range []string{"job was forecast", "forecast came", "point stays", "point goes", "loss"} {
		if twoSided() && checked[claim] == 0 {
			t.Errorf("never put to the test: %s (%v)", claim, checked)
		}
	}
}

func (s *stage) watch(v view, days int, checked map[string]int) *watch {
	s.Helper()
	c := v.cover["orders"]
	now, _ := v.unit.Now.Get()
	w := &watch{stage: s, forecast: c.Forecast(now, days), before: now, coming: map[run]protection.ComingPoint{}, window: map[string]time.Duration{},
		names: map[string]string{}, jobs: map[string]backuptypes.BackupJob{}, checked: checked, existing: map[string]protection.ExistingPoint{}}
	s.decided("the forecast", w.forecast.Known)
	for i := range v.unit.Plans.Items {
		for _, r := range v.unit.Plans.Items[i].Rules.Items {
			w.names[r.ID] = r.Name.Or("?")
			w.window[r.Name.Or("?")] = time.Duration(r.StartWindow.Or(0)) * time.Minute
		}
	}
	for _, p := range w.forecast.Coming {
		w.coming[run{p.Rule, p.Scheduled}] = p
	}
	for _, e := range w.forecast.Existing {
		w.existing[e.ID] = e
	}
	s.tell("forecast of %d days: %d points to come, %d are there", days, len(w.coming), len(w.existing))
	return w
}

// follow moves the clock through the forecast's time, looks at the given minutes of it, and settles the account at the end.
func (w *watch) follow(minutes []int) {
	w.Helper()
	slices.Sort(minutes)
	end := w.before.Time().Add(time.Duration(w.forecast.Days) * day)
	for _, m := range minutes {
		at := w.before.Time().Add(time.Duration(m) * time.Minute)
		w.advance(at)
		w.compareMoment()
	}
	w.advance(end)
	w.advance(end.Add(20 * time.Hour)) // the last windows
	w.settleJobs(estate.At(end))
}

// advance moves the clock in steps short enough to see every job.
func (w *watch) advance(to time.Time) {
	w.Helper()
	for w.sim.Now().Before(to) {
		w.until(to.Add(-max(0, to.Sub(w.sim.Now())-14*day)))
		for _, j := range w.stage.jobs() {
			w.jobs[*j.BackupJobId] = j
			w.lost = w.lost || j.State == backuptypes.BackupJobStateExpired
		}
	}
}

func (w *watch) runOf(j *backuptypes.BackupJob) run {
	return run{w.names[aws.ToString(j.CreatedBy.BackupRuleId)], estate.At(*j.CreationDate)}
}

// settleJobs: every job was forecast, and every forecast came, but for those that found no start beside another job.
func (w *watch) settleJobs(end estate.Instant) {
	w.Helper()
	made := map[run]backuptypes.BackupJob{}
	for _, id := range sorted(w.jobs) {
		j := w.jobs[id]
		r := w.runOf(&j)
		if r.at < w.before || r.at >= end {
			continue
		}
		made[r] = j
		p, foreseen := w.coming[r]
		if !foreseen {
			w.disagree("a job of %s was created at %s, which is not in the forecast (job %s: %s %s)", r.rule, r.at, id, j.State, aws.ToString(j.StatusMessage))
		}
		w.checked["job was forecast"]++
		if j.State == backuptypes.BackupJobStateCompleted && estate.At(*j.CompletionDate) > p.Latest {
			w.disagree("the job of %s from %s was complete at %s, forecast for %s at the latest", r.rule, r.at, j.CompletionDate, p.Latest)
		}
	}
	for _, p := range w.forecast.Coming {
		j, came := made[run{p.Rule, p.Scheduled}]
		switch {
		case !came:
			w.disagree("%s was forecast to run at %s and did not", p.Rule, p.Scheduled)
		case j.State != backuptypes.BackupJobStateCompleted && j.State != backuptypes.BackupJobStateExpired:
			w.disagree("%s was forecast to run at %s; its job is %s: %s", p.Rule, p.Scheduled, j.State, aws.ToString(j.StatusMessage))
		}
		w.checked["forecast came"]++
	}
}

// compareMoment holds the points that are there now against the forecast.
func (w *watch) compareMoment() {
	w.Helper()
	now := estate.At(w.sim.Now())
	there := map[string]backuptypes.RecoveryPointByResource{}
	newest := estate.Instant(0)
	for _, p := range w.points("orders") {
		there[*p.RecoveryPointArn] = p
		if p.Status == backuptypes.RecoveryPointStatusCompleted {
			newest = max(newest, estate.At(*p.CreationDate))
		}
	}
	for _, id := range sorted(w.jobs) {
		j := w.jobs[id]
		r := w.runOf(&j)
		p, foreseen := w.coming[r]
		if j.State != backuptypes.BackupJobStateCompleted || !foreseen {
			continue
		}
		seen, here := there[*j.RecoveryPointArn]
		if here && (estate.At(*seen.CreationDate) < p.Scheduled || estate.At(*seen.CreationDate) > p.StartBy) {
			w.disagree("a point of %s was created at %s, forecast between %s and %s", r.rule, seen.CreationDate, p.Scheduled, p.StartBy)
		}
		w.compareExpiry(fmt.Sprintf("the point of %s from %s", r.rule, r.at), p.Expires, w.window[r.rule], here)
	}
	for _, id := range sorted(w.existing) {
		_, here := there[id]
		w.compareExpiry("the point "+id, w.existing[id].Expires, 0, here)
	}
	w.compareLoss(now, newest)
}

// compareExpiry: a point is there until its expiry and gone eight hours after. Age counts from the start of the job, within the start window.
func (w *watch) compareExpiry(what string, expires protection.Answer[estate.Instant], window time.Duration, here bool) {
	w.Helper()
	at, ends := expires.Get()
	now := estate.At(w.sim.Now())
	switch {
	case (!ends || now < at) && !here:
		w.disagree("%s is gone at %s, forecast to expire at %s", what, now, expires)
	case ends && now > at.Add(window+deletionSpread) && here:
		w.disagree("%s is still there at %s, forecast to expire at %s", what, now, expires)
	case !ends || now < at:
		w.checked["point stays"]++
	case now > at.Add(window+deletionSpread):
		w.checked["point goes"]++
	}
}

// compareLoss: one can go back at least as far towards now as the forecast's worst case says.
func (w *watch) compareLoss(now, newest estate.Instant) {
	w.Helper()
	var step protection.LossStep
	for _, s := range w.forecast.Loss {
		if s.At <= now {
			step = s
		}
	}
	if step.PITR {
		d := ok[dynamodb.DescribeContinuousBackupsOutput](w.stage)(w.tables.DescribeContinuousBackups(w.ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("orders")})).ContinuousBackupsDescription.PointInTimeRecoveryDescription
		if loss := now.Sub(estate.At(*d.LatestRestorableDateTime)); loss >= 301*time.Second {
			w.disagree("at %s point-in-time recovery is %s behind, the forecast's worst case is %v s", now, loss, w.forecast.MaxLoss)
		}
		w.checked["loss behind pitr"]++
		return
	}
	back, some := step.Back.Get()
	if !some || w.lost {
		return
	}
	if newest < back {
		w.disagree("at %s the newest point is of %s, the forecast's worst case is %s", now, newest, back)
	}
	if worst := w.forecast.MaxLoss.Or(0); int64(now.Sub(newest)/time.Second) > worst {
		w.disagree("at %s the newest point is of %s, which loses more than the forecast's worst %d s", now, newest, worst)
	}
	w.checked["loss"]++
}
