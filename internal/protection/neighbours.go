package protection

import (
	"maps"
	"slices"

	"github.com/restorable/restorable/internal/estate"
)

// neighbourhood is what the units of an estate know of each other.
type neighbourhood struct {
	away      *away
	sib       map[string]*Index   // by account:region
	families  map[string][]*Index // by account
	strangers bool                // there are units whose account or Region is not known
}

func neighbourhoodOf(all []*Index) *neighbourhood {
	n := &neighbourhood{away: newAway(all), sib: make(map[string]*Index, len(all)), families: map[string][]*Index{}}
	for _, x := range all {
		if x.account != "" {
			n.families[x.account] = append(n.families[x.account], x)
		}
		if x.region == "" || x.account == "" && !declaredUnit(x.unit) {
			n.strangers = true
			continue
		}
		n.sib[address(x.account, x.region)] = x
	}
	return n
}

// declaredUnit reports whether templates declare what is in a unit: they have no present. Units of templates that were read together are all
// of the same account, whichever that is.
func declaredUnit(u *estate.Unit) bool { return u.Now.IsAbsent() }

func (x *Index) join(n *neighbourhood) {
	x.away, x.sib, x.strangers = n.away, n.sib, n.strangers
	x.family, x.others = n.families[x.account], n.families
}

// Addresses of what units have to tell others.
const (
	everywhere  = "*"
	everyRegion = "*"
)

func address(account, region string) string { return account + ":" + region }

// Brief is what all other units of an estate may ask of one: who it is, its vaults without their recovery points, its keys, the
// selections that name what is not its own. It is small, whatever the unit's size.
type Brief struct {
	unit *estate.Unit
	bare bool // the unit holds neither tables nor backups
}

// Letter is what one unit tells another: recovery points and restores of its tables, and replicas of them.
type Letter struct {
	From int // place of the sender among the briefs
	Text *estate.Unit
}

// Abridge takes a unit apart into what every other unit of the estate needs of it, and letters to some by address: Reads tells which
// addresses are a unit's own. All that judging the others needs of the unit is in them.
func Abridge(u *estate.Unit) (Brief, map[string]*estate.Unit) {
	a := &abridger{unit: u, account: literal(u.Account), region: literal(u.Region), letters: map[string]*estate.Unit{}}
	b := estate.Hollow(u)
	b.Keys.Items = u.Keys.Items
	b.Plans.Items = a.strayPlans()
	for i := range u.Vaults.Items {
		b.Vaults.Items = append(b.Vaults.Items, emptied(&u.Vaults.Items[i]))
	}
	a.replicas()
	a.points()
	a.restores()
	return Brief{b, holdsNothing(u)}, a.letters
}

// Reads are the addresses of the letters that a unit needs: its own, and where it does not know who it is, those of its tables.
func Reads(u *estate.Unit) []string {
	account, region := literal(u.Account), literal(u.Region)
	out := []string{address(account, region)}
	for i := range u.Tables.Items {
		arn := u.Tables.Items[i].ARN.Or("")
		if to := address(arnField(arn, arnAccount), arnField(arn, arnRegion)); !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return append(out, address(account, everyRegion), everywhere)
}

func emptied(v *estate.Vault) estate.Vault {
	e := *v
	e.RecoveryPoints.Items = nil
	return e
}

type abridger struct {
	unit            *estate.Unit
	account, region string
	letters         map[string]*estate.Unit
	global          map[string]bool // ARNs of tables with replicas, or that may have some
}

func (a *abridger) to(address string) *estate.Unit {
	l, ok := a.letters[address]
	if !ok {
		l = &estate.Unit{}
		a.letters[address] = l
	}
	return l
}

// owner is the address of the unit that an ARN belongs to; ours says that it is this one.
func (a *abridger) owner(arn string) (to string, ours bool) {
	account, region := arnField(arn, arnAccount), arnField(arn, arnRegion)
	return address(account, region), account == a.account && region == a.region
}

// strayPlans are the plans with selections that name resources of other accounts or Regions, with these names alone.
func (a *abridger) strayPlans() []estate.Plan {
	var out []estate.Plan
	for i := range a.unit.Plans.Items {
		p := a.unit.Plans.Items[i]
		p.Rules.Items = nil
		var kept []estate.Selection
		for _, s := range p.Selections.Items {
			named, _ := s.Resources.Get()
			foreign := slices.DeleteFunc(slices.Clone(named), func(arn string) bool {
				_, ours := a.owner(arn)
				return ours || arnField(arn, arnRegion) == ""
			})
			if len(foreign) > 0 {
				kept = append(kept, estate.Selection{ID: s.ID, Name: s.Name, Resources: estate.KnownFact(foreign, s.Resources.Source())})
			}
		}
		if p.Selections.Items = kept; len(kept) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// replicas tells the account's other Regions of tables that have replicas, or of which that is not known, with what protects them.
func (a *abridger) replicas() {
	a.global = map[string]bool{}
	for i := range a.unit.Tables.Items {
		t := &a.unit.Tables.Items[i]
		if list, ok := t.Replicas.Get(); t.Replicas.IsAbsent() || ok && len(list) == 0 {
			continue
		}
		l := a.to(address(a.account, everyRegion))
		l.Tables.Items = append(l.Tables.Items, *t)
		a.global[t.ARN.Or("")] = true
	}
	for i := range a.unit.Backups.Items {
		b := &a.unit.Backups.Items[i]
		if arn, ok := b.TableARN.Get(); len(a.global) > 0 && (!ok || a.global[arn]) {
			l := a.to(address(a.account, everyRegion))
			l.Backups.Items = append(l.Backups.Items, *b)
		}
	}
}

func (a *abridger) points() {
	for i := range a.unit.Vaults.Items {
		v := &a.unit.Vaults.Items[i]
		for k := range v.RecoveryPoints.Items {
			p := &v.RecoveryPoints.Items[k]
			arn, ok := p.ResourceARN.Get()
			to, ours := a.owner(arn)
			switch {
			case !ok:
				to = everywhere
			case a.global[arn]:
				to = address(a.account, everyRegion)
			case ours:
				continue
			}
			a.put(a.to(to), v, p)
		}
	}
}

// put files a recovery point under its vault, in the order of the unit.
func (a *abridger) put(l *estate.Unit, v *estate.Vault, p *estate.RecoveryPoint) {
	last := len(l.Vaults.Items) - 1
	if last < 0 || l.Vaults.Items[last].ID != v.ID {
		l.Vaults.Items = append(l.Vaults.Items, estate.Vault{ID: v.ID})
		last++
	}
	l.Vaults.Items[last].RecoveryPoints.Items = append(l.Vaults.Items[last].RecoveryPoints.Items, *p)
}

func (a *abridger) restores() {
	for i := range a.unit.RestoreJobs.Items {
		j := &a.unit.RestoreJobs.Items[i]
		arn, ok := j.ResourceARN.Get()
		to, ours := a.owner(arn)
		if !ok {
			to = address(a.account, everyRegion)
		} else if ours {
			continue
		}
		l := a.to(to)
		l.RestoreJobs.Items = append(l.RestoreJobs.Items, *j)
	}
}

// with is the brief and what letters add to it.
func (b Brief) with(letters []*estate.Unit) *estate.Unit {
	u := *b.unit
	u.Vaults.Items = slices.Clone(u.Vaults.Items)
	for _, l := range letters {
		u.Tables.Items = slices.Concat(u.Tables.Items, l.Tables.Items)
		u.Backups.Items = slices.Concat(u.Backups.Items, l.Backups.Items)
		u.RestoreJobs.Items = slices.Concat(u.RestoreJobs.Items, l.RestoreJobs.Items)
		for i := range l.Vaults.Items {
			at := slices.IndexFunc(u.Vaults.Items, func(v estate.Vault) bool { return v.ID == l.Vaults.Items[i].ID })
			v := &u.Vaults.Items[at]
			v.RecoveryPoints.Items = slices.Concat(v.RecoveryPoints.Items, l.Vaults.Items[i].RecoveryPoints.Items)
		}
	}
	return &u
}

// index compiles what others know of the unit.
func (b Brief) index(letters []*estate.Unit) *Index {
	x := NewIndex(b.with(letters))
	x.bare = b.bare
	return x
}

// Neighbours are the briefs of all units of an estate: with them and its letters each unit can be judged by itself as if all were at hand.
type Neighbours struct {
	briefs  []Brief
	indexes []*Index
}

// NewNeighbours takes the briefs in the order of the units.
func NewNeighbours(briefs []Brief) *Neighbours {
	n := &Neighbours{briefs: briefs, indexes: make([]*Index, len(briefs))}
	for i, b := range briefs {
		n.indexes[i] = b.index(nil)
	}
	return n
}

// Index compiles the unit whose place among the briefs is given. The letters are those to its addresses, each sender's in the order of Reads.
func (n *Neighbours) Index(place int, u *estate.Unit, letters []Letter) *Index {
	x := NewIndex(u)
	if len(n.briefs) == 1 {
		x.join(neighbourhoodOf([]*Index{x}))
		x.judgeCopies()
		return x
	}
	told := map[int][]*estate.Unit{}
	for _, l := range letters {
		if l.From != place {
			told[l.From] = append(told[l.From], l.Text)
		}
	}
	all := slices.Clone(n.indexes)
	for _, from := range slices.Sorted(maps.Keys(told)) {
		all[from] = n.briefs[from].index(told[from])
	}
	all[place] = x
	x.join(neighbourhoodOf(all))
	x.judgeCopies()
	return x
}
