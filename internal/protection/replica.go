package protection

import (
	"github.com/restorable/restorable/internal/estate"
)

// replicaWays: replicas of a global table in other Regions hold the items. One counts when it is protected itself, which its own unit
// tells: else one table would be left with nothing behind it.
func (c *Coverage) replicaWays() []Way {
	basis := []estate.Reading{estate.Read("table.replicas", c.Table.ID, c.Table.Replicas)}
	list, ok := c.Table.Replicas.Get()
	if !ok {
		if c.Table.Replicas.IsAbsent() {
			return nil
		}
		a := answered(maybe, "whether the table has replicas is not known", basis...)
		return []Way{wayOf(ByReplica, a, like[int64](a), like[int64](a), like[int64](a))}
	}
	var out []Way
	for _, r := range list {
		if r.Region != c.index.region {
			out = append(out, c.replicaWay(r, basis))
		}
	}
	return out
}

func (c *Coverage) replicaWay(r estate.Replica, basis []estate.Reading) Way {
	name := "the replica in " + quote(r.Region)
	if r.Status != "" && r.Status != "ACTIVE" && r.Status != "UPDATING" {
		a := answered(no, name+" is "+quote(r.Status), basis...)
		return wayOf(ByReplica, a, Answer[int64]{}, Answer[int64]{}, Answer[int64]{})
	}
	there := c.index.sib[c.index.account+":"+r.Region]
	t := there.table(c.Table.Name.Or("")) // a symbol is the same text in every Region
	if t == nil {
		a := answered(maybe, name+" was not looked at", basis...)
		return wayOf(ByReplica, a, like[int64](a), like[int64](a), like[int64](a))
	}
	p := there.pitr(t)
	f := there.find(t)
	points := there.sumPoints(f.points, f.natives, f.pointsWhole.and(f.nativesWhole), there.pointsBasis)
	own := triOf(p.On).and(triOf(there.tableKey(t))).or(triOf(points.Any))
	a := answered(own, name+" holds the items and is protected itself", append(basis[:1:1], there.seenFrom(c.index, p.On.Basis...)...)...)
	switch own {
	case no:
		a.Why = name + " holds the items, but nothing protects it"
	case maybe:
		a.Why = "whether " + name + " is protected is not known"
	}
	reach := p.PeriodDays
	if triOf(p.On) != yes {
		reach = unknown[int64]("how far back " + name + " reaches is told in its own Region")
	}
	lag := known(int64(1), "replication is usually within a second")
	return wayOf(ByReplica, a, lag, lag, reach)
}

// table finds a table of the unit by name.
func (x *Index) table(name string) *estate.Table {
	if x == nil || name == "" {
		return nil
	}
	x.namesOnce.Do(func() {
		x.names = make(map[string]*estate.Table, len(x.unit.Tables.Items))
		for i := range x.unit.Tables.Items {
			t := &x.unit.Tables.Items[i]
			if n, ok := t.Name.Get(); ok {
				x.names[n] = t
			}
		}
	})
	return x.names[name]
}
