package protection

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
)

// KeyState is what is known of the keys that encrypt the table and its recovery points. Without its key a backup is noise.
type KeyState struct {
	Usable   Answer[bool]   `json:"usable"`   // every one of them
	Level    Answer[string] `json:"level"`    // of the table's key: aws-owned, aws-managed or customer
	Managed  Answer[bool]   `json:"managed"`  // the table's key is one of the account's KMS keys, whoever manages it
	Customer Answer[bool]   `json:"customer"` // the table's key is one that the customer manages
	// LostOn is when the first key that is pending deletion is deleted, and what it encrypts lost for good; absent: none is.
	LostOn Answer[estate.Instant] `json:"lost_on"`
}

// keyUse is what one key encrypts.
type keyUse struct {
	arn    string
	home   *Index
	points int
	table  bool
}

// Keys looks at the keys of the table and of the recovery points by which it can be got back.
func (c *Coverage) Keys() *KeyState {
	if c.keysMemo != nil {
		return c.keysMemo
	}
	s := &KeyState{LostOn: absent[estate.Instant]("no key is pending deletion")}
	s.Level, s.Managed, s.Customer = c.levels()
	uses, doubt := c.keyUses()
	s.Usable = c.index.tableKey(c.Table)
	if triOf(s.Usable) == yes {
		s.Usable = answered(yes, "every key that it needs is usable", s.Usable.Basis...)
	}
	for i := range uses {
		s.add(&uses[i], c)
	}
	if triOf(s.Usable) == yes && doubt.IsUnknown() && doubt.Why != "" {
		s.Usable = doubt
	}
	c.keysMemo = s
	return s
}

// add joins the state of one key to the answer: a key that cannot be used decides.
func (s *KeyState) add(u *keyUse, c *Coverage) {
	state := u.home.keyState(u.arn)
	state.Basis = u.home.seenFrom(c.index, state.Basis...)
	key := u.home.keys[u.arn]
	if key != nil && key.State.Or("") == "PendingDeletion" {
		if on, ok := key.DeletionDate.Get(); ok && (!s.LostOn.IsKnown() || on < s.LostOn.Or(0)) {
			s.LostOn = known(on, "", u.home.seenFrom(c.index, estate.Read("key.deletion_date", key.ID, key.DeletionDate))...)
		}
	}
	switch t := triOf(state); {
	case t == no && triOf(s.Usable) != no, t == no && u.table:
		s.Usable = answered(no, state.Why+u.loss(key), state.Basis...)
	case t == maybe && triOf(s.Usable) == yes:
		s.Usable = answered(maybe, state.Why, missing(state.Basis)...)
	}
}

// loss says what depends on a key that cannot be used, and from when it is gone for good.
func (u *keyUse) loss(key *estate.Key) string {
	what := ""
	if u.table {
		what = "the table"
	}
	if u.points > 0 {
		if what != "" {
			what += " and "
		}
		what += pointCount(u.points)
	}
	if key == nil {
		return ": " + what
	}
	if key.State.IsAbsent() {
		return ": " + what + " can never be read again"
	}
	if on, ok := key.DeletionDate.Get(); ok {
		return ": from " + date(on.Time()) + " on " + what + " can never be read again"
	}
	return ": " + what + " cannot be read or restored"
}

// keyUses are the distinct keys, and unknown where there may be more.
func (c *Coverage) keyUses() ([]keyUse, Answer[bool]) {
	var uses []keyUse
	note := func(home *Index, f estate.Fact[string], table bool) {
		arn, ok := f.Get()
		if !ok {
			return
		}
		i := len(uses) - 1
		for i >= 0 && (uses[i].arn != arn || uses[i].home != home) {
			i--
		}
		if i < 0 {
			uses = append(uses, keyUse{arn: arn, home: home})
			i = len(uses) - 1
		}
		if table {
			uses[i].table = true
		} else {
			uses[i].points++
		}
	}
	note(c.index, c.Table.KeyARN, true)
	doubt := c.pointKeys(note)
	return uses, doubt
}

// pointKeys notes the keys of the points that could be restored if their keys can be used.
func (c *Coverage) pointKeys(note func(*Index, estate.Fact[string], bool)) Answer[bool] {
	arn, ok := c.Table.ARN.Get()
	if !ok || symbolic(arn) {
		return answered(maybe, "which recovery points are of it is not known", estate.Read("table.arn", c.Table.ID, c.Table.ARN))
	}
	doubt := Answer[bool]{}
	if c.index.pointsWhole != yes {
		doubt = answered(maybe, "the recovery points are not all known", missing(c.index.pointsBasis)...)
	}
	add := func(p point, mine tri) {
		alive := mine.and(usableStatus(p.Status)).and(past(p.DeleteAt, p.home.unit.Now).not()).and(earlier(p.CreatedAt, c.Table.CreatedAt).not())
		switch {
		case alive == no || p.KeyARN.IsAbsent():
		case alive == maybe, p.KeyARN.IsUnknown():
			b := backup{point: p}
			doubt = answered(maybe, "the key of a recovery point is not known", p.home.seenFrom(c.index, b.doubts()...)...)
		default:
			note(p.home, p.KeyARN, false)
		}
	}
	for _, p := range c.index.points.of(arn) {
		add(p, yes)
	}
	for _, p := range c.index.points.stray {
		add(p, maybe)
	}
	if c.index.away != nil {
		for _, p := range c.index.away.points.of(arn) {
			add(p, yes)
		}
	}
	return doubt
}

func (c *Coverage) levels() (level Answer[string], managed, customer Answer[bool]) {
	own, basis := c.ownedKey()
	managed = answered(holdsKey(c.Table.KeyARN), "", basis[0])
	customer = answered(own.not(), "", basis...)
	if own == maybe {
		customer = answered(maybe, "who manages the table's key is not known", missing(basis)...)
		return unknown[string](customer.Why, customer.Basis...), managed, customer
	}
	name := string(objective.Customer)
	switch {
	case c.Table.KeyARN.IsAbsent():
		name = string(objective.AWSOwned)
	case own == yes:
		name = string(objective.AWSManaged)
	}
	return known(name, "", basis...), managed, customer
}

func holdsKey(f estate.Fact[string]) tri {
	if f.IsUnknown() {
		return maybe
	}
	return truth(f.IsKnown())
}

func pointCount(n int) string {
	if n == 1 {
		return "1 recovery point"
	}
	return strconv.Itoa(n) + " recovery points"
}
