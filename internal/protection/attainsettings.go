package protection

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

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
