// Package dynamodb simulates Amazon DynamoDB: tables and their intermediate states, items, streams, backups and point-in-time recovery.
//
// What AWS does is taken from its documentation and from observations; the tests say which.
// Where it is not known, the comment at the place says UNCONFIRMED and what was chosen.
package dynamodb

import (
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/world"
)

// Keys is what DynamoDB needs of KMS. *kms.Service is one.
type Keys interface {
	// Resolve turns a key id, key ARN, alias name or alias ARN into a key ARN; ok is false when there is no such key.
	Resolve(sc world.Scope, ref string) (keyARN string, ok bool)
	// State is the key's KeyState; ok is false when there is no such key.
	State(keyARN string) (state string, ok bool)
	// Encrypts tells whether the key is a symmetric one that encrypts.
	Encrypts(keyARN string) bool
}

// Options choose how strict the simulation is. The zero value is as AWS.
type Options struct {
	// LiftQuotas lifts raisable quotas (tables per Region), concurrency limits (restores, control-plane operations) and cool-downs.
	LiftQuotas bool
}

// Service is the state of DynamoDB over all accounts and Regions. Its methods are called with the world's lock held.
type Service struct {
	w       *world.World
	keys    Keys
	opt     Options
	regions map[world.Scope]*region
	busy    map[string]int // tables not ACTIVE, per account
	restore map[string]int // restores under way, per account
}

// region is what one account has in one Region.
type region struct {
	tables  map[string]*table
	backups map[string]*backup // by the last part of the ARN
	streams map[string]*stream // by ARN, those of deleted tables included while they can be read
}

// New makes a service without tables.
func New(w *world.World, keys Keys, o Options) *Service {
	return &Service{w: w, keys: keys, opt: o, regions: map[world.Scope]*region{}, busy: map[string]int{}, restore: map[string]int{}}
}

func (s *Service) region(sc world.Scope) *region {
	r := s.regions[sc]
	if r == nil {
		r = &region{tables: map[string]*table{}, backups: map[string]*backup{}, streams: map[string]*stream{}}
		s.regions[sc] = r
	}
	return r
}

// names lists the tables of a scope in the order of ListTables.
func (r *region) names() []string {
	out := make([]string, 0, len(r.tables))
	for n := range r.tables {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// How long things take, in virtual time. AWS gives no figures; these are near what aws-semantics.md sections 4.1 to 4.6 record.
const (
	createTime    = 5 * time.Second
	invisible     = 3 * time.Second // before DescribeContinuousBackups knows a new table
	backupsAfter  = 4 * time.Second // from ACTIVE until backups are possible
	updateTime    = 3 * time.Second
	indexTime     = 10 * time.Second
	replicaTime   = 30 * time.Second
	deleteTime    = 5 * time.Second
	systemBackup  = 9 * time.Second // after deletion
	backupTime    = 50 * time.Millisecond
	ttlTime       = 10 * time.Second
	settingTime   = 5 * time.Second // Kinesis destinations, Contributor Insights
	pitrLag       = 300 * time.Second
	systemRetain  = 35 * 24 * time.Hour
	coolDown      = 15 * time.Second // deletion protection, resource policy
	ttlCoolDown   = 31 * time.Minute
	tagCoolDown   = 1700 * time.Millisecond
	classInterval = 30 * 24 * time.Hour
)

// arnParts splits arn:partition:dynamodb:region:account:resource.
func arnParts(arn string) (sc world.Scope, resource string, ok bool) {
	p := strings.SplitN(arn, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[2] != "dynamodb" {
		return world.Scope{}, "", false
	}
	return world.Scope{Partition: p[1], Region: p[3], Account: p[4]}, p[5], true
}

// tableOf splits a table's ARN, or that of something under it.
func tableOf(arn string) (sc world.Scope, name, rest string, ok bool) {
	sc, resource, ok := arnParts(arn)
	if !ok || !strings.HasPrefix(resource, "table/") {
		return world.Scope{}, "", "", false
	}
	name, rest, _ = strings.Cut(strings.TrimPrefix(resource, "table/"), "/")
	return sc, name, rest, name != ""
}

// address turns a table name or ARN into scope and name.
func address(sc world.Scope, ref string) (world.Scope, string) {
	if at, name, _, ok := tableOf(ref); ok {
		return at, name
	}
	return sc, ref
}

func (s *Service) byRef(sc world.Scope, ref string) (*table, string) {
	at, name := address(sc, ref)
	if at.Region != sc.Region {
		return nil, name
	}
	if r := s.regions[at]; r != nil {
		return r.tables[name], name
	}
	return nil, name
}

func (s *Service) byARN(arn string) *table {
	sc, name, _, ok := tableOf(arn)
	if !ok || s.regions[sc] == nil {
		return nil
	}
	return s.regions[sc].tables[name]
}
