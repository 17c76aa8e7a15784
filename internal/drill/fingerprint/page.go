package fingerprint

import "strconv"

// Page is what one answer of Scan or Query told beside its items.
type Page struct {
	Items            int     // items in it
	Scanned          int     // items that DynamoDB looked at; more than Items under a filter
	LastEvaluatedKey []byte  // JSON object as it stands in the answer, sharing its memory; nil at the end of the segment
	CapacityUnits    float64 // read capacity consumed; 0 where the answer does not tell
}

// Each calls fn with every item of a Scan or Query answer: its JSON object, as a slice of the answer. An error of fn ends the walk and is
// returned as it is. The items are not read in detail: Hasher.Item or Canonical does that. fn may have been called before the answer
// turns out to be cut off.
func Each(raw []byte, fn func(item []byte) error) (Page, error) {
	var a answer
	a.reset(raw)
	e := each{walker: &a.walker, fn: fn}
	page, ok := a.read(&e)
	switch {
	case e.err != nil:
		return Page{}, e.err
	case !ok:
		return Page{}, a.err()
	}
	return page, nil
}

type each struct {
	*walker
	fn  func([]byte) error
	err error
}

func (e *each) take(i int) int {
	c, at := e.peek(i)
	if c != '{' {
		return e.fail(at, "an item that is no object")
	}
	after := e.skip(at, 0)
	if after < 0 {
		return -1
	}
	if e.err = e.fn(e.raw[at:after:after]); e.err != nil {
		return e.fail(at, "stopped")
	}
	return after
}

// taker takes the item at a place of an answer and returns the place after it, or -1.
type taker interface{ take(i int) int }

// answer reads answers of Scan and Query.
type answer struct {
	encoder
	seen  fields
	items int
	count int
	page  Page
}

// fields is a set of members of an answer.
type fields uint8

const (
	hasItems fields = 1 << iota
	hasCount
	hasScanned
	hasLast
	hasConsumed
)

// read goes through an answer. Members that it does not know are passed over.
func (a *answer) read(to taker) (Page, bool) {
	a.seen, a.items, a.count, a.page = 0, 0, 0, Page{}
	if a.why != "" {
		return Page{}, false
	}
	i, done := a.open(0, '{', '}')
	for !done {
		begin, end, after, _ := a.name(i)
		if after < 0 {
			return Page{}, false
		}
		if i = a.member(string(a.raw[begin:end]), after, to); i < 0 {
			return Page{}, false
		}
		i, done = a.next(i, '}')
	}
	if a.end(i) < 0 || !a.complete(i) {
		return Page{}, false
	}
	a.page.Items = a.items
	return a.page, true
}

// complete checks that the answer tells what it must, and that as many items were read as it says.
func (a *answer) complete(i int) bool {
	switch {
	case a.seen&hasItems == 0:
		a.fail(i, "an answer without Items")
	case a.seen&hasCount == 0:
		a.fail(i, "an answer without Count")
	case a.count != a.items:
		a.fail(i, "an answer whose Count is not the number of its items")
	}
	return a.why == ""
}

func (a *answer) once(m fields, i int) bool {
	if a.seen&m != 0 {
		a.fail(i, "a member twice in the answer")
		return false
	}
	a.seen |= m
	return true
}

func (a *answer) member(name string, i int, to taker) int {
	switch name {
	case "Items":
		if !a.once(hasItems, i) {
			return -1
		}
		return a.each(i, to)
	case "Count":
		if !a.once(hasCount, i) {
			return -1
		}
		return a.integer(i, &a.count)
	case "ScannedCount":
		if !a.once(hasScanned, i) {
			return -1
		}
		return a.integer(i, &a.page.Scanned)
	case "LastEvaluatedKey":
		if !a.once(hasLast, i) {
			return -1
		}
		return a.last(i)
	case "ConsumedCapacity":
		if !a.once(hasConsumed, i) {
			return -1
		}
		return a.consumed(i)
	}
	return a.skip(i, 0)
}

func (a *answer) each(i int, to taker) int {
	i, done := a.open(i, '[', ']')
	for !done {
		if i = to.take(i); i < 0 {
			return -1
		}
		a.items++
		i, done = a.next(i, ']')
	}
	return i
}

func (a *answer) integer(i int, to *int) int {
	_, at := a.peek(i)
	after := a.digits(at)
	n, err := strconv.ParseUint(string(a.raw[at:after]), 10, 31)
	if err != nil {
		return a.fail(at, "a count that is none")
	}
	*to = int(n)
	return after
}

// last takes the key at which the next page begins. An empty one would read as the end of the table.
func (a *answer) last(i int) int {
	c, at := a.peek(i)
	if c == 'n' {
		return a.word(at, "null")
	}
	if _, empty := a.open(at, '{', '}'); empty {
		return a.fail(at, "a LastEvaluatedKey that is empty or no object")
	}
	after := a.skip(at, 0)
	if after >= 0 {
		a.page.LastEvaluatedKey = a.raw[at:after:after]
	}
	return after
}

func (a *answer) consumed(i int) int {
	if c, at := a.peek(i); c == 'n' {
		return a.word(at, "null")
	}
	i, done := a.open(i, '{', '}')
	for !done {
		begin, end, after, _ := a.name(i)
		if after < 0 {
			return -1
		}
		if i = a.skip(after, 0); i < 0 {
			return -1
		}
		if string(a.raw[begin:end]) == "CapacityUnits" {
			_, from := a.peek(after)
			units, err := strconv.ParseFloat(string(a.raw[from:i]), 64)
			if err != nil {
				return a.fail(from, "consumed capacity that is no number")
			}
			a.page.CapacityUnits = units
		}
		i, done = a.next(i, '}')
	}
	return i
}
