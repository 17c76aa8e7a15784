// Package kms simulates as much of AWS KMS as encryption of tables, vaults and recovery points needs.
package kms

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// Service is the state of KMS over all accounts and Regions.
type Service struct {
	world   *world.World
	keys    map[string]*key   // by ARN
	aliases map[string]*alias // by ARN
	grants  map[string][]grant
}

// New makes a KMS without keys.
func New(w *world.World) *Service {
	return &Service{world: w, keys: map[string]*key{}, aliases: map[string]*alias{}, grants: map[string][]grant{}}
}

// Resolve turns a key id, key ARN, alias name or alias ARN into a key ARN; ok is false when there is no such key.
// The AWS-managed aliases (alias/aws/dynamodb, alias/aws/backup) always resolve: their key is made on first use.
func (s *Service) Resolve(sc world.Scope, ref string) (keyARN string, ok bool) {
	k, err := s.find(sc, ref)
	if err != nil {
		return "", false
	}
	return k.arn, true
}

// State is the key's KeyState ("Enabled", "Disabled", "PendingDeletion", …); ok is false when there is no such key.
func (s *Service) State(keyARN string) (state string, ok bool) {
	k, ok := s.keys[keyARN]
	if !ok {
		return "", false
	}
	return string(k.state), true
}

// Encrypts says whether the key is one that can encrypt: symmetric, and of usage ENCRYPT_DECRYPT. What can only sign cannot be the key of a
// table or a vault.
func (s *Service) Encrypts(keyARN string) bool {
	k, ok := s.keys[keyARN]
	return ok && k.private == nil
}

// Managed says whether the key is an AWS-managed one, made for the service behind alias/aws/….
func (s *Service) Managed(keyARN string) bool {
	k, ok := s.keys[keyARN]
	return ok && k.managed
}

// Add files a key that exists already, as an estate file tells of it. The ARN decides account and Region; a zero state means Enabled.
func (s *Service) Add(keyARN, state string) {
	parts := strings.SplitN(keyARN, ":", 6)
	if len(parts) != 6 || !strings.HasPrefix(parts[5], "key/") {
		return
	}
	sc := world.Scope{Partition: parts[1], Region: parts[3], Account: parts[4]}
	k := s.newKey(sc, strings.TrimPrefix(parts[5], "key/"))
	if state != "" {
		k.state = keyState(state)
	}
}

// KeySeed is a key that exists already, as an estate file tells of it.
type KeySeed struct {
	ARN          string    // decides account and Region
	State        string    // KeyState; empty: Enabled
	DeletionDate time.Time // when PendingDeletion
	Alias        string    // "alias/aws/backup" or "alias/aws/dynamodb": the key is AWS's own for that service; empty: the customer's
}

// AddKey files a key; a second one with the ARN replaces the first. What is not the ARN of a key is left out.
func (s *Service) AddKey(seed KeySeed) {
	s.Add(seed.ARN, seed.State)
	k, ok := s.keys[seed.ARN]
	if !ok {
		return
	}
	if description, aws := managedAliases(seed.Alias); aws {
		k.managed, k.description, k.rotation = true, description, true
		k.policy = managedPolicy(k.scope, strings.TrimPrefix(seed.Alias, "alias/aws/"))
		s.setAlias(k.scope, seed.Alias, k.arn)
	}
	if k.state == types.KeyStatePendingDeletion {
		k.deletion = seed.DeletionDate
		s.scheduleRemoval(k)
	}
}
