package iam

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/iampolicy"
)

type account struct {
	roles    map[string]*role
	users    map[string]*user
	groups   map[string]*group
	policies map[string]*policy // customer managed, by ARN
}

// document is a policy as it was written and as it was understood.
type document struct {
	text string
	doc  *iampolicy.Document
}

func parseDocument(kind iampolicy.Kind, text string) (document, error) {
	doc, err := iampolicy.Parse(kind, text)
	return document{text, doc}, err
}

// entity is what roles and users have in common.
type entity struct {
	kind, account       string
	name, path, arn, id string
	created             time.Time
	inline              map[string]document
	attached            []string // policy ARNs in the order of attachment
	boundary            string   // policy ARN; empty: none
	tags                map[string]string
}

type role struct {
	entity
	trust       document
	description string
	maxSession  int32  // seconds
	linked      string // the service of a service-linked role
}

type user struct {
	entity
	keys []*credential
}

type policy struct {
	arn, name, path, id, description string
	created, updated                 time.Time
	versions                         []*version // oldest first
	standard                         int        // number of the default version
	last                             int        // greatest number given out
	aws                              bool
	tags                             map[string]string
}

type version struct {
	number  int
	created time.Time
	document
}

func (p *policy) version(number int) *version {
	for _, v := range p.versions {
		if v.number == number {
			return v
		}
	}
	return nil
}

func (s *Service) account(id string) *account {
	a, ok := s.accounts[id]
	if !ok {
		a = &account{roles: map[string]*role{}, users: map[string]*user{}, groups: map[string]*group{}, policies: map[string]*policy{}}
		s.accounts[id] = a
	}
	return a
}

func (s *Service) newEntity(sc world.Scope, kind, path, name, idPrefix string) entity {
	if path == "" {
		path = "/"
	}
	return entity{kind: kind, account: sc.Account, name: name, path: path, arn: sc.GlobalARN("iam", kind+path+name),
		id: s.uniqueID(idPrefix, 17), created: s.now(), inline: map[string]document{}, tags: map[string]string{}}
}

// uniqueID draws an identifier such as AROA…, as the reference page of IAM identifiers describes them.
func (s *Service) uniqueID(prefix string, n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var b strings.Builder
	b.WriteString(prefix)
	for b.Len() < len(prefix)+n {
		for _, c := range s.world.Hex(16) {
			if b.Len() < len(prefix)+n {
				high := int(s.world.Hex(1)[0]) & 1
				b.WriteByte(letters[strings.IndexRune("0123456789abcdef", c)+16*high])
			}
		}
	}
	return b.String()
}

func (s *Service) roleByARN(arn string) *role {
	sc, _, name, ok := splitARN(arn, "role/")
	if !ok || s.accounts[sc.Account] == nil {
		return nil
	}
	r := s.accounts[sc.Account].roles[name]
	if r == nil || r.arn != arn {
		return nil
	}
	return r
}

func (s *Service) policyByARN(arn string) *policy {
	if p, ok := s.managed[arn]; ok {
		return p
	}
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || s.accounts[parts[4]] == nil {
		return nil
	}
	return s.accounts[parts[4]].policies[arn]
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// now is the virtual time in whole seconds, as IAM keeps it.
func (s *Service) now() time.Time { return s.world.Now().Truncate(time.Second) }
