package backup

import (
	"time"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	day             = 24 * time.Hour
	recordRetention = 30 * day // of job records: semantics 6.5
	principal       = "backup.amazonaws.com"
	resourceType    = "DynamoDB"
)

// Options says what the simulated AWS Backup works with. Tables is required; a nil Roles lets every role do everything,
// a nil Keys takes every key for enabled, a nil Org takes every account for an account outside any organisation.
type Options struct {
	Tables     Tables
	Roles      Roles
	Linked     LinkedRoles // nil: no service-linked roles
	Keys       Keys
	Org        Organisation
	LiftQuotas bool // raisable quotas and concurrency limits do not apply
	OptedOut   bool // Regions begin with every resource type opted out and stay so until UpdateRegionSettings
	// Cron parses a schedule expression in a time zone; nil means AWS's grammar.
	Cron func(expression, timezone string) (Schedule, error)
}

// Service is the state of AWS Backup over all accounts and Regions. Its methods are called with the world's lock held.
type Service struct {
	w        *world.World
	o        Options
	areas    map[world.Scope]*area
	order    []*area
	accounts map[string]*account
	busy     map[string]*hold // resource ARN to the backup or copy job that runs for it
	seq      uint64
	release  func(*dynamodb.Snapshot)
}

// New makes an AWS Backup in which nobody has done anything.
func New(w *world.World, o Options) *Service {
	if o.Cron == nil {
		o.Cron = parseCron
	}
	s := &Service{
		w: w, o: o,
		areas:    map[world.Scope]*area{},
		accounts: map[string]*account{},
		busy:     map[string]*hold{},
		release:  (*dynamodb.Snapshot).Release,
	}
	s.pollOrganisation()
	return s
}

// area is one account in one Region.
type area struct {
	world.Scope
	settings  settings
	vaults    map[string]*vault
	plans     map[string]*plan
	points    map[string]*point
	resources map[string]*resource
	jobs      records[*job]
	copies    records[*copyJob]
	restores  records[*restoreJob]
	tests     map[string]*testPlan
	reports   map[string]*reportPlan
	tokens    map[string]string // idempotency token to the identifier of what it made
}

// account holds what is kept once per account.
type account struct {
	global   map[string]string
	updated  time.Time
	policies map[string]string // Region to the organisation policy that was last applied
}

// area finds or makes the state of one account and Region.
func (s *Service) area(sc world.Scope) *area {
	if a, ok := s.areas[sc]; ok {
		return a
	}
	a := &area{
		Scope:     sc,
		vaults:    map[string]*vault{},
		plans:     map[string]*plan{},
		points:    map[string]*point{},
		resources: map[string]*resource{},
		jobs:      newRecords[*job](),
		copies:    newRecords[*copyJob](),
		restores:  newRecords[*restoreJob](),
		tests:     map[string]*testPlan{},
		reports:   map[string]*reportPlan{},
		tokens:    map[string]string{},
	}
	a.settings = newSettings(s.o.OptedOut)
	s.areas[sc] = a
	s.order = append(s.order, a)
	s.syncOrganisation(a)
	return a
}

func (s *Service) account(id string) *account {
	if a, ok := s.accounts[id]; ok {
		return a
	}
	a := &account{global: defaultGlobalSettings(), policies: map[string]string{}}
	s.accounts[id] = a
	return a
}

func (s *Service) next() uint64 {
	s.seq++
	return s.seq
}

// hold says which kind of job keeps a resource busy.
type hold struct{ copying bool }
