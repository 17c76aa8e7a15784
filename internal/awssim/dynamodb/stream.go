package dynamodb

import (
	"fmt"
	"sort"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// streamRetention is how long a record can be read ("Change data capture for DynamoDB Streams").
const streamRetention = 24 * time.Hour

// stream is one incarnation of a table's stream. It has a single shard.
type stream struct {
	arn, label string
	tableName  string
	keys       []types.KeySchemaElement
	view       types.StreamViewType
	status     string // ENABLING, ENABLED, DISABLING, DISABLED
	created    time.Time
	records    []record
	next       uint64 // number of the next record
}

// record is one change.
type record struct {
	number   uint64
	at       time.Time
	old, new string // encoded items
	byTTL    bool
}

func (st *stream) enabled() bool { return st.status == "ENABLED" || st.status == "ENABLING" }

func (st *stream) spec() *types.StreamSpecification {
	return &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: st.view}
}

func (s *Service) startStream(t *table, view types.StreamViewType) {
	now := s.w.Now()
	label := now.Format("2006-01-02T15:04:05.000")
	st := &stream{arn: t.arn + "/stream/" + label, label: label, tableName: t.name, keys: t.def.keys, view: view, status: "ENABLING", created: now, next: 1}
	t.stream = st
	s.region(t.sc).streams[st.arn] = st
	if t.status == types.TableStatusActive {
		st.status = "ENABLED"
	}
}

// needStream switches on the stream that replication needs.
func (s *Service) needStream(t *table) {
	if t.stream == nil || !t.stream.enabled() {
		s.startStream(t, types.StreamViewTypeNewAndOldImages)
	}
}

// stopStream disables the stream; it stays readable for a day.
func (s *Service) stopStream(t *table) {
	st := t.stream
	if st == nil || !st.enabled() {
		return
	}
	st.status = "DISABLED"
	r := s.region(t.sc)
	s.w.After(streamRetention, func() { delete(r.streams, st.arn) })
}

func (s *Service) restream(t *table, spec *types.StreamSpecification) error {
	if err := validateStream(spec); err != nil {
		return err
	}
	on := t.stream != nil && t.stream.enabled()
	switch want := aws.ToBool(spec.StreamEnabled); {
	case want && on:
		return invalid("Table already has an enabled stream: TableName: %s", t.name)
	case !want && !on:
		return invalid("Table has no stream to disable: TableName: %s", t.name)
	case want:
		s.startStream(t, spec.StreamViewType)
		return nil
	}
	if t.group != nil {
		return wrong("The stream of a global table's replica cannot be disabled")
	}
	s.stopStream(t)
	return nil
}

// add records a change and forgets what is older than a day.
func (st *stream) add(now time.Time, old, data string, why cause) {
	st.trim(now)
	st.records = append(st.records, record{number: st.next, at: now, old: old, new: data, byTTL: why == byTTL})
	st.next++
}

func (st *stream) trim(now time.Time) {
	limit := now.Add(-streamRetention)
	n := sort.Search(len(st.records), func(i int) bool { return st.records[i].at.After(limit) })
	if n > 0 {
		st.records = append([]record(nil), st.records[n:]...)
	}
}

// sequenceNumber is a 21-digit number, ascending with the records.
func sequenceNumber(n uint64) string { return fmt.Sprintf("1%020d", n) }

// first is the number of the oldest record that can still be read, or of the next one.
func (st *stream) first() uint64 {
	if len(st.records) > 0 {
		return st.records[0].number
	}
	return st.next
}

// from answers the records with that number or greater.
func (st *stream) from(number uint64) []record {
	n := sort.Search(len(st.records), func(i int) bool { return st.records[i].number >= number })
	return st.records[n:]
}

func (r record) kind() string {
	switch {
	case r.old == "":
		return "INSERT"
	case r.new == "":
		return "REMOVE"
	}
	return "MODIFY"
}

// keysOf is the key part of the item that changed.
func (st *stream) keysOf(r record) item.Item {
	data := r.new
	if data == "" {
		data = r.old
	}
	m := item.Decode(data)
	out := item.Item{}
	for _, k := range st.keys {
		out[*k.AttributeName] = m[*k.AttributeName]
	}
	return out
}

// since is the number of the first record at or after a moment.
func (st *stream) since(at time.Time) uint64 {
	n := sort.Search(len(st.records), func(i int) bool { return !st.records[i].at.Before(at) })
	if n == len(st.records) {
		return st.next
	}
	return st.records[n].number
}
