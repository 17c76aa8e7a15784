package protection

import "github.com/restorable/restorable/internal/estate"

// airGappedOf sums up what stands in logically air-gapped vaults. A copy that is known from its job alone may stand in one: the job does
// not say of what type its vault is.
func (x *Index) airGappedOf(f *found) AirGapped {
	whole, basis := f.pointsWhole.and(f.awayWhole), x.pointsBasis
	if f.awayWhole == maybe {
		basis = x.lists.abroad
	}
	var newest *backup
	for _, list := range [][]backup{f.points, f.away} {
		for i := range list {
			b := &list[i]
			switch b.ok.and(b.inAirGap()) {
			case yes:
				if at, ok := b.at.Get(); ok && (newest == nil || at > newest.at.Or(0)) {
					newest = b
				}
			case maybe:
				if whole == yes {
					whole, basis = maybe, b.gapDoubts()
				}
			}
		}
	}
	out := AirGapped{Others: answered(no, "", basis...)}
	if whole == maybe {
		out.Others = answered(maybe, "whether there are others is not known", missing(basis)...)
	}
	if newest == nil {
		const why = "no restorable backup is known to stand in a logically air-gapped vault"
		out.Newest, out.NewestAge = absent[estate.Instant](why, basis...), absent[int64](why, basis...)
		return out
	}
	out.Newest, out.NewestAge = factAnswer(newest.at, []estate.Reading{newest.reading()}), x.age(newest)
	return out
}

// inAirGap is whether a backup stands in a logically air-gapped vault.
func (b *backup) inAirGap() tri {
	switch {
	case b.job != nil:
		return maybe
	case b.point.vault == nil:
		return no
	}
	return airGapped(b.point.vault)
}

func (b *backup) gapDoubts() []estate.Reading {
	out := b.doubts()
	if v := b.point.vault; v != nil && v.Type.IsUnknown() {
		out = append(out, estate.Read("vault.type", v.ID, v.Type))
	}
	return out
}
