package kms

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/iampolicy"
)

func (s *Service) createKey(c *api.Call, in *kms.CreateKeyInput) (*kms.CreateKeyOutput, error) {
	symmetric := (in.KeySpec == "" || in.KeySpec == types.KeySpecSymmetricDefault) &&
		(in.KeyUsage == "" || in.KeyUsage == types.KeyUsageTypeEncryptDecrypt)
	if !symmetric && !signs(in) || in.CustomKeyStoreId != nil || signs(in) && in.Origin != "" && in.Origin != types.OriginTypeAwsKms {
		return nil, &api.Error{Code: "UnsupportedOperationException", Message: "The simulator makes symmetric encryption keys and ECC_NIST_P256 keys that sign, in the standard key store only."}
	}
	if err := checkPolicy(in.Policy); err != nil {
		return nil, err
	}
	id := s.world.UUID()
	if aws.ToBool(in.MultiRegion) {
		id = "mrk-" + strings.ReplaceAll(id, "-", "")
	}
	k := s.newKey(c.Scope, id)
	if signs(in) {
		s.makeSigning(k)
	}
	k.description = aws.ToString(in.Description)
	if in.Origin == types.OriginTypeExternal {
		k.origin, k.state = in.Origin, types.KeyStatePendingImport
	}
	if in.Policy != nil {
		k.policy = *in.Policy
	}
	for _, t := range in.Tags {
		k.tags[aws.ToString(t.TagKey)] = aws.ToString(t.TagValue)
	}
	return &kms.CreateKeyOutput{KeyMetadata: k.metadata()}, nil
}

func checkPolicy(text *string) error {
	if text == nil {
		return nil
	}
	if _, err := iampolicy.Parse(iampolicy.Resource, *text); err != nil {
		return &api.Error{Code: "MalformedPolicyDocumentException", Message: "Policy contains a statement with one or more invalid elements: " + err.Error()}
	}
	return nil
}

func (s *Service) describeKey(c *api.Call, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
	k, err := s.find(c.Scope, aws.ToString(in.KeyId))
	if err != nil {
		return nil, err
	}
	return &kms.DescribeKeyOutput{KeyMetadata: k.metadata()}, nil
}

func (s *Service) listKeys(c *api.Call, in *kms.ListKeysInput) (*kms.ListKeysOutput, error) {
	var own []*key
	for _, k := range s.keys {
		if k.scope == c.Scope {
			own = append(own, k)
		}
	}
	slices.SortFunc(own, func(a, b *key) int { return strings.Compare(a.id, b.id) })
	page, next, ok := paging.Cut(own, func(k *key) string { return k.id }, in.Marker, paging.Size(in.Limit, 100, 1000))
	if !ok {
		return nil, badMarker()
	}
	out := &kms.ListKeysOutput{NextMarker: next, Truncated: next != nil, Keys: []types.KeyListEntry{}}
	for _, k := range page {
		out.Keys = append(out.Keys, types.KeyListEntry{KeyArn: &k.arn, KeyId: &k.id})
	}
	return out, nil
}

func badMarker() error {
	return &api.Error{Code: "InvalidMarkerException", Message: "Could not deserialize marker"}
}

// own finds a key that its account may change: AWS's own keys refuse all management, as their policy does.
func (s *Service) own(c *api.Call, ref *string) (*key, error) {
	k, err := s.find(c.Scope, aws.ToString(ref))
	if err != nil {
		return nil, err
	}
	if k.managed || k.scope.Account != c.Account {
		return nil, &api.Error{Code: "AccessDeniedException", Message: fmt.Sprintf("User: %s is not authorized to perform: kms:%s on resource: %s "+
			"because no resource-based policy allows the kms:%s action", c.Caller.ARN, c.Operation, k.arn, c.Operation)}
	}
	return k, nil
}

// live is own for operations that a key waiting for its deletion refuses.
func (s *Service) live(c *api.Call, ref *string) (*key, error) {
	k, err := s.own(c, ref)
	if err == nil && k.state == types.KeyStatePendingDeletion {
		return nil, invalidState("%s is pending deletion.", k.arn)
	}
	return k, err
}

func (s *Service) updateKeyDescription(c *api.Call, in *kms.UpdateKeyDescriptionInput) (*kms.UpdateKeyDescriptionOutput, error) {
	k, err := s.live(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	k.description = aws.ToString(in.Description)
	return &kms.UpdateKeyDescriptionOutput{}, nil
}

func (s *Service) getKeyPolicy(c *api.Call, in *kms.GetKeyPolicyInput) (*kms.GetKeyPolicyOutput, error) {
	k, err := s.find(c.Scope, aws.ToString(in.KeyId))
	if err != nil {
		return nil, err
	}
	if name := aws.ToString(in.PolicyName); name != "" && name != "default" {
		return nil, notFound("No such policy exists")
	}
	return &kms.GetKeyPolicyOutput{Policy: &k.policy, PolicyName: aws.String("default")}, nil
}

func (s *Service) putKeyPolicy(c *api.Call, in *kms.PutKeyPolicyInput) (*kms.PutKeyPolicyOutput, error) {
	k, err := s.live(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	if name := aws.ToString(in.PolicyName); name != "" && name != "default" {
		return nil, notFound("No such policy exists")
	}
	if err := checkPolicy(in.Policy); err != nil {
		return nil, err
	}
	k.policy = aws.ToString(in.Policy)
	return &kms.PutKeyPolicyOutput{}, nil
}

func (s *Service) listKeyPolicies(c *api.Call, in *kms.ListKeyPoliciesInput) (*kms.ListKeyPoliciesOutput, error) {
	if _, err := s.find(c.Scope, aws.ToString(in.KeyId)); err != nil {
		return nil, err
	}
	return &kms.ListKeyPoliciesOutput{PolicyNames: []string{"default"}}, nil
}

func (s *Service) enableKey(c *api.Call, in *kms.EnableKeyInput) (*kms.EnableKeyOutput, error) {
	return &kms.EnableKeyOutput{}, s.setState(c, in.KeyId, types.KeyStateEnabled)
}

func (s *Service) disableKey(c *api.Call, in *kms.DisableKeyInput) (*kms.DisableKeyOutput, error) {
	return &kms.DisableKeyOutput{}, s.setState(c, in.KeyId, types.KeyStateDisabled)
}

func (s *Service) setState(c *api.Call, ref *string, state keyState) error {
	k, err := s.live(c, ref)
	if err != nil {
		return err
	}
	if k.state == types.KeyStatePendingImport {
		return invalidState("%s is pending import.", k.arn)
	}
	k.state = state
	return nil
}

func (s *Service) scheduleKeyDeletion(c *api.Call, in *kms.ScheduleKeyDeletionInput) (*kms.ScheduleKeyDeletionOutput, error) {
	days := int32(30)
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	if days < 7 || days > 30 {
		return nil, invalid("PendingWindowInDays must be between 7 and 30")
	}
	k, err := s.live(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	k.state = types.KeyStatePendingDeletion
	k.deletion = s.world.Now().AddDate(0, 0, int(days))
	s.scheduleRemoval(k)
	return &kms.ScheduleKeyDeletionOutput{KeyId: &k.arn, KeyState: k.state, DeletionDate: aws.Time(k.deletion), PendingWindowInDays: &days}, nil
}

// scheduleRemoval lets the key go at the end of its waiting period, unless that is cancelled.
func (s *Service) scheduleRemoval(k *key) {
	k.schedule++
	turn := k.schedule
	s.world.At(k.deletion, func() {
		if k.state == types.KeyStatePendingDeletion && k.schedule == turn {
			s.remove(k)
		}
	})
}

func (s *Service) cancelKeyDeletion(c *api.Call, in *kms.CancelKeyDeletionInput) (*kms.CancelKeyDeletionOutput, error) {
	k, err := s.own(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	if k.state != types.KeyStatePendingDeletion {
		return nil, invalidState("%s is not pending deletion.", k.arn)
	}
	k.state, k.deletion = types.KeyStateDisabled, time.Time{}
	return &kms.CancelKeyDeletionOutput{KeyId: &k.arn}, nil
}

func (s *Service) getKeyRotationStatus(c *api.Call, in *kms.GetKeyRotationStatusInput) (*kms.GetKeyRotationStatusOutput, error) {
	k, err := s.find(c.Scope, aws.ToString(in.KeyId))
	if err != nil {
		return nil, err
	}
	out := &kms.GetKeyRotationStatusOutput{KeyId: &k.arn, KeyRotationEnabled: k.rotation && k.state != types.KeyStatePendingDeletion}
	if out.KeyRotationEnabled {
		out.RotationPeriodInDays = aws.Int32(365)
		out.NextRotationDate = aws.Time(k.created.AddDate(1, 0, 0))
	}
	return out, nil
}

func (s *Service) enableKeyRotation(c *api.Call, in *kms.EnableKeyRotationInput) (*kms.EnableKeyRotationOutput, error) {
	return &kms.EnableKeyRotationOutput{}, s.setRotation(c, in.KeyId, true)
}

func (s *Service) disableKeyRotation(c *api.Call, in *kms.DisableKeyRotationInput) (*kms.DisableKeyRotationOutput, error) {
	return &kms.DisableKeyRotationOutput{}, s.setRotation(c, in.KeyId, false)
}

func (s *Service) setRotation(c *api.Call, ref *string, on bool) error {
	k, err := s.live(c, ref)
	if err != nil {
		return err
	}
	if k.private != nil {
		return &api.Error{Code: "UnsupportedOperationException", Message: k.arn + " key spec ECC_NIST_P256 is not supported for this operation."}
	}
	if k.state == types.KeyStateDisabled {
		return &api.Error{Code: "DisabledException", Message: k.arn + " is disabled."}
	}
	k.rotation = on
	return nil
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
