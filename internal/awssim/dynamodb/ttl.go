package dynamodb

import (
	"encoding/binary"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
)

// ttl is a table's time to live.
type ttl struct {
	attribute string // empty while off
	status    types.TimeToLiveStatus
	changed   time.Time
	due       time.Time // of the next round of deletions; zero: none planned
}

// Expired items go "within a few days" of their time; here in rounds, each this long after the first item that it deletes expired.
const (
	ttlLag    = 4 * time.Hour
	ttlTooOld = 5 * 365 * 24 * time.Hour // older timestamps are ignored, as AWS does
)

func (s *Service) describeTimeToLive(c *api.Call, in *dynamodb.DescribeTimeToLiveInput) (*dynamodb.DescribeTimeToLiveOutput, error) {
	t, err := s.findSettled(c, in.TableName)
	if err != nil {
		return nil, err
	}
	d := &types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusDisabled}
	if t.ttl.status != "" && t.ttl.status != types.TimeToLiveStatusDisabled {
		d.TimeToLiveStatus, d.AttributeName = t.ttl.status, aws.String(t.ttl.attribute)
	}
	return &dynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: d}, nil
}

func (s *Service) updateTimeToLive(c *api.Call, in *dynamodb.UpdateTimeToLiveInput) (*dynamodb.UpdateTimeToLiveOutput, error) {
	t, err := s.findActive(c, in.TableName)
	if err != nil {
		return nil, err
	}
	spec := in.TimeToLiveSpecification
	name := aws.ToString(spec.AttributeName)
	on := t.ttl.status == types.TimeToLiveStatusEnabled || t.ttl.status == types.TimeToLiveStatusEnabling
	switch now := s.w.Now(); {
	case !t.ttl.changed.IsZero() && now.Sub(t.ttl.changed) < ttlCoolDown && !s.opt.LiftQuotas:
		return nil, invalid("Time to live has been modified multiple times within a fixed interval")
	case aws.ToBool(spec.Enabled) && on && name == t.ttl.attribute:
		return nil, invalid("TimeToLive is already enabled")
	case aws.ToBool(spec.Enabled) && on:
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.ttl.attribute)
	case !aws.ToBool(spec.Enabled) && !on:
		return nil, invalid("TimeToLive is already disabled")
	case !aws.ToBool(spec.Enabled) && name != t.ttl.attribute:
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.ttl.attribute)
	}
	for _, m := range append(t.others(), t) { // replicas share the setting
		s.changeTTL(m, name, aws.ToBool(spec.Enabled))
	}
	return &dynamodb.UpdateTimeToLiveOutput{TimeToLiveSpecification: spec}, nil
}

func (s *Service) changeTTL(t *table, attribute string, on bool) {
	now := s.w.Now()
	t.ttl.changed = now
	if on {
		t.ttl.attribute, t.ttl.status = attribute, types.TimeToLiveStatusEnabling
		s.after(t, ttlTime, func() { s.startTTL(t, attribute) })
		return
	}
	t.ttl.status, t.expiry, t.ttl.due = types.TimeToLiveStatusDisabling, nil, time.Time{}
	s.after(t, ttlTime, func() { t.ttl.attribute, t.ttl.status = "", types.TimeToLiveStatusDisabled })
}

// startTTL begins to expire items.
func (s *Service) startTTL(t *table, attribute string) {
	t.ttl.attribute, t.ttl.status = attribute, types.TimeToLiveStatusEnabled
	t.expiry = store.NewIndex()
	t.items.Ascend("", func(key, data string) bool {
		if at, ok := t.expiresAt(item.Decode(data)); ok {
			t.expiry.Add(secondKey(at), key)
		}
		return true
	})
	s.scheduleExpiry(t)
}

// scheduleExpiry plans the next round unless an earlier one is planned.
func (s *Service) scheduleExpiry(t *table) {
	first, ok := t.firstExpiry(s.w.Now())
	if !ok {
		return
	}
	due := time.Unix(first, 0).UTC()
	if now := s.w.Now(); due.Before(now) {
		due = now
	}
	due = due.Add(ttlLag)
	if !t.ttl.due.IsZero() && !due.Before(t.ttl.due) {
		return
	}
	t.ttl.due = due
	s.w.At(due, func() {
		if s.here(t) && t.expiry != nil && t.ttl.due.Equal(due) {
			t.ttl.due = time.Time{}
			s.expire(t)
			s.scheduleExpiry(t)
		}
	})
}

func (t *table) firstExpiry(now time.Time) (sec int64, ok bool) {
	t.expiry.Ascend(secondKey(now.Add(-ttlTooOld).Unix()), func(whole, _ string) bool {
		sec, ok = int64(binary.BigEndian.Uint64([]byte(whole[:8]))), true
		return false
	})
	return sec, ok
}

// expire deletes what has expired. In a global table only the replica whose round it is deletes; the others follow.
func (s *Service) expire(t *table) {
	now := s.w.Now()
	var keys []string
	t.expiry.Ascend(secondKey(now.Add(-ttlTooOld).Unix()), func(whole, key string) bool {
		if int64(binary.BigEndian.Uint64([]byte(whole[:8]))) > now.Unix() {
			return false
		}
		keys = append(keys, key)
		return true
	})
	for _, key := range keys {
		s.apply(t, key, "", byTTL)
	}
}
