// Package iam simulates AWS Identity and Access Management: roles, users, access keys, policies and the question whether a principal may act.
package iam

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/iampolicy"
)

// Service is the state of IAM over all accounts.
type Service struct {
	world    *world.World
	accounts map[string]*account
	managed  map[string]*policy // AWS's own, by ARN
	keys     map[string]*credential
}

// New makes an IAM with AWS's managed policies and nothing else.
func New(w *world.World) (*Service, error) {
	managed, err := awsPolicies()
	if err != nil {
		return nil, err
	}
	return &Service{world: w, accounts: map[string]*account{}, managed: managed, keys: map[string]*credential{}}, nil
}

// ErrNotAssumable says why a service cannot assume a role.
type ErrNotAssumable struct{ Role, Reason string }

func (e *ErrNotAssumable) Error() string { return e.Role + " cannot be assumed: " + e.Reason }

// AssumableBy answers nil when the role exists and its trust policy lets the service principal ("backup.amazonaws.com") assume it, else *ErrNotAssumable.
// The service is taken to send aws:SourceAccount, the role's own account, and some aws:SourceArn: a condition on the latter holds.
func (s *Service) AssumableBy(roleARN, servicePrincipal string) error {
	r := s.roleByARN(roleARN)
	if r == nil {
		return &ErrNotAssumable{roleARN, "the role does not exist"}
	}
	d := iampolicy.TrustsWith(r.trust.doc, servicePrincipal, iampolicy.Request{
		Resource: r.arn, Context: iampolicy.Context{"aws:SourceAccount": {r.account}, "sts:ExternalId": nil},
	})
	if d.Answer == iampolicy.No {
		return &ErrNotAssumable{roleARN, "its trust policy does not let " + servicePrincipal + " assume it"}
	}
	return nil
}

// Allows answers whether the role's policies allow the action on the resource. context holds condition keys; a nil map is none.
// A key that it does not hold is absent. Resource policies are not asked: a resource of another account counts as if it were the role's own.
func (s *Service) Allows(roleARN, action, resourceARN string, context map[string]string) bool {
	r := s.roleByARN(roleARN)
	if r == nil {
		return false
	}
	who := iampolicy.Principal{ARN: r.arn, Account: r.account}
	return s.evaluate(&r.entity, nil, question{who: who, action: action, resource: resourceARN, context: context}).Answer == iampolicy.Yes
}

// RoleSeed is a role that exists already, as an estate file or a story tells of it.
type RoleSeed struct {
	ARN      string            // decides account, path and name
	Trust    string            // empty: anything in its account, and every service, may assume it
	Inline   map[string]string // documents by name
	Attached []string          // ARNs of managed policies
	Tags     map[string]string
	Boundary string // ARN of a managed policy; empty: none
	ID       string // AROA…; empty: drawn
}

// AddRole files a role, replacing one of the same name. The error says what is wrong with the ARN or a document.
func (s *Service) AddRole(seed RoleSeed) error {
	sc, path, name, ok := splitARN(seed.ARN, "role/")
	if !ok {
		return fmt.Errorf("add role: %q is not the ARN of a role", seed.ARN)
	}
	if seed.Trust == "" {
		seed.Trust = fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}}`, "*")
	}
	trust, err := parseDocument(iampolicy.Trust, seed.Trust)
	if err != nil {
		return fmt.Errorf("add role %s: %w", seed.ARN, err)
	}
	r := &role{entity: s.newEntity(sc, "role", path, name, "AROA"), trust: trust, maxSession: 3600, linked: linkedService(path)}
	if seed.ID != "" {
		r.id = seed.ID
	}
	for policyName, text := range seed.Inline {
		d, err := parseDocument(iampolicy.Identity, text)
		if err != nil {
			return fmt.Errorf("add role %s: policy %s: %w", seed.ARN, policyName, err)
		}
		r.inline[policyName] = d
	}
	for _, arn := range seed.Attached {
		if s.policyByARN(arn) == nil {
			return fmt.Errorf("add role %s: there is no policy %s", seed.ARN, arn)
		}
		r.attached = append(r.attached, arn)
	}
	if seed.Boundary != "" && s.policyByARN(seed.Boundary) == nil {
		return fmt.Errorf("add role %s: there is no policy %s", seed.ARN, seed.Boundary)
	}
	r.boundary = seed.Boundary
	for k, v := range seed.Tags {
		r.tags[k] = v
	}
	s.account(sc.Account).roles[name] = r
	return nil
}

// HasPolicy reports whether there is a managed policy of that ARN.
func (s *Service) HasPolicy(arn string) bool { return s.policyByARN(arn) != nil }

// AddPolicy files a managed policy that exists already, a customer's or one of AWS's own, replacing one of the same ARN.
func (s *Service) AddPolicy(arn, text string) error {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "policy/") {
		return fmt.Errorf("add policy: %q is not the ARN of a managed policy", arn)
	}
	d, err := parseDocument(iampolicy.Identity, text)
	if err != nil {
		return fmt.Errorf("add policy %s: %w", arn, err)
	}
	rest := strings.TrimPrefix(parts[5], "policy")
	cut, now := strings.LastIndexByte(rest, '/')+1, s.now()
	p := &policy{arn: arn, name: rest[cut:], path: rest[:cut], id: s.uniqueID("ANPA", 17), created: now, updated: now,
		standard: 1, last: 1, versions: []*version{{1, now, d}}, tags: map[string]string{}}
	if parts[4] == "aws" {
		s.addAWS(p)
		return nil
	}
	s.account(parts[4]).policies[arn] = p
	return nil
}

// addAWS: one of AWS's own that is known here keeps its history, and speaks in the new words.
func (s *Service) addAWS(p *policy) {
	p.aws = true
	if known, ok := s.managed[p.arn]; ok {
		if known.inForce() == p.inForce() {
			return
		}
		p.id, p.created, p.updated = known.id, known.created, known.updated
	}
	s.managed[p.arn] = p
}

func (p *policy) inForce() string { return p.version(p.standard).text }

// splitARN takes the ARN of a role or user apart; kind is "role/" or "user/".
func splitARN(arn, kind string) (sc world.Scope, path, name string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" {
		return sc, "", "", false
	}
	rest, ok := strings.CutPrefix(parts[5], kind)
	cut := strings.LastIndexByte(rest, '/') + 1
	return world.Scope{Partition: parts[1], Account: parts[4]}, "/" + rest[:cut], rest[cut:], ok && rest[cut:] != ""
}
