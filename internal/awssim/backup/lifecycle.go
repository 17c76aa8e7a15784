package backup

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

const deletionSpread = 8 * time.Hour // a point is deleted at a random moment within this time after its expiry

// age sets when a point goes to cold storage and when it expires, and schedules both. Age counts from the point's creation (semantics 2.4);
// only advanced points go to cold storage, for the others that member is ignored.
func (s *Service) age(p *point, l *types.Lifecycle) {
	p.lifecycle = l
	p.generation++
	p.cold, p.expiry = time.Time{}, time.Time{}
	if d := coldAfter(l); d > 0 && p.advanced {
		p.cold = p.created.Add(time.Duration(d) * day)
	}
	if d := deleteAfter(l); d > 0 {
		p.expiry = p.created.Add(time.Duration(d) * day)
	}
	s.scheduleAging(p)
}

func (s *Service) scheduleAging(p *point) {
	generation := p.generation
	current := func() bool { return !p.gone && p.generation == generation }
	if !p.cold.IsZero() && !p.isCold {
		s.w.At(p.cold, func() {
			if current() {
				p.isCold = true
			}
		})
	}
	if p.expiry.IsZero() {
		return
	}
	from := p.expiry
	if now := s.w.Now(); from.Before(now) {
		from = now
	}
	s.w.At(from.Add(s.w.Duration(deletionSpread)), func() {
		if current() && p.status != types.RecoveryPointStatusExpired {
			s.expire(p)
		}
	})
}

// expire deletes a point whose retention is over; when its role cannot, the point stays and is EXPIRED.
func (s *Service) expire(p *point) {
	if p.reading > 0 {
		s.w.After(retryEvery, func() {
			if !p.gone {
				s.expire(p)
			}
		})
		return
	}
	if why := s.cannotDelete(p); why != "" {
		p.status, p.message = types.RecoveryPointStatusExpired, why
		return
	}
	s.discard(p)
}

// cannotDelete says why the role that made a point may not delete it, nothing when it may.
// Which action deleting an advanced point takes is not documented: that the role can be assumed is enough (assumed).
func (s *Service) cannotDelete(p *point) string {
	if p.role == "" || s.o.Roles == nil {
		return ""
	}
	if s.o.Roles.AssumableBy(p.role, principal) != nil {
		return notAssumable(p.role).message
	}
	if !p.advanced && !s.o.Roles.Allows(p.role, "dynamodb:DeleteBackup", p.arn, nil) {
		return notAllowed(p.role, "dynamodb:DeleteBackup", p.arn).message
	}
	return ""
}

func (p *point) calculated() *types.CalculatedLifecycle {
	if p.cold.IsZero() && p.expiry.IsZero() {
		return nil
	}
	return &types.CalculatedLifecycle{MoveToColdStorageAt: moment(p.cold), DeleteAt: moment(p.expiry)}
}

func (p *point) storage() types.StorageClass {
	if p.isCold {
		return types.StorageClassCold
	}
	return types.StorageClassWarm
}
