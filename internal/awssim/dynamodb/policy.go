package dynamodb

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// policy is a resource-based policy with its revision.
type policy struct {
	document string
	revision string
}

// maxPolicy is the 20 KB of "Quotas in Amazon DynamoDB".
const maxPolicy = 20 * 1024

// ResourcePolicy is the policy document of a table's ARN, or of an index or stream under it, which share the table's here; ok is false when there is none.
func (s *Service) ResourcePolicy(arn string) (document string, ok bool) {
	t := s.byARN(arn)
	if t == nil || t.policy == nil {
		return "", false
	}
	return t.policy.document, true
}

func (s *Service) setPolicy(t *table, document string) error {
	if len(document) > maxPolicy {
		return invalid("Policy exceeds the maximum size of %d bytes", maxPolicy)
	}
	var parsed struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &parsed); err != nil || len(parsed.Statement) == 0 {
		return invalid("Invalid policy document: it must be a JSON object with a Statement")
	}
	t.policy = &policy{document: document, revision: strconv.FormatInt(s.w.Now().UnixMilli(), 10) + s.w.Hex(4)}
	return nil
}

// policyTable finds the table whose policy an ARN is about. Stream policies are not simulated apart.
func (s *Service) policyTable(arn *string) (*table, error) {
	_, name, rest, ok := tableOf(aws.ToString(arn))
	if !ok {
		return nil, invalid("Invalid ResourceArn: %s", aws.ToString(arn))
	}
	t := s.byARN(*arn)
	if t == nil || rest != "" || t.status == types.TableStatusCreating && t.restoring != nil {
		return nil, notFound(name)
	}
	return t, nil
}

func (t *table) revisionFits(expected *string) error {
	switch {
	case expected == nil:
		return nil
	case *expected == "NO_POLICY" && t.policy == nil:
		return nil
	case t.policy == nil || *expected != t.policy.revision:
		return fail("PolicyNotFoundException", "Resource-based policy not found for the provided ResourceArn: Requested update for policy with revision id %s", *expected)
	}
	return nil
}

func (s *Service) putResourcePolicy(_ *api.Call, in *dynamodb.PutResourcePolicyInput) (*dynamodb.PutResourcePolicyOutput, error) {
	t, err := s.policyTable(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if err := t.revisionFits(in.ExpectedRevisionId); err != nil {
		return nil, err
	}
	if err := s.cooled(t.policyAt, "the resource policy"); err != nil {
		return nil, err
	}
	if t.policy != nil && t.policy.document == aws.ToString(in.Policy) {
		return &dynamodb.PutResourcePolicyOutput{RevisionId: aws.String(t.policy.revision)}, nil
	}
	if err := s.setPolicy(t, aws.ToString(in.Policy)); err != nil {
		return nil, err
	}
	t.policyAt = s.w.Now()
	return &dynamodb.PutResourcePolicyOutput{RevisionId: aws.String(t.policy.revision)}, nil
}

func (s *Service) getResourcePolicy(_ *api.Call, in *dynamodb.GetResourcePolicyInput) (*dynamodb.GetResourcePolicyOutput, error) {
	t, err := s.policyTable(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if t.policy == nil {
		return nil, fail("PolicyNotFoundException", "Resource-based policy not found for the provided ResourceArn: %s", t.arn)
	}
	return &dynamodb.GetResourcePolicyOutput{Policy: aws.String(t.policy.document), RevisionId: aws.String(t.policy.revision)}, nil
}

func (s *Service) deleteResourcePolicy(_ *api.Call, in *dynamodb.DeleteResourcePolicyInput) (*dynamodb.DeleteResourcePolicyOutput, error) {
	t, err := s.policyTable(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if err := t.revisionFits(in.ExpectedRevisionId); err != nil {
		return nil, err
	}
	if t.policy == nil {
		return &dynamodb.DeleteResourcePolicyOutput{}, nil
	}
	if err := s.cooled(t.policyAt, "the resource policy"); err != nil {
		return nil, err
	}
	out := &dynamodb.DeleteResourcePolicyOutput{RevisionId: aws.String(t.policy.revision)}
	t.policy, t.policyAt = nil, s.w.Now()
	return out, nil
}

// insight is one Contributor Insights setting, of the table (name "") or of an index.
type insight struct {
	status types.ContributorInsightsStatus
	mode   types.ContributorInsightsMode
	at     time.Time
}
