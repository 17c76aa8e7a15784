package dynamodb

import (
	"encoding/binary"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// cause says who wrote: a stream record tells expiry from a user's deletion, and replicated writes are not replicated again.
type cause int

const (
	byRequest cause = iota
	byTTL
	byReplication
)

// apply is the one way by which an item changes: store, indexes, sizes, expiry, stream and replicas follow. Empty data deletes.
func (s *Service) apply(t *table, key, data string, why cause) {
	now := s.w.Now()
	s.keepPast(t, now)
	old := t.items.Put(key, data, now.Unix())
	t.bytes += int64(sizeOf(data)) - int64(sizeOf(old))
	s.reindex(t, key, old, data)
	if t.stream != nil && t.stream.enabled() && old != data {
		t.stream.add(s.w.Now(), old, data, why)
	}
	if why == byReplication {
		return
	}
	for _, o := range t.others() {
		if o.status == types.TableStatusActive || o.status == types.TableStatusUpdating {
			s.apply(o, key, data, byReplication)
		}
	}
}

func sizeOf(data string) int {
	if data == "" {
		return 0
	}
	return item.EncodedSize(data)
}

func (s *Service) reindex(t *table, key, old, data string) {
	if len(t.indexes) == 0 && t.expiry == nil {
		return
	}
	var before, after item.Item
	if old != "" {
		before = item.Decode(old)
	}
	if data != "" {
		after = item.Decode(data)
	}
	for _, x := range t.indexes {
		if x.status == types.IndexStatusCreating && t.status != types.TableStatusCreating {
			continue // backfilled as a whole when the index becomes ACTIVE
		}
		if before != nil {
			t.leaveIndex(x, key, before)
		}
		if after != nil {
			t.enterIndex(x, key, after)
		}
	}
	s.reexpire(t, key, before, after)
}

// reexpire keeps the order of expiry.
func (s *Service) reexpire(t *table, key string, before, after item.Item) {
	if t.expiry == nil {
		return
	}
	if at, ok := t.expiresAt(before); ok {
		t.expiry.Remove(secondKey(at), key)
	}
	if at, ok := t.expiresAt(after); ok {
		t.expiry.Add(secondKey(at), key)
		s.scheduleExpiry(t)
	}
}

func secondKey(sec int64) string { return string(binary.BigEndian.AppendUint64(nil, uint64(sec))) }

// expiresAt reads an item's expiry in seconds since 1970; ok is false when it has none or none that counts.
func (t *table) expiresAt(m item.Item) (int64, bool) {
	n, ok := m[t.ttl.attribute].(*types.AttributeValueMemberN)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	if err != nil || f <= 0 || f > 1e12 {
		return 0, false
	}
	return int64(f), true
}
