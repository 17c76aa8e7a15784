package protection

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// The aims of an objective.
const (
	AimRPO        = "rpo"
	AimRetention  = "retention"
	AimRTO        = "rto"
	AimCopies     = "copies"
	AimEncryption = "encryption"
	AimProtection = "deletion-protection"
	AimTags       = "tags"
)

// lagTolerance is how far beyond the objective what is there may be: point-in-time recovery is "typically" five minutes behind, not at most.
const lagTolerance int64 = 300

// Attainment is one aim of an objective: what is asked for, what plans and settings promise, what there is, and whether that is enough.
type Attainment struct {
	Aim      string
	Asked    string
	Limit    int64         // seconds asked for; 0 for aims that are no times
	Declared Answer[int64] // seconds promised; Forever; absent: nothing is promised, or the aim is no time
	Observed Answer[int64] // seconds that there are, or were measured; absent: nothing is there, or the aim is no time
	Met      Answer[bool]
}

// Attains holds the table against an objective: RPO and retention always, the rest where it is asked for.
func (c *Coverage) Attains(o objective.Objective) []Attainment {
	out := []Attainment{c.attainRPO(o), c.attainRetention(o)}
	if o.RTO > 0 {
		out = append(out, c.attainRTO(o))
	}
	for _, want := range o.Copies {
		out = append(out, c.attainCopy(want))
	}
	if o.Encryption != "" {
		out = append(out, c.attainEncryption(o.Encryption))
	}
	if o.Protection {
		out = append(out, c.attainProtection())
	}
	if len(o.Tags) > 0 {
		out = append(out, c.attainTags(o.Tags))
	}
	return out
}

// asked are the scenarios that the objective names.
func (c *Coverage) asked(o objective.Objective) []*Scenario {
	var out []*Scenario
	for i := range c.Scenarios {
		if o.Asks(c.Scenarios[i].Name) {
			out = append(out, &c.Scenarios[i])
		}
	}
	return out
}

// attainRPO: in each scenario some way that works loses little enough, by what it promises and by what is there now.
func (c *Coverage) attainRPO(o objective.Objective) Attainment {
	limit := seconds(o.RPO)
	a := Attainment{Aim: AimRPO, Asked: objective.Span(o.RPO), Limit: limit}
	met := Answer[bool]{}
	for i, s := range c.asked(o) {
		promised := s.some(func(w *Way) tri { return atMost(w.WorstLoss, limit) })
		there := atMost(s.LossNow, limit+lagTolerance)
		answer := s.attained(promised.and(there))
		switch {
		case triOf(answer) != no || triOf(s.Recoverable) == no:
		case promised == no && s.WorstLoss.Or(0) == Forever:
			answer.Why = s.Name + ": nothing makes the next backup"
		case promised == no:
			answer.Why = s.Name + ": up to " + span(s.WorstLoss.Or(Forever)) + " may be lost"
		default:
			answer.Why = s.Name + ": the newest backup is " + span(s.LossNow.Or(Forever)) + " old, whatever the plans promise"
		}
		met = weaker(i, met, answer)
		a.Declared, a.Observed = worst(i, a.Declared, s.WorstLoss, false), worst(i, a.Observed, s.LossNow, false)
	}
	a.Met = met
	return c.unasked(o, a)
}

// attainRetention: in each scenario some way that works reaches back far enough, once its window or plan has filled.
func (c *Coverage) attainRetention(o objective.Objective) Attainment {
	days := seconds(o.Retention) / secondsPerDay
	a := Attainment{Aim: AimRetention, Asked: dayCount(days), Limit: seconds(o.Retention)}
	met := Answer[bool]{}
	for i, s := range c.asked(o) {
		answer := s.attained(s.some(func(w *Way) tri { return atLeast(w.ReachDays, days) }))
		if triOf(answer) == no && triOf(s.Recoverable) != no {
			answer.Why = s.Name + ": reaches back " + dayCount(s.ReachDays.Or(0))
		}
		met = weaker(i, met, answer)
		a.Declared = worst(i, a.Declared, inSeconds(s.ReachDays), true)
	}
	a.Observed, a.Met = c.reachNow(), met
	return c.unasked(o, a)
}

// unasked: an objective without scenarios asks for nothing that could be missed.
func (c *Coverage) unasked(o objective.Objective, a Attainment) Attainment {
	if len(c.asked(o)) == 0 {
		a.Met = answered(yes, "nothing is to be survived")
	}
	return a
}

// some reports whether a way that works meets a condition.
func (s *Scenario) some(enough func(*Way) tri) tri {
	out := no
	for i := range s.Ways {
		out = out.or(triOf(s.Ways[i].Works).and(enough(&s.Ways[i])))
	}
	return out
}

// attained is an answer with the scenario's own reason.
func (s *Scenario) attained(t tri) Answer[bool] {
	basis := s.Recoverable.Basis
	if t == maybe {
		basis = missing(basis)
	}
	return answered(t, s.Name+": "+s.Recoverable.Why, basis...)
}

// weaker joins the answers of several scenarios: the first no, else the first unknown. The reason names its scenario.
func weaker(i int, joined, next Answer[bool]) Answer[bool] {
	if i == 0 || triOf(joined) != no && triOf(next) == no || triOf(joined) == yes && triOf(next) == maybe {
		return next
	}
	return joined
}

// worst is the greatest of several figures, or the least. Nothing at all is worse than what is not known, and that than any figure.
func worst(i int, joined, next Answer[int64], least bool) Answer[int64] {
	was, ok := joined.Get()
	is, known := next.Get()
	switch {
	case i == 0, next.IsAbsent(), ok && !known:
		return next
	case ok && (least && is < was || !least && is > was):
		return next
	}
	return joined
}

func inSeconds(days Answer[int64]) Answer[int64] {
	v, ok := days.Get()
	if !ok || v >= Forever/secondsPerDay {
		return days
	}
	return known(v*secondsPerDay, days.Why, days.Basis...)
}

// reachNow is how far back one can go today: point-in-time recovery's window as far as it has filled, or the oldest backup.
func (c *Coverage) reachNow() Answer[int64] {
	now, ok := c.unit.Now.Get()
	oldest := c.Observed.All.Oldest
	if at, there := oldest.Get(); there && ok {
		age := known(seconds(now.Sub(at)), "the oldest backup", oldest.Basis...)
		if window, on := c.PITR.AvailableSeconds.Get(); !on || window <= age.Or(0) {
			return age
		}
		return c.PITR.AvailableSeconds
	}
	if !oldest.IsAbsent() {
		return like[int64](oldest)
	}
	if triOf(c.PITR.On) == no {
		return absent[int64]("there is no backup")
	}
	return c.PITR.AvailableSeconds
}

// attainRTO goes by the last restore that AWS Backup made of the table. Nothing promises how long the next will take.
func (c *Coverage) attainRTO(o objective.Objective) Attainment {
	limit := seconds(o.RTO)
	a := Attainment{Aim: AimRTO, Asked: objective.Span(o.RTO), Limit: limit, Declared: absent[int64]("nothing promises how long a restore takes")}
	job := c.index.lastRestore(c.Table)
	if job == nil {
		a.Observed = unknown[int64](c.unmeasured(), estate.Read("unit.restore_jobs", "", c.unit.RestoreJobs.Whole))
		a.Met = answered(maybe, a.Observed.Why, a.Observed.Basis...)
		return a
	}
	basis := []estate.Reading{estate.Read("restore_job.created_at", job.ID, job.CreatedAt), estate.Read("restore_job.completed_at", job.ID, job.CompletedAt)}
	took := seconds(job.CompletedAt.Or(0).Sub(job.CreatedAt.Or(0)))
	why := "the restore of " + date(job.CreatedAt.Or(0).Time()) + " took " + span(took)
	a.Observed, a.Met = known(took, why, basis...), answered(truth(took <= limit), why, basis...)
	return a
}

// unmeasured says why there is no measure.
func (c *Coverage) unmeasured() string {
	last := estate.Instant(0)
	for _, p := range c.points() {
		last = max(last, p.LastRestoreAt.Or(0))
	}
	switch {
	case last != 0:
		return "not measured: restored on " + date(last.Time()) + ", and no job of the last 30 days says how long that took"
	case !c.unit.RestoreJobs.IsWhole():
		return "not measured: the restore jobs could not be read"
	}
	return "not measured: no restore of this table in the 30 days of jobs that AWS keeps"
}

func (c *Coverage) points() []point {
	arn, ok := c.Table.ARN.Get()
	if !ok {
		return nil
	}
	return c.index.points.of(arn)
}

// lastRestore is the newest restore of the table that ended well and whose times are known; nil: none.
func (x *Index) lastRestore(t *estate.Table) *estate.RestoreJob {
	x.restoresOnce.Do(func() {
		x.restores = map[string]*estate.RestoreJob{}
		for i := range x.unit.RestoreJobs.Items {
			j := &x.unit.RestoreJobs.Items[i]
			arn, ok := j.ResourceARN.Get()
			if !ok || j.Status.Or("") != "COMPLETED" || !j.CreatedAt.IsKnown() || !j.CompletedAt.IsKnown() {
				continue
			}
			if was := x.restores[arn]; was == nil || j.CreatedAt.Or(0) > was.CreatedAt.Or(0) {
				x.restores[arn] = j
			}
		}
	})
	return x.restores[t.ARN.Or("")]
}

// attainCopy: a rule that works copies there, and a copy has arrived.
func (c *Coverage) attainCopy(want objective.Copy) Attainment {
	a := Attainment{Aim: AimCopies, Asked: "a copy in " + want.Text(), Declared: absent[int64](""), Observed: absent[int64]("")}
	declared, why := no, "no rule that selects the table copies there"
	for i := range c.Plans.Items {
		for k := range c.Plans.Items[i].Rules {
			r := &c.Plans.Items[i].Rules[k]
			for n := range r.Copies {
				t := c.stands(want, r.Copies[n].Vault).and(triOf(r.Effective)).and(triOf(r.Copies[n].TakesEffect))
				if t != no && declared != yes {
					declared, why = t, "rule "+quote(r.Rule)+" of plan "+quote(r.Plan)+" copies there"
				}
			}
		}
	}
	if declared == no && c.index.complete == maybe {
		a.Met = answered(maybe, "the plans are not all known", estate.Read("unit.plans", "", c.unit.Plans.Whole))
		return a
	}
	a.Met = answered(declared, why)
	return a
}

// stands is whether a vault is in the place that is asked for.
func (c *Coverage) stands(want objective.Copy, vault Answer[string]) tri {
	arn, ok := vault.Get()
	if !ok {
		return maybe
	}
	region, account := want.Region, want.Account
	if region == "" {
		region = c.index.region
	}
	if account == "" {
		account = c.index.account
	}
	at := sameOrUnknown(region, arnField(arn, arnRegion)).and(sameOrUnknown(account, arnField(arn, arnAccount)))
	return at.and(truth(want.Vault == "" || want.Vault == vaultLabel(arn)))
}

func sameOrUnknown(a, b string) tri {
	if a == "" || b == "" {
		return maybe
	}
	return truth(a == b)
}

// attainEncryption compares levels: an AWS-owned key, one that AWS manages in the account, one of the customer's own.
func (c *Coverage) attainEncryption(weakest objective.Encryption) Attainment {
	a := Attainment{Aim: AimEncryption, Asked: string(weakest) + " or stronger", Declared: absent[int64](""), Observed: absent[int64]("")}
	level, basis := c.keyLevel()
	if level == "" {
		t := truth(weakest == objective.AWSOwned || weakest == objective.AWSManaged && c.Table.KeyARN.IsKnown()).or(maybe)
		a.Met = answered(t, "who manages the table's key is not known", missing(basis)...)
		return a
	}
	rank := func(e objective.Encryption) int { return slices.Index(objective.Encryptions(), string(e)) }
	a.Met = answered(truth(rank(level) >= rank(weakest)), "the table's key is "+string(level), basis...)
	return a
}

// keyLevel is empty where it is not known.
func (c *Coverage) keyLevel() (objective.Encryption, []estate.Reading) {
	owned, basis := c.ownedKey()
	switch {
	case c.Table.KeyARN.IsAbsent():
		return objective.AWSOwned, basis
	case owned == yes:
		return objective.AWSManaged, basis
	case owned == no:
		return objective.Customer, basis
	}
	return "", basis
}

func (c *Coverage) attainProtection() Attainment {
	basis := estate.Read("table.deletion_protection", c.Table.ID, c.Table.DeletionProtection)
	t := holds(c.Table.DeletionProtection)
	why := map[tri]string{yes: "it is on", no: "it is off", maybe: "it could not be read"}[t]
	return Attainment{Aim: AimProtection, Asked: "on", Declared: absent[int64](""), Observed: absent[int64](""), Met: answered(t, why, basis)}
}

func (c *Coverage) attainTags(keys []string) Attainment {
	a := Attainment{Aim: AimTags, Asked: strings.Join(keys, ", "), Declared: absent[int64](""), Observed: absent[int64]("")}
	basis := estate.Read("table.tags", c.Table.ID, c.Table.Tags)
	tags, ok := c.Table.Tags.Get()
	if !ok && !c.Table.Tags.IsAbsent() {
		a.Met = answered(maybe, "the tags could not be read", basis)
		return a
	}
	var left []string
	for _, k := range keys {
		if _, has := tags[k]; !has {
			left = append(left, quote(k))
		}
	}
	a.Met = answered(yes, "all are there", basis)
	if len(left) > 0 {
		a.Met = answered(no, "missing: "+strings.Join(left, ", "), basis)
	}
	return a
}
