package kms

import (
	"crypto/ecdsa"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

type keyState = types.KeyState

type key struct {
	scope       world.Scope
	id, arn     string
	description string
	state       keyState
	managed     bool // by AWS, for one of its services
	multiRegion bool
	rotation    bool
	origin      types.OriginType
	material    string
	private     *ecdsa.PrivateKey // of a key that signs; nil: one that encrypts
	created     time.Time
	deletion    time.Time // when PendingDeletion: the moment it goes
	schedule    int       // counts schedulings, so that a cancelled one's event does nothing
	policy      string
	tags        map[string]string
}

type alias struct {
	scope            world.Scope
	name, arn        string
	target           string // key ARN
	created, updated time.Time
}

type grant struct {
	id, name, grantee, retiring string
	operations                  []types.GrantOperation
	created                     time.Time
}

// managedAliases are AWS's aliases and what their keys say of themselves.
func managedAliases(name string) (description string, ok bool) {
	switch name {
	case "alias/aws/dynamodb":
		return "Default key that protects my DynamoDB data when no other key is defined", true
	case "alias/aws/backup":
		return "Default key that protects my Backup data when no other key is defined", true
	}
	return "", false
}

func (s *Service) newKey(sc world.Scope, id string) *key {
	k := &key{scope: sc, id: id, arn: sc.ARN("kms", "key/"+id), state: types.KeyStateEnabled, origin: types.OriginTypeAwsKms,
		created: s.world.Now(), policy: defaultPolicy(sc), tags: map[string]string{},
		material: s.world.Hex(16) + s.world.Hex(16) + s.world.Hex(16) + s.world.Hex(16)}
	k.multiRegion = strings.HasPrefix(id, "mrk-")
	s.keys[k.arn] = k
	return k
}

func defaultPolicy(sc world.Scope) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",`+
		`"Principal":{"AWS":"arn:%s:iam::%s:root"},"Action":"kms:*","Resource":"*"}]}`, sc.Partition, sc.Account)
}

func managedPolicy(sc world.Scope, service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Id":"auto-%[1]s-1","Statement":[{"Sid":"Allow access through %[1]s","Effect":"Allow",`+
		`"Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:CreateGrant","kms:DescribeKey"],`+
		`"Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"%[2]s"},"StringLike":{"kms:ViaService":"%[1]s.*.amazonaws.com"}}}]}`,
		service, sc.Account)
}

// find resolves every form of a key reference. References by ARN reach into other accounts, never into other Regions.
func (s *Service) find(sc world.Scope, ref string) (*key, error) {
	if strings.HasPrefix(ref, "arn:") {
		return s.findARN(sc, ref)
	}
	if strings.HasPrefix(ref, "alias/") {
		return s.findAlias(sc, ref)
	}
	if !isKeyID(ref) {
		return nil, notFound("Invalid keyId '%s'", ref)
	}
	return s.byARN(sc.ARN("kms", "key/"+ref))
}

func (s *Service) findARN(sc world.Scope, ref string) (*key, error) {
	parts := strings.SplitN(ref, ":", 6)
	if len(parts) != 6 || parts[2] != "kms" {
		return nil, &api.Error{Code: "InvalidArnException", Message: "Invalid arn " + ref}
	}
	if parts[3] != sc.Region {
		return nil, notFound("Invalid arn %s", parts[3])
	}
	if strings.HasPrefix(parts[5], "alias/") {
		return s.findAlias(world.Scope{Partition: parts[1], Region: parts[3], Account: parts[4]}, parts[5])
	}
	return s.byARN(ref)
}

func (s *Service) byARN(arn string) (*key, error) {
	if k, ok := s.keys[arn]; ok {
		return k, nil
	}
	return nil, notFound("Key '%s' does not exist", arn)
}

func (s *Service) findAlias(sc world.Scope, name string) (*key, error) {
	arn := sc.ARN("kms", name)
	if a, ok := s.aliases[arn]; ok {
		return s.byARN(a.target)
	}
	if description, ok := managedAliases(name); ok {
		return s.makeManaged(sc, name, description), nil
	}
	return nil, notFound("Alias %s is not found.", arn)
}

func (s *Service) makeManaged(sc world.Scope, name, description string) *key {
	k := s.newKey(sc, s.world.UUID())
	k.managed, k.description, k.rotation = true, description, true
	k.policy = managedPolicy(sc, strings.TrimPrefix(name, "alias/aws/"))
	s.setAlias(sc, name, k.arn)
	return k
}

func (s *Service) setAlias(sc world.Scope, name, target string) {
	now := s.world.Now()
	arn := sc.ARN("kms", name)
	a, ok := s.aliases[arn]
	if !ok {
		a = &alias{scope: sc, name: name, arn: arn, created: now}
		s.aliases[arn] = a
	}
	a.target, a.updated = target, now
}

// remove takes a key away with its aliases, as the end of the waiting period does.
func (s *Service) remove(k *key) {
	delete(s.keys, k.arn)
	delete(s.grants, k.arn)
	for arn, a := range s.aliases {
		if a.target == k.arn {
			delete(s.aliases, arn)
		}
	}
}

func isKeyID(ref string) bool {
	hex := strings.ReplaceAll(strings.TrimPrefix(ref, "mrk-"), "-", "")
	return len(hex) == 32 && strings.Trim(strings.ToLower(hex), "0123456789abcdef") == ""
}

func (k *key) metadata() *types.KeyMetadata {
	m := &types.KeyMetadata{
		AWSAccountId: &k.scope.Account, KeyId: &k.id, Arn: &k.arn, CreationDate: aws.Time(k.created), Description: &k.description,
		Enabled: k.state == types.KeyStateEnabled, KeyState: k.state, KeyManager: types.KeyManagerTypeCustomer, Origin: k.origin,
		KeyUsage: types.KeyUsageTypeEncryptDecrypt, KeySpec: types.KeySpecSymmetricDefault,
		CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault, //nolint:staticcheck // deprecated, and still sent by AWS
		MultiRegion:           &k.multiRegion,
		EncryptionAlgorithms:  []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault},
	}
	if k.private != nil {
		m.KeyUsage, m.KeySpec, m.EncryptionAlgorithms = types.KeyUsageTypeSignVerify, types.KeySpecEccNistP256, nil
		m.CustomerMasterKeySpec = types.CustomerMasterKeySpecEccNistP256 //nolint:staticcheck // deprecated, and still sent by AWS
		m.SigningAlgorithms = []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecEcdsaSha256}
	} else if k.origin == types.OriginTypeAwsKms {
		m.CurrentKeyMaterialId = &k.material
	}
	if k.managed {
		m.KeyManager = types.KeyManagerTypeAws
	}
	if k.state == types.KeyStatePendingDeletion {
		m.DeletionDate = aws.Time(k.deletion)
	}
	if k.multiRegion {
		m.MultiRegionConfiguration = &types.MultiRegionConfiguration{MultiRegionKeyType: types.MultiRegionKeyTypePrimary,
			PrimaryKey: &types.MultiRegionKey{Arn: &k.arn, Region: &k.scope.Region}, ReplicaKeys: []types.MultiRegionKey{}}
	}
	return m
}

func notFound(format string, args ...any) error {
	return &api.Error{Code: "NotFoundException", Message: fmt.Sprintf(format, args...)}
}

func invalidState(format string, args ...any) error {
	return &api.Error{Code: "KMSInvalidStateException", Message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return &api.Error{Code: "ValidationException", Message: fmt.Sprintf(format, args...)}
}
