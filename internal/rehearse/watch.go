package rehearse

import (
	"cmp"
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// watch follows the tables through the days.
type watch struct {
	from, to estate.Instant
	days     int
	tables   map[string]*followed // by ARN
	assumed  []string
	gap      estate.Instant // the longest time between two looks
}

// followed is a table: what is expected of it, and what was seen.
type followed struct {
	unit     *estate.Unit
	table    *estate.Table
	forecast protection.Forecast
	points   map[string]*point // by ARN
	copies   map[string]bool   // ARNs of copies in other vaults, by their creation: a copy keeps its source's
	jobs     map[string]job    // that ended without success
	pitr     []reach           // one for each look
}

// reach is how far behind point-in-time recovery was at a look; off: it was not on.
type reach struct {
	lag estate.Instant
	off bool
}

// point is a recovery point of a plan, or a backup that was there before.
type point struct {
	created, completed estate.Instant
	gone               estate.Instant // first look at which it was not there; 0: still there
	vault              string
	planned            bool
	old                bool // there from the beginning
}

type job struct {
	state, message string
	at             estate.Instant
}

// expect looks ahead, by the product's own reading of what is declared.
func (w *watch) expect(es *estate.Estate) {
	w.tables = map[string]*followed{}
	indexes := protection.NewIndexes(es)
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			c := protection.Cover(u, t, indexes[u])
			f := &followed{unit: u, table: t, forecast: c.Forecast(w.from, w.days), points: map[string]*point{}, copies: map[string]bool{}, jobs: map[string]job{}}
			w.tables[t.ARN.Or(t.ID)] = f
			e := protection.Explain(c)
			for _, a := range e.Assumed {
				w.newlyAssumed(a.Text)
			}
		}
	}
	slices.Sort(w.assumed)
}

// see takes in one look at the simulated AWS.
func (w *watch) see(es *estate.Estate, at estate.Instant) {
	if w.to > 0 {
		w.gap = max(w.gap, at-w.to)
	}
	first := w.to == 0
	w.to = at
	there := map[string]bool{}
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			w.seePITR(&u.Tables.Items[i], at)
		}
		for i := range u.Vaults.Items {
			v := &u.Vaults.Items[i]
			for k := range v.RecoveryPoints.Items {
				w.seePoint(&v.RecoveryPoints.Items[k], v, first, there)
			}
		}
		for i := range u.Backups.Items {
			w.seeNative(&u.Backups.Items[i], there)
		}
		for i := range u.BackupJobs.Items {
			w.seeJob(&u.BackupJobs.Items[i])
		}
	}
	for _, f := range w.tables {
		for id, p := range f.points {
			if p.gone == 0 && !there[id] {
				p.gone = at
			}
		}
	}
}

func (w *watch) seePITR(t *estate.Table, at estate.Instant) {
	if f := w.tables[t.ARN.Or(t.ID)]; f != nil {
		latest, on := t.PITRLatest.Get()
		f.pitr = append(f.pitr, reach{lag: at - latest, off: !on})
	}
}

func (w *watch) seePoint(p *estate.RecoveryPoint, v *estate.Vault, first bool, there map[string]bool) {
	f := w.tables[p.ResourceARN.Or("")]
	created, dated := p.CreatedAt.Get()
	if f == nil || !dated || p.Status.Or("") != "COMPLETED" {
		return
	}
	if p.SourceVault.IsKnown() {
		f.copies[v.ARN.Or(v.ID)+"@"+created.String()] = true
		return
	}
	there[p.ID] = true
	if f.points[p.ID] == nil {
		f.points[p.ID] = &point{created: created, completed: p.CompletedAt.Or(created), vault: v.Name.Or(v.ID), planned: p.PlanID.IsKnown(), old: first}
	}
}

// seeNative: DynamoDB's own backups are something to go back to; no plan makes them.
func (w *watch) seeNative(b *estate.NativeBackup, there map[string]bool) {
	f := w.tables[b.TableARN.Or("")]
	created, dated := b.CreatedAt.Get()
	if f == nil || !dated || b.Status.Or("") != "AVAILABLE" || b.TableID.Or("") != f.table.TableID.Or("") {
		return
	}
	there[b.ID] = true
	if f.points[b.ID] == nil {
		f.points[b.ID] = &point{created: created, completed: created, old: true}
	}
}

func (w *watch) seeJob(j *estate.BackupJob) {
	f := w.tables[j.ResourceARN.Or("")]
	at, dated := j.CreatedAt.Get()
	state := j.State.Or("")
	if f == nil || !dated || at < w.from || !slices.Contains([]string{"FAILED", "EXPIRED", "ABORTED", "PARTIAL"}, state) {
		return
	}
	f.jobs[j.ID] = job{state, j.Message.Or(""), at}
}

// failures groups jobs that did not complete by what AWS Backup said.
func (f *followed) failures() []Failure {
	var out []Failure
	for _, j := range f.jobs {
		i := slices.IndexFunc(out, func(x Failure) bool { return x.State == j.state && x.Message == j.message })
		if i < 0 {
			out = append(out, Failure{State: j.state, Message: j.message, First: j.at})
			i = len(out) - 1
		}
		out[i].Times++
		out[i].First = min(out[i].First, j.at)
	}
	slices.SortFunc(out, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Message, b.Message))
	})
	return out
}
