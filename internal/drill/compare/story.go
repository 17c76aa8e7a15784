package compare

import (
	"fmt"
	"time"
)

// story is what the stream tells of one item that differs.
//
// The restored table shows the item as it was somewhen between the moment minus and plus the tolerance. Each record tells what the item
// was until then, where the stream holds old images: one of those states the copy must show, the state before the first record of
// the interval being the usual one. A state that is not told is accepted.
type story struct {
	d   *difference
	any bool // a record after the moment was seen
}

// record takes one record of the stream.
func (s *streamReader) record(r *streamRecord) error {
	if r.Dynamodb.ApproximateCreationDateTime == nil || len(r.Dynamodb.Keys) == 0 || r.Dynamodb.SequenceNumber == "" {
		return fmt.Errorf("a stream record without keys, time or number")
	}
	at := time.UnixMilli(int64(*r.Dynamodb.ApproximateCreationDateTime * 1000))
	if at.Before(s.earliest()) {
		return nil
	}
	key, err := s.hasher.Item(r.Dynamodb.Keys)
	if err != nil {
		return fmt.Errorf("read the keys of a stream record: %w", err)
	}
	one := s.open[short(key.Key)]
	if one == nil {
		return nil
	}
	was, told, err := s.before(r)
	if err != nil {
		return err
	}
	one.any = true
	switch {
	case !told, was == one.d.inB:
		one.d.state, one.d.why = explained, "changed at "+at.UTC().Format(time.RFC3339)
		if told && one.d.inB != (digest{}) {
			s.res.OldImages++
		}
		delete(s.open, one.d.id)
	case at.After(s.o.Moment.Add(s.o.Tolerance)):
		// The state before this record was that of the moment, and the copy does not show it.
		one.d.state, one.d.why = contradicted, "the stream says that the item was otherwise at the moment"
		s.res.Contradicted++
		delete(s.open, one.d.id)
	}
	return nil
}

// before is what the item was before a record, as a digest (zero: there was none), and whether the record tells.
func (s *streamReader) before(r *streamRecord) (was digest, told bool, err error) {
	if r.EventName == "INSERT" {
		return digest{}, true, nil
	}
	if len(r.Dynamodb.OldImage) == 0 || string(r.Dynamodb.OldImage) == "null" {
		return digest{}, false, nil
	}
	item, err := s.hasher.Item(r.Dynamodb.OldImage)
	if err != nil {
		return digest{}, false, fmt.Errorf("read the old image of a stream record: %w", err)
	}
	return short(item.Value), true, nil
}

// conclude says what came of the reading: what failed explains nothing; of one that is whole, what is left over has no explanation.
func (s *streamReader) conclude(err error) {
	if err != nil {
		s.out.Problem = err.Error()
		s.forget()
		return
	}
	s.out.Whole = true
	s.res.Method = Exact
	for _, one := range s.open {
		one.d.why = "the stream has no record of it after the moment"
		if one.any {
			one.d.state, one.d.why = contradicted, "the stream says that the item was otherwise at the moment"
			s.res.Contradicted++
		}
	}
}

// forget takes back what a reading said that was not finished.
func (s *streamReader) forget() {
	s.res.OldImages, s.res.Contradicted = 0, 0
	for i := range s.comparison.out.list {
		s.comparison.out.list[i].state, s.comparison.out.list[i].why = unexplained, ""
	}
}
