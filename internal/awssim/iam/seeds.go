package iam

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/iampolicy"
)

// GroupSeed is a group that exists already, as an estate file tells of it.
type GroupSeed struct {
	ARN      string
	Inline   map[string]string // documents by name
	Attached []string          // ARNs of managed policies that exist
}

// UserSeed is a user that exists already.
type UserSeed struct {
	GroupSeed
	ID       string // AIDA…; empty: drawn
	Boundary string // ARN of a managed policy; empty: none
	Groups   []string
	Keys     []KeySeed
}

// KeySeed is an access key. Its secret is in no estate: requests that it signs are refused where IAM is enforced.
type KeySeed struct {
	ID      string
	Active  bool
	Created time.Time
}

// SeedGroup files a group, replacing one of the same name. The error says what is wrong with the ARN or a document.
func (s *Service) SeedGroup(seed GroupSeed) error {
	sc, path, name, ok := splitARN(seed.ARN, "group/")
	if !ok {
		return fmt.Errorf("add group: %q is not the ARN of a group", seed.ARN)
	}
	g := &group{entity: s.newEntity(sc, "group", path, name, "AGPA")}
	if err := s.furnish(&g.entity, seed); err != nil {
		return err
	}
	s.account(sc.Account).groups[name] = g
	return nil
}

// SeedUser files a user, replacing one of the same name, and puts him into those of his groups that exist.
func (s *Service) SeedUser(seed UserSeed) error {
	sc, path, name, ok := splitARN(seed.ARN, "user/")
	if !ok {
		return fmt.Errorf("add user: %q is not the ARN of a user", seed.ARN)
	}
	u := &user{entity: s.newEntity(sc, "user", path, name, "AIDA")}
	if seed.ID != "" {
		u.id = seed.ID
	}
	if err := s.furnish(&u.entity, seed.GroupSeed); err != nil {
		return err
	}
	if seed.Boundary != "" && s.policyByARN(seed.Boundary) == nil {
		return fmt.Errorf("add user %s: there is no policy %s", seed.ARN, seed.Boundary)
	}
	u.boundary = seed.Boundary
	for _, k := range seed.Keys {
		c := &credential{id: k.ID, secret: s.uniqueID("", 40), created: k.Created, status: types.StatusTypeInactive, user: u,
			principal: api.Principal{Account: sc.Account, ARN: u.arn, UserID: u.id, AccessKey: k.ID}}
		if k.Active {
			c.status = types.StatusTypeActive
		}
		s.keys[k.ID], u.keys = c, append(u.keys, c)
	}
	s.account(sc.Account).users[name] = u
	for _, name := range seed.Groups {
		if g := s.account(sc.Account).groups[name]; g != nil {
			g.members = append(g.members, u.name)
		}
	}
	return nil
}

// furnish gives an entity its policies.
func (s *Service) furnish(e *entity, seed GroupSeed) error {
	for name, text := range seed.Inline {
		d, err := parseDocument(iampolicy.Identity, text)
		if err != nil {
			return fmt.Errorf("add %s: policy %s: %w", seed.ARN, name, err)
		}
		e.inline[name] = d
	}
	for _, arn := range seed.Attached {
		if s.policyByARN(arn) == nil {
			return fmt.Errorf("add %s: there is no policy %s", seed.ARN, arn)
		}
		e.attached = append(e.attached, arn)
	}
	return nil
}
