package objective

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/matching"
)

// holds is whether a table is one that the match describes, with the unknown facts that stand in the way of an answer.
func (m *Match) holds(u *estate.Unit, t *estate.Table) (matching.Answer, []estate.Reading) {
	name, account, region, tags := matching.OneOf(m.Tables, t.Name, matching.Glob), matching.OneOf(m.Accounts, u.Account, matching.Equal),
		matching.OneOf(m.Regions, u.Region, matching.Glob), matching.Tagged(m.Tags, t.Tags)
	all := min(name, account, region, tags)
	if all != matching.Maybe {
		return all, nil
	}
	var missing []estate.Reading
	add := func(answer matching.Answer, fact func() estate.Reading) {
		if answer == matching.Maybe {
			missing = append(missing, fact())
		}
	}
	add(name, func() estate.Reading { return estate.Read("table.name", t.ID, t.Name) })
	add(account, func() estate.Reading { return estate.Read("unit.account", "", u.Account) })
	add(region, func() estate.Reading { return estate.Read("unit.region", "", u.Region) })
	add(tags, func() estate.Reading { return estate.Read("table.tags", t.ID, t.Tags) })
	return matching.Maybe, missing
}
