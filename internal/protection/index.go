package protection

import (
	"sync"

	"github.com/restorable/restorable/internal/estate"
)

// Index holds what Cover needs of a unit, looked up and compiled once. It may be used by several goroutines.
type Index struct {
	unit     *estate.Unit
	region   string // empty unless known
	account  string // empty unless known
	plans    []*planIndex
	sels     []*selectionIndex // of all plans, in order
	bare     bool              // there are neither tables nor backups
	complete tri               // maybe: plans or selections may be missing
	advanced Answer[bool]

	vaults vaults
	roles  map[string]*estate.Role
	keys   map[string]*estate.Key

	points  buckets[point]
	natives buckets[*estate.NativeBackup]
	jobs    buckets[*estate.BackupJob]
	copies  buckets[*estate.CopyJob]

	pointsWhole  tri // maybe: a vault or some of its points are missing
	pointsBasis  []estate.Reading
	lists        lists
	nativesWhole tri
	jobsWhole    tri
	copiesWhole  tri

	away *away             // what other units of the estate hold of this one's tables
	sib  map[string]*Index // by account:region
	// strangers: the estate holds units whose account or Region is not known.
	strangers bool

	family []*Index            // of the account, with itself; nil: alone
	others map[string][]*Index // all, by account; nil: alone

	historyOnce sync.Once
	history     *history

	testingOnce sync.Once
	tests       *testPlans

	namesOnce sync.Once
	names     map[string]*estate.Table

	subjectsOnce sync.Once
	subjects     []subject
}

// planIndex is a plan with its rules and selections, compiled.
type planIndex struct {
	unit  *estate.Unit
	plan  *estate.Plan
	name  string
	optIn tri
	rules []*ruleIndex
	whole tri // maybe: rules may be missing
	memo  overlapMemo
}

// NewIndex compiles a unit on its own: what other Regions and accounts hold is then known from copy jobs alone.
func NewIndex(u *estate.Unit) *Index {
	x := &Index{unit: u, region: literal(u.Region), account: literal(u.Account), advanced: advanced(u), vaults: newVaults(u), bare: holdsNothing(u)}
	x.roles = byARN(u.Roles.Items, func(r *estate.Role) estate.Fact[string] { return r.ARN })
	x.keys = byARN(u.Keys.Items, func(k *estate.Key) estate.Fact[string] { return k.ARN })
	x.indexPlans()
	x.indexPoints()
	x.indexLists()
	x.natives = groupSlice(u.Backups.Items, func(b *estate.NativeBackup) estate.Fact[string] { return b.TableARN })
	x.jobs = groupSlice(u.BackupJobs.Items, func(j *estate.BackupJob) estate.Fact[string] { return j.ResourceARN })
	x.copies = groupSlice(u.CopyJobs.Items, func(j *estate.CopyJob) estate.Fact[string] { return j.ResourceARN })
	x.nativesWhole = whole(u.Backups.IsWhole())
	x.jobsWhole = whole(u.BackupJobs.IsWhole())
	x.copiesWhole = whole(u.CopyJobs.IsWhole())
	return x
}

// NewIndexes compiles every unit of an estate and lets each see what the others hold of its tables.
func NewIndexes(e *estate.Estate) map[*estate.Unit]*Index {
	out := make(map[*estate.Unit]*Index, len(e.Units))
	all := make([]*Index, len(e.Units))
	for i, u := range e.Units {
		all[i] = NewIndex(u)
		out[u] = all[i]
	}
	n := neighbourhoodOf(all)
	for _, x := range all {
		x.join(n)
	}
	for _, x := range all {
		x.judgeCopies()
	}
	return out
}

func whole(b bool) tri {
	if b {
		return yes
	}
	return maybe
}

func byARN[T any](items []T, arn func(*T) estate.Fact[string]) map[string]*T {
	out := make(map[string]*T, len(items))
	for i := range items {
		if a, ok := arn(&items[i]).Get(); ok {
			out[a] = &items[i]
		}
	}
	return out
}

func groupSlice[T any](items []T, table func(*T) estate.Fact[string]) buckets[*T] {
	return group(func(yield func(*T)) {
		for i := range items {
			yield(&items[i])
		}
	}, table)
}

func (x *Index) indexPlans() {
	x.complete = whole(x.unit.Plans.IsWhole())
	schedules := newSchedules()
	tables := declaredTables(x.unit)
	for i := range x.unit.Plans.Items {
		p := &x.unit.Plans.Items[i]
		pi := &planIndex{unit: x.unit, plan: p, name: p.Name.Or(p.ID), optIn: optInFor(x.unit, p), whole: whole(p.Rules.IsWhole())}
		for k := range p.Rules.Items {
			pi.rules = append(pi.rules, x.newRule(&p.Rules.Items[k], k, schedules))
		}
		x.complete = x.complete.and(whole(p.Selections.IsWhole()))
		for k := range p.Selections.Items {
			s := newSelectionIndex(&p.Selections.Items[k], pi, tables)
			s.role = x.roleOf(s.sel)
			s.covers = x.rulesUnder(s)
			x.sels = append(x.sels, s)
		}
		x.plans = append(x.plans, pi)
	}
}

// declaredTables are the ARNs of a unit's tables when templates declare them: what one declaration is called, no other one is.
func declaredTables(u *estate.Unit) map[string]bool {
	if !declaredUnit(u) {
		return nil
	}
	out := make(map[string]bool, len(u.Tables.Items))
	for i := range u.Tables.Items {
		if arn := u.Tables.Items[i].ARN.Or(""); arn != "" {
			out[arn] = true
		}
	}
	return out
}

// point is a recovery point in its vault.
type point struct {
	*estate.RecoveryPoint
	vault *estate.Vault
	home  *Index // of the unit that holds it
}

func (x *Index) eachPoint(yield func(point)) {
	for i := range x.unit.Vaults.Items {
		v := &x.unit.Vaults.Items[i]
		for k := range v.RecoveryPoints.Items {
			yield(point{&v.RecoveryPoints.Items[k], v, x})
		}
	}
}

func (x *Index) indexPoints() {
	x.points = group(x.eachPoint, func(p point) estate.Fact[string] { return p.ResourceARN })
	x.pointsWhole = whole(x.unit.Vaults.IsWhole())
	x.pointsBasis = []estate.Reading{estate.Read("unit.vaults", "", x.unit.Vaults.Whole)}
	for i := range x.unit.Vaults.Items {
		v := &x.unit.Vaults.Items[i]
		if v.RecoveryPoints.IsWhole() {
			continue
		}
		x.pointsWhole = maybe
		x.pointsBasis = append(x.pointsBasis, estate.Read("vault.recovery_points", v.ID, v.RecoveryPoints.Whole))
	}
}

// away holds recovery points that stand in another account or Region than their table.
type away struct {
	points buckets[point]
	whole  tri
}

func newAway(all []*Index) *away {
	a := &away{whole: yes}
	var found []point
	for _, x := range all {
		a.whole = a.whole.and(x.pointsWhole)
		x.eachPoint(func(p point) {
			arn, ok := p.ResourceARN.Get()
			if !ok || arnField(arn, arnRegion) != x.region || arnField(arn, arnAccount) != x.account {
				found = append(found, p)
			}
		})
	}
	a.points = group(func(yield func(point)) {
		for _, p := range found {
			yield(p)
		}
	}, func(p point) estate.Fact[string] { return p.ResourceARN })
	return a
}

// judgeCopies judges copy actions again, now that the units of their destinations are at hand.
func (x *Index) judgeCopies() {
	for _, p := range x.plans {
		for _, r := range p.rules {
			r.cover.Copies = x.copiesOf(r.rule)
		}
	}
	for _, s := range x.sels {
		s.covers = x.rulesUnder(s)
	}
}
