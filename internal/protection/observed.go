package protection

import "github.com/restorable/restorable/internal/estate"

func (x *Index) observe(t *estate.Table, f *found) Observed {
	o := Observed{
		Backup: x.sumPoints(f.points, nil, f.pointsWhole, x.pointsBasis),
		Native: x.sumPoints(nil, f.natives, f.nativesWhole, x.lists.natives),
	}
	o.All = x.sumPoints(f.points, f.natives, f.pointsWhole.and(f.nativesWhole), x.lists.backups)
	o.AirGapped = x.airGappedOf(f)
	o.Leftovers = leftovers(f)
	x.observeJobs(t, &o)
	return o
}

// tally runs over backups once.
type tally struct {
	count          int64
	newest, oldest *backup
	doubtful       *backup // one that may be restorable
}

func (c *tally) add(list []backup) {
	for i := range list {
		b := &list[i]
		switch {
		case b.ok == no:
		case b.ok == maybe || !b.at.IsKnown():
			if b.ok == yes {
				c.count++
			}
			c.doubtful = b
		default:
			c.count++
			at, _ := b.at.Get()
			if c.newest == nil || at > c.newest.at.Or(0) {
				c.newest = b
			}
			if c.oldest == nil || at < c.oldest.at.Or(0) {
				c.oldest = b
			}
		}
	}
}

// sumPoints sums up backups. A list that is not whole, or a backup in doubt, makes "none" unknown, never "some".
func (x *Index) sumPoints(points, natives []backup, whole tri, basis []estate.Reading) Points {
	var c tally
	c.add(points)
	c.add(natives)
	if c.doubtful != nil {
		basis, whole = c.doubtful.doubts(), maybe
	}
	p := Points{}
	switch {
	case c.count > 0 && c.newest != nil:
		p.Any = answered(yes, "a restorable backup exists", c.newest.reading())
	case c.count > 0:
		p.Any = answered(yes, "a restorable backup exists", basis...)
	case whole == yes:
		p.Any = answered(no, "no restorable backup of this table exists", basis...)
	default:
		p.Any = answered(maybe, "the backups are not all known", missing(basis)...)
	}
	if whole != yes {
		const why = "the backups are not all known"
		n, at := unknown[int64](why, missing(basis)...), unknown[estate.Instant](why, missing(basis)...)
		p.Count, p.NewestAge, p.Newest, p.Oldest = n, n, at, at
		return p
	}
	p.Count = known(c.count, "", basis...)
	if c.newest == nil {
		const why = "there is no backup"
		p.Newest, p.Oldest, p.NewestAge = absent[estate.Instant](why, basis...), absent[estate.Instant](why, basis...), absent[int64](why, basis...)
		return p
	}
	p.Newest = factAnswer(c.newest.at, p.Any.Basis)
	p.Oldest = factAnswer(c.oldest.at, []estate.Reading{c.oldest.reading()})
	p.NewestAge = x.age(c.newest)
	return p
}

// age is how old a backup is, in seconds.
func (x *Index) age(b *backup) Answer[int64] {
	basis := []estate.Reading{b.reading(), estate.Read("unit.now", "", x.unit.Now)}
	at, ok := b.at.Get()
	now, ok2 := x.unit.Now.Get()
	if !ok || !ok2 {
		return unknown[int64]("the age is not known", missing(basis)...)
	}
	return known(max(0, seconds(now.Sub(at))), "", basis...)
}

func leftovers(f *found) Answer[int64] {
	n, whole := int64(0), f.pointsWhole.and(f.nativesWhole)
	for _, list := range [][]backup{f.points, f.natives} {
		for i := range list {
			switch list[i].leftover {
			case yes:
				n++
			case maybe:
				whole = maybe
			}
		}
	}
	if whole != yes {
		return unknown[int64]("the backups are not all known")
	}
	if n == 0 {
		return known(n, "")
	}
	return known(n, "backups of an earlier table of this name")
}
