// Package organizations simulates as much of AWS Organizations as backup policies and cross-account copies need.
package organizations

import (
	"github.com/restorable/restorable/internal/awssim/world"
)

// Service is the state of all organisations.
type Service struct {
	world         *world.World
	organizations map[string]*organization // by id
	member        map[string]*organization // by account
	requests      map[string]*request      // CreateAccount requests by id
}

// New makes a world without organisations.
func New(w *world.World) *Service {
	return &Service{world: w, organizations: map[string]*organization{}, member: map[string]*organization{}, requests: map[string]*request{}}
}

// Together answers whether two accounts belong to one organisation.
func (s *Service) Together(a, b string) bool {
	o, ok := s.member[a]
	return ok && s.member[b] == o
}

// Management is the management account of the organisation that the account belongs to; ok is false outside any.
func (s *Service) Management(account string) (id string, ok bool) {
	o, ok := s.member[account]
	if !ok {
		return "", false
	}
	return o.management, true
}

// BackupPolicy is the effective BACKUP_POLICY document of an account, merged, operators removed; ok is false when none applies,
// which is also the case when the merged document is not valid.
func (s *Service) BackupPolicy(account string) (document string, ok bool) {
	o, ok := s.member[account]
	if !ok {
		return "", false
	}
	e := o.effective("BACKUP_POLICY", account)
	if e == nil || len(e.problems) > 0 {
		return "", false
	}
	return e.document, true
}

// Found makes an organisation with all features, as CreateOrganization does, unless the account has one, and returns its id.
func (s *Service) Found(partition, management string) (id string) {
	if o, ok := s.member[management]; ok {
		return o.id
	}
	return s.create(world.Scope{Partition: partition, Account: management}, "ALL").id
}

// AddAccount makes an account a member of the management account's organisation, under the root. It reports false when there is no such
// organisation or the account is in one already.
func (s *Service) AddAccount(management, account, name string) bool {
	o, ok := s.member[management]
	if !ok || o.management != management || s.member[account] != nil {
		return false
	}
	s.join(o, account, name, account+"@example.com", "INVITED")
	return true
}
